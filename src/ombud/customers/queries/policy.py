"""The rules about customers' data in force."""

from typing import Any

from msgspec import convert, structs

from ombud.customers.schemas import CustomerPolicy
from ombud.shared.database import Transaction, value

SETTING = "customer_policy"


async def customer_policy(tx: Transaction) -> CustomerPolicy:
    """The rules in force; those never set have their defaults."""
    kept = await value(tx, dict[str, Any], "select value from setting where name = %(name)s", {"name": SETTING})
    return convert(structs.asdict(CustomerPolicy()) | (kept or {}), CustomerPolicy)
