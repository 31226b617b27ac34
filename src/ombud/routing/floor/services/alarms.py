"""Alarms to the team leader: each matter once for as long as it lasts, until somebody has seen it or it is over."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from ombud.routing.floor.events import AlarmChanged, AlarmRaised
from ombud.routing.floor.schemas import Alarm, Thresholds
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, row, rows
from ombud.shared.errors import NotFound
from ombud.shared.events import emit, emit_all

ALARM = """
    a.id, a.team_id, a.kind, a.person_id, a.ticket_id, a.measured, a.threshold, a.raised_at, a.acknowledged_by,
    a.acknowledged_at, a.ended_at"""
HALF_HOUR = timedelta(minutes=30)
# Offers missed, and chats whose customer is still there.
MISSED_WITHIN = timedelta(hours=1)
# Fewer answers than this in half an hour are no level of anything.
LEAST_ANSWERS = 5
SHOWN_FOR = timedelta(hours=12)
LISTED = 200

# Each team's thresholds as a row: its own, or those that the product ships with.
LIMITS = """
    limits as (
        select t.id as team_id, r.*
        from team t left join alarm_rule a on a.team_id = t.id cross join lateral jsonb_to_record(
            coalesce(a.thresholds, %(shipped)s::jsonb)) as r (waiting int, oldest_seconds int,
            service_level_percent int, idle_seconds int, overtime_seconds int, missed_offers int,
            unanswered_seconds int, hand_seconds int)
        where t.archived_at is null
    )"""
QUEUES = """
    queues as (
        select t.team_id, count(*)::int as waiting,
            extract(epoch from %(now)s - min(coalesce(t.waiting_since, t.created_at)))::int as oldest
        from ticket t where t.assignee_id is null and t.snoozed_until is null and t.category in ('new', 'open')
        group by t.team_id
    )"""
ANSWERS = """
    answers as (
        select t.team_id, count(*)::int as n,
            (100 * count(*) filter (where k.outcome = 'met' and k.breached_at is null) / count(*))::int as percent
        from clock k join ticket t on t.id = k.ticket_id
        where k.metric = 'first_response' and k.started_at > %(half_hour)s - interval '1 day'
            and greatest(k.ended_at, k.breached_at) > %(half_hour)s
            and (k.outcome = 'met' or k.breached_at is not null)
        group by t.team_id
    )"""
# Nobody is alarmed about whose screen is silent: they are offline.
PEOPLE = """
    people as (
        select p.person_id, m.team_id, p.state, p.since, p.limit_at,
            extract(epoch from %(now)s - p.limit_at)::int as over_seconds,
            extract(epoch from %(now)s - p.since)::int as seconds,
            exists (select from ticket t where t.assignee_id = p.person_id and t.category in ('new', 'open')
                and t.snoozed_until is null and t.is_open) as has_work,
            (select count(*)::int from state_log g where g.person_id = p.person_id and g.state = 'busy'
                and g.reason = 'missed' and g.from_at > %(hour)s) as missed
        from presence p join membership m on m.person_id = p.person_id
        where not p.is_silent and p.state <> 'offline'
    )"""
HAPPENING = """
    select l.team_id, 'waiting' as kind, null::bigint as person_id, null::bigint as ticket_id, q.waiting as measured,
        l.waiting as threshold from queues q join limits l using (team_id) where q.waiting >= l.waiting
    union all select l.team_id, 'oldest', null, null, q.oldest, l.oldest_seconds
        from queues q join limits l using (team_id) where q.oldest >= l.oldest_seconds
    union all select l.team_id, 'service_level', null, null, s.percent, l.service_level_percent
        from answers s join limits l using (team_id) where s.n >= %(least)s and s.percent < l.service_level_percent
    union all select l.team_id, 'wrap_up', p.person_id, null, p.over_seconds, 0
        from people p join limits l using (team_id) where p.state = 'wrap_up' and p.over_seconds > 5
    union all select l.team_id, 'overtime', p.person_id, null, p.over_seconds, l.overtime_seconds
        from people p join limits l using (team_id)
        where p.state in ('busy', 'break', 'away') and p.over_seconds >= l.overtime_seconds
    union all select l.team_id, 'idle', p.person_id, null, p.seconds, l.idle_seconds
        from people p join limits l using (team_id)
        where p.state in ('busy', 'away') and p.limit_at is null and not p.has_work and p.seconds >= l.idle_seconds
    union all select l.team_id, 'missed', p.person_id, null, p.missed, l.missed_offers
        from people p join limits l using (team_id) where p.missed >= l.missed_offers
    union all select l.team_id, 'unanswered', t.assignee_id, t.id,
        extract(epoch from %(now)s - t.waiting_since)::int, l.unanswered_seconds
        from ticket t join limits l using (team_id) join channel c on c.id = t.channel_id and c.kind = 'chat'
        where t.assignee_id is not null and t.category in ('new', 'open') and t.snoozed_until is null and t.is_open
            and t.waiting_since <= %(now)s - make_interval(secs => l.unanswered_seconds)
            and t.waiting_since > %(hour)s
    union all select l.team_id, 'hand', h.person_id, h.ticket_id,
        extract(epoch from %(now)s - h.raised_at)::int, l.hand_seconds
        from raised_hand h join limits l using (team_id)
        where h.ended_at is null and h.answered_at is null
            and h.raised_at <= %(now)s - make_interval(secs => l.hand_seconds)"""
KEY = "(team_id, kind, coalesce(person_id, 0), coalesce(ticket_id, 0))"


async def watch_floor(tx: Transaction, *, now: datetime) -> int:
    """Raise what wants a look and is not raised yet, end what is over; how many alarms changed.

    Emits: AlarmRaised, AlarmChanged
    """
    sql = f"""
        with {LIMITS}, {QUEUES}, {ANSWERS}, {PEOPLE}, happening as ({HAPPENING}), over as (
            update floor_alarm a set ended_at = %(now)s where a.ended_at is null and not exists (
                select from happening h where (h.team_id, h.kind) = (a.team_id, a.kind)
                    and coalesce(h.person_id, 0) = coalesce(a.person_id, 0)
                    and coalesce(h.ticket_id, 0) = coalesce(a.ticket_id, 0))
            returning a.id, a.team_id
        ), fresh as (
            insert into floor_alarm (team_id, kind, person_id, ticket_id, measured, threshold, raised_at)
            select team_id, kind, person_id, ticket_id, measured, threshold, %(now)s from happening
            on conflict {KEY} where ended_at is null do nothing
            returning id, team_id, kind, person_id
        )
        select id, team_id, kind, person_id, true as is_new from fresh
        union all select id, team_id, '', null, false from over"""
    params: dict[str, Any] = {
        "now": now,
        "shipped": msgspec.json.encode(Thresholds()).decode(),
        "half_hour": now - HALF_HOUR,
        "hour": now - MISSED_WITHIN,
        "least": LEAST_ANSWERS,
    }
    found = await rows(tx, _Change, sql, params)
    await emit_all(tx, [one.fact() for one in found], by=SYSTEM, at=now)
    return len(found)


class _Change(Struct):
    id: int
    team_id: int
    kind: str
    person_id: int | None
    is_new: bool

    def fact(self) -> AlarmRaised | AlarmChanged:
        if self.is_new:
            return AlarmRaised(team_id=self.team_id, alarm_id=self.id, alarm=self.kind, person_id=self.person_id)
        return AlarmChanged(team_id=self.team_id, alarm_id=self.id, change="ended")


async def list_alarms(tx: Transaction, *, by: Actor, now: datetime) -> list[Alarm]:
    """Alarms of the teams that the actor sees: what lasts first, then those of the last hours."""
    sql = f"""
        select {ALARM} from floor_alarm a
        where (%(teams)s::bigint[] is null or a.team_id = any(%(teams)s))
            and (a.ended_at is null or a.raised_at > %(since)s)
        order by a.ended_at is not null, a.acknowledged_at is not null, a.raised_at desc, a.id desc limit {LISTED}"""
    return await rows(tx, Alarm, sql, {"teams": by.visible_teams(), "since": now - SHOWN_FOR})


async def acknowledge_alarm(tx: Transaction, alarm_id: int, *, by: Actor, now: datetime) -> Alarm:
    """Say that one looks after an alarm; the second who says so changes nothing.

    Raises:
        NotFound: it is of no team that the actor sees.

    Emits: AlarmChanged
    """
    found = await find_alarm(tx, alarm_id, by=by)
    if found.acknowledged_at is not None:
        return found
    sql = "update floor_alarm set acknowledged_by = %(by)s, acknowledged_at = %(now)s where id = %(id)s"
    await tx.execute(sql, {"id": alarm_id, "by": by.person_id, "now": now})
    fact = AlarmChanged(team_id=found.team_id, alarm_id=alarm_id, change="acknowledged")
    await emit(tx, fact, by=by, at=now)
    return await find_alarm(tx, alarm_id, by=by)


async def find_alarm(tx: Transaction, alarm_id: int, *, by: Actor) -> Alarm:
    """One alarm, under its row's lock.

    Raises:
        NotFound: it is of no team that the actor sees.
    """
    sql = f"""
        select {ALARM} from floor_alarm a where a.id = %(id)s
            and (%(teams)s::bigint[] is null or a.team_id = any(%(teams)s)) for update"""
    found = await row(tx, Alarm, sql, {"id": alarm_id, "teams": by.visible_teams()})
    if found is None:
        raise NotFound
    return found
