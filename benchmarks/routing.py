"""Routing: how many decisions a second, how near to the best assignment, how soon after arrival, and never twice.

1,000 agents with six of 30 skills each, 10,000 pieces of work that each ask for one or two. The steady state is a desk
on PostgreSQL: agents end work, new work comes in, the router gives out what can be given, each round committed.
"""

import argparse
import asyncio
import shutil
import time
from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks._desk import bench_folder, bench_settings, connected, database
from benchmarks._figures import Report, percentile
from benchmarks._routing_crowd import run_crowd
from benchmarks._routing_desk import Ground, arrive, end_work, lay_ground
from ombud.config.parts import Parts
from ombud.config.settings import Settings
from ombud.routing.engine.rules import decide, why_not
from ombud.routing.engine.rules.deciding import decide_on
from ombud.routing.engine.rules.fitness import value
from ombud.routing.engine.rules.kinds import Floor
from ombud.routing.engine.schemas import Agent, Decision, Need, Step, Work
from ombud.routing.engine.services import route
from ombud.routing.engine.services import routing as router
from ombud.routing.engine.services.preparing import prepare
from ombud.shared.clock import utc_now
from ombud.shared.database import values

AGENTS, WAITING, SKILLS = 1_000, 10_000, 30
REACH_PER_S, REACH_OPTIMALITY, REACH_P99_MS, ARRIVALS_PER_S = 5_000, 0.98, 200.0, 200
ROUNDS = {"quick": 8, "full": 60}
SECONDS = {"quick": 8, "full": 30}
CROWD_STEPS = {"quick": 1_500, "full": 100_000}
HALF, PATIENCE_SECONDS = 0.5, 120.0
FREED = 500
OUT_OF_REACH = (
    """update work_wait set look_at = '-infinity',
        steps = jsonb_build_array(jsonb_build_object('need',
            jsonb_build_object('skill_id', 1 + ticket_id % 30, 'level', 9)))""",
    "update person set capacity_points = capacity_points + 40 where role = 'agent'",
)
WAIT_STILL = "select ticket_id from work_wait where ticket_id = any(%(ids)s::bigint[])"


def main(arguments: argparse.Namespace) -> int:
    """Measure the core, then a desk of its own, which is thrown away."""
    report = Report("routing", arguments)
    _core(report)
    folder = bench_folder("routing")
    shutil.rmtree(folder, ignore_errors=True)
    folder = bench_folder("routing")
    with database(folder) as url:
        settings = bench_settings(folder, url)
        asyncio.run(_measure(report, settings))
        asyncio.run(_crowd(report, settings))
    shutil.rmtree(folder, ignore_errors=True)
    return report.end()


def _core(report: Report) -> None:
    works, agents = snapshot(WAITING, AGENTS)
    started = time.perf_counter()
    decisions = decide(works, agents, now=0.0)
    seconds = time.perf_counter() - started
    ours = sum(one.value for one in decisions)
    started = time.perf_counter()
    best = exact(works, agents)
    exact_seconds = time.perf_counter() - started
    report.say(
        f"one snapshot of {WAITING:,} x {AGENTS:,}: {len(decisions):,} decisions in {seconds * 1000:,.0f} ms "
        f"({len(decisions) / seconds:,.0f}/s); the exact solver takes {exact_seconds:,.1f} s"
    )
    report.say(f"value of the assignment: {ours / best:.4f} of the best (to reach {REACH_OPTIMALITY})")
    report.keep({"optimality": round(ours / best, 5), "snapshot_per_s": round(len(decisions) / seconds)})


def snapshot(waiting: int, agents: int, *, seed: int = 7) -> tuple[list[Work], list[Agent]]:
    """Work and agents with room for one piece each, the same for the same numbers."""
    chance = np.random.default_rng(seed)
    people = [
        Agent(
            id=number,
            team_ids=(1 + number % 4,),
            skills={int(skill): int(chance.integers(1, 6)) for skill in 1 + chance.permutation(SKILLS)[:6]},
            idle_since=-float(chance.integers(0, 600)),
        )
        for number in range(1, agents + 1)
    ]
    works = [
        Work(
            id=number,
            team_ids=(1 + number % 4,),
            score=round(float(chance.gamma(3, 25)), 2),
            eligible_at=-float(chance.integers(0, 120)),
            steps=_steps(int(chance.integers(1, SKILLS + 1)), int(chance.integers(1, 5)), bool(chance.integers(0, 3))),
        )
        for number in range(1, waiting + 1)
    ]
    return works, people


def _steps(skill: int, level: int, is_plain: bool) -> tuple[Step, ...]:
    need = Need(skill, level)
    if not is_plain:
        need = Need(all_of=(need, Need(1 + skill % SKILLS, 1)))
    return (Step(need, 60.0), Step(Need(skill, 1), 60.0))


