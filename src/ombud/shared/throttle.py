"""Limits on how often something may happen: token buckets in one unlogged table, shared by all processes."""

import math
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.shared.database import Transaction, execute, value, values
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
FILLED_OF_MANY = "least(w.burst, t.tokens + greatest(extract(epoch from %(now)s - t.refilled_at), 0) * w.rate)"
USE_ALL = f"""
    update throttle t set tokens = {FILLED_OF_MANY} - 1, refilled_at = greatest(t.refilled_at, %(now)s)
    from unnest(%(keys)s::text[], %(bursts)s::float8[], %(rates)s::float8[]) as w (key, burst, rate)
    where t.key = w.key and {FILLED_OF_MANY} >= 1 returning t.key"""
BEGIN = """
    insert into throttle (key, tokens, refilled_at)
    select %(key)s, %(burst)s::float8 - %(cost)s::float8, %(now)s where %(burst)s::float8 >= %(cost)s::float8
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


async def take_all(tx: Transaction, wanted: Sequence[tuple[Limit, str]], *, now: datetime) -> None:
    """Use up one of each of several limits, mostly in one statement; all of them or none.

    Callers name the same limits in the same order, so that they wait for each other and never in a circle.

    Raises:
        LimitReached: nothing is left of one of them.
    """
    keys = [f"{limit.name}:{key}" for limit, key in wanted]
    params: dict[str, object] = {
        "keys": keys,
        "bursts": [float(limit.burst) for limit, _ in wanted],
        "rates": [limit.burst / limit.seconds for limit, _ in wanted],
        "now": now,
    }
    used = set(await values(tx, str, USE_ALL, params))
    taken = [one for one, key in zip(wanted, keys, strict=True) if key in used]
    for limit, key in (one for one in wanted if one not in taken):
        try:
            await take(tx, limit, key, now=now)
        except LimitReached:
            for other, name in taken:
                await give_back(tx, other, name)
            raise
        taken.append((limit, key))


async def give_back(tx: Transaction, limit: Limit, key: str, *, cost: float = 1) -> None:
    """Take back what a use has cost, when it turned out to be none of what the limit is against."""
    sql = "update throttle set tokens = least(%(burst)s, tokens + %(cost)s) where key = %(key)s"
    await execute(tx, sql, {"burst": float(limit.burst), "cost": float(cost), "key": f"{limit.name}:{key}"})


async def forget_full(tx: Transaction, *, now: datetime) -> int:
    """Drop what was not used for two days: all such buckets are full again."""
    return await execute(tx, "delete from throttle where refilled_at < %(now)s - interval '2 days'", {"now": now})
