"""A live surge: scripted customers write four times as much, scripted agents answer, a plan is set off and ends.

The real worker takes in, routes, sets the plan off by its warning level and ends it when it is calm. What is asked:
urgent work is begun within its target, nothing is lost, and everything is as it was when the plan has ended.
"""

import argparse
import asyncio
import random
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import msgspec
from psycopg.types.json import Jsonb

from benchmarks._desk import (
    Agent,
    add_agents,
    bench_folder,
    bench_settings,
    connected,
    database,
    make_channel,
    processes,
)
from benchmarks._figures import Report, percentile
from ombud.config.parts import Parts
from ombud.config.settings import Settings
from ombud.customers.schemas import Sender
from ombud.routing.floor.services.presence import choose_presence, note_heartbeat
from ombud.routing.surge.queries import list_runs, my_calls
from ombud.routing.surge.schemas import Bound, CallAnswerIn, Measures, PlanSpec, Run, SurgeThresholds
from ombud.routing.surge.services.calling import answer_call
from ombud.routing.surge.services.plans import make_plan, set_thresholds
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.clock import utc_now
from ombud.shared.database import rows, value, values
from ombud.shared.errors import OmbudError
from ombud.tickets.schemas import InboundMessage, TicketPatch
from ombud.tickets.services.changes import change_ticket
from ombud.tickets.services.intake.door import Arrival


@dataclass(frozen=True)
class Size:
    """How long each part lasts, and how much comes a second outside the peak."""

    before: float
    peak: float
    after: float
    per_second: float
    handling: float


SIZES = {"quick": Size(10, 40, 20, 1.4, 4.0), "full": Size(300, 420, 480, 1.1, 5.0)}
AGENTS, RESERVE = 8, 6
TIMES = 4
VIP_SHARE = 0.08
# Urgent work is begun within so many seconds, nine times in ten.
TARGET_SECONDS = 20.0
LOOK_SECONDS = 0.25
END_WITHIN_SECONDS = 240.0
SETTINGS = ("team", "membership", "agent_routing", "team_routing", "channel", "score_weights", "surge_thresholds")
THRESHOLDS = SurgeThresholds(Bound(waiting=15), Bound(), Bound(), Bound())
PLAN = PlanSpec(
    "Flood",
    "激增",
    30,
    level="blue",
    calm_minutes=1,
    measures=Measures(
        calls_reserve=True,
        more_at_a_time=2,
        priority_points=50,
        priority_tiers=["VIP"],
        park_condition={"field": "priority", "op": "is", "value": 1},
        blocks_breaks=True,
    ),
)


def main(arguments: argparse.Namespace) -> int:
    """Play it on a desk of its own, which is thrown away. ``quick`` takes some two minutes, ``full`` twenty."""
    report = Report("surge", arguments)
    shutil.rmtree(bench_folder("surge"), ignore_errors=True)
    folder = bench_folder("surge")
    with database(folder) as url:
        asyncio.run(_measure(report, bench_settings(folder, url)))
    shutil.rmtree(folder, ignore_errors=True)
    return report.end()


async def _measure(report: Report, settings: Settings) -> None:
    size = SIZES[report.scale]
    async with connected(settings, max_connections=12) as parts:
        desk = await _open_desk(parts, size)
        before = await _picture(parts)
        with processes(settings, "--work", "--background"):
            async with _working(desk):
                await _write_all(desk, size)
                runs = await _until_over(desk)
        after = await _picture(parts)
        waits, vip = await _waits(parts)
        left = await _one(parts, "select count(*) from ticket where category in ('new', 'open')")
        taken = await _one(parts, "select count(*) from ticket")
    report.say(f"{desk.written:,} written, {taken:,} tickets, {left} not solved at the end")
    report.say(f"plan set off {len(runs)} times: {', '.join(f'{one.cause} → {one.end_cause}' for one in runs)}")
    report.say(f"everybody: begun after p50 {percentile(waits, 0.5):.1f} s, p90 {percentile(waits, 0.9):.1f} s")
    report.say(f"VIP ({len(vip)}): p90 {percentile(vip, 0.9):.1f} s (to reach {TARGET_SECONDS:.0f})")
    report.say(f"settings after are those before: {'yes' if before == after else 'NO'}")
    report.keep(
        {
            "written": desk.written,
            "lost": desk.written - taken + left,
            "vip_wait_p90_s": round(percentile(vip, 0.9), 2),
            "wait_p90_s": round(percentile(waits, 0.9), 2),
            "vip_in_time": round(sum(one <= TARGET_SECONDS for one in vip) / max(len(vip), 1), 4),
            "runs": len(runs),
            "is_as_before": int(before == after),
        }
    )


