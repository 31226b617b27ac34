"""Reads of states, breaks and rules."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.routing.floor import rules
from ombud.routing.floor.schemas import (
    BreakRule,
    FloorRules,
    Level,
    MyState,
    OwnBreak,
    PresenceState,
    StateStretch,
    Suspension,
    TeamRule,
    Thresholds,
    Waiting,
    WrapUpEnd,
)
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows, value
from ombud.shared.errors import NotFound

RULE = """
    b.minutes_per_shift, b.times_per_shift, b.at_most_at_once, coalesce(b.needs_approval, false) as needs_approval,
    b.blocked_from, coalesce(b.wrap_up_ends_by, 'ready') as wrap_up_ends_by"""
BLOCKED = """exists (select from surge_effect e where e.kind = 'breaks' and e.ended_at is null
        and (e.team_id is null or e.team_id = t.id))"""
REFUSAL_SHOWN = "interval '10 minutes'"


class _RuleRow(Struct):
    team_id: int
    minutes_per_shift: int | None
    times_per_shift: int | None
    at_most_at_once: int | None
    needs_approval: bool
    blocked_from: Level | None
    wrap_up_ends_by: WrapUpEnd
    level: Level | None

    def rule(self) -> BreakRule:
        return BreakRule(
            self.minutes_per_shift,
            self.times_per_shift,
            self.at_most_at_once,
            self.needs_approval,
            self.blocked_from,
            self.wrap_up_ends_by,
        )


async def team_rules(tx: Transaction, person_ids: Sequence[int] | None = None) -> dict[int, TeamRule]:
    """Rules for breaks and warning levels of all teams at work, or of those that some people belong to."""
    # A surge plan that blocks breaks counts as the highest level for whoever has one, and blocks from the lowest.
    rule = RULE.replace("b.blocked_from", f"case when {BLOCKED} then 'blue' else b.blocked_from end as blocked_from")
    sql = f"""
        select t.id as team_id, {rule}, case when {BLOCKED} then 'red' else w.level end as level
        from team t left join break_rule b on b.team_id = t.id left join warning_level w on w.team_id = t.id
        where t.archived_at is null and (%(people)s::bigint[] is null or t.id in
            (select team_id from membership where person_id = any(%(people)s::bigint[])))"""
    people = None if person_ids is None else list(person_ids)
    found = await rows(tx, _RuleRow, sql, {"people": people})
    return {one.team_id: TeamRule(one.team_id, one.rule(), one.level) for one in found}


async def floor_rules(tx: Transaction, *, by: Actor) -> list[FloorRules]:
    """All rules of the floor of the teams that the actor sees."""
    sql = f"""
        select t.id as team_id, {RULE}, w.level, a.thresholds from team t
            left join break_rule b on b.team_id = t.id left join warning_level w on w.team_id = t.id
            left join alarm_rule a on a.team_id = t.id
        where t.archived_at is null and (%(teams)s::bigint[] is null or t.id = any(%(teams)s)) order by t.name, t.id"""
    found = await rows(tx, _FullRow, sql, {"teams": by.visible_teams()})
    return [FloorRules(one.team_id, one.rule(), one.thresholds or Thresholds(), one.level) for one in found]


async def silence_seconds(tx: Transaction) -> int:
    """How long a screen may be silent."""
    return await value(tx, int, "select silence_seconds from floor_setting") or 0


class _FullRow(_RuleRow):
    thresholds: Thresholds | None


async def stretches(tx: Transaction, person_id: int, *, since: datetime, until: datetime) -> list[StateStretch]:
    """What a person was in a span, first to last."""
    sql = """
        select state, reason, from_at, to_at, limit_at, approved_by from state_log
        where person_id = %(id)s and from_at < %(until)s and coalesce(to_at, %(until)s) >= %(since)s
        order by from_at, id"""
    return await rows(tx, StateStretch, sql, {"id": person_id, "since": since, "until": until})


async def break_queue(tx: Transaction) -> list[Waiting]:
    """Everybody who waits for a break, first come first, those among them who were called and have not begun."""
    sql = """
        select r.id, r.person_id, r.reason, r.minutes, r.state, r.asked_at, r.expires_at,
            array(select m.team_id from membership m where m.person_id = r.person_id order by 1) as team_ids
        from break_request r where r.state in ('asked', 'waiting', 'granted') order by r.asked_at, r.id"""
    return await rows(tx, Waiting, sql)


async def people_away(tx: Transaction, *, now: datetime) -> dict[int, int]:
    """How many of each team are on a break of the bounded kinds, or were called to one.

    Whoever left their screen in a break holds a place until its limit only.
    """
    sql = """
        select m.team_id, count(distinct m.person_id)::int as people from membership m where m.person_id in (
            select person_id from presence where state = 'break' and reason <> all(%(free)s::text[])
                and (not is_silent or limit_at > %(now)s)
            union all select person_id from break_request where state = 'granted')
        group by m.team_id"""
    found = await rows(tx, _Away, sql, {"free": sorted(rules.NEVER_REFUSED), "now": now})
    return {one.team_id: one.people for one in found}


class _Away(Struct):
    team_id: int
    people: int


class _Own(Struct):
    state: PresenceState
    reason: str
    note: str
    since: datetime
    limit_at: datetime | None
    approved_by: int | None
    refused_break: str | None
    suspended_at: datetime | None
    suspended_by: int | None
    suspended_reason: str | None


async def my_state(tx: Transaction, *, by: Actor, now: datetime) -> MyState:
    """What the actor is, and where their break stands."""
    sql = f"""
        select coalesce(r.state, 'offline') as state, coalesce(r.reason, '') as reason, coalesce(r.note, '') as note,
            coalesce(r.since, p.created_at) as since, r.limit_at, r.approved_by,
            a.suspended_at, a.suspended_by, a.suspended_reason,
            (select q.refusal from break_request q where q.person_id = p.id and q.state = 'refused'
                and q.decided_at > %(now)s - {REFUSAL_SHOWN} and not exists (select from break_request l
                    where l.person_id = p.id and l.id > q.id) order by q.id desc limit 1) as refused_break
        from person p left join presence r on r.person_id = p.id left join agent_routing a on a.person_id = p.id
        where p.id = %(id)s"""
    own = await row(tx, _Own, sql, {"id": by.person_id, "now": now})
    if own is None:
        raise NotFound
    teams = await team_rules(tx, [by.person_id])
    log = await stretches(tx, by.person_id, since=now - rules.LONGEST_SHIFT, until=now)
    suspension = None
    if own.suspended_at is not None:
        suspension = Suspension(own.suspended_reason or "", own.suspended_by, own.suspended_at)
    return MyState(
        state=own.state,
        reason=own.reason,
        note=own.note,
        since=own.since if own.state != "offline" else None,
        limit_at=own.limit_at,
        approved_by=own.approved_by,
        asked_break=own_break(await break_queue(tx), teams, by.person_id),
        refused_break=own.refused_break,
        used=rules.used_breaks(log, [one.rule for one in teams.values()], now),
        level=rules.highest([one.level for one in teams.values()]),
        suspension=suspension,
    )


def own_break(queue: Sequence[Waiting], teams: dict[int, TeamRule], person_id: int) -> OwnBreak | None:
    """Where a person's request stands, of the whole queue."""
    own = next((one for one in queue if one.person_id == person_id), None)
    if own is None:
        return None
    waiting = [one for one in queue if one.state == "waiting"]
    is_blocked = any(rules.is_blocked(one.rule, one.level) for one in teams.values())
    place = rules.place_of(waiting, own.id)
    if own.state == "asked":
        return OwnBreak(own.id, own.reason, own.minutes, own.state, None, "approval", None)
    if own.state == "granted":
        return OwnBreak(own.id, own.reason, own.minutes, own.state, None, "start", own.expires_at)
    return OwnBreak(own.id, own.reason, own.minutes, own.state, place, "level" if is_blocked else "place", None)


async def require_led(tx: Transaction, person_id: int, *, by: Actor) -> None:
    """Refuse whoever leads none of a person's teams.

    Raises:
        NotFound: there is no such person in a team that the actor sees.
    """
    sql = """
        select exists (select from person p where p.id = %(id)s and p.deactivated_at is null
            and (%(teams)s::bigint[] is null or exists (select from membership m
                where m.person_id = p.id and m.team_id = any(%(teams)s))))"""
    if not await value(tx, bool, sql, {"id": person_id, "teams": by.visible_teams()}):
        raise NotFound


def require_team(team_id: int, *, by: Actor) -> None:
    """Refuse whoever does not see a team.

    Raises:
        NotFound: the team is not the actor's.
    """
    if not by.sees_team(team_id):
        raise NotFound
