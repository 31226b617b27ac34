"""Turns events about customers into frames for agents' screens."""

from collections.abc import Sequence

from ombud.customers.queries import load_shown
from ombud.customers.schemas import CustomerFrame
from ombud.realtime.schemas import Frame
from ombud.shared.database import Transaction
from ombud.shared.events import Event


async def customer_frames(tx: Transaction, events: Sequence[Event]) -> list[Frame]:
    """What lists and tickets show of a changed customer, for each team that has a ticket of theirs."""
    changed: dict[int, list[int]] = {}
    for event in events:
        if event.kind == "customer_changed":
            changed.setdefault(int(event.data["customer_id"]), []).append(event.seq)
    if not changed:
        return []
    return [
        Frame(
            "customer",
            CustomerFrame(one.customer),
            seq=changed[one.customer.id][0],
            last=changed[one.customer.id][-1],
            team_id=one.team_id,
        )
        for one in await load_shown(tx, list(changed))
    ]
