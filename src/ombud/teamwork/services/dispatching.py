"""Work orders to departments: dispatch, accept, return, and the end of a department's part."""

from datetime import datetime

import msgspec
from psycopg.types.json import Jsonb

from ombud.service_levels.schemas import Outcome
from ombud.service_levels.services.calendars import check_span
from ombud.service_levels.services.own_clocks import OwnClock, due_in, end_clock, start_clock
from ombud.shared.actor import Actor
from ombud.shared.calendars.schemas import Span
from ombud.shared.database import Transaction, value
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit
from ombud.teamwork import queries
from ombud.teamwork.events import DispatchAccepted, DispatchEnded, DispatchReturned, TicketDispatched
from ombud.teamwork.schemas import Dispatch, DispatchIn, DispatchOutcome, ReasonIn
from ombud.teamwork.services.first_contacts import keep_first_contact
from ombud.teamwork.services.words import note, tell
from ombud.tickets.queries.tickets import lock_holder, lock_visible_ticket
from ombud.tickets.schemas import AssignmentIn, LockedTicket
from ombud.tickets.schemas.values import DONE_CATEGORIES
from ombud.tickets.services.changes import assign_ticket

# A department accepts or returns within this time of its own hours; a ticket is returned so often at most.
TO_ACCEPT = Span(60, "working_minutes")
MOST_RETURNS = 2


class TicketDone(Conflict):
    """The ticket is solved. Reopen it first."""

    code = "ticket_done"


class NotDispatched(Conflict):
    """No department has this ticket, or it is done with it."""

    code = "not_dispatched"


class AcceptedAlready(Conflict):
    """The department has accepted the ticket already."""

    code = "dispatch_accepted"


class ReturnTooLate(Conflict):
    """A ticket is returned within an hour of the department's time. Ask the dispatcher to dispatch it anew."""

    code = "return_too_late"


class ReturnsUsedUp(Conflict):
    """The ticket was returned twice. The dispatcher decides now: talk to them."""

    code = "returns_used_up"


def work_clock(ticket_id: int, dispatch: Dispatch) -> OwnClock:
    """The clock of a department that has accepted."""
    return OwnClock(ticket_id, dispatch.team_id, "department", dispatch.id)


def acceptance_clock(ticket_id: int, dispatch_id: int, team_id: int) -> OwnClock:
    """The clock of a department that is to accept; by its negative number it is no clock of work."""
    return OwnClock(ticket_id, team_id, "department", -dispatch_id)


