"""Clocks that a verb starts and ends by itself, without a policy: of a department, a task, a stage, a promise.

They count in the hours of the team that works, are warned of once before their deadline, and fire like all others.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.service_levels.events import ClockDropped, ClockMet, ClockMoved, ClockResumed, ClockStarted
from ombud.service_levels.rules import step_at
from ombud.service_levels.schemas import AnyMetric, ClockState, Outcome, Step
from ombud.service_levels.services.keeping import refresh_deadline
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.calendars.arithmetic import deadline
from ombud.shared.calendars.opening import Calendar
from ombud.shared.calendars.schemas import ALWAYS, CalendarSpec, Span
from ombud.shared.database import Transaction, row, rows, value, values
from ombud.shared.events import emit, emit_all
from ombud.tickets.schemas import LockedTicket

OwnMetric = Literal["department", "task", "stage", "customer_update", "supervision", "promise"]
# The one warning comes when four fifths of the time are gone.
WARNING = Step(percent=80)


class OwnClock(Struct, frozen=True):
    """Which clock: the ``number`` tells those of one metric on a ticket apart."""

    ticket_id: int
    team_id: int
    metric: OwnMetric
    number: int


class _Hours(Struct):
    id: int
    spec: CalendarSpec


class _Open(Struct):
    id: int
    started_at: datetime
    due_at: datetime | None


async def hours_of(tx: Transaction, team_id: int) -> tuple[int | None, Calendar]:
    """A team's hours and their version: its own calendar or the default one; without either it is always there."""
    sql = """
        select v.id, v.spec from team t
        join calendar c on c.id = coalesce(t.calendar_id, (select id from calendar where is_default))
        cross join lateral (
            select id, spec from calendar_version where calendar_id = c.id order by id desc limit 1) v
        where t.id = %(team)s"""
    found = await row(tx, _Hours, sql, {"team": team_id})
    return (found.id, Calendar(found.spec)) if found else (None, Calendar(ALWAYS))


async def due_in(tx: Transaction, team_id: int, span: Span, *, now: datetime) -> datetime:
    """When something is due that a team begins now.

    Raises:
        NeverOpen: the team's calendar has no open hour.
    """
    _, calendar = await hours_of(tx, team_id)
    return deadline(calendar, now, span) or now


async def start_clock(
    tx: Transaction, which: OwnClock, span: Span, *, label: str, by: Actor, now: datetime
) -> tuple[int, datetime]:
    """Start a clock in its team's hours; gives its id and when it is due.

    Raises:
        NeverOpen: the team's calendar has no open hour.

    Emits: ClockStarted
    """
    version_id, calendar = await hours_of(tx, which.team_id)
    due_at = deadline(calendar, now, span) or now
    sql = """
        insert into clock (ticket_id, metric, round, label, calendar_version_id, span, state, started_at, due_at,
            next_at, made_by)
        values (%(ticket)s, %(metric)s, %(number)s, %(label)s, %(version)s, %(span)s, 'running', %(now)s, %(due)s,
            %(next)s, %(by)s) returning id"""
    params = {
        "ticket": which.ticket_id,
        "metric": which.metric,
        "number": which.number,
        "label": label[:120],
        "version": version_id,
        "span": Jsonb(msgspec.to_builtins(span)),
        "now": now,
        "due": due_at,
        "next": step_at(WARNING, span, calendar, now, due_at, []),
        "by": by.person_id or None,
    }
    clock_id = await value(tx, int, sql, params) or 0
    fact = ClockStarted(ticket_id=which.ticket_id, team_id=which.team_id, clock_id=clock_id, metric=which.metric)
    await emit(tx, fact, by=by, at=now)
    await refresh_deadline(tx, which.ticket_id)
    return clock_id, due_at


async def start_clock_until(
    tx: Transaction, which: OwnClock, due_at: datetime, *, label: str, started_at: datetime, by: Actor, now: datetime
) -> int:
    """Start a clock that is due at a moment, whatever lies between; gives its id. One that runs already goes on.

    Emits: ClockStarted
    """
    known = await _running(tx, which)
    if known is not None:
        return known.id
    sql = """
        insert into clock (ticket_id, metric, round, label, state, started_at, due_at, next_at, made_by)
        values (%(ticket)s, %(metric)s, %(number)s, %(label)s, 'running', %(start)s, %(due)s, %(next)s, %(by)s)
        on conflict (ticket_id, metric, round) where metric <> 'external' do update set state = 'running',
            outcome = null, ended_at = null, due_at = excluded.due_at, next_at = excluded.next_at,
            breached_at = null, fired = '{}'
        returning id"""
    params = {
        "ticket": which.ticket_id,
        "metric": which.metric,
        "number": which.number,
        "label": label[:120],
        "start": started_at,
        "due": due_at,
        "next": _warning(started_at, due_at) if due_at > started_at else due_at,
        "by": by.person_id or None,
    }
    clock_id = await value(tx, int, sql, params) or 0
    fact = ClockStarted(ticket_id=which.ticket_id, team_id=which.team_id, clock_id=clock_id, metric=which.metric)
    await emit(tx, fact, by=by, at=now)
    await refresh_deadline(tx, which.ticket_id)
    return clock_id


def _warning(start: datetime, due_at: datetime) -> datetime:
    seconds = int((due_at - start).total_seconds()) * (WARNING.percent or 0) // 100
    return start + timedelta(seconds=seconds)


