"""Decisions of the demo desk's router: who got recent work and who else could have, offers, and ranks by hand."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from ombud.routing.engine.queries.agents import load_agents, members_of
from ombud.routing.engine.queries.teams import team_rules
from ombud.routing.engine.rules.fitness import match, value, why_not
from ombud.routing.engine.rules.scoring import score
from ombud.routing.engine.schemas import Agent, Work
from ombud.routing.engine.schemas.core import Facts, Weights
from ombud.routing.engine.services.recording import Line, write_lines
from ombud.shared.database import Transaction, rows

RECENT = 80
SEED = 611
SHOWN = 5
# Every so many chats somebody did not answer in time.
MISSED_EVERY = 6
OFFERED_SECONDS = 30
THERE = 0.7
PASSING = {"capacity", "limit", "ramp"}
RANKS = (
    ("客户在门店等候，店长来电 · The customer waits in the shop, its manager called", "同意 · Right", True),
    ("媒体已关注此事 · A newspaper asks about it", "", False),
)


class _Ticket(Struct):
    id: int
    team_id: int
    brand_id: int
    customer_id: int
    channel: str
    points: int
    priority: int
    tier: str
    assignee_id: int
    at: datetime


async def make_decisions(tx: Transaction, *, now: datetime) -> None:
    """Write down how recent tickets found their agents, by the engine's own weighing, and two ranks given by hand."""
    sql = """
        select t.id, t.team_id, t.brand_id, t.customer_id, c.kind as channel, t.load_points as points, t.priority,
            coalesce(u.tier, '') as tier, t.assignee_id, t.created_at as at
        from ticket t join channel c on c.id = t.channel_id join customer u on u.id = t.customer_id
        join membership m on m.team_id = t.team_id and m.person_id = t.assignee_id
        order by t.created_at desc, t.id desc limit %(limit)s"""
    found = await rows(tx, _Ticket, sql, {"limit": RECENT})
    teams = await team_rules(tx)
    people = await members_of(tx, {one.team_id for one in found})
    agents = await load_agents(tx, people, teams=teams, now=now, with_skills=True)
    chance = random.Random(SEED)
    for place, one in enumerate(found):
        there = _floor_of(one, agents, chance)
        await _decide(tx, one, there, is_missed=one.channel == "chat" and not place % MISSED_EVERY)
    for one, rank in zip(found, RANKS, strict=False):
        await _rank(tx, one, rank)


def _floor_of(one: _Ticket, agents: Sequence[Agent], chance: random.Random) -> list[Agent]:
    """Whoever of the team was there then: the assignee, and most of the others with what they carried."""
    there = []
    for agent in agents:
        if one.team_id not in agent.team_ids:
            continue
        agent.unavailable = "" if agent.id == one.assignee_id or chance.random() < THERE else "break"
        agent.load = agent.firm_load = chance.randint(0, max(agent.capacity - one.points, 0))
        there.append(agent)
    return there


async def _decide(tx: Transaction, one: _Ticket, there: Sequence[Agent], *, is_missed: bool) -> None:
    weighed = score(Facts(urgency=one.priority, tier=one.tier), Weights()).value
    work = Work(
        id=one.id,
        team_ids=(one.team_id,),
        brand_id=one.brand_id,
        customer_id=one.customer_id,
        channel=one.channel,
        points=one.points,
        score=weighed,
    )
    moment = one.at.timestamp()
    against = {agent.id: {each.code for each in why_not(work, agent, moment)} - PASSING for agent in there}
    able = sorted(
        (agent for agent in there if agent.id == one.assignee_id or not against[agent.id]),
        key=lambda agent: (agent.id != one.assignee_id, -value(work, agent)),
    )
    if not able:
        return
    chosen, others = able[0], able[1:]
    at = one.at
    if is_missed and others:
        await _line(tx, one, "offered", others[0], able, against, weighed, at=at)
        at += timedelta(seconds=OFFERED_SECONDS)
        await _line(tx, one, "missed", others[0], able, against, weighed, at=at)
    kinds = ("offered", "accepted") if one.channel == "chat" else ("assigned",)
    for kind in kinds:
        at += timedelta(seconds=4)
        await _line(tx, one, kind, chosen, able, against, weighed, at=at)


async def _line(
    tx: Transaction,
    one: _Ticket,
    kind: str,
    agent: Agent,
    able: Sequence[Agent],
    against: dict[int, set[str]],
    weighed: float,
    *,
    at: datetime,
) -> None:
    work = Work(id=one.id, team_ids=(one.team_id,), points=one.points, channel=one.channel, score=weighed)
    # An answer to an offer has no candidates: they stand beside the offer.
    is_choice = kind in {"offered", "assigned"}
    codes = sorted({code for each in against.values() for code in each})
    details = {
        "value": round(value(work, agent), 2),
        "fit": round(match(work, agent), 3),
        "load": agent.load,
        "capacity": agent.capacity,
        "idle_since": agent.idle_since,
        "count": len(able),
        "candidates": [
            [each.id, round(value(work, each), 2), round(match(work, each), 3), _share(each)] for each in able[:SHOWN]
        ],
        "excluded": {code: sum(code in each for each in against.values()) for code in codes},
    }
    line = Line(
        ticket_id=one.id,
        team_id=one.team_id,
        kind=kind,
        person_id=agent.id,
        score=round(weighed, 2),
        details=details if is_choice else {},
    )
    await write_lines(tx, [line], now=at)


def _share(agent: Agent) -> float:
    return round(agent.load / max(agent.capacity, 1), 3)


async def _rank(tx: Transaction, one: _Ticket, rank: tuple[str, str, bool]) -> None:
    reason, review, is_reviewed = rank
    sql = """
        insert into score_override (ticket_id, score, score_before, reason, person_id, at, ended_at, reviewed_by,
            reviewed_at, review)
        select %(ticket)s, 121, 74, %(reason)s, %(person)s, %(at)s, %(end)s, r.id,
            case when r.id is not null then %(end)s::timestamptz + interval '1 day' end, %(review)s
        from (select 1) one left join lateral (select p.id from person p where %(reviewed)s
            and p.role in ('supervisor', 'administrator') and p.id <> %(person)s order by p.id limit 1) r on true"""
    params = {
        "ticket": one.id,
        "reason": reason,
        "person": one.assignee_id,
        "at": one.at,
        "end": one.at + timedelta(minutes=6),
        "review": review,
        "reviewed": is_reviewed,
    }
    await tx.execute(sql, params)
