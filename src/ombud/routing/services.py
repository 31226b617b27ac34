"""The batch that gives waiting tickets to agents."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from psycopg.types.json import Jsonb

from ombud.routing import rules
from ombud.routing.floor.schemas import SILENCE_SECONDS
from ombud.routing.schemas import Candidate, Decision, WaitingTicket
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, draw_ids, rows, value, values
from ombud.shared.events import Fact, emit_all
from ombud.shared.sequencer import LOCK_ROUTER, try_lock
from ombud.tickets.events import TicketAssigned
from ombud.tickets.schemas import EntryDetails, Reason
from ombud.tickets.services.timeline import Told, notify_all

BATCH = 500
# Asked first: most events bring no work to give, and the sum of everybody's load costs more than this look.
ANYTHING_WAITS = """
    select exists (select from ticket
        where assignee_id is null and snoozed_until is null and category in ('new', 'open'))"""


async def route_waiting(tx: Transaction, *, now: datetime, limit: int = BATCH) -> int:
    """Give waiting tickets to agents who are online and have room; how many were given.

    One router works at a time (an advisory lock), and each ticket is claimed with ``assignee_id is null``, so
    that a person who takes one by hand meanwhile keeps it. What nobody can take keeps waiting.

    Emits: TicketAssigned
    """
    if not await try_lock(tx, LOCK_ROUTER) or not await value(tx, bool, ANYTHING_WAITS):
        return 0
    candidates = await _candidates(tx, now=now)
    if not candidates:
        return 0
    teams = sorted({team_id for one in candidates for team_id in one.team_ids})
    waiting = await _waiting(tx, teams, limit=limit)
    decisions = rules.decide(waiting, candidates, now=now)
    return await _carry_out(tx, decisions, now=now) if decisions else 0


async def _candidates(tx: Transaction, *, now: datetime) -> list[Candidate]:
    sql = """
        with online as (
            select p.id as person_id, p.capacity_points, p.brand_ids,
                coalesce(r.last_assigned_at, r.since) as idle_since
            from presence r join person p on p.id = r.person_id
            where r.state = 'online' and r.seen_at > %(since)s and p.deactivated_at is null
                and p.role not in ('read_only', 'partner') and p.capacity_points > 0
        ), loads as (
            select o.person_id, coalesce(sum(t.load_points), 0) as load_points
            from online o left join ticket t on t.assignee_id = o.person_id and t.is_open
                and t.snoozed_until is null and t.category in ('new', 'open')
            group by o.person_id
        )
        select o.person_id, o.capacity_points, l.load_points, o.idle_since, o.brand_ids,
            array_agg(m.team_id) as team_ids
        from online o join loads l using (person_id) join membership m on m.person_id = o.person_id
        join team on team.id = m.team_id and team.routing = 'push' and team.archived_at is null
        where l.load_points < o.capacity_points
        group by o.person_id, o.capacity_points, l.load_points, o.idle_since, o.brand_ids"""
    return await rows(tx, Candidate, sql, {"since": now - timedelta(seconds=SILENCE_SECONDS)})


async def _waiting(tx: Transaction, team_ids: Sequence[int], *, limit: int) -> list[WaitingTicket]:
    sql = """
        select w.id, w.team_id, w.brand_id, w.load_points
        from unnest(%(teams)s::bigint[]) as v (team_id) cross join lateral (
            select t.id, t.team_id, t.brand_id, t.load_points, t.priority, t.waiting_since from ticket t
            where t.team_id = v.team_id and t.assignee_id is null and t.snoozed_until is null
                and t.category in ('new', 'open')
            order by t.priority desc, t.waiting_since, t.id limit %(limit)s) w
        order by w.priority desc, w.waiting_since, w.id limit %(limit)s"""
    return await rows(tx, WaitingTicket, sql, {"teams": list(team_ids), "limit": limit})


async def _carry_out(tx: Transaction, decisions: Sequence[Decision], *, now: datetime) -> int:
    sql = """
        with locked as (
            select id, team_id from ticket where id = any(%(tickets)s) and assignee_id is null and snoozed_until is null
                and category in ('new', 'open') order by id for update skip locked
        )
        update ticket t set assignee_id = d.person_id, version = t.version + 1
        from unnest(%(tickets)s::bigint[], %(people)s::bigint[], %(teams)s::bigint[]) as d (ticket_id, person_id,
            team_id),
            locked l
        where t.id = l.id and d.ticket_id = t.id and d.team_id = l.team_id returning t.id"""
    params = {
        "tickets": [one.ticket_id for one in decisions],
        "people": [one.person_id for one in decisions],
        "teams": [one.team_id for one in decisions],
    }
    claimed = set(await values(tx, int, sql, params))
    won = [one for one in decisions if one.ticket_id in claimed]
    if not won:
        return 0
    entry_ids = await _write_reasons(tx, won, now=now)
    sql = "update presence set last_assigned_at = %(now)s where person_id = any(%(people)s)"
    await tx.execute(sql, {"now": now, "people": sorted({one.person_id for one in won})})
    facts: list[Fact] = [
        TicketAssigned(
            ticket_id=one.ticket_id,
            team_id=one.team_id,
            entry_id=entry_id,
            from_id=None,
            to_id=one.person_id,
            reason="least_loaded",
        )
        for one, entry_id in zip(won, entry_ids, strict=True)
    ]
    await emit_all(tx, facts, by=SYSTEM, at=now)
    told = [Told(one.person_id, one.ticket_id, one.team_id, entry) for one, entry in zip(won, entry_ids, strict=True)]
    await notify_all(tx, "assigned", told, by=SYSTEM, now=now)
    return len(won)


async def _write_reasons(tx: Transaction, won: Sequence[Decision], *, now: datetime) -> list[int]:
    ids = await draw_ids(tx, "entry", len(won))
    sql = """
        insert into entry (id, ticket_id, kind, author_kind, at, details)
        select n.id, n.ticket_id, 'change', 'system', %(now)s, n.details
        from unnest(%(ids)s::bigint[], %(tickets)s::bigint[], %(details)s::jsonb[]) as n (id, ticket_id, details)"""
    details = [Jsonb(msgspec.to_builtins(_reason(one))) for one in won]
    await tx.execute(sql, {"ids": ids, "tickets": [one.ticket_id for one in won], "details": details, "now": now})
    return ids


def _reason(one: Decision) -> EntryDetails:
    reason = Reason(
        code="least_loaded",
        candidates=one.candidates,
        load_points=one.load_points,
        capacity_points=one.capacity_points,
        idle_since=one.idle_since,
    )
    return EntryDetails(field="assignee", to_value=one.person_id, reason=reason)
