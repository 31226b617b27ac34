"""Reads of skills, levels, settings and requirement rules."""

from collections.abc import Collection
from datetime import date, datetime

import msgspec
from msgspec import Struct

from ombud.routing.engine.schemas import Weights
from ombud.routing.skills.schemas import (
    AgentRouting,
    AgentSettings,
    Excluded,
    Held,
    Limits,
    Overflow,
    PersonLevels,
    Requirement,
    RequirementSpec,
    RequirementVersion,
    ScoreWeights,
    Skill,
    SkillStep,
    TeamRouting,
    TeamSettings,
)
from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, row, rows, value, values
from ombud.shared.errors import NotFound

# Those who are given work.
AGENTS = "p.deactivated_at is null and p.role not in ('read_only', 'partner')"


async def list_skills(tx: Transaction, *, today: date) -> list[Skill]:
    """All skills by kind and name, archived ones last."""
    sql = f"""
        select s.id, s.kind, s.name_en, s.name_zh, s.version, s.archived_at is not null as is_archived,
            (select count(*) from agent_skill a join person p on p.id = a.person_id
                where a.skill_id = s.id and {AGENTS} and coalesce(a.valid_until, 'infinity') >= %(today)s) as people,
            (select count(*) from requirement_rule r where r.archived_at is null
                and jsonb_path_exists(r.steps, '$.**.skill_id ? (@ == $id)', jsonb_build_object('id', s.id))) as rules
        from skill s
        order by s.archived_at is not null,
            array_position('{{language,product,process,channel,certificate,other}}'::text[], s.kind),
            coalesce(nullif(s.name_en, ''), s.name_zh), s.id"""
    return await rows(tx, Skill, sql, {"today": today})


async def find_skill(tx: Transaction, skill_id: int, *, today: date) -> Skill:
    """One skill.

    Raises:
        NotFound: there is none.
    """
    found = next((one for one in await list_skills(tx, today=today) if one.id == skill_id), None)
    if found is None:
        raise NotFound("There is no such skill.")
    return found


class _Person(Struct):
    person_id: int
    name: str
    team_ids: list[int]


async def list_agents(
    tx: Transaction, *, team_id: int | None, words: str, after: tuple[str, int] | None, limit: int
) -> list[PersonLevels]:
    """People who are given work, by name, with the teams that they are in; levels are read apart."""
    sql = f"""
        select p.id as person_id, p.name,
            array(select m.team_id from membership m where m.person_id = p.id order by m.team_id) as team_ids
        from person p
        where {AGENTS} and (%(words)s = '' or strpos(lower(p.name || ' ' || p.staff_number), lower(%(words)s)) > 0)
            and (%(team)s::bigint is null or exists (
                select from membership m where m.person_id = p.id and m.team_id = %(team)s))
            and (%(name)s::text is null or (p.name, p.id) > (%(name)s, %(id)s::bigint))
        order by p.name, p.id limit %(limit)s"""
    name, person_id = after or (None, None)
    params = {"team": team_id, "words": words.strip(), "name": name, "id": person_id, "limit": limit}
    return [PersonLevels(one.person_id, one.name, one.team_ids) for one in await rows(tx, _Person, sql, params)]


class _Held(Struct):
    person_id: int
    skill_id: int
    level: int
    valid_until: date | None


async def levels_of(tx: Transaction, person_ids: Collection[int], *, today: date) -> dict[int, list[Held]]:
    """What people hold, by person; of archived skills nothing."""
    sql = """
        select a.person_id, a.skill_id, a.level, a.valid_until from agent_skill a join skill s on s.id = a.skill_id
        where a.person_id = any(%(ids)s::bigint[]) and s.archived_at is null order by a.person_id, a.skill_id"""
    found: dict[int, list[Held]] = {}
    for one in await rows(tx, _Held, sql, {"ids": sorted(person_ids)}):
        is_over = one.valid_until is not None and one.valid_until < today
        found.setdefault(one.person_id, []).append(Held(one.skill_id, one.level, one.valid_until, is_over))
    return found


# As one text: on a floor of 1,000 its rows cost more to read one by one than to find.
SKILLS_OF_AGENTS = """
    select coalesce(json_object_agg(x.person_id, x.held), '{}')::text from (
        select a.person_id, json_object_agg(a.skill_id, a.level) as held
        from agent_skill a join skill s on s.id = a.skill_id
        where a.person_id = any(%(ids)s::bigint[]) and s.archived_at is null
            and coalesce(a.valid_until >= %(today)s::date, true)
        group by a.person_id) x"""


