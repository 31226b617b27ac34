"""What teamwork leaves on a ticket's timeline, and who is told of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.teamwork import queries
from ombud.tickets.queries.tickets import visible_mentions
from ombud.tickets.schemas import LockedTicket
from ombud.tickets.services.timeline import add_change, notify


async def note(
    tx: Transaction, ticket: LockedTicket, what: str, values: dict[str, Any], *, by: Actor, now: datetime
) -> int:
    """Write a line of teamwork on the timeline; gives the entry's id."""
    return await add_change(tx, ticket, f"teamwork.{what}", None, values, by=by, now=now)


async def tell(
    tx: Transaction, ticket: LockedTicket, people: Iterable[int | None], entry_id: int, *, by: Actor, now: datetime
) -> None:
    """Tell those of some people who see the ticket.

    Emits: NotificationMade
    """
    wanted = sorted({one for one in people if one is not None})
    seeing = await visible_mentions(tx, wanted, ticket) if wanted else []
    await notify(tx, seeing, "teamwork", ticket, entry_id=entry_id, by=by, now=now)


async def owners(tx: Transaction, ticket: LockedTicket) -> list[int | None]:
    """Who answers for a ticket: its holder, or its team while nobody holds it; and who took the first contact."""
    holders = [ticket.assignee_id] if ticket.assignee_id else await queries.members(tx, ticket.team_id)
    return [*holders, await queries.first_contact(tx, ticket.id)]
