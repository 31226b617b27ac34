"""Those who wait in a chat: told live where they stand, never a time that nobody measured, and offered another way."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from ombud.routing.floor.services.presence import choose_presence
from ombud.shared.actor import Actor
from tests.channels.chat.test_chat_stream import listening
from tests.channels.conftest import Desk, eventually
from tests.channels.visitors import Visitor, arrive

ANN = "insert into person (email, name, role, created_at) values ('ann@x', 'Ann', 'agent', now()) returning id"
CALL = {"way": "call", "contact": "+86 138 0013 8000", "locale": "zh-CN"}
MAIL = {"way": "mail", "contact": "rosa@x.example", "locale": "en"}


@pytest.fixture
async def chat(desk: Desk) -> Desk:
    await desk.add_channel("chat", offers_call=True)
    return desk


async def somebody_is_there(desk: Desk) -> int:
    """Ann's screen is open."""
    ann: int = await desk.sql(int, ANN)
    await desk.execute("insert into membership values (1, %(id)s)", id=ann)
    # a team that chooses by hand: nobody takes the talk before the test does
    await desk.execute("update team set routing = 'manual' where id = 1")
    await desk.write(lambda tx: choose_presence(tx, "online", by=Actor("person", ann), now=desk.now))
    return ann


async def queue(visitor: Visitor) -> dict[str, Any]:
    found: dict[str, Any] = (await visitor.page())["queue"]
    return found


async def told(visitor: Visitor, basis: str) -> dict[str, Any]:
    """Where the visitor stands once it was looked at."""

    async def is_told() -> bool:
        wait = (await queue(visitor))["wait"]
        return wait is not None and wait["basis"] == basis

    await eventually(is_told)
    return await queue(visitor)


async def promises(desk: Desk, *states: str) -> list[Any]:
    """Words, deadline and state of what is promised, once the worker's reader has heard of it."""
    sql = "select to_jsonb(array[words, due_at::text, status]) from promise order by id"

    async def are_so() -> bool:
        return [one[2] for one in await desk.column(list, sql)] == list(states)

    await eventually(are_so)
    return await desk.column(list, sql)


async def test_visitor_hears_live_that_they_stand_first_now(chat: Desk) -> None:
    ann = await somebody_is_there(chat)
    other = await arrive(chat)
    ticket = await other.write("I was first")
    visitor, _, listener = await listening(chat)
    assert (await told(visitor, "few"))["position"] == 2
    await chat.execute("update ticket set assignee_id = %(ann)s where id = %(id)s", ann=ann, id=ticket)
    await listener.hears("wait", 2)
    frames = await listener.hears("wait")
    assert [one["position"] for one in frames][-1] == 1
    assert frames[-1]["wait"] == {"basis": "few", "low_seconds": None, "high_seconds": None}


async def test_nobody_there_is_said_and_no_time(chat: Desk) -> None:
    visitor = await arrive(chat)
    await visitor.write("anybody?")
    state = await told(visitor, "nobody")
    assert (state["wait"]["low_seconds"], state["wait"]["high_seconds"]) == (None, None)
    assert state["offers"] == ["call", "mail"]


