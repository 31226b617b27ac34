"""Reads of the live page: each one statement for everybody, narrowed to the reader's teams afterwards."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ombud.routing.supervision.schemas import LiveAgent, LiveQueue, LiveTicket, Writing
from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, rows

HALF_HOUR = timedelta(minutes=30)
# A first answer that was awaited for longer than this counts on the day on which it was due at last.
LONGEST = timedelta(days=7)
LISTED = 100
# Whoever wrote in a chat longer ago has left: their ticket is a matter of its service level.
CHAT_LASTS = timedelta(hours=1)
FRESH = timedelta(minutes=15)
# The day of whoever runs the desk: that of its default calendar.
DAY = """
    select date_trunc('day', %(now)s at time zone z.zone) at time zone z.zone as starts from (
        select coalesce((select v.spec ->> 'time_zone' from calendar c join calendar_version v on v.calendar_id = c.id
            where c.is_default order by v.id desc limit 1), 'UTC') as zone) z"""
# In time: answered before the clock ran out. Variant as in the KPI dictionary: unanswered beyond the limit count.
QUEUES = f"""
    with day as ({DAY}), waits as (
        select t.team_id, count(*)::int as waiting, min(coalesce(t.waiting_since, t.created_at)) as oldest_at
        from ticket t where t.assignee_id is null and t.snoozed_until is null and t.category in ('new', 'open')
        group by t.team_id
    ), works as (
        select t.team_id, count(*)::int as in_work from ticket t
        where t.assignee_id is not null and t.snoozed_until is null and t.is_open and t.category in ('new', 'open')
        group by t.team_id
    ), answers as (
        select t.team_id, k.outcome = 'met' and k.breached_at is null as is_in_time,
            least(k.ended_at, k.breached_at) as at
        from clock k join ticket t on t.id = k.ticket_id
        where k.metric = 'first_response' and k.started_at > (select starts from day) - %(longest)s::interval
            and (k.outcome = 'met' or k.breached_at is not null)
    ), levels as (
        select team_id, count(*)::int as n, count(*) filter (where is_in_time)::int as in_time,
            (count(*) filter (where at > %(half_hour)s))::int as half_n,
            (count(*) filter (where at > %(half_hour)s and is_in_time))::int as half_in_time
        from answers where at >= (select starts from day) group by team_id
    )
    select t.id as team_id, coalesce(w.waiting, 0) as waiting, w.oldest_at, coalesce(o.in_work, 0) as in_work,
        jsonb_build_object('n', coalesce(l.n, 0), 'in_time', coalesce(l.in_time, 0)) as today,
        jsonb_build_object('n', coalesce(l.half_n, 0), 'in_time', coalesce(l.half_in_time, 0)) as half_hour,
        v.level
    from team t left join waits w on w.team_id = t.id left join works o on o.team_id = t.id
        left join levels l on l.team_id = t.id left join warning_level v on v.team_id = t.id
    where t.archived_at is null order by t.name, t.id"""
# Whoever belongs to no team at work, or only reads, is on no floor.
AGENTS = """
    with work as (
        select t.assignee_id as person_id, coalesce(sum(t.load_points), 0)::int as load_points,
            (count(*) filter (where c.kind = 'chat'))::int as chats,
            (count(*) filter (where c.kind is distinct from 'chat'))::int as others,
            min(t.waiting_since) filter (where c.kind = 'chat' and t.waiting_since > %(fresh)s) as unanswered_at
        from ticket t left join channel c on c.id = t.channel_id
        where t.assignee_id is not null and t.is_open and t.snoozed_until is null and t.category in ('new', 'open')
        group by t.assignee_id
    )
    select p.id as person_id, array_agg(m.team_id order by m.team_id) as team_ids,
        case when r.is_silent or r.state is null then 'offline' else r.state end as state,
        case when r.is_silent then '' else coalesce(r.reason, '') end as reason,
        case when r.is_silent then '' else coalesce(r.note, '') end as note,
        case when r.is_silent then r.seen_at else r.since end as since,
        case when not r.is_silent then r.limit_at end as limit_at,
        coalesce(w.load_points, 0) as load_points, p.capacity_points, coalesce(w.chats, 0) as chats,
        coalesce(w.others, 0) as others, w.unanswered_at, a.suspended_at is not null as is_suspended
    from person p join membership m on m.person_id = p.id join team on team.id = m.team_id and team.archived_at is null
        left join presence r on r.person_id = p.id left join work w on w.person_id = p.id
        left join agent_routing a on a.person_id = p.id
    where p.deactivated_at is null and p.role not in ('read_only', 'partner')
    group by p.id, r.person_id, w.person_id, w.load_points, w.chats, w.others, w.unanswered_at, a.suspended_at
    order by p.name, p.id"""
TICKET = """
    t.id, t.subject, u.name as customer, c.kind as channel, t.team_id, t.assignee_id, t.category, t.priority,
    t.waiting_since, t.activity_at, t.preview"""
SOURCE = "from ticket t join customer u on u.id = t.customer_id left join channel c on c.id = t.channel_id"


async def load_queues(tx: Transaction, *, now: datetime) -> list[LiveQueue]:
    """All teams' queues now."""
    return await rows(tx, LiveQueue, QUEUES, {"now": now, "half_hour": now - HALF_HOUR, "longest": LONGEST})


async def load_agents(tx: Transaction, *, now: datetime) -> list[LiveAgent]:
    """Everybody who may take work, with what they are and carry now."""
    return await rows(tx, LiveAgent, AGENTS, {"fresh": now - CHAT_LASTS})


def visible_queues(queues: Iterable[LiveQueue], *, by: Actor) -> list[LiveQueue]:
    """Queues of the teams that the actor sees."""
    return [one for one in queues if by.sees_team(one.team_id)]


def visible_agents(agents: Iterable[LiveAgent], *, by: Actor) -> list[LiveAgent]:
    """People who belong to a team that the actor sees."""
    return [one for one in agents if any(by.sees_team(team) for team in one.team_ids)]


async def agent_tickets(tx: Transaction, person_id: int, *, by: Actor) -> list[LiveTicket]:
    """What an agent works on, as far as the actor may see it, the longest unanswered first."""
    sql = f"""
        select {TICKET} {SOURCE} where t.assignee_id = %(person)s and t.is_open and t.snoozed_until is null
            and t.category in ('new', 'open') and {seen("t")}
        order by t.waiting_since nulls last, t.id limit {LISTED}"""
    return await rows(tx, LiveTicket, sql, {"person": person_id, **by.sight()})


async def queue_tickets(tx: Transaction, team_id: int, *, by: Actor) -> list[LiveTicket]:
    """What waits in a team's queue, as far as the actor may see it, urgent first, then the oldest."""
    sql = f"""
        select {TICKET} {SOURCE} where t.team_id = %(team)s and t.assignee_id is null and t.snoozed_until is null
            and t.category in ('new', 'open') and {seen("t")}
        order by t.priority desc, t.waiting_since, t.id limit {LISTED}"""
    return await rows(tx, LiveTicket, sql, {"team": team_id, **by.sight()})


async def what_is_written(tx: Transaction, ticket_id: int, *, now: datetime) -> list[Writing]:
    """What agents have written on a ticket in the last minutes and not sent. The caller has looked who asks."""
    sql = """
        select person_id, kind, text, updated_at from draft
        where ticket_id = %(ticket)s and updated_at > %(fresh)s and text <> '' order by updated_at desc"""
    return await rows(tx, Writing, sql, {"ticket": ticket_id, "fresh": now - FRESH})
