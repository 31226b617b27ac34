"""Verbs that make, change, order, switch and give back requirement rules; each change is a version."""

from datetime import datetime
from typing import Literal

import msgspec
from psycopg.types.json import Jsonb

from ombud.routing.skills import queries
from ombud.routing.skills.events import RequirementRuleChanged
from ombud.routing.skills.rules import problem_of, skills_named
from ombud.routing.skills.schemas import (
    Requirement,
    RequirementIn,
    RequirementOrder,
    RequirementProblem,
    RequirementRollBack,
    RequirementSpec,
    RequirementVersion,
)
from ombud.routing.skills.services.definitions import same_version
from ombud.shared.actor import Actor
from ombud.shared.conditions import BadCondition, check, leaves, parse
from ombud.shared.database import Transaction, value, values
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit
from ombud.tickets.services.gone import Present, present_names
from ombud.views.services.asking import shared_kinds
from ombud.views.services.gone import problems_of

MOST_RULES = 500
Change = Literal["made", "changed", "switched", "ordered", "archived"]


class TooManyRequirements(Conflict):
    """There are 500 rules already. Archive some that nobody needs."""

    code = "too_many_rules"


class MendFirst(Conflict):
    """The rule names something that is gone. Mend it, then switch it on."""

    code = "rule_names_gone"


async def check_spec(tx: Transaction, spec: RequirementSpec) -> None:
    """Hold a rule against what there is.

    Raises:
        BadCondition: its condition cannot be used.
        Invalid: it has no name, or a step cannot be, or asks for a skill that is not there; ``fields`` says which.
    """
    if not (spec.name_en.strip() or spec.name_zh.strip()):
        raise Invalid("Give the rule a name.", fields={"name": "required"})
    present = await present_names(tx)
    condition = parse(spec.condition)
    check(condition, {**shared_kinds(present.named()), "message": "text"})
    if any(leaf.value in ("me", "my_teams") for leaf in leaves(condition) if isinstance(leaf.value, str)):
        raise BadCondition("A rule is nobody: choose people and teams by name.", fields={"condition": "people_only"})
    for place, step in enumerate(spec.steps):
        problem = problem_of(step)
        if problem is not None:
            raise Invalid(f"Step {place + 1} cannot be read.", fields={f"steps.{place}": problem})
    gone = skills_named(spec.steps) - await _live_skills(tx)
    if gone:
        raise Invalid("A step asks for a skill that is not there, or archived.", fields={"steps": "unknown_skill"})


async def _live_skills(tx: Transaction) -> set[int]:
    return set(await values(tx, int, "select id from skill where archived_at is null"))


async def list_all(tx: Transaction) -> list[Requirement]:
    """All rules in their order, with what they name that is gone."""
    found = await queries.list_requirements(tx)
    present, skills = await present_names(tx), await _live_skills(tx)
    for one in found:
        one.problems = _problems_in(one.spec, present, skills)
    return found


def _problems_in(spec: RequirementSpec, present: Present, skills: set[int]) -> list[RequirementProblem]:
    named = problems_of(parse(spec.condition), present, {"message": "text"})
    gone = sorted(skills_named(spec.steps) - skills)
    return [RequirementProblem(one.field, one.code, one.value) for one in named] + [
        RequirementProblem("steps", "gone_value", one) for one in gone
    ]


async def read_requirement(tx: Transaction, rule_id: int) -> Requirement:
    """One rule as in the list.

    Raises:
        NotFound: there is none.
    """
    found = next((one for one in await list_all(tx) if one.id == rule_id), None)
    if found is None:
        raise NotFound("There is no such rule.")
    return found


async def add_requirement(tx: Transaction, data: RequirementIn, *, by: Actor, now: datetime) -> int:
    """Keep a new rule behind the others; gives its number.

    Raises:
        BadCondition, Invalid: it cannot be.
        TooManyRequirements: there are 500.

    Emits: RequirementRuleChanged
    """
    await check_spec(tx, data.spec)
    many = await value(tx, int, "select count(*) from requirement_rule where archived_at is null") or 0
    if many >= MOST_RULES:
        raise TooManyRequirements
    sql = """
        insert into requirement_rule (position, is_on, name_en, name_zh, condition, steps, created_at)
        values ((select coalesce(max(position), 0) + 1 from requirement_rule), %(on)s, '', '-', '{}', '[]', %(now)s)
        returning id"""
    rule_id = await value(tx, int, sql, {"on": data.is_on, "now": now}) or 0
    await _keep_version(tx, rule_id, 1, data.spec, by=by, now=now)
    await _changed(tx, rule_id, 1, "made", by=by, now=now)
    return rule_id


