"""Reads of surge plans: how the desk stands, plans, runs and what they did."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from ombud.routing.surge import rules
from ombud.routing.surge.schemas import (
    Call,
    DeskFigures,
    Effect,
    FigurePoint,
    Level,
    MyCall,
    Plan,
    PlanSpec,
    Rehearsal,
    Run,
    RunDetails,
    SurgeThresholds,
)
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows, value
from ombud.shared.errors import NotFound
from ombud.tickets.services.prepared import count_prepared

WEEKS_BACK = 4
HALF_HOUR = timedelta(minutes=30)
RUN = """
    r.id, r.plan_id, r.version, v.spec ->> 'name_en' as name_en, v.spec ->> 'name_zh' as name_zh, r.cause, r.level,
    r.started_at, r.started_by, r.ends_at, r.ended_at, r.ended_by, r.end_cause, r.before, r.report"""
RUNS = "surge_run r join surge_plan_version v on v.plan_id = r.plan_id and v.version = r.version"
LISTED = 50
MOST_POINTS = 1_440


async def thresholds_now(tx: Transaction) -> SurgeThresholds:
    """The bounds of the warning levels."""
    sql = "select spec from surge_thresholds order by id desc limit 1"
    return await value(tx, SurgeThresholds, sql) or SurgeThresholds()


class _Now(Struct):
    level: Level
    from_at: datetime


async def level_now(tx: Transaction) -> tuple[Level, datetime | None]:
    """The warning level that holds, and since when."""
    found = await row(tx, _Now, "select level, from_at from surge_level where to_at is null")
    return (found.level, found.from_at) if found else ("none", None)


class _Figures(Struct):
    waiting: int
    oldest_seconds: int
    arrived: int
    earlier: list[int]
    online: int
    in_hand: int
    answered: int
    answered_in_time: int
    parked: int


# A mail may wait for hours: who waits is who waits for an answer now. Expected is the plain mean of the same half
# hour of the same weekday in the weeks before that had any work at all.
FIGURES = """
    select
        (select count(*)::int from ticket t where {open}) as waiting,
        (select coalesce(extract(epoch from %(now)s - min(coalesce(t.waiting_since, t.created_at))), 0)::int
            from ticket t where {open}) as oldest_seconds,
        (select count(*)::int from ticket where created_at >= %(start)s and created_at <= %(now)s) as arrived,
        array(select (select count(*)::int from ticket where created_at >= %(start)s - w * interval '7 days'
                and created_at < %(start)s - w * interval '7 days' + interval '30 minutes')
            from generate_series(1, {weeks}) as w
            where exists (select from ticket where created_at >= %(start)s - w * interval '7 days' - interval '1 day'
                and created_at < %(start)s - w * interval '7 days' + interval '1 day')) as earlier,
        (select count(*)::int from present where state = 'online' and there_until > %(now)s) as online,
        (select count(*)::int from ticket t where t.assignee_id is not null and t.snoozed_until is null
            and t.category in ('new', 'open') and t.is_open) as in_hand,
        (select count(*)::int from clock k where {answered}) as answered,
        (select count(*)::int from clock k where {answered} and k.breached_at is null) as answered_in_time,
        (select count(*)::int from surge_parked where ended_at is null) as parked""".format(
    open="t.assignee_id is null and t.snoozed_until is null and t.category in ('new', 'open') and not exists "
    "(select from surge_parked p where p.ticket_id = t.id and p.ended_at is null) and exists "
    "(select from channel ch left join team_routing s on s.team_id = t.team_id where ch.id = t.channel_id "
    "and ch.kind <> all(coalesce(s.interruptible_channels, '{email,form,api}')))",
    answered="k.metric = 'first_response' and k.outcome = 'met' and k.ended_at > %(now)s - interval '30 minutes'",
    weeks=WEEKS_BACK,
)


async def desk_figures(tx: Transaction, *, now: datetime) -> DeskFigures:
    """How the desk stands at this moment, beside what past weeks let expect."""
    start = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)
    params = {"now": now, "start": start}
    found = await row(tx, _Figures, FIGURES, params)
    if found is None:
        return DeskFigures()
    minute = (now - start).total_seconds() / 60
    average = sum(found.earlier) / len(found.earlier) if found.earlier else None
    expected = rules.expected_by_now(average, minute)
    return DeskFigures(
        waiting=found.waiting,
        oldest_seconds=max(found.oldest_seconds, 0),
        arrived=found.arrived,
        expected=None if expected is None else round(expected, 1),
        deviation_percent=rules.deviation(found.arrived, expected, minute),
        online=found.online,
        in_hand=found.in_hand,
        answered=found.answered,
        answered_in_time=found.answered_in_time,
        parked=found.parked,
    )


PLANS = """
    select p.id, p.version, v.spec, v.at as changed_at, r.id as run_id,
        (select to_jsonb(h) - 'plan_id' from surge_rehearsal h where h.plan_id = p.id order by h.id desc limit 1)
            as rehearsal
    from surge_plan p join surge_plan_version v on v.plan_id = p.id and v.version = p.version
    left join surge_run r on r.plan_id = p.id and r.ended_at is null
    where p.archived_at is null"""


async def list_plans(tx: Transaction) -> list[Plan]:
    """Every plan in its order."""
    return await rows(tx, Plan, f"{PLANS} order by p.position, p.id")


async def find_plan(tx: Transaction, plan_id: int) -> Plan:
    """One plan.

    Raises:
        NotFound: it is not there, or archived.
    """
    found = await row(tx, Plan, f"{PLANS} and p.id = %(id)s", {"id": plan_id})
    if found is None:
        raise NotFound
    return found


async def list_runs(tx: Transaction, *, is_running: bool) -> list[Run]:
    """Plans in force, or those that were, the newest first."""
    sql = f"select {RUN} from {RUNS} where (r.ended_at is null) = %(running)s order by r.id desc limit {LISTED}"
    return await rows(tx, Run, sql, {"running": is_running})


async def find_run(tx: Transaction, run_id: int) -> Run:
    """One run.

    Raises:
        NotFound: it is not there.
    """
    found = await row(tx, Run, f"select {RUN} from {RUNS} where r.id = %(id)s", {"id": run_id})
    if found is None:
        raise NotFound
    return found


async def open_run(tx: Transaction, plan_id: int) -> Run | None:
    """The run of a plan that is in force, under its row's lock."""
    sql = f"select {RUN} from {RUNS} where r.plan_id = %(plan)s and r.ended_at is null for update of r"
    return await row(tx, Run, sql, {"plan": plan_id})


