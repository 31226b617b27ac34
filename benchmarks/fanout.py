"""Ten thousand open streams in one process: how late an event comes, whether any is lost, what a stream costs.

Each event concerns one ticket of a team of ten people; every person holds one stream. Readers live in processes of
their own and read raw sockets, so that the measuring costs less than the measured.
"""

import argparse
import asyncio
import contextlib
import multiprocessing
import resource
import shutil
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any

from benchmarks import _listeners as listeners
from benchmarks._desk import HOST, bench_folder, bench_settings, connected, database, processes, until_ready
from benchmarks._figures import Report, cpu_seconds, memory_kib, percentile
from ombud.accounts.authentication import COOKIE
from ombud.config.parts import Parts
from ombud.config.settings import Settings
from ombud.shared.actor import SYSTEM
from ombud.shared.clock import utc_now
from ombud.shared.crypto import hash_token, new_token
from ombud.shared.database import values
from ombud.shared.events import emit_all
from ombud.tickets.events import MessageReceived

STREAMS = {"quick": 10_000, "full": 10_000}
SECONDS = {"quick": 10, "full": 60}
EVENTS_PER_SECOND = 500
TICK_SECONDS = 0.02
READERS = 10
LISTENERS = 2
SPARE_FILES = 200
LATE_SECONDS = 5.0


