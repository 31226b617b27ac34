"""What follows from events: work goes back when its agent is gone, and is looked at anew when other things count."""

from collections.abc import Sequence
from datetime import datetime

from ombud.routing.engine.services.returning import give_back, gone_people
from ombud.shared.database import Transaction
from ombud.shared.events import Event
from ombud.shared.readers import Reader

# What requirement rules may ask of a ticket and does not stand in its own row.
_OF_TICKETS = frozenset({"ticket_classified", "label_decided", "stage_entered"})


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
    await _look_again(tx, events)


async def _look_again(tx: Transaction, events: Sequence[Event]) -> None:
    """Have waiting work looked at whose ticket or customer is otherwise now: another rule may fit it."""
    tickets = {one.ticket_id for one in events if one.kind in _OF_TICKETS and one.ticket_id is not None}
    customers = {int(one.data["customer_id"]) for one in events if one.kind == "customer_changed"}
    if tickets or customers:
        sql = """
            update work_wait w set look_at = '-infinity' from ticket t
            where t.id = w.ticket_id and w.offered_to is null
                and (t.id = any(%(tickets)s::bigint[]) or t.customer_id = any(%(customers)s::bigint[]))"""
        await tx.execute(sql, {"tickets": sorted(tickets), "customers": sorted(customers)})


ROUTING = Reader(
    name="routing",
    react=keep_routing,
    kinds=_OF_TICKETS | {"presence_changed", "score_weights_changed", "team_routing_changed", "customer_changed"},
    gather_seconds=0.2,
    wakes=("sequence", "routing", "outbox"),
)
