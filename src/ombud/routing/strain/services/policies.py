"""What teams agree on about strain."""

from datetime import datetime

from ombud.routing.strain.events import StrainPolicyChanged
from ombud.routing.strain.schemas import StrainPolicyIn
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value
from ombud.shared.errors import NotFound
from ombud.shared.events import emit


async def change_policy(tx: Transaction, team_id: int, data: StrainPolicyIn, *, by: Actor, now: datetime) -> None:
    """Write down what a team has agreed on. What is the same already changes nothing and emits nothing.

    Whoever agreed to less than supervisors being told stays untold until they agree to it themselves.

    Raises:
        NotFound: no such team, or ``by`` does not see it.

    Emits: StrainPolicyChanged
    """
    sql = "select exists (select from team where id = %(id)s and archived_at is null)"
    if not by.sees_team(team_id) or not await value(tx, bool, sql, {"id": team_id}):
        raise NotFound
    sql = """
        insert into strain_policy as p (team_id, bound, hard_percent, tells)
        values (%(team)s, %(bound)s, %(hard)s, %(tells)s)
        on conflict (team_id) do update set bound = excluded.bound, hard_percent = excluded.hard_percent,
            tells = excluded.tells
            where (p.bound, p.hard_percent, p.tells) <> (excluded.bound, excluded.hard_percent, excluded.tells)
        returning team_id"""
    params = {"team": team_id, "bound": data.bound, "hard": data.hard_percent, "tells": data.tells}
    if await value(tx, int, sql, params) is None:
        return
    fact = StrainPolicyChanged(team_id=team_id, bound=data.bound, hard_percent=data.hard_percent, tells=data.tells)
    await emit(tx, fact, by=by, at=now)