async def skills_of_agents(tx: Transaction, person_ids: Collection[int], *, today: date) -> dict[int, dict[int, int]]:
    """Skills that count today, by person: skill and level."""
    found = await value(tx, str, SKILLS_OF_AGENTS, {"ids": sorted(person_ids), "today": today})
    return msgspec.json.decode(found or "{}", type=dict[int, dict[int, int]])


class _Agent(Struct):
    person_id: int
    name: str
    team_ids: list[int]
    capacity_points: int
    version: int
    limits: Limits
    accepts: list[str] | None
    wrap_up_seconds: int
    ramp_seconds: int
    calendar_id: int | None
    is_reserve: bool
    suspended_at: datetime | None


AGENT = f"""
    select p.id as person_id, p.name, p.capacity_points,
        array(select m.team_id from membership m where m.person_id = p.id order by m.team_id) as team_ids,
        coalesce(a.version, 0) as version, coalesce(a.limits, '{{}}'::jsonb) as limits, a.accepts,
        coalesce(a.wrap_up_seconds, 0) as wrap_up_seconds, coalesce(a.ramp_seconds, 0) as ramp_seconds,
        a.calendar_id, coalesce(a.is_reserve, false) as is_reserve, a.suspended_at
    from person p left join agent_routing a on a.person_id = p.id
    where {AGENTS}"""


async def agents_settings(tx: Transaction, person_ids: Collection[int]) -> list[AgentRouting]:
    """Settings of agents, the defaults where none were made, by name."""
    sql = f"{AGENT} and p.id = any(%(ids)s::bigint[]) order by p.name, p.id"
    found = await rows(tx, _Agent, sql, {"ids": sorted(person_ids)})
    excluded = await exclusions_of(tx, person_ids)
    return [_agent(one, excluded.get(one.person_id, [])) for one in found]


def _agent(one: _Agent, excluded: list[Excluded]) -> AgentRouting:
    settings = AgentSettings(
        capacity_points=one.capacity_points,
        limits=one.limits,
        accepts=one.accepts,  # type: ignore[arg-type]  # checked when it was saved
        wrap_up_seconds=one.wrap_up_seconds,
        ramp_seconds=one.ramp_seconds,
        calendar_id=one.calendar_id,
        is_reserve=one.is_reserve,
    )
    return AgentRouting(one.person_id, one.name, one.team_ids, one.version, settings, excluded, one.suspended_at)


async def find_agent(tx: Transaction, person_id: int) -> AgentRouting:
    """An agent's settings.

    Raises:
        NotFound: nobody who is given work.
    """
    found = await agents_settings(tx, [person_id])
    if not found:
        raise NotFound("There is no such agent.")
    return found[0]


class _Excluded(Excluded):
    person_id: int = 0


async def exclusions_of(tx: Transaction, person_ids: Collection[int]) -> dict[int, list[Excluded]]:
    """Customers that agents are kept from, newest first, by person."""
    sql = """
        select x.person_id, x.customer_id, c.name as customer_name, x.reason, m.name as by_name, x.at
        from agent_exclusion x join customer c on c.id = x.customer_id left join person m on m.id = x.made_by
        where x.person_id = any(%(ids)s::bigint[]) order by x.at desc, x.customer_id"""
    found: dict[int, list[Excluded]] = {}
    for one in await rows(tx, _Excluded, sql, {"ids": sorted(person_ids)}):
        plain = Excluded(one.customer_id, one.customer_name, one.reason, one.by_name, one.at)
        found.setdefault(one.person_id, []).append(plain)
    return found


class _Team(Struct):
    team_id: int
    name: str
    version: int
    settings: TeamSettings
    overflow: list[Overflow]


async def list_team_settings(tx: Transaction) -> list[TeamRouting]:
    """How work reaches the people of each team at work, the defaults where nothing else was said."""
    sql = """
        select t.id as team_id, t.name, coalesce(r.version, 0) as version,
            jsonb_strip_nulls(jsonb_build_object('routing', t.routing, 'offer_seconds', r.offer_seconds,
                'offered_channels', coalesce(r.offered_channels, '{}'), 'fairness_minutes', r.fairness_minutes,
                'anyone_after_seconds', r.anyone_after_seconds,
                'interruptible_channels', r.interruptible_channels,
                'preferred_seconds', coalesce(r.preferred_seconds, 0)
            )) as settings,
            (select coalesce(jsonb_agg(jsonb_build_object('to_team_id', o.to_team_id, 'after_seconds',
                o.after_seconds, 'min_waiting', o.min_waiting, 'min_free', o.min_free, 'is_outsourced',
                o.is_outsourced) order by o.position), '[]'::jsonb)
                from team_overflow o join team other on other.id = o.to_team_id
                where o.team_id = t.id and other.archived_at is null) as overflow
        from team t left join team_routing r on r.team_id = t.id
        where t.archived_at is null order by t.name, t.id"""
    found = await rows(tx, _Team, sql)
    for one in found:
        one.settings.overflow = one.overflow
    return [TeamRouting(one.team_id, one.name, one.version, one.settings) for one in found]


