"""Verbs of the API channel."""

from datetime import datetime

import msgspec
from msgspec import Struct

from ombud.channels.api_channel import queries
from ombud.channels.api_channel.schemas import Accepted, ClientMessage, DeliveryIn, OutgoingList
from ombud.customers.schemas import Sender, normal_value
from ombud.shared.actor import Actor
from ombud.shared.database import Database, Transaction, row, rows
from ombud.shared.errors import Invalid, NotFound, Unprocessable
from ombud.shared.events import emit_all
from ombud.shared.paging import checked_limit
from ombud.tickets.events import DeliveryChanged
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, Door
from ombud.tickets.services.intake.filling import check_filling


class KeyReused(Unprocessable):
    """This Idempotency-Key was used for another message. Give each message a key of its own."""

    code = "idempotency_key_reused"


async def accept_message(
    database: Database,
    door: Door,
    channel_id: int,
    data: ClientMessage,
    *,
    key: str,
    raw: bytes,
    by: Actor,
    now: datetime,
) -> Accepted:
    """Take a message of a client; durable when this returns. The same key again gives the same receipt.

    Raises:
        NotFound: no such API channel for the actor.
        Invalid: an attachment is no upload of this key.
        KeyReused: the key was used for a different message.
        Unprocessable: no such ticket type.
        BadFields: fields that are unknown, or do not take these values.
    """

    async def is_file_usable(file_id: int) -> bool:
        return file_id in data.attachment_ids

    async with database.transaction() as tx:
        stored = await queries.get_own_channel(tx, channel_id, by=by)
        files = await queries.own_uploads(tx, data.attachment_ids, by=by)
        filling = await check_filling(tx, data.type_id, data.fields, is_file_usable, by=by)
    if len(files) != len(set(data.attachment_ids)):
        raise Invalid("An attachment is no upload of this key.", fields={"attachment_ids": "unknown"})
    message = InboundMessage(
        sender=_sender(stored.id, data),
        text=data.text.replace("\x00", ""),
        subject=data.subject.replace("\x00", ""),
        at=data.at or now,
        attachments=files,
        conversation=f"{queries.THREAD}{data.thread}" if data.thread else f"customer:{data.customer.external_id}",
        type_id=filling.type_id,
        fields=filling.fields,
    )
    receipt = await door.receive(Arrival(stored.id, f"key:{key}", message, raw=raw))
    if not receipt.is_new:
        async with database.transaction() as tx:
            first = await queries.original_of(tx, receipt.id)
        # Compared by meaning: blanks and the order of fields make no other message.
        if msgspec.json.decode(first, type=ClientMessage) != data:
            raise KeyReused
    return Accepted(receipt.id)


def _sender(channel_id: int, data: ClientMessage) -> Sender:
    customer = data.customer
    return Sender(
        "external",
        normal_value("external", customer.external_id.replace("\x00", "")),
        str(channel_id),
        is_verified=True,
        name=customer.name,
        email=normal_value("email", customer.email),
    )


class Moved(Struct):
    """An answer with another delivery state."""

    entry_id: int
    ticket_id: int
    team_id: int


async def hand_out(
    tx: Transaction, channel_id: int, *, after: int, limit: int, by: Actor, now: datetime
) -> OutgoingList:
    """Hand answers to the client: they count as sent from now on. Asking again gives them again.

    Raises:
        NotFound: no such API channel for the actor.

    Emits: DeliveryChanged
    """
    stored = await queries.get_own_channel(tx, channel_id, by=by)
    found = await queries.list_outgoing(tx, stored.id, after=after, limit=checked_limit(limit), now=now)
    sql = """
        update outbox o set state = 'sent', sent_at = %(now)s from ticket t
        where o.id = any(%(ids)s) and o.state = 'queued' and t.id = o.ticket_id
        returning o.entry_id, o.ticket_id, t.team_id"""
    moved = await rows(tx, Moved, sql, {"ids": [one.id for one in found], "now": now})
    await emit_all(tx, [_fact(one, "sent") for one in moved], by=by, at=now)
    return OutgoingList(found)


async def note_delivery(
    tx: Transaction, channel_id: int, outbox_id: int, data: DeliveryIn, *, by: Actor, now: datetime
) -> None:
    """Note what became of an answer at the client's end; saying the same twice changes nothing.

    Raises:
        NotFound: no such API channel for the actor, or no such answer on it.

    Emits: DeliveryChanged
    """
    stored = await queries.get_own_channel(tx, channel_id, by=by)
    params = {"id": outbox_id, "channel": stored.id, "state": data.state, "now": now}
    sql = "select id from outbox where id = %(id)s and channel_id = %(channel)s for update"
    if await row(tx, _Id, sql, params) is None:
        raise NotFound("There is no such answer on this channel.")
    sql = """
        update outbox o set state = %(state)s, problem = nullif(%(problem)s, ''),
            sent_at = coalesce(o.sent_at, %(now)s),
            delivered_at = case when %(state)s = 'delivered' then coalesce(o.delivered_at, %(now)s) end
        from ticket t
        where o.id = %(id)s and t.id = o.ticket_id and o.state <> %(state)s
        returning o.entry_id, o.ticket_id, t.team_id"""
    moved = await rows(tx, Moved, sql, params | {"problem": data.problem.replace("\x00", "")})
    await emit_all(tx, [_fact(one, data.state) for one in moved], by=by, at=now)


class _Id(Struct):
    id: int


def _fact(moved: Moved, state: str) -> DeliveryChanged:
    return DeliveryChanged(ticket_id=moved.ticket_id, team_id=moved.team_id, entry_id=moved.entry_id, state=state)
