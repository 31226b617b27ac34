"""Tickets in a process at its limits: two at once, outsiders, wrong states, answers that are none, the public page."""

import asyncio
from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.processes.desk import HOUR, Flow, question, stage

CHOICES = [{"value": "red", "name_en": "Red", "name_zh": "红"}, {"value": "blue", "name_en": "Blue", "name_zh": "蓝"}]
WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("put", "process/answers", {"answers": {"q": "x"}}),
    ("post", "process/advance", {}),
    ("post", "process/confirmations", {"answer": "solved", "way": "phone"}),
    ("post", "process/confirmation-links", {"way": "given"}),
    ("post", "solutions", {"text": "重置"}),
    ("put", "solutions/1/outcome", {"outcome": "failed"}),
]


async def call(who: Browser, method: str, path: str, body: dict[str, Any]) -> tuple[int, str]:
    """The status of an answer, and its code if it refuses."""
    answer = await getattr(who, method)(path, body)
    return answer.status_code, answer.json()["code"] if answer.status_code >= 400 else ""


async def test_outsider_cannot_tell_a_ticket_in_a_process_from_none(flow: Flow) -> None:
    await flow.make(stage("a", questions=[question("q")]), stage("b"))
    ticket = await flow.ticket()
    outsider = await flow.site.browser(await flow.site.desk.person("Out", flow.floor.logistics, role="supervisor"))
    before = len(await flow.site.desk.events())
    for method, verb, body in WRITES:
        here = await call(outsider, method, f"/tickets/{ticket}/{verb}", body)
        assert here == await call(outsider, method, f"/tickets/{ticket + 1_000}/{verb}", body) == (404, "not_found")
        assert (await call(flow.floor.partner, method, f"/tickets/{ticket}/{verb}", body))[0] == 403
        assert (await getattr(flow.site.stranger(), method)(f"/tickets/{ticket}/{verb}", body)).status_code == 401
    assert (await outsider.get(f"/tickets/{ticket}/process")).status_code == 404
    assert len(await flow.site.desk.events()) == before


async def test_ticket_in_no_process_takes_no_step(flow: Flow) -> None:
    ticket = await flow.floor.ticket()
    for method, verb, body in WRITES[:4]:
        assert await call(flow.floor.wu, method, f"/tickets/{ticket}/{verb}", body) == (409, "no_process")
    # what was tried is written down on any ticket
    assert (await call(flow.floor.wu, *WRITES[4][:1], f"/tickets/{ticket}/solutions", WRITES[4][2]))[0] == 201


async def test_ended_process_takes_no_step(flow: Flow) -> None:
    await flow.make(stage("a"))
    ticket = await flow.ticket()
    assert (await flow.advance(ticket)).status_code == 201
    again = await flow.advance(ticket)
    assert (again.status_code, again.json()["code"]) == (409, "no_process")
    by_hand = await flow.advance(ticket, to="a", reason="Anew")
    assert (by_hand.status_code, by_hand.json()["code"]) == (409, "no_process")


async def test_two_who_end_the_process_at_once_end_it_once(flow: Flow) -> None:
    await flow.make(stage("a"))
    ticket = await flow.ticket()
    both = await asyncio.gather(*[flow.advance(ticket) for _ in range(2)])
    assert sorted(one.status_code for one in both) == [201, 409]
    assert len(await flow.site.desk.events("process_ended")) == 1


async def test_answers_of_two_at_once_are_both_kept(flow: Flow) -> None:
    await flow.make(stage("a", questions=[question("q"), question("r")]), stage("b"))
    ticket = await flow.ticket()
    both = await asyncio.gather(flow.answer(ticket, q="one"), flow.answer(ticket, r="two"))
    assert {one.status_code for one in both} == {200}
    assert (await flow.run(ticket))["answers"] == {"q": "one", "r": "two"}
    assert (await flow.advance(ticket)).status_code == 201


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("text", [5, True, ["x"], {"x": 1}]),
        ("number", ["5", True, [5]]),
        ("yes_no", [1, 0, "yes"]),
        ("choice", ["green", "", 1, ["red"]]),
        ("date", ["2026-02-30", 20260228, "tomorrow"]),
    ],
)
async def test_answer_of_another_kind_is_refused_and_nothing_of_it_kept(
    flow: Flow, kind: str, wrong: list[Any]
) -> None:
    more = {"choices": CHOICES} if kind == "choice" else {}
    await flow.make(stage("a", questions=[question("q", kind, **more), question("note")]), stage("b"))
    ticket = await flow.ticket()
    for value in wrong:
        refused = await flow.answer(ticket, q=value, note="kept?")
        assert (refused.status_code, refused.json()["fields"]) == (400, {"answers.q": "not_an_answer"}), value
    assert (await flow.run(ticket))["answers"] == {}
    assert (await flow.site.desk.events("stage_answered")) == []


async def test_answer_that_merely_equals_the_one_before_replaces_nothing(flow: Flow) -> None:
    await flow.make(stage("a", questions=[question("n", "number"), question("y", "yes_no")]), stage("b"))
    ticket = await flow.ticket()
    assert (await flow.answer(ticket, n=1, y=True)).status_code == 200
    for wrong in ({"n": True}, {"y": 1}):
        await flow.answer(ticket, **wrong)
    assert (await flow.run(ticket))["answers"] == {"n": 1, "y": True}


