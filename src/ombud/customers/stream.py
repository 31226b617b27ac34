"""Turns events about customers into frames for agents' screens."""

from collections.abc import Sequence

from ombud.customers.queries import load_shown
from ombud.customers.schemas import CustomerFrame
from ombud.realtime.schemas import Frame
from ombud.shared.database import Transaction
from ombud.shared.events import Event

KINDS = frozenset({"customer_changed", "customers_merged", "customer_merge_undone"})


async def customer_frames(tx: Transaction, events: Sequence[Event]) -> list[Frame]:
    """What lists and tickets show of changed customers, for each team and brand that have a ticket of theirs.

    A merge, and its undoing, tell whom they took in or gave back: tickets have gone over.
    """
    changed: dict[int, list[int]] = {}
    others: dict[int, list[int]] = {}
    for event in events:
        if event.kind not in KINDS:
            continue
        customer_id = int(event.data["customer_id"])
        changed.setdefault(customer_id, []).append(event.seq)
        if "absorbed_id" in event.data:
            others.setdefault(customer_id, []).append(int(event.data["absorbed_id"]))
    if not changed:
        return []
    return [
        Frame(
            "customer",
            CustomerFrame(one.customer, others.get(one.customer.id, [])),
            seq=changed[one.customer.id][0],
            last=changed[one.customer.id][-1],
            team_id=one.team_id,
            brand_id=one.brand_id,
        )
        for one in await load_shown(tx, list(changed))
    ]
