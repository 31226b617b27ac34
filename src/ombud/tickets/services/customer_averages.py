"""The averages that a customer's contact rate is measured against, computed now and then: they change slowly."""

from datetime import datetime, timedelta

import msgspec
from psycopg.types.json import Jsonb

from ombud.shared.database import Transaction, row
from ombud.tickets.queries.customer_profile import AVERAGES, Averages, averages

EVERY = timedelta(hours=6)


class _Sums(msgspec.Struct):
    per_30: float | None
    per_90: float | None


async def keep_averages(tx: Transaction, *, now: datetime) -> bool:
    """Compute tickets per customer over 30 and 90 days, of those who had any; at most every six hours."""
    kept = await averages(tx)
    if kept is not None and now - kept.at < EVERY:
        return False
    sql = """
        select sum(n30)::float / nullif(count(*) filter (where n30 > 0), 0) as per_30,
            sum(n90)::float / nullif(count(*), 0) as per_90
        from (select count(*) filter (where created_at > %(now)s - interval '30 days') as n30, count(*) as n90
              from ticket where created_at > %(now)s - interval '90 days' group by customer_id) as of_customer"""
    sums = await row(tx, _Sums, sql, {"now": now}) or _Sums(None, None)
    if sums.per_90 is None:
        return False
    sql = """
        insert into setting (name, value) values (%(name)s, %(value)s)
        on conflict (name) do update set value = excluded.value"""
    found = Averages(sums.per_30, sums.per_90, now)
    await tx.execute(sql, {"name": AVERAGES, "value": Jsonb(msgspec.to_builtins(found))})
    return True
