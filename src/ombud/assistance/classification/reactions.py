"""Tickets to look at, and what people did to a ticket as their word on its labels."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from ombud.assistance.classification.services.labels import follow_change
from ombud.assistance.classification.services.waiting import ask_for
from ombud.shared.database import Transaction
from ombud.shared.events import Event
from ombud.shared.readers import Reader

# Of the bus: tickets wait for a look.
TOPIC: Final = "classification"
OPENING: Final = frozenset({"ticket_opened", "ticket_split"})


async def follow_tickets(tx: Transaction, events: Sequence[Event], now: datetime) -> None:
    """Have tickets looked at that are new or about something else now; each once, however many events name it."""
    wanted: set[int] = set()
    for event in events:
        if event.ticket_id is None:
            continue
        is_said = event.kind == "message_received" and not event.data.get("is_automatic")
        is_renamed = event.kind == "ticket_changed" and "subject" in event.data.get("fields", ())
        if event.kind in OPENING or is_said or is_renamed:
            wanted.add(event.ticket_id)
        if event.kind == "ticket_split":
            wanted.add(int(event.data["new_id"]))
        if event.kind == "ticket_changed":
            await follow_change(tx, event, now=now)
    if wanted:
        await ask_for(tx, sorted(wanted), now=now)


CLASSIFICATION = Reader(
    name="classification",
    react=follow_tickets,
    kinds=frozenset({*OPENING, "message_received", "ticket_changed"}),
    wakes=(TOPIC,),
)
