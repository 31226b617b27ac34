"""Many routers at once, killed at random: nothing is given twice, nobody carries more than they can."""

import asyncio
import os
import random
import sys
from collections.abc import Mapping

from msgspec import Struct

from benchmarks._routing_desk import Ground, arrive
from ombud.config.parts import Parts
from ombud.config.settings import Settings
from ombud.routing.engine.services import give_back, route
from ombud.shared.clock import utc_now
from ombud.shared.database import Transaction, value
from ombud.shared.leash import leashed

AGENTS = 40
CAPACITY = 4
KILL_EVERY_SECONDS = 2.0
EASY = 0.5


class Found(Struct):
    """What became of it."""

    steps: int
    kills: int
    given: int
    doubled: int
    overloaded: int


# Each ticket: given for the first time to nobody's loss, and again only after it was given back.
DOUBLED = """
    with told as (
        select ticket_id, kind, lag(kind) over (partition by ticket_id order by id) as before from routing_decision
        where kind in ('assigned', 'returned')
    )
    select count(*)::int from told where kind = 'assigned' and before = 'assigned'"""


async def run_crowd(settings: Settings, *, workers: int, steps: int) -> Found:
    """Let so many processes take random steps, kill one now and then, and count what went wrong."""
    parts = Parts.build(settings, max_connections=2)
    await parts.database.open()
    try:
        kills = await _play(settings, parts, workers=workers, steps=steps)
        async with parts.database.transaction() as tx:
            return Found(
                steps,
                kills,
                await value(tx, int, "select count(*)::int from routing_decision where kind = 'assigned'") or 0,
                await value(tx, int, DOUBLED) or 0,
                await value(tx, int, "select count(*)::int from crowd_overload") or 0,
            )
    finally:
        await parts.database.close()


async def _play(settings: Settings, parts: Parts, *, workers: int, steps: int) -> int:
    now = utc_now()
    async with parts.database.transaction() as tx:
        await tx.execute("create table if not exists crowd_step (id bigint generated always as identity, worker int)")
        await tx.execute("create table if not exists crowd_overload (person_id bigint, points int)")
        await tx.execute("update presence set state = 'offline'")
        await tx.execute(
            """update presence set state = 'online', seen_at = %s + interval '1 day' where person_id in (
                select id from person where role = 'agent' order by id limit %s)""",
            [now, AGENTS],
        )
        await tx.execute("delete from work_wait")
        await tx.execute("delete from routing_decision")
        await tx.execute("update ticket set category = 'closed' where category <> 'closed'")
        await tx.execute("update person set capacity_points = %s where role = 'agent'", [CAPACITY])
    running = [await _start(settings, number) for number in range(workers)]
    chance, kills = random.Random(5), 0
    while await _steps(parts) < steps:
        await asyncio.sleep(KILL_EVERY_SECONDS)
        victim = chance.randrange(workers)
        running[victim].kill()
        await running[victim].wait()
        kills += 1
        running[victim] = await _start(settings, victim)
    for one in running:
        one.kill()
        await one.wait()
    return kills


async def _start(settings: Settings, number: int) -> asyncio.subprocess.Process:
    environment: Mapping[str, str] = {**os.environ, **settings.environment()}
    command = leashed([sys.executable, "-m", "benchmarks._routing_crowd", str(number)])
    return await asyncio.create_subprocess_exec(*command, env=environment)


async def _steps(parts: Parts) -> int:
    async with parts.database.transaction() as tx:
        return await value(tx, int, "select coalesce(max(id), 0)::int from crowd_step") or 0


async def _work(number: int) -> None:
    settings = Settings.from_env()
    parts = Parts.build(settings, max_connections=2)
    await parts.database.open()
    chance = random.Random(number * 1_000_003 + os.getpid())
    ground = Ground(30, last=chance.randrange(10**9))
    while True:
        await _step(parts, ground, chance)
        async with parts.database.transaction() as tx:
            await tx.execute("insert into crowd_step (worker) values (%s)", [number])


async def _step(parts: Parts, ground: Ground, chance: random.Random) -> None:
    kind = chance.choices(("route", "arrive", "end", "back", "look"), (10, 4, 4, 1, 2))[0]
    if kind == "arrive":
        await arrive(parts, ground, chance.randrange(1, 12), is_easy=chance.random() < EASY)
        return
    async with parts.database.transaction() as tx:
        if kind == "route":
            await route(tx, now=utc_now(), limit=50)
        elif kind == "end":
            sql = """
                update ticket set category = 'closed' where id in (select id from ticket where assignee_id is not null
                    and category in ('new', 'open') order by id limit %s for update skip locked)"""
            await tx.execute(sql, [chance.randrange(1, 30)])
        elif kind == "back":
            await give_back(tx, 1 + chance.randrange(AGENTS), reason="suspended", now=utc_now())
        else:
            await _look(tx)


async def _look(tx: Transaction) -> None:
    sql = """
        insert into crowd_overload select assignee_id, sum(load_points) from ticket
        where assignee_id is not null and category in ('new', 'open') and snoozed_until is null
        group by assignee_id having sum(load_points) > %(most)s"""
    await tx.execute(sql, {"most": CAPACITY})


if __name__ == "__main__":
    asyncio.run(_work(int(sys.argv[1])))
