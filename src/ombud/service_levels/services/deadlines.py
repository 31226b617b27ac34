"""Deadlines from outside, entered by hand, and the word of somebody that they see to a clock."""

from datetime import datetime, timedelta

from ombud.service_levels import queries
from ombud.service_levels.events import ClockAcknowledged, ClockDropped, ClockMet, ClockStarted
from ombud.service_levels.schemas import Clock, DeadlineIn, Outcome
from ombud.service_levels.services.keeping import fact_of, refresh_deadline
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, value
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit
from ombud.tickets.queries.tickets import lock_visible_ticket

MOST_DEADLINES = 20
FARTHEST = timedelta(days=3_660)


class TooManyDeadlines(Conflict):
    """The ticket has 20 deadlines from outside already. End those that are over."""

    code = "too_many_deadlines"


class NoEscalation(Conflict):
    """The clock has ended; there is nothing left to see to."""

    code = "clock_ended"


async def add_deadline(tx: Transaction, ticket_id: int, data: DeadlineIn, *, by: Actor, now: datetime) -> int:
    """Watch a deadline from outside; gives the clock's id.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
        Invalid: the moment is past, or more than ten years ahead.
        TooManyDeadlines: the ticket has 20.

    Emits: ClockStarted
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    if not now < data.due_at < now + FARTHEST:
        word = "past" if data.due_at <= now else "too_far"
        raise Invalid("Choose a moment in the future, at most ten years ahead.", fields={"due_at": word})
    if not data.label.strip():
        raise Invalid("Say what the deadline is for.", fields={"label": "required"})
    waiting = "select count(*) from clock where ticket_id = %(id)s and metric = 'external' and state <> 'ended'"
    if (await value(tx, int, waiting, {"id": ticket_id}) or 0) >= MOST_DEADLINES:
        raise TooManyDeadlines
    sql = """
        insert into clock (ticket_id, metric, label, state, started_at, due_at, next_at, made_by)
        values (%(ticket)s, 'external', %(label)s, 'running', %(now)s, %(due)s, %(due)s, %(by)s) returning id"""
    params = {"ticket": ticket_id, "label": data.label.strip(), "now": now, "due": data.due_at}
    clock_id = await value(tx, int, sql, params | {"by": by.person_id or None}) or 0
    fact = ClockStarted(ticket_id=ticket_id, team_id=ticket.team_id, clock_id=clock_id, metric="external")
    await emit(tx, fact, by=by, at=now)
    await refresh_deadline(tx, ticket_id)
    return clock_id


async def end_deadline(
    tx: Transaction, ticket_id: int, clock_id: int, outcome: Outcome, *, by: Actor, now: datetime
) -> None:
    """End a deadline from outside: it was kept, or is not needed; ended already, it stays as it is.

    Raises:
        NotFound: no such deadline on a ticket that ``by`` may see.

    Emits: ClockMet, ClockDropped
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    clock = await _find(tx, ticket_id, clock_id)
    if clock.metric != "external":
        raise NotFound("Only deadlines from outside are ended by hand.")
    sql = """
        update clock set state = 'ended', outcome = %(outcome)s, ended_at = %(now)s, next_at = null,
            breached_at = case when due_at < %(now)s then due_at end
        where id = %(id)s and state <> 'ended'"""
    if not await execute(tx, sql, {"id": clock_id, "outcome": outcome, "now": now}):
        return
    late = {"is_late": clock.due_at is not None and clock.due_at < now} if outcome == "met" else {}
    fact = fact_of(ClockMet if outcome == "met" else ClockDropped, clock, ticket.team_id, **late)
    await emit(tx, fact, by=by, at=now)
    await refresh_deadline(tx, ticket_id)


async def acknowledge_clock(tx: Transaction, ticket_id: int, clock_id: int, *, by: Actor, now: datetime) -> None:
    """Say that one sees to a clock that escalates; saying it twice changes nothing.

    Raises:
        NotFound: no such clock on a ticket that ``by`` may see.
        NoEscalation: it has ended.

    Emits: ClockAcknowledged
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    clock = await _find(tx, ticket_id, clock_id)
    if clock.state == "ended":
        raise NoEscalation
    sql = """
        update clock set acknowledged_at = %(now)s, acknowledged_by = %(by)s
        where id = %(id)s and acknowledged_at is null"""
    if await execute(tx, sql, {"id": clock_id, "now": now, "by": by.person_id or None}):
        fact = ClockAcknowledged(ticket_id=ticket_id, team_id=ticket.team_id, clock_id=clock_id, metric=clock.metric)
        await emit(tx, fact, by=by, at=now)


async def _find(tx: Transaction, ticket_id: int, clock_id: int) -> Clock:
    found = await queries.find_clock(tx, ticket_id, clock_id)
    if found is None:
        raise NotFound("There is no such clock on this ticket.")
    return found
