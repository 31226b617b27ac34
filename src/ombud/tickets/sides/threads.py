"""What every message of a side conversation needs, whichever way it goes: its row, its entry's facts, who is told."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, value
from ombud.shared.errors import Conflict
from ombud.shared.events import emit
from ombud.shared.lines import one_line
from ombud.tickets.events import SideChanged
from ombud.tickets.schemas import LockedTicket
from ombud.tickets.services.timeline import Told, notify_all
from ombud.tickets.sides.queries import LockedSide
from ombud.tickets.sides.schemas import SideKind


class SideClosed(Conflict):
    """The side conversation is closed. Open it again first, or begin another one."""

    code = "side_closed"


async def begin_side(
    tx: Transaction, ticket: LockedTicket, kind: SideKind, subject: str, *, by: Actor, now: datetime
) -> LockedSide:
    """Make the row of a side conversation; its first message is the caller's.

    Emits: SideChanged
    """
    line = one_line(subject)
    sql = """
        insert into side_conversation (ticket_id, kind, subject, opened_by, opened_at)
        values (%(ticket)s, %(kind)s, %(subject)s, %(by)s, %(now)s) returning id"""
    params = {"ticket": ticket.id, "kind": kind, "subject": line, "by": by.person_id or None, "now": now}
    side_id = await value(tx, int, sql, params) or 0
    await announce(tx, ticket, side_id, "opened", by=by, now=now)
    return LockedSide(side_id, ticket.id, kind, line, by.person_id or None, None)


async def set_closed(
    tx: Transaction, ticket: LockedTicket, side: LockedSide, *, is_closed: bool, by: Actor, now: datetime
) -> None:
    """Close a side conversation, or open it again; as it is already, nothing happens.

    Emits: SideChanged
    """
    sql = """
        update side_conversation set closed_at = case when %(closed)s then %(now)s end,
            closed_by = case when %(closed)s then %(by)s end
        where id = %(id)s and (closed_at is not null) <> %(closed)s"""
    params = {"closed": is_closed, "now": now, "by": by.person_id or None, "id": side.id}
    if await execute(tx, sql, params):
        await announce(tx, ticket, side.id, "closed" if is_closed else "reopened", by=by, now=now)


async def announce(
    tx: Transaction,
    ticket: LockedTicket,
    side_id: int,
    change: Literal["opened", "closed", "reopened"],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Say what became of a side conversation.

    Emits: SideChanged
    """
    fact = SideChanged(ticket_id=ticket.id, team_id=ticket.team_id, side_id=side_id, change=change)
    await emit(tx, fact, by=by, at=now)


async def touch(tx: Transaction, ticket: LockedTicket, *, now: datetime) -> None:
    """Say on the ticket's row that something happened beside its conversation; its turn and status stay."""
    sql = "update ticket set activity_at = %(now)s, version = version + 1 where id = %(id)s"
    await tx.execute(sql, {"now": now, "id": ticket.id})


async def tell_openers(
    tx: Transaction,
    ticket: LockedTicket,
    side: LockedSide,
    entry_id: int,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Tell who opened a side conversation, and who holds the ticket, that there is an answer.

    Emits: NotificationMade
    """
    people = sorted({one for one in (side.opened_by, ticket.assignee_id) if one is not None})
    told = [Told(one, ticket.id, ticket.team_id, entry_id, side_id=side.id) for one in people]
    await notify_all(tx, "side_replied", told, by=by, now=now)


async def tell_asked(
    tx: Transaction, side: LockedSide, people: Iterable[int], entry_id: int, *, by: Actor, now: datetime
) -> None:
    """Tell those who were asked; of the ticket they hear nothing, they may not see it.

    Emits: NotificationMade
    """
    told = [Told(one, None, None, entry_id, side_id=side.id) for one in sorted(set(people))]
    await notify_all(tx, "side_asked", told, by=by, now=now)
