"""What follows for risks from messages, and from tickets that are merged, parted or split."""

from collections.abc import Sequence
from datetime import datetime

from ombud.intelligence.risk.services import find_risks
from ombud.quality.risks.queries import load_written, silenced
from ombud.quality.risks.services import alert, alert_repeated, follow_entries
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction
from ombud.shared.errors import NotFound
from ombud.shared.events import Event
from ombud.shared.readers import Reader
from ombud.tickets.queries.tickets import MergedTicket, lock_visible_ticket
from ombud.tickets.schemas import LockedTicket

_OTHERS = {"ticket_merged": "source_id", "ticket_unmerged": "source_id", "ticket_split": "new_id"}


async def watch_risks(tx: Transaction, events: Sequence[Event], now: datetime) -> None:
    """Look at each message that came in; take alerts along with their messages."""
    written = [
        int(one.data["entry_id"])
        for one in events
        if one.kind == "message_received" and not one.data.get("is_automatic")
    ]
    silent = await silenced(tx) if written else frozenset()
    for said in await load_written(tx, written) if written else []:
        # Most messages show nothing: only what does holds its ticket.
        found = find_risks(said.text, silent=silent)
        ticket = await _locked(tx, said.ticket_id) if found else None
        if ticket is not None:
            await alert(tx, ticket, said, found, now=now)
    for ticket_id in sorted({one.ticket_id for one in events if one.ticket_id and _may_repeat(one)}):
        ticket = await _locked(tx, ticket_id)
        if ticket is not None:
            await alert_repeated(tx, ticket, now=now)
    for event in events:
        if event.kind in _OTHERS:
            await follow_entries(tx, [event.ticket_id or 0, int(event.data[_OTHERS[event.kind]])])


def _may_repeat(event: Event) -> bool:
    """What a ticket is about is known when it opens, or when somebody says so."""
    if event.kind == "ticket_changed":
        return any(name == "type" or name.startswith("fields.") for name in event.data.get("fields", ()))
    return event.kind == "ticket_opened"


async def _locked(tx: Transaction, ticket_id: int) -> LockedTicket | None:
    try:
        return await lock_visible_ticket(tx, ticket_id, by=SYSTEM)
    except (NotFound, MergedTicket):
        return None


KINDS = frozenset({"message_received", "ticket_opened", "ticket_changed", *_OTHERS})
RISKS = Reader(name="risks", react=watch_risks, kinds=KINDS)
