"""What teamwork leaves on a ticket's timeline, and who is told of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.teamwork import queries
from ombud.teamwork.queries import LockedTask
from ombud.tickets.queries.tickets import visible_mentions
from ombud.tickets.schemas import LockedTicket
from ombud.tickets.services.timeline import Told, add_change, notify, notify_all


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


async def tell_department(
    tx: Transaction, task: LockedTask, kind: str, *, besides: Iterable[int | None] = (), by: Actor, now: datetime
) -> None:
    """Tell a task's department of it, and nothing of the ticket; not those who were told as the ticket's people.

    Emits: NotificationMade
    """
    told = [
        Told(one.id, None, None, None, task_id=task.id, title=task.title_in(one.locale))
        for one in await queries.task_readers(tx, task)
        if one.id not in besides
    ]
    await notify_all(tx, kind, told, by=by, now=now)


async def owners(tx: Transaction, ticket: LockedTicket) -> list[int | None]:
    """Who answers for a ticket: its holder, or its team while nobody holds it; and who took the first contact."""
    holders = [ticket.assignee_id] if ticket.assignee_id else await queries.members(tx, ticket.team_id)
    return [*holders, await queries.first_contact(tx, ticket.id)]
