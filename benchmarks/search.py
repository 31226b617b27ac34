"""Searching messages, newest first, in both languages, while others write: how long, and how soon news is found."""

import argparse
import asyncio
import random
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import product

from benchmarks._desk import Agent, bench_settings, connected, make_channel, processes, sign_in
from benchmarks._figures import Number, Report, percentile, spread
from benchmarks._seed import SIZES, seeded
from benchmarks._texts import LANGUAGES, POOL_SIZE, pool
from benchmarks._texts import text as make_text
from ombud.config.parts import Parts
from ombud.config.settings import Settings
from ombud.customers.schemas import Sender
from ombud.shared.clock import utc_now
from ombud.shared.database import value, values
from ombud.shared.words import words_of
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.search.index import index_entries
from ombud.tickets.search.queries import find, understand
from ombud.tickets.services.intake.door import Arrival

PER_SECOND = 200
BURSTS = 20
EACH = {"quick": 40, "full": 60, "disk": 60}
NEWS = 20
REWRITTEN = 5_000
COMMON, RARE = 0.01, 0.0005
REACH_MS = {"rare": 100, "mid": 100, "common": 300}
EVERYBODY, ONE_TEAM = 1, 5
KEY_ONLY = "select entry_id from entry_words order by entry_id desc limit 20"


def main(arguments: argparse.Namespace) -> int:
    """Measure while the real worker takes messages in and writes their words."""
    report = Report("search", arguments)
    count = SIZES[report.scale]
    with seeded(report, count) as (folder, url):
        asyncio.run(_measure(report, bench_settings(folder, url), count))
    return report.end()


@dataclass
class Asked:
    """What one kind of query took, in seconds."""

    first: list[float] = field(default_factory=list)
    partial: int = 0


async def _measure(report: Report, settings: Settings, count: int) -> None:
    async with connected(settings, max_connections=6) as parts:
        async with parts.database.transaction() as tx:
            agents = [await sign_in(tx, parts, one) for one in (EVERYBODY, ONE_TEAM)]
        channel = (await make_channel(parts, "api")).id
        await parts.bus.start()
        await _print_sizes(report, parts)
        with processes(settings, "--work", "--background"):
            writing = asyncio.create_task(_write(parts, channel))
            await asyncio.sleep(3)
            found = await _ask_all(parts, agents, EACH[report.scale])
            news = [await _until_found(parts, channel, agents[0]) for _ in range(NEWS)]
            writing.cancel()
        await parts.bus.stop()
        floor = await _floor(parts)
        await _print_writing(report, parts)
    figures: dict[str, Number] = {}
    for name, one in found.items():
        p95, reach = percentile(one.first, 0.95) * 1000, REACH_MS[name.rpartition(" ")[2]]
        report.say(f"{name:<16} p50 {percentile(one.first, 0.5) * 1000:6.1f} ms, p95 {p95:6.1f} ms (to reach {reach})")
        figures[f"{name.replace(' ', '_')}_p95_ms"] = round(p95, 2)
    report.say(
        f"in parts: {sum(one.partial for one in found.values())} of {sum(len(one.first) for one in found.values())}"
    )
    report.say(
        f"found after: p50 {percentile(news, 0.5) * 1000:.0f} ms, most {max(news) * 1000:.0f} ms (to reach 1000)"
    )
    times = [wait for one in found.values() for wait in one.first]
    share = report.beside("searches on one connection", 1 / percentile(times, 0.5), 1 / floor, "20 bare newest keys")
    news_ms = round(max(news) * 1000)
    report.keep({**spread(times), "tickets": count, **figures, "found_after_ms": news_ms})
    report.keep({"limit_per_s": round(1 / floor), "ratio": share})


def _queries(dice: random.Random, each: int) -> dict[str, list[str]]:
    """Words by language, number and how common each of them is, out of one text each."""
    texts = [list(dict.fromkeys(words_of(text))) for text in pool(POOL_SIZE)]
    counted = Counter(word for words in texts for word in words)
    found: dict[str, list[str]] = {}
    for language, number, kind in product(LANGUAGES, (1, 2), REACH_MS):
        chosen = found.setdefault(f"{language} {number} {kind}", [])
        while len(chosen) < each:
            words = [word for word in dice.choice(texts) if _is_of(word, language)]
            fitting = [word for word in words if _kind(counted[word] / POOL_SIZE) == kind]
            if len(fitting) >= number:
                chosen.append(" ".join(dice.sample(fitting, number)))
    return found


