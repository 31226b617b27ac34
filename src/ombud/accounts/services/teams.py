"""Teams and brands."""

from datetime import datetime

from msgspec import UNSET

from ombud.accounts.events import BrandChanged, TeamChanged
from ombud.accounts.queries.teams import team as read_team
from ombud.accounts.schemas import Brand, BrandInput, NewTeam, Team, TeamChange
from ombud.accounts.services.memberships import set_members_of
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, row, value, values
from ombud.shared.errors import Conflict, NotFound
from ombud.shared.events import emit


class NameTaken(Conflict):
    """There is one with this name already."""

    code = "name_taken"


class LastTeam(Conflict):
    """A desk needs a team. Add another one first."""

    code = "last_team"


async def add_team(tx: Transaction, *, wanted: NewTeam, by: Actor, now: datetime) -> Team:
    """Make a team.

    Raises:
        NameTaken: another team has the name.
        Invalid: a member does not exist.

    Emits: TeamChanged, PersonChanged
    """
    sql = """
        insert into team (name, routing, created_at) values (%(name)s, %(routing)s, %(now)s)
        on conflict (name) do nothing returning id"""
    params = {"name": wanted.name.strip(), "routing": wanted.routing, "now": now}
    team_id = await value(tx, int, sql, params)
    if team_id is None:
        raise NameTaken
    await set_members_of(tx, team_id=team_id, person_ids=wanted.member_ids, by=by, now=now)
    await emit(tx, TeamChanged(team_id=team_id, fields=["name", "routing", "member_ids"]), by=by, at=now)
    return await read_team(tx, team_id)


async def change_team(tx: Transaction, *, team_id: int, change: TeamChange, by: Actor, now: datetime) -> Team:
    """Change a team's name, routing or members; what is the same already emits nothing.

    Raises:
        NotFound: there is no such team.
        NameTaken: another team has the name.
        Invalid: a member does not exist.

    Emits: TeamChanged, PersonChanged
    """
    before = await _lock_team(tx, team_id)
    name = before.name if change.name is UNSET else change.name.strip()
    routing = before.routing if change.routing is UNSET else change.routing
    fields = [
        word for word, differs in (("name", name != before.name), ("routing", routing != before.routing)) if differs
    ]
    if "name" in fields:
        await _check_name_free(tx, team_id, name)
    sql = "update team set name = %(name)s, routing = %(routing)s where id = %(id)s"
    await execute(tx, sql, {"name": name, "routing": routing, "id": team_id})
    members = change.member_ids
    if members is not UNSET and await set_members_of(tx, team_id=team_id, person_ids=members, by=by, now=now):
        fields.append("member_ids")
    if fields:
        await emit(tx, TeamChanged(team_id=team_id, fields=fields), by=by, at=now)
    return await read_team(tx, team_id)


async def archive_team(tx: Transaction, *, team_id: int, by: Actor, now: datetime) -> None:
    """Put a team away: nothing new reaches it, and nobody can choose it. Its members and tickets stay.

    Whether something still comes to it is the caller's to know. Archiving twice changes nothing and emits nothing.

    Raises:
        NotFound: there is no such team.
        LastTeam: it is the only one at work.

    Emits: TeamChanged
    """
    # All teams in one order, so that two who archive at once cannot leave none.
    sql = "select id from team where archived_at is null order by id for update"
    live = await values(tx, int, sql)
    if team_id not in live:
        await read_team(tx, team_id)
        return
    if live == [team_id]:
        raise LastTeam
    await execute(tx, "update team set archived_at = %(now)s where id = %(id)s", {"id": team_id, "now": now})
    await emit(tx, TeamChanged(team_id=team_id, fields=["is_archived"]), by=by, at=now)


async def restore_team(tx: Transaction, *, team_id: int, by: Actor, now: datetime) -> Team:
    """Bring an archived team back with the members that it had; one at work emits nothing.

    Raises:
        NotFound: there is no such team.

    Emits: TeamChanged
    """
    sql = "update team set archived_at = null where id = %(id)s and archived_at is not null"
    if await execute(tx, sql, {"id": team_id}):
        await emit(tx, TeamChanged(team_id=team_id, fields=["is_archived"]), by=by, at=now)
    return await read_team(tx, team_id)


async def _lock_team(tx: Transaction, team_id: int) -> Team:
    sql = """
        select id, name, routing, '{}'::bigint[] as member_ids, false as is_archived from team
        where id = %(id)s and archived_at is null for update"""
    found = await row(tx, Team, sql, {"id": team_id})
    if found is None:
        raise NotFound
    return found


async def _check_name_free(tx: Transaction, team_id: int, name: str) -> None:
    sql = "select exists (select from team where name = %(name)s and id <> %(id)s)"
    if await value(tx, bool, sql, {"name": name, "id": team_id}):
        raise NameTaken


async def add_brand(tx: Transaction, *, wanted: BrandInput, by: Actor, now: datetime) -> Brand:
    """Make a brand.

    Raises:
        NameTaken: another brand has the name.

    Emits: BrandChanged
    """
    sql = """
        insert into brand (name, signature, created_at) values (%(name)s, %(signature)s, %(now)s)
        on conflict (name) do nothing returning id, name, signature"""
    brand = await row(tx, Brand, sql, {"name": wanted.name.strip(), "signature": wanted.signature or "", "now": now})
    if brand is None:
        raise NameTaken
    await emit(tx, BrandChanged(brand_id=brand.id), by=by, at=now)
    return brand


async def change_brand(tx: Transaction, *, brand_id: int, wanted: BrandInput, by: Actor, now: datetime) -> Brand:
    """Give a brand another name or signature; what is as it was emits nothing.

    Raises:
        NotFound: there is no such brand.
        NameTaken: another brand has the name.

    Emits: BrandChanged
    """
    sql = "select id, name, signature from brand where id = %(id)s for update"
    before = await row(tx, Brand, sql, {"id": brand_id})
    if before is None:
        raise NotFound
    signature = before.signature if wanted.signature is UNSET else wanted.signature
    after = Brand(brand_id, wanted.name.strip(), signature)
    if after == before:
        return before
    sql = "select exists (select from brand where name = %(name)s and id <> %(id)s)"
    if await value(tx, bool, sql, {"name": after.name, "id": brand_id}):
        raise NameTaken
    sql = "update brand set name = %(name)s, signature = %(signature)s where id = %(id)s"
    await execute(tx, sql, {"name": after.name, "signature": signature, "id": brand_id})
    await emit(tx, BrandChanged(brand_id=brand_id), by=by, at=now)
    return after
