"""First and hundredth page of the shipped views and of two saved ones, and a bulk change, on a seeded desk."""

import argparse
import asyncio
import time
from dataclasses import dataclass, field

from benchmarks._desk import Agent, bench_settings, connected, sign_in
from benchmarks._figures import Number, Report, percentile, spread
from benchmarks._seed import SIZES, seeded
from ombud.config.parts import Parts
from ombud.config.settings import Settings
from ombud.shared.conditions import parse
from ombud.shared.database import value
from ombud.shared.paging import Paged
from ombud.tickets.queries.lists import VIEWS, list_tickets
from ombud.tickets.schemas import TicketRow
from ombud.views.jobs import JobRunner
from ombud.views.queries import list_by_condition
from ombud.views.schemas import BulkIn, Changes, Selection, TicketPage
from ombud.views.services.jobs import find_job, start_change

DEEP_PAGE = 100
TIMES = 40
BULK = 10_000
# Saved views: a facet that few tickets have, and one of every tenth narrowed by a field that no index knows.
SAVED = {
    "saved_rare": {"field": "tags", "op": "any_of", "value": ["rare"]},
    "saved_common": {
        "all": [
            {"field": "tags", "op": "any_of", "value": ["common"]},
            {"field": "priority", "op": "more", "value": 3},
        ]
    },
}
TAGGED = """
    with tagged as (
        select id, array[case when id % 1000 = 7 then 'rare' else 'common' end] as tags
        from ticket where (id % 1000 = 7 or id % 10 = 3) and tags = '{}'
    ), kept as (update ticket t set tags = tagged.tags from tagged where tagged.id = t.id)
    insert into ticket_facet select id, array(select 'tag:' || one from unnest(tags) one) from tagged
    on conflict do nothing"""
DEEP_AGENT, OTHER_AGENTS = 1, range(2, 12)
KEY_ONLY = "select id from ticket where team_id = any(%(teams)s) order by id desc limit 51"


def main(arguments: argparse.Namespace) -> int:
    """Measure each view."""
    report = Report("inbox", arguments)
    count = SIZES[report.scale]
    with seeded(report, count) as (folder, url):
        asyncio.run(_measure(report, bench_settings(folder, url), count))
    return report.end()


@dataclass
class Found:
    """What one view took, in seconds."""

    first: list[float] = field(default_factory=list)
    deep: list[float] = field(default_factory=list)
    pages: int = 1


async def _measure(report: Report, settings: Settings, count: int) -> None:
    async with connected(settings, max_connections=4) as parts:
        async with parts.database.transaction() as tx:
            deep = await sign_in(tx, parts, DEEP_AGENT)
            others = [await sign_in(tx, parts, one) for one in OTHER_AGENTS]
            await tx.execute(TAGGED)
        found = {view: await _view(parts, view, deep, others) for view in (*VIEWS, *SAVED)}
        floor = await _floor(parts, deep)
        bulk = await _bulk(parts, deep)
    figures: dict[str, Number] = {}
    for view, one in found.items():
        first, last = percentile(one.first, 0.95) * 1000, percentile(one.deep, 0.95) * 1000
        report.say(f"{view:<11} p95: first page {first:6.1f} ms, page {one.pages:3} {last:6.1f} ms (to reach 30)")
        figures |= {f"{view}_first_p95_ms": round(first, 2), f"{view}_deep_p95_ms": round(last, 2)}
    report.say(f"bulk change of {bulk['bulk_tickets']} tickets: {bulk['bulk_seconds']} s (to reach 20), {bulk}")
    worst = max(found.values(), key=lambda one: max(percentile(one.first, 0.95), percentile(one.deep, 0.95)))
    times = spread([*worst.first, *worst.deep])
    rate = 1 / percentile([wait for one in found.values() for wait in one.first], 0.5)
    share = report.beside("pages on one connection, one after the other", rate, 1 / floor, "51 bare rows by key")
    report.keep({**times, "tickets": count, **figures, **bulk, "limit_per_s": round(1 / floor), "ratio": share})


async def _view(parts: Parts, view: str, deep: Agent, others: list[Agent]) -> Found:
    found = Found()
    cursor = None
    page, _ = await _page(parts, view, deep, None)
    while page.next is not None and found.pages < DEEP_PAGE:
        cursor = page.next
        page, _ = await _page(parts, view, deep, cursor)
        found.pages += 1
    for number in range(TIMES):
        _, seconds = await _page(parts, view, [deep, *others][number % (len(others) + 1)], None)
        found.first.append(seconds)
        _, seconds = await _page(parts, view, deep, cursor)
        found.deep.append(seconds)
    return found


async def _bulk(parts: Parts, agent: Agent) -> dict[str, Number]:
    """Seconds for 10,000 tickets, and what it costs others: a page every 50 ms meanwhile."""
    now = parts.clock.now()
    runner = JobRunner(parts.database, parts.bus, parts.clock, parts.files, undo_seconds=0)
    async with parts.database.transaction() as tx:
        # A bench that was cut off left its job.
        await tx.execute("update job set state = 'failed', ended_at = %(now)s where ended_at is null", {"now": now})
        # Desks are kept: each run changes what the last one left.
        known = await value(tx, int, "select count(*) from ticket_facet where 'tag:bench' = any(facets)")
        changes = Changes(remove_tags=["bench"]) if known else Changes(add_tags=["bench"])
        mine = "select id from ticket where team_id = any(%(teams)s) order by id limit %(many)s"
        cursor = await tx.execute(mine, {"teams": agent.actor.visible_teams(), "many": BULK})
        ids = [row[0] for row in await cursor.fetchall()]
        job = await start_change(tx, BulkIn(Selection(ids=ids), changes), by=agent.actor, now=now)
    waits: list[float] = []
    started = time.perf_counter()
    work = asyncio.create_task(runner.change())
    while not work.done():
        _, seconds = await _page(parts, "open", agent, None)
        waits.append(seconds)
        await asyncio.sleep(0.05)
    await work
    seconds = time.perf_counter() - started
    async with parts.database.transaction() as tx:
        ended = await find_job(tx, job.id, by=agent.actor)
    return {
        "bulk_seconds": round(seconds, 2),
        "bulk_tickets": ended.done,
        "bulk_failed": ended.failed,
        "bulk_page_p95_ms": round(percentile(waits, 0.95) * 1000, 2),
    }


async def _page(
    parts: Parts, view: str, agent: Agent, cursor: str | None
) -> tuple[Paged[TicketRow] | TicketPage, float]:
    started = time.perf_counter()
    async with parts.database.transaction() as tx:
        if view in SAVED:
            saved = await list_by_condition(
                tx, parse(SAVED[view]), "activity", by=agent.actor, now=parts.clock.now(), cursor=cursor, limit=50
            )
            return saved, time.perf_counter() - started
        page = await list_tickets(tx, view, by=agent.actor, cursor=cursor)
    return page, time.perf_counter() - started


async def _floor(parts: Parts, deep: Agent) -> float:
    """Seconds for as many rows with nothing but their keys: what no list can be faster than."""
    waits = []
    for _ in range(TIMES):
        started = time.perf_counter()
        async with parts.database.transaction() as tx:
            cursor = await tx.execute(KEY_ONLY, {"teams": deep.actor.visible_teams()})
            await cursor.fetchall()
        waits.append(time.perf_counter() - started)
    return percentile(waits, 0.5)
