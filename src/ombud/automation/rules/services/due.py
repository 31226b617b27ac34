"""Rules on time: what has become due since they looked last, found by an index, each ticket once."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.automation.rules.book import Book, ReadyRule
from ombud.automation.rules.rules import length_of
from ombud.automation.rules.schemas import OnTime, Since
from ombud.automation.rules.services.running import Occasion, try_rules
from ombud.shared.database import Transaction, row, rows, values
from ombud.shared.events import Event

BATCH = 100
_TURNS = frozenset({"reply_sent", "reply_undone", "message_received", "ticket_merged"})
# Where the moment stands that a rule goes by, and what must still be so.
_PLACES: dict[Since, tuple[str, str]] = {
    "created": ("t.created_at", "ticket t where t.is_open"),
    "waiting": ("t.waiting_since", "ticket t where t.waiting_since is not null and t.is_open"),
    "solved": ("t.solved_at", "ticket t where t.category = 'solved'"),
    "answered": (
        "a.at",
        "ticket_answered a join ticket t on t.id = a.ticket_id where t.is_open and t.waiting_since is null",
    ),
}


class _Due(Struct):
    id: int
    at: datetime


class _Passed(Struct):
    at: datetime | None
    id: int


async def note_answers(tx: Transaction, events: Sequence[Event]) -> None:
    """Keep since when tickets wait for their customers: our newest answer, until they write."""
    heard = [one for one in events if one.kind in _TURNS and not one.data.get("is_automatic")]
    ids = sorted({one.ticket_id for one in heard if one.ticket_id is not None})
    if not ids:
        return
    # As it is now, whatever came in between: what is read again says the same.
    sql = """
        insert into ticket_answered (ticket_id, at)
        select t.id, e.at from unnest(%(ids)s::bigint[]) as t (id) cross join lateral (
            select direction, at from public_entry
            where ticket_id = t.id and not (direction = 'out' and author_kind = 'system') order by id desc limit 1) e
        where e.direction = 'out'
        on conflict (ticket_id) do update set at = excluded.at returning ticket_id"""
    answered = await values(tx, int, sql, {"ids": ids})
    gone = [one for one in ids if one not in set(answered)]
    if gone:
        await tx.execute("delete from ticket_answered where ticket_id = any(%(ids)s::bigint[])", {"ids": gone})


async def run_due(tx: Transaction, book: Book, *, now: datetime) -> int:
    """Let each time rule act on what has become due, at most a hundred tickets each; gives the most of one rule.

    Effects and the place up to which a rule has come commit together, so that no ticket is taken twice or left out.

    Emits: RuleRan, and whatever the verbs of rules emit
    """
    return max([await _run_one(tx, book, one, now=now) for one in book.timed], default=0)


async def _run_one(tx: Transaction, book: Book, one: ReadyRule, *, now: datetime) -> int:
    when = one.rule.spec.when
    passed = await _lock(tx, one.rule.id)
    if passed is None or not isinstance(when, OnTime):
        return 0
    due = await _due_tickets(tx, when, passed, now=now)
    if not due:
        return 0
    found = await book.asked.load(tx, [ticket.id for ticket in due])
    for ticket in due:
        if ticket.id in found:
            occasion = Occasion(ticket.id, "time", f"time-{one.rule.version}-{ticket.at.isoformat()}")
            await try_rules(tx, book, [one], occasion, found[ticket.id], now)
    sql = "update rule set passed_at = %(at)s, passed_id = %(ticket)s where id = %(id)s"
    await tx.execute(sql, {"at": due[-1].at, "ticket": due[-1].id, "id": one.rule.id})
    return len(due)


async def _lock(tx: Transaction, rule_id: int) -> _Passed | None:
    """Up to where a rule has come; None while another process runs it, or if it has just been switched off."""
    sql = """
        select nullif(passed_at, '-infinity') as at, passed_id as id from rule
        where id = %(id)s and is_on for no key update skip locked"""
    return await row(tx, _Passed, sql, {"id": rule_id})


async def _due_tickets(tx: Transaction, when: OnTime, passed: _Passed, *, now: datetime) -> list[_Due]:
    column, source = _PLACES[when.since]
    sql = f"""
        select t.id, {column} as at from {source} and t.merged_into_id is null
            and {column} <= %(until)s
            and (%(at)s::timestamptz is null or ({column}, t.id) > (%(at)s::timestamptz, %(id)s::bigint))
        order by {column}, t.id limit %(limit)s"""
    params = {"until": now - length_of(when.after), "at": passed.at, "id": passed.id, "limit": BATCH}
    return await rows(tx, _Due, sql, params)


async def moments_of(tx: Transaction, since: Since, ticket_ids: Sequence[int]) -> dict[int, datetime]:
    """The moment that a time rule goes by, of tickets that have it."""
    column, source = _PLACES[since]
    sql = f"select t.id, {column} as at from {source} and t.id = any(%(ids)s::bigint[]) and {column} is not null"
    return {one.id: one.at for one in await rows(tx, _Due, sql, {"ids": list(ticket_ids)})}
