"""Rules on time: what has become due since they looked last, found by an index, each ticket once."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.automation.rules.book import Book, ReadyRule
from ombud.automation.rules.rules import length_of
from ombud.automation.rules.schemas import OnTime, Since
from ombud.automation.rules.services.hours import opening_of
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
    waiting = await _take_waiting(tx, one, when, now=now)
    due = await _due_tickets(tx, when, passed, now=now)
    await _act_on(tx, book, one, [*waiting, *due], now=now)
    if due:
        sql = "update rule set passed_at = %(at)s, passed_id = %(ticket)s where id = %(id)s"
        await tx.execute(sql, {"at": due[-1].at, "ticket": due[-1].id, "id": one.rule.id})
    return max(len(due), len(waiting))


async def _act_on(tx: Transaction, book: Book, one: ReadyRule, due: Sequence[_Due], *, now: datetime) -> None:
    in_hours = await _in_hours(tx, one, due, now=now)
    found = await book.asked.load(tx, [ticket.id for ticket in in_hours])
    for ticket in in_hours:
        if ticket.id in found:
            occasion = Occasion(ticket.id, "time", f"time-{one.rule.version}-{ticket.at.isoformat()}")
            await try_rules(tx, book, [one], occasion, found[ticket.id], now)


async def _in_hours(tx: Transaction, one: ReadyRule, due: Sequence[_Due], *, now: datetime) -> list[_Due]:
    """Those whose hour has come; the others wait until their team's office opens, or closes."""
    wanted = one.rule.spec.hours
    if wanted == "any" or not due:
        return list(due)
    openings = await opening_of(tx, [ticket.id for ticket in due], now=now)
    late = [(ticket, openings[ticket.id][1]) for ticket in due if openings[ticket.id][0] != (wanted == "open")]
    sql = """
        insert into rule_wait (rule_id, ticket_id, since, not_before)
        select %(rule)s, * from unnest(%(ids)s::bigint[], %(sinces)s::timestamptz[], %(at)s::timestamptz[])
        on conflict (rule_id, ticket_id) do update set since = excluded.since, not_before = excluded.not_before"""
    later = [(ticket, at) for ticket, at in late if at is not None]
    params = {
        "rule": one.rule.id,
        "ids": [ticket.id for ticket, _ in later],
        "sinces": [ticket.at for ticket, _ in later],
        "at": [at for _, at in later],
    }
    await tx.execute(sql, params)
    gone = {ticket.id for ticket, _ in late}
    return [ticket for ticket in due if ticket.id not in gone]


async def _take_waiting(tx: Transaction, one: ReadyRule, when: OnTime, *, now: datetime) -> list[_Due]:
    """Tickets whose hour has come and that are still as they were when it was due."""
    sql = """
        delete from rule_wait where rule_id = %(rule)s and ticket_id in (
            select ticket_id from rule_wait where rule_id = %(rule)s and not_before <= %(now)s
            order by not_before limit %(limit)s)
        returning ticket_id as id, since as at"""
    found = await rows(tx, _Due, sql, {"rule": one.rule.id, "now": now, "limit": BATCH})
    moments = await moments_of(tx, when.since, [ticket.id for ticket in found]) if found else {}
    return [ticket for ticket in found if moments.get(ticket.id) == ticket.at]


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
