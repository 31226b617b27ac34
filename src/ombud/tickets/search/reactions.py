"""The search's reader of the log, for ``config/reactions.py``: new text is found within a second."""

from collections.abc import Sequence
from datetime import datetime

from ombud.shared.database import Transaction
from ombud.shared.events import Event
from ombud.shared.readers import Reader
from ombud.tickets.search import index

# Facts that change no text and no place; everything else that names an entry has it looked at again.
SILENT = frozenset(
    {
        "ticket_assigned",
        "ticket_solved",
        "ticket_woke",
        "ticket_reopened",
        "delivery_changed",
        "notification_made",
        "message_set_aside",
        "desk_changed",
        "status_changed",
        "canned_reply_changed",
    }
)
TOPIC = "file_texts"


async def index_events(tx: Transaction, events: Sequence[Event], now: datetime) -> None:  # noqa: ARG001  # every reaction has it
    """Write the words of what the events are about, from what it is by now."""
    spoken = [event for event in events if event.kind not in SILENT]
    entries = {entry_id for event in spoken for entry_id in _entry_ids(event)}
    displaced = {number for event in spoken if _displaces(event) for number in _numbers(event, "ticket")}
    entries |= set(await index.entries_of(tx, displaced)) if displaced else set()
    # All at once, so that locks are taken in one order.
    await index.index_entries(tx, entries)
    renamed = {
        number for event in spoken if event.kind.startswith("customer") for number in _numbers(event, "customer")
    }
    tickets = {event.ticket_id for event in spoken if event.ticket_id and _changes_ticket(event)}
    tickets |= set(await index.tickets_of_customers(tx, renamed)) if renamed else set()
    await index.index_tickets(tx, tickets)


def _entry_ids(event: Event) -> list[int]:
    return _numbers(event, "entry")


def _numbers(event: Event, of: str) -> list[int]:
    """Every id of a kind that an event names, whatever the field is called."""
    found = [event.ticket_id] if of == "ticket" and event.ticket_id else []
    for name, value in event.data.items():
        if f"{of}_id" in name or name in {"source_ids", "source_id", "new_id", "absorbed_id"}:
            found += [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, int)]
    return found


def _changes_ticket(event: Event) -> bool:
    if event.kind == "ticket_changed":
        return "subject" in event.data.get("fields", ())
    return event.kind.startswith("ticket_")


def _displaces(event: Event) -> bool:
    return event.kind == "ticket_moved" or any(word in event.kind for word in ("merge", "split"))


SEARCH = Reader(name="search", react=index_events, from_start=True, gather_seconds=0.2, wakes=(TOPIC,))
