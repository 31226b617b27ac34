"""Suggestions that two customers are one person. A person decides, always."""

from datetime import datetime

from msgspec import Struct

from ombud.customers.queries import duplicates as queries
from ombud.customers.queries.customers import require_customer
from ombud.customers.queries.policy import customer_policy
from ombud.customers.rules import mask_email, mask_item, mask_phone, mask_serial
from ombud.customers.schemas import CustomerListItem
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.shared.errors import Invalid

MASKS = {"same_phone": mask_phone, "same_email": mask_email, "same_serial": mask_serial}
# What is most telling comes first.
WEIGHTS = {"same_serial": 4, "same_phone": 3, "same_email": 3, "same_name_organisation": 2}


class Likeness(Struct):
    """Why two customers may be one; the value is masked as the reader's rights want it."""

    reason: queries.Reason
    value: str


class Duplicate(Struct):
    """Somebody who may be the same person."""

    customer: CustomerListItem
    reasons: list[Likeness]


async def suggest_duplicates(tx: Transaction, customer_id: int, *, by: Actor) -> list[Duplicate]:
    """Who may be the same person as a customer, the likeliest first, each with the reasons.

    Raises:
        NotFound: no such customer for ``by``.
    """
    live = await require_customer(tx, customer_id, by=by)
    alike = await queries.likenesses(tx, live)
    others = await queries.visible_others(tx, live, sorted({one.customer_id for one in alike}), by=by)
    is_open, policy = by.may("customers.unmask"), await customer_policy(tx)
    found = [
        Duplicate(
            other if is_open else mask_item(other, policy),
            _reasons([one for one in alike if one.customer_id == other.id], is_open=is_open),
        )
        for other in others
    ]
    return sorted(found, key=lambda one: -sum(WEIGHTS[reason.reason] for reason in one.reasons))


def _reasons(alike: list[queries.Likeness], *, is_open: bool) -> list[Likeness]:
    values = {one.reason: one.value for one in alike}
    return [
        Likeness(reason, value if is_open or reason not in MASKS else MASKS[reason](value))
        for reason, value in sorted(values.items())
    ]


async def dismiss_duplicate(tx: Transaction, customer_id: int, other_id: int, *, by: Actor, now: datetime) -> None:
    """Say that two customers are two people: they are not suggested again.

    Raises:
        NotFound: one of them is not there for ``by``.
        Invalid: it is one and the same.
    """
    pair = sorted([await require_customer(tx, customer_id, by=by), await require_customer(tx, other_id, by=by)])
    if pair[0] == pair[1]:
        raise Invalid("Nobody is somebody else than themselves.")
    sql = """
        insert into not_duplicate (low_id, high_id, by_kind, by_id, at)
        values (%(low)s, %(high)s, %(kind)s, %(by)s, %(now)s) on conflict do nothing"""
    await tx.execute(sql, {"low": pair[0], "high": pair[1], "kind": by.kind, "by": by.id, "now": now})
