"""Calls of signed-in agents on a desk: inbox page, ticket page, reply, note; at half of the capacity."""

import argparse
import asyncio
import itertools
import os
import random
import shutil
import subprocess
import time
import uuid
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks._desk import HOST, Agent, bench_settings, connected, processes, sign_in, until_ready
from benchmarks._figures import Number, Report, cpu_seconds, spread
from benchmarks._http import Client
from benchmarks._seed import AGENTS, SIZES, seeded
from ombud.config.settings import Settings
from ombud.shared.database import Transaction, value
from ombud.tickets.queries import lists

CLOSED_SECONDS = {"quick": 5, "full": 15, "disk": 15}
OPEN_SECONDS = {"quick": 12, "full": 60, "disk": 60}
WARM_SECONDS = 2
AT_ONCE = 16
CONNECTIONS = 64
SEED = 5
# What agents do: they look more than they write.
MIX = {"inbox page": 40, "ticket page": 30, "reply": 15, "note": 15}
WRITES, LISTS = ("reply", "note"), ("inbox page",)
PGBENCH = ("/usr/lib/postgresql/18/bin", "/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/15/bin")
CLIENT_ERROR = 400
# The statements of a note, as one agent after the other sends them.
NOTE = r"""
\set t random(1, {count})
begin;
select id, subject, status_id, category, priority, team_id, assignee_id, customer_id, channel_id, brand_id, tags,
    snoozed_until, waiting_since, last_message_id, load_points, version from ticket where id = :t for update;
insert into entry (ticket_id, kind, author_kind, author_id, at, text, details)
    values (:t, 'note', 'person', 1, now(), 'A note of the limit.', '{{}}') returning id;
delete from draft where ticket_id = :t and person_id = 1 and kind = 'note';
insert into event_new (kind, ticket_id, team_id, actor_kind, actor_id, at, data)
    values ('note_added', :t, 1, 'person', 1, now(), '{{}}');
select e.id, e.ticket_id, e.kind, e.at, e.text, e.details from entry e where e.ticket_id = :t
    order by e.id desc limit 1;
commit;
"""


def main(arguments: argparse.Namespace) -> int:
    """Find the capacity, then measure latency at half of it."""
    report = Report("api", arguments)
    count = SIZES[report.scale]
    with seeded(report, count) as (folder, url):
        asyncio.run(_measure(report, bench_settings(folder, url), count))
    return report.end()


@dataclass
class Desk:
    """The agents at work, and what their calls took."""

    port: int
    agents: list[Agent]
    tickets: dict[int, Sequence[int]]
    dice: random.Random = field(default_factory=lambda: random.Random(SEED))
    waits: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in MIX})
    failed: int = 0

    async def call(self, client: Client, kind: str, due: float) -> None:
        """One call of one agent; its time counts from when it was due."""
        agent = self.dice.choice(self.agents)
        ticket = self.dice.choice(self.tickets[agent.id])
        for method, path, data in requests_of(kind, ticket):
            answer = await client.request(method, path, data, agent.headers)
            self.failed += answer.status >= CLIENT_ERROR
        self.waits[kind].append(time.perf_counter() - due)

    def mixed(self) -> str:
        """The next call, by the shares of the mix."""
        return self.dice.choices(list(MIX), list(MIX.values()))[0]


def requests_of(kind: str, ticket: int) -> list[tuple[str, str, object]]:
    """The requests of one call; a ticket page is the ticket and its timeline."""
    path, key = f"/api/v1/tickets/{ticket}", str(uuid.uuid4())
    if kind == "inbox page":
        return [("GET", "/api/v1/tickets?view=open&limit=50", None)]
    if kind == "ticket page":
        return [("GET", path, None), ("GET", f"{path}/timeline?limit=50", None)]
    if kind == "reply":
        return [("POST", f"{path}/replies", {"text": "It comes tomorrow.", "client_key": key, "force": True})]
    return [("POST", f"{path}/notes", {"text": "Called the carrier.", "client_key": key})]


