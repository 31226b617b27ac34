"""What follows for teamwork from events of tickets and clocks."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, row
from ombud.shared.errors import NotFound
from ombud.shared.events import Event
from ombud.shared.readers import Reader
from ombud.teamwork import queries
from ombud.teamwork.services import first_contacts
from ombud.teamwork.services.calling import call_in
from ombud.teamwork.services.dispatching import end_dispatch
from ombud.teamwork.services.merging import MERGES, follow_merge
from ombud.teamwork.services.urging import settle
from ombud.teamwork.services.words import note, owners, tell, tell_department
from ombud.tickets.queries.tickets import MergedTicket, lock_visible_ticket
from ombud.tickets.schemas import LockedTicket

WATCHED = frozenset({"department", "task", "supervision"})


async def follow(tx: Transaction, events: Sequence[Event], now: datetime) -> None:
    """Keep first contacts, end what a solved, moved or merged ticket leaves open, tell of deadlines."""
    await first_contacts.hear_contacts(tx, [one for one in events if one.kind in first_contacts.KINDS], now)
    for event in events:
        if event.kind in MERGES:
            await follow_merge(tx, event, now=now)
        elif event.kind in {"ticket_solved", "ticket_moved"}:
            await _settle(tx, event, now=now)
        elif "step" in event.data and event.data["metric"] not in WATCHED:
            await call_in(tx, event, now=now)
        elif event.kind in {"clock_warned", "clock_breached"} and event.data.get("metric") in WATCHED:
            await _tell_late(tx, event, now=now)


async def _ticket(tx: Transaction, event: Event) -> LockedTicket | None:
    try:
        return await lock_visible_ticket(tx, event.ticket_id or 0, by=SYSTEM)
    except (NotFound, MergedTicket):
        return None


async def _settle(tx: Transaction, event: Event, *, now: datetime) -> None:
    ticket = await _ticket(tx, event)
    if ticket is None:
        return
    if event.kind == "ticket_solved":
        if ticket.category in {"solved", "closed"}:
            await settle(tx, ticket, "done", by=SYSTEM, now=now)
        return
    found = await queries.open_dispatch(tx, ticket.id)
    if found is not None and found.team_id != ticket.team_id:
        # Somebody moved it by hand: the department's part is over.
        await end_dispatch(tx, ticket, "moved_on", by=SYSTEM, now=now)


class _Late(Struct):
    label: str
    round: int


async def _tell_late(tx: Transaction, event: Event, *, now: datetime) -> None:
    ticket = await _ticket(tx, event)
    sql = "select label, round from clock where id = %(id)s and state <> 'ended'"
    clock = await row(tx, _Late, sql, {"id": event.data["clock_id"]})
    if ticket is None or clock is None:
        return
    metric, is_late = event.data["metric"], event.kind == "clock_breached"
    told = {"metric": metric, "title": clock.label}
    task = await queries.lock_task(tx, clock.round) if metric == "task" else None
    if task is not None and (task.title_en or task.title_zh):
        told |= {"en": task.title_en, "zh": task.title_zh}
    entry_id = await note(tx, ticket, "late" if is_late else "due_soon", told, by=SYSTEM, now=now)
    people = await owners(tx, ticket)
    if is_late:
        people += await queries.members(tx, ticket.team_id, "supervisors")
        watcher = await queries.open_supervision(tx, ticket.id)
        people += [watcher.person_id] if watcher else []
    await tell(tx, ticket, people, entry_id, by=SYSTEM, now=now)
    if task is not None:
        kind = "task_overdue" if is_late else "task_due_soon"
        await tell_department(tx, task, kind, besides=people, by=SYSTEM, now=now)


TEAMWORK = Reader(
    name="teamwork",
    react=follow,
    kinds=first_contacts.KINDS
    | MERGES
    | {"ticket_solved", "ticket_moved", "clock_warned", "clock_breached", "clock_escalated"},
    wakes=("sequence", "clocks"),
)
