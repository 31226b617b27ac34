"""A desk of a chosen size, made by statements that always give the same rows, and kept for the next run."""

import asyncio
import contextlib
import hashlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks._desk import bench_folder, bench_settings, connected, database
from benchmarks._figures import Report
from ombud.config.parts import Parts
from ombud.shared.migrations import known_migrations

TEAMS, AGENTS, ENTRIES = 20, 200, 10
SIZES = {"quick": 100_000, "full": 1_000_000}
A_STEP = 50_000
KEPT = "seeded"

GROUND = (
    "insert into team (name, created_at) select 'Team ' || n, '2024-01-01Z' from generate_series(2, %(teams)s) n",
    """insert into person (email, name, display_name, role, capacity_points, created_at)
       select 'agent' || n || '@desk.example', 'Agent ' || n, 'Agent ' || n, 'agent', 1000, '2024-01-01Z'
       from generate_series(1, %(agents)s) n""",
    """insert into membership (team_id, person_id)
       select distinct 1 + (p.id + k * 7) %% %(teams)s, p.id from person p, generate_series(0, 1) k
       union select t.id, 1 from team t""",
    "insert into channel (kind, name, brand_id, team_id, created_at) values ('api', 'api', 1, 1, '2024-01-01Z')",
    """insert into customer (name, email, created_at, updated_at)
       select 'Customer ' || n, 'c' || n || '@example.com', '2024-01-01Z', '2024-01-01Z'
       from generate_series(1, %(customers)s) n""",
    """insert into identity (customer_id, kind, scope, value, created_at)
       select n, 'external', '1', 'c' || n, '2024-01-01Z' from generate_series(1, %(customers)s) n""",
)
# Tickets of two years, two in five still open; agent 1 holds every sixth, so that their views have a hundredth page.
TICKETS = """
    insert into ticket (id, subject, status_id, category, priority, team_id, assignee_id, customer_id, channel_id,
                        brand_id, created_at, activity_at, waiting_since, snoozed_until, preview, preview_by,
                        last_message_id, message_count)
    select n, 'Washing machine ' || n || ' leaks', s.id, s.category, 1 + n %% 4, 1 + n %% %(teams)s,
           case when r < 60 or r %% 9 = 0 then null when n %% 6 = 3 then 1 else 2 + n %% (%(agents)s - 1) end,
           1 + n %% %(customers)s, 1, 1, a.at, a.at + r * interval '7 minutes',
           case when s.category in ('new', 'open') then a.at end,
           case when r < 400 and n %% 6 = 3 and r %% 4 = 2 then timestamptz '2030-01-01Z' + n * interval '1 minute' end,
           'It leaks since this morning, please help. 漏水了,请尽快处理。', 'customer', n * %(entries)s, %(entries)s
    from generate_series(%(first)s::bigint, %(last)s) n
    cross join lateral (select (n * 7919 + 104729) %% 1000 as r) x
    cross join lateral (select timestamptz '2024-01-01Z' + n * (interval '700 days' / %(count)s) as at) a
    join status s on s.is_default and s.category = case when r < 60 then 'new' when r < 300 then 'open'
        when r < 380 then 'waiting' when r < 400 then 'on_hold' when r < 520 then 'solved' else 'closed' end"""
TIMELINE = """
    insert into entry (id, ticket_id, kind, direction, author_kind, author_id, channel_id, at, text)
    select t.id * %(entries)s - %(entries)s + k, t.id, 'message', case when k %% 2 = 0 then 'out' else 'in' end,
           case when k %% 2 = 0 then 'person' else 'customer' end,
           case when k %% 2 = 0 then coalesce(t.assignee_id, 1) else t.customer_id end, 1,
           t.created_at + k * interval '9 minutes',
           'Message ' || k || ' of ' || t.id || ': the machine leaks since this morning. 机器漏水,请尽快安排维修。'
    from ticket t, generate_series(1, %(entries)s) k where t.id between %(first)s and %(last)s order by t.id, k"""
REST = (
    """insert into mention (entry_id, person_id, ticket_id, at)
       select t.id * %(entries)s, case when t.id %% 3 = 0 then 1 else 2 + t.id %% (%(agents)s - 1) end, t.id,
              t.activity_at from ticket t where t.id %% greatest(%(count)s / 18000, 1) = 0""",
    """insert into conversation (channel_id, key, ticket_id)
       select 1, 'customer:c' || customer_id, max(id) from ticket group by customer_id""",
    "select setval('ticket_id_seq', %(count)s + 1), setval('entry_id_seq', %(count)s * %(entries)s + 1)",
)


def seed_folder(count: int) -> Path:
    """Where a seeded desk of a size lies: the name holds a hash of the schema and of how the rows are made."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted((Path(__file__).parent.parent / "migrations").glob("*.sql")):
        digest.update(path.read_bytes())
    assert known_migrations()
    return bench_folder(f"desk-{count}-{digest.hexdigest()[:12]}")


@contextlib.contextmanager
def seeded(report: Report, count: int) -> Iterator[tuple[Path, str]]:
    """The folder and the address of a seeded desk, made if it is not there; what a bench adds to it stays."""
    folder = seed_folder(count)
    if not (folder / KEPT).exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder = seed_folder(count)
    with database(folder) as url:
        if not (folder / KEPT).exists():
            started = time.monotonic()
            asyncio.run(_seed(folder, url, count))
            (folder / KEPT).touch()
            report.say(f"seeded {count:,} tickets in {time.monotonic() - started:.0f} s; kept in {folder.name}")
        yield folder, url


async def _seed(folder: Path, url: str, count: int) -> None:
    params = {"teams": TEAMS, "agents": AGENTS, "entries": ENTRIES, "count": count, "customers": max(count // 5, 1)}
    async with connected(bench_settings(folder, url), max_connections=2) as parts:
        for sql in GROUND:
            await _run(parts, sql, params)
        for first in range(1, count + 1, A_STEP):
            place = {"first": first, "last": min(first + A_STEP - 1, count)}
            await _run(parts, TICKETS, params | place)
            await _run(parts, TIMELINE, params | place)
        for sql in REST:
            await _run(parts, sql, params)
        connection = await parts.database.connect()
        await connection.execute("vacuum (analyze)")
        await connection.execute("checkpoint")
        await connection.close()


async def _run(parts: Parts, sql: str, params: dict[str, int]) -> None:
    async with parts.database.transaction() as tx:
        # The rows refer to what is there: looking each reference up would double the time.
        await tx.execute("set local session_replication_role = replica")
        await tx.execute(sql, params)
