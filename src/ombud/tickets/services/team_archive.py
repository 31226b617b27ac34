"""Archiving a team: what still hangs on it is said before, its open tickets go where they are told to."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.accounts.services import teams as accounts
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, draw_ids, row, rows, value
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import Fact, emit_all
from ombud.tickets.events import TicketAssigned, TicketMoved
from ombud.tickets.schemas import ChannelKind, EntryDetails, Reason

MOVED = "moved_to_team"


class TeamInUse(Conflict):
    """Channels still bring tickets to this team. Give them another team first."""

    code = "team_in_use"


class TeamHasTickets(Conflict):
    """The team has open tickets. Say which team takes them over."""

    code = "team_has_tickets"


class TeamInProcess(Conflict):
    """Processes or escalations name this team, or tasks for it are open. Choose another team there, end the tasks."""

    code = "team_in_process"


class Source(Struct):
    """A channel that brings its tickets to a team."""

    id: int
    name: str
    kind: ChannelKind


class TeamTies(Struct):
    """What hangs on a team."""

    open_tickets: int
    channels: list[Source]
    members: int


class ArchiveIn(Struct, forbid_unknown_fields=True):
    """Which team takes the open tickets over; not needed when there are none."""

    open_tickets_to: int | None = None


class _Held(Struct):
    id: int
    assignee_id: int | None
    loses_holder: bool


async def team_ties(tx: Transaction, team_id: int) -> TeamTies:
    """What hangs on a team: open tickets, sleeping ones included, channels that bring more, and members.

    Raises:
        NotFound: there is no such team.
    """
    sql = """
        select (select count(*) from ticket where team_id = team.id and is_open) as open_tickets,
               coalesce((select jsonb_agg(jsonb_build_object('id', id, 'name', name, 'kind', kind) order by name, id)
                         from channel where team_id = team.id and deleted_at is null), '[]') as channels,
               (select count(*) from membership m join person p on p.id = m.person_id
                where m.team_id = team.id and p.deactivated_at is null) as members
        from team where id = %(id)s"""
    found = await row(tx, TeamTies, sql, {"id": team_id})
    if found is None:
        raise NotFound
    return found


async def archive_team(tx: Transaction, team_id: int, data: ArchiveIn, *, by: Actor, now: datetime) -> None:
    """Put a team away; its open tickets go to another team, its solved ones stay with it.

    Holders who belong to the other team keep their tickets, the rest waits there. Archiving twice changes nothing.

    Raises:
        NotFound: there is no such team.
        LastTeam: it is the only one at work.
        TeamInUse: a channel still brings tickets to it, switched on or not.
        TeamInProcess: a process or an escalation names it, or a task for it is open.
        TeamHasTickets: open tickets, and no team to take them over.
        Invalid: the team that shall take them over is this one, archived, or does not exist.

    Emits: TeamChanged, TicketMoved, TicketAssigned
    """
    await accounts.archive_team(tx, team_id=team_id, by=by, now=now)
    await _refuse_in_process(tx, team_id)
    ties = await team_ties(tx, team_id)
    if ties.channels:
        names = ", ".join(one.name for one in ties.channels)
        raise TeamInUse(f"These channels still bring tickets to this team: {names}. Give them another team first.")
    if not ties.open_tickets:
        return
    if data.open_tickets_to is None:
        raise TeamHasTickets
    await _move_open(tx, team_id, data.open_tickets_to, by=by, now=now)


async def _refuse_in_process(tx: Transaction, team_id: int) -> None:
    sql = """
        select array(select coalesce(nullif(v.spec ->> 'name_en', ''), v.spec ->> 'name_zh') from process p
            cross join lateral (select spec from process_version where process_id = p.id order by id desc limit 1) v
            where p.archived_at is null
                and jsonb_path_exists(
                    v.spec, '$.**.team_id ? (@ == $team)', jsonb_build_object('team', %(id)s::bigint)))
            || array(select coalesce(nullif(v.spec ->> 'name_en', ''), v.spec ->> 'name_zh') from service_policy p
            cross join lateral (
                select spec from service_policy_version where policy_id = p.id order by id desc limit 1) v
            where p.archived_at is null
                and jsonb_path_exists(
                    v.spec, '$.steps.**.team_id ? (@ == $team)', jsonb_build_object('team', %(id)s::bigint)))
            || array(select title from task where team_id = %(id)s and ended_at is null limit 5)"""
    names = await value(tx, list, sql, {"id": team_id})
    if names:
        raise TeamInProcess(f"Still named by: {', '.join(map(str, names))}. Choose another team there first.")


async def _move_open(tx: Transaction, team_id: int, to_id: int, *, by: Actor, now: datetime) -> None:
    sql = "select exists (select from team where id = %(id)s and archived_at is null)"
    if not await value(tx, bool, sql, {"id": to_id}):
        raise Invalid("Choose a team that exists.", fields={"open_tickets_to": "unknown"})
    sql = """
        select t.id, t.assignee_id, t.assignee_id is not null and not exists (
            select from person p where p.id = t.assignee_id and p.deactivated_at is null
                and p.role not in ('read_only', 'partner')
                and (p.sees_all_teams
                     or exists (select from membership m where m.person_id = p.id and m.team_id = %(to)s))
                and (p.brand_ids is null or t.brand_id = any(p.brand_ids)))
            as loses_holder
        from ticket t where t.team_id = %(team)s and t.is_open order by t.id for update of t"""
    held = await rows(tx, _Held, sql, {"team": team_id, "to": to_id})
    losers = [one for one in held if one.loses_holder]
    moves = await _note(tx, held, [_moved(team_id, to_id)] * len(held), by=by, now=now)
    losses = await _note(tx, losers, [_given_up(one) for one in losers], by=by, now=now)
    sql = """
        update ticket set team_id = %(to)s, version = version + 1, activity_at = %(now)s,
            assignee_id = case when id = any(%(losers)s) then null else assignee_id end
        where id = any(%(ids)s)"""
    ids = [one.id for one in held]
    await tx.execute(sql, {"to": to_id, "ids": ids, "losers": [one.id for one in losers], "now": now})
    sql = """
        insert into tag_place (name, team_id, brand_id)
        select distinct tag, t.team_id, t.brand_id from ticket t cross join lateral unnest(t.tags) as tag
        where t.id = any(%(ids)s) on conflict do nothing"""
    await tx.execute(sql, {"ids": ids})
    facts: list[Fact] = [
        TicketMoved(ticket_id=one.id, team_id=to_id, entry_id=entry, from_team_id=team_id)
        for one, entry in zip(held, moves, strict=True)
    ]
    facts += [
        TicketAssigned(
            ticket_id=one.id, team_id=to_id, entry_id=entry, from_id=one.assignee_id, to_id=None, reason=MOVED
        )
        for one, entry in zip(losers, losses, strict=True)
    ]
    await emit_all(tx, facts, by=by, at=now)


def _moved(team_id: int, to_id: int) -> EntryDetails:
    return EntryDetails(field="team", from_value=team_id, to_value=to_id, reason=Reason("team_archived"))


def _given_up(one: _Held) -> EntryDetails:
    return EntryDetails(field="assignee", from_value=one.assignee_id, to_value=None, reason=Reason(MOVED))


async def _note(
    tx: Transaction, held: Sequence[_Held], details: Sequence[EntryDetails], *, by: Actor, now: datetime
) -> list[int]:
    """Put one change on the timeline of each ticket; gives the entries' ids."""
    if not held:
        return []
    ids = await draw_ids(tx, "entry", len(held))
    sql = """
        insert into entry (id, ticket_id, kind, author_kind, author_id, at, details)
        select n.id, n.ticket_id, 'change', %(kind)s, %(by)s, %(now)s, n.details
        from unnest(%(ids)s::bigint[], %(tickets)s::bigint[], %(details)s::jsonb[]) as n (id, ticket_id, details)"""
    params = {
        "ids": ids,
        "tickets": [one.id for one in held],
        "details": [Jsonb(msgspec.to_builtins(one)) for one in details],
        "kind": by.kind,
        "by": by.id,
        "now": now,
    }
    await tx.execute(sql, params)
    return list(ids)
