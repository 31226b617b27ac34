"""Tickets of people who left go back to their teams, once, with a reason."""

import pytest

from ombud.accounts.schemas import PersonChange
from ombud.accounts.services.people import change_person
from ombud.config.reactions import READERS
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.readers import read_batch, register_reader
from ombud.tickets.schemas import AssignmentIn
from ombud.tickets.services.changes import assign_ticket
from tests.desk import Desk

[LEAVERS] = [one for one in READERS if one.name == "tickets_of_leavers"]


@pytest.fixture
async def leaver(desk: Desk) -> Actor:
    async with desk.parts.database.transaction() as tx:
        await register_reader(tx, LEAVERS)
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


async def react(desk: Desk) -> None:
    await desk.events()
    while (await read_batch(desk.parts.database, LEAVERS, now=desk.now)).passed:
        pass


async def test_deactivate_gives_open_tickets_back_with_the_reason(desk: Desk, leaver: Actor) -> None:
    first, second, solved = await tickets_of(desk, leaver, 3)
    await desk.run("update ticket set category = 'waiting' where id = %(id)s", id=second)
    await desk.run("update ticket set category = 'solved' where id = %(id)s", id=solved)
    await be_active(desk, leaver, is_active=False)
    await react(desk)
    assert [await desk.column(one, "assignee_id") for one in (first, second, solved)] == [None, None, leaver.id]
    last = (await desk.timeline(first))[-1]
    assert (last.author.kind, last.details.field, last.details.from_value) == ("system", "assignee", leaver.id)
    assert last.details.reason == {"code": "holder_left"}
    told = [(one.ticket_id, one.data["to_id"]) for one in await desk.events("ticket_assigned")][-2:]
    assert told == [(first, None), (second, None)]


async def test_deactivate_and_come_back_at_once_keeps_tickets(desk: Desk, leaver: Actor) -> None:
    [ticket] = await tickets_of(desk, leaver, 1)
    await be_active(desk, leaver, is_active=False)
    await be_active(desk, leaver, is_active=True)
    await react(desk)
    assert await desk.column(ticket, "assignee_id") == leaver.id


async def test_deactivate_leaves_others_alone_and_happens_once(desk: Desk, leaver: Actor) -> None:
    colleague = await desk.person("Chen")
    [ticket] = await tickets_of(desk, colleague, 1)
    await be_active(desk, leaver, is_active=False)
    await react(desk)
    await react(desk)
    assert await desk.column(ticket, "assignee_id") == colleague.id
    assert len(await desk.events("ticket_assigned")) == 1
