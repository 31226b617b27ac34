"""Promises by hand: made on the phone, moved, kept, dropped."""

from datetime import datetime, timedelta

from ombud.service_levels.promises import queries
from ombud.service_levels.promises.events import PromiseDropped, PromiseKept, PromiseMoved
from ombud.service_levels.promises.queries import Row
from ombud.service_levels.promises.schemas import PromiseEndIn, PromiseIn, PromiseMoveIn
from ombud.service_levels.promises.services.lines import clock_of, write_line
from ombud.service_levels.promises.services.recording import Draft, record, watch
from ombud.service_levels.services.own_clocks import end_clock, move_clock
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit
from ombud.shared.lines import one_line
from ombud.tickets.queries.tickets import lock_visible_ticket
from ombud.tickets.schemas import LockedTicket

MOST_OPEN = 50
FARTHEST = timedelta(days=3_660)


class TooManyPromises(Conflict):
    """The ticket has 50 open promises. End those that are over."""

    code = "too_many_promises"


class PromiseOver(Conflict):
    """The promise has ended, or its moment has passed. Make a new one with the customer."""

    code = "promise_over"


async def add_promise(tx: Transaction, ticket_id: int, data: PromiseIn, *, by: Actor, now: datetime) -> int:
    """Record a promise that was made on the phone, in person or by note; gives its id.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
        Invalid: no words, or the moment is past or more than ten years ahead.
        TooManyPromises: the ticket has 50 open ones.

    Emits: PromiseMade, ClockStarted
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    words = one_line(data.words)
    if not words:
        raise Invalid("Say what was promised.", fields={"words": "required"})
    _check_moment(data.due_at, now)
    waiting = "select count(*) from promise where ticket_id = %(id)s and status = 'open'"
    if (await value(tx, int, waiting, {"id": ticket.id}) or 0) >= MOST_OPEN:
        raise TooManyPromises
    draft = Draft(data.way, words, "fixed", data.due_at, now, by.person_id or None)
    return await record(tx, ticket, draft, by=by, now=now) or 0


def _check_moment(at: datetime, now: datetime) -> None:
    if not now < at < now + FARTHEST:
        word = "past" if at <= now else "too_far"
        raise Invalid("Choose a moment in the future, at most ten years ahead.", fields={"due_at": word})


async def move_promise(
    tx: Transaction, ticket_id: int, promise_id: int, data: PromiseMoveIn, *, by: Actor, now: datetime
) -> None:
    """Give a promise another moment, with the reason; the same moment changes nothing.

    One without a moment gets its first; a vague one is watched from then on.

    Raises:
        NotFound: no such promise on a ticket that ``by`` may see.
        PromiseOver: it has ended, or is broken.
        Invalid: no reason, or the moment is past or more than ten years ahead.

    Emits: PromiseMoved, ClockMoved, ClockStarted
    """
    ticket, one = await _locked(tx, ticket_id, promise_id, by=by)
    if one.status not in {"open", "vague"} or (one.due_at is not None and one.due_at <= now):
        raise PromiseOver
    reason = one_line(data.reason)
    if not reason:
        raise Invalid("Say why.", fields={"reason": "required"})
    _check_moment(data.due_at, now)
    if data.due_at == one.due_at:
        return
    sql = """
        with moved as (
            insert into promise_move (promise_id, due_before, due_after, reason, moved_by, at)
            values (%(id)s, %(before)s, %(after)s, %(reason)s, %(by)s, %(now)s))
        update promise set due_at = %(after)s, first_due_at = coalesce(first_due_at, %(after)s), status = 'open',
            moves = moves + case when %(before)s::timestamptz is null then 0 else 1 end
        where id = %(id)s"""
    params = {"id": one.id, "before": one.due_at, "after": data.due_at, "reason": reason}
    await tx.execute(sql, params | {"by": by.person_id or None, "now": now})
    if not await move_clock(tx, clock_of(ticket, one.id), data.due_at, by=by, now=now):
        await watch(tx, ticket, one.id, one.words, data.due_at, started_at=now, by=by, now=now)
    told = {"words": one.words, "before": one.due_at, "due_at": data.due_at, "reason": reason}
    line = await write_line(tx, ticket, "moved", one.id, told, by=by, now=now)
    fact = PromiseMoved(ticket_id=ticket.id, team_id=ticket.team_id, promise_id=one.id, entry_id=line)
    await emit(tx, fact, by=by, at=now)


async def end_promise(
    tx: Transaction, ticket_id: int, promise_id: int, data: PromiseEndIn, *, by: Actor, now: datetime
) -> None:
    """Say that a promise was kept, or that the customer does without it; ended already, it stays as it is.

    A broken one that is done after all stays broken: it was late.

    Raises:
        NotFound: no such promise on a ticket that ``by`` may see.
        Invalid: it is dropped without a reason.
        PromiseOver: a broken one cannot be dropped.

    Emits: PromiseKept, PromiseDropped, ClockMet, ClockDropped
    """
    ticket, one = await _locked(tx, ticket_id, promise_id, by=by)
    if one.ended_at is not None:
        return
    reason = one_line(data.reason)
    is_late = one.status == "broken" or (one.due_at is not None and one.due_at < now)
    if data.outcome == "dropped" and not reason:
        raise Invalid("Say why the customer does without it.", fields={"reason": "required"})
    if data.outcome == "dropped" and is_late:
        raise PromiseOver
    status = "broken" if is_late else data.outcome
    sql = """
        update promise set status = %(status)s, ended_at = %(now)s, ended_by = %(by)s, reason = %(reason)s
        where id = %(id)s"""
    params = {"status": status, "now": now, "by": by.person_id or None, "reason": reason, "id": one.id}
    await tx.execute(sql, params)
    is_kept = data.outcome == "kept"
    await end_clock(tx, clock_of(ticket, one.id), "met" if is_kept else "dropped", by=by, now=now)
    told = {"words": one.words, "reason": reason, "is_late": is_late}
    line = await write_line(tx, ticket, data.outcome, one.id, told, by=by, now=now)
    names = {"ticket_id": ticket.id, "team_id": ticket.team_id, "promise_id": one.id, "entry_id": line}
    kept = PromiseKept(**names, is_late=is_late, is_by_message=False)
    await emit(tx, kept if is_kept else PromiseDropped(**names), by=by, at=now)


async def _locked(tx: Transaction, ticket_id: int, promise_id: int, *, by: Actor) -> tuple[LockedTicket, Row]:
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    found = await queries.find_promise(tx, ticket.id, promise_id)
    if found is None:
        raise NotFound("There is no such promise on this ticket.")
    return ticket, found
