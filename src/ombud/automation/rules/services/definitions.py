"""Verbs that make, change, order, switch and give back rules; each change is a version."""

from datetime import datetime
from itertools import pairwise
from typing import Literal

import msgspec
from msgspec import UNSET
from psycopg.types.json import Jsonb

from ombud.automation.rules import queries
from ombud.automation.rules.events import RuleChanged
from ombud.automation.rules.rules import changes_between, length_of
from ombud.automation.rules.schemas import (
    OnTime,
    Rule,
    RuleFigures,
    RuleIn,
    RuleOrder,
    RulePatch,
    RuleSpec,
    RuleVersion,
)
from ombud.automation.rules.services.checking import (
    check_spec,
    known_names,
    problems_in,
    refuse_fights,
    warnings_among,
)
from ombud.shared.actor import Actor
from ombud.shared.conditions import parse
from ombud.shared.database import Transaction, value
from ombud.shared.errors import Conflict, NotFound
from ombud.shared.events import emit

MOST_RULES = 1_000
Change = Literal["made", "changed", "switched", "ordered", "archived"]


class TooManyRules(Conflict):
    """There are 1,000 rules already. Archive some that nobody needs."""

    code = "too_many_rules"


class MendFirst(Conflict):
    """The rule names something that is gone. Mend it, then switch it on."""

    code = "rule_names_gone"


async def list_all(tx: Transaction, *, now: datetime) -> list[Rule]:
    """All rules in their order, with figures, what they name that is gone, and who overrules whom."""
    found = await queries.list_rules(tx)
    figures = await queries.figures_of(tx, [one.id for one in found], now=now)
    known, warnings = await known_names(tx), warnings_among(found)
    for one in found:
        one.figures = figures.get(one.id, RuleFigures())
        one.problems, one.warnings = problems_in(one.spec, known), warnings.get(one.id, [])
    return found


async def read_rule(tx: Transaction, rule_id: int, *, now: datetime) -> Rule:
    """One rule as in the list.

    Raises:
        NotFound: there is none.
    """
    for one in await list_all(tx, now=now):
        if one.id == rule_id:
            return one
    raise NotFound("There is no such rule.")


async def add_rule(tx: Transaction, data: RuleIn, *, by: Actor, now: datetime, example: str | None = None) -> int:
    """Keep a new rule behind the others; gives its number.

    Raises:
        BadCondition, Invalid, WakesItself: it cannot be.
        RulesContradict: it is to be on, and would go round with another.
        TooManyRules: there are 1,000.

    Emits: RuleChanged
    """
    condition = await check_spec(tx, data.spec)
    if data.is_on:
        await refuse_fights(tx, 0, data.spec, condition)
    many = await value(tx, int, "select count(*) from rule where archived_at is null") or 0
    if many >= MOST_RULES:
        raise TooManyRules
    sql = """
        insert into rule (is_on, position, example, passed_at, created_at)
        values (%(on)s, (select coalesce(max(position), 0) + 1 from rule), %(example)s, %(passed)s, %(now)s)
        returning id"""
    params = {"on": data.is_on, "example": example, "now": now, "passed": _due_by(data.spec, now)}
    rule_id = await value(tx, int, sql, params) or 0
    await _keep_version(tx, rule_id, 1, data.spec, by=by, now=now)
    await _changed(tx, rule_id, 1, "made", by=by, now=now)
    return rule_id


def _due_by(spec: RuleSpec, now: datetime) -> datetime:
    """What was due before a rule came is not made up for."""
    return now - length_of(spec.when.after) if isinstance(spec.when, OnTime) else now


async def change_rule(tx: Transaction, rule_id: int, patch: RulePatch, *, by: Actor, now: datetime) -> bool:
    """Change a rule or switch it; whether there is another version. What is the same already changes nothing.

    Raises:
        NotFound: there is none.
        BadCondition, Invalid, WakesItself: it cannot be.
        RulesContradict: it would go round with another that is on.
        MendFirst: it is to be on and names something that is gone.
        RuleEdited: somebody else changes it at the same moment.

    Emits: RuleChanged
    """
    before = await queries.find_rule(tx, rule_id, lock=True)
    spec = before.spec if patch.spec is UNSET else patch.spec
    is_on = before.is_on if patch.is_on is UNSET else patch.is_on
    has_changed = bool(changes_between(before.spec, spec))
    if has_changed:
        await check_spec(tx, spec)
    if is_on and (has_changed or not before.is_on):
        if problems_in(spec, await known_names(tx)):
            raise MendFirst
        await refuse_fights(tx, rule_id, spec, parse(spec.condition))
    if has_changed:
        await _keep_version(tx, rule_id, before.version + 1, spec, by=by, now=now)
    elif is_on == before.is_on:
        return False
    if is_on and (not before.is_on or spec.when != before.spec.when):
        await _start_over(tx, rule_id, spec, reaches_back=patch.reaches_back, now=now)
    await tx.execute("update rule set is_on = %(on)s where id = %(id)s", {"on": is_on, "id": rule_id})
    version = before.version + has_changed
    await _changed(tx, rule_id, version, "changed" if has_changed else "switched", by=by, now=now)
    return has_changed