async def end_clock(tx: Transaction, which: OwnClock, outcome: Outcome, *, by: Actor, now: datetime) -> bool:
    """End a clock, if it runs; whether it did.

    Emits: ClockMet, ClockDropped
    """
    known = await _running(tx, which)
    if known is None:
        return False
    is_late = known.due_at is not None and known.due_at < now
    sql = """
        update clock set state = 'ended', outcome = %(outcome)s, ended_at = %(now)s, next_at = null,
            breached_at = case when %(late)s then due_at else breached_at end
        where id = %(id)s"""
    await tx.execute(sql, {"id": known.id, "outcome": outcome, "now": now, "late": is_late})
    names = {
        "ticket_id": which.ticket_id,
        "team_id": which.team_id,
        "clock_id": known.id,
        "metric": which.metric,
    }
    fact = ClockMet(**names, is_late=is_late) if outcome == "met" else ClockDropped(**names)  # type: ignore[arg-type]  # as named
    await emit(tx, fact, by=by, at=now)
    await refresh_deadline(tx, which.ticket_id)
    return True


async def move_clock(tx: Transaction, which: OwnClock, due_at: datetime, *, by: Actor, now: datetime) -> bool:
    """Give a running clock another deadline; it warns and fires anew. Whether it ran.

    Emits: ClockMoved
    """
    known = await _running(tx, which)
    if known is None:
        return False
    sql = """
        update clock set due_at = %(due)s, next_at = %(next)s, breached_at = null, fired = '{}' where id = %(id)s"""
    await tx.execute(sql, {"id": known.id, "due": due_at, "next": _warning(now, due_at)})
    fact = ClockMoved(ticket_id=which.ticket_id, team_id=which.team_id, clock_id=known.id, metric=which.metric)
    await emit(tx, fact, by=by, at=now)
    await refresh_deadline(tx, which.ticket_id)
    return True


async def _running(tx: Transaction, which: OwnClock) -> _Open | None:
    sql = """
        select id, started_at, due_at from clock
        where ticket_id = %(ticket)s and metric = %(metric)s and round = %(number)s and state <> 'ended' for update"""
    params = {"ticket": which.ticket_id, "metric": which.metric, "number": which.number}
    return await row(tx, _Open, sql, params)


class StoppedClock(Struct):
    """A clock as it stood before a merge stopped it."""

    id: int
    metric: AnyMetric
    state: ClockState
    next_at: datetime | None
    breached_at: datetime | None


async def stop_clocks(
    tx: Transaction, ticket: LockedTicket, metrics: Sequence[OwnMetric], *, now: datetime
) -> list[StoppedClock]:
    """End the clocks of some metrics on a ticket that goes into another one; gives what starting them again needs.

    Emits: ClockDropped
    """
    sql = """
        select id, metric, state, next_at, breached_at from clock
        where ticket_id = %(ticket)s and metric = any(%(metrics)s) and state <> 'ended' order by id for update"""
    params = {"ticket": ticket.id, "metrics": list(metrics)}
    stopped = await rows(tx, StoppedClock, sql, params)
    sql = """
        update clock set state = 'ended', outcome = 'dropped', ended_at = %(now)s, next_at = null
        where id = any(%(ids)s)"""
    await tx.execute(sql, {"ids": [one.id for one in stopped], "now": now})
    await _tell(tx, ticket, ClockDropped, stopped, now=now)
    return stopped


async def restart_clocks(
    tx: Transaction, ticket: LockedTicket, stopped: Sequence[StoppedClock], *, now: datetime
) -> None:
    """Let stopped clocks run again as if they had never stopped: what is due meanwhile fires at once.

    Emits: ClockResumed
    """
    sql = """
        update clock k set state = w.state, outcome = null, ended_at = null, next_at = w.next_at,
            breached_at = w.breached_at
        from unnest(%(ids)s::bigint[], %(states)s::text[], %(nexts)s::timestamptz[], %(breaches)s::timestamptz[])
            as w (id, state, next_at, breached_at)
        where k.id = w.id"""
    params = {
        "ids": [one.id for one in stopped],
        "states": [one.state for one in stopped],
        "nexts": [one.next_at for one in stopped],
        "breaches": [one.breached_at for one in stopped],
    }
    await tx.execute(sql, params)
    await _tell(tx, ticket, ClockResumed, stopped, now=now)
    await refresh_deadline(tx, ticket.id)


async def _tell(
    tx: Transaction, ticket: LockedTicket, kind: type[Any], clocks: Sequence[StoppedClock], *, now: datetime
) -> None:
    names = {"ticket_id": ticket.id, "team_id": ticket.team_id}
    facts = [kind(**names, clock_id=one.id, metric=one.metric) for one in clocks]
    await emit_all(tx, facts, by=SYSTEM, at=now)


async def carry_clocks(tx: Transaction, metric: AnyMetric, from_id: int, to_id: int) -> list[int]:
    """Let clocks of a metric, ended ones, too, belong to another ticket; which. Deadlines are the caller's to write."""
    sql = """
        update clock set ticket_id = %(to)s where ticket_id = %(from)s and metric = %(metric)s returning id"""
    return sorted(await values(tx, int, sql, {"from": from_id, "to": to_id, "metric": metric}))


async def return_clocks(tx: Transaction, clock_ids: Sequence[int], from_id: int, to_id: int) -> None:
    """Take clocks back that are where they were carried to."""
    sql = "update clock set ticket_id = %(to)s where id = any(%(ids)s) and ticket_id = %(from)s"
    await tx.execute(sql, {"ids": list(clock_ids), "from": from_id, "to": to_id})
