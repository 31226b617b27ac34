"""``kill -9`` of every process at random moments under load: what was acknowledged is there once, in order.

``ombud up`` itself is under test: it has to notice the death
    and start again what was killed. The figure is correctness;
there is no limit to measure beside it but the time in which the desk is ready again.
"""

import argparse
import asyncio
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import _crash_check as check
from benchmarks._crash_load import Follower, Load, Outside, following, outside
from benchmarks._desk import HOST, Agent, add_agents, bench_folder, bench_settings, connected, make_channel, make_key
from benchmarks._figures import Report, percentile
from benchmarks._http import Client
from ombud.channels.chat import tokens
from ombud.config.parts import Parts
from ombud.config.settings import Settings
from ombud.shared.leash import leashed
from ombud.shared.postgres import url_of
from ombud.shared.postgres.leftovers import postmaster_pid, processes_of

ROUNDS = {"quick": 10, "full": 100}
TARGETS = ("web", "worker", "background", "postgres", "backend", "all")
LOAD_SECONDS = (0.4, 1.6)
READY_WITHIN_SECONDS = 60.0
CUSTOMERS, VISITORS, MAIL_TICKETS = 8, 24, 6
SEED = 7


def main(arguments: argparse.Namespace) -> int:
    """Run the rounds; fails when something was lost, doubled or reordered."""
    report = Report("crash", arguments)
    folder = bench_folder("crash")
    shutil.rmtree(folder, ignore_errors=True)
    settings = bench_settings(bench_folder("crash"), undo_seconds=0, trusted_proxies="127.0.0.0/8")
    with outside() as world, _up(settings) as desk:
        run = asyncio.run(_run(report, settings, desk, world))
    _print(report, run)
    shutil.rmtree(folder, ignore_errors=True)
    verdict = run.verdict
    return report.end() or int(bool(verdict.lost or verdict.doubled or verdict.reordered))


@dataclass
class Run:
    """One run of the bench."""

    verdict: check.Verdict = field(default_factory=check.Verdict)
    kills: list["Kill"] = field(default_factory=list)
    rounds: int = 0
    attempts: int = 0
    mails: int = 0
    resumed: int = 0


@dataclass(frozen=True)
class Kill:
    """What one kill did: how long it took until all worked again, and what was lost, doubled or reordered by it."""

    target: str
    ready_seconds: float
    wrongs: int


@contextlib.contextmanager
def _up(settings: Settings) -> Iterator["subprocess.Popen[bytes]"]:
    """``ombud up`` on a data folder of its own."""
    command = [sys.executable, "-P", "-m", "ombud", "up", "--no-build"]
    with (settings.data / "up.log").open("wb") as log:
        environment = {**os.environ, **settings.environment()}
        process = subprocess.Popen(
            leashed(command), env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, process_group=0
        )
        try:
            _wait_for_line(settings.data / "up.log", b"Ctrl-C stops", process)
            yield process
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(40)
            process.kill()
            process.wait()


