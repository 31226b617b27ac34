"""Reads of the API channel."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from ombud.channels.api_channel.schemas import Outgoing, OutgoingFile, Receipt
from ombud.channels.queries import StoredChannel, get_stored_channel
from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, row, rows, value
from ombud.shared.errors import NotFound
from ombud.tickets.schemas import StoredAttachment

THREAD = "thread:"


async def get_own_channel(tx: Transaction, channel_id: int, *, by: Actor) -> StoredChannel:
    """An active API channel of a team that the actor sees.

    Raises:
        NotFound: there is none.
    """
    stored = await get_stored_channel(tx, channel_id)
    if stored.kind != "api" or not stored.is_active or not by.sees(stored.team_id, stored.brand_id):
        raise NotFound("There is no such channel.")
    return stored


async def find_receipt(tx: Transaction, receipt_id: int, *, by: Actor) -> Receipt:
    """What became of a message that was handed in by the API.

    Raises:
        NotFound: there is none, or it is another team's.
    """
    sql = f"""
        select i.id, case when i.state in ('waiting', 'unread') then 'waiting' when i.state = 'done' then 'done'
                     else 'set_aside' end as state, i.ticket_id, i.entry_id
        from inbox i join channel c on c.id = i.channel_id and c.kind = 'api'
        where i.id = %(id)s and {seen("c")}"""
    found = await row(tx, Receipt, sql, {"id": receipt_id, **by.sight()})
    if found is None:
        raise NotFound("There is no such receipt.")
    return found


async def original_of(tx: Transaction, inbox_id: int) -> bytes:
    """The first delivery of a message, as it came."""
    return await value(tx, bytes, "select raw from inbox where id = %(id)s", {"id": inbox_id}) or b""


async def own_uploads(tx: Transaction, file_ids: list[int], *, by: Actor) -> list[StoredAttachment]:
    """Files that the actor uploaded, in the order of their ids; others are left out."""
    if not file_ids:
        return []
    sql = """
        select token, name, type, size, encode(sha256, 'hex') as sha256 from file
        where id = any(%(ids)s) and uploaded_by_kind = %(kind)s and uploaded_by_id is not distinct from %(by)s
        order by id"""
    return await rows(tx, StoredAttachment, sql, {"ids": file_ids, "kind": by.kind, "by": by.id})


class _Answer(Struct):
    id: int
    ticket_id: int
    conversation: str
    text: str
    at: datetime
    customer_external_id: str | None
    files: list[dict[str, Any]]


async def list_outgoing(tx: Transaction, channel_id: int, *, after: int, limit: int, now: datetime) -> list[Outgoing]:
    """Answers after one, and those that were never handed out, oldest first.

    The order of ids is not the order of commits, so the number alone could pass over a late one.
    """
    sql = """
        select o.id, o.ticket_id, coalesce(o.envelope ->> 'conversation', '') as conversation, e.text, e.at,
            -- of whom it was written to, wherever it stands now
            (select i.value from identity i where i.customer_id = home.customer_id and i.kind = 'external'
                and i.scope = o.channel_id::text
                -- a merged customer has several: the answer goes to the one whose conversation it is
                order by o.envelope ->> 'conversation' is distinct from 'customer:' || i.value, i.id
                limit 1) as customer_external_id,
            coalesce((select jsonb_agg(jsonb_build_object('name', f.name, 'type', f.type, 'size', f.size,
                'token', f.token) order by a.id) from attachment a join file f on f.id = a.file_id
                where a.entry_id = e.id), '[]') as files
        from outbox o join public_entry e on e.id = o.entry_id
            join ticket home on home.id = coalesce(e.origin_ticket_id, e.ticket_id)
        where o.channel_id = %(channel)s and o.not_before <= %(now)s and (o.id > %(after)s or o.state = 'queued')
        order by o.id limit %(limit)s"""
    params = {"channel": channel_id, "after": after, "limit": limit, "now": now}
    return [_shown(one) for one in await rows(tx, _Answer, sql, params)]


def _shown(found: _Answer) -> Outgoing:
    files = [
        OutgoingFile(one["name"], one["type"], one["size"], f"/api/v1/files/{one['token']}/{quote(one['name'])}")
        for one in found.files
    ]
    thread = found.conversation.removeprefix(THREAD) if found.conversation.startswith(THREAD) else None
    return Outgoing(found.id, found.ticket_id, thread, found.text, files, found.at, found.customer_external_id)
