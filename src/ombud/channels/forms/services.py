"""Taking in a form."""

import asyncio
from datetime import datetime

from msgspec import Struct

from ombud.channels.forms.schemas import FormIn, FormReceipt
from ombud.channels.queries import StoredChannel
from ombud.customers.schemas import Sender, normal_value
from ombud.shared.crypto import new_token
from ombud.shared.database import Database, row
from ombud.shared.errors import Unprocessable
from ombud.shared.throttle import Limit, take
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, Door
from ombud.tickets.services.intake.filling import Filling

LIMIT = Limit("forms", 10, 600)
# Intake is done within some ms; whoever waits longer gets the receipt's number.
WAIT_SECONDS = 0.1
WAITS = 15


class KeyReused(Unprocessable):
    """This Idempotency-Key was used for another message. Give each message a key of its own."""

    code = "idempotency_key_reused"


async def accept_form(
    database: Database,
    door: Door,
    stored: StoredChannel,
    data: FormIn,
    filling: Filling,
    *,
    key: str,
    raw: bytes,
    address: str,
    now: datetime,
) -> FormReceipt:
    """Keep a form's message, once for each key, and give its reference.

    Raises:
        LimitReached: too many from one address.
        KeyReused: the key was used for another message.
    """
    async with database.transaction() as tx:
        await take(tx, LIMIT, address, now=now)
    message = InboundMessage(
        sender=Sender(
            "visitor",
            new_token("f_"),
            name=_clean(data.name),
            email=normal_value("email", data.email),
            phone=normal_value("phone", data.phone),
            locale=data.locale,
        ),
        text=_clean(data.text),
        subject=_clean(data.subject),
        at=now,
        type_id=filling.type_id,
        fields=filling.fields,
    )
    receipt = await door.receive(Arrival(stored.id, key, message, raw=raw))
    kept = await _find(database, receipt.id)
    if not receipt.is_new and kept.raw != raw:
        raise KeyReused
    return FormReceipt(receipt.id, await _reference(database, receipt.id))


def _clean(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


class Kept(Struct):
    """A form's message in the inbox."""

    raw: bytes | None
    ticket_id: int | None


async def _find(database: Database, inbox_id: int) -> Kept:
    async with database.transaction() as tx:
        found = await row(tx, Kept, "select raw, ticket_id from inbox where id = %(id)s", {"id": inbox_id})
    return found or Kept(None, None)


async def _reference(database: Database, inbox_id: int) -> str:
    for _ in range(WAITS):
        found = await _find(database, inbox_id)
        if found.ticket_id is not None:
            return f"#{found.ticket_id}"
        await asyncio.sleep(WAIT_SECONDS)
    return f"R{inbox_id}"