@dataclass
class Desk:
    """The desk with its scripted people."""

    parts: Parts
    channel_id: int
    agents: list[Agent]
    reserve: list[Agent]
    status_id: int
    handling: float
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    written: int = 0
    in_hand: dict[int, float] = field(default_factory=dict)


async def _open_desk(parts: Parts, size: Size) -> Desk:
    channel = await make_channel(parts, "chat", 1)
    agents = await add_agents(parts, [[1]] * AGENTS, capacity=4)
    async with parts.database.transaction() as tx:
        team = await value(
            tx, int, "insert into team (name, routing, created_at) values ('Office', 'push', now()) returning id"
        )
    reserve = await add_agents(parts, [[team or 1]] * RESERVE, capacity=4)
    async with parts.database.transaction() as tx:
        ids = [one.id for one in reserve]
        await tx.execute("update presence set state = 'offline' where person_id = any(%(ids)s)", {"ids": ids})
        limits = Jsonb({"chat": 2})
        sql = """
            insert into agent_routing (person_id, is_reserve, limits)
            select id, id = any(%(ids)s), %(limits)s from person where role = 'agent'"""
        await tx.execute(sql, {"ids": ids, "limits": limits})
        await set_thresholds(tx, THRESHOLDS, by=SYSTEM, now=utc_now())
        await make_plan(tx, msgspec.structs.replace(PLAN, team_ids=[1]), by=SYSTEM, now=utc_now())
        status = await value(tx, int, "select id from status where category = 'solved' order by id limit 1") or 0
    return Desk(parts, channel.id, agents, reserve, status, size.handling)


@asynccontextmanager
async def _working(desk: Desk) -> AsyncIterator[None]:
    """Scripted agents work while inside: they solve what they have had for its time, and answer calls."""
    tasks = [asyncio.create_task(one(desk)) for one in (_solve, _answer_calls, _beat)]
    try:
        yield
    finally:
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Held(msgspec.Struct):
    id: int
    assignee_id: int


async def _solve(desk: Desk) -> None:
    actors = {one.id: one.actor for one in (*desk.agents, *desk.reserve)}
    sql = "select id, assignee_id from ticket where assignee_id is not null and category in ('new', 'open')"
    while True:
        async with desk.parts.database.statements() as tx:
            held = await rows(tx, _Held, sql)
        now = time.monotonic()
        for one in held:
            done_at = desk.in_hand.setdefault(one.id, now + desk.chance.expovariate(1 / desk.handling))
            if now >= done_at:
                await _solve_one(desk, one, actors)
        await asyncio.sleep(LOOK_SECONDS)


async def _solve_one(desk: Desk, held: _Held, actors: dict[int, Actor]) -> None:
    try:
        async with desk.parts.database.transaction() as tx:
            by = msgspec.structs.replace(actors[held.assignee_id], team_ids=None)
            await change_ticket(tx, held.id, TicketPatch(status_id=desk.status_id), by=by, now=utc_now())
    except OmbudError:
        # It went to somebody else meanwhile: the next look shows whose it is.
        desk.in_hand.pop(held.id, None)


async def _answer_calls(desk: Desk) -> None:
    while True:
        for one in desk.reserve:
            await _answer(desk, one)
        await asyncio.sleep(1)


