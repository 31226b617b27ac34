"""Answers of third parties: they are told to colleagues and change nothing of the conversation with the customer."""

from collections.abc import Sequence
from datetime import datetime

from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, values
from ombud.shared.events import Fact, emit_all
from ombud.tickets.events import SideChanged, SideReceived
from ombud.tickets.services.intake.plan import Incoming, KnownTicket
from ombud.tickets.services.timeline import Told, notify_all


async def take_sides(
    tx: Transaction, sides: Sequence[Incoming], known: dict[int, KnownTicket], *, now: datetime
) -> None:
    """Announce side entries that stand on their timelines; tell who opened the side conversation, and the holder.

    Status, preview, unread messages and whose turn it is stay as they are. One that was closed is open again.

    Emits: SideReceived, SideChanged, NotificationMade
    """
    if not sides:
        return
    ticket_ids = sorted({one.ticket_id for one in sides})
    sql = """
        update ticket set activity_at = greatest(activity_at, %(now)s), version = version + 1
        where id = any(%(ids)s)"""
    await tx.execute(sql, {"now": now, "ids": ticket_ids})
    reopened = await _reopen(tx, sides)
    facts: list[Fact] = []
    told: dict[tuple[int, int], Told] = {}
    for one in sides:
        assert one.side is not None  # noqa: S101 – only these are handed over
        ticket, side = known[one.ticket_id], one.side
        place = {"ticket_id": ticket.id, "team_id": ticket.team_id, "side_id": side.id}
        facts.append(SideReceived(**place, entry_id=one.entry_id))
        if side.id in reopened:
            reopened.discard(side.id)
            facts.append(SideChanged(**place, change="reopened"))
        for person_id in {ticket.assignee_id, side.opened_by} - {None}:
            told[(person_id or 0, one.entry_id)] = Told(
                person_id or 0, ticket.id, ticket.team_id, one.entry_id, side_id=side.id
            )
    await emit_all(tx, facts, by=SYSTEM, at=now)
    await notify_all(tx, "side_replied", [told[key] for key in sorted(told)], by=SYSTEM, now=now)


async def _reopen(tx: Transaction, sides: Sequence[Incoming]) -> set[int]:
    sql = """
        update side_conversation set closed_at = null, closed_by = null
        where id = any(%(ids)s) and closed_at is not null returning id"""
    return set(await values(tx, int, sql, {"ids": [one.side.id for one in sides if one.side]}))
