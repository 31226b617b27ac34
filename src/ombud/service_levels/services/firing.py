"""What is due on clocks: breaches, and the steps of escalation chains. Each is taken once, to the second.

Due clocks come from an index by time, so that the cost is that of what is due. A batch is marked and told in a few
statements; a step that changes its ticket is taken in a transaction of that ticket alone.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.service_levels import queries
from ombud.service_levels.events import ClockBreached, ClockEscalated, ClockWarned
from ombud.service_levels.queries import LevelTicket
from ombud.service_levels.rules import is_computed
from ombud.service_levels.schemas import Clock, Step
from ombud.service_levels.services.keeping import Frames, fact_of, load_frames, next_moment, waiting_steps
from ombud.service_levels.services.telling import BATCH, Pager, Taken, tell_taken
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Database, Transaction, rows
from ombud.shared.errors import OmbudError
from ombud.shared.events import Fact, emit_all
from ombud.tickets.queries.tickets import lock_visible_ticket, visible_mentions
from ombud.tickets.schemas import AssignmentIn, TicketPatch
from ombud.tickets.services.changes import assign_ticket, change_ticket
from ombud.tickets.services.together.followers import start_following

log = logging.getLogger(__name__)
HIGHEST_PRIORITY = 4


class Due(Struct):
    """What is due on a batch of tickets."""

    clocks: list[Clock]
    facts: list[Fact]
    taken: list[Taken]


async def fire_due(database: Database, pager: Pager, *, now: datetime) -> int:
    """Take everything that is due on up to 500 tickets; how many tickets.

    Emits: ClockBreached, ClockWarned, ClockEscalated, NotificationMade, and what steps change
    """
    async with database.transaction() as tx:
        tickets, clocks = await _claim(tx, now=now)
        frames = await load_frames(tx, [], clocks, now=now)
        active = {one.ticket_id for one in clocks if _changes_ticket(one, frames, now=now)}
        plain = [one for one in clocks if one.ticket_id not in active]
        await _take(tx, tickets, plain, frames, pager, now=now)
    for ticket_id in sorted(active):
        await _take_alone(database, pager, ticket_id, now=now)
    return len(tickets)


async def _claim(tx: Transaction, *, now: datetime) -> tuple[dict[int, LevelTicket], list[Clock]]:
    # Tickets before clocks, as everywhere; whoever holds one at this moment has it looked at a moment later.
    sql = """
        select t.id from ticket t where t.id in (
            select ticket_id from clock where next_at <= %(now)s order by next_at limit %(limit)s)
        order by t.id for no key update skip locked"""
    ids = [one.id for one in await rows(tx, _Id, sql, {"now": now, "limit": BATCH})]
    if not ids:
        return {}, []
    tickets = {one.id: one for one in await queries.load_tickets(tx, ids)}
    return tickets, await _due_clocks(tx, ids, now=now)


class _Id(Struct):
    id: int


async def _due_clocks(tx: Transaction, ticket_ids: Sequence[int], *, now: datetime) -> list[Clock]:
    sql = f"""
        select {queries.CLOCK} from clock k
        where k.ticket_id = any(%(ids)s) and k.next_at <= %(now)s order by k.next_at, k.id"""
    return await rows(tx, Clock, sql, {"ids": list(ticket_ids), "now": now})


def _changes_ticket(clock: Clock, frames: Frames, *, now: datetime) -> bool:
    return any(
        step.raise_priority or step.team_id or step.assignee_id or step.add_followers
        for _, step in _due_steps(clock, frames, now=now)
    )


def _due_steps(clock: Clock, frames: Frames, *, now: datetime) -> list[tuple[int, Step]]:
    if clock.policy_version_id is None or clock.calendar_version_id is None:
        return []
    version = frames.policies[clock.policy_version_id]
    waiting = waiting_steps(clock, version, frames.calendars[clock.calendar_version_id])
    return [(number, version.spec.steps[number]) for number, at in sorted(waiting, key=_time) if at <= now]


def _time(one: tuple[int, datetime]) -> datetime:
    return one[1]


async def _take_alone(database: Database, pager: Pager, ticket_id: int, *, now: datetime) -> None:
    """Take the steps of one ticket together with what they change of it; what cannot be changed is left as it is."""
    async with database.transaction() as tx:
        tickets = {one.id: one for one in await queries.lock_tickets(tx, [ticket_id])}
        clocks = await _due_clocks(tx, [ticket_id], now=now)
        frames = await load_frames(tx, [], clocks, now=now)
        for one in await _take(tx, tickets, clocks, frames, pager, now=now):
            await _act(tx, one, now=now)


async def _take(
    tx: Transaction,
    tickets: dict[int, LevelTicket],
    clocks: Sequence[Clock],
    frames: Frames,
    pager: Pager,
    *,
    now: datetime,
) -> list[Taken]:
    """Mark what is due as taken and tell people of it; gives the steps, for what they change."""
    due = Due([], [], [])
    for clock in clocks:
        _mark(clock, tickets[clock.ticket_id], frames, due, now=now)
    await _write(tx, due.clocks)
    await emit_all(tx, due.facts, by=SYSTEM, at=now)
    await tell_taken(tx, due.taken, pager, now=now)
    return due.taken


def _mark(clock: Clock, ticket: LevelTicket, frames: Frames, due: Due, *, now: datetime) -> None:
    due.clocks.append(clock)
    if clock.due_at is not None and clock.due_at <= now and clock.breached_at is None:
        clock.breached_at = clock.due_at
        due.facts.append(fact_of(ClockBreached, clock, ticket.team_id))
    elif not is_computed(clock.metric) and clock.due_at is not None and clock.due_at > now and not clock.fired:
        # The one warning of a clock that has no policy; whoever started it says who hears of it.
        clock.fired.append(0)
        due.facts.append(fact_of(ClockWarned, clock, ticket.team_id, step=0))
    for number, step in _due_steps(clock, frames, now=now):
        clock.fired.append(number)
        if step.unless_acknowledged and clock.acknowledged_at is not None:
            continue
        is_late = clock.breached_at is not None and (step.percent is None and step.minutes >= 0)
        due.facts.append(fact_of(ClockEscalated if is_late else ClockWarned, clock, ticket.team_id, step=number))
        due.taken.append(Taken(clock, ticket, number, step, is_late))
    version = frames.policies.get(clock.policy_version_id or 0)
    clock.next_at = next_moment(clock, version, frames.calendars.get(clock.calendar_version_id or 0))


async def _write(tx: Transaction, clocks: Sequence[Clock]) -> None:
    sql = """
        update clock k set fired = r.fired, breached_at = r.breached_at, next_at = r.next_at
        from jsonb_to_recordset(%(rows)s) as r (id bigint, fired smallint[], breached_at timestamptz,
            next_at timestamptz)
        where k.id = r.id"""
    if clocks:
        wanted = [msgspec.to_builtins(one) for one in clocks]
        names = ("id", "fired", "breached_at", "next_at")
        await tx.execute(sql, {"rows": Jsonb([{name: one[name] for name in names} for one in wanted])})


async def _act(tx: Transaction, one: Taken, *, now: datetime) -> None:
    """Change the ticket as a step says. A step that cannot be taken any more must not keep the others from theirs."""
    for verb in (_raise, _reassign, _add_followers):
        try:
            async with tx.transaction():
                await verb(tx, one, now=now)
        except OmbudError as problem:
            log.warning("Step %s of clock %s: %s", one.number, one.clock.id, problem)


async def _raise(tx: Transaction, one: Taken, *, now: datetime) -> None:
    ticket = await lock_visible_ticket(tx, one.ticket.id, by=SYSTEM)
    if one.step.raise_priority and ticket.priority < HIGHEST_PRIORITY:
        higher = TicketPatch(priority=ticket.priority + 1)  # type: ignore[arg-type]  # 2 to 4
        await change_ticket(tx, ticket.id, higher, by=SYSTEM, now=now)


async def _reassign(tx: Transaction, one: Taken, *, now: datetime) -> None:
    ticket = await lock_visible_ticket(tx, one.ticket.id, by=SYSTEM)
    if one.step.team_id is None and one.step.assignee_id is None:
        return
    is_moved = one.step.team_id is not None and one.step.team_id != ticket.team_id
    holder = one.step.assignee_id or (None if is_moved else ticket.assignee_id)
    wanted = AssignmentIn(assignee_id=holder, team_id=one.step.team_id, force=True)
    await assign_ticket(tx, ticket.id, wanted, by=SYSTEM, now=now)


async def _add_followers(tx: Transaction, one: Taken, *, now: datetime) -> None:
    if one.step.add_followers:
        ticket = await lock_visible_ticket(tx, one.ticket.id, by=SYSTEM)
        for person in await visible_mentions(tx, one.step.add_followers, ticket):
            await start_following(tx, ticket, person, "added", by=SYSTEM, now=now)