async def dispatch_ticket(tx: Transaction, ticket_id: int, data: DispatchIn, *, by: Actor, now: datetime) -> None:
    """Give a ticket to a department, or to another one (re-dispatch). Who took the first contact stays answerable.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        TicketDone: it is solved.
        Invalid: no such team, or the team that has it.
        NeverOpen: the department's calendar has no open hour.

    Emits: TicketDispatched, DispatchEnded, TicketMoved, TicketAssigned, ClockStarted
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    if ticket.category in DONE_CATEGORIES:
        raise TicketDone
    check_span(data.span)
    if not await queries.is_team(tx, data.team_id):
        raise Invalid("There is no such department, or it is archived.", fields={"team_id": "unknown"})
    if data.team_id == ticket.team_id:
        raise Invalid("The ticket is in this department already.", fields={"team_id": "same"})
    await due_in(tx, data.team_id, data.span, now=now)
    if by.person_id:
        await keep_first_contact(tx, ticket_id, by.person_id, now=now)
    await end_dispatch(tx, ticket, "moved_on", by=by, now=now)
    from_team = ticket.team_id
    await assign_ticket(tx, ticket_id, AssignmentIn(None, data.team_id), by=by, now=now)
    ticket.team_id, ticket.assignee_id = data.team_id, None
    accept_due = await due_in(tx, data.team_id, TO_ACCEPT, now=now)
    sql = """
        insert into dispatch (ticket_id, team_id, from_team_id, note, span, dispatched_by, dispatched_at,
            accept_due_at)
        values (%(ticket)s, %(team)s, %(from)s, %(note)s, %(span)s, %(by)s, %(now)s, %(accept)s) returning id"""
    params = {
        "ticket": ticket_id,
        "team": data.team_id,
        "from": from_team,
        "note": data.note.strip(),
        "span": Jsonb(msgspec.to_builtins(data.span)),
        "by": by.person_id or None,
        "now": now,
        "accept": accept_due,
    }
    dispatch_id = await value(tx, int, sql, params) or 0
    which = acceptance_clock(ticket_id, dispatch_id, data.team_id)
    await start_clock(tx, which, TO_ACCEPT, label="", by=by, now=now)
    told = {"team": data.team_id, "note": data.note.strip(), "due_at": accept_due.isoformat()}
    entry_id = await note(tx, ticket, "dispatched", told, by=by, now=now)
    fact = TicketDispatched(
        ticket_id=ticket_id, team_id=data.team_id, dispatch_id=dispatch_id, entry_id=entry_id, from_team_id=from_team
    )
    await emit(tx, fact, by=by, at=now)
    await tell(tx, ticket, await queries.members(tx, data.team_id), entry_id, by=by, now=now)


async def accept_dispatch(tx: Transaction, ticket_id: int, *, by: Actor, now: datetime) -> None:
    """Accept a ticket for the department: its clock starts, and who accepts holds the ticket.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        NotDispatched: no department is to accept it.
        AcceptedAlready: one has.

    Emits: DispatchAccepted, TicketAssigned, ClockMet, ClockStarted
    """
    ticket, found = await _current(tx, ticket_id, by=by)
    if found.accepted_at is not None:
        raise AcceptedAlready
    await end_clock(tx, acceptance_clock(ticket_id, found.id, found.team_id), "met", by=by, now=now)
    _, due_at = await start_clock(tx, work_clock(ticket_id, found), found.span, label="", by=by, now=now)
    sql = "update dispatch set accepted_at = %(now)s, accepted_by = %(by)s, due_at = %(due)s where id = %(id)s"
    await tx.execute(sql, {"id": found.id, "now": now, "by": by.person_id or None, "due": due_at})
    holder = await lock_holder(tx, by.person_id, ticket.team_id, ticket.brand_id) if by.person_id else None
    if holder is not None and holder.is_member:
        await assign_ticket(tx, ticket_id, AssignmentIn(by.person_id, force=True), by=by, now=now)
    told = {"team": found.team_id, "due_at": due_at.isoformat()}
    entry_id = await note(tx, ticket, "accepted", told, by=by, now=now)
    fact = DispatchAccepted(
        ticket_id=ticket_id,
        team_id=found.team_id,
        dispatch_id=found.id,
        entry_id=entry_id,
        is_late=now > found.accept_due_at,
    )
    await emit(tx, fact, by=by, at=now)
    await tell(tx, ticket, [found.dispatched_by], entry_id, by=by, now=now)


async def return_dispatch(tx: Transaction, ticket_id: int, data: ReasonIn, *, by: Actor, now: datetime) -> None:
    """Give a ticket back to where it came from, with the reason: within an hour, and twice at most.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        NotDispatched: no department has it.
        ReturnsUsedUp: it was returned twice.
        ReturnTooLate: the hour is over.
        Invalid: the reason is blank, or the team it came from is no more.

    Emits: DispatchReturned, TicketMoved, TicketAssigned, ClockDropped
    """
    ticket, found = await _current(tx, ticket_id, by=by)
    reason = required(data.reason)
    number = await queries.count_returns(tx, ticket_id) + 1
    if number > MOST_RETURNS:
        raise ReturnsUsedUp
    if now > found.accept_due_at:
        raise ReturnTooLate
    await _stop_clocks(tx, ticket_id, found, "dropped", by=by, now=now)
    sql = """
        update dispatch set ended_at = %(now)s, outcome = 'returned', return_reason = %(reason)s where id = %(id)s"""
    await tx.execute(sql, {"id": found.id, "now": now, "reason": reason})
    told = {"team": found.team_id, "to": found.from_team_id, "reason": reason, "number": number}
    entry_id = await note(tx, ticket, "returned", told, by=by, now=now)
    await assign_ticket(tx, ticket_id, AssignmentIn(None, found.from_team_id), by=by, now=now)
    ticket.team_id, ticket.assignee_id = found.from_team_id, None
    fact = DispatchReturned(
        ticket_id=ticket_id, team_id=found.from_team_id, dispatch_id=found.id, entry_id=entry_id, number=number
    )
    await emit(tx, fact, by=by, at=now)
    people = [found.dispatched_by, *(await queries.members(tx, found.from_team_id, "supervisors"))]
    await tell(tx, ticket, people, entry_id, by=by, now=now)


async def end_dispatch(
    tx: Transaction, ticket: LockedTicket, outcome: DispatchOutcome, *, by: Actor, now: datetime
) -> None:
    """End a department's part of a ticket, if one has it.

    Emits: DispatchEnded, ClockMet, ClockDropped
    """
    found = await queries.open_dispatch(tx, ticket.id)
    if found is None or outcome == "returned":
        return
    await _stop_clocks(tx, ticket.id, found, "met" if outcome == "done" else "dropped", by=by, now=now)
    await tx.execute(
        "update dispatch set ended_at = %(now)s, outcome = %(outcome)s where id = %(id)s",
        {"id": found.id, "now": now, "outcome": outcome},
    )
    is_late = found.due_at is not None and now > found.due_at
    fact = DispatchEnded(
        ticket_id=ticket.id, team_id=found.team_id, dispatch_id=found.id, outcome=outcome, is_late=is_late
    )
    await emit(tx, fact, by=by, at=now)


def required(text: str) -> str:
    """A reason that says something.

    Raises:
        Invalid: it is blank.
    """
    if not text.strip():
        raise Invalid("Give a reason.", fields={"reason": "required"})
    return text.strip()


async def _stop_clocks(
    tx: Transaction, ticket_id: int, found: Dispatch, outcome: Outcome, *, by: Actor, now: datetime
) -> None:
    await end_clock(tx, acceptance_clock(ticket_id, found.id, found.team_id), "dropped", by=by, now=now)
    await end_clock(tx, work_clock(ticket_id, found), outcome, by=by, now=now)


async def _current(tx: Transaction, ticket_id: int, *, by: Actor) -> tuple[LockedTicket, Dispatch]:
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    found = await queries.open_dispatch(tx, ticket_id)
    if found is None:
        raise NotDispatched
    if found.team_id != ticket.team_id:
        raise NotFound
    return ticket, found