async def run_details(tx: Transaction, run_id: int) -> RunDetails:
    """A run with its effects, calls and the figures of each minute.

    Raises:
        NotFound: it is not there.
    """
    run = await find_run(tx, run_id)
    params: dict[str, Any] = {"id": run_id}
    sql = "select kind, team_id, value, ended_at from surge_effect where run_id = %(id)s order by id"
    effects = await rows(tx, Effect, sql, params)
    sql = f"select at, figures from surge_figure where run_id = %(id)s order by at limit {MOST_POINTS}"
    return RunDetails(
        run=run,
        effects=effects,
        calls=await list_calls(tx, [run_id]),
        figures=await rows(tx, FigurePoint, sql, params),
        first_answers=await first_answers_of(tx, run_id),
        prepared=await count_prepared(tx, rules.source(run_id)),
    )


async def first_answers_of(tx: Transaction, run_id: int) -> int:
    """How many customers got the first answer of a run."""
    sql = "select coalesce(sum(first_answers), 0)::int from announcement where source = %(source)s"
    return await value(tx, int, sql, {"source": rules.source(run_id)}) or 0


async def list_calls(tx: Transaction, run_ids: Sequence[int]) -> list[Call]:
    """Who was called by some runs, and what they said."""
    sql = """
        select c.person_id, p.name, c.team_id, c.called_at, c.answer, c.answered_at
        from surge_call c join person p on p.id = c.person_id where c.run_id = any(%(ids)s::bigint[])
        order by c.called_at, p.name"""
    return await rows(tx, Call, sql, {"ids": list(run_ids)})


async def my_calls(tx: Transaction, *, by: Actor) -> list[MyCall]:
    """The calls to the actor of plans that are in force."""
    sql = f"""
        select c.run_id, t.name as team_name, coalesce(v.spec -> 'measures' -> 'reserve_words', '{{}}') as words,
            v.spec ->> 'name_en' as name_en, v.spec ->> 'name_zh' as name_zh, c.called_at, r.ends_at, c.answer
        from surge_call c join {RUNS} on r.id = c.run_id join team t on t.id = c.team_id
        where c.person_id = %(me)s and r.ended_at is null order by c.called_at"""
    return await rows(tx, MyCall, sql, {"me": by.person_id})


async def list_rehearsals(tx: Transaction, plan_id: int) -> list[Rehearsal]:
    """How a plan did in its rehearsals, the newest first."""
    sql = f"""
        select id, version, scenario_en, scenario_zh, result, is_passed, note, person_id, at from surge_rehearsal
        where plan_id = %(plan)s order by id desc limit {LISTED}"""
    return await rows(tx, Rehearsal, sql, {"plan": plan_id})


async def spec_of(tx: Transaction, plan_id: int, version: int) -> PlanSpec:
    """A plan as it was written in one of its versions.

    Raises:
        NotFound: there is no such version.
    """
    sql = "select spec from surge_plan_version where plan_id = %(plan)s and version = %(version)s"
    found = await value(tx, PlanSpec, sql, {"plan": plan_id, "version": version})
    if found is None:
        raise NotFound
    return found
