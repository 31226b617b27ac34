"""The customer asks again (催办), a manager watches (督办), the customer takes the matter back (撤单)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec
from psycopg.types.json import Jsonb

from ombud.service_levels.services.calendars import check_span
from ombud.service_levels.services.own_clocks import OwnClock, end_clock, start_clock
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, value
from ombud.shared.errors import Conflict, Invalid
from ombud.shared.events import emit
from ombud.teamwork import queries
from ombud.teamwork.events import SupervisionChanged, TicketUrged, TicketWithdrawn
from ombud.teamwork.schemas import ReasonIn, Supervision, SupervisionIn, Urge, UrgeIn
from ombud.teamwork.services.dispatching import TicketDone, end_dispatch, required
from ombud.teamwork.services.tasks import withdraw_tasks
from ombud.teamwork.services.words import note, owners, tell
from ombud.tickets.queries.tickets import default_status, lock_visible_ticket
from ombud.tickets.schemas import LockedTicket, TicketPatch
from ombud.tickets.schemas.values import DONE_CATEGORIES
from ombud.tickets.services.changes import change_ticket

# The third time, and each third after it, it goes to the supervisors.
ESCALATES_EACH = 3
HIGHEST = 4


class Supervised(Conflict):
    """Somebody supervises this ticket already. End that first."""

    code = "supervised_already"


class OnlyPeopleWatch(Invalid):
    """A program watches no ticket. Let a manager do it, who is told of the reports."""

    code = "only_people_watch"


class NotSupervised(Conflict):
    """Nobody supervises this ticket."""

    code = "not_supervised"


def urges_to_escalate(urges: Sequence[Urge]) -> int:
    """How many more urges it takes until the supervisors hear of it.

    Counted from the last that they heard of, so that urges which came with a merged ticket count.
    """
    quiet = next((place for place, one in enumerate(reversed(urges)) if one.has_escalated), len(urges))
    return max(1, ESCALATES_EACH - quiet)


async def urge_ticket(tx: Transaction, ticket_id: int, data: UrgeIn, *, by: Actor, now: datetime) -> None:
    """Count that the customer asked again about the same matter: no new ticket, and no clock begins anew.

    The priority goes up, the owner and who took the first contact are told; the third time it escalates: urgent, and
    the supervisors hear of it.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        TicketDone: it is solved; a customer who asks again then has reopened it.
        Invalid: nothing is said.

    Emits: TicketUrged, TicketChanged, NotificationMade
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    words = required(data.words)
    if ticket.category in DONE_CATEGORIES:
        raise TicketDone
    before = await queries.list_urges(tx, ticket_id)
    number, escalates = len(before) + 1, urges_to_escalate(before) == 1
    sql = """
        insert into urge (ticket_id, number, words, has_escalated, made_by, at)
        values (%(ticket)s, %(number)s, %(words)s, %(escalates)s, %(by)s, %(now)s)"""
    params = {"ticket": ticket_id, "number": number, "words": words, "escalates": escalates, "now": now}
    await tx.execute(sql, params | {"by": by.person_id or None})
    told = {"number": number, "words": words}
    entry_id = await note(tx, ticket, "escalated" if escalates else "urged", told, by=by, now=now)
    fact = TicketUrged(
        ticket_id=ticket_id, team_id=ticket.team_id, entry_id=entry_id, number=number, has_escalated=escalates
    )
    await emit(tx, fact, by=by, at=now)
    priority = HIGHEST if escalates else min(ticket.priority + 1, HIGHEST)
    await change_ticket(tx, ticket_id, TicketPatch(priority=priority), by=by, now=now)  # type: ignore[arg-type]  # 2 to 4
    people = await owners(tx, ticket)
    if escalates:
        people += await queries.members(tx, ticket.team_id, "supervisors")
    await tell(tx, ticket, people, entry_id, by=by, now=now)


def _report_clock(ticket: LockedTicket, one: Supervision) -> OwnClock:
    return OwnClock(ticket.id, ticket.team_id, "supervision", one.id * 1_000 + one.reports)


