"""Asking a model that behaves, and many that do not."""

import asyncio
from datetime import timedelta

import pytest

from ombud.intelligence.models.exchanges import forget_exchanges
from ombud.intelligence.models.schemas import Source, Task
from ombud.intelligence.models.services import complete, embed
from tests.intelligence.models.asked import TASK, Asked, Colour, said
from tests.modelserver import ModelServer, Say

RED = said(colour="red")


async def test_asks_model_and_gives_checked_value(asked: Asked, server: ModelServer) -> None:
    await asked.ready()
    server.say(RED)
    assert await complete(asked.models, "reply", TASK, Colour) == Colour("red")


async def test_sends_key_model_form_and_limit(asked: Asked, server: ModelServer) -> None:
    await asked.ready(model="tiny-1")
    server.say(RED)
    await asked.ask()
    sent = server.got[0]
    assert server.headers[0]["authorization"] == "Bearer sk-abcdefgh12345"
    assert (sent["model"], sent["max_tokens"]) == ("tiny-1", 50)
    assert sent["response_format"]["json_schema"]["schema"]["required"] == ["colour"]


async def test_keeps_exchange_with_all_that_went_over_the_wire(asked: Asked, server: ModelServer) -> None:
    await asked.ready()
    server.say(RED)
    outcome = await asked.ask()
    kept = await asked.exchange()
    assert (kept.id, kept.state, kept.answer) == (outcome.exchange_id, "answered", RED)
    assert [one["content"] for one in kept.request] == [server.instructions(), server.data()]
    assert (kept.tokens_in, kept.tokens_out) == (100, 10)
    assert kept.attempts[0]["problem"] == ""


async def test_reads_stream_when_endpoint_streams(asked: Asked, server: ModelServer) -> None:
    await asked.ready(streams=True)
    server.say(RED)
    assert (await asked.ask()).value == Colour("red")
    assert server.got[0]["stream"] is True
    assert (await asked.exchange()).tokens_out == 10


async def test_counts_tokens_itself_when_server_does_not(asked: Asked, server: ModelServer) -> None:
    await asked.ready()
    server.say(Say(RED, usage=False))
    await asked.ask()
    kept = await asked.exchange()
    assert kept.tokens_in > 100
    assert kept.tokens_out > 0


@pytest.mark.parametrize("forms", [{"json_object", "text"}, {"text"}])
async def test_degrades_form_that_server_refuses_and_remembers_it(
    asked: Asked, server: ModelServer, forms: set[str]
) -> None:
    endpoint = await asked.ready()
    server.forms = frozenset(forms)
    server.say(RED, RED)
    assert (await asked.ask()).value == Colour("red")
    best = "json_object" if "json_object" in forms else "text"
    assert (await asked.state(endpoint.id)).output == best
    before = len(server.got)
    assert (await asked.ask()).value == Colour("red")
    assert len(server.got) == before + 1


async def test_tells_form_in_words_when_server_knows_no_schema(asked: Asked, server: ModelServer) -> None:
    await asked.ready()
    server.forms = frozenset({"text"})
    server.say(RED)
    await asked.ask()
    assert '"colour"' in server.instructions()
    assert "response_format" not in server.got[-1]


@pytest.mark.parametrize("text", [f"```json\n{RED}\n```", f"<think>hm {{</think>{RED}", f"\n {RED} \n"])
async def test_reads_answer_in_wrapping(asked: Asked, server: ModelServer, text: str) -> None:
    await asked.ready()
    server.say(text)
    assert (await asked.ask()).value == Colour("red")


@pytest.mark.parametrize(
    "nonsense", ["I am a parrot.", '{"colour": 7}', '{"colour": "red"', "[]", "", '{"a": 1}', "\0"]
)
async def test_repairs_once_then_gives_up(asked: Asked, server: ModelServer, nonsense: str) -> None:
    await asked.ready()
    server.say(nonsense, RED)
    assert (await asked.ask()).value == Colour("red")
    assert server.got[1]["messages"][-1]["content"].startswith("This was not accepted")
    server.say(nonsense, nonsense, RED)
    outcome = await asked.ask()
    assert (outcome.value, outcome.problem) == (None, "nonsense")
    assert (await asked.exchange()).state == "refused"
    assert len(server.script) == 1


async def test_repairs_answer_that_check_refuses(asked: Asked, server: ModelServer) -> None:
    await asked.ready()
    server.say(said(colour="blue"), RED)

    def is_red(answer: Colour) -> str:
        return "" if answer.colour == "red" else "It is another colour."

    assert (await asked.ask(check=is_red)).value == Colour("red")
    assert "another colour" in server.got[1]["messages"][-1]["content"]
    server.say(said(colour="blue"), said(colour="blue"))
    assert (await asked.ask(check=is_red)).problem == "refused"


