"""The load of those who want it: computed every minute, above the bound less hard work and a break proposed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.routing.strain import queries
from ombud.routing.strain.queries import Agreed, Share
from ombud.routing.strain.rules import HOURS, load_of, mark, stays_high
from ombud.routing.strain.schemas import Load
from ombud.shared.database import Transaction, rows
from ombud.shared.events import Event

# Nobody is asked more often.
ASK_AGAIN = timedelta(hours=1)
AS_IT_COMES = 1.0


class _Text(Struct):
    id: int
    ticket_id: int
    at: datetime
    text: str


async def mark_messages(tx: Transaction, events: Sequence[Event], now: datetime) -> None:
    """Mark messages of customers that are hard to read; what is older than it counts is forgotten."""
    ids = [int(one.data["entry_id"]) for one in events]
    sql = "select id, ticket_id, at, text from entry where id = any(%(ids)s) and direction = 'in'"
    found = [(one, mark(one.text)) for one in await rows(tx, _Text, sql, {"ids": ids})]
    hard = [(one, words) for one, words in found if words.anger or words.abuse]
    if not hard:
        return
    sql = """
        insert into strain_mark (entry_id, ticket_id, at, anger, abuse)
        select * from unnest(%(ids)s::bigint[], %(tickets)s::bigint[], %(at)s::timestamptz[], %(anger)s::smallint[],
            %(abuse)s::smallint[]) on conflict do nothing"""
    params = {
        "ids": [one.id for one, _ in hard],
        "tickets": [one.ticket_id for one, _ in hard],
        "at": [one.at for one, _ in hard],
        "anger": [words.anger for _, words in hard],
        "abuse": [words.abuse for _, words in hard],
    }
    await tx.execute(sql, params)
    # Work that waits is looked at anew: it may be hard by now.
    sql = "update work_wait set look_at = '-infinity' where ticket_id = any(%(tickets)s)"
    await tx.execute(sql, {"tickets": sorted({one.ticket_id for one, _ in hard})})
    await tx.execute("delete from strain_mark where at < %(old)s", {"old": now - timedelta(hours=2 * HOURS)})


async def watch(tx: Transaction, *, now: datetime) -> int:
    """Compute the load of everybody who wants it; how many."""
    people = await queries.watched_people(tx)
    if not people:
        return 0
    talks = await queries.talks_of(tx, people, now=now)
    worked = await queries.minutes_without_break(tx, people, now=now)
    agreed, before = await queries.agreed(tx, people), await queries.shares(tx, people)
    for person in people:
        load = load_of(talks.get(person, []), worked.get(person, 0.0))
        await _keep(tx, agreed[person], load, before.get(person), now=now)
    return len(people)


async def _keep(tx: Transaction, agreed: Agreed, load: Load, before: Share | None, *, now: datetime) -> None:
    was_high = before is not None and before.is_high
    is_high = stays_high(load.value, agreed.bound, was_high=was_high)
    asked = before.break_proposed_at if before else None
    is_due = is_high and (asked is None or asked <= now - ASK_AGAIN)
    sql = """
        insert into strain_share as s (person_id, since, load, parts, computed_at, is_high, high_since, hard_share,
            break_proposed_at)
        values (%(person)s, %(now)s, %(load)s, %(parts)s, %(now)s, %(high)s, case when %(high)s then %(now)s end,
            %(share)s, case when %(due)s then %(now)s::timestamptz end)
        on conflict (person_id) do update set load = excluded.load, parts = excluded.parts,
            computed_at = excluded.computed_at, is_high = excluded.is_high, hard_share = excluded.hard_share,
            high_since = case when not excluded.is_high then null else coalesce(s.high_since, excluded.high_since) end,
            break_proposed_at = case when %(due)s then %(now)s else s.break_proposed_at end,
            break_answer = case when %(due)s then null else s.break_answer end,
            break_answered_at = case when %(due)s then null else s.break_answered_at end"""
    params = {
        "person": agreed.person_id,
        "now": now,
        "load": load.value,
        "parts": Jsonb(msgspec.to_builtins(load.parts)),
        "high": is_high,
        "share": agreed.hard_percent / 100 if is_high else AS_IT_COMES,
        "due": is_due,
    }
    await tx.execute(sql, params)
