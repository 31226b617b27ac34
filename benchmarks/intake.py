"""How fast messages are taken in: at the door, threaded to tickets, on the whole way to a routed, visible ticket."""

import argparse
import asyncio
import itertools
import random
import shutil
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import _limits as limits
from benchmarks._desk import (
    HOST,
    Agent,
    add_agents,
    add_teams,
    bench_folder,
    bench_settings,
    connected,
    database,
    make_channel,
    make_key,
    processes,
    until_ready,
)
from benchmarks._figures import Report, ratio, spread
from benchmarks._http import Client
from benchmarks._texts import text
from ombud.channels.schemas import Channel
from ombud.config.app import build_hub
from ombud.config.parts import Parts
from ombud.config.settings import Settings
from ombud.customers.schemas import Sender
from ombud.realtime.hub import Hub
from ombud.realtime.stream import Stream
from ombud.shared.clock import utc_now
from ombud.shared.database import value
from ombud.shared.sequencer import LOCK_INTAKE
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, receive
from ombud.tickets.services.intake.work import take_in

SIZES = {"quick": 20_000, "full": 200_000}
HTTP_SIZES = {"quick": 2_000, "full": 20_000}
PRODUCERS = 200
HTTP_CLIENTS = 32
# One customer in three is new, as on a desk in the middle of its life; the others go on with their talk.
NEW_SHARE = 1 / 3
AGENTS = 60
TEAMS = 6
SEED = 11


@dataclass
class Place:
    """The desk under test."""

    parts: Parts
    settings: Settings
    channels: list[Channel]
    agents: list[Agent]
    key: str
    dice: random.Random


def main(arguments: argparse.Namespace) -> int:
    """Measure the door, the threading and the whole way, each beside its limit."""
    report = Report("intake", arguments)
    folder = bench_folder("intake")
    shutil.rmtree(folder, ignore_errors=True)
    folder = bench_folder("intake")
    with database(folder) as url:
        asyncio.run(_measure(report, bench_settings(folder, url)))
    shutil.rmtree(folder, ignore_errors=True)
    return report.end()


async def _measure(report: Report, settings: Settings) -> None:
    count = SIZES[report.scale]
    async with connected(settings) as parts:
        place = await _set_up(parts, settings)
        warm = _arrivals(place, 2_000)
        await _deliver(place, warm)
        await _drain(place)
        await _door(report, place, count)
        await _whole(report, place, await _threading(report, place, count))
        await _http(report, place, HTTP_SIZES[report.scale])


async def _set_up(parts: Parts, settings: Settings) -> Place:
    async with parts.database.transaction() as tx:
        teams = await add_teams(tx, TEAMS)
    agents = await add_agents(parts, [[teams[number % TEAMS]] for number in range(AGENTS)], capacity=0)
    channels = [await make_channel(parts, "api", team) for team in teams]
    key = await make_key(parts, agents[0].actor)
    return Place(parts, settings, channels, agents, key, random.Random(SEED))


def _arrivals(place: Place, count: int) -> list[Arrival]:
    made, known, now = [], max(int(count * NEW_SHARE), 1), utc_now()
    name = place.dice.randrange(10**9)
    for number in range(count):
        channel = place.channels[number % TEAMS]
        who = f"{name}-{number if number < known else place.dice.randrange(known)}"
        sender = Sender("external", who, str(channel.id), is_verified=True, name=f"Customer {who}")
        message = InboundMessage(sender, text(place.dice), now, conversation=f"customer:{who}")
        made.append(Arrival(channel.id, str(uuid.UUID(int=place.dice.getrandbits(128))), message))
    place.dice.shuffle(made)
    return made


async def _deliver(place: Place, arrivals: Sequence[Arrival]) -> None:
    for start in range(0, len(arrivals), 1_000):
        async with place.parts.database.transaction() as tx:
            await receive(tx, arrivals[start : start + 1_000], now=utc_now())


async def _drain(place: Place) -> int:
    taken = 0
    while found := await take_in(place.parts.database, place.parts.clock):
        taken += found.rows
    return taken


async def _door(report: Report, place: Place, count: int) -> None:
    made = _arrivals(place, count)
    arrivals, waits = iter(made), []

    async def produce() -> None:
        for one in arrivals:
            started = time.perf_counter()
            await place.parts.door.receive(one)
            waits.append(time.perf_counter() - started)

    started = time.perf_counter()
    await asyncio.gather(*(produce() for _ in range(PRODUCERS)))
    rate = count / (time.perf_counter() - started)
    async with place.parts.database.transaction() as tx:
        await tx.execute("delete from inbox where state = 'waiting'")
    messages = [one.message for one in made if one.message is not None]
    limit = await limits.copy_inbox(place.parts.database, made[0].channel_id, messages, PRODUCERS)
    report.beside("(a) durable acknowledgements in process", rate, limit, "COPY into inbox", reach=20_000)
    times = spread(waits)
    report.say(f"    acknowledged after p50 {times['p50_ms']} ms (to reach 10), p99 {times['p99_ms']} ms")
    report.keep({"ack_per_s": round(rate), "ack_limit_per_s": round(limit), "ack_ratio": ratio(rate, limit)})
    report.keep({"ack_p50_ms": times["p50_ms"], "ack_p99_ms": times["p99_ms"]})


