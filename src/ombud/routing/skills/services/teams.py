"""The verb on how work reaches the people of a team, and on the teams that help out."""

from collections.abc import Sequence
from datetime import datetime

from ombud.accounts.schemas import TeamChange
from ombud.accounts.services.teams import change_team
from ombud.routing.skills import queries
from ombud.routing.skills.events import TeamRoutingChanged
from ombud.routing.skills.schemas import Overflow, TeamRouting, TeamRoutingIn, TeamSettings
from ombud.routing.skills.services.definitions import same_version
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value
from ombud.shared.errors import Invalid
from ombud.shared.events import emit


async def change_team_settings(
    tx: Transaction, team_id: int, data: TeamRoutingIn, *, by: Actor, now: datetime
) -> TeamRouting:
    """Change how work reaches a team's people; what is the same already changes nothing and emits nothing.

    Raises:
        NotFound: no such team at work.
        ChangedMeanwhile: somebody was faster.
        Invalid: an overflow team is not there, is named twice, or is the team itself.

    Emits: TeamRoutingChanged, TeamChanged
    """
    await tx.execute("select from team where id = %(id)s for update", {"id": team_id})
    known = await queries.find_team_settings(tx, team_id)
    same_version(known.version, data.version)
    new = data.settings
    fields = [name for name in TeamSettings.__struct_fields__ if getattr(new, name) != getattr(known.settings, name)]
    if not fields:
        return known
    await _check_overflow(tx, team_id, new.overflow)
    await _store(tx, team_id, new)
    if "routing" in fields:
        await change_team(tx, team_id=team_id, change=TeamChange(routing=new.routing), by=by, now=now)
    await emit(tx, TeamRoutingChanged(team_id=team_id, fields=fields), by=by, at=now)
    return await queries.find_team_settings(tx, team_id)


async def _check_overflow(tx: Transaction, team_id: int, overflow: Sequence[Overflow]) -> None:
    ids = [one.to_team_id for one in overflow]
    if team_id in ids:
        raise Invalid("A team cannot help itself out.", fields={"overflow": "itself"})
    if len(set(ids)) != len(ids):
        raise Invalid("A team is named twice.", fields={"overflow": "twice"})
    sql = "select count(*) from team where id = any(%(ids)s::bigint[]) and archived_at is null"
    if ids and await value(tx, int, sql, {"ids": ids}) != len(ids):
        raise Invalid("A team that is to help out is not there, or archived.", fields={"overflow": "unknown"})


async def _store(tx: Transaction, team_id: int, new: TeamSettings) -> None:
    sql = """
        insert into team_routing (team_id, offer_seconds, offered_channels, fairness_minutes, anyone_after_seconds,
            interruptible_channels, preferred_seconds)
        values (%(team)s, %(offer)s, %(offered)s::text[], %(fairness)s, %(anyone)s, %(interruptible)s::text[],
            %(preferred)s)
        on conflict (team_id) do update set version = team_routing.version + 1,
            offer_seconds = excluded.offer_seconds, offered_channels = excluded.offered_channels,
            fairness_minutes = excluded.fairness_minutes, anyone_after_seconds = excluded.anyone_after_seconds,
            interruptible_channels = excluded.interruptible_channels, preferred_seconds = excluded.preferred_seconds"""
    params = {
        "team": team_id,
        "offer": new.offer_seconds,
        "offered": list(new.offered_channels),
        "fairness": new.fairness_minutes,
        "anyone": new.anyone_after_seconds,
        "interruptible": list(new.interruptible_channels),
        "preferred": new.preferred_seconds,
    }
    await tx.execute(sql, params)
    # Those that name archived teams are kept for the day on which those are back.
    sql = """
        delete from team_overflow o using team t
        where o.team_id = %(team)s and t.id = o.to_team_id and t.archived_at is null"""
    await tx.execute(sql, {"team": team_id})
    sql = """
        insert into team_overflow (team_id, position, to_team_id, after_seconds, min_waiting, min_free, is_outsourced)
        select %(team)s, o.place + coalesce((select max(position) from team_overflow where team_id = %(team)s), 0),
            o.to_team_id, o.after, o.waiting, o.free, o.outsourced
        from unnest(%(to)s::bigint[], %(after)s::int[], %(waiting)s::int[], %(free)s::int[], %(outsourced)s::boolean[])
            with ordinality as o (to_team_id, after, waiting, free, outsourced, place)"""
    overflow = {
        "team": team_id,
        "to": [one.to_team_id for one in new.overflow],
        "after": [one.after_seconds for one in new.overflow],
        "waiting": [one.min_waiting for one in new.overflow],
        "free": [one.min_free for one in new.overflow],
        "outsourced": [one.is_outsourced for one in new.overflow],
    }
    await tx.execute(sql, overflow)
