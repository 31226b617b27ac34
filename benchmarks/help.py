"""Pages of the help centre through the real web process: 500 a second, quiet, and while articles are published.

Beside it, in the same run: a bare page of equal size from the same server.
"""

import argparse
import asyncio
import contextlib
import itertools
import random
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks._desk import (
    HOST,
    bench_folder,
    bench_settings,
    connected,
    database,
    end,
    free_port,
    processes,
    until_ready,
)
from benchmarks._figures import Number, Report, cpu_seconds, spread
from benchmarks._http import Client, Gone
from ombud.config.parts import Parts
from ombud.config.settings import Settings
from ombud.demo.knowledge import make_knowledge
from ombud.portal.schemas import PortalSitePatch
from ombud.portal.services import change_site
from ombud.shared.actor import SYSTEM
from ombud.shared.clock import utc_now
from ombud.shared.database import values

SECONDS = {"quick": 8, "full": 30}
PER_SECOND = 500
CONNECTIONS = 32
CHANGE_EVERY_SECONDS = 1.0
CLOSED_SECONDS = 3.0
SEED = 7
# Browsers that have a page ask whether it changed.
KNOWN_SHARE = 0.3
LOCALES = ("en", "zh-CN")


def main(arguments: argparse.Namespace) -> int:
    """Ask for pages at a steady rate, then as fast as they come."""
    report = Report("help", arguments)
    shutil.rmtree(bench_folder("help"), ignore_errors=True)
    folder = bench_folder("help")
    with database(folder) as url:
        asyncio.run(_measure(report, bench_settings(folder, url)))
    shutil.rmtree(folder, ignore_errors=True)
    return report.end()


@dataclass
class Seen:
    """What the answers were like."""

    waits: list[float] = field(default_factory=list)
    unchanged: int = 0
    failed: int = 0
    sizes: list[int] = field(default_factory=list)


async def _measure(report: Report, settings: Settings) -> None:
    async with connected(settings) as parts:
        paths = await _seed(parts)
        with processes(settings) as (web, *_):
            await until_ready(settings)
            first = await _walk(settings.port, paths)
            report.say(f"{len(paths)} pages, made for the first time: p95 {spread(first.waits)['p95_ms']:.1f} ms")
            size = round(sum(first.sizes) / len(first.sizes))
            report.say(f"{size:,} bytes a page on the way, packed")
            quiet = await _steady(report, settings, paths, web, "quiet")
            async with _publishing(parts):
                busy = await _steady(report, settings, paths, web, "published_into")
            most = await _closed(settings.port, paths)
        with _bare(size) as port:
            limit = await _closed(port, ["/"])
            alone = await _open(port, ["/"], SECONDS[report.scale])
    report.say(f"a bare page of equal size: p95 {spread(alone.waits)['p95_ms']:.2f} ms at {PER_SECOND}/s")
    share = report.beside("pages, as fast as they come", most, limit, "a bare page")
    figures: dict[str, Number] = {"pages_per_s": round(most), "bare_per_s": round(limit), "ratio": share}
    report.keep(quiet | busy | figures | {"bare_p95_ms": spread(alone.waits)["p95_ms"], "page_bytes": size})


async def _seed(parts: Parts) -> list[str]:
    now = utc_now()
    async with parts.database.transaction() as tx:
        await make_knowledge(tx, SYSTEM, now=now)
        await change_site(tx, 1, PortalSitePatch(version=0, is_on=True), "", by=SYSTEM, now=now)
        sql = """
            select distinct a.slug || ' ' || v.locale from article a join article_version v on v.article_id = a.id
            where v.state = 'published' and a.audience = 'public' and a.kind <> 'script' and a.archived_at is null"""
        articles = [one.split() for one in await values(tx, str, sql)]
        shelves = await values(tx, int, "select id from knowledge_category where shown_to = 'public'")
    pages = [f"/help/{locale}/articles/{slug}" for slug, locale in articles]
    pages += [f"/help/{locale}" for locale in LOCALES]
    return pages + [f"/help/{locale}/categories/{one}" for one in shelves for locale in LOCALES]


