"""Whatever happens to a ticket may start, rest, move or end its clocks."""

from collections.abc import Sequence
from datetime import datetime

from ombud.service_levels.services.keeping import refresh_clocks
from ombud.shared.database import Transaction
from ombud.shared.events import Event
from ombud.shared.readers import Reader

# Events that two tickets hear: where the other one's number stands.
_OTHERS = {"ticket_merged": "source_id", "ticket_unmerged": "source_id", "ticket_split": "new_id"}
KINDS = frozenset(
    {
        "ticket_opened",
        "message_received",
        "ticket_reopened",
        "reply_sent",
        "reply_undone",
        "ticket_changed",
        "ticket_solved",
        "ticket_moved",
        *_OTHERS,
    }
)


async def keep_clocks(tx: Transaction, events: Sequence[Event], now: datetime) -> None:
    """Bring the clocks of the tickets that events speak of up to date."""
    wanted = {one.ticket_id for one in events if one.ticket_id is not None}
    wanted |= {int(one.data[_OTHERS[one.kind]]) for one in events if one.kind in _OTHERS}
    await refresh_clocks(tx, wanted, now=now)


CLOCKS = Reader(name="clocks", react=keep_clocks, kinds=KINDS, wakes=("sequence", "clocks"))