async def _answer(desk: Desk, one: Agent) -> None:
    async with desk.parts.database.transaction() as tx:
        for call in [call for call in await my_calls(tx, by=one.actor) if call.answer is None]:
            await answer_call(tx, call.run_id, CallAnswerIn("accepted"), by=one.actor, now=utc_now())


async def _beat(desk: Desk) -> None:
    """Open screens, and reserve agents who go when nobody needs them any more."""
    while True:
        await _look_alive(desk)
        await asyncio.sleep(5)


async def _look_alive(desk: Desk) -> None:
    everybody = [one.id for one in (*desk.agents, *desk.reserve)]
    async with desk.parts.database.transaction() as tx:
        await note_heartbeat(tx, everybody, now=utc_now())
        leaving = [] if await list_runs(tx, is_running=True) else desk.reserve
        for one in leaving:
            await choose_presence(tx, "offline", by=one.actor, now=utc_now())


async def _write_all(desk: Desk, size: Size) -> None:
    for seconds, times in ((size.before, 1), (size.peak, TIMES), (size.after, 1)):
        until = time.monotonic() + seconds
        while (now := time.monotonic()) < until:
            await _write(desk)
            gap = desk.chance.expovariate(size.per_second * times)
            await asyncio.sleep(max(0.0, min(now + gap, until) - time.monotonic()))


async def _write(desk: Desk) -> None:
    desk.written += 1
    who = f"{'vip' if desk.chance.random() < VIP_SHARE else 'usual'}-{desk.written}"
    sender = Sender("external", who, name=who)
    if who.startswith("vip"):
        await _make_vip(desk, who)
    message = InboundMessage(sender=sender, text="Everything is broken.", at=utc_now(), conversation=who)
    await desk.parts.door.receive(Arrival(desk.channel_id, who, message))


async def _make_vip(desk: Desk, who: str) -> None:
    """A customer whom the desk knows as somebody important, before they write."""
    async with desk.parts.database.transaction() as tx:
        sql = """
            with made as (insert into customer (name, tier, created_at, updated_at)
                values (%(who)s, 'VIP', now(), now()) returning id)
            insert into identity (customer_id, kind, scope, value, created_at)
            select id, 'external', '', %(who)s, now() from made"""
        await tx.execute(sql, {"who": who})


async def _until_over(desk: Desk) -> list[Run]:
    """Wait until everything is solved and no plan holds."""
    until = time.monotonic() + END_WITHIN_SECONDS
    sql = "select count(*) from ticket where category in ('new', 'open')"
    while time.monotonic() < until:
        async with desk.parts.database.transaction() as tx:
            waits = await value(tx, int, sql) or await value(tx, int, "select count(*) from inbox where state = 'new'")
            running = await list_runs(tx, is_running=True)
            lent = await value(tx, int, "select count(*) from surge_call where is_lent")
            if not waits and not running and not lent:
                break
        await asyncio.sleep(1)
    async with desk.parts.database.transaction() as tx:
        return [*await list_runs(tx, is_running=False), *await list_runs(tx, is_running=True)]


async def _picture(parts: Parts) -> dict[str, str | None]:
    found = {}
    async with parts.database.transaction() as tx:
        for table in SETTINGS:
            sql = f"select coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text), '[]')::text from {table} t"
            found[table] = await value(tx, str, sql)
    return found


async def _waits(parts: Parts) -> tuple[list[float], list[float]]:
    """Seconds from a ticket's making to its first agent: of everybody, and of VIP customers."""
    sql = """
        select extract(epoch from min(d.at) - t.created_at)::float8 from ticket t
        join routing_decision d on d.ticket_id = t.id and d.kind in ('assigned', 'pulled', 'accepted')
        join customer c on c.id = t.customer_id where %(all)s or c.tier = 'VIP' group by t.id, t.created_at"""
    async with parts.database.transaction() as tx:
        return await values(tx, float, sql, {"all": True}), await values(tx, float, sql, {"all": False})


async def _one(parts: Parts, sql: str) -> int:
    async with parts.database.transaction() as tx:
        return await value(tx, int, sql) or 0
