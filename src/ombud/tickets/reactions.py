"""What tickets do about other rooms' events, for ``config/reactions.py``."""

from collections.abc import Sequence
from datetime import datetime

from ombud.shared.database import Transaction
from ombud.shared.events import Event
from ombud.shared.readers import Reader
from ombud.tickets.services.leaving import release_tickets


async def _release(tx: Transaction, events: Sequence[Event], now: datetime) -> None:
    await release_tickets(tx, {int(event.data["person_id"]) for event in events}, now=now)


LEAVERS = Reader(
    name="tickets_of_leavers",
    react=_release,
    kinds=frozenset({"person_deactivated"}),
    wakes=("sequence", "routing"),
)