async def find_team_settings(tx: Transaction, team_id: int) -> TeamRouting:
    """How work reaches the people of one team.

    Raises:
        NotFound: no such team at work.
    """
    found = next((one for one in await list_team_settings(tx) if one.team_id == team_id), None)
    if found is None:
        raise NotFound("There is no such team.")
    return found


class _Rule(Struct):
    id: int
    position: int
    is_on: bool
    version: int
    name_en: str
    name_zh: str
    condition: dict[str, object]
    steps: list[SkillStep]
    changed_at: datetime


RULE = """
    select r.id, r.position, r.is_on, r.version, r.name_en, r.name_zh, r.condition, r.steps, v.at as changed_at
    from requirement_rule r join requirement_rule_version v on v.rule_id = r.id and v.version = r.version
    where r.archived_at is null"""


def _requirement(one: _Rule) -> Requirement:
    spec = RequirementSpec(steps=one.steps, name_en=one.name_en, name_zh=one.name_zh, condition=one.condition)
    return Requirement(one.id, one.position, one.is_on, one.version, spec, one.changed_at)


async def list_requirements(tx: Transaction) -> list[Requirement]:
    """All requirement rules in their order."""
    return [_requirement(one) for one in await rows(tx, _Rule, f"{RULE} order by r.position, r.id")]


async def requirements_at_work(tx: Transaction) -> list[Requirement]:
    """Requirement rules that are on, in their order."""
    return [_requirement(one) for one in await rows(tx, _Rule, f"{RULE} and r.is_on order by r.position, r.id")]


async def find_requirement(tx: Transaction, rule_id: int, *, lock: bool = False) -> Requirement:
    """One requirement rule.

    Raises:
        NotFound: there is none.
    """
    if lock:
        # By itself: whoever waited for the lock must read the version that was made meanwhile.
        await tx.execute("select from requirement_rule where id = %(id)s for update", {"id": rule_id})
    found = await row(tx, _Rule, f"{RULE} and r.id = %(id)s", {"id": rule_id})
    if found is None:
        raise NotFound("There is no such rule.")
    return _requirement(found)


async def requirement_versions(tx: Transaction, rule_id: int) -> list[RequirementVersion]:
    """A rule as it was, newest first."""
    sql = """
        select v.version, v.spec, v.restored, p.name as person_name, v.at
        from requirement_rule_version v left join person p on p.id = v.person_id
        where v.rule_id = %(id)s order by v.version desc"""
    return await rows(tx, RequirementVersion, sql, {"id": rule_id})


async def spec_of_version(tx: Transaction, rule_id: int, version: int) -> RequirementSpec:
    """What a version of a rule said.

    Raises:
        NotFound: there is none.
    """
    sql = "select v.version, v.spec, v.restored, null as person_name, v.at from requirement_rule_version v"
    sql = f"{sql} where v.rule_id = %(id)s and v.version = %(version)s"
    found = await row(tx, RequirementVersion, sql, {"id": rule_id, "version": version})
    if found is None:
        raise NotFound("There is no such version.")
    return found.spec


async def waiting_tickets(tx: Transaction, *, by: Actor, limit: int) -> list[int]:
    """Numbers of tickets that wait for an agent and that somebody sees, the most urgent and oldest first."""
    sql = f"""
        select t.id from ticket t join team on team.id = t.team_id
        where t.assignee_id is null and t.snoozed_until is null and t.category in ('new', 'open')
            and t.merged_into_id is null and team.archived_at is null
            and {seen()}
        order by t.priority desc, t.waiting_since, t.id limit %(limit)s"""
    return await values(tx, int, sql, {**by.sight(), "limit": limit})


async def weights_now(tx: Transaction) -> ScoreWeights:
    """How much each part of the priority score counts: the newest weights, or those that the program ships."""
    sql = """
        select w.id, w.weights, w.at, p.name as by_name from score_weights w left join person p on p.id = w.made_by
        order by w.id desc limit 1"""
    return await row(tx, ScoreWeights, sql) or ScoreWeights(0, Weights())