def _wait_for_line(log: Path, words: bytes, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + READY_WITHIN_SECONDS
    while words not in log.read_bytes():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(log.read_text(errors="replace"))
        time.sleep(0.05)


async def _run(report: Report, settings: Settings, desk: "subprocess.Popen[bytes]", world: Outside) -> Run:
    url = url_of(settings.postgres_home)
    run, ledger, dice = Run(), check.Ledger(), random.Random(SEED)
    settings = settings.using(url)
    async with connected(settings, max_connections=2) as parts:
        load, followers, probe = await _set_up(parts, settings, world)
    wanted = ROUNDS[report.scale]
    async with following(followers):
        while any(one.begun_at < 0 for one in followers):
            await asyncio.sleep(0.02)
        for number in range(wanted):
            target = dice.choice(TARGETS) if number >= len(TARGETS) else TARGETS[number]
            load.going.set()
            await asyncio.sleep(dice.uniform(*LOAD_SECONDS))
            before = check.wrongs(run.verdict, followers)
            ready = await _kill(target, desk, settings, probe, dice)
            await load.settle()
            await check.until_settled(url)
            await check.look_everywhere(url, ledger, load.talks, followers, run.verdict)
            run.kills.append(Kill(target, ready, check.wrongs(run.verdict, followers) - before))
            report.say(f"round {number + 1}: killed {target}, ready again after {ready:.2f} s")
        await load.stop()
    run.rounds, run.attempts, run.mails = wanted, load.attempts, sum(world.received.values())
    run.resumed = sum(one.resumed for one in followers)
    check.close_streams(followers, run.verdict)
    check.close_mails(await check.ask(url, check.MAILS), world, run.verdict)
    return run


async def _set_up(parts: Parts, settings: Settings, world: Outside) -> tuple[Load, list[Follower], "Probe"]:
    load = Load(settings.port)
    agents = await add_agents(parts, [[1]] * 4)
    key = await make_key(parts, agents[0].actor)
    api = await make_channel(parts, "api")
    chat = await make_channel(parts, "chat")
    smtp = {"host": HOST, "port": world.port, "security": "none", "username": ""}
    mailbox = await make_channel(parts, "email", address="help@desk.example", smtp=smtp)
    probe = Probe(load, api.id, key)
    await probe.measure()
    tickets = [await _open_mail_ticket(load, agents[0], mailbox.id, number) for number in range(MAIL_TICKETS)]
    for number in range(CUSTOMERS):
        load.add_customer(number, api.id, key)
    load.add_answers(agents[0], tickets[: MAIL_TICKETS // 2], "mail of agent 0")
    load.add_answers(agents[1], tickets[MAIL_TICKETS // 2 :], "mail of agent 1")
    load.add_answers(agents[2], [await probe.ticket()], "answer of agent 2")
    visitors = [await load.add_visitor(number, chat.public_key or "") for number in range(VISITORS)]
    followers = [Follower(settings.port, "/api/v1/stream", one.headers) for one in agents[1:]]
    for headers in visitors[:4]:
        visitor = tokens.read(parts.key_ring, headers["Authorization"].split()[1], now=parts.clock.now())
        followers.append(Follower(settings.port, "/widget/v1/stream", headers, topic=visitor.topic))
    return load, followers, probe


async def _open_mail_ticket(load: Load, agent: Agent, channel_id: int, number: int) -> int:
    data = {
        "customer": {"name": f"Rosa {number}", "email": f"rosa{number}@example.com"},
        "subject": f"Delivery {number}",
        "text": f"opening {number} 000000",
        "team_id": 1,
        "channel_id": channel_id,
        "write_as": "reply",
        "client_key": str(uuid.uuid4()),
    }
    client = Client(HOST, load.port)
    made = await load.insist(client, "POST", "/api/v1/tickets", data, agent.headers)
    client.close()
    return int(made["id"])


class Probe:
    """Asks whether the whole way works: a message is taken at the door and becomes part of a ticket."""

    def __init__(self, load: Load, channel_id: int, key: str) -> None:
        self._load = load
        self._path = f"/api/v1/channels/{channel_id}/messages"
        self._headers = {"Authorization": f"Bearer {key}"}
        self._talk = load.talk("probe")
        self._ticket_id = 0

    async def measure(self) -> float:
        """Seconds until a message that is sent now has become part of a ticket."""
        started = time.monotonic()
        client, text = Client(HOST, self._load.port), self._talk.next_text()
        data = {"customer": {"external_id": "probe"}, "text": text}
        headers = {**self._headers, "Idempotency-Key": str(uuid.uuid4())}
        receipt = await self._load.insist(client, "POST", self._path, data, headers)
        self._talk.acknowledged.append(text)
        while True:
            path = f"/api/v1/receipts/{receipt['receipt']}"
            found = await self._load.insist(client, "GET", path, None, self._headers)
            if found["state"] == "done":
                break
            await asyncio.sleep(0.01)
        client.close()
        self._ticket_id = found["ticket_id"]
        return time.monotonic() - started

    async def ticket(self) -> int:
        """The ticket of the probe's messages."""
        return self._ticket_id


async def _kill(
    target: str, desk: "subprocess.Popen[bytes]", settings: Settings, probe: Probe, dice: random.Random
) -> float:
    """Kill something; seconds until the whole way works again."""
    victims = find_victims(target, desk.pid, settings.postgres_home / "cluster", dice)
    assert victims, target
    for pid in victims:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(READY_WITHIN_SECONDS):
        return await probe.measure()


def find_victims(target: str, leader: int, cluster: Path, dice: random.Random) -> Sequence[int]:
    """The processes of a target below ``ombud up``; a random one of the server's children for ``backend``."""
    postmaster = postmaster_pid(cluster) or 0
    found = {
        "web": [pid for pid in children(leader) if b"--web" in command_of(pid)],
        "worker": [pid for pid in children(leader) if b"--work" in command_of(pid)],
        "background": [pid for pid in children(leader) if b"--background" in command_of(pid)],
        "postgres": [postmaster],
        "backend": [pid for pid in processes_of(cluster) if pid != postmaster],
    }
    if target == "all":
        return [*found["web"], *found["worker"], *found["background"], *found["postgres"]]
    return [dice.choice(found[target])] if found[target] else []


def children(pid: int) -> list[int]:
    """Child processes of a process."""
    with contextlib.suppress(FileNotFoundError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def command_of(pid: int) -> bytes:
    """The command line of a process."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def by_target(kills: Sequence[Kill]) -> list[str]:
    """One line for each kind of kill."""
    lines = []
    for target in TARGETS:
        own = [one for one in kills if one.target == target]
        if own:
            seconds = [one.ready_seconds for one in own]
            lines.append(
                f"{target}: killed {len(own)} times, ready again after {percentile(seconds, 0.5):.2f} s (median),"
                f" {max(seconds):.2f} s (worst); lost, doubled or reordered: {sum(one.wrongs for one in own)}"
            )
    return lines


def _print(report: Report, run: Run) -> None:
    verdict = run.verdict
    report.say(
        f"{verdict.acknowledged:,} acknowledged in {run.attempts:,} attempts, {run.mails:,} mails out,"
        f" {run.resumed} streams resumed"
    )
    for line in [*verdict.told[:20], *by_target(run.kills)]:
        report.say(line)
    worst = max(one.ready_seconds for one in run.kills)
    report.say(
        f"lost {verdict.lost}, doubled {verdict.doubled}, reordered {verdict.reordered} (to reach: 0);"
        f" unconfirmed mails {verdict.unconfirmed}; ready again within {worst:.2f} s (to reach: 5 s)"
    )
    report.keep(
        {
            "rounds": run.rounds,
            "lost": verdict.lost,
            "doubled": verdict.doubled,
            "reordered": verdict.reordered,
            "unconfirmed": verdict.unconfirmed,
            "ready_s_max": round(worst, 2),
        }
    )
