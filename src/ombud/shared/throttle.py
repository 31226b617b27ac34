"""Limits on how often something may happen: token buckets in one unlogged table, shared by all processes."""

import math
from datetime import datetime

from msgspec import Struct

from ombud.shared.database import Transaction, execute, value
from ombud.shared.errors import LimitReached


class Limit(Struct, frozen=True):
    """At most ``burst`` at once, refilled to it over ``seconds``."""

    name: str
    burst: int
    seconds: int


# Each statement waits for whoever writes the row, then looks at it anew: a crowd that comes at once is counted.
FILLED = "least(%(burst)s, tokens + greatest(extract(epoch from %(now)s - refilled_at), 0) * %(per_second)s)"
USE = f"""
    update throttle set tokens = {FILLED} - %(cost)s, refilled_at = greatest(refilled_at, %(now)s)
    where key = %(key)s and {FILLED} >= %(cost)s"""
BEGIN = """
    insert into throttle (key, tokens, refilled_at) values (%(key)s, %(burst)s - %(cost)s, %(now)s)
    on conflict do nothing"""


async def take(tx: Transaction, limit: Limit, key: str, *, now: datetime, cost: float = 1) -> None:
    """Use up one of what a limit allows.

    Raises:
        LimitReached: nothing is left; says when to come back.
    """
    rate = limit.burst / limit.seconds
    params = {
        "key": f"{limit.name}:{key}",
        "burst": float(limit.burst),
        "cost": float(cost),
        "now": now,
        "per_second": rate,
    }
    if await execute(tx, USE, params) or await execute(tx, BEGIN, params) or await execute(tx, USE, params):
        return
    left = await value(tx, float, f"select {FILLED}::float8 from throttle where key = %(key)s", params)
    raise LimitReached(retry_after_seconds=max(1, math.ceil((cost - (left or 0.0)) / rate)))


async def give_back(tx: Transaction, limit: Limit, key: str, *, cost: float = 1) -> None:
    """Take back what a use has cost, when it turned out to be none of what the limit is against."""
    sql = "update throttle set tokens = least(%(burst)s, tokens + %(cost)s) where key = %(key)s"
    await execute(tx, sql, {"burst": float(limit.burst), "cost": float(cost), "key": f"{limit.name}:{key}"})


async def forget_full(tx: Transaction, *, now: datetime) -> int:
    """Drop what was not used for two days: all such buckets are full again."""
    return await execute(tx, "delete from throttle where refilled_at < %(now)s - interval '2 days'", {"now": now})
