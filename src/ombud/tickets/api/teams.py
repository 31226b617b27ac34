"""Endpoints that put teams away and bring them back."""

from litestar import delete, get, put
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK

from ombud.accounts import queries
from ombud.accounts.schemas import Team
from ombud.accounts.services.teams import restore_team
from ombud.shared.http import By, Now, Tx, may
from ombud.tickets.services import team_archive


@get("/teams/{team_id:int}/ties", guards=[may("teams.manage")])
async def get_ties(tx: Tx, team_id: FromPath[int]) -> team_archive.TeamTies:
    """What hangs on a team: tickets, channels, members."""
    return await team_archive.team_ties(tx, team_id)


@put("/teams/{team_id:int}/archive", guards=[may("teams.manage")])
async def put_archive(
    tx: Tx, actor: By, now: Now, team_id: FromPath[int], data: JSONBody[team_archive.ArchiveIn]
) -> Team:
    """Archive a team. 409 ``team_in_use`` (a channel), ``team_has_tickets`` (say where they go) or ``last_team``."""
    await team_archive.archive_team(tx, team_id, data, by=actor, now=now)
    return await queries.team(tx, team_id)


@delete("/teams/{team_id:int}/archive", guards=[may("teams.manage")], status_code=HTTP_200_OK)
async def delete_archive(tx: Tx, actor: By, now: Now, team_id: FromPath[int]) -> Team:
    """Bring an archived team back with the members that it had."""
    return await restore_team(tx, team_id=team_id, by=actor, now=now)


HANDLERS = [get_ties, put_archive, delete_archive]