async def _start_over(tx: Transaction, rule_id: int, spec: RuleSpec, *, reaches_back: bool, now: datetime) -> None:
    """Let a time rule begin: with what becomes due from now on, or with all that is due."""
    sql = """
        update rule set passed_id = 0,
            passed_at = case when %(back)s then '-infinity'::timestamptz else %(passed)s::timestamptz end
        where id = %(id)s"""
    await tx.execute(sql, {"id": rule_id, "back": reaches_back, "passed": _due_by(spec, now)})
    await tx.execute("delete from rule_wait where rule_id = %(id)s", {"id": rule_id})


async def roll_back(tx: Transaction, rule_id: int, version: int, *, by: Actor, now: datetime) -> None:
    """Let an earlier version hold again, as a new one.

    Raises:
        NotFound: no such rule or version.
        BadCondition, Invalid, WakesItself, RulesContradict, MendFirst: it cannot be any more.

    Emits: RuleChanged
    """
    spec = await queries.spec_of(tx, rule_id, version)
    if await change_rule(tx, rule_id, RulePatch(spec=spec), by=by, now=now):
        sql = """
            update rule_version v set restored = %(version)s from rule r
            where r.id = %(id)s and v.rule_id = r.id and v.version = r.version"""
        await tx.execute(sql, {"id": rule_id, "version": version})


async def order_rules(tx: Transaction, data: RuleOrder, *, by: Actor, now: datetime) -> None:
    """Put rules into an order; those that are not named stay behind them.

    Emits: RuleChanged
    """
    known = [one.id for one in await queries.list_rules(tx)]
    wanted = [one for one in dict.fromkeys(data.ids) if one in known]
    ids = [*wanted, *(one for one in known if one not in wanted)]
    if ids == known:
        return
    sql = """
        update rule set position = o.place from unnest(%(ids)s::bigint[]) with ordinality as o (id, place)
        where rule.id = o.id"""
    await tx.execute(sql, {"ids": ids})
    first = await queries.find_rule(tx, ids[0])
    await _changed(tx, first.id, first.version, "ordered", by=by, now=now)


async def archive_rule(tx: Transaction, rule_id: int, *, by: Actor, now: datetime) -> None:
    """Take a rule out of use; its runs and versions stay.

    Raises:
        NotFound: there is none.

    Emits: RuleChanged
    """
    gone = await queries.find_rule(tx, rule_id, lock=True)
    sql = "update rule set archived_at = %(now)s, is_on = false, example = null where id = %(id)s"
    await tx.execute(sql, {"now": now, "id": rule_id})
    await _changed(tx, rule_id, gone.version, "archived", by=by, now=now)


async def list_versions(tx: Transaction, rule_id: int) -> list[RuleVersion]:
    """Versions of a rule, newest first, each with what it changed.

    Raises:
        NotFound: there is no such rule.
    """
    await queries.find_rule(tx, rule_id)
    found = await queries.versions_of(tx, rule_id)
    for one, before in pairwise(found):
        one.changes = changes_between(before.spec, one.spec)
    return found


async def _keep_version(
    tx: Transaction, rule_id: int, version: int, spec: RuleSpec, *, by: Actor, now: datetime
) -> None:
    sql = """
        insert into rule_version (rule_id, version, spec, person_id, at)
        values (%(rule)s, %(version)s, %(spec)s, nullif(%(person)s, 0), %(now)s)"""
    params = {
        "rule": rule_id,
        "version": version,
        "spec": Jsonb(msgspec.to_builtins(spec)),
        "person": by.person_id,
        "now": now,
    }
    await tx.execute(sql, params)
    await tx.execute("update rule set version = %(version)s where id = %(rule)s", params)


async def _changed(tx: Transaction, rule_id: int, version: int, change: Change, *, by: Actor, now: datetime) -> None:
    await tx.execute("update rule_book set stamp = gen_random_uuid()")
    await emit(tx, RuleChanged(rule_id=rule_id, version=version, change=change), by=by, at=now)
