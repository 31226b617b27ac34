"""What promises leave on a ticket's timeline."""

from datetime import datetime
from typing import Any

from ombud.service_levels.services.own_clocks import OwnClock
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.tickets.schemas import LockedTicket
from ombud.tickets.services.timeline import add_change


def clock_of(ticket: LockedTicket, promise_id: int) -> OwnClock:
    """The clock that watches a promise."""
    return OwnClock(ticket.id, ticket.team_id, "promise", promise_id)


async def write_line(
    tx: Transaction,
    ticket: LockedTicket,
    what: str,
    promise_id: int,
    told: dict[str, Any],
    *,
    by: Actor,
    now: datetime,
) -> int:
    """Write a line about a promise on the timeline; gives the entry's id."""
    values = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in told.items()}
    return await add_change(tx, ticket, f"promise.{what}", None, {"promise": promise_id, **values}, by=by, now=now)


async def hide_lines(tx: Transaction, ticket_id: int, promise_id: int, whats: list[str], *, now: datetime) -> None:
    """Take lines about a promise away: what they tell was taken back before anybody outside heard of it."""
    sql = """
        update entry set undone_at = %(now)s
        where ticket_id = %(ticket)s and kind = 'change' and undone_at is null
            and details ->> 'field' = any(%(fields)s) and (details -> 'to_value' ->> 'promise')::bigint = %(id)s"""
    fields = [f"promise.{what}" for what in whats]
    await tx.execute(sql, {"now": now, "ticket": ticket_id, "fields": fields, "id": promise_id})
