"""What comes of time and of the figures: warning levels, plans that begin and end by themselves, what a board draws."""

from datetime import datetime, timedelta

import msgspec
from psycopg.types.json import Jsonb

from ombud.routing.surge import queries, rules
from ombud.routing.surge.events import WarningLevelChanged
from ombud.routing.surge.schemas import DeskFigures, Level, Run
from ombud.routing.surge.services.calling import send_home
from ombud.routing.surge.services.parking import park_now
from ombud.routing.surge.services.runs import end_plan, start_plan
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, row, value
from ombud.shared.events import emit

LOOK_SECONDS = 15
SAMPLE_SECONDS = 60


async def watch_surge(tx: Transaction, *, now: datetime) -> int:
    """Look at the figures every 15 seconds: change the level, begin, end and sample plans; how many things changed.

    Emits: WarningLevelChanged, SurgeChanged
    """
    sql = """
        insert into surge_watch as w (looked_at) values (%(now)s) on conflict ((true)) do update
            set looked_at = excluded.looked_at
        where w.looked_at <= %(before)s or w.looked_at > %(now)s returning true"""
    if not await value(tx, bool, sql, {"now": now, "before": now - timedelta(seconds=LOOK_SECONDS)}):
        return 0
    figures = await queries.desk_figures(tx, now=now)
    level = rules.level_of(figures, await queries.thresholds_now(tx))
    changed = await _note_level(tx, level, figures, now=now)
    changed += await _begin_due(tx, level, now=now)
    for run in await queries.list_runs(tx, is_running=True):
        changed += await _tend(tx, run, level, figures, now=now)
    return changed + await send_home(tx)


async def _note_level(tx: Transaction, level: Level, figures: DeskFigures, *, now: datetime) -> int:
    before, since = await queries.level_now(tx)
    if since is not None and before == level:
        return 0
    await tx.execute("update surge_level set to_at = greatest(from_at, %(now)s) where to_at is null", {"now": now})
    sql = "insert into surge_level (level, figures, from_at) values (%(level)s, %(figures)s, %(now)s)"
    await tx.execute(sql, {"level": level, "figures": Jsonb(msgspec.to_builtins(figures)), "now": now})
    if before != level:
        await emit(tx, WarningLevelChanged(level=level, before=before), by=SYSTEM, at=now)
    return int(before != level)


async def _begin_due(tx: Transaction, level: Level, *, now: datetime) -> int:
    """Put in force what the level asks for: each plan once for as long as the level stays up."""
    _, since = await queries.level_now(tx)
    begun = 0
    for plan in await queries.list_plans(tx):
        wanted = plan.spec.level
        if wanted is None or plan.run_id is not None or rules.rank(level) < rules.rank(wanted):
            continue
        # Whoever ended it by hand, or let it run out, does not want it back for the same rise.
        sql = """
            select exists (select from surge_run r where r.plan_id = %(plan)s and r.cause = 'threshold'
                and not exists (select from surge_level l where l.from_at >= r.started_at
                    and array_position(array['none', 'blue', 'yellow', 'orange', 'red'], l.level) <= %(rank)s))"""
        if since is not None and not await value(tx, bool, sql, {"plan": plan.id, "rank": rules.rank(wanted)}):
            await start_plan(tx, plan.id, by=SYSTEM, now=now, cause="threshold", level=level)
            begun += 1
    return begun


async def _tend(tx: Transaction, run: Run, level: Level, figures: DeskFigures, *, now: datetime) -> int:
    if now >= run.ends_at:
        await end_plan(tx, run.plan_id, by=SYSTEM, now=now, cause="time")
        return 1
    if await _is_calm(tx, run, level, now=now):
        await end_plan(tx, run.plan_id, by=SYSTEM, now=now, cause="calm")
        return 1
    spec = await queries.spec_of(tx, run.plan_id, run.version)
    if spec.measures.park_condition is not None:
        await park_now(tx, run.id, spec.measures.park_condition, spec.team_ids, now=now)
    await _sample(tx, run.id, figures, now=now)
    return 0


class _Calm(msgspec.Struct):
    calm_since: datetime | None


async def _is_calm(tx: Transaction, run: Run, level: Level, *, now: datetime) -> bool:
    """Whether a plan that a level set off is no longer needed; one that was switched on waits for its end."""
    spec = await queries.spec_of(tx, run.plan_id, run.version)
    if run.cause != "threshold" or spec.level is None:
        return False
    is_below = rules.rank(level) < rules.rank(spec.level)
    sql = """
        update surge_run set calm_since = case when %(below)s then coalesce(calm_since, %(now)s) end
        where id = %(run)s returning calm_since"""
    found = await row(tx, _Calm, sql, {"run": run.id, "below": is_below, "now": now})
    since = found.calm_since if found else None
    return since is not None and now - since >= timedelta(minutes=spec.calm_minutes)


async def _sample(tx: Transaction, run_id: int, figures: DeskFigures, *, now: datetime) -> None:
    sql = """
        insert into surge_figure (run_id, at, figures) select %(run)s, %(now)s, %(figures)s
        where not exists (select from surge_figure where run_id = %(run)s and at > %(since)s)
        on conflict do nothing"""
    since = now - timedelta(seconds=SAMPLE_SECONDS - LOOK_SECONDS / 2)
    params = {"run": run_id, "now": now, "since": since, "figures": Jsonb(msgspec.to_builtins(figures))}
    await tx.execute(sql, params)
