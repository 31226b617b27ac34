"""Reads of strain: whose is watched, what their last hours held, and what their teams agreed on."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from ombud.routing.strain.rules import HOURS
from ombud.routing.strain.schemas import LoadPart, StrainedAgent, StrainPolicy, Talk, Tells
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows, values
from ombud.tickets.queries.lists import visible_team_ids

# A stretch without work that is as long is a break, whatever it was called.
REST = timedelta(minutes=15)


async def watched_people(tx: Transaction) -> list[int]:
    """Who wants it, and works here."""
    sql = """
        select a.person_id from agent_routing a join person p on p.id = a.person_id
        where a.has_strain and p.deactivated_at is null order by a.person_id"""
    return await values(tx, int, sql, {})


class _Talk(Struct):
    person_id: int
    age_minutes: float
    minutes: float
    messages: int
    anger: int
    abuse: int


async def talks_of(tx: Transaction, person_ids: Sequence[int], *, now: datetime) -> dict[int, list[Talk]]:
    """Conversations in which people wrote in the last hours, with what customers wrote in them meanwhile."""
    sql = """
        with own as (
            select e.author_id as person_id, e.ticket_id, min(e.at) as first, max(e.at) as last
            from entry e where e.author_kind = 'person' and e.author_id = any(%(ids)s) and e.kind = 'message'
                and e.direction = 'out' and e.undone_at is null and e.at > %(since)s
            group by 1, 2)
        select o.person_id, extract(epoch from %(now)s - o.last)::float8 / 60 as age_minutes,
            extract(epoch from o.last - o.first)::float8 / 60 as minutes,
            (select count(*) from entry m where m.ticket_id = o.ticket_id and m.kind = 'message'
                and m.direction = 'in' and m.at > %(since)s)::int as messages,
            coalesce(k.anger, 0)::int as anger, coalesce(k.abuse, 0)::int as abuse
        from own o left join lateral (
            select sum(s.anger) as anger, sum(s.abuse) as abuse from strain_mark s
            where s.ticket_id = o.ticket_id and s.at > %(since)s) k on true
        order by o.person_id, o.last desc"""
    params = {"ids": list(person_ids), "now": now, "since": now - timedelta(hours=HOURS)}
    found: dict[int, list[Talk]] = {}
    for one in await rows(tx, _Talk, sql, params):
        talk = Talk(one.age_minutes, one.minutes, one.messages, one.anger, one.abuse)
        found.setdefault(one.person_id, []).append(talk)
    return found


class _Worked(Struct):
    person_id: int
    minutes: float


async def minutes_without_break(tx: Transaction, person_ids: Sequence[int], *, now: datetime) -> dict[int, float]:
    """For how long people have worked since their last break; who is not at work has had one."""
    sql = """
        select r.person_id, extract(epoch from %(now)s - greatest(%(since)s::timestamptz, coalesce((
                select max(coalesce(l.to_at, %(now)s)) from state_log l where l.person_id = r.person_id
                    and l.state in ('break', 'offline', 'away')
                    and (l.state = 'break' or coalesce(l.to_at, %(now)s) - l.from_at >= %(rest)s)), (
                select min(l.from_at) from state_log l where l.person_id = r.person_id), %(now)s)))::float8 / 60
            as minutes
        from presence r where r.person_id = any(%(ids)s)"""
    params = {"ids": list(person_ids), "now": now, "rest": REST, "since": now - timedelta(hours=HOURS * 3)}
    return {one.person_id: one.minutes for one in await rows(tx, _Worked, sql, params)}


class Agreed(Struct):
    """What an agent's teams agreed on, at its mildest for them: the lowest bound, the least hard work."""

    person_id: int
    bound: int
    hard_percent: int
    tells: Tells


async def agreed(tx: Transaction, person_ids: Sequence[int]) -> dict[int, Agreed]:
    """The policies that hold for people; supervisors are told where one of their teams says so."""
    sql = """
        select p.id as person_id, coalesce(min(s.bound), 60)::int as bound,
            coalesce(min(s.hard_percent), 25)::int as hard_percent,
            case when bool_or(s.tells = 'supervisors') then 'supervisors' else 'nobody' end as tells
        from person p left join membership m on m.person_id = p.id left join strain_policy s on s.team_id = m.team_id
        where p.id = any(%(ids)s) group by p.id"""
    return {one.person_id: one for one in await rows(tx, Agreed, sql, {"ids": list(person_ids)})}


class Share(Struct):
    """What was computed last for somebody."""

    person_id: int
    load: float
    parts: list[LoadPart]
    computed_at: datetime
    is_high: bool
    high_since: datetime | None
    agreed_to: Tells
    break_proposed_at: datetime | None
    break_answered_at: datetime | None


async def shares(tx: Transaction, person_ids: Sequence[int]) -> dict[int, Share]:
    """What was computed for people."""
    sql = """
        select person_id, load, parts, computed_at, is_high, high_since, agreed_to, break_proposed_at, break_answered_at
        from strain_share where person_id = any(%(ids)s)"""
    return {one.person_id: one for one in await rows(tx, Share, sql, {"ids": list(person_ids)})}


class _Switch(Struct):
    is_on: bool


async def is_watched(tx: Transaction, person_id: int) -> bool:
    """Whether somebody wants it."""
    found = await row(
        tx, _Switch, "select has_strain as is_on from agent_routing where person_id = %(id)s", {"id": person_id}
    )
    return found is not None and found.is_on


async def list_policies(tx: Transaction, *, by: Actor) -> list[StrainPolicy]:
    """What the teams that the actor sees have agreed on."""
    sql = """
        select t.id as team_id, t.name as team, coalesce(s.bound, 60) as bound,
            coalesce(s.hard_percent, 25) as hard_percent, coalesce(s.tells, 'nobody') as tells
        from team t left join strain_policy s on s.team_id = t.id
        where t.archived_at is null and t.id = any(%(teams)s) order by t.name, t.id"""
    return await rows(tx, StrainPolicy, sql, {"teams": await visible_team_ids(tx, by)})


async def strained(tx: Transaction, *, by: Actor) -> list[StrainedAgent]:
    """People above the bound whose team tells supervisors, who agreed to it, and whose team the actor sees."""
    sql = """
        select p.id as person_id, p.name, s.high_since as since from strain_share s join person p on p.id = s.person_id
        join agent_routing a on a.person_id = p.id and a.has_strain
        where s.is_high and s.high_since is not null and s.agreed_to = 'supervisors' and p.deactivated_at is null
            and exists (select from membership m join strain_policy o on o.team_id = m.team_id
                where m.person_id = p.id and o.tells = 'supervisors' and m.team_id = any(%(teams)s))
        order by s.high_since, p.id"""
    return await rows(tx, StrainedAgent, sql, {"teams": await visible_team_ids(tx, by)})
