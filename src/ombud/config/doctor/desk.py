"""The work of the desk: mailboxes, what waits to come in or go out, events and their readers, webhooks."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from ombud.config.doctor.findings import Finding, bad, ok, warn
from ombud.shared.files import place_of

OUT_MINUTES, IN_MINUTES = 10, 5
LAG_SECONDS = 60
FILES_LOOKED_AT = 500
DAY = timedelta(days=1)


def check_desk(connection: psycopg.Connection, *, now: datetime) -> list[Finding]:
    """Everything that the desk knows of itself."""
    return [
        *check_mailboxes(connection),
        *check_outbox(connection, now=now),
        *check_inbox(connection, now=now),
        *check_events(connection, now=now),
        *check_webhooks(connection),
    ]


def check_mailboxes(connection: psycopg.Connection) -> list[Finding]:
    """How the last connection of each mailbox went, as its worker noted it."""
    query = "select name, health from channel where kind = 'email' and is_active and deleted_at is null order by id"
    found = [finding for name, health in connection.execute(query) for finding in _mailbox(name, health)]
    return found or [ok("mail", "mail_none")]


def check_store(connection: psycopg.Connection, store: Path) -> list[Finding]:
    """Whether the newest attachments are where the desk has put them."""
    query = f"select token, name from file order by id desc limit {FILES_LOOKED_AT}"
    kept = list(connection.execute(query))
    lost = [name for token, name in kept if not place_of(store, token).exists()]
    if lost:
        return [bad("store", "store_gaps", count=len(lost), total=len(kept), first=lost[0], path=str(store))]
    return [ok("store", "store_ok", count=len(kept))]


def check_outbox(connection: psycopg.Connection, *, now: datetime) -> list[Finding]:
    """Whether something is stuck, uncertain or failed on its way out."""
    query = """
        select count(*) filter (where (state = 'queued' and not_before < %(late)s)
                                   or (state = 'sending' and claimed_at < %(late)s)),
               count(*) filter (where state = 'unconfirmed'),
               count(*) filter (where state = 'failed' and created_at > %(day)s)
        from outbox where state in ('queued', 'sending', 'unconfirmed', 'failed')"""
    late = now - timedelta(minutes=OUT_MINUTES)
    stuck, unconfirmed, failed = _row(connection, query, {"late": late, "day": now - DAY})
    found = [
        bad("outbox", "outbox_stuck", count=stuck, minutes=OUT_MINUTES) if stuck else None,
        warn("outbox", "outbox_unconfirmed", count=unconfirmed) if unconfirmed else None,
        warn("outbox", "outbox_failed", count=failed) if failed else None,
    ]
    return [one for one in found if one] or [ok("outbox", "outbox_ok")]


def check_inbox(connection: psycopg.Connection, *, now: datetime) -> list[Finding]:
    """Whether messages wait too long or were set aside."""
    query = """
        select (select count(*) from inbox where state in ('unread', 'waiting') and received_at < %(late)s),
               (select count(*) from inbox where state = 'set_aside')"""
    waiting, aside = _row(connection, query, {"late": now - timedelta(minutes=IN_MINUTES)})
    found = [
        bad("inbox", "inbox_waiting", count=waiting, minutes=IN_MINUTES) if waiting else None,
        warn("inbox", "inbox_set_aside", count=aside) if aside else None,
    ]
    return [one for one in found if one] or [ok("inbox", "inbox_ok")]


def check_events(connection: psycopg.Connection, *, now: datetime) -> list[Finding]:
    """Whether events are numbered and every reader keeps up."""
    query = "select count(*), coalesce(extract(epoch from %(now)s - min(at)), 0)::float8 from event_new"
    count, age = _row(connection, query, {"now": now})
    found = [bad("events", "events_unnumbered", count=count, seconds=round(age))] if age > LAG_SECONDS else []
    found += [finding for row in _readers(connection, now=now) for finding in _reader(*row)]
    return found or [ok("events", "events_ok")]


def check_webhooks(connection: psycopg.Connection) -> list[Finding]:
    """Whether receivers fail or were paused for it."""
    query = """
        select name, paused_at, failing_since from webhook
        where paused_at is not null or (is_active and failing_since is not null) order by id limit 20"""
    found = [
        warn("webhooks", "webhook_paused", name=name, day=f"{paused:%Y-%m-%d}")
        if paused
        else warn("webhooks", "webhook_failing", name=name, day=f"{since:%Y-%m-%d}")
        for name, paused, since in connection.execute(query)
    ]
    return found or [ok("webhooks", "webhooks_ok")]


def _mailbox(name: str, health: Mapping[str, Any]) -> list[Finding]:
    parts = {part: state for part, state in health.items() if isinstance(state, dict)}
    if not parts:
        return [warn("mail", "mail_untried", name=name)]
    failing = [
        bad(
            "mail",
            "mail_failing",
            name=name,
            part=part.upper(),
            since=str(state.get("at", "?"))[:16].replace("T", " "),
            problem=str(state["problem"]),
        )
        for part, state in sorted(parts.items())
        if state.get("problem")
    ]
    return failing or [ok("mail", "mail_ok", name=name)]


def _readers(connection: psycopg.Connection, *, now: datetime) -> list[TupleRow]:
    query = """
        select r.name, h.seq - r.seq,
               coalesce(extract(epoch from %(now)s - (
                   select e.logged_at from event e where e.seq > r.seq order by e.seq limit 1)), 0)::float8,
               (select count(*) from reader_problem p where p.reader = r.name and p.set_aside_at is not null),
               (select p.problem from reader_problem p where p.reader = r.name order by p.seq desc limit 1)
        from reader r cross join event_head h order by r.name"""
    return connection.execute(query, {"now": now}).fetchall()


def _reader(name: str, behind: int, seconds: float, aside: int, problem: str | None) -> list[Finding]:
    found = []
    if behind > 0 and seconds > LAG_SECONDS:
        found.append(bad("events", "reader_behind", name=name, count=behind, seconds=round(seconds)))
    if aside:
        found.append(warn("events", "reader_problems", name=name, count=aside, problem=(problem or "")[:200]))
    return found


def _row(connection: psycopg.Connection, query: str, params: Mapping[str, object]) -> TupleRow:
    found = connection.execute(query, params).fetchone()
    return found or ()
