"""What work asks for: the first requirement rule that fits it, and how many could take it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from ombud.fields.queries import list_named_fields
from ombud.routing.engine.rules.needs import is_met
from ombud.routing.skills import queries
from ombud.routing.skills.rules import engine_steps
from ombud.routing.skills.schemas import (
    Fits,
    Required,
    Requirement,
    RequirementTrial,
    RequirementTrialIn,
    SkillStep,
    StepSupply,
)
from ombud.routing.skills.services.requirements import check_spec
from ombud.shared.actor import Actor
from ombud.shared.conditions import BadCondition, Condition, Context, evaluate, leaves, parse
from ombud.shared.database import Transaction, rows
from ombud.views.services.asking import Asked

LOOKED_AT, SHOWN = 500, 30


async def required_by(tx: Transaction, ticket_ids: Collection[int], *, now: datetime) -> dict[int, Required]:
    """What tickets ask for, by ticket; those that no rule fits ask for nothing and are left out."""
    rules = await queries.requirements_at_work(tx)
    if not rules or not ticket_ids:
        return {}
    ready = [(one, condition) for one in rules if (condition := _parsed(one)) is not None]
    values = await _values(tx, [condition for _, condition in ready], ticket_ids)
    found = {ticket: _first(ready, facts, Context(now)) for ticket, facts in values.items()}
    return {
        ticket: Required(one.id, one.version, engine_steps(one.spec.steps))
        for ticket, one in found.items()
        if one is not None
    }


def _parsed(rule: Requirement) -> Condition | None:
    try:
        return parse(rule.spec.condition)
    except BadCondition:
        # It was checked when it was saved: only a change of the language itself could bring this about.
        return None


async def _values(
    tx: Transaction, conditions: Sequence[Condition], ticket_ids: Collection[int]
) -> dict[int, dict[str, Any]]:
    names = {leaf.field for condition in conditions for leaf in leaves(condition)}
    return await Asked(names, await list_named_fields(tx)).load(tx, ticket_ids)


def _first(
    ready: Sequence[tuple[Requirement, Condition]], facts: dict[str, Any], context: Context
) -> Requirement | None:
    return next((one for one, condition in ready if evaluate(condition, facts, context)), None)


async def try_requirement(tx: Transaction, data: RequirementTrialIn, *, by: Actor, now: datetime) -> RequirementTrial:
    """Which of the 500 most urgent waiting tickets that somebody sees a rule would count for, in its place.

    It counts as switched on. Rules before it take their work first, as they would.

    Raises:
        BadCondition, Invalid: it cannot be.
    """
    await check_spec(tx, data.spec)
    tried = Requirement(0, 0, is_on=True, version=0, spec=data.spec, changed_at=now)
    known = await queries.list_requirements(tx)
    place = next((at for at, one in enumerate(known) if one.id == data.rule_id), len(known))
    order = [one for one in known[:place] if one.is_on] + [tried]
    ready = [(one, condition) for one in order if (condition := _parsed(one)) is not None]
    ids = await queries.waiting_tickets(tx, by=by, limit=LOOKED_AT)
    values = await _values(tx, [condition for _, condition in ready], ids)
    fitting = [one for one in ids if one in values and _first(ready, values[one], Context(now)) is tried]
    fits = await _tickets(tx, fitting)
    supply = await _supply(tx, data.spec.steps, {one.team_id for one in fits}, now=now)
    return RequirementTrial(len(values), len(fitting), fits[:SHOWN], supply)


async def _tickets(tx: Transaction, ticket_ids: Sequence[int]) -> list[Fits]:
    sql = """
        select t.id as ticket_id, t.subject, t.team_id from ticket t where t.id = any(%(ids)s::bigint[])
        order by array_position(%(ids)s::bigint[], t.id)"""
    return await rows(tx, Fits, sql, {"ids": list(ticket_ids)})


class _Person(Struct):
    id: int
    is_online: bool


async def _supply(
    tx: Transaction, steps: Sequence[SkillStep], team_ids: Collection[int], *, now: datetime
) -> list[StepSupply]:
    sql = f"""
        select p.id, coalesce(r.state = 'online' and r.there_until > %(now)s, false) as is_online
        from person p left join present r on r.person_id = p.id
        where {queries.AGENTS} and (%(teams)s::bigint[] = '{{}}' or exists (
            select from membership m where m.person_id = p.id and m.team_id = any(%(teams)s)))"""
    people = await rows(tx, _Person, sql, {"teams": sorted(team_ids), "now": now})
    held = await queries.skills_of_agents(tx, [one.id for one in people], today=now.date())
    needs = [one.need for one in engine_steps(steps)]
    able = [[one for one in people if is_met(need, held.get(one.id, {}))] for need in needs]
    return [StepSupply(len(each), sum(one.is_online for one in each)) for each in able]
