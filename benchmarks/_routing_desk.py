"""A desk of many agents with skills and of much waiting work, and how work comes and ends there."""

import time
from dataclasses import dataclass, field
from datetime import timedelta

from ombud.config.parts import Parts
from ombud.shared.clock import utc_now
from ombud.shared.database import values

TEAMS = 4
GROUND = (
    "insert into team (name, created_at) select 'Team ' || n, '2024-01-01Z' from generate_series(2, %(teams)s) n",
    "insert into channel (kind, name, brand_id, team_id, created_at) values ('api', 'api', 1, 1, '2024-01-01Z')",
    """insert into customer (name, email, created_at, updated_at)
       select 'Customer ' || n, 'c' || n || '@example.com', '2024-01-01Z', '2024-01-01Z'
       from generate_series(1, 1000) n""",
    """insert into person (email, name, display_name, role, capacity_points, created_at)
       select 'agent' || n || '@desk.example', 'Agent ' || n, 'Agent ' || n, 'agent', %(capacity)s, '2024-01-01Z'
       from generate_series(1, %(agents)s) n""",
    "insert into membership (team_id, person_id) select 1 + id %% %(teams)s, id from person where role = 'agent'",
    """insert into presence (person_id, state, since, seen_at)
       select id, 'online', %(now)s, %(now)s + interval '1 hour' from person where role = 'agent'""",
    """insert into skill (kind, name_en, created_at)
       select 'product', 'Skill ' || n, '2024-01-01Z' from generate_series(1, %(skills)s) n""",
    """insert into agent_skill (person_id, skill_id, level)
       select p.id, s.id, 1 + (p.id * 7 + s.id * 3) %% 5 from person p join skill s
       on (s.id + p.id * 11 + (s.id * p.id) %% 7) %% %(skills)s < 6 where p.role = 'agent'""",
    """with made as (
           insert into requirement_rule (position, is_on, name_en, condition, steps, created_at)
           select s.id * 10 + l, true, 'Rule ' || s.id || ' ' || l,
               jsonb_build_object('field', 'tags', 'op', 'any_of', 'value', jsonb_build_array('s' || s.id || 'l' || l)),
               jsonb_build_array(
                   jsonb_build_object('seconds', 3600, 'all', jsonb_build_array(
                       jsonb_build_object('skill_id', s.id, 'level', l))),
                   jsonb_build_object('seconds', 3600, 'all', jsonb_build_array(
                       jsonb_build_object('skill_id', s.id, 'level', 1)))), '2024-01-01Z'
           from skill s, generate_series(1, 3, 2) l returning id, condition, steps
       ) insert into requirement_rule_version (rule_id, version, spec, at)
       select id, 1, jsonb_build_object('condition', condition, 'steps', steps), '2024-01-01Z' from made""",
)
TICKETS = """
    insert into ticket (subject, status_id, category, priority, team_id, customer_id, channel_id, brand_id, tags,
        load_points, created_at, activity_at, waiting_since)
    select 'Washing machine', s.id, 'new', 1 + n %% 4, 1 + n %% %(teams)s, 1 + n %% 1000, 1, 1,
        case when %(is_easy)s then '{}'
            else array['s' || 1 + (n * 13) %% %(skills)s || 'l' || 1 + 2 * (n / 7 %% 2)] end,
        1, %(now)s, %(now)s, %(now)s - n %% 600 * interval '1 s'
    from generate_series(%(first)s::bigint, %(last)s) n join status s on s.is_default and s.category = 'new'
    returning id"""


@dataclass
class Ground:
    """How many skills there are, and the number of the last ticket that came."""

    skills: int
    last: int = 0
    started: float = field(default_factory=time.perf_counter)


async def lay_ground(parts: Parts, *, agents: int, waiting: int, skills: int, capacity: int = 8) -> Ground:
    """Agents who are there and full, and so much work beside."""
    params = {"teams": TEAMS, "agents": agents, "skills": skills, "capacity": capacity, "now": utc_now()}
    async with parts.database.transaction() as tx:
        for sql in GROUND:
            await tx.execute(sql, params)
    ground = Ground(skills)
    for _ in range(0, waiting + agents * capacity, 2_000):
        await arrive(parts, ground, 2_000)
    async with parts.database.transaction() as tx:
        await tx.execute(
            """update ticket t set assignee_id = p.id, category = 'open' from (
                select id, team_id, row_number() over (partition by team_id order by id) - 1 as n from ticket) f
            join (select p.id, m.team_id, row_number() over (partition by m.team_id order by p.id) - 1 as n
                from person p join membership m on m.person_id = p.id where p.role = 'agent') p
                on p.team_id = f.team_id and p.n = f.n / %(capacity)s where t.id = f.id""",
            {"capacity": capacity},
        )
    connection = await parts.database.connect()
    await connection.execute("vacuum (analyze)")
    await connection.close()
    return ground


async def arrive(parts: Parts, ground: Ground, count: int, *, is_easy: bool = False) -> list[int]:
    """New tickets, committed; gives their ids. Easy ones ask for no skill."""
    params = {
        "teams": TEAMS,
        "skills": ground.skills,
        "first": ground.last + 1,
        "last": ground.last + count,
        "now": utc_now() - timedelta(milliseconds=1),
        "is_easy": is_easy,
    }
    ground.last += count
    async with parts.database.transaction() as tx:
        return await values(tx, int, TICKETS, params)


async def end_work(parts: Parts, count: int) -> None:
    """Agents end so many pieces of their work, one here and one there."""
    sql = """
        update ticket t set category = 'solved', status_id = s.id from status s
        where s.is_default and s.category = 'solved' and t.id in (
            select id from ticket where assignee_id is not null and category in ('new', 'open')
            order by (id * 7919) %% 10007, id limit %(count)s)"""
    async with parts.database.transaction() as tx:
        await tx.execute(sql, {"count": count})