async def _measure(report: Report, settings: Settings, count: int) -> None:
    async with connected(settings, max_connections=2) as parts, parts.database.transaction() as tx:
        # Nobody is given work meanwhile: ten thousand waiting tickets would be dealt out beside the measurement.
        await tx.execute("update person set capacity_points = 0")
        agents = [await sign_in(tx, parts, number) for number in range(2, AGENTS)]
        tickets = {one.id: await _own_tickets(tx, one) for one in agents}
    desk = Desk(settings.port, [one for one in agents if tickets[one.id]], tickets)
    seconds = CLOSED_SECONDS[report.scale]
    with processes(settings) as (web, *_):
        await until_ready(settings)
        await _closed(desk, desk.mixed, WARM_SECONDS)
        writes = await _closed(desk, lambda: desk.dice.choice(WRITES), seconds)
        found = await _closed(desk, lambda: LISTS[0], seconds)
        capacity = await _closed(desk, desk.mixed, seconds)
        desk.waits, desk.failed = {kind: [] for kind in MIX}, 0
        busy = await _busy(web, _open(desk, capacity / 2, OPEN_SECONDS[report.scale]), OPEN_SECONDS[report.scale])
    report.say(f"capacity of the mix {capacity:,.0f} calls/s; measured at {capacity / 2:,.0f}/s, {busy}")
    _print(report, desk, count)
    write_limit = await _limit(settings, NOTE.format(count=count), seconds)
    list_limit = await _limit(settings, _list_script(agents[0]), seconds)
    share = report.beside("writes (reply, note)", writes, write_limit, "pgbench, statements of a note")
    list_share = report.beside("inbox pages", found, list_limit, "pgbench, the same statement")
    report.keep(
        {"capacity_per_s": round(capacity), "rate_per_s": round(capacity / 2), "limit_per_s": round(write_limit)}
    )
    report.keep({"ratio": share, "list_limit_per_s": round(list_limit), "list_ratio": list_share})


async def _busy(web: int, work: Coroutine[None, None, None], seconds: float) -> str:
    """Do some work, and say what of the cores it shares with the server it took for itself."""
    before = cpu_seconds(web), cpu_seconds(os.getpid())
    await work
    after = cpu_seconds(web), cpu_seconds(os.getpid())
    served, called = ((end - start) / seconds for start, end in zip(before, after, strict=True))
    return f"web {served:.2f} cores, this generator of calls {called:.2f}"


async def _own_tickets(tx: Transaction, agent: Agent) -> Sequence[int]:
    sql = """
        select coalesce(array_agg(id), '{}') from (select id from ticket
            where team_id = any(%(teams)s) and is_open order by activity_at desc limit 400) t"""
    return await value(tx, list[int], sql, {"teams": agent.actor.visible_teams()}) or []


async def _closed(desk: Desk, choose: Callable[[], str], seconds: float) -> float:
    """Calls/s when some agents call one after the other, without a pause."""
    end, done = time.perf_counter() + seconds, itertools.count()

    async def work() -> None:
        client = Client(HOST, desk.port)
        while time.perf_counter() < end:
            await desk.call(client, choose(), time.perf_counter())
            next(done)
        client.close()

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return next(done) / seconds


async def _open(desk: Desk, rate: float, seconds: float) -> None:
    """Calls at their due times, whether or not earlier ones were answered."""
    free: asyncio.Queue[Client] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(Client(HOST, desk.port))
    begun, calls = time.perf_counter() + 0.1, []

    async def call(due: float) -> None:
        client = await free.get()
        await desk.call(client, desk.mixed(), due)
        free.put_nowait(client)

    for number in range(int(rate * seconds)):
        due = begun + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        calls.append(asyncio.create_task(call(due)))
    await asyncio.gather(*calls)
    while not free.empty():
        free.get_nowait().close()


def _print(report: Report, desk: Desk, count: int) -> None:
    figures: dict[str, Number] = {}
    for kind, waits in desk.waits.items():
        times = spread(waits)
        report.say(f"{kind:<11} p50 {times['p50_ms']:6} ms, p95 {times['p95_ms']:6} ms, p99 {times['p99_ms']:6} ms")
        figures[f"{kind.replace(' ', '_')}_p95_ms"] = times["p95_ms"]
    whole = spread([wait for waits in desk.waits.values() for wait in waits])
    report.say(f"all calls   p95 {whole['p95_ms']} ms (to reach 30); {desk.failed} failed")
    report.keep({**whole, "tickets": count, "failed": desk.failed, **figures})


def _list_script(agent: Agent) -> str:
    """The statement of the inbox page with its values written in, for a random agent's teams."""
    teams = ",".join(map(str, sorted(agent.actor.team_ids or ())))
    sql = lists.by_team_statement("open")
    for name, text in {"teams": f"'{{{teams}}}'", "limit": "51", "me": str(agent.id)}.items():
        sql = sql.replace(f"%({name})s", text)
    return " ".join(sql.split()) + ";\n"


async def _limit(settings: Settings, script: str, seconds: int) -> float:
    """Transactions/s of pgbench with a script."""
    program = shutil.which("pgbench", path=os.pathsep.join([*PGBENCH, os.environ.get("PATH", "")]))
    if program is None:
        return 0.0
    path = Path(settings.data) / "limit.sql"
    path.write_text(script)
    options = ["-n", "-M", "prepared", "-c", str(AT_ONCE), "-j", "2", "-T", str(seconds), "-f", str(path)]
    done = await asyncio.to_thread(
        subprocess.run, [program, *options, settings.database_url], check=False, capture_output=True, text=True
    )
    line = next((one for one in done.stdout.splitlines() if one.startswith("tps")), "")
    assert line, done.stderr
    return float(line.split()[2])
