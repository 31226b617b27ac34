"""Work that nobody can take waits visibly, with its reason, and its supervisors hear of it once."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from ombud.routing.engine.events import WorkStuck
from ombud.routing.engine.queries.agents import load_agents, members_of
from ombud.routing.engine.queries.teams import team_rules
from ombud.routing.engine.queries.works import first_of_kinds, waiting_kinds
from ombud.routing.engine.rules.stuck import why_stuck
from ombud.routing.engine.schemas import Agent
from ombud.routing.engine.services.recording import Line, write_lines
from ombud.routing.skills.queries import weights_now
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, execute, rows, values
from ombud.shared.events import emit
from ombud.tickets.services.timeline import Told, notify_all


async def note_stuck(tx: Transaction, *, now: datetime) -> int:
    """Look at the head of each kind of waiting work and note why nobody can take it; how many kinds changed.

    Supervisors of a team hear of each reason once, until it has passed.

    Emits: WorkStuck
    """
    kinds = await waiting_kinds(tx)
    if not kinds:
        return 0
    teams = await team_rules(tx)
    firsts = await first_of_kinds(tx, kinds)
    people = await members_of(tx, {team for one in firsts for team in one.offered_team_ids})
    members = await load_agents(tx, people, teams=teams, now=now, with_skills=True)
    weights = (await weights_now(tx)).weights
    reasons = {
        (one.team_id, one.kind_key): why_stuck(
            one.work(teams, weights, now),
            _of_teams(members, one.offered_team_ids),
            now.timestamp(),
            is_archived=teams[one.team_id].is_archived,
        )
        for one in firsts
    }
    changed = await _note(tx, reasons, now=now)
    return changed + await _alert(tx, now=now)


def _of_teams(members: Sequence[Agent], team_ids: Sequence[int]) -> list[Agent]:
    wanted = set(team_ids)
    return [one for one in members if wanted & set(one.team_ids)]


async def _note(tx: Transaction, reasons: Mapping[tuple[int, str], str | None], *, now: datetime) -> int:
    # What is as it was is not written again; a row that a router holds is noted at the next look.
    sql = """
        with changed as (
            select w.ticket_id, k.reason from unnest(%(teams)s::bigint[], %(keys)s::text[], %(reasons)s::text[])
                as k (team_id, kind_key, reason)
            join work_wait w on w.team_id = k.team_id and w.kind_key = k.kind_key
            where w.place is not null and w.offered_to is null and w.stuck_reason is distinct from k.reason
            for update of w skip locked
        )
        update work_wait w set stuck_reason = c.reason, stuck_since = case when c.reason is null then null
                else coalesce(w.stuck_since, %(now)s) end,
            alerted_at = case when c.reason is null then null else w.alerted_at end
        from changed c where w.ticket_id = c.ticket_id"""
    params = {
        "teams": [team for team, _ in reasons],
        "keys": [key for _, key in reasons],
        "reasons": list(reasons.values()),
        "now": now,
    }
    return await execute(tx, sql, params)


class _Group(Struct):
    team_id: int
    reason: str
    count: int
    ticket_id: int
    is_known: bool


async def _alert(tx: Transaction, *, now: datetime) -> int:
    sql = """
        select team_id, stuck_reason as reason, count(*)::int as count, min(ticket_id) as ticket_id,
            bool_or(alerted_at is not null) as is_known
        from work_wait where stuck_since is not null
        group by team_id, stuck_reason having bool_or(alerted_at is null) order by team_id, stuck_reason"""
    groups = await rows(tx, _Group, sql)
    for one in groups:
        sql = """
            update work_wait set alerted_at = %(now)s
            where team_id = %(team)s and stuck_reason = %(reason)s and alerted_at is null"""
        await tx.execute(sql, {"now": now, "team": one.team_id, "reason": one.reason})
        if not one.is_known:
            await _tell(tx, one, now=now)
    return len(groups)


async def _tell(tx: Transaction, one: _Group, *, now: datetime) -> None:
    fact = WorkStuck(ticket_id=one.ticket_id, team_id=one.team_id, reason=one.reason, count=one.count)
    await emit(tx, fact, by=SYSTEM, at=now)
    # Those who lead the team; administrators where nobody does.
    sql = """
        with leads as (
            select p.id, p.role from person p where p.deactivated_at is null and (p.role = 'administrator'
                or p.role = 'supervisor' and (p.sees_all_teams or exists (
                    select from membership m where m.person_id = p.id and m.team_id = %(team)s)))
        )
        select id from leads where role = 'supervisor'
            or not exists (select from leads where role = 'supervisor') order by id"""
    people = await values(tx, int, sql, {"team": one.team_id})
    told = [Told(person, one.ticket_id, one.team_id, None) for person in people]
    await notify_all(tx, "work_stuck", told, by=SYSTEM, now=now)
    line = Line(ticket_id=one.ticket_id, team_id=one.team_id, kind="waits", details={"reason": one.reason})
    await write_lines(tx, [line], now=now)
