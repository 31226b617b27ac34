"""Turns events about customers into frames for agents' screens."""

from collections.abc import Sequence

import msgspec

from ombud.customers.queries import load_shown
from ombud.realtime.schemas import Frame
from ombud.shared.database import Transaction
from ombud.shared.events import Event


async def customer_frames(tx: Transaction, events: Sequence[Event]) -> list[Frame]:
    """What lists and tickets show of a changed customer, for each team that has a ticket of theirs."""
    changed = {int(event.data["customer_id"]): event.seq for event in events if event.kind == "customer_changed"}
    if not changed:
        return []
    return [
        Frame("customer", {"customer": msgspec.to_builtins(one.customer)}, changed[one.customer.id], one.team_id)
        for one in await load_shown(tx, list(changed))
    ]
