"""What follows from events: work goes back when its agent is gone, and is scored anew when other things count."""

from collections.abc import Sequence
from datetime import datetime

from ombud.routing.engine.services.returning import give_back, gone_people
from ombud.shared.database import Transaction
from ombud.shared.events import Event
from ombud.shared.readers import Reader


async def keep_routing(tx: Transaction, events: Sequence[Event], now: datetime) -> None:
    """Give back the live conversations of who went offline; look at waiting work anew after a change of settings."""
    left = {
        int(one.data["person_id"])
        for one in events
        if one.kind == "presence_changed" and one.data["state"] == "offline"
    }
    for person_id in await gone_people(tx, sorted(left)) if left else []:
        await give_back(tx, person_id, reason="offline", now=now)
    teams = {one.team_id for one in events if one.kind == "team_routing_changed" and one.team_id is not None}
    if any(one.kind == "score_weights_changed" for one in events):
        await tx.execute("update work_wait set look_at = '-infinity' where offered_to is null")
    elif teams:
        sql = "update work_wait set look_at = '-infinity' where team_id = any(%(teams)s::bigint[])"
        await tx.execute(sql, {"teams": sorted(teams)})


ROUTING = Reader(
    name="routing",
    react=keep_routing,
    kinds=frozenset({"presence_changed", "score_weights_changed", "team_routing_changed"}),
    gather_seconds=0.2,
    wakes=("sequence", "routing", "outbox"),
)
