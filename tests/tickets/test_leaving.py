"""Tickets of people who left go back to their teams, once, with a reason."""

from datetime import timedelta

import pytest

from ombud.accounts.schemas import PersonChange
from ombud.accounts.services.people import change_person
from ombud.shared.actor import SYSTEM, Actor
from ombud.tickets.schemas import AssignmentIn, Reason
from ombud.tickets.services.changes import assign_ticket
from ombud.tickets.services.leaving import GRACE, release_tickets
from tests.desk import Desk


@pytest.fixture
async def leaver(desk: Desk) -> Actor:
    await desk.person("Ada", role="administrator", everywhere=True)
    return await desk.person("Bo")


async def tickets_of(desk: Desk, person: Actor, count: int) -> list[int]:
    channel = await desk.channel()
    await desk.deliver(channel, *(desk.message(who=f"c{number}") for number in range(count)))
    made = await desk.tickets()
    async with desk.parts.database.transaction() as tx:
        for ticket in made:
            data = AssignmentIn(assignee_id=person.id, force=True)
            await assign_ticket(tx, ticket, data, by=SYSTEM, now=desk.now)
    return made


async def be_active(desk: Desk, person: Actor, *, is_active: bool) -> None:
    async with desk.parts.database.transaction() as tx:
        change = PersonChange(is_active=is_active)
        await change_person(tx, person_id=person.id or 0, change=change, by=SYSTEM, now=desk.now)


async def release(desk: Desk, after: timedelta = GRACE) -> int:
    desk.later(seconds=after.total_seconds())
    async with desk.parts.database.transaction() as tx:
        return await release_tickets(tx, now=desk.now)


async def test_deactivate_gives_open_tickets_back_with_the_reason(desk: Desk, leaver: Actor) -> None:
    first, second, solved = await tickets_of(desk, leaver, 3)
    await desk.run("update ticket set category = 'waiting' where id = %(id)s", id=second)
    await desk.run("update ticket set category = 'solved' where id = %(id)s", id=solved)
    await be_active(desk, leaver, is_active=False)
    await release(desk)
    assert [await desk.column(one, "assignee_id") for one in (first, second, solved)] == [None, None, leaver.id]
    last = (await desk.timeline(first))[-1]
    assert (last.author.kind, last.details.field, last.details.from_value) == ("system", "assignee", leaver.id)
    assert last.details.reason == Reason("holder_left")
    told = [(one.ticket_id, one.data["to_id"]) for one in await desk.events("ticket_assigned")][-2:]
    assert told == [(first, None), (second, None)]


async def test_deactivate_by_mistake_keeps_tickets_for_a_moment(desk: Desk, leaver: Actor) -> None:
    [ticket] = await tickets_of(desk, leaver, 1)
    await be_active(desk, leaver, is_active=False)
    assert not await release(desk, timedelta(seconds=14))
    assert await desk.column(ticket, "assignee_id") == leaver.id


async def test_deactivate_gives_sleeping_tickets_back_too(desk: Desk, leaver: Actor) -> None:
    [ticket] = await tickets_of(desk, leaver, 1)
    await desk.run("update ticket set snoozed_until = %(at)s", at=desk.now + timedelta(days=1))
    await be_active(desk, leaver, is_active=False)
    assert await release(desk) == 1
    assert await desk.column(ticket, "assignee_id") is None


async def test_deactivate_and_come_back_at_once_keeps_tickets(desk: Desk, leaver: Actor) -> None:
    [ticket] = await tickets_of(desk, leaver, 1)
    await be_active(desk, leaver, is_active=False)
    await be_active(desk, leaver, is_active=True)
    await release(desk)
    assert await desk.column(ticket, "assignee_id") == leaver.id


async def test_deactivate_leaves_others_alone_and_happens_once(desk: Desk, leaver: Actor) -> None:
    colleague = await desk.person("Chen")
    [ticket] = await tickets_of(desk, colleague, 1)
    await be_active(desk, leaver, is_active=False)
    assert [await release(desk), await release(desk)] == [0, 0]
    assert await desk.column(ticket, "assignee_id") == colleague.id
    assert len(await desk.events("ticket_assigned")) == 1
