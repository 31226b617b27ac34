"""Routing on a real desk: who is there gets work, what nobody can take waits, and the reason is on the timeline."""

import asyncio

import pytest

from ombud.routing.engine.services import route as route_now
from ombud.tickets.schemas import Reason
from tests.desk import Desk


async def route(desk: Desk) -> int:
    async with desk.parts.database.transaction() as tx:
        return await route_now(tx, now=desk.now)


async def arrive(desk: Desk, count: int = 1, *, team: int = 1, kind: str = "api") -> list[int]:
    """New tickets of as many customers."""
    channel = await desk.channel(kind, team)
    before = len(await desk.tickets())
    await desk.deliver(channel, *(desk.message(f"Help {number}", who=f"c{before + number}") for number in range(count)))
    return (await desk.tickets())[before:]


async def holder(desk: Desk, ticket: int) -> int | None:
    found: int | None = await desk.column(ticket, "assignee_id")
    return found


async def test_route_gives_to_the_least_loaded_then_longest_idle(desk: Desk) -> None:
    first = await desk.person("First")
    await desk.online(first)
    desk.later(seconds=10)
    second = await desk.person("Second")
    await desk.online(second)
    tickets = await arrive(desk, 3)
    assert await route(desk) == 3
    # Each takes one; then both are equal and equally idle, so the lower number decides.
    assert [await holder(desk, one) for one in tickets] == [first.id, second.id, first.id]


async def test_route_longest_idle_is_counted_since_the_last_assignment(desk: Desk) -> None:
    busy, idle = await desk.person("Busy"), await desk.person("Idle")
    await desk.online(busy, idle)
    desk.later(seconds=5)
    [done] = await arrive(desk)
    await route(desk)
    assert await holder(desk, done) == busy.id
    await desk.run(
        "update ticket set category = 'solved', status_id = (select id from status where name_en = 'Solved')"
    )
    desk.later(seconds=5)
    [new] = await arrive(desk)
    await route(desk)
    assert await holder(desk, new) == idle.id


async def test_route_writes_reason_event_and_notification(desk: Desk) -> None:
    lu = await desk.person("Lu", capacity=4)
    await desk.online(lu)
    [ticket] = await arrive(desk)
    await route(desk)
    change = (await desk.timeline(ticket))[-1]
    assert (change.details.field, change.details.to_value, change.author.kind) == ("assignee", lu.id, "system")
    assert change.details.reason == Reason("least_loaded", 1, 0, 4, desk.now)
    [event] = await desk.events("ticket_assigned")
    assert (event.ticket_id, event.data["to_id"], event.data["reason"]) == (ticket, lu.id, "least_loaded")
    assert await desk.sql("select kind from notification where person_id = %(id)s", id=lu.id) == "assigned"


@pytest.mark.parametrize("why", ["offline", "away", "silent", "read_only", "deactivated", "no capacity", "elsewhere"])
async def test_route_gives_nothing_to_who_cannot_work(desk: Desk, why: str) -> None:
    role = "read_only" if why == "read_only" else "agent"
    team = await desk.team("Elsewhere") if why == "elsewhere" else 1
    lu = await desk.person("Lu", team, role=role, capacity=0 if why == "no capacity" else 5)
    await desk.online(lu)
    [ticket] = await arrive(desk)
    if why in {"offline", "away"}:
        await desk.run("update presence set state = %(state)s", state=why)
    if why == "silent":
        desk.later(seconds=61)
    if why == "deactivated":
        await desk.run("update person set deactivated_at = now()")
    assert await route(desk) == 0
    assert await holder(desk, ticket) is None
    assert await desk.events("ticket_assigned") == []


async def test_route_fills_capacity_and_gives_the_rest_when_there_is_room(desk: Desk) -> None:
    lu = await desk.person("Lu", capacity=3)
    await desk.online(lu)
    tickets = await arrive(desk, 2, kind="chat")
    assert await route(desk) == 1
    assert [await holder(desk, one) for one in tickets] == [lu.id, None]
    assert await route(desk) == 0
    await desk.run("update ticket set snoozed_until = now() + interval '9 days' where assignee_id is not null")
    assert await route(desk) == 1
    assert await holder(desk, tickets[1]) == lu.id


async def test_route_waiting_tickets_go_at_once_to_who_comes_online(desk: Desk) -> None:
    tickets = await arrive(desk, 2)
    assert await route(desk) == 0
    lu = await desk.person("Lu")
    await desk.online(lu)
    assert await route(desk) == 2
    assert {await holder(desk, one) for one in tickets} == {lu.id}


async def test_route_takes_urgent_then_longest_waiting_first(desk: Desk) -> None:
    [old] = await arrive(desk)
    desk.later(minutes=5)
    young, urgent = await arrive(desk, 2)
    await desk.run("update ticket set priority = 4 where id = %(id)s", id=urgent)
    lu = await desk.person("Lu", capacity=1)
    await desk.online(lu)
    for expected in (urgent, old, young):
        assert await route(desk) == 1
        assert await holder(desk, expected) == lu.id
        await desk.run("update ticket set category = 'waiting' where id = %(id)s", id=expected)


async def test_route_leaves_manual_teams_and_what_does_not_wait_alone(desk: Desk) -> None:
    manual = await desk.team("By hand", routing="manual")
    await desk.online(await desk.person("Lu", 1, manual))
    [by_hand] = await arrive(desk, team=manual)
    asleep, on_hold, solved = await arrive(desk, 3)
    await desk.run("update ticket set snoozed_until = now() + interval '9 days' where id = %(id)s", id=asleep)
    for ticket, category in ((on_hold, "on_hold"), (solved, "solved")):
        await desk.run("update ticket set category = %(c)s where id = %(id)s", c=category, id=ticket)
    assert await route(desk) == 0
    assert await holder(desk, by_hand) is None


async def test_route_two_routers_at_once_give_each_ticket_once(desk: Desk) -> None:
    for number in range(3):
        await desk.online(await desk.person(f"P{number}", capacity=10))
    await arrive(desk, 20)
    await asyncio.gather(*(route(desk) for _ in range(5)))
    await route(desk)
    events = await desk.events("ticket_assigned")
    assert len(events) == len({one.ticket_id for one in events}) == 20
    loads = await desk.sql(
        "select array_agg(n) from (select count(*)::int as n from ticket group by assignee_id order by 1) t"
    )
    assert loads == [6, 7, 7]


async def test_route_ticket_solved_in_between_is_not_given(desk: Desk) -> None:
    await desk.online(await desk.person("Lu"))
    first, second = await arrive(desk, 2)
    async with desk.parts.database.transaction() as other:
        # Somebody holds the ticket at this moment: the router passes by and comes back.
        await other.execute("select from ticket where id = %(id)s for update", {"id": first})
        assert await route(desk) == 1
        await other.execute("update ticket set category = 'solved' where id = %(id)s", {"id": first})
    assert await route(desk) == 0
    assert await holder(desk, first) is None
    assert await holder(desk, second) is not None