def _is_of(word: str, language: str) -> bool:
    return word.isalpha() and (word.isascii() == (language == "en")) and len(word) > 1


def _kind(share: float) -> str:
    return "common" if share >= COMMON else "rare" if share < RARE else "mid"


async def _ask_all(parts: Parts, agents: list[Agent], each: int) -> dict[str, Asked]:
    found: dict[str, Asked] = {}
    for name, queries in _queries(random.Random(1), each).items():
        one = found[name] = Asked()
        for number, query in enumerate(queries):
            started = time.perf_counter()
            async with parts.database.transaction() as tx:
                search = await understand(tx, query, by=agents[number % len(agents)].actor, now=utc_now())
                page = await find(tx, search, "messages")
            one.first.append(time.perf_counter() - started)
            one.partial += page.is_partial
    return found


async def _write(parts: Parts, channel: int) -> None:
    """200 messages a second at the door, in bursts; the worker takes them in."""
    dice = random.Random()
    started = time.monotonic()
    for burst in range(1_000_000):
        texts = [make_text(dice) for _ in range(PER_SECOND // BURSTS)]
        await _receive(parts, channel, texts)
        await asyncio.sleep(max(started + (burst + 1) / BURSTS - time.monotonic(), 0))


async def _receive(parts: Parts, channel: int, texts: list[str]) -> None:
    arrivals = []
    for text in texts:
        name = f"b{secrets.randbelow(20_000)}"
        message = InboundMessage(sender=Sender("external", name, name=name), text=text, at=utc_now(), conversation=name)
        arrivals.append(Arrival(channel, secrets.token_hex(8), message))
    await asyncio.gather(*(parts.door.receive(one) for one in arrivals))


async def _until_found(parts: Parts, channel: int, agent: Agent) -> float:
    """Seconds from the door to the first search that finds a message."""
    word = "q" + "".join(random.choices("bcdfghjk", k=10))
    await _receive(parts, channel, [f"news {word}"])
    started = time.perf_counter()
    while time.perf_counter() - started < 30:  # noqa: PLR2004  # it never came
        async with parts.database.transaction() as tx:
            search = await understand(tx, word, by=agent.actor, now=utc_now())
            if (await find(tx, search, "messages")).items:
                return time.perf_counter() - started
        await asyncio.sleep(0.02)
    return 30.0


async def _floor(parts: Parts) -> float:
    waits = []
    for _ in range(40):
        started = time.perf_counter()
        async with parts.database.transaction() as tx:
            await values(tx, int, KEY_ONLY)
        waits.append(time.perf_counter() - started)
    return percentile(waits, 0.5)


async def _print_sizes(report: Report, parts: Parts) -> None:
    async with parts.database.transaction() as tx:
        rows = await value(tx, int, "select reltuples::bigint from pg_class where relname = 'entry_words'") or 1
        table = await value(tx, int, "select pg_table_size('entry_words')") or 0
        index = await value(tx, int, "select pg_relation_size('entry_words_words')") or 0
        text = await value(tx, float, "select avg(octet_length(text))::float8 from bench_text") or 0.0
    mib = 1 << 20
    report.say(
        f"{rows:,} entries of {text:.0f} bytes: words {table / mib:,.0f} MiB ({table / rows:.0f} bytes each), "
        f"index {index / mib:,.0f} MiB ({index / rows:.0f} bytes each)"
    )
    report.keep({"entries": rows, "words_mib": round(table / mib), "index_mib": round(index / mib)})


async def _print_writing(report: Report, parts: Parts) -> None:
    """What the reader of the log pays for each entry: words cut, row and index written."""
    async with parts.database.transaction() as tx:
        sql = "select id from entry where kind = 'message' order by id desc limit %(most)s"
        ids = await values(tx, int, sql, {"most": REWRITTEN})
    started = time.perf_counter()
    for first in range(0, len(ids), 500):
        async with parts.database.transaction() as tx:
            await index_entries(tx, ids[first : first + 500])
    rate = len(ids) / (time.perf_counter() - started)
    report.say(f"words written: {rate:,.0f} entries/s by one reader, 500 at a time, index included")
    report.keep({"written_per_s": round(rate)})
