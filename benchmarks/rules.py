"""500 rules that listen to the same event: what each event costs, and what it costs when a rule acts."""

import argparse
import asyncio
import shutil
import time
from datetime import timedelta
from typing import Any

import msgspec

from benchmarks._desk import bench_folder, bench_settings, connected, database
from benchmarks._figures import Report, percentile, spread
from benchmarks._seed import AGENTS, GROUND, TEAMS
from ombud.automation.rules.reactions import SHELF, follow_rules
from ombud.automation.rules.schemas import RuleIn, RuleSpec
from ombud.automation.rules.services.definitions import add_rule
from ombud.automation.rules.services.running import occasion_of, try_rules
from ombud.config.parts import Parts
from ombud.config.settings import Settings
from ombud.shared.actor import SYSTEM
from ombud.shared.clock import utc_now
from ombud.shared.database import Transaction
from ombud.shared.events import Event
from ombud.views.services.asking import words_of

RULES, TICKETS = 500, 5_000
EVENTS = {"quick": 5_000, "full": 20_000}
BATCH = 100
REACH_MS = 1.0
TEXT = "The drum of my washing machine leaks since this morning and the floor is wet. 漏水了,请尽快处理。" * 4
FILL = (
    """insert into ticket (id, subject, status_id, category, priority, team_id, customer_id, channel_id, brand_id,
                           created_at, activity_at, waiting_since, tags)
       select n, 'Washing machine ' || n, s.id, 'new', 1 + n %% 4, 1 + n %% %(teams)s, 1 + n %% %(customers)s, 1, 1,
              %(at)s, %(at)s, %(at)s, array['t' || n %% 50]
       from generate_series(1, %(tickets)s::bigint) n join status s on s.is_default and s.category = 'new'""",
    """insert into entry (ticket_id, kind, direction, author_kind, author_id, channel_id, at, text)
       select t.id, 'message', 'in', 'customer', t.customer_id, 1, t.created_at, %(text)s from ticket t""",
    "select setval('ticket_id_seq', %(tickets)s + 1)",
)


def main(arguments: argparse.Namespace) -> int:
    """Measure the reader on a desk of its own, which is thrown away."""
    report = Report("rules", arguments)
    folder = bench_folder("rules")
    shutil.rmtree(folder, ignore_errors=True)
    folder = bench_folder("rules")
    with database(folder) as url:
        asyncio.run(_measure(report, bench_settings(folder, url)))
    shutil.rmtree(folder, ignore_errors=True)
    return report.end()


async def _measure(report: Report, settings: Settings) -> None:
    async with connected(settings, max_connections=4) as parts:
        await _lay_ground(parts)
        count = EVENTS[report.scale]
        tried, shares = await _try_all(parts, count)
        acting = await _act(parts)
    p95 = percentile([one + share for one, share in zip(tried, shares, strict=True)], 0.95) * 1000
    report.say(f"{RULES} rules hear each of {count:,} events: p95 {p95:.2f} ms an event (to reach {REACH_MS:.0f})")
    report.say(f"of it to read the tickets: p50 {percentile(shares, 0.5) * 1000:.2f} ms an event, {BATCH} at a time")
    report.say(f"an event on which one rule acts and is told: p50 {percentile(acting, 0.5) * 1000:.1f} ms")
    report.keep(spread([one + share for one, share in zip(tried, shares, strict=True)]))
    report.keep({"rules": RULES, "events": count, "acting_ms": round(percentile(acting, 0.5) * 1000, 2)})


def _condition(number: int) -> dict[str, Any]:
    """Conditions as desks have them: nested, over words, choices and times; none holds but the last rule's."""
    word = {"any": [{"field": "message", "op": "contains", "value": f"word{number}-{part}"} for part in range(3)]}
    place = {"all": [{"field": "priority", "op": "more", "value": 2}, {"field": "team", "op": "is", "value": 1}]}
    tags = {"field": "tags", "op": "any_of", "value": [f"r{number}", f"q{number}"]}
    late = {"not": {"field": "created", "op": "within_last", "value": "400d"}}
    kinds = (
        {"all": [word, place]},
        {"all": [place, tags]},
        {"all": [{"field": "category", "op": "is", "value": "solved"}, word]},
        {"any": [tags, late]},
        {"all": [{"field": "status", "op": "is", "value": 1000 + number}, tags]},
    )
    return kinds[number % len(kinds)]


async def _lay_ground(parts: Parts) -> None:
    now = utc_now()
    params = {"teams": TEAMS, "agents": AGENTS, "customers": TICKETS // 5, "tickets": TICKETS, "text": TEXT}
    when = {"kind": "events", "events": ["message_received"]}
    async with parts.database.transaction() as tx:
        for sql in (*GROUND, *FILL):
            await tx.execute(sql, params | {"at": now - timedelta(hours=1)})
        for number in range(RULES):
            given = {"name_en": f"Rule {number}", "when": when, "condition": _condition(number)}
            last = {
                "actions": {"add_tags": ["seen"]},
                "condition": {"field": "subject", "op": "contains", "value": "x"},
            }
            spec = msgspec.convert(
                given | {"actions": {"priority": 4}} | (last if number == RULES - 1 else {}), RuleSpec
            )
            # One rule is saved as people save; to check each against all others is no part of what is measured.
            await add_rule(tx, RuleIn(spec), by=SYSTEM, now=now)
        await tx.execute("update rule set is_on = true")
    connection = await parts.database.connect()
    await connection.execute("vacuum (analyze) ticket, entry, rule, rule_version")
    await connection.close()


def _event(number: int) -> Event:
    ticket = 1 + number % TICKETS
    data = {"entry_id": ticket, "customer_id": 1, "channel_id": 1, "is_automatic": False}
    return Event(number + 1, "message_received", ticket, 1, "customer", 1, utc_now(), data)


async def _try_all(parts: Parts, count: int) -> tuple[list[float], list[float]]:
    """Seconds that each event takes to be held against all rules, and its share of reading its batch."""
    tried, shares = [], []
    for first in range(0, count, BATCH):
        async with parts.database.transaction() as tx:
            seconds, share = await _one_batch(tx, [_event(first + place) for place in range(BATCH)])
        tried += seconds
        shares += [share / BATCH] * BATCH
    return tried, shares


async def _one_batch(tx: Transaction, events: list[Event]) -> tuple[list[float], float]:
    started = time.perf_counter()
    book = await SHELF.book(tx)
    values = await book.asked.load(tx, {one.ticket_id or 0 for one in events})
    words = await words_of(tx, {one.data["entry_id"] for one in events})
    share, now, tried = time.perf_counter() - started, utc_now(), []
    for one in events:
        begun = time.thread_time()
        occasion = occasion_of(one, words[one.data["entry_id"]])
        await try_rules(tx, book, book.by_kind[one.kind], occasion, values[one.ticket_id or 0], now)
        # Of this core: what other programs take of it meanwhile is no cost of ours.
        tried.append(time.thread_time() - begun)
    return tried, share


async def _act(parts: Parts) -> list[float]:
    """Seconds of an event on which the last rule acts, with all its writing."""
    async with parts.database.transaction() as tx:
        await tx.execute("update ticket set subject = 'x-ray' where id <= 200")
    waits = []
    for number in range(200):
        started = time.perf_counter()
        async with parts.database.transaction() as tx:
            await follow_rules(tx, [_event(number)], utc_now())
        waits.append(time.perf_counter() - started)
    return waits
