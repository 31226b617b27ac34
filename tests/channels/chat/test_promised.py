"""What a visitor sees of promises: those in messages that they can read, live, kept or not, and no others."""

from datetime import timedelta
from typing import Any

import pytest

from ombud.accounts.permissions import ROLES
from ombud.service_levels.promises.reactions import PROMISES
from ombud.service_levels.promises.schemas import PromiseEndIn, PromiseIn
from ombud.service_levels.promises.services.ending import add_promise, end_promise
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.readers import read_batch, register_reader
from ombud.tickets.schemas import ReplyIn
from ombud.tickets.services.replies import reply
from tests.channels.chat.test_chat_stream import listening
from tests.channels.conftest import Desk


@pytest.fixture
async def chat(desk: Desk) -> Desk:
    await desk.add_channel("chat")
    async with desk.parts.database.transaction() as tx:
        await register_reader(tx, PROMISES)
    return desk


async def follow(desk: Desk) -> None:
    await desk.settled()
    while (await read_batch(desk.parts.database, PROMISES, now=desk.now)).passed:
        pass
    await desk.settled()


async def say(desk: Desk, ticket_id: int, text: str) -> None:
    """A person answers: what machines write promises nothing."""
    sql = "insert into person (email, name, role, created_at) values ('a@x', 'A', 'agent', now()) returning id"
    ann = Actor("person", await desk.sql(int, sql), "Ann", ROLES["agent"], None)
    data = ReplyIn(text, "promising-1", force=True)
    await desk.write(lambda tx: reply(tx, ticket_id, data, by=ann, now=desk.now, undo_seconds=0))


async def last(visitor: Any) -> list[Any]:
    found: list[Any] = (await visitor.page())["items"][-1].get("promises", [])
    return found


async def test_promise_in_an_answer_shows_with_it_and_is_ticked_off_when_kept(chat: Desk) -> None:
    visitor, ticket_id, listener = await listening(chat)
    await say(chat, ticket_id, "We will refund you within 24 hours.")
    await listener.hears("message")
    await follow(chat)
    frames = await listener.hears("message", 2)
    [shown] = frames[-1]["promises"]
    assert shown["is_kept"] is False
    assert await last(visitor) == [shown]
    promise = await chat.sql(int, "select id from promise")
    kept = PromiseEndIn("kept")
    await chat.write(lambda tx: end_promise(tx, ticket_id, promise, kept, by=SYSTEM, now=chat.now))
    await chat.settled()
    assert (await listener.hears("message", 3))[-1]["promises"] == [shown | {"is_kept": True}]


async def test_promise_of_a_note_or_a_call_reaches_no_visitor(chat: Desk) -> None:
    visitor, ticket_id, _ = await listening(chat)
    await chat.answer(ticket_id, "Good morning")
    data = PromiseIn("The boss calls: secret", chat.now + timedelta(hours=2), way="phone")
    await chat.write(lambda tx: add_promise(tx, ticket_id, data, by=SYSTEM, now=chat.now))
    await follow(chat)
    assert await last(visitor) == []
    assert "secret" not in str(await visitor.page())
