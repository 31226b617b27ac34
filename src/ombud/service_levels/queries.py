"""Reads of calendars, policies and clocks, and of what tickets' clocks are computed from."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from ombud.service_levels.rules import Happening
from ombud.service_levels.schemas import CalendarRow, Clock, ClockJob, Policy, PolicySpec
from ombud.shared.calendars.opening import Calendar
from ombud.shared.calendars.schemas import CalendarSpec
from ombud.shared.database import Transaction, row, rows, value, values

CLOCK = """
    k.id, k.ticket_id, k.metric, k.round, k.label, k.policy_version_id, k.calendar_version_id, k.span, k.state,
    k.outcome, k.started_at, k.ended_at, k.rests, k.due_at, k.breached_at, k.fired, k.next_at, k.acknowledged_at,
    k.acknowledged_by"""


class LevelTicket(Struct):
    """What policies and clocks ask of a ticket."""

    id: int
    subject: str
    team_id: int
    assignee_id: int | None
    category: str
    priority: int
    type_id: int | None
    brand_id: int
    tags: list[str]
    fields: dict[str, Any]
    tier: str
    channel: str | None
    created_at: datetime
    activity_at: datetime
    due_at: datetime | None
    due_metric: str | None
    merged_into_id: int | None


TICKET = """
    select t.id, t.subject, t.team_id, t.assignee_id, t.category, t.priority, t.type_id, t.brand_id, t.tags, t.fields,
        c.tier, (select kind from channel where channel.id = t.channel_id) as channel, t.created_at, t.activity_at,
        t.due_at, t.due_metric, t.merged_into_id
    from ticket t join customer c on c.id = t.customer_id
    where t.id = any((select %(ids)s::bigint[])::bigint[]) order by t.id"""


async def lock_tickets(tx: Transaction, ticket_ids: Sequence[int]) -> list[LevelTicket]:
    """Tickets under row locks, taken in the order of their numbers."""
    return await rows(tx, LevelTicket, f"{TICKET} for no key update of t", {"ids": sorted(ticket_ids)})


async def load_tickets(tx: Transaction, ticket_ids: Sequence[int]) -> list[LevelTicket]:
    """Tickets without locks, to look what would be."""
    return await rows(tx, LevelTicket, TICKET, {"ids": sorted(ticket_ids)})


class _Row(Struct):
    ticket_id: int
    at: datetime
    what: str
    category: str | None


async def load_happenings(tx: Transaction, ticket_ids: Sequence[int]) -> dict[int, list[Happening]]:
    """What clocks go by on the timelines of tickets, each in its order.

    An answer that was taken back, what machines wrote, notes and what went to third parties are nothing to a customer.
    """
    sql = """
        select e.ticket_id, e.at, s.category,
            case when e.kind = 'change' then 'state' when e.direction = 'in' then 'asked' else 'told' end as what
        from entry e left join status s on s.id = case
            when e.kind = 'change' then (e.details ->> 'to_value')::bigint
            else (e.details ->> 'status_after')::bigint end
        where e.ticket_id = any((select %(ids)s::bigint[])::bigint[]) and e.undone_at is null and (
            (e.kind = 'message' and e.direction = 'in' and coalesce(e.details ->> 'kind', 'normal') = 'normal')
            or (e.kind = 'message' and e.direction = 'out' and e.author_kind in ('person', 'api_key'))
            or (e.kind = 'change' and e.details ->> 'field' = 'status' and e.origin_ticket_id is null))
        order by e.ticket_id, e.at, e.id"""
    found: dict[int, list[Happening]] = {}
    for one in await rows(tx, _Row, sql, {"ids": list(ticket_ids)}):
        found.setdefault(one.ticket_id, []).append(Happening(one.at, one.what, one.category))  # type: ignore[arg-type]
    return found


async def load_clocks(tx: Transaction, ticket_ids: Sequence[int]) -> list[Clock]:
    """All clocks of some tickets."""
    sql = f"select {CLOCK} from clock k where k.ticket_id = any((select %(ids)s::bigint[])::bigint[]) order by k.id"
    return await rows(tx, Clock, sql, {"ids": list(ticket_ids)})


async def find_clock(tx: Transaction, ticket_id: int, clock_id: int) -> Clock | None:
    """One clock of a ticket."""
    sql = f"select {CLOCK} from clock k where k.id = %(id)s and k.ticket_id = %(ticket)s"
    return await row(tx, Clock, sql, {"id": clock_id, "ticket": ticket_id})


class PolicyVersion(Struct):
    """A policy as it was at some time."""

    id: int
    policy_id: int
    spec: PolicySpec
    since: datetime


async def policies_in_force(tx: Transaction) -> list[PolicyVersion]:
    """The newest version of each policy in use, in the order in which they are tried."""
    sql = """
        select v.id, p.id as policy_id, v.spec, p.created_at as since
        from service_policy p cross join lateral (
            select id, spec from service_policy_version where policy_id = p.id order by id desc limit 1) v
        where p.archived_at is null order by p.position, p.id"""
    return await rows(tx, PolicyVersion, sql)


async def policy_versions(tx: Transaction, version_ids: Sequence[int]) -> dict[int, PolicyVersion]:
    """Versions of policies by their id."""
    sql = """
        select v.id, v.policy_id, v.spec, p.created_at as since from service_policy_version v
        join service_policy p on p.id = v.policy_id where v.id = any(%(ids)s)"""
    return {one.id: one for one in await rows(tx, PolicyVersion, sql, {"ids": list(version_ids)})}


class CalendarVersion(Struct):
    """A calendar as it was at some time."""

    id: int
    calendar_id: int
    spec: CalendarSpec


async def calendar_versions(tx: Transaction, version_ids: Sequence[int]) -> dict[int, Calendar]:
    """Versions of calendars by their id, ready to be counted in."""
    sql = "select id, calendar_id, spec from calendar_version where id = any(%(ids)s)"
    return {one.id: Calendar(one.spec) for one in await rows(tx, CalendarVersion, sql, {"ids": list(version_ids)})}


async def newest_calendars(tx: Transaction, calendar_ids: Sequence[int]) -> dict[int, CalendarVersion]:
    """The newest version of calendars by the calendar's id."""
    sql = """
        select distinct on (calendar_id) id, calendar_id, spec from calendar_version
        where calendar_id = any(%(ids)s) order by calendar_id, id desc"""
    return {one.calendar_id: one for one in await rows(tx, CalendarVersion, sql, {"ids": list(calendar_ids)})}