async def test_waits_as_long_as_asked_when_limited(asked: Asked, server: ModelServer) -> None:
    await asked.ready()
    server.say(Say(status=429, headers={"Retry-After": "2"}, text="slow down"), RED)
    assert (await asked.ask()).value == Colour("red")
    assert asked.pauses == [2.0]


async def test_gives_up_at_once_when_wait_is_longer_than_time(asked: Asked, server: ModelServer) -> None:
    endpoint = await asked.ready()
    server.say(Say(status=429, headers={"Retry-After": "120"}, text="slow down"))
    assert (await asked.ask()).problem == "limited"
    state = await asked.state(endpoint.id)
    assert (asked.pauses, state.failures) == ([], 0)
    assert state.resting_until is not None
    assert state.resting_until - asked.now > timedelta(seconds=100)
    assert (await asked.ask()).problem == "resting"
    assert len(server.got) == 1


async def test_does_not_repeat_when_quota_is_gone(asked: Asked, server: ModelServer) -> None:
    await asked.ready()
    server.say(Say(status=429, code="insufficient_quota", text="pay first"), RED)
    assert (await asked.ask()).problem == "limited"
    assert len(server.got) == 1


async def test_repeats_after_server_error_twice_and_no_more(asked: Asked, server: ModelServer) -> None:
    await asked.ready()
    server.say(Say(status=500), Say(status=503), RED)
    assert (await asked.ask()).value == Colour("red")
    assert asked.pauses == [1.0, 3.0]
    server.say(Say(status=500), Say(status=500), Say(status=500), RED)
    assert (await asked.ask()).problem == "failed"


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_repeats_nothing_else(asked: Asked, server: ModelServer, status: int) -> None:
    await asked.ready()
    server.forms = frozenset({"json_schema"})
    server.say(Say(status=status), Say(status=status), Say(status=status), RED)
    outcome = await asked.ask()
    assert outcome.problem == ("wrong_model" if status == 404 else "wrong_key")
    assert asked.pauses == []


async def test_tells_wrong_key_without_telling_key(asked: Asked, server: ModelServer) -> None:
    endpoint = await asked.ready(key="sk-wrongwrongwrong")
    server.say(Say(status=401, text="Incorrect API key provided: sk-wrongwrongwrong."))
    assert (await asked.ask()).problem == "wrong_key"
    state = await asked.state(endpoint.id)
    assert state.problem == "wrong_key"
    assert "•••" in state.problem_detail
    assert "sk-wrong" not in state.problem_detail


async def test_rests_at_once_after_wrong_key_and_recovers_by_change(asked: Asked, server: ModelServer) -> None:
    server.key = "sk-right"
    endpoint = await asked.ready(key="sk-wrong1234")
    assert (await asked.ask()).problem == "wrong_key"
    assert (await asked.ask()).problem == "resting"
    assert len(server.got) == 1
    assert (await asked.state(endpoint.id)).resting_until is not None


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Say(raw=b"<html>Welcome</html>", headers={"Content-Type": "text/html"}), "failed"),
        (Say(raw=b'{"choices": ['), "failed"),
        (Say(raw=b'{"choices": null}'), "failed"),
        (Say(raw=b'{"choices": [{"message": null}]}'), "failed"),
        (Say(raw=b"null"), "failed"),
        (Say(raw=b"\xff\xfe\x00"), "failed"),
        (Say(manner="reset"), "failed"),
        (Say(manner="silent"), "failed"),
        (Say(RED, manner="half"), "failed"),
        (Say(RED, finish="length"), "cut"),
        (Say(status=302, headers={"Location": "http://169.254.169.254/"}), "failed"),
        (Say(raw=b"x" * (5 * 1024 * 1024)), "failed"),
    ],
)
async def test_survives_whatever_comes_back(asked: Asked, server: ModelServer, answer: Say, problem: str) -> None:
    await asked.ready()
    server.say(answer)
    outcome = await asked.ask()
    assert (outcome.value, outcome.problem) == (None, problem)
    kept = await asked.exchange()
    assert (kept.state, kept.problem) == ("failed", problem)


@pytest.mark.parametrize("manner", ["half", "pour"])
async def test_notices_stream_that_breaks_off_or_never_ends(asked: Asked, server: ModelServer, manner: str) -> None:
    await asked.ready(streams=True)
    server.say(Say(RED, manner=manner))  # type: ignore[arg-type]  # both are manners
    assert (await asked.ask()).problem in {"cut", "failed"}


async def test_ends_at_time_limit_when_model_is_slow(asked: Asked, server: ModelServer) -> None:
    await asked.ready(timeout_seconds=1)
    server.say(Say(RED, delay_seconds=30))
    assert (await asked.ask()).problem == "timeout"


async def test_tells_dead_endpoint(asked: Asked) -> None:
    endpoint = await asked.ready(url="http://127.0.0.1:9/v1")
    assert (await asked.ask()).problem == "unreachable"
    assert (await asked.state(endpoint.id)).failures == 1