def exact(works: Sequence[Work], agents: Sequence[Agent]) -> float:
    """The value of the best assignment there is, agents having room for one piece each."""
    total = 0.0
    for team in range(1, 5):
        ours = [one for one in works if one.team_ids == (team,)]
        people = [one for one in agents if one.team_ids == (team,)]
        table = np.array([[0.0 if why_not(work, one, 0.0) else value(work, one) for work in ours] for one in people])
        total += float(table[linear_sum_assignment(table, maximize=True)].sum())
    return total


async def _measure(report: Report, settings: Settings) -> None:
    async with connected(settings, max_connections=6) as parts:
        ground = await lay_ground(parts, agents=AGENTS, waiting=WAITING, skills=SKILLS)
        await _prepare_all(parts)
        await _steady(report, parts, ground)
        waits = await _arrivals(report, parts, ground)
    p50, p99 = percentile(waits, HALF) * 1000, percentile(waits, 0.99) * 1000
    report.say(
        f"from eligible to assigned at {ARRIVALS_PER_S} arrivals/s, {WAITING:,} waiting: p50 {p50:.0f} ms, "
        f"p99 {p99:.0f} ms (to reach {REACH_P99_MS:.0f})"
    )
    report.keep({"p99_ms": round(p99, 1), "p50_ms": round(p50, 1)})


async def _prepare_all(parts: Parts) -> None:
    while True:
        async with parts.database.transaction() as tx:
            if not await prepare(tx, now=utc_now()):
                return


async def _steady(report: Report, parts: Parts, ground: Ground) -> None:
    """Decisions a second: of the core alone, and committed with claim, timeline, record, event and notification."""
    given, seconds, deciding = 0, 0.0, 0.0

    def timed(floor: Floor, works: Sequence[Work], *, now: float) -> list[Decision]:
        nonlocal deciding
        started = time.perf_counter()
        decided = decide_on(floor, works, now=now)
        deciding += time.perf_counter() - started
        return decided

    # The product's own, with a watch beside it.
    vars(router)["decide_on"] = timed
    await _run_dry(parts)
    deciding = 0.0
    for _ in range(ROUNDS[report.scale]):
        await end_work(parts, FREED)
        await arrive(parts, ground, FREED)
        started = time.perf_counter()
        given += await _run_dry(parts)
        seconds += time.perf_counter() - started
    report.say(
        f"steady state, {FREED} agents free at a time: {given:,} decisions, {given / deciding:,.0f}/s decided "
        f"(to reach {REACH_PER_S:,}), {given / seconds:,.0f}/s decided and committed"
    )
    report.keep({"decisions_per_s": round(given / deciding), "committed_per_s": round(given / seconds)})


async def _run_dry(parts: Parts) -> int:
    total = 0
    while True:
        async with parts.database.hot_transaction() as tx:
            given = await route(tx, now=utc_now(), limit=1_000)
        total += given
        if not given:
            return total


async def _arrivals(report: Report, parts: Parts, ground: Ground) -> list[float]:
    """Seconds from each ticket's commit to its agent's, while the router runs as the worker runs it."""
    count = ARRIVALS_PER_S * SECONDS[report.scale]
    # What waits by now waits on: for a level that nobody has. There is room for what comes.
    async with parts.database.transaction() as tx:
        for sql in OUT_OF_REACH:
            await tx.execute(sql)
    await _prepare_all(parts)
    await _run_dry(parts)
    woken = asyncio.Event()
    came: dict[int, float] = {}

    async def come() -> None:
        start = time.perf_counter()
        for number in range(count // 4):
            await asyncio.sleep(max(start + number * 4 / ARRIVALS_PER_S - time.perf_counter(), 0))
            ids = await arrive(parts, ground, 4, is_easy=True)
            came.update(dict.fromkeys(ids, time.perf_counter()))
            woken.set()

    took: list[float] = []
    task = asyncio.create_task(come())
    end = time.perf_counter() + SECONDS[report.scale] + PATIENCE_SECONDS
    while len(took) < count and time.perf_counter() < end:
        await asyncio.wait_for(woken.wait(), timeout=PATIENCE_SECONDS)
        woken.clear()
        async with parts.database.hot_transaction() as tx:
            await route(tx, now=utc_now())
        now = time.perf_counter()
        known = list(came)
        async with parts.database.transaction() as tx:
            left = await values(tx, int, WAIT_STILL, {"ids": known})
        took += [now - came.pop(ticket) for ticket in known if ticket not in set(left)]
        if left:
            woken.set()
    await task
    return took


async def _crowd(report: Report, settings: Settings) -> None:
    steps = CROWD_STEPS[report.scale]
    found = await run_crowd(settings, workers=8, steps=steps)
    report.say(
        f"8 workers, {found.steps:,} random steps, {found.kills} kills: {found.given:,} given, {found.doubled} twice, "
        f"{found.overloaded} agents above their capacity"
    )
    report.keep(
        {"crowd_steps": found.steps, "kills": found.kills, "doubled": found.doubled, "overloaded": found.overloaded}
    )
