"""Putting plans in force and ending them: effects are rows beside the settings, so ending gives everything back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from psycopg.types.json import Jsonb

from ombud.routing.surge import queries, rules
from ombud.routing.surge.events import SurgeChanged
from ombud.routing.surge.rules import source
from ombud.routing.surge.schemas import (
    BothWords,
    DeskFigures,
    EndCause,
    FigurePoint,
    Level,
    Measures,
    Plan,
    PlanSpec,
    Report,
    Run,
)
from ombud.routing.surge.services.calling import call_reserve, send_home
from ombud.routing.surge.services.parking import park_now, unpark
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows, value
from ombud.shared.events import emit
from ombud.tickets.services.announcements import AnnouncedWords, announce, end_announcements
from ombud.tickets.services.prepared import Prepared, count_prepared, end_prepared, prepare_answers

Cause = Literal["switch", "threshold"]


async def start_plan(
    tx: Transaction, plan_id: int, *, by: Actor, now: datetime, cause: Cause = "switch", level: Level = "none"
) -> Run:
    """Put a plan in force until its end; a switch pressed twice starts one run.

    Raises:
        NotFound: it is not there.

    Emits: SurgeChanged
    """
    # Two who press at once wait for one another here.
    await tx.execute("select from surge_plan where id = %(id)s for update", {"id": plan_id})
    plan = await queries.find_plan(tx, plan_id)
    running = await queries.open_run(tx, plan_id)
    if running is not None:
        return running
    before = await queries.desk_figures(tx, now=now)
    run_id = await _begin(tx, plan, before, by=by, now=now, cause=cause, level=level)
    await _put_effects(tx, run_id, plan.spec)
    measures = plan.spec.measures
    if measures.calls_reserve:
        await call_reserve(tx, run_id, plan.spec.team_ids, now=now)
    if measures.park_condition is not None:
        await park_now(tx, run_id, measures.park_condition, plan.spec.team_ids, now=now)
    await _announce(tx, run_id, plan.spec, now=now)
    await look_anew(tx)
    await emit(tx, SurgeChanged(run_id=run_id, plan_id=plan_id, change="started", cause=cause), by=by, at=now)
    return await queries.find_run(tx, run_id)


async def end_plan(
    tx: Transaction, plan_id: int, *, by: Actor, now: datetime, cause: EndCause = "switch"
) -> Run | None:
    """End the run of a plan and give back what it changed; None where it is not in force.

    Raises:
        NotFound: the plan is not there.

    Emits: SurgeChanged
    """
    await tx.execute("select from surge_plan where id = %(id)s for update", {"id": plan_id})
    running = await queries.open_run(tx, plan_id)
    if running is None:
        await queries.find_plan(tx, plan_id)
        return None
    ended = max(now, running.started_at)
    await tx.execute(
        "update surge_effect set ended_at = %(now)s where run_id = %(run)s and ended_at is null",
        {"run": running.id, "now": ended},
    )
    await end_announcements(tx, source(running.id), now=ended)
    await end_prepared(tx, source(running.id), now=ended)
    freed = await unpark(tx, running.id, now=ended)
    report = await _report(tx, running, freed, now=ended)
    sql = """
        update surge_run set ended_at = %(now)s, ended_by = %(by)s, end_cause = %(cause)s, report = %(report)s
        where id = %(run)s"""
    params = {"run": running.id, "now": ended, "by": by.person_id or None, "cause": cause}
    await tx.execute(sql, params | {"report": Jsonb(msgspec.to_builtins(report))})
    await send_home(tx)
    await look_anew(tx)
    await emit(tx, SurgeChanged(run_id=running.id, plan_id=plan_id, change="ended", cause=cause), by=by, at=now)
    return await queries.find_run(tx, running.id)


async def _begin(
    tx: Transaction, plan: Plan, before: DeskFigures, *, by: Actor, now: datetime, cause: Cause, level: Level
) -> int:
    sql = """
        insert into surge_run (plan_id, version, cause, level, started_at, started_by, ends_at, before)
        values (%(plan)s, %(version)s, %(cause)s, %(level)s, %(now)s, %(by)s, %(ends)s, %(before)s) returning id"""
    params: dict[str, Any] = {
        "plan": plan.id,
        "version": plan.version,
        "cause": cause,
        "level": level,
        "now": now,
        "by": by.person_id or None,
        "ends": now + timedelta(minutes=plan.spec.minutes),
        "before": Jsonb(msgspec.to_builtins(before)),
    }
    return await value(tx, int, sql, params) or 0


def effects_of(measures: Measures) -> dict[str, dict[str, Any]]:
    """The effects of a plan by their kind, as those who heed them read them."""
    effects: dict[str, dict[str, Any]] = {}
    if measures.more_at_a_time:
        effects["concurrency"] = {"more": measures.more_at_a_time}
    if measures.step_times < 1:
        effects["steps"] = {"times": measures.step_times}
    if measures.priority_points:
        effects["priority"] = {"points": measures.priority_points, "tiers": measures.priority_tiers}
    if measures.park_condition is not None:
        effects["park"] = {"condition": measures.park_condition}
    if measures.opens_overflow:
        effects["overflow"] = {}
    if measures.blocks_breaks:
        effects["breaks"] = {}
    return effects


async def _put_effects(tx: Transaction, run_id: int, spec: PlanSpec) -> None:
    teams: Sequence[int | None] = spec.team_ids or [None]
    effects = effects_of(spec.measures)
    sql = """
        insert into surge_effect (run_id, kind, team_id, value)
        select %(run)s, e.kind, e.team_id, e.value
        from unnest(%(kinds)s::text[], %(teams)s::bigint[], %(values)s::jsonb[]) as e (kind, team_id, value)"""
    pairs = [(kind, team, given) for kind, given in effects.items() for team in teams]
    params = {
        "run": run_id,
        "kinds": [kind for kind, _, _ in pairs],
        "teams": [team for _, team, _ in pairs],
        "values": [Jsonb(given) for _, _, given in pairs],
    }
    await tx.execute(sql, params)


async def _announce(tx: Transaction, run_id: int, spec: PlanSpec, *, now: datetime) -> None:
    measures, until = spec.measures, now + timedelta(minutes=spec.minutes)
    told, first = _words(measures.announcement), _words(measures.first_answer)
    if any((told.en, told.zh, first.en, first.zh)):
        await announce(tx, source(run_id), told, measures.channel_ids, now=now, until=until, first_answer=first)
    if measures.prepared:
        answers = [Prepared(_words(one.question), _words(one.answer)) for one in measures.prepared]
        await prepare_answers(tx, source(run_id), answers, measures.channel_ids, now=now, until=until)


def _words(words: BothWords) -> AnnouncedWords:
    return AnnouncedWords(words.en.strip(), words.zh.strip())


async def look_anew(tx: Transaction) -> None:
    """Let the router look at everything that waits: scores, steps and teams may be others now."""
    # Teams that were opened only by a plan are closed again; overflow that is due by itself opens at the next look.
    sql = """
        update work_wait set look_at = '-infinity', offered_team_ids = array[team_id]
        where offered_to is null"""
    await tx.execute(sql)


async def _report(tx: Transaction, run: Run, freed: int, *, now: datetime) -> Report:
    after = await queries.desk_figures(tx, now=now)
    sql = "select at, figures from surge_figure where run_id = %(run)s order by at"
    points = [one.figures for one in await rows(tx, FigurePoint, sql, {"run": run.id})]
    counts = await row(tx, _Counts, COUNTS, {"run": run.id}) or _Counts(0, 0, 0, 0)
    return Report(
        before=run.before,
        worst=rules.worst([run.before, *points, after]),
        after=after,
        effects=counts.effects,
        called=counts.called,
        accepted=counts.accepted,
        parked=counts.parked,
        unparked=freed,
        first_answers=await queries.first_answers_of(tx, run.id),
        prepared=await count_prepared(tx, source(run.id)),
        minutes=round((now - run.started_at).total_seconds() / 60),
    )


class _Counts(msgspec.Struct):
    effects: int
    called: int
    accepted: int
    parked: int


COUNTS = """
    select (select count(*)::int from surge_effect where run_id = %(run)s) as effects,
        (select count(*)::int from surge_call where run_id = %(run)s) as called,
        (select count(*)::int from surge_call where run_id = %(run)s and answer = 'accepted') as accepted,
        (select count(*)::int from surge_parked where run_id = %(run)s) as parked"""
