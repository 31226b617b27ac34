"""Endpoints of surge plans."""

from litestar import Router, delete, get, post, put
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_201_CREATED, HTTP_204_NO_CONTENT
from msgspec import Struct

from ombud.routing.simulation.asking import SimulationRun
from ombud.routing.surge import queries
from ombud.routing.surge.schemas import (
    CallAnswerIn,
    MyCalls,
    Plan,
    PlanIn,
    Rehearsal,
    RehearsalIn,
    RunDetails,
    SurgeBoard,
    SurgeThresholds,
    SwitchIn,
)
from ombud.routing.surge.services import calling, plans, rehearsing, runs
from ombud.shared.http import SILENT, By, Now, Reading, Tx, may

PLAN = "/surge/plans/{plan_id:int}"


class RehearsalList(Struct):
    """Rehearsals of a plan, the newest first."""

    items: list[Rehearsal]


@get("/surge", guards=[may("surge.manage")])
async def get_surge(reading: Reading, now: Now) -> SurgeBoard:
    """The warning level, the figures it goes by, the plans, those in force and those that were."""
    level, since = await queries.level_now(reading)
    return SurgeBoard(
        level=level,
        level_since=since,
        figures=await queries.desk_figures(reading, now=now),
        thresholds=await queries.thresholds_now(reading),
        plans=await queries.list_plans(reading),
        running=await queries.list_runs(reading, is_running=True),
        past=await queries.list_runs(reading, is_running=False),
    )


@put("/surge/thresholds", guards=[may("surge.manage")], status_code=HTTP_204_NO_CONTENT)
async def put_thresholds(tx: Tx, actor: By, now: Now, data: JSONBody[SurgeThresholds]) -> None:
    """Say from where on each warning level holds."""
    await plans.set_thresholds(tx, data, by=actor, now=now)


@post("/surge/plans", guards=[may("surge.manage")], status_code=HTTP_201_CREATED)
async def post_plan(tx: Tx, actor: By, now: Now, data: JSONBody[PlanIn]) -> Plan:
    """Write a plan down. It needs a measure and an end."""
    return await plans.make_plan(tx, data.spec, by=actor, now=now)


@put(PLAN, guards=[may("surge.manage")])
async def put_plan(tx: Tx, actor: By, now: Now, plan_id: FromPath[int], data: JSONBody[PlanIn]) -> Plan:
    """Write a plan down anew. 409 ``plan_in_force``: end it first."""
    return await plans.change_plan(tx, plan_id, data.spec, by=actor, now=now)


@delete(PLAN, guards=[may("surge.manage")], status_code=HTTP_204_NO_CONTENT)
async def delete_plan(tx: Tx, actor: By, now: Now, plan_id: FromPath[int]) -> None:
    """Take a plan off the list; its runs and rehearsals stay. 409 ``plan_in_force``."""
    await plans.archive_plan(tx, plan_id, by=actor, now=now)


@put(f"{PLAN}/switch", guards=[may("surge.manage")])
async def put_switch(tx: Tx, actor: By, now: Now, plan_id: FromPath[int], data: JSONBody[SwitchIn]) -> Plan:
    """Put a plan in force until its end, or end it now; the same again changes nothing."""
    if data.is_on:
        await runs.start_plan(tx, plan_id, by=actor, now=now)
    else:
        await runs.end_plan(tx, plan_id, by=actor, now=now)
    return await queries.find_plan(tx, plan_id)


@get(f"{PLAN}/rehearsals", guards=[may("surge.manage")])
async def get_rehearsals(reading: Reading, plan_id: FromPath[int]) -> RehearsalList:
    """How a plan did in its rehearsals."""
    return RehearsalList(await queries.list_rehearsals(reading, plan_id))


@post(f"{PLAN}/rehearsals", guards=[may("surge.manage")], status_code=HTTP_201_CREATED, opt=SILENT)
async def post_rehearsal(
    tx: Tx, actor: By, now: Now, plan_id: FromPath[int], data: JSONBody[RehearsalIn]
) -> SimulationRun:
    """Play a plan against a scenario, or ``today``, in the background; the result is noted at the plan."""
    return await rehearsing.rehearse(tx, plan_id, data, by=actor, now=now)


@get("/surge/runs/{run_id:int}", guards=[may("surge.manage")])
async def get_run(reading: Reading, run_id: FromPath[int]) -> RunDetails:
    """A run with its effects, calls, figures minute by minute, and its report once it has ended."""
    return await queries.run_details(reading, run_id)


@get("/me/surge-calls", guards=[may("presence.own")])
async def get_my_calls(reading: Reading, actor: By) -> MyCalls:
    """The calls to the actor of plans that are in force."""
    return MyCalls(await queries.my_calls(reading, by=actor))


@put("/me/surge-calls/{run_id:int}", guards=[may("presence.own")], status_code=HTTP_204_NO_CONTENT)
async def put_my_call(tx: Tx, actor: By, now: Now, run_id: FromPath[int], data: JSONBody[CallAnswerIn]) -> None:
    """Come, or say that one cannot. Whoever comes is online in the team until the plan ends."""
    await calling.answer_call(tx, run_id, data, by=actor, now=now)


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(get_surge, put_thresholds, post_plan, put_plan, delete_plan, put_switch, get_rehearsals),
            *(post_rehearsal, get_run, get_my_calls, put_my_call),
        ],
        tags=["routing"],
    )
]
