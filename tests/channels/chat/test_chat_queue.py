"""Where a visitor stands, what their widget confirms, and how much a stranger may do."""

import pytest

from tests.channels.conftest import Desk
from tests.channels.visitors import Visitor, arrive


@pytest.fixture
async def chat(desk: Desk) -> Desk:
    await desk.add_channel("chat")
    return desk


async def test_position_counts_those_ahead(chat: Desk) -> None:
    first, second = await arrive(chat), await arrive(chat)
    await first.write("I was first")
    await second.write("then me")
    assert (await first.page())["queue"]["position"] == 1
    assert (await second.page())["queue"]["position"] == 2


async def test_position_ends_when_the_ticket_is_taken_or_answered(chat: Desk) -> None:
    visitor = await arrive(chat)
    ticket_id = await visitor.write("hello")
    await chat.answer(ticket_id)
    assert (await visitor.page())["queue"]["position"] is None


async def test_urgent_tickets_stand_ahead(chat: Desk) -> None:
    first, second = await arrive(chat), await arrive(chat)
    await first.write("normal")
    ticket_id = await second.write("urgent")
    await chat.execute("update ticket set priority = 4 where id = %(id)s", id=ticket_id)
    assert (await second.page())["queue"]["position"] == 1
    assert (await first.page())["queue"]["position"] == 2


async def test_confirm_marks_delivered_then_read(chat: Desk) -> None:
    visitor = await arrive(chat)
    ticket_id = await visitor.write("hello")
    entry = await chat.answer(ticket_id)
    states = "select state from outbox where entry_id = %(id)s"
    assert await chat.sql(str, states, id=entry.id) == "sent"
    await visitor.post("read", entry_id=entry.id, state="delivered")
    assert await chat.sql(str, states, id=entry.id) == "delivered"
    assert await chat.sql(bool, "select read_at is null from outbox") is True
    await visitor.post("read", entry_id=entry.id)
    assert await chat.sql(bool, "select read_at is not null from outbox") is True
    assert (await visitor.page())["items"][-1]["read_at"] is not None


async def test_confirm_twice_tells_the_log_once(chat: Desk) -> None:
    visitor = await arrive(chat)
    entry = await chat.answer(await visitor.write("hello"))
    for _ in range(3):
        await visitor.post("read", entry_id=entry.id)
    await chat.settled()
    assert await chat.sql(int, "select count(*) from event where kind = 'delivery_changed'") == 1


async def test_confirm_of_somebody_elses_answer_changes_nothing(chat: Desk) -> None:
    one, other = await arrive(chat), await arrive(chat)
    entry = await chat.answer(await one.write("hello"))
    await other.write("hi")
    assert (await other.post("read", entry_id=entry.id + 10)).status_code == 204
    assert await chat.sql(str, "select state from outbox where entry_id = %(id)s", id=entry.id) == "sent"


async def test_message_counts_as_read_when_an_agent_opened_the_ticket(chat: Desk) -> None:
    visitor = await arrive(chat)
    ticket_id = await visitor.write("hello")
    assert (await visitor.page())["items"][0]["read_at"] is None
    await chat.execute("insert into person (email, name, role, created_at) values ('a@x', 'A', 'agent', now())")
    await chat.execute("insert into ticket_read select p.id, t.id, t.last_message_id from person p, ticket t")
    assert (await visitor.page())["items"][0]["read_at"] is not None
    assert ticket_id


async def test_too_many_messages_wait_and_hear_for_how_long(chat: Desk) -> None:
    visitor = await arrive(chat)
    answers = [await visitor.send(f"flood {number}") for number in range(25)]
    codes = [answer.status_code for answer in answers]
    assert codes[:20] == [202] * 20
    assert set(codes[20:]) == {429}
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert answers[-1].headers["access-control-allow-origin"] == "*"
    other = await arrive(chat)
    assert (await other.send("I am not flooding")).status_code == 202


async def test_too_many_visitors_from_one_address_are_refused(chat: Desk) -> None:
    key = chat.channels["chat"].public_key or ""
    codes = [(await Visitor(chat, key).begin()).status_code for _ in range(32)]
    assert codes[:30] == [201] * 30
    assert codes[-1] == 429
