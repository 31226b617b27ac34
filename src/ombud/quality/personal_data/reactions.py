"""Looks for personal data in long messages, which are kept first and looked at here."""

from collections.abc import Sequence
from datetime import datetime

from ombud.quality.personal_data.services.filling import look_at
from ombud.shared.database import Transaction
from ombud.shared.events import Event
from ombud.shared.readers import Reader

_WRITTEN = frozenset({"message_received", "reply_sent", "note_added", "side_sent", "side_received"})


async def watch_long_messages(tx: Transaction, events: Sequence[Event], now: datetime) -> None:  # noqa: ARG001  # every reaction has it
    """Note where personal data stands in texts that were too long to be looked at while they were written."""
    wanted = {one.data.get("entry_id") for one in events}
    await look_at(tx, sorted(one for one in wanted if isinstance(one, int)))


PERSONAL_DATA = Reader(name="personal_data", react=watch_long_messages, kinds=_WRITTEN)
