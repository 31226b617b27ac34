"""Adherence: whether people are where their hours have them. Until shifts are planned, hours are a calendar's."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.routing.floor.schemas import StateStretch
from ombud.routing.supervision.queries import DAY
from ombud.routing.supervision.rules import kept_time, percent_of
from ombud.routing.supervision.schemas import Adherence
from ombud.shared.actor import Actor
from ombud.shared.calendars.arithmetic import open_between
from ombud.shared.calendars.opening import Calendar, NeverOpen
from ombud.shared.calendars.schemas import CalendarSpec
from ombud.shared.database import Transaction, rows, value

# Their own hours, else those of a team of theirs, else the desk's; whoever has none is held to nothing.
PEOPLE = """
    select p.id as person_id, c.id as calendar_id
    from person p left join agent_routing a on a.person_id = p.id
    join calendar c on c.id = coalesce(a.calendar_id,
        (select min(t.calendar_id) from team t join membership m on m.team_id = t.id
            where m.person_id = p.id and t.archived_at is null),
        (select id from calendar where is_default))
    where p.deactivated_at is null and p.role not in ('read_only', 'partner') and exists (
        select from membership m join team t on t.id = m.team_id and t.archived_at is null
        where m.person_id = p.id and (%(teams)s::bigint[] is null or m.team_id = any(%(teams)s)))
    order by p.id"""
SPECS = """
    select distinct on (calendar_id) calendar_id, spec from calendar_version
    where calendar_id = any(%(ids)s::bigint[]) order by calendar_id, id desc"""
STRETCHES = """
    select person_id, state, reason, from_at, to_at, limit_at, approved_by from state_log
    where person_id = any(%(ids)s::bigint[]) and from_at < %(now)s and coalesce(to_at, %(now)s) >= %(since)s
    order by person_id, from_at, id"""


class _Person(Struct):
    person_id: int
    calendar_id: int


class _Spec(Struct):
    calendar_id: int
    spec: CalendarSpec


class _Stretch(StateStretch, frozen=True, kw_only=True):
    person_id: int


async def adherence_today(tx: Transaction, *, by: Actor, now: datetime) -> list[Adherence]:
    """How far the people whom the actor leads were in their planned hours today, until now."""
    since = await value(tx, datetime, DAY, {"now": now}) or now
    people = await rows(tx, _Person, PEOPLE, {"teams": by.visible_teams()})
    wanted = sorted({one.calendar_id for one in people})
    hours = {one.calendar_id: Calendar(one.spec) for one in await rows(tx, _Spec, SPECS, {"ids": wanted})}
    ids = [one.person_id for one in people]
    found = await rows(tx, _Stretch, STRETCHES, {"ids": ids, "since": since, "now": now})
    stretches: dict[int, list[_Stretch]] = {}
    for one in found:
        stretches.setdefault(one.person_id, []).append(one)
    return [
        _of(one.person_id, hours[one.calendar_id], stretches.get(one.person_id, []), since=since, now=now)
        for one in people
        if one.calendar_id in hours
    ]


def _of(
    person_id: int, hours: Calendar, stretches: Sequence[StateStretch], *, since: datetime, now: datetime
) -> Adherence:
    try:
        planned = open_between(hours, since, now)
        is_due = hours.is_open(now)
    except NeverOpen:
        return Adherence(person_id, 0, 0, None, is_due=False)
    kept = kept_time(stretches, hours, since=since, now=now)
    minutes = (int(planned.total_seconds() // 60), int(kept.total_seconds() // 60))
    return Adherence(person_id, *minutes, percent_of(kept, planned), is_due=is_due)