async def supervise(tx: Transaction, ticket_id: int, data: SupervisionIn, *, by: Actor, now: datetime) -> None:
    """Watch a ticket as a manager: a report is due in each span.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        TicketDone: it is solved.
        Supervised: somebody does.
        OnlyPeopleWatch: a program would.
        NeverOpen: the team's calendar has no open hour.

    Emits: SupervisionChanged, ClockStarted, NotificationMade
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    if not by.person_id:
        raise OnlyPeopleWatch
    if ticket.category in DONE_CATEGORIES:
        raise TicketDone
    if await queries.open_supervision(tx, ticket_id) is not None:
        raise Supervised
    check_span(data.span)
    sql = """
        insert into supervision (ticket_id, person_id, span, note, began_at)
        values (%(ticket)s, %(person)s, %(span)s, %(note)s, %(now)s) returning id"""
    span = Jsonb(msgspec.to_builtins(data.span))
    params = {"ticket": ticket_id, "person": by.person_id, "span": span, "note": data.note.strip(), "now": now}
    made = await value(tx, int, sql, params) or 0
    one = Supervision(made, by.person_id, data.span, data.note.strip(), 0, now)
    await start_clock(tx, _report_clock(ticket, one), data.span, label="", by=by, now=now)
    await _told(tx, ticket, one, "begun", data.note.strip(), await owners(tx, ticket), by=by, now=now)


async def report(tx: Transaction, ticket_id: int, data: ReasonIn, *, by: Actor, now: datetime) -> None:
    """Report to the manager who watches; the next report is due a span from now.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        NotSupervised: nobody watches.

    Emits: SupervisionChanged, ClockMet, ClockStarted, NotificationMade
    """
    ticket, one = await _watched(tx, ticket_id, by=by)
    text = required(data.reason)
    await end_clock(tx, _report_clock(ticket, one), "met", by=by, now=now)
    one.reports += 1
    await tx.execute("update supervision set reports = %(n)s where id = %(id)s", {"n": one.reports, "id": one.id})
    await start_clock(tx, _report_clock(ticket, one), one.span, label="", by=by, now=now)
    await _told(tx, ticket, one, "reported", text, [one.person_id], by=by, now=now)


async def end_supervision(tx: Transaction, ticket_id: int, *, by: Actor, now: datetime) -> None:
    """Watch a ticket no longer.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        NotSupervised: nobody watches.

    Emits: SupervisionChanged, ClockDropped
    """
    ticket, one = await _watched(tx, ticket_id, by=by)
    await _end(tx, ticket, one, by=by, now=now)


async def _watched(tx: Transaction, ticket_id: int, *, by: Actor) -> tuple[LockedTicket, Supervision]:
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    one = await queries.open_supervision(tx, ticket_id)
    if one is None:
        raise NotSupervised
    return ticket, one


async def _end(tx: Transaction, ticket: LockedTicket, one: Supervision, *, by: Actor, now: datetime) -> None:
    await end_clock(tx, _report_clock(ticket, one), "dropped", by=by, now=now)
    await execute(tx, "update supervision set ended_at = %(now)s where id = %(id)s", {"now": now, "id": one.id})
    await _told(tx, ticket, one, "ended", "", [one.person_id], by=by, now=now)


async def _told(
    tx: Transaction,
    ticket: LockedTicket,
    one: Supervision,
    change: Literal["begun", "reported", "ended"],
    words: str,
    people: list[int | None] | list[int],
    *,
    by: Actor,
    now: datetime,
) -> None:
    entry_id = await note(tx, ticket, f"supervision_{change}", {"note": words}, by=by, now=now)
    fact = SupervisionChanged(
        ticket_id=ticket.id, team_id=ticket.team_id, supervision_id=one.id, entry_id=entry_id, change=change
    )
    await emit(tx, fact, by=by, at=now)
    await tell(tx, ticket, people, entry_id, by=by, now=now)


async def withdraw_ticket(tx: Transaction, ticket_id: int, data: ReasonIn, *, by: Actor, now: datetime) -> None:
    """Close a ticket because its customer takes the matter back; departments and tasks are told to stop.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        TicketDone: it is solved.
        Invalid: the reason is blank.

    Emits: TicketWithdrawn, DispatchEnded, TaskChanged, SupervisionChanged, TicketChanged, TicketSolved
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    reason = required(data.reason)
    if ticket.category in DONE_CATEGORIES:
        raise TicketDone
    sql = """
        insert into withdrawal (ticket_id, reason, made_by, at) values (%(ticket)s, %(reason)s, %(by)s, %(now)s)
        on conflict (ticket_id) do update set reason = excluded.reason, made_by = excluded.made_by, at = excluded.at"""
    await tx.execute(sql, {"ticket": ticket_id, "reason": reason, "by": by.person_id or None, "now": now})
    entry_id = await note(tx, ticket, "withdrawn", {"reason": reason}, by=by, now=now)
    fact = TicketWithdrawn(ticket_id=ticket_id, team_id=ticket.team_id, entry_id=entry_id)
    await emit(tx, fact, by=by, at=now)
    await settle(tx, ticket, "withdrawn", by=by, now=now)
    status_id = await default_status(tx, "closed")
    if not status_id:
        raise Invalid("There is no status for closed tickets.", fields={"status_id": "unknown"})
    patch = TicketPatch(status_id=status_id, force_children=True)
    await change_ticket(tx, ticket_id, patch, by=by, now=now)


async def settle(
    tx: Transaction, ticket: LockedTicket, outcome: Literal["done", "withdrawn"], *, by: Actor, now: datetime
) -> None:
    """End what teamwork has open on a ticket that is done; one that is withdrawn needs its tasks no more.

    Emits: DispatchEnded, SupervisionChanged, TaskChanged
    """
    await end_dispatch(tx, ticket, outcome, by=by, now=now)
    one = await queries.open_supervision(tx, ticket.id)
    if one is not None:
        await _end(tx, ticket, one, by=by, now=now)
    if outcome == "withdrawn":
        await withdraw_tasks(tx, ticket, by=by, now=now)
