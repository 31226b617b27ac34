"""What follows for answering from messages, and from people who take a ticket."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from ombud.assistance.answering.services.ending import follow_merge, person_came
from ombud.assistance.answering.services.noting import note_turns
from ombud.shared.database import Transaction
from ombud.shared.events import Event
from ombud.shared.readers import Reader

# Of the bus: a message wants a look.
TOPIC: Final = "answering"


async def heed_messages(tx: Transaction, events: Sequence[Event], now: datetime) -> None:
    """Note messages that a machine may answer; leave talks that people have."""
    came = [one for one in events if one.kind == "message_received" and not one.data.get("is_automatic")]
    if came:
        await note_turns(tx, [int(one.data["entry_id"]) for one in came], now=now)
    taken = [one.ticket_id for one in events if one.ticket_id is not None and _is_persons(one)]
    if taken:
        await person_came(tx, taken, now=now)
    for event in events:
        if event.kind == "ticket_merged":
            await follow_merge(tx, int(event.data["source_id"]), now=now)


def _is_persons(event: Event) -> bool:
    if event.kind == "ticket_assigned":
        return event.data.get("to_id") is not None
    return event.kind == "reply_sent" and not event.data.get("is_automatic")


ANSWERING = Reader(
    name="answering",
    react=heed_messages,
    kinds=frozenset({"message_received", "ticket_assigned", "reply_sent", "ticket_merged"}),
    gather_seconds=0.2,
    wakes=(TOPIC, "sequence", "routing"),
)
