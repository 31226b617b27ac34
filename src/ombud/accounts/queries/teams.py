"""Reads of teams and brands."""

from ombud.accounts.schemas import Brand, Team
from ombud.shared.database import Transaction, row, rows
from ombud.shared.errors import NotFound

TEAM = """
    select t.id, t.name, t.routing,
        array(select m.person_id from membership m where m.team_id = t.id order by m.person_id) as member_ids,
        t.archived_at is not null as is_archived
    from team t"""


async def teams(tx: Transaction, *, archived: bool = False) -> list[Team]:
    """The teams at work; every colleague may know of them, because tickets are handed from one to the other.

    With ``archived`` also those that are put away, last.
    """
    sql = f"{TEAM} where t.archived_at is null or %(archived)s order by t.archived_at is not null, t.name, t.id"
    return await rows(tx, Team, sql, {"archived": archived})


async def team(tx: Transaction, team_id: int) -> Team:
    """One team.

    Raises:
        NotFound: there is none.
    """
    found = await row(tx, Team, f"{TEAM} where t.id = %(id)s", {"id": team_id})
    if found is None:
        raise NotFound
    return found


async def brands(tx: Transaction) -> list[Brand]:
    """All brands."""
    return await rows(tx, Brand, "select id, name, signature from brand order by name, id")
