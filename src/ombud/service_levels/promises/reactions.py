"""What follows for promises from messages, call-backs that were asked for, clocks, and merged or split tickets."""

from collections.abc import Sequence
from datetime import datetime

from ombud.service_levels.promises import queries
from ombud.service_levels.promises.services.callbacks import drop_callback, promise_callback
from ombud.service_levels.promises.services.recording import keep_by_message, record_message, undo_message
from ombud.service_levels.promises.services.watching import follow_tickets, hear_clock
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, value
from ombud.shared.errors import NotFound
from ombud.shared.events import Event
from ombud.shared.readers import Reader
from ombud.tickets.queries.tickets import MergedTicket, lock_visible_ticket
from ombud.tickets.schemas import LockedTicket

_OTHERS = {"ticket_merged": "source_id", "ticket_unmerged": "source_id", "ticket_split": "new_id"}
_CALLBACKS = {"callback_asked": promise_callback, "callback_withdrawn": drop_callback}
_CLOCKS = frozenset({"clock_warned", "clock_breached"})


async def keep_promises(tx: Transaction, events: Sequence[Event], now: datetime) -> None:
    """Record what messages promise, take back what was undone, break what is late, follow merged tickets."""
    for event in events:
        if event.kind == "reply_sent" and not event.data.get("is_automatic"):
            await _hear_reply(tx, int(event.data["entry_id"]), now=now)
        elif event.kind == "reply_undone":
            await _hear_undone(tx, int(event.data["entry_id"]), now=now)
        elif event.kind in _CLOCKS and event.data.get("metric") == "promise":
            await _hear_clock(tx, event, now=now)
        elif event.kind in _CALLBACKS:
            await _hear_callback(tx, event, now=now)
        elif event.kind in _OTHERS:
            await follow_tickets(tx, [event.ticket_id or 0, int(event.data[_OTHERS[event.kind]])])


async def _hear_reply(tx: Transaction, entry_id: int, *, now: datetime) -> None:
    found = await queries.load_said(tx, [entry_id])
    ticket = await _locked(tx, found[entry_id].ticket_id) if found else None
    # Looked at again under the ticket's lock: it may have been taken back at this moment.
    found = await queries.load_said(tx, [entry_id]) if ticket is not None else {}
    if ticket is None or entry_id not in found:
        return
    said = found[entry_id]
    by = Actor(kind="person", id=said.author_id) if said.author_id else SYSTEM
    await record_message(tx, ticket, said, by=by, now=now)
    await keep_by_message(tx, ticket, said, now=now)


async def _hear_undone(tx: Transaction, entry_id: int, *, now: datetime) -> None:
    sql = "select ticket_id from entry where id = %(id)s and undone_at is not null"
    ticket_id = await value(tx, int, sql, {"id": entry_id})
    ticket = await _locked(tx, ticket_id) if ticket_id is not None else None
    if ticket is not None:
        await undo_message(tx, ticket, entry_id, now=now)


async def _hear_clock(tx: Transaction, event: Event, *, now: datetime) -> None:
    clock_id = int(event.data["clock_id"])
    ticket_id = await value(tx, int, "select ticket_id from clock where id = %(id)s", {"id": clock_id})
    ticket = await _locked(tx, ticket_id) if ticket_id is not None else None
    if ticket is not None:
        await hear_clock(tx, ticket, clock_id, is_late=event.kind == "clock_breached", now=now)


async def _hear_callback(tx: Transaction, event: Event, *, now: datetime) -> None:
    ticket = await _locked(tx, event.ticket_id or 0)
    if ticket is not None:
        await _CALLBACKS[event.kind](tx, ticket, event, now=now)


async def _locked(tx: Transaction, ticket_id: int) -> LockedTicket | None:
    try:
        return await lock_visible_ticket(tx, ticket_id, by=SYSTEM)
    except (NotFound, MergedTicket):
        return None


PROMISES = Reader(
    name="promises",
    react=keep_promises,
    kinds=frozenset({"reply_sent", "reply_undone", *_CLOCKS, *_OTHERS, *_CALLBACKS}),
    wakes=("sequence", "clocks"),
)
