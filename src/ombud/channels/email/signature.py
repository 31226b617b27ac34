"""What stands below a mail: the writer's signature above the mailbox's, or the brand's where the mailbox has none."""

from msgspec import Struct

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row
from ombud.tickets.queries.tickets import get_ticket, reply_channel
from ombud.tickets.services.placeholders import fill_lines, values_of


class Signature(Struct):
    """What is put below an answer by mail; '' for nothing."""

    text: str


class _Parts(Struct):
    own: str
    brand: str
    mailbox: str


async def signature_of(tx: Transaction, ticket_id: int, channel_id: int, person_id: int | None) -> str:
    """The signature of a mail on a ticket, filled; a line with a placeholder that has no value is left out."""
    sql = """
        select coalesce((select p.signature from person p where p.id = %(person)s), '') as own, b.signature as brand,
            coalesce((select c.settings ->> 'signature' from channel c where c.id = %(channel)s), '') as mailbox
        from ticket t join brand b on b.id = t.brand_id where t.id = %(ticket)s"""
    found = await row(tx, _Parts, sql, {"ticket": ticket_id, "channel": channel_id, "person": person_id})
    if found is None:
        return ""
    parts = [found.own.strip(), found.mailbox.strip() or found.brand.strip()]
    if not any(parts):
        return ""
    known = await values_of(tx, ticket_id, person_id)
    return "\n".join(filled for part in parts if (filled := fill_lines(part, known).strip()))


async def preview_signature(tx: Transaction, ticket_id: int, *, by: Actor) -> Signature:
    """What would stand below the actor's answer on a ticket; nothing where it does not go by mail.

    Raises:
        NotFound: the ticket may not be seen.
    """
    ticket = await get_ticket(tx, ticket_id, by=by)
    route = await reply_channel(tx, ticket.id, ticket.channel_id, ticket.brand_id)
    if route is None or route.kind != "email":
        return Signature("")
    return Signature(await signature_of(tx, ticket.id, route.channel_id, by.person_id))
