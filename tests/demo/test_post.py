"""The demo's mails leave, arrive, and are sometimes answered; real mailboxes are never touched."""

from collections.abc import Awaitable, Callable

import pytest

from ombud.accounts.permissions import ROLES
from ombud.demo import post
from ombud.demo.live import LiveDesk, find_you
from ombud.demo.loader import load_demo
from ombud.shared.actor import Actor
from ombud.tickets.schemas import ReplyIn
from ombud.tickets.services.intake.work import take_in
from ombud.tickets.services.replies import reply
from tests.desk import Desk

Answer = Callable[[str], Awaitable[int]]
STATE = "select state from outbox where entry_id = %(entry)s"


@pytest.fixture
async def live(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> LiveDesk:
    monkeypatch.setattr(post, "ANSWER_SHARE", 1.0)
    parts = desk.parts
    async with parts.database.transaction() as tx:
        await load_demo(tx, now=desk.now, seed=1, tickets=200)
    you = await find_you(parts.database)
    return LiveDesk(
        parts.database, parts.clock, parts.door.receive, parts.bus.wake, key_ring=parts.key_ring, you=you, seed=3
    )


@pytest.fixture
async def ticket(desk: Desk, live: LiveDesk) -> int:
    assert isinstance(live, LiveDesk)
    sql = """
        select t.id from ticket t join channel c on c.id = t.channel_id
        where t.category in ('new', 'open') and t.snoozed_until is null and c.kind = 'email' order by t.id limit 1"""
    return int(await desk.sql(sql))


@pytest.fixture
def answer(desk: Desk, ticket: int) -> Answer:
    async def write(text: str) -> int:
        by = Actor(kind="person", id=1, permissions=ROLES["administrator"], team_ids=None)
        data = ReplyIn(text=text, client_key="answer-of-a-test", force=True)
        async with desk.parts.database.transaction() as tx:
            return (await reply(tx, ticket, data, by=by, now=desk.now, undo_seconds=10)).id

    return write


async def test_carry_waits_for_undo_then_sends_and_delivers(desk: Desk, live: LiveDesk, answer: Answer) -> None:
    entry = await answer("We have booked a technician.")
    await live.carry()
    assert await desk.sql(STATE, entry=entry) == "queued"
    desk.later(seconds=11)
    await live.carry()
    assert await desk.sql(STATE, entry=entry) == "sent"
    desk.later(seconds=5)
    await live.carry()
    assert await desk.sql(STATE, entry=entry) == "delivered"
    told = [one.data["state"] for one in await desk.events("delivery_changed") if one.data["entry_id"] == entry]
    assert told == ["sent", "delivered"]


async def test_customer_answers_by_mail_on_the_same_ticket(
    desk: Desk, live: LiveDesk, ticket: int, answer: Answer
) -> None:
    entry = await answer("哪天方便上门? Which day would suit you?")
    tickets = len(await desk.tickets())
    for _ in range(12):
        desk.later(seconds=10)
        await live.carry()
    while await take_in(desk.parts.database, desk.parts.clock):
        pass
    last = (await desk.timeline(ticket))[-1]
    assert (last.direction, last.channel_kind) == ("in", "email")
    assert last.id > entry
    assert len(await desk.tickets()) == tickets


async def test_solved_ticket_is_left_alone(desk: Desk, live: LiveDesk, ticket: int, answer: Answer) -> None:
    await answer("Done.")
    await desk.run("update ticket set category = 'solved' where id = %(id)s", id=ticket)
    for _ in range(12):
        desk.later(seconds=10)
        await live.carry()
    assert not await take_in(desk.parts.database, desk.parts.clock)


@pytest.mark.parametrize(
    "change",
    [
        """settings = settings || '{"address": "help@real-shop.com"}'""",
        """settings = settings || '{"smtp": {"host": "smtp.real-shop.com"}}'""",
        "is_active = false",
    ],
)
async def test_carry_never_touches_a_real_mailbox(desk: Desk, live: LiveDesk, answer: Answer, change: str) -> None:
    entry = await answer("To whom it may concern.")
    await desk.run(f"update channel set {change} where kind = 'email'")
    desk.later(seconds=60)
    await live.carry()
    assert await desk.sql(STATE, entry=entry) == "queued"
