"""Who belongs to which team: one table, changed from either side."""

from collections.abc import Collection
from datetime import datetime

from ombud.accounts.events import PersonChanged, TeamChanged
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, values
from ombud.shared.errors import Invalid
from ombud.shared.events import emit_all

ADD = """
    insert into membership (team_id, person_id)
    select t, p from unnest(%(team_ids)s::bigint[]) t, unnest(%(person_ids)s::bigint[]) p"""
REMOVE = "delete from membership where team_id = any(%(team_ids)s) and person_id = any(%(person_ids)s)"


async def check_brands(tx: Transaction, brand_ids: Collection[int]) -> list[int]:
    """The brands in their order, as they are kept.

    Raises:
        Invalid: one of them does not exist.
    """
    wanted = sorted(set(brand_ids))
    known = await values(tx, int, "select id from brand where id = any(%(ids)s) order by id", {"ids": wanted})
    if known != wanted:
        raise Invalid("Choose brands that exist.", fields={"brand_ids": "unknown"})
    return wanted


async def set_teams_of(tx: Transaction, *, person_id: int, team_ids: Collection[int], by: Actor, now: datetime) -> bool:
    """Make a person a member of exactly these teams; False if they were.

    Raises:
        Invalid: a team does not exist.

    Emits: TeamChanged for each team that won or lost the person.
    """
    # Seats in archived teams are neither offered nor taken away: they come back with the team.
    sql = """
        select m.team_id from membership m join team t on t.id = m.team_id
        where m.person_id = %(id)s and t.archived_at is not null"""
    wanted = set(team_ids) - set(await values(tx, int, sql, {"id": person_id}))
    await check_teams(tx, wanted)
    sql = """
        select m.team_id from membership m join team t on t.id = m.team_id
        where m.person_id = %(id)s and t.archived_at is null for update of m"""
    present = set(await values(tx, int, sql, {"id": person_id}))
    await execute(tx, ADD, {"team_ids": sorted(wanted - present), "person_ids": [person_id]})
    await execute(tx, REMOVE, {"team_ids": sorted(present - wanted), "person_ids": [person_id]})
    changed = sorted(wanted ^ present)
    await emit_all(tx, [TeamChanged(team_id=one, fields=["member_ids"]) for one in changed], by=by, at=now)
    return bool(changed)


async def set_members_of(
    tx: Transaction, *, team_id: int, person_ids: Collection[int], by: Actor, now: datetime
) -> bool:
    """Make exactly these people members of a team; False if they were.

    Raises:
        Invalid: a person does not exist.

    Emits: PersonChanged for each person who came or left.
    """
    wanted = set(person_ids)
    await _check(tx, "member_ids", "select id from person where id = any(%(ids)s)", wanted)
    sql = "select person_id from membership where team_id = %(id)s for update"
    present = set(await values(tx, int, sql, {"id": team_id}))
    await execute(tx, ADD, {"team_ids": [team_id], "person_ids": sorted(wanted - present)})
    await execute(tx, REMOVE, {"team_ids": [team_id], "person_ids": sorted(present - wanted)})
    changed = sorted(wanted ^ present)
    await emit_all(tx, [PersonChanged(person_id=one, fields=["team_ids"]) for one in changed], by=by, at=now)
    return bool(changed)


async def check_teams(tx: Transaction, team_ids: set[int]) -> None:
    """Refuse ids of teams that do not exist.

    Raises:
        Invalid: names the first of them.
    """
    await _check(tx, "team_ids", "select id from team where id = any(%(ids)s) and archived_at is null", team_ids)


async def _check(tx: Transaction, field: str, sql: str, wanted: set[int]) -> None:
    unknown = wanted - set(await values(tx, int, sql, {"ids": sorted(wanted)}))
    if unknown:
        raise Invalid(f"There is no such id in {field}: {min(unknown)}.", fields={field: "unknown"})