async def test_closed_office_tells_no_time_and_calls_after_it_opens(desk: Desk) -> None:
    day = (desk.now.weekday() + 1) % 7
    hours = {"time_zone": "UTC", "intervals": [{"weekday": day, "start": 540, "end": 1_020}]}
    await desk.add_channel("chat", offers_call=True, office_hours=hours)
    visitor = await arrive(desk)
    await visitor.write("late")
    assert (await told(visitor, "closed"))["wait"]["high_seconds"] is None
    due = datetime.fromisoformat((await visitor.put("callback", **CALL)).json()["due_at"])
    assert (due.weekday(), due.hour) == (day, 10)


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (CALL, "我们会给您回电"),
        (MAIL, "We will answer you by mail"),
        (CALL | {"locale": "en"}, "We will call you back"),
    ],
)
async def test_asking_instead_of_waiting_makes_a_promise(chat: Desk, wish: dict[str, Any], words: str) -> None:
    visitor = await arrive(chat)
    ticket = await visitor.write("I cannot wait")
    answer = await visitor.put("callback", **wish)
    assert answer.status_code == 200, answer.text
    [[said, due_at, _]] = await promises(chat, "open")
    assert said == words
    due = datetime.fromisoformat(answer.json()["due_at"])
    assert datetime.fromisoformat(due_at) == due
    assert timedelta(0) < due - chat.now < timedelta(hours=2)
    assert (await queue(visitor))["callback"] == answer.json()
    lines = "select array_agg(details ->> 'field' order by id) from entry where ticket_id = %(id)s and kind = 'change'"
    assert (await chat.sql(list, lines, id=ticket))[-2:] == ["waiting.asked", "promise.made"]
    # the line is for all who see the ticket: the number stands with the customer, by right
    line = "select details -> 'to_value' ->> 'contact' from entry where details ->> 'field' = 'waiting.asked'"
    assert await chat.sql(str, line) in {"+86****8000", "r****@x.example"}
    clock = "select state from clock where ticket_id = %(id)s and metric = 'promise'"
    assert await chat.sql(str, clock, id=ticket) == "running"
    kept = await chat.sql(str, "select coalesce(nullif(phone, ''), email) from customer")
    assert kept == answer.json()["contact"]
    # never to the customer by the talk, and the place is kept
    assert await visitor.texts() == ["I cannot wait"]
    assert (await queue(visitor))["position"] == 1


async def test_same_wish_again_is_one_promise_and_another_takes_its_place(chat: Desk) -> None:
    visitor = await arrive(chat)
    await visitor.write("hello")
    first, again = await visitor.put("callback", **CALL), await visitor.put("callback", **CALL)
    assert first.json() == again.json()
    await visitor.put("callback", **MAIL)
    both = await promises(chat, "dropped", "open")
    assert [one[0] for one in both] == ["我们会给您回电", "We will answer you by mail"]


async def test_waiting_after_all_drops_the_promise(chat: Desk) -> None:
    visitor = await arrive(chat)
    await visitor.write("hello")
    await visitor.put("callback", **CALL)
    for _ in range(2):
        answer = await chat.client.delete("/widget/v1/callback", headers=visitor.headers)
        assert answer.status_code == 204
    await promises(chat, "dropped")
    assert (await queue(visitor))["callback"] is None


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"way": "call", "contact": "12"}, 400),
        ({"way": "call", "contact": "x" * 20}, 400),
        ({"way": "mail", "contact": "rosa"}, 400),
        ({"way": "mail", "contact": "a@b c.example"}, 400),
        ({"way": "mail", "contact": ""}, 400),
        ({"way": "pigeon", "contact": "+86138001380"}, 400),
    ],
)
async def test_wishes_that_lead_nowhere_are_refused(chat: Desk, wish: dict[str, Any], code: int) -> None:
    visitor = await arrive(chat)
    await visitor.write("hello")
    assert (await visitor.put("callback", **wish)).status_code == code
    assert await chat.sql(int, "select count(*) from callback_offer") == 0


async def test_nothing_is_offered_once_somebody_has_the_talk(chat: Desk) -> None:
    visitor = await arrive(chat)
    early = await visitor.put("callback", **CALL)
    assert (early.status_code, early.json()["code"]) == (409, "not_waiting")
    ticket = await visitor.write("hello")
    await chat.execute(
        "update ticket set assignee_id = %(ann)s where id = %(id)s", ann=await chat.sql(int, ANN), id=ticket
    )
    late = await visitor.put("callback", **CALL)
    assert (late.status_code, late.json()["code"]) == (409, "not_waiting")
    assert (await queue(visitor))["offers"] == []


async def test_what_the_widget_does_not_offer_is_refused(desk: Desk) -> None:
    await desk.add_channel("chat", offers_mail=False)
    visitor = await arrive(desk)
    await visitor.write("hello")
    assert (await queue(visitor))["offers"] == []
    for wish in (CALL, MAIL):
        assert (await visitor.put("callback", **wish)).json()["code"] == "way_not_offered"


async def test_a_blocked_visitor_and_a_stranger_ask_in_vain(chat: Desk) -> None:
    visitor = await arrive(chat)
    await visitor.write("hello")
    await chat.execute("update customer set is_blocked = true")
    assert (await visitor.put("callback", **CALL)).json()["code"] == "blocked"
    assert (await chat.client.put("/widget/v1/callback", json=CALL)).status_code == 401
