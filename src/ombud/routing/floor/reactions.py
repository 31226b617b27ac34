"""What follows from others' events on the floor."""

from collections.abc import Sequence
from datetime import datetime

from ombud.routing.floor.services.limits import begin_wrap_ups
from ombud.shared.database import Transaction
from ombud.shared.events import Event
from ombud.shared.readers import Reader


async def wrap_up(tx: Transaction, events: Sequence[Event], now: datetime) -> None:
    """Give people who solved a conversation themselves their wrap-up."""
    own = [one for one in events if one.actor_kind == "person" and one.ticket_id is not None]
    if own:
        await begin_wrap_ups(tx, [one.ticket_id or 0 for one in own], [one.actor_id or 0 for one in own], now=now)


FLOOR = Reader(name="floor", react=wrap_up, kinds=frozenset({"ticket_solved"}), wakes=("sequence",))