async def list_calendars(tx: Transaction) -> list[CalendarRow]:
    """All calendars in their newest versions, archived ones last."""
    sql = """
        select c.id, c.name_en, c.name_zh, c.is_default, c.archived_at is not null as is_archived, v.id as version_id,
            v.spec, v.created_at as changed_at,
            array(select t.id from team t where t.calendar_id = c.id order by t.id) as team_ids
        from calendar c cross join lateral (
            select id, spec, created_at from calendar_version where calendar_id = c.id order by id desc limit 1) v
        order by c.archived_at is not null, not c.is_default, c.id"""
    return await rows(tx, CalendarRow, sql)


async def list_policies(tx: Transaction) -> list[Policy]:
    """All policies in their newest versions and their order, archived ones last."""
    sql = """
        select p.id, p.position, p.archived_at is not null as is_archived, v.id as version_id, v.spec,
            v.created_at as changed_at,
            (select count(*) from (select from clock k join service_policy_version w on w.id = k.policy_version_id
                where w.policy_id = p.id and k.state <> 'ended' limit 1000) n) as clocks
        from service_policy p cross join lateral (
            select id, spec, created_at from service_policy_version where policy_id = p.id order by id desc limit 1) v
        order by p.archived_at is not null, p.position, p.id"""
    return await rows(tx, Policy, sql)


class ClockNames(Struct):
    """What a clock's versions are called."""

    policy_version_id: int
    policy_id: int
    policy_name_en: str
    policy_name_zh: str


