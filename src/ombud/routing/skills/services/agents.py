"""Verbs on what agents take, and on customers that they are kept from."""

from datetime import datetime

import msgspec
from psycopg.types.json import Jsonb

from ombud.accounts.schemas import PersonChange
from ombud.accounts.services.people import change_person
from ombud.customers.queries import is_customer_visible
from ombud.routing.skills import queries
from ombud.routing.skills.events import AgentExclusionChanged, AgentRoutingChanged
from ombud.routing.skills.schemas import AgentRouting, AgentRoutingIn, AgentSettings
from ombud.routing.skills.services.definitions import same_version
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, value
from ombud.shared.errors import Invalid, NotFound
from ombud.shared.events import emit


async def change_agent(
    tx: Transaction, person_id: int, data: AgentRoutingIn, *, by: Actor, now: datetime
) -> AgentRouting:
    """Change what an agent takes; what is the same already changes nothing and emits nothing.

    Raises:
        NotFound: nobody who is given work.
        ChangedMeanwhile: somebody was faster.
        Invalid: the calendar is not there.

    Emits: AgentRoutingChanged, PersonChanged
    """
    await tx.execute("select from person where id = %(id)s for update", {"id": person_id})
    known = await queries.find_agent(tx, person_id)
    same_version(known.version, data.version)
    new = data.settings
    fields = [name for name in AgentSettings.__struct_fields__ if getattr(new, name) != getattr(known.settings, name)]
    if not fields:
        return known
    if new.calendar_id is not None:
        await _check_calendar(tx, new.calendar_id)
    await _store(tx, person_id, new)
    if "capacity_points" in fields:
        change = PersonChange(capacity_points=new.capacity_points)
        await change_person(tx, person_id=person_id, change=change, by=by, now=now)
    await emit(tx, AgentRoutingChanged(person_id=person_id, fields=fields), by=by, at=now)
    return await queries.find_agent(tx, person_id)


async def _check_calendar(tx: Transaction, calendar_id: int) -> None:
    sql = "select exists (select from calendar where id = %(id)s and archived_at is null)"
    if not await value(tx, bool, sql, {"id": calendar_id}):
        raise Invalid("The calendar is not there, or archived.", fields={"calendar_id": "unknown"})


async def _store(tx: Transaction, person_id: int, new: AgentSettings) -> None:
    sql = """
        insert into agent_routing (person_id, limits, accepts, wrap_up_seconds, ramp_seconds, calendar_id, is_reserve)
        values (%(person)s, %(limits)s, %(accepts)s, %(wrap)s, %(ramp)s, %(calendar)s, %(reserve)s)
        on conflict (person_id) do update set version = agent_routing.version + 1, limits = excluded.limits,
            accepts = excluded.accepts, wrap_up_seconds = excluded.wrap_up_seconds,
            ramp_seconds = excluded.ramp_seconds, calendar_id = excluded.calendar_id,
            is_reserve = excluded.is_reserve"""
    params = {
        "person": person_id,
        "limits": Jsonb(msgspec.to_builtins(new.limits)),
        "accepts": new.accepts,
        "wrap": new.wrap_up_seconds,
        "ramp": new.ramp_seconds,
        "calendar": new.calendar_id,
        "reserve": new.is_reserve,
    }
    await tx.execute(sql, params)


async def exclude_customer(
    tx: Transaction, person_id: int, customer_id: int, reason: str, *, by: Actor, now: datetime
) -> AgentRouting:
    """Keep a customer's work from an agent, or say another reason for it.

    Raises:
        NotFound: nobody who is given work, or a customer that ``by`` does not see.

    Emits: AgentExclusionChanged
    """
    known = await queries.find_agent(tx, person_id)
    if not await is_customer_visible(tx, customer_id, by=by):
        raise NotFound("There is no such customer.")
    before = next((one for one in known.excluded if one.customer_id == customer_id), None)
    if before is not None and before.reason == reason.strip():
        return known
    sql = """
        insert into agent_exclusion (person_id, customer_id, reason, made_by, at)
        values (%(person)s, %(customer)s, %(reason)s, nullif(%(by)s, 0), %(now)s)
        on conflict (person_id, customer_id) do update set reason = excluded.reason"""
    params = {"person": person_id, "customer": customer_id, "reason": reason.strip(), "by": by.person_id, "now": now}
    await tx.execute(sql, params)
    change = AgentExclusionChanged(person_id=person_id, customer_id=customer_id, change="changed" if before else "made")
    await emit(tx, change, by=by, at=now)
    return await queries.find_agent(tx, person_id)


async def include_customer(tx: Transaction, person_id: int, customer_id: int, *, by: Actor, now: datetime) -> None:
    """Give an agent a customer's work again.

    Raises:
        NotFound: they are not kept from each other.

    Emits: AgentExclusionChanged
    """
    sql = "delete from agent_exclusion where person_id = %(person)s and customer_id = %(customer)s"
    if not await execute(tx, sql, {"person": person_id, "customer": customer_id}):
        raise NotFound("The agent is not kept from this customer.")
    change = AgentExclusionChanged(person_id=person_id, customer_id=customer_id, change="removed")
    await emit(tx, change, by=by, at=now)
