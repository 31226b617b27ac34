"""Why a ticket waits where it does, and why it goes to this person and not to that one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from ombud.routing.engine.queries.agents import load_agents, members_of
from ombud.routing.engine.queries.teams import team_rules
from ombud.routing.engine.queries.works import find_waiting, read_steps
from ombud.routing.engine.rules.fitness import band, value, why_not
from ombud.routing.engine.rules.needs import fit, ideal_need
from ombud.routing.engine.rules.waiting import score_at
from ombud.routing.engine.schemas import ScorePart, Work
from ombud.routing.engine.schemas.live import (
    Ahead,
    AskedStep,
    DecisionLine,
    Explanation,
    Override,
    PersonExplanation,
    StuckGroup,
)
from ombud.routing.skills.queries import weights_now
from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, row, rows
from ombud.shared.database import value as one_value
from ombud.shared.errors import NotFound
from ombud.tickets.queries.tickets import require_visible

LINES, AHEAD, BETTER = 30, 5, 5


class _Waiting(Struct):
    team_id: int
    offered_team_ids: list[int]
    eligible_at: datetime | None
    rule_id: int | None
    steps: list[Any]
    step: int
    step_ends_at: datetime | None
    place: float | None
    score_parts: dict[str, Any] | None
    preferred_id: int | None
    preferred_until: datetime | None
    offered_to: int | None
    stuck_reason: str | None
    stuck_since: datetime | None
    rank: int
    waiting: int


WAITING = """
    select w.team_id, w.offered_team_ids, w.eligible_at, w.rule_id, w.steps, w.step, w.step_ends_at, w.place,
        w.score_parts, w.preferred_id, w.preferred_until, w.offered_to, w.stuck_reason, w.stuck_since,
        (select count(*) + 1 from work_wait o where o.team_id = w.team_id
            and (o.place > w.place or o.place = w.place and o.ticket_id < w.ticket_id))::int as rank,
        (select count(*) from work_wait o where o.team_id = w.team_id)::int as waiting
    from work_wait w where w.ticket_id = %(id)s"""


async def explain(tx: Transaction, ticket_id: int, *, by: Actor, now: datetime) -> Explanation:
    """Why a ticket waits, with its score in parts, who goes before it and by what, and what happened to it so far.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
    """
    ticket_id = await require_visible(tx, ticket_id, by=by)
    found = Explanation(ticket_id, await _state(tx, ticket_id))
    found.lines = await _lines(tx, ticket_id)
    overrides = await list_overrides(tx, by=by, ticket_id=ticket_id, only_open=True)
    found.override = overrides[0] if overrides else None
    one = await row(tx, _Waiting, WAITING, {"id": ticket_id})
    if one is None:
        return found
    found.state = "waiting" if one.offered_to is None else "offered"
    weights = (await weights_now(tx)).weights
    if one.place is not None:
        found.score = round(score_at(one.place, now.timestamp(), weights), 2)
        found.band = band(found.score)
        found.rank = one.rank
        found.ahead = await _ahead(tx, ticket_id, one, by=by, now=now)
    found.parts = _parts(one.score_parts)
    found.steps = [AskedStep(each.need, each.seconds) for each in read_steps(one.steps)]
    found.team_ids = one.offered_team_ids
    for name in (
        *("waiting", "eligible_at", "rule_id", "step", "step_ends_at", "preferred_id", "preferred_until"),
        *("offered_to", "stuck_reason", "stuck_since"),
    ):
        setattr(found, name, getattr(one, name))
    return found


def _parts(kept: dict[str, Any] | None) -> list[ScorePart]:
    return msgspec.convert((kept or {}).get("parts", []), list[ScorePart])


async def _state(tx: Transaction, ticket_id: int) -> Any:
    sql = """
        select case when t.assignee_id is not null then 'assigned' when t.snoozed_until is not null
            or t.category not in ('new', 'open') then 'idle' else 'manual' end
        from ticket t where t.id = %(id)s"""
    return await one_value(tx, str, sql, {"id": ticket_id})


async def _lines(tx: Transaction, ticket_id: int) -> list[DecisionLine]:
    sql = """
        select d.id, d.kind, d.at, d.team_id, d.person_id, p.name as person_name, d.step, d.score, d.details
        from routing_decision d left join person p on p.id = d.person_id
        where d.ticket_id = %(id)s order by d.id desc limit %(limit)s"""
    return await rows(tx, DecisionLine, sql, {"id": ticket_id, "limit": LINES})


class _Ahead(Struct):
    ticket_id: int
    subject: str
    place: float
    score_parts: dict[str, Any] | None


async def _ahead(tx: Transaction, ticket_id: int, one: _Waiting, *, by: Actor, now: datetime) -> list[Ahead]:
    sql = f"""
        select w.ticket_id, t.subject, w.place, w.score_parts from work_wait w join ticket t on t.id = w.ticket_id
        where w.team_id = %(team)s and w.ticket_id <> %(id)s and {seen()}
            and (w.place > %(place)s or w.place = %(place)s and w.ticket_id < %(id)s)
        order by w.place, w.ticket_id desc limit %(limit)s"""
    params = {"team": one.team_id, "id": ticket_id, "place": one.place, "limit": AHEAD, **by.sight()}
    found = await rows(tx, _Ahead, sql, params)
    weights = (await weights_now(tx)).weights
    own = {part.name: part.points for part in _parts(one.score_parts)}
    at = now.timestamp()
    return [
        Ahead(
            each.ticket_id,
            each.subject,
            round(score_at(each.place, at, weights), 2),
            [part for part in _parts(each.score_parts) if part.points > own.get(part.name, 0.0) + 0.005],
        )
        for each in found
    ]


async def explain_for(
    tx: Transaction, ticket_id: int, person_id: int, *, by: Actor, now: datetime
) -> PersonExplanation:
    """Why a person does, or does not, get a ticket that waits: every reason against them, or their place.

    Raises:
        NotFound: ticket or person do not exist, or ``by`` may not see the ticket.
    """
    ticket_id = await require_visible(tx, ticket_id, by=by)
    name = await one_value(tx, str, "select name from person where id = %(id)s", {"id": person_id})
    if name is None:
        raise NotFound
    found = await find_waiting(tx, ticket_id)
    teams = await team_rules(tx)
    weights = (await weights_now(tx)).weights
    work = found.work(teams, weights, now) if found else Work(id=ticket_id, team_ids=())
    people = {person_id, *(await members_of(tx, work.team_ids))}
    agents = await load_agents(tx, people, teams=teams, now=now, with_skills=True)
    own = next(one for one in agents if one.id == person_id)
    at = now.timestamp()
    answer = PersonExplanation(
        ticket_id, person_id, name, found is not None, why_not(work, own, at) if found else [], 0.0
    )
    answer.fit = round(fit(ideal_need(work), own.skills), 3)
    if found is not None:
        able = [one for one in agents if not why_not(work, one, at)]
        ranked = sorted(able, key=lambda one: (-value(work, one), one.idle_since, one.id))
        answer.candidates = len(ranked)
        answer.value = round(value(work, own), 2)
        answer.place = next((place for place, one in enumerate(ranked, 1) if one.id == person_id), None)
        answer.better = [one.id for one in ranked[: (answer.place or BETTER + 1) - 1]][:BETTER]
    return answer


async def list_overrides(
    tx: Transaction, *, by: Actor, ticket_id: int | None = None, only_open: bool = False, unreviewed: bool = False
) -> list[Override]:
    """Ranks given by hand to tickets that the actor sees, the newest first, at most 200."""
    sql = f"""
        select o.id, o.ticket_id, t.subject, o.score, o.score_before, o.reason, o.person_id, p.name as person_name,
            o.at, o.ended_at, r.name as reviewed_by_name, o.reviewed_at, o.review
        from score_override o join ticket t on t.id = o.ticket_id join person p on p.id = o.person_id
        left join person r on r.id = o.reviewed_by
        where {seen()} and (%(ticket)s::bigint is null or o.ticket_id = %(ticket)s)
            and (not %(open)s or o.ended_at is null) and (not %(unreviewed)s or o.reviewed_at is null)
        order by o.id desc limit 200"""
    params = {"ticket": ticket_id, "open": only_open, "unreviewed": unreviewed, **by.sight()}
    return await rows(tx, Override, sql, params)


async def list_stuck(tx: Transaction, *, by: Actor) -> Sequence[StuckGroup]:
    """Work that nobody can take, of teams that the actor sees, by team and reason."""
    sql = f"""
        select w.team_id, w.stuck_reason as reason, count(*)::int as count, min(w.stuck_since) as since,
            (array_agg(w.ticket_id order by w.place desc))[1:20] as ticket_ids
        from work_wait w join ticket t on t.id = w.ticket_id
        where w.stuck_since is not null and {seen()}
        group by w.team_id, w.stuck_reason order by min(w.stuck_since), w.team_id, w.stuck_reason"""
    return await rows(tx, StuckGroup, sql, by.sight())
