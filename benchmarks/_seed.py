"""A desk of a chosen size, made by statements that always give the same rows, and kept for the next run."""

import asyncio
import contextlib
import hashlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import _texts
from benchmarks._desk import bench_folder, bench_settings, connected, database
from benchmarks._figures import Report
from benchmarks._texts import POOL_SIZE, pool
from ombud.config.parts import Parts
from ombud.shared.database import values
from ombud.shared.migrations import known_migrations
from ombud.shared.words import tsvector
from ombud.tickets.search.index import VERSION

TEAMS, AGENTS = 20, 200
SIZES = {"quick": 100_000, "full": 1_000_000, "disk": 10_000_000}
# Messages of a ticket; of ten million tickets one each, so that they fit on a disk.
ENTRIES = {"quick": 10, "full": 10, "disk": 1}
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
           p.text || ' AB-' || t.id || '-' || k
    from ticket t cross join generate_series(1, %(entries)s) k
    join bench_text p on p.id = (t.id * 7919 + k * 104729) %% %(pool)s
    where t.id between %(first)s and %(last)s order by t.id, k"""
# The words that the product would write (_texts.py makes those of the pool with the product's own code); the number at
# the end of each text is a word that stands there only.
MARKS = """
    format($f$'A%%s' 'B%%s' 'C%%s' 'T%%s' 'ab-%%s-%%s':1 'ab':1 '%%s':2 '%%s':3$f$, n.id >> 13, n.id >> 17,
           n.id >> 21, t.team_id, t.id, k, t.id, k)::tsvector"""
WORDS = (
    f"""
    insert into entry_words (entry_id, ticket_id, is_internal, at, words)
    select n.id, t.id, false, t.created_at + k * interval '9 minutes', p.words || {MARKS}
    from ticket t cross join generate_series(1, %(entries)s) k
    cross join lateral (select t.id * %(entries)s - %(entries)s + k as id) n
    join bench_text p on p.id = (t.id * 7919 + k * 104729) %% %(pool)s
    where t.id between %(first)s and %(last)s order by t.id, k""",
    """
    insert into ticket_words (ticket_id, words)
    select t.id, format($f$'A%%s' 'B%%s' 'C%%s' 'T%%s' '%%s':1,4 'washing':2 'wash':2 'machine':3
        'machin':3 'leaks':5 'leak':5 'customer':6 'custom':6 '%%s':7$f$,
        t.id >> 13, t.id >> 17, t.id >> 21, t.team_id, t.id, t.customer_id)::tsvector
    from ticket t where t.id between %(first)s and %(last)s order by t.id""",
)
POOL = """
    insert into bench_text select * from unnest(%(ids)s::int[], %(texts)s::text[], %(words)s::text[]::tsvector[])"""
INDEXES = ("entry_words_words", "entry_words_ticket", "ticket_words_words")
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
    digest = hashlib.sha256(Path(__file__).read_bytes() + Path(_texts.__file__).read_bytes())
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
            asyncio.run(_seed(folder, url, count, ENTRIES[report.scale]))
            (folder / KEPT).touch()
            report.say(f"seeded {count:,} tickets in {time.monotonic() - started:.0f} s; kept in {folder.name}")
        yield folder, url


async def _seed(folder: Path, url: str, count: int, entries: int) -> None:
    params = {"teams": TEAMS, "agents": AGENTS, "entries": entries, "count": count, "customers": max(count // 5, 1)}
    params["pool"] = POOL_SIZE
    async with connected(bench_settings(folder, url), max_connections=2) as parts:
        for sql in GROUND:
            await _run(parts, sql, params)
        await _lay_pool(parts)
        definitions = await _take_indexes(parts)
        for first in range(1, count + 1, A_STEP):
            place = {"first": first, "last": min(first + A_STEP - 1, count)}
            await _run(parts, TICKETS, params | place)
            for sql in (TIMELINE, *WORDS):
                await _run(parts, sql, params | place)
        await _make_indexes(parts, definitions)
        for sql in REST:
            await _run(parts, sql, params)
        connection = await parts.database.connect()
        await connection.execute("vacuum (analyze)")
        await connection.execute("checkpoint")
        await connection.close()


async def _lay_pool(parts: Parts) -> None:
    texts = pool(POOL_SIZE)
    params = {"ids": list(range(len(texts))), "texts": texts, "words": [tsvector(one) for one in texts]}
    async with parts.database.transaction() as tx:
        await tx.execute("create table bench_text (id int primary key, text text not null, words tsvector not null)")
        await tx.execute(POOL, params)


async def _take_indexes(parts: Parts) -> list[str]:
    """Take the indexes of words away while they grow; gives the statements that make them."""
    async with parts.database.transaction() as tx:
        made = "select pg_get_indexdef(name::regclass) from unnest(%(names)s::text[]) name"
        definitions = await values(tx, str, made, {"names": list(INDEXES)})
        await tx.execute(f"drop index {', '.join(INDEXES)}")
        await tx.execute("update search_fill set version = %(version)s, is_done = true", {"version": VERSION})
    return definitions


async def _make_indexes(parts: Parts, definitions: list[str]) -> None:
    async with parts.database.transaction() as tx:
        await tx.execute("set local maintenance_work_mem = '256MB'")
        for sql in definitions:
            await tx.execute(sql.encode())


async def _run(parts: Parts, sql: str, params: dict[str, int]) -> None:
    async with parts.database.transaction() as tx:
        # The rows refer to what is there: looking each reference up would double the time.
        await tx.execute("set local session_replication_role = replica")
        await tx.execute(sql, params)