def main(arguments: argparse.Namespace) -> int:
    """Open the streams, send the events, count what arrives when."""
    report = Report("fanout", arguments)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    streams = min(STREAMS[report.scale], (most - SPARE_FILES) // READERS * READERS)
    folder = bench_folder("fanout")
    shutil.rmtree(folder, ignore_errors=True)
    folder = bench_folder("fanout")
    with database(folder) as url:
        asyncio.run(_measure(report, bench_settings(folder, url), streams))
    shutil.rmtree(folder, ignore_errors=True)
    return report.end()


async def _measure(report: Report, settings: Settings, streams: int) -> None:
    async with connected(settings) as parts:
        tokens, tickets = await _seed(parts, streams)
        with processes(settings) as (web, *_):
            await until_ready(settings)
            before = memory_kib(web)
            with _listening(settings, tokens) as pipes:
                took = max([(await _told(one))["seconds"] for one in pipes])
                cost = (memory_kib(web) - before) / streams
                report.say(f"{streams:,} streams opened in {took:.1f} s, {cost:.1f} KiB each (to reach 40)")
                await asyncio.sleep(1)
                started = cpu_seconds(web)
                sent = await _send(parts, tickets, SECONDS[report.scale])
                await asyncio.sleep(1)
                busy = (cpu_seconds(web) - started) / (SECONDS[report.scale] + 1)
                found = await _heard(pipes)
    _print(report, found, sent, streams, cost, busy)


def _print(report: Report, found: list[dict[str, Any]], sent: int, streams: int, cost: float, busy: float) -> None:
    waits = [wait for one in found for wait in one["waits"]]
    # A frame may carry several events of its ticket: what counts is that each event's entry came to each reader.
    lost = sent * READERS - sum(one["entries"] for one in found)
    p50, p99 = (percentile(waits, share) * 1000 for share in (0.5, 0.99))
    rate = sent / SECONDS[report.scale]
    report.say(f"{rate:,.0f} events/s to {READERS} readers each: p50 {p50:.1f} ms, p99 {p99:.1f} ms (to reach 25)")
    report.say(f"lost {lost} (to reach 0) of {sent * READERS:,} deliveries; the web process used {busy:.2f} cores")
    report.keep({"streams": streams, "events_per_s": round(rate), "p50_ms": round(p50, 2), "p99_ms": round(p99, 2)})
    report.keep({"lost": lost, "kib_per_stream": round(cost, 1)})


async def _seed(parts: Parts, streams: int) -> tuple[list[str], list[tuple[int, int]]]:
    """One team for ten people, a session each, and a ticket a team with its entries (ticket, team)."""
    tokens, now = [new_token() for _ in range(streams)], utc_now()
    teams = streams // READERS
    async with parts.database.transaction() as tx:
        params = {"teams": teams, "streams": streams, "now": now, "readers": READERS}
        params["hashes"] = [hash_token(one) for one in tokens]
        for sql in SEED:
            await tx.execute(sql, params)
        ids = await values(tx, int, "select id from ticket order by id")
        owners = await values(tx, int, "select team_id from ticket order by id")
    return tokens, list(zip(ids, owners, strict=True))


SEED = (
    "insert into team (name, created_at) select 'T' || n, %(now)s from generate_series(1, %(teams)s) n",
    """insert into person (email, name, role, created_at)
       select 'p' || n || '@desk.example', 'P' || n, 'agent', %(now)s from generate_series(1, %(streams)s) n""",
    """insert into membership (team_id, person_id)
       select 2 + (p.id - 1) / %(readers)s, p.id from person p""",
    """insert into session (token_hash, person_id, is_complete, ip, user_agent, created_at, seen_at, expires_at)
       select h.hash, h.n, true, '127.0.0.1', 'bench', %(now)s, %(now)s, %(now)s::timestamptz + interval '1 day'
       from unnest(%(hashes)s::bytea[]) with ordinality as h (hash, n)""",
    "insert into customer (name, created_at, updated_at) values ('Rosa', %(now)s, %(now)s)",
    """insert into channel (kind, name, brand_id, team_id, created_at) values ('api', 'api', 1, 1, %(now)s)""",
    """insert into ticket (subject, status_id, category, team_id, customer_id, channel_id, brand_id, created_at,
                           activity_at)
       select 'Leak', 1, 'new', t.id, 1, 1, 1, %(now)s, %(now)s from team t where t.id > 1 order by t.id""",
)
SAY = """
    insert into entry (ticket_id, kind, direction, author_kind, author_id, channel_id, at, text)
    select t, 'message', 'in', 'customer', 1, 1, %(now)s, 'The machine leaks since this morning.'
    from unnest(%(tickets)s::bigint[]) with ordinality as x (t, place) order by place returning id"""


async def _send(parts: Parts, tickets: list[tuple[int, int]], seconds: int) -> int:
    """Write messages at a steady rate, some each tick, as intake does; how many."""
    await parts.bus.start()
    a_tick, sent = round(EVENTS_PER_SECOND * TICK_SECONDS), 0
    begun = time.perf_counter()
    for tick in range(round(seconds / TICK_SECONDS)):
        await asyncio.sleep(max(0.0, begun + tick * TICK_SECONDS - time.perf_counter()))
        chosen = [tickets[(sent + number) % len(tickets)] for number in range(a_tick)]
        async with parts.database.transaction() as tx:
            now = utc_now()
            ids = await values(tx, int, SAY, {"tickets": [one for one, _ in chosen], "now": now})
            facts = [
                MessageReceived(ticket_id=ticket, team_id=team, entry_id=entry, customer_id=1, channel_id=1)
                for (ticket, team), entry in zip(chosen, ids, strict=True)
            ]
            await emit_all(tx, facts, by=SYSTEM, at=now)
        parts.bus.wake("sequence")
        sent += a_tick
    await asyncio.sleep(LATE_SECONDS / 5)
    await parts.bus.stop()
    return sent


@contextlib.contextmanager
def _listening(settings: Settings, tokens: list[str]) -> Iterator[list[Connection]]:
    """Processes that hold the streams; they say when all are open, and at the end what they heard."""
    context = multiprocessing.get_context("spawn")
    pipes, started = [], []
    for number in range(LISTENERS):
        ours, theirs = context.Pipe()
        cookies = [f"{COOKIE}={one}" for one in tokens[number::LISTENERS]]
        process = context.Process(target=listeners.listen, args=(HOST, settings.port, cookies, theirs), daemon=True)
        process.start()
        theirs.close()
        pipes.append(ours)
        started.append(process)
    try:
        yield pipes
    finally:
        for process in started:
            process.join(10)
            process.kill()


async def _heard(pipes: list[Connection]) -> list[dict[str, Any]]:
    """Tell the listeners to stop; what each heard."""
    for one in pipes:
        one.send("stop")
    return [await _told(one) for one in pipes]


async def _told(pipe: Connection) -> dict[str, Any]:
    found: dict[str, Any] = await asyncio.to_thread(pipe.recv)
    return found
