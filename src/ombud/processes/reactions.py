"""What follows for processes from events of tickets and clocks."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.processes.queries import open_run, open_visit
from ombud.processes.rules import stage_of
from ombud.processes.services.merging import MERGES, follow_merge
from ombud.processes.services.running import be_late, drop_run, names, note, start_run
from ombud.processes.services.updates import hear_reply, tell_owed
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, row
from ombud.shared.errors import NotFound
from ombud.shared.events import Event
from ombud.shared.readers import Reader
from ombud.teamwork.services.words import owners, tell
from ombud.tickets.queries.tickets import MergedTicket, lock_visible_ticket
from ombud.tickets.schemas import LockedTicket


class _Clock(Struct):
    round: int
    state: str


async def follow(tx: Transaction, events: Sequence[Event], now: datetime) -> None:
    """Begin processes with types, drop them with what is withdrawn, hear replies and deadlines."""
    for event in events:
        if event.kind in MERGES:
            await follow_merge(tx, event, now=now)
            continue
        ticket = await _ticket(tx, event)
        if ticket is None:
            continue
        if event.kind == "ticket_opened" or (event.kind == "ticket_changed" and "type_id" in event.data["fields"]):
            await start_run(tx, ticket, now=now)
        elif event.kind == "ticket_withdrawn":
            await drop_run(tx, ticket, now=now)
        elif event.kind == "reply_sent" and not event.data.get("is_automatic"):
            await hear_reply(tx, ticket, at=event.at, now=now)
        elif event.kind in {"clock_warned", "clock_breached"}:
            await _hear_clock(tx, event, ticket, now=now)


async def _ticket(tx: Transaction, event: Event) -> LockedTicket | None:
    try:
        return await lock_visible_ticket(tx, event.ticket_id or 0, by=SYSTEM)
    except (NotFound, MergedTicket):
        return None


async def _hear_clock(tx: Transaction, event: Event, ticket: LockedTicket, *, now: datetime) -> None:
    metric, is_late = event.data["metric"], event.kind == "clock_breached"
    if metric not in {"stage", "customer_update"}:
        return
    clock = await row(tx, _Clock, "select round, state from clock where id = %(id)s", {"id": event.data["clock_id"]})
    if clock is None or clock.state == "ended":
        return
    if metric == "customer_update":
        await tell_owed(tx, ticket, is_late=is_late, now=now)
    elif is_late:
        await be_late(tx, ticket, clock.round, now=now)
    else:
        await _warn(tx, ticket, clock.round, now=now)


async def _warn(tx: Transaction, ticket: LockedTicket, visit_id: int, *, now: datetime) -> None:
    run = await open_run(tx, ticket.id)
    visit = await open_visit(tx, run.id) if run else None
    stage = stage_of(run.spec, visit.stage) if run and visit else None
    if visit is None or stage is None or visit.id != visit_id:
        return
    entry_id = await note(tx, ticket, "due_soon", names(stage), by=SYSTEM, now=now)
    await tell(tx, ticket, await owners(tx, ticket), entry_id, by=SYSTEM, now=now)


PROCESSES = Reader(
    name="processes",
    react=follow,
    kinds=MERGES
    | {"ticket_opened", "ticket_changed", "ticket_withdrawn", "reply_sent", "clock_warned", "clock_breached"},
    wakes=("sequence", "clocks", "confirmations"),
)