async def test_rests_after_three_failures_and_tries_again_later(asked: Asked, server: ModelServer) -> None:
    endpoint = await asked.ready()
    server.say(*(Say(raw=b"null") for _ in range(3)))
    assert [(await asked.ask()).problem for _ in range(4)] == ["failed", "failed", "failed", "resting"]
    asked.models.clock.set(asked.now + timedelta(seconds=61))
    server.say(RED)
    assert (await asked.ask()).value == Colour("red")
    state = await asked.state(endpoint.id)
    assert (state.failures, state.resting_until, state.problem) == (0, None, "")


async def test_keeps_within_budget_and_counts_what_was_spent(asked: Asked, server: ModelServer) -> None:
    endpoint = await asked.endpoint()
    await asked.purpose(endpoint.id, tokens_a_day=900)
    server.say(RED)
    assert (await asked.ask()).value == Colour("red")
    assert await asked.spent() == 110
    await asked.purpose(endpoint.id, tokens_a_day=120)
    assert (await asked.ask()).problem == "over_budget"
    assert (len(server.got), await asked.spent()) == (1, 110)
    asked.models.clock.set(asked.now + timedelta(days=1))
    await asked.purpose(endpoint.id, tokens_a_day=900)
    server.say(RED)
    assert (await asked.ask()).value == Colour("red")


async def test_counts_money_by_price(asked: Asked, server: ModelServer) -> None:
    endpoint = await asked.endpoint(price_in_micros=2_000_000, price_out_micros=8_000_000)
    await asked.purpose(endpoint.id, micros_a_day=10_000)
    server.say(RED)
    await asked.ask()
    assert (await asked.exchange()).micros == 280
    await asked.purpose(endpoint.id, micros_a_day=281)
    assert (await asked.ask()).problem == "over_budget"


async def test_asks_nobody_when_nothing_is_set_up_or_off(asked: Asked, server: ModelServer) -> None:
    assert (await asked.ask()).problem == "no_model"
    endpoint = await asked.endpoint()
    assert (await asked.ask()).problem == "no_model"
    await asked.purpose(endpoint.id, is_on=False)
    assert (await asked.ask()).problem == "off"
    assert (server.got, await asked.count()) == ([], 0)


async def test_refuses_address_inside_without_setting(asked: Asked) -> None:
    endpoint = await asked.ready()
    asked.models.guard._allow = ()
    assert (await asked.ask()).problem == "wrong_address"
    assert (await asked.state(endpoint.id)).resting_until is not None


async def test_asks_at_most_four_at_once_and_turns_crowds_away(asked: Asked) -> None:
    door, inside = asyncio.Event(), 0

    async def wait() -> str:
        nonlocal inside
        inside += 1
        await door.wait()
        return "done"

    crowd = [asyncio.create_task(asked.models.in_turn(1, wait)) for _ in range(14)]
    turned_away, _ = await asyncio.wait(crowd, return_when=asyncio.FIRST_COMPLETED)
    assert (inside, len(turned_away)) == (4, 2)
    door.set()
    assert sorted(map(str, await asyncio.gather(*crowd))) == ["None"] * 2 + ["done"] * 12


async def test_hides_personal_data_and_puts_it_back(asked: Asked, server: ModelServer) -> None:
    await asked.ready()
    task = Task("Say it.", (Source("message", "Rosa Diaz, 13800138000, rosa@shop.example"),), names=("Rosa Diaz",))
    server.say(said(colour="[NAME_1] [PHONE_1]"))
    outcome = await asked.ask(task)
    assert outcome.value == Colour("Rosa Diaz 13800138000")
    assert not any(one in server.sent() for one in ("Rosa", "13800138000", "rosa@shop"))
    kept = await asked.exchange()
    assert kept.hidden == 3
    assert "13800138000" not in kept.answer + str(kept.request)


async def test_gives_vectors_of_embedding_endpoint(asked: Asked, server: ModelServer) -> None:
    endpoint = await asked.endpoint(kind="embedding")
    await asked.purpose(endpoint.id, "embed")
    outcome = await embed(asked.models, ["a", "bcd"])
    assert outcome.value == [[1.0] * 4, [3.0] * 4]
    server.say(Say(raw=b'{"data": []}'))
    assert (await embed(asked.models, ["a"])).problem == "failed"


async def test_forgets_exchanges_by_policy_and_ends_those_left_open(asked: Asked, server: ModelServer) -> None:
    await asked.ready()
    server.say(RED, RED)
    await asked.ask()
    database, now = asked.models.database, asked.now
    async with database.transaction() as tx:
        await tx.execute("update model_exchange set state = 'sent'")
        await forget_exchanges(tx, now=now + timedelta(days=1))
    assert (await asked.exchange()).state == "failed"
    async with database.transaction() as tx:
        assert await forget_exchanges(tx, now=now + timedelta(days=91)) == 1
    assert await asked.count() == 0