async def test_same_answer_again_tells_nobody_and_none_takes_it_away(flow: Flow) -> None:
    await flow.make(stage("a", questions=[question("q")]), stage("b"))
    ticket = await flow.ticket()
    for value in ("x", "x", None, None):
        assert (await flow.answer(ticket, q=value)).status_code == 200
    assert (await flow.run(ticket))["answers"] == {}
    assert len(await flow.site.desk.events("stage_answered")) == 2
    assert (await flow.advance(ticket)).json()["fields"] == {"answers.q": "required"}


async def test_question_of_another_stage_is_unknown(flow: Flow) -> None:
    await flow.make(stage("a"), stage("b", questions=[question("later")]))
    ticket = await flow.ticket()
    refused = await flow.answer(ticket, later="x")
    assert (refused.status_code, refused.json()["fields"]) == (400, {"answers.later": "unknown"})


async def test_chosen_answer_stands_on_the_timeline_in_both_languages(flow: Flow) -> None:
    await flow.make(stage("a", questions=[question("q", "choice", choices=CHOICES)]), stage("b"))
    ticket = await flow.ticket()
    await flow.answer(ticket, q="red")
    [entry] = [one for one in await flow.site.desk.timeline(ticket) if one.details.field == "process.answered"]
    assert entry.details.to_value == {"answers": [{"en": "Q", "zh": "问题q", "answer": {"en": "Red", "zh": "红"}}]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"to": "b"}, "reason"),
        ({"to": "b", "reason": " \n"}, "reason"),
        ({"to": "ghost", "reason": "So"}, "to"),
    ],
)
async def test_stage_by_hand_without_a_reason_or_to_nowhere_is_refused(
    flow: Flow, body: dict[str, Any], field: str
) -> None:
    await flow.make(stage("a"), stage("b"))
    ticket = await flow.ticket()
    refused = await flow.advance(ticket, **body)
    assert (refused.status_code, list(refused.json()["fields"])) == (400, [field])
    assert await flow.at(ticket) == "a"


async def test_outcome_of_a_solution_of_another_ticket_is_not_found(flow: Flow) -> None:
    one, other = await flow.floor.ticket(), await flow.floor.ticket()
    made = (await flow.floor.wu.post(f"/tickets/{one}/solutions", {"text": "重置"})).json()["solutions"][0]
    path = f"solutions/{made['id']}/outcome"
    assert (await call(flow.floor.wu, "put", f"/tickets/{other}/{path}", {"outcome": "failed"}))[0] == 404
    both = await asyncio.gather(
        *[flow.floor.wu.put(f"/tickets/{one}/{path}", {"outcome": word}) for word in ("failed", "worked")]
    )
    assert sorted(each.status_code for each in both) == [200, 409]


@pytest.mark.parametrize("text", ["", "  ", "。。", "\u3000"])
async def test_solution_that_says_nothing_is_refused(flow: Flow, text: str) -> None:
    ticket = await flow.floor.ticket()
    assert (await call(flow.floor.wu, "post", f"/tickets/{ticket}/solutions", {"text": text}))[0] == 400


async def test_merged_ticket_takes_no_step_and_names_the_one_that_goes_on(flow: Flow) -> None:
    await flow.make(stage("a", span=HOUR), stage("b"))
    source, target = await flow.ticket(), await flow.floor.ticket()
    merged = await flow.floor.wu.post(f"/tickets/{target}/merge", {"source_ids": [source], "confirmed": True})
    assert merged.status_code == 200, merged.text
    for _ in range(2):
        for method, verb, body in WRITES[:5]:
            assert await call(flow.floor.wu, method, f"/tickets/{source}/{verb}", body) == (409, "ticket_merged")
        await flow.follow()


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"answer": "not_solved", "words": "a\x00b"}, 200),
        ({"answer": "not_solved", "words": "\x00"}, 400),
        ({"answer": "not_solved", "words": "长" * 1_500}, 200),
        ({"answer": "SOLVED"}, 400),
        ({}, 400),
    ],
)
async def test_page_takes_whatever_a_form_sends_without_a_crash(flow: Flow, form: dict[str, Any], status: int) -> None:
    await flow.make(stage("word", needs=["confirmation"]), stage("after"))
    ticket = await flow.ticket()
    given = await flow.floor.wu.post(f"/tickets/{ticket}/process/confirmation-links", {"way": "given"})
    page = "/confirm/" + given.json()["url"].rpartition("/")[2]
    customer = flow.site.stranger().client
    answer = await customer.post(page, data=form)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    said = (await flow.run(ticket))["confirmations"]
    assert len(said) == (status == 200)
    assert all(len(one["words"]) <= 1_000 and "\x00" not in one["words"] for one in said)


@pytest.mark.parametrize("token", ["x", "%00", "长", "A" * 5_000, "'--"])
async def test_page_of_no_link_is_gone_in_both_languages(flow: Flow, token: str) -> None:
    customer = flow.site.stranger().client
    for lang, words in (("en", "cannot be used"), ("zh-CN", "失效")):
        page = await customer.get(f"/confirm/{token}?lang={lang}")
        assert page.status_code == 404, page.text
        assert words in page.text