async def _threading(report: Report, place: Place, count: int) -> float:
    await _deliver(place, _arrivals(place, count))
    before = await limits.mark(place.parts)
    started = time.perf_counter()
    taken = await _drain(place)
    rate = taken / (time.perf_counter() - started)
    limit = await limits.copy_again(place.parts, before, count)
    report.beside("(b) messages threaded to tickets", rate, limit, "the same rows by COPY", reach=5_000)
    report.keep({"threaded_per_s": round(rate), "limit_per_s": round(limit), "ratio": ratio(rate, limit)})
    return limit


class Screen:
    """The far end of a stream: counts what arrives on an agent's screen."""

    def __init__(self) -> None:
        self.received = 0

    async def send(self, event: Any) -> None:
        """Take a piece of the stream."""
        self.received += len(event.get("body", b""))


async def _whole(report: Report, place: Place, limit: float) -> None:
    """Hold intake back while the worker starts and messages gather; then the worker works and the screens here hear."""
    parts, count = place.parts, SIZES[report.scale]
    async with parts.database.transaction() as tx:
        await tx.execute("update person set capacity_points = 1000")
        await tx.execute(
            "update presence set seen_at = %(now)s + interval '1 hour', state = 'online'", {"now": utc_now()}
        )
        await tx.execute("update ticket set assignee_id = 1 where assignee_id is null and is_open")
    hub, screens = build_hub(parts), [Screen() for _ in place.agents]
    holder = await parts.database.connect()
    await holder.execute(f"select pg_advisory_lock({LOCK_INTAKE})")
    with processes(place.settings, "--work", "--background"):
        await _deliver(place, _arrivals(place, count))
        await _until_waits(parts)
        await parts.bus.start()
        await hub.start()
        for agent, screen in zip(place.agents, screens, strict=True):
            await hub.join(Stream(screen.send, actor=agent.actor), last_seq=None)
        started = time.perf_counter()
        await holder.execute(f"select pg_advisory_unlock({LOCK_INTAKE})")
        parts.bus.wake("intake")
        while not await _is_whole(parts, hub):
            await asyncio.sleep(0.02)
        rate = count / (time.perf_counter() - started)
        await hub.stop()
        await parts.bus.stop()
    await holder.close()
    assert all(screen.received for screen in screens)
    report.beside("(c) whole way to a routed ticket on screens", rate, limit, "threaded rows by COPY", reach=3_000)
    report.keep({"routed_per_s": round(rate), "routed_ratio": ratio(rate, limit)})


async def _until_waits(parts: Parts) -> None:
    """Until the worker is there and has numbered what lies in the log."""
    while b"worker is ready" not in (parts.settings.data / "serve.log").read_bytes():
        await asyncio.sleep(0.05)
    while await _ask(parts, "select exists (select from event_new)"):
        await asyncio.sleep(0.05)


async def _is_whole(parts: Parts, hub: Hub) -> bool:
    waits = """
        select exists (select from inbox where state = 'waiting') or exists (select from event_new)
            or exists (select from ticket where assignee_id is null and category in ('new', 'open'))"""
    if await _ask(parts, waits):
        return False
    return hub.cursor >= await _ask(parts, "select seq from event_head")


async def _ask(parts: Parts, sql: str) -> int:
    async with parts.database.transaction() as tx:
        return await value(tx, int, f"select ({sql})::int") or 0


async def _http(report: Report, place: Place, count: int) -> None:
    with processes(place.settings, "--web"):
        await until_ready(place.settings)
        numbers, waits = itertools.count(), []
        headers = {"Authorization": f"Bearer {place.key}"}

        async def produce() -> None:
            client = Client(HOST, place.settings.port, headers)
            for number in iter(lambda: next(numbers), None):
                if number >= count:
                    break
                data = {"customer": {"external_id": f"http-{number % 500}"}, "text": "The machine leaks."}
                path = f"/api/v1/channels/{place.channels[number % TEAMS].id}/messages"
                started = time.perf_counter()
                answer = await client.request("POST", path, data, {"Idempotency-Key": f"http-key-{number}"})
                waits.append(time.perf_counter() - started)
                assert answer.status == 202, answer  # noqa: PLR2004  # taken
            client.close()

        started = time.perf_counter()
        await asyncio.gather(*(produce() for _ in range(HTTP_CLIENTS)))
        rate = count / (time.perf_counter() - started)
    times = spread(waits)
    report.say(f"    by HTTP, {HTTP_CLIENTS} clients: {rate:,.0f}/s, p50 {times['p50_ms']}, p99 {times['p99_ms']} ms")
    report.keep({"http_ack_per_s": round(rate), "http_ack_p50_ms": times["p50_ms"]})