async def change_requirement(
    tx: Transaction, rule_id: int, data: RequirementIn, *, by: Actor, now: datetime, restored: int | None = None
) -> None:
    """Change a rule or switch it. Work that waits already keeps the steps that it began with.

    Raises:
        NotFound: there is none.
        ChangedMeanwhile: somebody was faster.
        BadCondition, Invalid: it cannot be.
        MendFirst: it is to be switched on and names something that is gone.

    Emits: RequirementRuleChanged
    """
    before = await queries.find_requirement(tx, rule_id, lock=True)
    same_version(before.version, data.version)
    has_changed = data.spec != before.spec
    if has_changed:
        await check_spec(tx, data.spec)
    if data.is_on and not before.is_on:
        problems = _problems_in(data.spec, await present_names(tx), await _live_skills(tx))
        if problems:
            raise MendFirst
    if not has_changed and data.is_on == before.is_on:
        return
    version = before.version + has_changed
    if has_changed:
        await _keep_version(tx, rule_id, version, data.spec, by=by, now=now, restored=restored)
    await tx.execute("update requirement_rule set is_on = %(on)s where id = %(id)s", {"on": data.is_on, "id": rule_id})
    await _changed(tx, rule_id, version, "changed" if has_changed else "switched", by=by, now=now)


async def roll_back(tx: Transaction, rule_id: int, data: RequirementRollBack, *, by: Actor, now: datetime) -> None:
    """Let an earlier version hold again, as a new one.

    Raises:
        NotFound: no such rule or version.
        ChangedMeanwhile: somebody was faster.
        BadCondition, Invalid: it cannot be any more.

    Emits: RequirementRuleChanged
    """
    before = await queries.find_requirement(tx, rule_id)
    spec = await queries.spec_of_version(tx, rule_id, data.to)
    change = RequirementIn(spec=spec, is_on=before.is_on, version=data.version)
    await change_requirement(tx, rule_id, change, by=by, now=now, restored=data.to)


async def order_requirements(tx: Transaction, data: RequirementOrder, *, by: Actor, now: datetime) -> None:
    """Put rules into an order; those that are not named stay behind them.

    Emits: RequirementRuleChanged
    """
    known = [one.id for one in await queries.list_requirements(tx)]
    wanted = [one for one in dict.fromkeys(data.ids) if one in known]
    ids = [*wanted, *(one for one in known if one not in wanted)]
    if ids == known:
        return
    sql = """
        update requirement_rule r set position = o.place
        from unnest(%(ids)s::bigint[]) with ordinality as o (id, place) where r.id = o.id"""
    await tx.execute(sql, {"ids": ids})
    first = await queries.find_requirement(tx, ids[0])
    await _changed(tx, first.id, first.version, "ordered", by=by, now=now)


async def archive_requirement(tx: Transaction, rule_id: int, *, by: Actor, now: datetime) -> None:
    """Take a rule out of use; its versions stay, and work that waits by it goes on by it.

    Raises:
        NotFound: there is none.

    Emits: RequirementRuleChanged
    """
    gone = await queries.find_requirement(tx, rule_id, lock=True)
    sql = "update requirement_rule set archived_at = %(now)s, is_on = false where id = %(id)s"
    await tx.execute(sql, {"now": now, "id": rule_id})
    await _changed(tx, rule_id, gone.version, "archived", by=by, now=now)


async def list_versions(tx: Transaction, rule_id: int) -> list[RequirementVersion]:
    """Versions of a rule, newest first.

    Raises:
        NotFound: there is no such rule.
    """
    await queries.find_requirement(tx, rule_id)
    return await queries.requirement_versions(tx, rule_id)


async def _keep_version(
    tx: Transaction,
    rule_id: int,
    version: int,
    spec: RequirementSpec,
    *,
    by: Actor,
    now: datetime,
    restored: int | None = None,
) -> None:
    built = msgspec.to_builtins(spec)
    sql = """
        insert into requirement_rule_version (rule_id, version, spec, restored, person_id, at)
        values (%(rule)s, %(version)s, %(spec)s, %(restored)s, nullif(%(person)s, 0), %(now)s)"""
    params = {
        "rule": rule_id,
        "version": version,
        "spec": Jsonb(built),
        "restored": restored,
        "person": by.person_id,
        "now": now,
    }
    await tx.execute(sql, params)
    sql = """
        update requirement_rule set version = %(version)s, name_en = %(name_en)s, name_zh = %(name_zh)s,
            condition = %(condition)s, steps = %(steps)s where id = %(rule)s"""
    columns = {"rule": rule_id, "version": version, "name_en": spec.name_en.strip(), "name_zh": spec.name_zh.strip()}
    await tx.execute(sql, {**columns, "condition": Jsonb(spec.condition), "steps": Jsonb(built["steps"])})


async def _changed(tx: Transaction, rule_id: int, version: int, change: Change, *, by: Actor, now: datetime) -> None:
    fact = RequirementRuleChanged(rule_id=rule_id, version=version, change=change)
    await emit(tx, fact, by=by, at=now)
