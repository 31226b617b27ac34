"""Reads of the timeline, for agents and for customers. Customers' reads use the view ``public_entry`` only."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.shared.database import Transaction, row, rows, values
from ombud.shared.paging import checked_limit
from ombud.tickets.schemas import Address, Entry, Timeline

ATTACHMENTS = """
    coalesce((select jsonb_agg(jsonb_build_object('id', a.id, 'name', f.name, 'type', f.type, 'size', f.size,
                'is_inline', a.is_inline, 'content_id', a.content_id,
                'url', '/api/v1/files/' || f.token || '/' ||
                    regexp_replace(f.name, '[^[:alnum:]._-]', '_', 'g')) order by a.id)
              from attachment a join file f on f.id = a.file_id where a.entry_id = e.id), '[]') as attachments"""
AUTHOR = """
    jsonb_build_object('kind', e.author_kind, 'id', e.author_id, 'name', case e.author_kind
        when 'person' then (select p.name from person p where p.id = e.author_id)
        when 'api_key' then (select k.name from api_key k where k.id = e.author_id)
        when 'customer' then (select c.name from customer c where c.id = e.author_id)
        when 'third_party' then coalesce(nullif(e.details -> 'from' ->> 'name', ''),
            e.details -> 'from' ->> 'address', '')
        else 'Ombud' end) as author"""
DELIVERY = """
    case when o.id is null then null else jsonb_build_object('state', o.state, 'not_before', o.not_before,
        'problem', o.problem, 'sent_at', o.sent_at, 'delivered_at', o.delivered_at, 'read_at', o.read_at,
        'can_undo', o.state = 'queued' and o.not_before > %(now)s) end as delivery"""
COLUMNS = f"""
    e.id, e.ticket_id, e.kind, e.direction, e.at, e.text, e.html, e.quoted, e.details, e.client_key,
    e.origin_ticket_id, e.side_id, e.personal_data,
    ch.kind as channel_kind, {AUTHOR}, {ATTACHMENTS}, {DELIVERY}"""
FROM = "from entry e left join channel ch on ch.id = e.channel_id left join outbox o on o.entry_id = e.id"


async def load_timeline(
    tx: Transaction, ticket_id: int, *, now: datetime, before: int | None, after: int | None, limit: int
) -> Timeline:
    """The newest entries of a timeline, those before one, or those after one. Visibility is the caller's."""
    checked_limit(limit)
    direction = "asc" if after is not None else "desc"
    sql = f"""
        select {COLUMNS} {FROM}
        where e.ticket_id = %(ticket)s and e.undone_at is null
            and (%(before)s::bigint is null or e.id < %(before)s) and (%(after)s::bigint is null or e.id > %(after)s)
        order by e.id {direction} limit %(limit)s"""
    params = {"ticket": ticket_id, "before": before, "after": after, "limit": limit + 1, "now": now}
    found = await rows(tx, Entry, sql, params)
    items = found[:limit]
    return Timeline(items if after is not None else items[::-1], older=len(found) > limit)


async def load_entries(tx: Transaction, entry_ids: Sequence[int], *, now: datetime) -> list[Entry]:
    """Entries by id, oldest first; undone ones are left out."""
    # Behind a select: so the plan is kept, whatever number of ids; making it took ten times as long as reading.
    wanted = "any((select %(ids)s::bigint[])::bigint[])"
    sql = f"select {COLUMNS} {FROM} where e.id = {wanted} and e.undone_at is null order by e.id"
    return await rows(tx, Entry, sql, {"ids": list(entry_ids), "now": now})


class Made(Struct):
    """An entry by its client's key, and who made it."""

    id: int
    kind: str
    author_kind: str
    author_id: int | None


async def find_entry_by_client_key(tx: Transaction, ticket_id: int, client_key: str) -> Made | None:
    """The entry that was made with this key, if one was."""
    sql = "select id, kind, author_kind, author_id from entry where ticket_id = %(ticket)s and client_key = %(key)s"
    return await row(tx, Made, sql, {"ticket": ticket_id, "key": client_key})


async def fields_changed_after(tx: Transaction, ticket_id: int, entry_id: int) -> set[str]:
    """Which fields of the ticket somebody changed after an entry: status, assignee, snooze and so on."""
    sql = """
        select distinct details ->> 'field' from entry
        where ticket_id = %(ticket)s and id > %(entry)s and kind = 'change'"""
    return set(await values(tx, str, sql, {"ticket": ticket_id, "entry": entry_id}))


async def newer_messages(tx: Transaction, ticket_id: int, after: int, *, not_by: int | None) -> list[int]:
    """Public messages newer than an entry, except those of one person: what a stale reply has not seen."""
    sql = """
        select id from public_entry where ticket_id = %(ticket)s and id > %(after)s
            and not (author_kind = 'person' and author_id is not distinct from %(not_by)s)
        order by id limit 20"""
    return await values(tx, int, sql, {"ticket": ticket_id, "after": after, "not_by": not_by})


async def cc_addresses(tx: Transaction, ticket_id: int) -> list[Address]:
    """Who takes part in a ticket beside its customer: in copy of every answer by mail, unless they bar mail."""
    sql = """
        select k.address, k.name from ticket_cc k where k.ticket_id = %(id)s and not exists (
            select from contact_bar b where b.customer_id = k.customer_id and b.channel = 'email')
        order by k.created_at, k.address"""
    return await rows(tx, Address, sql, {"id": ticket_id})


class LastInbound(Struct):
    """Addresses of the newest message from the customer's side."""

    from_: Address | None
    to: list[Address]
    cc: list[Address]


async def last_inbound_addresses(tx: Transaction, ticket_id: int) -> LastInbound | None:
    """Who wrote last by mail, and who else was on it; words of other customers' tickets count for nothing."""
    sql = """
        select coalesce(details -> 'reply_to', details -> 'from') as from_, coalesce(details -> 'to', '[]') as to,
            coalesce(details -> 'cc', '[]') as cc
        from public_entry e
        where ticket_id = %(ticket)s and direction = 'in' and details ? 'from' and not exists (
                select from ticket t join ticket s on s.id = e.origin_ticket_id
                where t.id = %(ticket)s and s.customer_id <> t.customer_id)
            and not exists (
                select from ticket t join ticket s on s.merged_into_id = t.id
                where t.id = %(ticket)s and s.customer_id <> t.customer_id and s.customer_id = e.author_id)
            and coalesce((details ->> 'is_verified')::boolean, true) and coalesce(details ->> 'kind',
                'normal') = 'normal'
        order by id desc limit 1"""
    found = await rows(tx, LastInbound, sql, {"ticket": ticket_id})
    return found[0] if found else None
