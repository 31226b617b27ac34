"""First and hundredth page of the shipped views, by the product's own queries, on a desk of a chosen size."""

import argparse
import asyncio
import time
from dataclasses import dataclass, field

from benchmarks._desk import Agent, bench_settings, connected, sign_in
from benchmarks._figures import Number, Report, percentile, spread
from benchmarks._seed import SIZES, seeded
from ombud.config.parts import Parts
from ombud.config.settings import Settings
from ombud.shared.paging import Paged
from ombud.tickets.queries.lists import VIEWS, list_tickets
from ombud.tickets.schemas import TicketRow

DEEP_PAGE = 100
TIMES = 40
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
    async with connected(settings, max_connections=2) as parts:
        async with parts.database.transaction() as tx:
            deep = await sign_in(tx, parts, DEEP_AGENT)
            others = [await sign_in(tx, parts, one) for one in OTHER_AGENTS]
        found = {view: await _view(parts, view, deep, others) for view in VIEWS}
        floor = await _floor(parts, deep)
    figures: dict[str, Number] = {}
    for view, one in found.items():
        first, last = percentile(one.first, 0.95) * 1000, percentile(one.deep, 0.95) * 1000
        report.say(f"{view:<11} p95: first page {first:6.1f} ms, page {one.pages:3} {last:6.1f} ms (to reach 30)")
        figures |= {f"{view}_first_p95_ms": round(first, 2), f"{view}_deep_p95_ms": round(last, 2)}
    worst = max(found.values(), key=lambda one: max(percentile(one.first, 0.95), percentile(one.deep, 0.95)))
    times = spread([*worst.first, *worst.deep])
    rate = 1 / percentile([wait for one in found.values() for wait in one.first], 0.5)
    share = report.beside("pages on one connection, one after the other", rate, 1 / floor, "51 bare rows by key")
    report.keep({**times, "tickets": count, **figures, "limit_per_s": round(1 / floor), "ratio": share})


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


async def _page(parts: Parts, view: str, agent: Agent, cursor: str | None) -> tuple[Paged[TicketRow], float]:
    started = time.perf_counter()
    async with parts.database.transaction() as tx:
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
