"""Writing plans down, and the bounds of the warning levels."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from psycopg.types.json import Jsonb

from ombud.fields.queries import list_named_fields
from ombud.routing.surge import queries, rules
from ombud.routing.surge.events import SurgePlanChanged
from ombud.routing.surge.schemas import Plan, PlanSpec, SurgeThresholds
from ombud.shared.actor import Actor
from ombud.shared.conditions import check, parse
from ombud.shared.database import Transaction, value, values
from ombud.shared.errors import Conflict, Invalid
from ombud.shared.events import emit
from ombud.views.services.asking import shared_kinds


class PlanInForce(Conflict):
    """The plan is in force. End it first; then it can be changed or archived."""

    code = "plan_in_force"


async def make_plan(tx: Transaction, spec: PlanSpec, *, by: Actor, now: datetime) -> Plan:
    """Write a new plan down.

    Raises:
        Invalid, BadCondition: it would do nothing, or names what is not there.

    Emits: SurgePlanChanged
    """
    await _check(tx, spec)
    sql = """
        insert into surge_plan (position, created_at)
        values ((select coalesce(max(position), 0) + 1 from surge_plan), %(now)s) returning id"""
    plan_id = await value(tx, int, sql, {"now": now}) or 0
    await _write_version(tx, plan_id, 1, spec, by=by, now=now)
    return await queries.find_plan(tx, plan_id)


async def change_plan(tx: Transaction, plan_id: int, spec: PlanSpec, *, by: Actor, now: datetime) -> Plan:
    """Write a plan down anew, as its next version; the same again changes nothing.

    Raises:
        NotFound: it is not there.
        PlanInForce: what runs stays as it was begun.
        Invalid, BadCondition: it would do nothing, or names what is not there.

    Emits: SurgePlanChanged
    """
    await tx.execute("select from surge_plan where id = %(id)s for update", {"id": plan_id})
    found = await queries.find_plan(tx, plan_id)
    if found.run_id is not None:
        raise PlanInForce
    if found.spec == spec:
        return found
    await _check(tx, spec)
    sql = "update surge_plan set version = version + 1 where id = %(id)s returning version"
    version = await value(tx, int, sql, {"id": plan_id}) or 0
    await _write_version(tx, plan_id, version, spec, by=by, now=now)
    return await queries.find_plan(tx, plan_id)


async def archive_plan(tx: Transaction, plan_id: int, *, by: Actor, now: datetime) -> None:
    """Take a plan off the list; its runs and rehearsals stay.

    Raises:
        NotFound: it is not there.
        PlanInForce: it is in force.

    Emits: SurgePlanChanged
    """
    await tx.execute("select from surge_plan where id = %(id)s for update", {"id": plan_id})
    if (await queries.find_plan(tx, plan_id)).run_id is not None:
        raise PlanInForce
    await tx.execute("update surge_plan set archived_at = %(now)s where id = %(id)s", {"id": plan_id, "now": now})
    await emit(tx, SurgePlanChanged(plan_id=plan_id), by=by, at=now)


async def set_thresholds(tx: Transaction, data: SurgeThresholds, *, by: Actor, now: datetime) -> None:
    """Say from where on each warning level holds; the same again changes nothing.

    Emits: SurgePlanChanged
    """
    if await queries.thresholds_now(tx) == data:
        return
    sql = "insert into surge_thresholds (spec, person_id, at) values (%(spec)s, %(by)s, %(now)s)"
    params = {"spec": Jsonb(msgspec.to_builtins(data)), "by": by.person_id or None, "now": now}
    await tx.execute(sql, params)
    await emit(tx, SurgePlanChanged(), by=by, at=now)


async def _write_version(
    tx: Transaction, plan_id: int, version: int, spec: PlanSpec, *, by: Actor, now: datetime
) -> None:
    sql = """
        insert into surge_plan_version (plan_id, version, spec, person_id, at)
        values (%(plan)s, %(version)s, %(spec)s, %(by)s, %(now)s)"""
    params = {
        "plan": plan_id,
        "version": version,
        "spec": Jsonb(msgspec.to_builtins(spec)),
        "by": by.person_id or None,
        "now": now,
    }
    await tx.execute(sql, params)
    await emit(tx, SurgePlanChanged(plan_id=plan_id), by=by, at=now)


async def _check(tx: Transaction, spec: PlanSpec) -> None:
    measures = spec.measures
    if rules.is_empty(measures):
        raise Invalid("The plan has no measure.", fields={"measures": "required"})
    if measures.park_condition is not None:
        fields = await list_named_fields(tx)
        check(parse(measures.park_condition), shared_kinds(fields))
    if not all(rules.is_said(one.question) and rules.is_said(one.answer) for one in measures.prepared):
        raise Invalid("A prepared answer needs a question and an answer.", fields={"prepared": "required"})
    await _check_ids(tx, "team", spec.team_ids, "team_ids")
    await _check_ids(tx, "channel", measures.channel_ids, "channel_ids")


async def _check_ids(tx: Transaction, table: str, ids: Collection[int], field: str) -> None:
    found = await values(tx, int, f"select id from {table} where id = any(%(ids)s::bigint[])", {"ids": list(ids)})
    if set(ids) - set(found):
        raise Invalid(f"There is no such {table}.", fields={field: "unknown"})
