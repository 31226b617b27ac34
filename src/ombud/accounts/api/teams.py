"""Teams and brands."""

from litestar import get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from ombud.accounts import queries
from ombud.accounts.schemas import Brand, BrandInput, NewTeam, Team, TeamChange
from ombud.accounts.services.teams import add_brand, add_team, change_brand, change_team
from ombud.shared.http import By, Now, Tx, may
from ombud.shared.paging import Paged


@get("/teams", guards=[may("tickets.read")], operation_id="list_teams", summary="All teams", tags=["teams"])
async def get_teams(tx: Tx, archived: FromQuery[bool] = False) -> Paged[Team]:
    """All teams and their members; tickets are handed from one to the other. ``archived=true``: those put away, too."""
    return Paged(await queries.teams(tx, archived=archived))


@post("/teams", guards=[may("teams.manage")], operation_id="add_team", summary="Make a team", tags=["teams"])
async def post_team(data: JSONBody[NewTeam], tx: Tx, actor: By, now: Now) -> Team:
    """Make a team. 409 ``name_taken``."""
    return await add_team(tx, wanted=data, by=actor, now=now)


@patch(
    "/teams/{team_id:int}",
    guards=[may("teams.manage")],
    operation_id="change_team",
    summary="Change a team",
    tags=["teams"],
)
async def patch_team(team_id: FromPath[int], data: JSONBody[TeamChange], tx: Tx, actor: By, now: Now) -> Team:
    """Change name, routing or the whole list of members. 409 ``name_taken``."""
    return await change_team(tx, team_id=team_id, change=data, by=actor, now=now)


@get("/brands", guards=[may("tickets.read")], operation_id="list_brands", summary="All brands", tags=["brands"])
async def get_brands(tx: Tx) -> Paged[Brand]:
    """All brands."""
    return Paged(await queries.brands(tx))


@post("/brands", guards=[may("channels.manage")], operation_id="add_brand", summary="Make a brand", tags=["brands"])
async def post_brand(data: JSONBody[BrandInput], tx: Tx, actor: By, now: Now) -> Brand:
    """Make a brand. 409 ``name_taken``."""
    return await add_brand(tx, wanted=data, by=actor, now=now)


@patch(
    "/brands/{brand_id:int}",
    guards=[may("channels.manage")],
    operation_id="change_brand",
    summary="Change a brand",
    tags=["brands"],
)
async def patch_brand(brand_id: FromPath[int], data: JSONBody[BrandInput], tx: Tx, actor: By, now: Now) -> Brand:
    """Give a brand another name or signature. 409 ``name_taken``."""
    return await change_brand(tx, brand_id=brand_id, wanted=data, by=actor, now=now)


handlers = [get_teams, post_team, patch_team, get_brands, post_brand, patch_brand]
