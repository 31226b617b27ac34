"""The next one, please: agents of teams that let their people draw."""

from datetime import datetime

from msgspec import Struct

from ombud.routing.engine.queries.agents import load_agents
from ombud.routing.engine.queries.teams import team_rules
from ombud.routing.engine.queries.works import lock_heads, waiting_kinds
from ombud.routing.engine.rules import decide
from ombud.routing.engine.services.claiming import Won, assign_all
from ombud.routing.engine.services.preparing import prepare
from ombud.routing.skills.queries import weights_now
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, values
from ombud.shared.errors import Conflict

LOOKED_AT = 200


class NotOnline(Conflict):
    """Go online first: work comes only to who is there."""

    code = "not_online"


class Pulled(Struct):
    """The ticket that was drawn; None: nothing waits that one could take."""

    ticket_id: int | None


async def pull(tx: Transaction, *, by: Actor, now: datetime) -> Pulled:
    """Draw the next piece of work: the one that is worth most in this person's hands, of all that their teams have.

    Raises:
        NotOnline: they are not there.

    Emits: TicketAssigned, TicketMoved
    """
    await prepare(tx, now=now)
    # Their room is counted under the same lock that routers take.
    await values(tx, int, "select person_id from presence where person_id = %(id)s for update", {"id": by.person_id})
    teams = await team_rules(tx)
    agents = await load_agents(tx, [by.person_id], teams=teams, now=now, with_skills=True)
    # Reserves are given nothing unless they are called, and may draw what they like.
    agent = next((one for one in agents if one.unavailable in {"", "reserve"}), None)
    if agent is None:
        raise NotOnline
    agent.unavailable = ""
    kinds = [one for one in await waiting_kinds(tx) if set(one.offered_team_ids) & set(agent.team_ids)]
    agent.ramp_at_most = 1
    found = await lock_heads(tx, kinds, head=max(LOOKED_AT // len(kinds), 2), limit=LOOKED_AT) if kinds else []
    weights = (await weights_now(tx)).weights
    works = [one.work(teams, weights, now) for one in found]
    home = {one.ticket_id: one for one in found}
    for one in decide(works, [agent], now=now.timestamp()):
        won = Won(one, home[one.work_id].team_id, bool(home[one.work_id].steps))
        if await assign_all(tx, [won], kind="pulled", by=by, now=now):
            return Pulled(one.work_id)
    return Pulled(None)
