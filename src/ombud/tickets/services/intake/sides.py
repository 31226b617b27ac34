"""Answers of third parties: they are told to colleagues and change nothing of the conversation with the customer."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, rows
from ombud.shared.events import emit_all
from ombud.tickets.events import SideReceived
from ombud.tickets.services.intake.plan import Incoming, KnownTicket
from ombud.tickets.services.timeline import Told, notify_all


class _Asked(Struct):
    ticket_id: int
    person_id: int


async def take_sides(
    tx: Transaction, sides: Sequence[Incoming], known: dict[int, KnownTicket], *, now: datetime
) -> None:
    """Announce side entries that stand on their timelines, and tell the holder, or whoever asked the third party.

    Status, preview, unread messages and whose turn it is stay as they are.

    Emits: SideReceived, NotificationMade
    """
    if not sides:
        return
    ticket_ids = sorted({one.ticket_id for one in sides})
    sql = """
        update ticket set activity_at = greatest(activity_at, %(now)s), version = version + 1
        where id = any(%(ids)s)"""
    await tx.execute(sql, {"now": now, "ids": ticket_ids})
    facts = [
        SideReceived(ticket_id=one.ticket_id, team_id=known[one.ticket_id].team_id, entry_id=one.entry_id)
        for one in sides
    ]
    await emit_all(tx, facts, by=SYSTEM, at=now)
    askers = await _askers(tx, ticket_ids)
    told = []
    for one in sides:
        ticket = known[one.ticket_id]
        person_id = ticket.assignee_id or askers.get(one.ticket_id)
        if person_id is not None:
            told.append(Told(person_id, ticket.id, ticket.team_id, one.entry_id))
    await notify_all(tx, "side_replied", told, by=SYSTEM, now=now)


async def _askers(tx: Transaction, ticket_ids: list[int]) -> dict[int, int]:
    sql = """
        select distinct on (ticket_id) ticket_id, author_id as person_id from entry
        where ticket_id = any(%(ids)s) and kind = 'side' and direction = 'out' and author_kind = 'person'
        order by ticket_id, id desc"""
    return {one.ticket_id: one.person_id for one in await rows(tx, _Asked, sql, {"ids": ticket_ids})}
