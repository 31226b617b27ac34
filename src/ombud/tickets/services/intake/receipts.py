"""Bounces, delivery reports, complaints: they belong to the message of ours that they speak of."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, rows
from ombud.shared.events import emit
from ombud.tickets.events import DeliveryChanged
from ombud.tickets.queries.tickets import lock_visible_ticket
from ombud.tickets.schemas import Bounce, EntryDetails
from ombud.tickets.services.intake.plan import Incoming
from ombud.tickets.services.timeline import add_entry, notify


class SentMail(Struct):
    """A mail of ours that a receipt speaks of."""

    entry_id: int
    ticket_id: int


async def settle_receipts(tx: Transaction, batch: Sequence[Incoming], *, now: datetime) -> None:
    """Show each receipt on the message it belongs to; one that belongs to none is dismissed with its reason.

    Emits: DeliveryChanged
    """
    for one in batch:
        sent = await _find_sent(tx, one.message.about_message_ids)
        if sent is None:
            one.dismissed = f"{one.message.kind}: it speaks of no message of ours"
            continue
        one.ticket_id, one.entry_id = sent.ticket_id, sent.entry_id
        await _settle(tx, one, sent, now=now)


async def _find_sent(tx: Transaction, message_ids: list[str]) -> SentMail | None:
    sql = """
        select r.entry_id, r.ticket_id from mail_reference r join outbox o on o.entry_id = r.entry_id
        where r.message_id = any(%(ids)s) order by r.entry_id desc limit 1"""
    found = await rows(tx, SentMail, sql, {"ids": message_ids})
    return found[0] if found else None


async def _settle(tx: Transaction, one: Incoming, sent: SentMail, *, now: datetime) -> None:
    ticket = await lock_visible_ticket(tx, sent.ticket_id, by=SYSTEM)
    kind = one.message.kind
    is_hard = any(each.hard for each in one.message.bounce_recipients)
    # A soft bounce is a delay: the provider still tries, the message may arrive.
    state = "delivered" if kind == "delivered" else "failed" if kind == "bounce" and is_hard else None
    problem = "; ".join(f"{each.address} {each.status}".strip() for each in one.message.bounce_recipients)
    sql = """
        update outbox set state = coalesce(%(state)s, state), problem = nullif(%(problem)s, ''),
            delivered_at = case when %(state)s = 'delivered' then %(now)s else delivered_at end
        where entry_id = %(entry)s"""
    params = {"state": state, "problem": problem if kind != "delivered" else "", "now": now, "entry": sent.entry_id}
    await tx.execute(sql, params)
    bounce = Bounce(kind, one.message.bounce_recipients, sent.entry_id, one.message.text[:2_000])
    details = EntryDetails(field="delivery", to_value=state or kind, bounce=bounce)
    entry_id = await add_entry(tx, ticket.id, "change", by=SYSTEM, now=now, details=details)
    fact = DeliveryChanged(ticket_id=ticket.id, team_id=ticket.team_id, entry_id=sent.entry_id, state=state or kind)
    await emit(tx, fact, by=SYSTEM, at=now)
    if state == "failed" and ticket.assignee_id is not None:
        await notify(tx, [ticket.assignee_id], "delivery_failed", ticket, entry_id=entry_id, by=SYSTEM, now=now)
