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


async def take(tx: Transaction, limit: Limit, key: str, *, now: datetime, cost: float = 1) -> None:
    """Use up one of what a limit allows.

    Raises:
        LimitReached: nothing is left; says when to come back.
    """
    full_key = f"{limit.name}:{key}"
    sql = """
        with before as (
            select least(%(burst)s, tokens + extract(epoch from %(now)s - refilled_at) * %(per_second)s) as tokens
            from throttle where key = %(key)s for update
        )
        insert into throttle as t (key, tokens, refilled_at)
        values (%(key)s, %(burst)s - %(cost)s, %(now)s)
        on conflict (key) do update set
            refilled_at = %(now)s,
            -- no row before, but one now: another's first use went between, and its row is read as it stands
            tokens = coalesce(
                (select b.tokens - case when b.tokens >= %(cost)s then %(cost)s else 0 end from before b),
                greatest(t.tokens - %(cost)s, 0))
        returning coalesce((select tokens from before), %(burst)s)::float8"""
    rate = limit.burst / limit.seconds
    params = {"key": full_key, "burst": float(limit.burst), "cost": float(cost), "now": now, "per_second": rate}
    left = await value(tx, float, sql, params)
    if left is not None and left < cost:
        raise LimitReached(retry_after_seconds=max(1, math.ceil((cost - left) / rate)))


async def give_back(tx: Transaction, limit: Limit, key: str, *, cost: float = 1) -> None:
    """Take back what a use has cost, when it turned out to be none of what the limit is against."""
    sql = "update throttle set tokens = least(%(burst)s, tokens + %(cost)s) where key = %(key)s"
    await execute(tx, sql, {"burst": float(limit.burst), "cost": float(cost), "key": f"{limit.name}:{key}"})
