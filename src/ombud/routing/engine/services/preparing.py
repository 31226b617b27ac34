"""What is to be known of work before it is given out: its steps, its score, the teams that it is offered to."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.routing.engine.queries.teams import TeamRules, team_rules
from ombud.routing.engine.queries.works import IS_HARD, read_steps
from ombud.routing.engine.rules import facts as words
from ombud.routing.engine.rules import score, step_at, step_ends_at
from ombud.routing.engine.rules.fitness import BAND
from ombud.routing.engine.rules.waiting import (
    MINUTE,
    lifted,
    next_look,
    next_overflow,
    opened_teams,
    place,
    present,
    shorter,
    with_ends,
)
from ombud.routing.engine.schemas import Facts, Score, Weights, Work
from ombud.routing.engine.services.recording import Line, write_lines
from ombud.routing.skills.queries import weights_now
from ombud.routing.skills.services.fitting import required_by
from ombud.routing.surge.effects import effects_now, parked_now
from ombud.shared.database import Transaction, many_rows, rows, values

BATCH = 500

# Whatever is due for a look, new work first; another router's is passed by.
DUE = """
    select ticket_id from work_wait where look_at <= %(now)s and offered_to is null
    order by look_at, ticket_id limit %(limit)s for update skip locked"""


class Due(Struct):
    """Waiting work that wants a look, with what of its ticket makes it urgent."""

    ticket_id: int
    team_id: int
    offered_team_ids: list[int]
    eligible_at: datetime | None
    rule_id: int | None
    rule_version: int | None
    steps: list[Any]
    step: int
    is_new: bool
    # something about the work itself is otherwise than at the last look
    is_changed: bool
    refused_by: list[int]
    preferred_id: int | None
    preferred_until: datetime | None
    priority: int
    waiting_since: datetime | None
    due_at: datetime | None
    message_count: int
    tags: list[str]
    fields: dict[str, Any]
    tier: str
    brand_id: int
    customer_id: int
    load_points: int
    channel: str
    override: float | None
    override_at: datetime | None
    # kinds of its risk alerts that nobody called false
    risks: list[str]
    # what surge plans in force do with it
    more_points: float = 0.0
    step_times: float = 1.0
    is_parked: bool = False
    is_hard: bool = False


FACTS = f"""
    select w.ticket_id, w.team_id, w.offered_team_ids, w.eligible_at, w.rule_id, w.rule_version, w.steps, w.step,
        w.scored_at is null as is_new, w.look_at = '-infinity' as is_changed,
        w.refused_by, w.preferred_id, w.preferred_until, t.priority, t.waiting_since,
        t.due_at, t.message_count, t.tags, t.fields, c.tier, t.brand_id, t.customer_id, t.load_points,
        coalesce(ch.kind, '') as channel, o.score as override, o.at as override_at, {IS_HARD} as is_hard,
        array(select a.kind from risk_alert a where a.ticket_id = t.id and a.state <> 'false_alarm') as risks
    from work_wait w join ticket t on t.id = w.ticket_id join customer c on c.id = t.customer_id
    left join channel ch on ch.id = t.channel_id
    left join score_override o on o.ticket_id = t.id and o.ended_at is null
    where w.ticket_id = any(%(ids)s::bigint[]) order by w.ticket_id"""


async def prepare(tx: Transaction, *, now: datetime, limit: int = BATCH) -> int:
    """Look at work that is due for it: what it asks for, which step, which teams, what score; how many."""
    ids = await values(tx, int, DUE, {"now": now, "limit": limit})
    if not ids:
        return 0
    due = await many_rows(tx, Due, FACTS, {"ids": ids})
    teams = await team_rules(tx)
    weights = (await weights_now(tx)).weights
    await _welcome(tx, [one for one in due if one.is_new], teams, now=now)
    await _ask_for(tx, [one for one in due if one.is_new or one.is_changed], teams, now=now)
    crowd = await _crowd(tx, due, teams, now=now)
    await _heed_surge(tx, due)
    looks = [_look(one, teams[one.team_id], weights, crowd, now) for one in due]
    await _write(tx, due, looks)
    await write_lines(tx, [line for look in looks for line in look.lines], now=now)
    return len(due)


async def _heed_surge(tx: Transaction, due: Sequence[Due]) -> None:
    """Note what surge plans do with this work; nothing of it is kept with the work itself."""
    effects = await effects_now(tx)
    if not effects.found:
        return
    parked = await parked_now(tx, [one.ticket_id for one in due])
    for one in due:
        one.more_points = effects.points(one.team_id, priority=one.priority, tier=one.tier)
        one.step_times = effects.step_times(one.team_id)
        one.is_parked = one.ticket_id in parked


async def _ask_for(tx: Transaction, works: Sequence[Due], teams: Mapping[int, TeamRules], *, now: datetime) -> None:
    """Give work the steps of the rule that fits it. While the same rule does, it keeps those that it began with."""
    required = await required_by(tx, [one.ticket_id for one in works], now=now) if works else {}
    for one in works:
        found = required.get(one.ticket_id)
        if not one.is_new and one.rule_id == (found.rule_id if found else None):
            continue
        steps = with_ends(found.steps, teams[one.team_id].anyone_after_seconds) if found else ()
        one.steps, one.step = msgspec.to_builtins(steps), 0
        one.rule_id, one.rule_version = (found.rule_id, found.version) if found else (None, None)


async def _welcome(tx: Transaction, fresh: Sequence[Due], teams: Mapping[int, TeamRules], *, now: datetime) -> None:
    """Note since when new work waits, and the agent whom the customer knows."""
    waits = [one for one in fresh if teams[one.team_id].preferred_seconds > 0]
    known = await _last_agents(tx, waits, now=now) if waits else {}
    for one in fresh:
        one.eligible_at = one.eligible_at or now
        one.preferred_id = known.get(one.ticket_id)
        if one.preferred_id is not None:
            until = now.timestamp() + teams[one.team_id].preferred_seconds
            one.preferred_until = datetime.fromtimestamp(until, UTC)


class _Known(Struct):
    ticket_id: int
    person_id: int


async def _last_agents(tx: Transaction, waits: Sequence[Due], *, now: datetime) -> dict[int, int]:
    # Nobody is waited for who is not there.
    sql = """
        select w.ticket_id, x.assignee_id as person_id
        from unnest(%(tickets)s::bigint[], %(customers)s::bigint[], %(teams)s::bigint[])
            as w (ticket_id, customer_id, team_id)
        cross join lateral (select t.assignee_id from ticket t where t.customer_id = w.customer_id
            and t.assignee_id is not null and t.id <> w.ticket_id order by t.id desc limit 1) x
        join present r on r.person_id = x.assignee_id and r.state = 'online' and r.there_until > %(now)s
        join membership m on m.person_id = x.assignee_id and m.team_id = w.team_id"""
    params = {
        "tickets": [one.ticket_id for one in waits],
        "customers": [one.customer_id for one in waits],
        "teams": [one.team_id for one in waits],
    }
    found = await rows(tx, _Known, sql, {**params, "now": now})
    return {one.ticket_id: one.person_id for one in found}


class Crowd(Struct):
    """How much waits in each team, and how many agents with room are there in the teams that help."""

    waiting: dict[int, int]
    free: dict[int, int]


class _Number(Struct):
    team_id: int
    number: int


async def _crowd(tx: Transaction, due: Sequence[Due], teams: Mapping[int, TeamRules], *, now: datetime) -> Crowd:
    asking = {one.team_id for one in due if teams[one.team_id].overflow}
    if not asking:
        return Crowd({}, {})
    sql = """
        select team_id, count(*)::int as number from work_wait where team_id = any(%(teams)s::bigint[])
        group by team_id"""
    waiting = await rows(tx, _Number, sql, {"teams": sorted(asking)})
    sql = """
        select m.team_id, count(*)::int as number from membership m join present r on r.person_id = m.person_id
        join person p on p.id = m.person_id
        where m.team_id = any(%(teams)s::bigint[]) and r.state = 'online' and p.deactivated_at is null
            and r.there_until > %(now)s and p.capacity_points > (
                select coalesce(sum(t.load_points), 0) from ticket t where t.assignee_id = p.id and t.is_open
                    and t.snoozed_until is null and t.category in ('new', 'open'))
        group by m.team_id"""
    lending = {one.to_team_id for team in asking for one in teams[team].overflow}
    free = await rows(tx, _Number, sql, {"teams": sorted(lending), "now": now})
    return Crowd({one.team_id: one.number for one in waiting}, {one.team_id: one.number for one in free})


class Look(Struct):
    """What a look at waiting work found."""

    work: Work
    score: Score
    place: float
    kind_key: str
    step_ends_at: float | None
    look_at: float | None
    scored_at: float
    lines: list[Line]


def _look(one: Due, team: TeamRules, weights: Weights, crowd: Crowd, now: datetime) -> Look:
    at = now.timestamp()
    eligible_at = (one.eligible_at or now).timestamp()
    waited = at - eligible_at
    before = tuple(one.offered_team_ids)
    offered = opened_teams(
        before, team.overflow, waited=waited, waiting=crowd.waiting.get(one.team_id, 0), free=crowd.free
    )
    work = Work(
        id=one.ticket_id,
        team_ids=offered,
        brand_id=one.brand_id,
        channel=one.channel,
        points=one.load_points,
        is_interruptible=team.is_interruptible(one.channel),
        eligible_at=eligible_at,
        steps=shorter(read_steps(one.steps), one.step_times),
        step=one.step,
        refused_by=tuple(one.refused_by),
        preferred_id=one.preferred_id,
        preferred_until=one.preferred_until.timestamp() if one.preferred_until else 0.0,
        is_hard=one.is_hard,
    )
    step = work.step = step_at(work, at)
    found = lifted(score_of(one, weights, at), one.more_points)
    due_in = None if one.due_at is None else one.due_at.timestamp() - at
    overflow_in = next_overflow(offered, team.overflow, waited=waited)
    return Look(
        work=work,
        score=found,
        place=place(found.value, at, weights),
        kind_key=kind_key(work, at),
        step_ends_at=step_ends_at(work.steps, step, eligible_at),
        look_at=next_look(work, now=at, due_in=due_in, overflow_in=overflow_in, weights=weights),
        scored_at=at,
        lines=_lines(one, work, found.value, before),
    )


def score_of(one: Due, weights: Weights, at: float) -> Score:
    """The score of a ticket as it is; who put it elsewhere by hand is heeded, and what it was made of stays shown."""
    since = one.waiting_since or one.eligible_at
    known = one.fields
    found = score(
        Facts(
            urgency=one.priority,
            severity=words.severity_of(known.get(words.SEVERITY)),
            people=int(words.number_of(known.get(words.PEOPLE))),
            money_cents=int(words.number_of(known.get(words.MONEY))),
            is_safety=known.get(words.SAFETY) is True
            or words.has_tag(one.tags, words.SAFETY_TAGS)
            or not words.SAFETY_RISKS.isdisjoint(one.risks),
            is_law=known.get(words.LAW) is True
            or words.has_tag(one.tags, words.LAW_TAGS)
            or not words.LAW_RISKS.isdisjoint(one.risks),
            tier=one.tier,
            due_in_seconds=None if one.due_at is None else one.due_at.timestamp() - at,
            waiting_seconds=max(at - since.timestamp(), 0.0) if since else 0.0,
            risk=max(
                words.severity_of(known.get(words.RISK)),
                1.0 if words.has_tag(one.tags, words.RISK_TAGS) or not words.RISKS.isdisjoint(one.risks) else 0.0,
            ),
            contacts=max(one.message_count, 1),
        ),
        weights,
    )
    if one.override is None or one.override_at is None:
        return found
    # From where it was put it goes on waiting like all others, within its band.
    aged = one.override + weights.ageing * max(at - one.override_at.timestamp(), 0.0) / MINUTE
    return Score(found.band * BAND + min(max(aged, 0.0), BAND - 1), found.band, found.parts)


def kind_key(work: Work, at: float) -> str:
    """A short name for all that decides who may take a piece of work."""
    held = work.preferred_id if at < work.preferred_until else None
    parts = (work.team_ids, work.brand_id, work.channel, work.points, work.is_hard, work.refused_by, held)
    needs = msgspec.json.encode([present(work, at), *(one.need for one in work.steps[:1])])
    return hashlib.blake2b(repr(parts).encode() + needs, digest_size=9).hexdigest()


def _lines(one: Due, work: Work, value: float, before: tuple[int, ...]) -> list[Line]:
    lines = []
    if work.step != one.step:
        lines.append(Line(ticket_id=one.ticket_id, team_id=one.team_id, kind="step", step=work.step, score=value))
    opened = work.team_ids[len(before) :]
    if opened:
        details = {"teams": opened}
        lines.append(
            Line(
                ticket_id=one.ticket_id,
                team_id=one.team_id,
                kind="overflow",
                step=work.step,
                score=value,
                details=details,
            )
        )
    return lines


async def _write(tx: Transaction, due: Sequence[Due], looks: Sequence[Look]) -> None:
    sql = """
        update work_wait w set offered_team_ids = l.teams, eligible_at = l.eligible_at, rule_id = l.rule_id,
            rule_version = l.rule_version, steps = l.steps, step = l.step, step_ends_at = to_timestamp(l.step_ends_at),
            score = l.score, score_parts = l.score_parts, scored_at = to_timestamp(l.scored_at), place = l.place,
            kind_key = l.kind_key, look_at = to_timestamp(l.look_at), preferred_id = l.preferred_id,
            preferred_until = l.preferred_until
        from jsonb_to_recordset(%(data)s) as l (ticket_id bigint, teams bigint[], eligible_at timestamptz,
            rule_id bigint, rule_version int, steps jsonb, step smallint, step_ends_at float8, score float8,
            score_parts jsonb, scored_at float8, place float8, kind_key text, look_at float8, preferred_id bigint,
            preferred_until timestamptz)
        where w.ticket_id = l.ticket_id"""
    data = [_row(one, look) for one, look in zip(due, looks, strict=True)]
    await tx.execute(sql, {"data": Jsonb(data)})


def _row(one: Due, look: Look) -> dict[str, Any]:
    return {
        "ticket_id": one.ticket_id,
        "teams": look.work.team_ids,
        "eligible_at": one.eligible_at,
        "rule_id": one.rule_id,
        "rule_version": one.rule_version,
        "steps": one.steps,
        "step": look.work.step,
        "step_ends_at": look.step_ends_at,
        "score": look.score.value,
        "score_parts": {"band": look.score.band, "parts": look.score.parts},
        "scored_at": look.scored_at,
        "place": None if one.is_parked else look.place,
        "kind_key": look.kind_key,
        # parked work is seen again when its plan ends
        "look_at": None if one.is_parked else look.look_at,
        "preferred_id": one.preferred_id,
        "preferred_until": one.preferred_until,
    }
