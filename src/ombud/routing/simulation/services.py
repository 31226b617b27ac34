"""Asking for simulated days, and stopping them."""

from datetime import datetime

import msgspec
from psycopg.types.json import Jsonb

from ombud.routing.simulation import queries
from ombud.routing.simulation.asking import ScenarioList, ShippedScenario, SimulationIn, SimulationRun
from ombud.routing.simulation.files import NAMES, SHIPPED, WrongScenario, parse_scenario, read_scenario
from ombud.routing.simulation.rules.replaying import SEED, Ask, plays_of
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value
from ombud.shared.errors import LimitReached

MOST_WAITING = 5


class TooManySimulations(LimitReached):
    """Five of your simulated days are not done. Wait for one, or stop one."""

    code = "too_many_simulations"


def shipped_scenarios() -> ScenarioList:
    """The scenarios that ship."""
    found = [(key, read_scenario(key)) for key in NAMES]
    texts = {key: (SHIPPED / f"{key}.toml").read_text(encoding="utf-8") for key in NAMES}
    return ScenarioList([ShippedScenario(key, one.name, one.about, texts[key]) for key, one in found])


async def ask_simulation(tx: Transaction, data: SimulationIn, *, by: Actor, now: datetime) -> SimulationRun:
    """Have a day played in the background.

    Raises:
        WrongScenario: it cannot be read.
        TooManySimulations: others of the actor's wait.
    """
    if not data.text.strip() and data.scenario not in NAMES:
        raise WrongScenario(f"There is no scenario {data.scenario!r}. Shipped are {', '.join(NAMES)}.")
    scenario = parse_scenario(data.text) if data.text.strip() else read_scenario(data.scenario)
    policies = list(dict.fromkeys(data.policies))
    ask = Ask(scenario, policies, data.replications, SEED if data.seed is None else data.seed)
    return await put_down(tx, ask, by=by, now=now)


async def put_down(
    tx: Transaction, ask: Ask, *, by: Actor, now: datetime, plan_id: int | None = None, note: str | None = None
) -> SimulationRun:
    """Put a day down to be played; with a ``note`` it is a rehearsal of the plan.

    Raises:
        TooManySimulations: others of the actor's wait.
    """
    if await queries.count_waiting(tx, by=by) >= MOST_WAITING:
        raise TooManySimulations
    sql = """
        insert into simulation_run (person_id, spec, total, created_at, plan_id, is_rehearsal, note)
        values (%(by)s, %(spec)s, %(total)s, %(now)s, %(plan)s, %(rehearsal)s, %(note)s) returning id"""
    params = {
        "by": by.person_id or None,
        "spec": Jsonb(msgspec.to_builtins(ask)),
        "total": len(plays_of(ask)),
        "now": now,
        "plan": plan_id,
        "rehearsal": note is not None,
        "note": note or "",
    }
    run_id = await value(tx, int, sql, params) or 0
    return await queries.find_simulation(tx, run_id)


async def stop_simulation(tx: Transaction, run_id: int, *, now: datetime) -> SimulationRun:
    """Stop one that waits or runs; one that has ended stays as it is.

    Raises:
        NotFound: it is not there.
    """
    sql = """
        update simulation_run set state = 'stopped', finished_at = %(now)s
        where id = %(id)s and state in ('waiting', 'running')"""
    await tx.execute(sql, {"id": run_id, "now": now})
    return await queries.find_simulation(tx, run_id)
