"""Verbs that define policies, and what a policy would take before it is saved."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from psycopg.types.json import Jsonb

from ombud.fields.queries import list_fields
from ombud.service_levels import queries
from ombud.service_levels.events import ServicePolicyChanged
from ombud.service_levels.queries import PolicyVersion
from ombud.service_levels.schemas import BY_HAND, Matched, Policy, PolicyIn, PolicySpec, Preview, PreviewIn
from ombud.service_levels.services.calendars import check_span, find_calendar
from ombud.service_levels.services.choosing import kinds_of
from ombud.service_levels.services.keeping import compute
from ombud.shared.actor import Actor
from ombud.shared.conditions import check, parse
from ombud.shared.database import Transaction, value
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit
from ombud.tickets.queries.lists import visible_team_ids

MOST_POLICIES = 200
PREVIEWED, SHOWN = 500, 30
TRIED = -1


class TooManyPolicies(Conflict):
    """There are 200 policies already. Archive some that no ticket needs."""

    code = "too_many_policies"


async def check_policy(tx: Transaction, spec: PolicySpec) -> None:
    """Hold a policy against what there is.

    Raises:
        Invalid: it has no name, or a target or a step cannot be.
        BadCondition: its condition names what is not there.
        NotFound: its calendar, or a team or person of a step, is not there.
    """
    if not (spec.name_en.strip() or spec.name_zh.strip()):
        raise Invalid("Give the policy a name.", fields={"name_en": "required"})
    check(parse(spec.condition), kinds_of(await list_fields(tx, "ticket")))
    if (await find_calendar(tx, spec.calendar_id)).is_archived:
        raise NotFound("The calendar is archived.")
    for one in spec.targets:
        check_span(one.span)
    for number, step in enumerate(spec.steps):
        told = [step.tell, step.tell_people]
        acts = [step.add_followers, step.raise_priority, step.team_id, step.assignee_id, step.task]
        if not any(told + acts):
            raise Invalid(f"Step {number + 1} of the chain does nothing.", fields={"steps": "empty"})
        if step.pages and not any(told):
            raise Invalid(f"Say whom step {number + 1} of the chain pages.", fields={"steps": "nobody_paged"})
        if step.task is not None:
            check_span(step.task.span)
            if not step.task.title.strip():
                raise Invalid(f"Say what step {number + 1} asks the department for.", fields={"steps": "no_title"})
    people = {one for step in spec.steps for one in (*step.tell_people, *step.add_followers, step.assignee_id) if one}
    await _must_be(tx, "person", people, "deactivated_at")
    teams = {one for step in spec.steps for one in (step.team_id, step.task.team_id if step.task else None) if one}
    await _must_be(tx, "team", teams, "archived_at")


async def _must_be(tx: Transaction, table: str, ids: Iterable[int], gone: str) -> None:
    wanted = sorted(ids)
    sql = f"select count(*) from {table} where id = any(%(ids)s) and {gone} is null"
    if wanted and await value(tx, int, sql, {"ids": wanted}) != len(wanted):
        raise NotFound(f"A step of the chain names a {table} that is not there any more.")


async def make_policy(tx: Transaction, data: PolicyIn, *, by: Actor, now: datetime) -> Policy:
    """Make a policy, behind all others. Tickets that are opened from now on have it.

    Raises:
        TooManyPolicies: there are 200.
        Invalid: it cannot be like this.
        NotFound: it names what is not there.

    Emits: ServicePolicyChanged
    """
    spec = _spec(data)
    await check_policy(tx, spec)
    in_use = "select count(*) from service_policy where archived_at is null"
    if (await value(tx, int, in_use) or 0) >= MOST_POLICIES:
        raise TooManyPolicies
    sql = """
        insert into service_policy (position, created_at)
        select coalesce(max(position), 0) + 1, %(now)s from service_policy returning id"""
    policy_id = await value(tx, int, sql, {"now": now}) or 0
    await _add_version(tx, policy_id, spec, by=by, now=now)
    await emit(tx, ServicePolicyChanged(policy_id=policy_id, change="made"), by=by, at=now)
    return await find_policy(tx, policy_id)


async def change_policy(tx: Transaction, policy_id: int, data: PolicyIn, *, by: Actor, now: datetime) -> Policy:
    """Change a policy. That makes a new version: clocks that run go on by the one that they began with.

    Raises:
        NotFound: no such policy, or it names what is not there.
        Invalid: it cannot be like this.

    Emits: ServicePolicyChanged
    """
    await tx.execute("select from service_policy where id = %(id)s for update", {"id": policy_id})
    known = await find_policy(tx, policy_id)
    spec = _spec(data)
    if not data.is_archived:
        await check_policy(tx, spec)
    if spec == known.spec and data.is_archived == known.is_archived:
        return known
    sql = """
        update service_policy set archived_at = case when %(is_archived)s then coalesce(archived_at, %(now)s) end
        where id = %(id)s"""
    await tx.execute(sql, {"id": policy_id, "is_archived": data.is_archived, "now": now})
    if spec != known.spec:
        await _add_version(tx, policy_id, spec, by=by, now=now)
    change = ServicePolicyChanged(policy_id=policy_id, change="archived" if data.is_archived else "changed")
    await emit(tx, change, by=by, at=now)
    return await find_policy(tx, policy_id)


async def order_policies(tx: Transaction, ids: list[int], *, by: Actor, now: datetime) -> list[Policy]:
    """Put policies into an order; those that are not named stay behind them.

    Emits: ServicePolicyChanged
    """
    sql = """
        update service_policy p set position = o.place from (
            select id, row_number() over (order by array_position(%(ids)s::bigint[], id), position, id) as place
            from service_policy) o
        where o.id = p.id"""
    await tx.execute(sql, {"ids": ids})
    await emit(tx, ServicePolicyChanged(policy_id=None, change="ordered"), by=by, at=now)
    return await queries.list_policies(tx)


def _spec(data: PolicyIn) -> PolicySpec:
    return msgspec.convert(
        {name: getattr(data, name) for name in PolicySpec.__struct_fields__}, PolicySpec, from_attributes=True
    )


async def _add_version(tx: Transaction, policy_id: int, spec: PolicySpec, *, by: Actor, now: datetime) -> None:
    sql = """
        insert into service_policy_version (policy_id, spec, made_by, created_at)
        values (%(id)s, %(spec)s, %(by)s, %(now)s)"""
    params = {"id": policy_id, "spec": Jsonb(msgspec.to_builtins(spec)), "by": by.person_id or None, "now": now}
    await tx.execute(sql, params)


async def find_policy(tx: Transaction, policy_id: int) -> Policy:
    """A policy in its newest version.

    Raises:
        NotFound: no such policy.
    """
    found = next((one for one in await queries.list_policies(tx) if one.id == policy_id), None)
    if found is None:
        raise NotFound("There is no such policy.")
    return found


async def preview_policy(tx: Transaction, data: PreviewIn, *, by: Actor, now: datetime) -> Preview:
    """Which of the newest 500 open tickets that the actor sees a policy would have, in its place of the order.

    Raises:
        Invalid: it cannot be like this.
        NotFound: it names what is not there.
    """
    await check_policy(tx, data.spec)
    known = await queries.policies_in_force(tx)
    place = next((number for number, one in enumerate(known) if one.policy_id == data.policy_id), len(known))
    tried = PolicyVersion(TRIED, TRIED, data.spec, datetime.fromtimestamp(0, tz=now.tzinfo))
    order = [*known[:place], tried, *known[place + (place < len(known)) :]]
    ids = await queries.newest_open_tickets(tx, await visible_team_ids(tx, by), limit=PREVIEWED)
    changes = await compute(tx, await queries.load_tickets(tx, ids), order, now=now, anew=True)
    mine = [one for one in changes if any(clock.policy_version_id == TRIED for clock in one.after)]
    items = [_matched(one.ticket.id, one.ticket.subject, *one.next_deadline) for one in mine[::-1][:SHOWN]]
    return Preview(len(changes), len(mine), items)


def _matched(ticket_id: int, subject: str, due_at: datetime | None, metric: str | None) -> Matched:
    return Matched(ticket_id, subject, due_at, None if metric in BY_HAND else metric)  # type: ignore[arg-type]  # one of its words
