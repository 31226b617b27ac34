"""How long it takes from a visitor's message to an agent's screen, with the real processes, at a steady rate."""

import argparse
import asyncio
import os
import shutil
import time
import uuid
from dataclasses import dataclass, field

import psycopg

from benchmarks._desk import (
    HOST,
    Agent,
    add_agents,
    bench_folder,
    bench_settings,
    connected,
    database,
    make_channel,
    processes,
    until_ready,
)
from benchmarks._figures import Report, cpu_seconds, percentile, spread
from benchmarks._http import Client, frames
from ombud.config.parts import Parts
from ombud.config.settings import Settings
from ombud.shared.database import value
from ombud.shared.postgres.leftovers import processes_of

SECONDS = {"quick": 20, "full": 120}
WARM_SECONDS = 4
PER_SECOND = 200
# A visitor may write 20 messages at once; each has an address of their own.
MESSAGES_EACH = 15
AGENTS = 10
CONNECTIONS = 48
COMMITS = 200
LATE_SECONDS = 5.0
ACCEPTED, CREATED = 202, 201


def main(arguments: argparse.Namespace) -> int:
    """Send messages at their due times, whether or not earlier ones have arrived, and watch a screen."""
    report = Report("latency", arguments)
    folder = bench_folder("latency")
    shutil.rmtree(folder, ignore_errors=True)
    folder = bench_folder("latency")
    with database(folder) as url:
        asyncio.run(_measure(report, bench_settings(folder, url, trusted_proxies="127.0.0.0/8")))
    shutil.rmtree(folder, ignore_errors=True)
    return report.end()


@dataclass
class Watch:
    """When each message was due, acknowledged, and seen."""

    due: dict[str, float] = field(default_factory=dict)
    acknowledged: list[float] = field(default_factory=list)
    seen: dict[str, float] = field(default_factory=dict)

    async def look(self, agent: Agent, port: int) -> None:
        """Watch one agent's screen."""
        client = Client(HOST, port, agent.headers)
        reader = await client.open_stream("/api/v1/stream")
        async for frame in frames(reader):
            now = time.perf_counter()
            for entry in frame.data.get("entries", ()) if frame.event == "ticket" else ():
                self.seen.setdefault(entry["text"], now)
        client.close()

    @staticmethod
    async def hold(agent: Agent, port: int) -> None:
        """Keep one more screen open, without looking at what comes."""
        client = Client(HOST, port, agent.headers)
        reader = await client.open_stream("/api/v1/stream")
        while await reader.read(1 << 16):
            pass
        client.close()


async def _measure(report: Report, settings: Settings) -> None:
    seconds = SECONDS[report.scale]
    async with connected(settings) as parts:
        agents = await add_agents(parts, [[1]] * AGENTS)
        chat = await make_channel(parts, "chat")
        with processes(settings) as (web, worker, background):
            await until_ready(settings)
            visitors = await _visitors(settings, chat.public_key or "", (seconds + WARM_SECONDS) * PER_SECOND)
            watch = Watch()
            watching = [asyncio.create_task(watch.look(agents[0], settings.port))]
            watching += [asyncio.create_task(watch.hold(one, settings.port)) for one in agents[1:]]
            await asyncio.sleep(1)
            await _send(settings, Watch(), visitors, WARM_SECONDS * PER_SECOND)
            parts_of = {
                "web": [web],
                "worker": [worker],
                "background": [background],
                "PostgreSQL": processes_of(settings.data / "postgres" / "cluster"),
                "this generator and its screens": [os.getpid()],
            }
            before = {name: cpu_seconds(*pids) for name, pids in parts_of.items()}
            await _send(settings, watch, visitors, seconds * PER_SECOND)
            used = {name: (cpu_seconds(*pids) - before[name]) / seconds for name, pids in parts_of.items()}
            report.say("cores used: " + ", ".join(f"{name} {cores:.2f}" for name, cores in used.items()))
            await _until_seen(watch)
            for one in watching:
                assert not one.done(), one
                one.cancel()
        tickets = await _tickets(parts)
        _print(report, watch, await commit_seconds(settings.database_url), tickets)


async def _visitors(settings: Settings, public_key: str, messages: int) -> list[dict[str, str]]:
    found, client = [], Client(HOST, settings.port)
    for number in range(-(-messages // MESSAGES_EACH)):
        headers = {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
        answer = await client.request("POST", f"/widget/v1/{public_key}/visitors", {}, headers)
        assert answer.status == CREATED, answer
        found.append({**headers, "Authorization": f"Bearer {answer.json()['visitor_token']}"})
    client.close()
    return found


async def _send(settings: Settings, watch: Watch, visitors: list[dict[str, str]], count: int) -> None:
    free: asyncio.Queue[Client] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(Client(HOST, settings.port))
    begun = time.perf_counter() + 0.1

    async def write(number: int, due: float) -> None:
        client, key = await free.get(), str(uuid.uuid4())
        watch.due[key] = due
        data = {"client_key": key, "text": key}
        answer = await client.request("POST", "/widget/v1/messages", data, visitors[number % len(visitors)])
        assert answer.status == ACCEPTED, answer
        watch.acknowledged.append(time.perf_counter() - due)
        free.put_nowait(client)

    sending = []
    for number in range(count):
        due = begun + number / PER_SECOND
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        sending.append(asyncio.create_task(write(number, due)))
    await asyncio.gather(*sending)
    while not free.empty():
        free.get_nowait().close()


async def _until_seen(watch: Watch) -> None:
    end = time.monotonic() + LATE_SECONDS
    while watch.due.keys() - watch.seen.keys() and time.monotonic() < end:
        await asyncio.sleep(0.05)


async def _tickets(parts: Parts) -> int:
    async with parts.database.transaction() as tx:
        return await value(tx, int, "select count(*) from ticket") or 0


async def commit_seconds(url: str) -> list[float]:
    """How long one durable commit of one row takes on this machine, one after the other."""
    found = []
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("create table if not exists bench_commit (n int)")
        for number in range(COMMITS):
            started = time.perf_counter()
            await connection.execute("insert into bench_commit values (%s)", [number])
            found.append(time.perf_counter() - started)
        await connection.execute("drop table bench_commit")
    return found


def _print(report: Report, watch: Watch, commits: list[float], tickets: int) -> None:
    waits = [watch.seen[key] - due for key, due in watch.due.items() if key in watch.seen]
    times, lost = spread(waits), len(watch.due) - len(waits)
    # On the way are two commits, one behind the other: at the door, and in intake with the log.
    floor = 2 * percentile(commits, 0.5) * 1000
    report.say(
        f"{len(waits):,} messages at {PER_SECOND}/s from widget to screen: p50 {times['p50_ms']} ms (to reach 15),"
        f" p95 {times['p95_ms']} ms, p99 {times['p99_ms']} ms (to reach 50); not seen: {lost}"
    )
    report.say(f"acknowledged after p50 {percentile(watch.acknowledged, 0.5) * 1000:.1f} ms")
    share = floor / float(times["p50_ms"] or 1)
    report.say(f"limit: two durable commits one after the other take {floor:.1f} ms; ratio {share:.2f}")
    report.keep({**times, "tickets": tickets, "lost": lost, "limit_ms": round(floor, 2), "ratio": round(share, 3)})
