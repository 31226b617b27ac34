"""What followers hear: the customer answered, the ticket was solved, or another holds it; never twice unread."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct

from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, rows, values
from ombud.shared.events import Event
from ombud.shared.readers import Reader
from ombud.tickets.services.timeline import Told, notify_all

KINDS = {
    "message_received": "followed_reply",
    "ticket_solved": "followed_solved",
    "ticket_assigned": "followed_assigned",
}


class _Place(Struct):
    person_id: int
    ticket_id: int
    team_id: int


async def tell_followers(tx: Transaction, events: Sequence[Event], now: datetime) -> None:
    """Tell followers of events on their tickets.

    Who did it, who holds the ticket (they are told already) and who has the same unread are left out, and whoever
    does not see the ticket any more.

    Emits: NotificationMade
    """
    followed = set(await _followed(tx, {event.ticket_id for event in events}))
    for event in events:
        if event.ticket_id not in followed or event.data.get("is_automatic"):
            continue
        kind = KINDS[event.kind]
        places = await _audience(tx, event, kind)
        actor = Actor(kind="person", id=event.actor_id) if event.actor_kind == "person" else SYSTEM
        entry_id = event.data.get("entry_id")
        told = [Told(one.person_id, one.ticket_id, one.team_id, entry_id) for one in places]
        await notify_all(tx, kind, told, by=actor, now=now)


async def _followed(tx: Transaction, ticket_ids: Collection[int | None]) -> list[int]:
    sql = "select distinct ticket_id from follower where ticket_id = any(%(tickets)s)"
    return await values(tx, int, sql, {"tickets": list(ticket_ids)})


async def _audience(tx: Transaction, event: Event, kind: str) -> list[_Place]:
    sql = """
        select f.person_id, t.id as ticket_id, t.team_id
        from follower f join ticket t on t.id = f.ticket_id join person p on p.id = f.person_id
        where f.ticket_id = %(ticket)s and p.deactivated_at is null and t.assignee_id is distinct from f.person_id
            and (p.sees_all_teams or exists (select from membership m
                where m.person_id = p.id and m.team_id = t.team_id))
            and not exists (select from notification n where n.person_id = f.person_id and n.ticket_id = t.id
                and n.kind = %(kind)s and n.read_at is null)
        order by f.person_id"""
    return await rows(tx, _Place, sql, {"ticket": event.ticket_id, "kind": kind})


FOLLOWERS = Reader(name="followers", react=tell_followers, kinds=frozenset(KINDS), wakes=("sequence",))