async def _walk(port: int, paths: Sequence[str]) -> Seen:
    """Ask for each page once."""
    seen, client = Seen(), Client(HOST, port, {"Accept-Encoding": "gzip"})
    for path in paths:
        began = time.perf_counter()
        answer = await client.request("GET", path)
        seen.waits.append(time.perf_counter() - began)
        seen.sizes.append(len(answer.body))
        if answer.status not in {200, 404}:
            msg = f"{path}: {answer.status}"
            raise RuntimeError(msg)
    client.close()
    return seen


async def _steady(report: Report, settings: Settings, paths: Sequence[str], web: int, name: str) -> dict[str, Number]:
    seconds, started = SECONDS[report.scale], cpu_seconds(web)
    seen = await _open(settings.port, paths, seconds)
    cores = (cpu_seconds(web) - started) / seconds
    took = spread(seen.waits)
    said = ", ".join(f"{key[:3]} {value:.1f} ms" for key, value in took.items())
    report.say(f"{name}: {PER_SECOND}/s, {said} (p95 to reach 50); failed {seen.failed}; {cores:.2f} cores")
    return {f"{name}_{key}": value for key, value in took.items()} | {
        f"{name}_failed": seen.failed,
        f"{name}_cores": round(cores, 2),
    }


async def _open(port: int, paths: Sequence[str], seconds: float) -> Seen:
    """Requests at their times, whatever became of those before: a wait counts from when the request was due."""
    seen, dice = Seen(), random.Random(SEED)
    due: asyncio.Queue[float | None] = asyncio.Queue()
    workers = [asyncio.create_task(_ask(port, paths, due, seen, dice)) for _ in range(CONNECTIONS)]
    begun = time.perf_counter()
    for number in range(round(seconds * PER_SECOND)):
        at = begun + number / PER_SECOND
        if (left := at - time.perf_counter()) > 0:
            await asyncio.sleep(left)
        due.put_nowait(at)
    for _ in workers:
        due.put_nowait(None)
    await asyncio.gather(*workers)
    return seen


async def _ask(
    port: int, paths: Sequence[str], due: asyncio.Queue[float | None], seen: Seen, dice: random.Random
) -> None:
    client = Client(HOST, port, {"Accept-Encoding": "gzip"})
    while (at := await due.get()) is not None:
        headers = {"If-None-Match": "*"} if dice.random() < KNOWN_SHARE else {}
        try:
            answer = await client.request("GET", dice.choice(paths), headers=headers)
        except Gone:
            seen.failed += 1
            continue
        seen.waits.append(time.perf_counter() - at)
        seen.unchanged += answer.status == 304  # noqa: PLR2004 – not modified
        seen.failed += answer.status not in {200, 304, 404}
    client.close()


@contextlib.asynccontextmanager
async def _publishing(parts: Parts) -> AsyncIterator[None]:
    """Something that readers see changes once a second: all finished pages are made anew."""
    await parts.bus.start()

    async def change() -> None:
        for number in itertools.count():
            async with parts.database.transaction() as tx:
                version = (await values(tx, int, "select version from portal_site"))[0]
                patch = PortalSitePatch(version=version, key=f"site-{number}")
                await change_site(tx, 1, patch, "", by=SYSTEM, now=utc_now())
            parts.bus.wake("sequence")
            await asyncio.sleep(CHANGE_EVERY_SECONDS)

    changing = asyncio.create_task(change())
    try:
        yield
    finally:
        changing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await changing
        await parts.bus.stop()


async def _closed(port: int, paths: Sequence[str]) -> float:
    """Requests as fast as answers come; how many a second."""
    until, done, dice = time.perf_counter() + CLOSED_SECONDS, 0, random.Random(SEED)

    async def ask() -> int:
        client, count = Client(HOST, port, {"Accept-Encoding": "gzip"}), 0
        while time.perf_counter() < until:
            await client.request("GET", dice.choice(paths))
            count += 1
        client.close()
        return count

    done = sum(await asyncio.gather(*(ask() for _ in range(CONNECTIONS))))
    return done / CLOSED_SECONDS


@contextlib.contextmanager
def _bare(size: int) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks._bare_page", str(port), str(size)]
    process = subprocess.Popen(command)
    time.sleep(2)
    try:
        yield port
    finally:
        process.terminate()
        end(process)
