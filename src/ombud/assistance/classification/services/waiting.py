"""Tickets that wait for a look: asked for once, taken in turn, and let go where more come than can be looked at."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from ombud.shared.database import Transaction, execute, rows

# More than this cannot be caught up with: the oldest are let go, and counted.
MOST_WAITING: Final = 2_000
# What is as old has been read by somebody meanwhile.
OLDEST: Final = timedelta(hours=6)
MOST_ATTEMPTS: Final = 3
# Whoever took one and says nothing for so long has ended.
SILENT: Final = timedelta(seconds=60)


class Claimed(Struct):
    """A ticket that is being looked at, and when it was last asked for."""

    ticket_id: int
    asked_at: datetime


async def ask_for(tx: Transaction, ticket_ids: Sequence[int], *, now: datetime) -> None:
    """Have tickets looked at; one that waits already keeps its place, one that is being looked at is taken again."""
    sql = """
        insert into classification_wait as w (ticket_id, asked_at)
        select id, %(now)s from ticket where id = any(%(ids)s::bigint[]) and merged_into_id is null order by id
        on conflict (ticket_id) do update set asked_at = case when w.claimed_at is null then w.asked_at
            else excluded.asked_at end, claimed_at = null, attempts = 0"""
    await tx.execute(sql, {"ids": sorted(set(ticket_ids)), "now": now})


async def let_go(tx: Transaction, *, now: datetime) -> int:
    """Let go of what is too old, too much or failed again and again; how many that are."""
    sql = """
        with gone as (delete from classification_wait where ticket_id in (
                select ticket_id from classification_wait
                where asked_at < %(oldest)s or attempts >= %(attempts)s and claimed_at < %(silent)s
                union all (select ticket_id from classification_wait order by asked_at desc offset %(most)s))
            returning attempts),
        counted as (select count(*) filter (where attempts < %(attempts)s)::int as skipped,
            count(*) filter (where attempts >= %(attempts)s)::int as failed from gone)
        insert into classification_day as d (day, skipped, failed)
        select %(day)s, skipped, failed from counted where skipped + failed > 0
        on conflict (day) do update set skipped = d.skipped + excluded.skipped, failed = d.failed + excluded.failed
        returning skipped + failed"""
    limits = {"oldest": now - OLDEST, "most": MOST_WAITING, "attempts": MOST_ATTEMPTS, "silent": now - SILENT}
    return await execute(tx, sql, {**limits, "day": now.date()})


async def claim(tx: Transaction, limit: int, *, now: datetime) -> list[Claimed]:
    """Take the tickets that wait longest; two workers never take the same one."""
    sql = """
        update classification_wait w set claimed_at = %(now)s, attempts = w.attempts + 1
        where w.ticket_id in (select ticket_id from classification_wait
            where (claimed_at is null or claimed_at < %(silent)s) and attempts < %(attempts)s
            order by asked_at limit %(limit)s for update skip locked)
        returning w.ticket_id, w.asked_at"""
    params = {"now": now, "silent": now - SILENT, "attempts": MOST_ATTEMPTS, "limit": limit}
    return await rows(tx, Claimed, sql, params)


async def finish(tx: Transaction, claimed: Claimed, *, milliseconds: int, now: datetime) -> None:
    """A ticket was looked at; it stays if it was asked for anew meanwhile."""
    sql = "delete from classification_wait where ticket_id = %(id)s and asked_at = %(asked)s and claimed_at is not null"
    await tx.execute(sql, {"id": claimed.ticket_id, "asked": claimed.asked_at})
    sql = """
        insert into classification_day as d (day, looked_at, ms) values (%(day)s, 1, %(ms)s)
        on conflict (day) do update set looked_at = d.looked_at + 1, ms = d.ms + excluded.ms"""
    await tx.execute(sql, {"day": now.date(), "ms": milliseconds})
