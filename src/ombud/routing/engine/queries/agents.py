"""Agents as the engine sees them: there or not, what they carry, what they can, what they take."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from ombud.routing.engine.queries.teams import TeamRules
from ombud.routing.engine.rules.waiting import faded, ramp_room
from ombud.routing.engine.schemas import Agent
from ombud.routing.skills.queries import skills_of_agents
from ombud.routing.surge.effects import POINTS, effects_now
from ombud.shared.database import Transaction, many_rows, rows, values

# Held while somebody's room is counted and filled: no other router counts it meanwhile. Whoever is held already is
# passed by, so that routers never wait for one another.
LOCK_FREE = """
    select r.person_id from present r
    where r.state = 'online' and r.there_until > %(now)s
        and coalesce(r.wrap_up_until, '-infinity') <= %(now)s
        and exists (select from membership m where m.person_id = r.person_id and m.team_id = any(%(teams)s))
    order by r.person_id limit %(limit)s for update of r skip locked"""
MOST_AGENTS = 5_000
NOT_GIVEN = ("read_only", "partner")


async def lock_there(tx: Transaction, team_ids: Collection[int], *, now: datetime) -> list[int]:
    """People of some teams who are there, each held by this router until its transaction ends."""
    params = {"teams": sorted(team_ids), "now": now, "limit": MOST_AGENTS}
    return await values(tx, int, LOCK_FREE, params)


class _Person(Struct):
    id: int
    team_ids: list[int]
    capacity: int
    brand_ids: list[int] | None
    state: str | None
    is_silent: bool
    idle_since: datetime | None
    given_at: datetime | None
    online_since: datetime | None
    wrap_up_until: datetime | None
    recent: float
    recent_at: datetime | None
    limits: dict[str, int]
    accepts: list[str] | None
    ramp_seconds: int
    is_suspended: bool
    is_gone: bool
    role: str
    # of those who want their strain watched, above the bound
    hard_share: float = 1.0
    # a reserve whom nobody has called, and whose teams help nobody just now: they may draw work themselves
    is_held_back: bool = False


PEOPLE = """
    select p.id, p.capacity_points as capacity, p.brand_ids, p.role, p.deactivated_at is not null as is_gone,
        array(select m.team_id from membership m where m.person_id = p.id and not exists (
            -- lent for a surge that is over: they bring to an end what they have
            select from surge_call c join surge_run s on s.id = c.run_id where c.person_id = m.person_id
                and c.team_id = m.team_id and c.is_lent and s.ended_at is not null)
            order by m.team_id) as team_ids,
        r.state, coalesce(n.there_until <= %(now)s, true) as is_silent,
        coalesce(r.last_assigned_at, r.since) as idle_since, r.last_assigned_at as given_at, r.online_since,
        r.wrap_up_until, coalesce(r.recent_work, 0) as recent, r.recent_at,
        coalesce(a.limits, '{}') as limits, a.accepts, coalesce(a.ramp_seconds, 0) as ramp_seconds,
        a.suspended_at is not null as is_suspended,
        coalesce(case when a.has_strain then s.hard_share end, 1)::float8 as hard_share,
        coalesce(a.is_reserve, false) and not exists (
            select from surge_call c join surge_run u on u.id = c.run_id
            where c.person_id = p.id and c.answer = 'accepted' and u.ended_at is null)
        and not exists (
            -- work of another team was opened to one of theirs
            select from work_wait w join membership m on m.person_id = p.id and m.team_id = any(w.offered_team_ids)
            where w.team_id <> m.team_id and cardinality(w.offered_team_ids) > 1
                and w.place is not null and w.offered_to is null) as is_held_back
    from person p left join presence r on r.person_id = p.id left join present n on n.person_id = p.id
    left join agent_routing a on a.person_id = p.id left join strain_share s on s.person_id = p.id
    where p.id = any(%(ids)s::bigint[]) order by p.id"""


class _Load(Struct):
    person_id: int
    load: int
    firm_load: int


# What was offered and not yet answered is carried, too.
CARRIED = """
    select t.assignee_id as person_id, t.load_points, t.team_id, t.channel_id from ticket t
    where t.assignee_id = any(%(ids)s::bigint[]) and t.is_open and t.snoozed_until is null
        and t.category in ('new', 'open')
    union all
    select o.person_id, t.load_points, t.team_id, t.channel_id from work_offer o join ticket t on t.id = o.ticket_id
    where o.person_id = any(%(ids)s::bigint[]) and o.state = 'open'"""
LOADS = f"""
    select c.person_id, sum(c.load_points)::int as load, coalesce(sum(c.load_points) filter (where ch.kind is not null
        and ch.kind <> all(coalesce(s.interruptible_channels, '{{email,form,api}}'))), 0)::int as firm_load
    from ({CARRIED}) c left join channel ch on ch.id = c.channel_id left join team_routing s on s.team_id = c.team_id
    group by c.person_id"""


async def load_agents(
    tx: Transaction, person_ids: Collection[int], *, teams: Mapping[int, TeamRules], now: datetime, with_skills: bool
) -> list[Agent]:
    """People as agents, whether they are there or not, by their id. ``with_skills``: whether any work asks for some."""
    ids = sorted(person_ids)
    people = await many_rows(tx, _Person, PEOPLE, {"ids": ids, "now": now})
    loads = {one.person_id: one for one in await many_rows(tx, _Load, LOADS, {"ids": ids})}
    skills = await skills_of_agents(tx, ids, today=now.date()) if with_skills else {}
    limited = [one.id for one in people if one.limits]
    channels = await _per_channel(tx, limited) if limited else {}
    excluded = await _exclusions(tx, ids)
    effects = await effects_now(tx)
    agents = []
    for one in people:
        if effects.found:
            _heed(one, effects.more_at_a_time(one.team_ids))
        load = loads.get(one.id) or _Load(one.id, 0, 0)
        agent = _agent(one, load, teams, now)
        agent.skills = skills.get(one.id, {})
        agent.per_channel = channels.get(one.id, {})
        agent.excluded_customers = excluded.get(one.id, frozenset())
        agents.append(agent)
    return agents


def _heed(one: _Person, more: int) -> None:
    one.capacity += more * POINTS if one.capacity else 0
    one.limits = {kind: most + more for kind, most in one.limits.items()}


def _agent(one: _Person, load: _Load, teams: Mapping[int, TeamRules], now: datetime) -> Agent:
    window = 60.0 * min((teams[team].fairness_minutes for team in one.team_ids if team in teams), default=60)
    there = (now - one.online_since).total_seconds() if one.online_since else float(one.ramp_seconds)
    ramp = ramp_room(online_seconds=there, ramp_seconds=one.ramp_seconds, capacity=one.capacity, load=load.load)
    recent = faded(one.recent, (now - one.recent_at).total_seconds(), window) if one.recent_at else 0.0
    return Agent(
        id=one.id,
        team_ids=tuple(one.team_ids),
        capacity=one.capacity,
        load=load.load,
        firm_load=load.firm_load,
        limits=one.limits,
        accepts=None if one.accepts is None else frozenset(one.accepts),
        idle_since=one.idle_since.timestamp() if one.idle_since else 0.0,
        given_at=one.given_at.timestamp() if one.given_at else 0.0,
        brand_ids=None if one.brand_ids is None else frozenset(one.brand_ids),
        ramp_at_most=ramp,
        hard_share=one.hard_share,
        recent=recent,
        unavailable=_unavailable(one, now),
    )


def _unavailable(one: _Person, now: datetime) -> str:
    """The first reason against giving them anything; '' if they are there."""
    reasons = {
        "deactivated": one.is_gone,
        "role": one.role in NOT_GIVEN,
        "suspended": one.is_suspended,
        "offline": one.state is None or one.state == "offline",
        "silent": one.is_silent,
        "wrap_up": one.wrap_up_until is not None and one.wrap_up_until > now,
        one.state or "": one.state != "online",
        "reserve": one.is_held_back,
    }
    return next((code for code, holds in reasons.items() if holds), "")


class _Count(Struct):
    person_id: int
    kind: str
    count: int


async def _per_channel(tx: Transaction, person_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    sql = f"""
        select c.person_id, ch.kind, count(*)::int as count from ({CARRIED}) c join channel ch on ch.id = c.channel_id
        group by c.person_id, ch.kind"""
    found: dict[int, dict[str, int]] = {}
    for one in await rows(tx, _Count, sql, {"ids": list(person_ids)}):
        found.setdefault(one.person_id, {})[one.kind] = one.count
    return found


class _Excluded(Struct):
    person_id: int
    customer_ids: list[int]


async def _exclusions(tx: Transaction, person_ids: Sequence[int]) -> dict[int, frozenset[int]]:
    sql = """
        select person_id, array_agg(customer_id) as customer_ids from agent_exclusion
        where person_id = any(%(ids)s::bigint[]) group by person_id"""
    found = await rows(tx, _Excluded, sql, {"ids": list(person_ids)})
    return {one.person_id: frozenset(one.customer_ids) for one in found}


async def members_of(tx: Transaction, team_ids: Collection[int]) -> list[int]:
    """People of some teams who are given work at all."""
    sql = """
        select distinct p.id from membership m join person p on p.id = m.person_id
        where m.team_id = any(%(teams)s::bigint[]) and p.deactivated_at is null
            and p.role not in ('read_only', 'partner')
        order by 1"""
    return await values(tx, int, sql, {"teams": sorted(team_ids)})