async def policy_names(tx: Transaction, version_ids: Sequence[int]) -> dict[int, ClockNames]:
    """Names of policies by version."""
    sql = """
        select id as policy_version_id, policy_id, spec ->> 'name_en' as policy_name_en,
            spec ->> 'name_zh' as policy_name_zh
        from service_policy_version where id = any(%(ids)s)"""
    return {one.policy_version_id: one for one in await rows(tx, ClockNames, sql, {"ids": list(version_ids)})}


class _CalendarName(Struct):
    id: int
    name_en: str
    name_zh: str


async def calendar_names(tx: Transaction, version_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Names of calendars by version."""
    sql = """
        select v.id, c.name_en, c.name_zh from calendar_version v join calendar c on c.id = v.calendar_id
        where v.id = any(%(ids)s)"""
    found = await rows(tx, _CalendarName, sql, {"ids": list(version_ids)})
    return {one.id: (one.name_en, one.name_zh) for one in found}


class _Hours(Struct):
    team_id: int
    spec: CalendarSpec


async def hours_of_teams(tx: Transaction, team_ids: Sequence[int]) -> dict[int, Calendar]:
    """The hours of teams: their own calendar, or the default one; a team without either is there always."""
    sql = """
        select t.id as team_id, v.spec from team t
        join calendar c on c.id = coalesce(t.calendar_id, (select id from calendar where is_default))
        cross join lateral (
            select spec from calendar_version where calendar_id = c.id order by id desc limit 1) v
        where t.id = any(%(ids)s)"""
    return {one.team_id: Calendar(one.spec) for one in await rows(tx, _Hours, sql, {"ids": list(team_ids)})}


class _OwnHours(Struct):
    person_id: int
    spec: CalendarSpec


async def hours_of_people(tx: Transaction, person_ids: Sequence[int]) -> dict[int, Calendar]:
    """Working hours of people who have a calendar of their own; for the others their team's hours hold."""
    sql = """
        select a.person_id, v.spec from agent_routing a cross join lateral (
            select spec from calendar_version where calendar_id = a.calendar_id order by id desc limit 1) v
        where a.person_id = any(%(ids)s::bigint[])"""
    found = await rows(tx, _OwnHours, sql, {"ids": list(person_ids)})
    return {one.person_id: Calendar(one.spec) for one in found}


async def open_tickets_after(tx: Transaction, ticket_id: int, *, limit: int) -> list[int]:
    """Numbers of open tickets behind one, in order."""
    sql = """
        select t.id from ticket t where t.id > %(after)s and t.is_open and t.merged_into_id is null
        order by t.id limit %(limit)s"""
    return await values(tx, int, sql, {"after": ticket_id, "limit": limit})


async def count_open_tickets(tx: Transaction) -> int:
    """How many tickets are open."""
    return await value(tx, int, "select count(*) from ticket where is_open and merged_into_id is null") or 0


async def newest_open_tickets(tx: Transaction, team_ids: Sequence[int], *, limit: int) -> list[int]:
    """Numbers of the newest open tickets of some teams."""
    sql = """
        select t.id from ticket t where t.is_open and t.merged_into_id is null and t.team_id = any(%(teams)s)
        order by t.id desc limit %(limit)s"""
    return await values(tx, int, sql, {"teams": list(team_ids), "limit": limit})


async def next_moment(tx: Transaction) -> datetime | None:
    """When something is due next: of a clock, or of somebody who is to be told."""
    sql = """
        select least((select next_at from clock where next_at is not null order by next_at limit 1),
                     (select send_at from escalation where sent_at is null order by send_at limit 1))"""
    return await value(tx, datetime, sql)


JOB = "id, state, total, done, changed, created_at, ended_at"


async def list_jobs(tx: Transaction, *, limit: int = 5) -> list[ClockJob]:
    """The last applications of policies to open tickets, newest first."""
    return await rows(tx, ClockJob, f"select {JOB} from clock_job order by id desc limit %(limit)s", {"limit": limit})
