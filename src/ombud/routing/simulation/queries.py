"""Reads of simulated days."""

from datetime import datetime
from typing import Any

from msgspec import Struct, convert

from ombud.routing.simulation.asking import Claimed, RunState, SimulationRun
from ombud.routing.simulation.rules.replaying import Ask, Comparison
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows
from ombud.shared.errors import NotFound

LISTED = 30


class _Row(Struct):
    id: int
    person_id: int | None
    spec: dict[str, Any]
    state: RunState
    done: int
    total: int
    problem: str | None
    created_at: datetime
    finished_at: datetime | None
    is_rehearsal: bool
    plan_id: int | None
    result: Comparison | None = None

    def shown(self, *, is_whole: bool) -> SimulationRun:
        ask = convert(self.spec, Ask)
        found = SimulationRun(
            id=self.id,
            person_id=self.person_id,
            name_en=ask.scenario.name.en,
            name_zh=ask.scenario.name.zh,
            policies=ask.policies,
            replications=ask.replications,
            seed=ask.seed,
            state=self.state,
            done=self.done,
            total=self.total,
            problem=self.problem,
            created_at=self.created_at,
            finished_at=self.finished_at,
            is_rehearsal=self.is_rehearsal,
            plan_id=self.plan_id,
        )
        if is_whole:
            found.result = self.result
            found.kinds = {key: one.name for key, one in ask.scenario.kinds.items()}
            found.groups = {key: one.name for key, one in ask.scenario.groups.items()}
        return found


COLUMNS = "id, person_id, spec, state, done, total, problem, created_at, finished_at, is_rehearsal, plan_id"


async def list_simulations(tx: Transaction) -> list[SimulationRun]:
    """The newest, without their results: they say nothing of customers, whoever may simulate may see them."""
    sql = f"select {COLUMNS}, null::jsonb as result from simulation_run order by id desc limit {LISTED}"
    return [one.shown(is_whole=False) for one in await rows(tx, _Row, sql)]


async def find_simulation(tx: Transaction, run_id: int) -> SimulationRun:
    """One with its result.

    Raises:
        NotFound: it is not there.
    """
    found = await row(tx, _Row, f"select {COLUMNS}, result from simulation_run where id = %(id)s", {"id": run_id})
    if found is None:
        raise NotFound
    return found.shown(is_whole=True)


async def count_waiting(tx: Transaction, *, by: Actor) -> int:
    """How many of the actor's are not done."""
    sql = "select id from simulation_run where state in ('waiting', 'running') and person_id = %(me)s"
    return len(await rows(tx, _Id, sql, {"me": by.person_id}))


class _Id(Struct):
    id: int


async def claim_next(tx: Transaction, *, now: datetime, silent: datetime) -> Claimed | None:
    """Take the next one, or one whose process fell silent."""
    sql = """
        update simulation_run set state = 'running', seen_at = %(now)s, done = 0 where id = (
            select id from simulation_run where state = 'waiting' or (state = 'running' and seen_at < %(silent)s)
            order by id limit 1 for update skip locked)
        returning id, spec, plan_id, is_rehearsal"""
    return await row(tx, Claimed, sql, {"now": now, "silent": silent})
