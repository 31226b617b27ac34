"""First-contact responsibility (首问负责): who took the first contact stays answerable, whoever works on it."""

from collections.abc import Sequence
from datetime import datetime

from ombud.shared.database import Transaction, execute
from ombud.shared.events import Event

KINDS = frozenset({"reply_sent", "ticket_opened"})


async def keep_first_contact(tx: Transaction, ticket_id: int, person_id: int, *, now: datetime) -> bool:
    """Write down who took the first contact, if nobody has; whether it was news."""
    sql = """
        insert into first_contact (ticket_id, person_id, at) values (%(ticket)s, %(person)s, %(now)s)
        on conflict do nothing"""
    return bool(await execute(tx, sql, {"ticket": ticket_id, "person": person_id, "now": now}))


async def hear_contacts(tx: Transaction, events: Sequence[Event], now: datetime) -> None:
    """Note the first person who opened a ticket by hand or answered its customer."""
    del now
    for event in events:
        is_by_person = event.actor_kind == "person" and event.actor_id is not None and event.ticket_id is not None
        if is_by_person and not event.data.get("is_automatic"):
            await keep_first_contact(tx, event.ticket_id or 0, event.actor_id or 0, now=event.at)
