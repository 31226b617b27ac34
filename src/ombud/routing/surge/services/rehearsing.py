"""Rehearsals and dry runs: a plan played against a simulated day, or against today as it went so far."""

from datetime import datetime

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.routing.simulation.asking import SimulationRun
from ombud.routing.simulation.files import NAMES, WrongScenario, read_scenario
from ombud.routing.simulation.rules.replaying import SEED, Ask, Comparison
from ombud.routing.simulation.schemas import Scenario
from ombud.routing.simulation.services import put_down
from ombud.routing.surge import queries, rules
from ombud.routing.surge.events import SurgePlanChanged
from ombud.routing.surge.schemas import RehearsalIn
from ombud.routing.surge.services.today import scenario_of_today
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, row
from ombud.shared.events import emit

REPLICATIONS = 2
TODAY = "today"
# A plan passes if so many of the urgent ones are begun within their target.
LEAST_SERVICE_LEVEL = 0.8


async def rehearse(tx: Transaction, plan_id: int, data: RehearsalIn, *, by: Actor, now: datetime) -> SimulationRun:
    """Play a plan against a shipped scenario, or today's traffic; the result is noted at the plan when it is there.

    Raises:
        NotFound: the plan is not there.
        WrongScenario: no such scenario, or nothing has come in today.
        TooManySimulations: others of the actor's wait.
    """
    plan = await queries.find_plan(tx, plan_id)
    scenario = await _scenario(tx, data.scenario, now=now)
    ask = Ask(scenario, ["skills"], REPLICATIONS, SEED, rules.relief_of(plan.spec), is_relief_compared=True)
    return await put_down(tx, ask, by=by, now=now, plan_id=plan_id, note=data.note)


async def _scenario(tx: Transaction, name: str, *, now: datetime) -> Scenario:
    if name == TODAY:
        return await scenario_of_today(tx, now=now)
    if name not in NAMES:
        raise WrongScenario(f"There is no scenario {name!r}. There are {', '.join((*NAMES, TODAY))}.")
    return read_scenario(name)


class _Done(Struct):
    plan_id: int
    version: int
    spec: Ask
    result: Comparison
    note: str
    person_id: int | None


async def note_rehearsal(tx: Transaction, run_id: int, now: datetime) -> None:
    """Write down at the plan what came of its rehearsal; a simulated day that was none is passed by.

    Emits: SurgePlanChanged
    """
    sql = """
        select r.plan_id, p.version, r.spec, r.result, r.note, r.person_id from simulation_run r
        join surge_plan p on p.id = r.plan_id where r.id = %(id)s and r.is_rehearsal and r.result is not null"""
    done = await row(tx, _Done, sql, {"id": run_id})
    if done is None:
        return
    result = summary(done.result, done.spec.scenario)
    sql = """
        insert into surge_rehearsal (plan_id, version, scenario_en, scenario_zh, result, is_passed, note, person_id, at)
        values (%(plan)s, %(version)s, %(en)s, %(zh)s, %(result)s, %(passed)s, %(note)s, %(by)s, %(now)s)"""
    params = {
        "plan": done.plan_id,
        "version": done.version,
        "en": done.spec.scenario.name.en,
        "zh": done.spec.scenario.name.zh,
        "result": Jsonb(msgspec.to_builtins(result)),
        "passed": result.is_passed,
        "note": done.note,
        "by": done.person_id,
        "now": now,
    }
    await tx.execute(sql, params)
    await emit(tx, SurgePlanChanged(plan_id=done.plan_id), by=SYSTEM, at=now)


class RehearsalSummary(Struct, frozen=True):
    """A rehearsal in figures: all work and the urgent part of it, without and with the plan."""

    without: float
    with_plan: float
    urgent_without: float
    urgent_with_plan: float
    left: float
    minutes: float

    @property
    def is_passed(self) -> bool:
        """Whether urgent work was within its target, nothing was left, and the plan made nothing worse."""
        return self.urgent_with_plan >= LEAST_SERVICE_LEVEL and self.left == 0 and self.with_plan >= self.without


def summary(result: Comparison, scenario: Scenario) -> RehearsalSummary:
    """Sum up a comparison of a day without and with a plan."""
    urgent = [key for key, one in scenario.kinds.items() if one.is_vip or one.is_safety or one.severity == "critical"]
    without, with_plan = result.sides[0], result.sides[-1]
    return RehearsalSummary(
        without=without.figures["service_level"].mean,
        with_plan=with_plan.figures["service_level"].mean,
        urgent_without=_level(without.kinds, urgent),
        urgent_with_plan=_level(with_plan.kinds, urgent),
        left=sum(one["left"] for one in with_plan.kinds.values()),
        minutes=with_plan.relieved_minutes,
    )


def _level(kinds: dict[str, dict[str, float]], keys: list[str]) -> float:
    arrived = sum(kinds[key]["arrived"] for key in keys)
    in_time = sum(kinds[key]["service_level"] * kinds[key]["arrived"] for key in keys)
    return in_time / arrived if arrived else 1.0
