"""Writing a threaded batch: a few statements for any number of messages."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from ombud.intelligence.personal_data.services import kept_spans
from ombud.shared.database import Transaction
from ombud.tickets.rules import load_points, subject_of
from ombud.tickets.services.intake.filling import write_facets_of_new
from ombud.tickets.services.intake.plan import RESUMED, Growth, Incoming, KnownTicket, NewTicket


async def write_new_tickets(
    tx: Transaction, opened: Sequence[NewTicket], growths: Sequence[Growth], *, now: datetime
) -> None:
    """Insert tickets as they stand after the batch, with links and conversations; search words follow from the log."""
    if not opened:
        return
    firsts = [one.first for one in opened]
    # Written once with what the batch adds: an update after the insert would go through every index again.
    growth_of = {one.ticket_id: one for one in growths}
    grown = [growth_of[one.id] for one in opened]
    subjects = [subject_of(one.message.subject, one.message.text) for one in firsts]
    sql = """
        insert into ticket (id, subject, status_id, category, team_id, customer_id, channel_id, brand_id, load_points,
                            created_at, activity_at, preview, last_message_id, message_count, waiting_since,
                            type_id, fields)
        select n.id, n.subject, s.id, s.category, n.team_id, n.customer_id, n.channel_id, n.brand_id, n.points, n.at,
               n.last_at, n.preview, n.entry_id, n.count, n.waiting_since, n.type_id, n.fields::jsonb
        from unnest(%(ids)s::bigint[], %(subjects)s::text[], %(teams)s::bigint[], %(customers)s::bigint[],
                    %(channels)s::bigint[], %(brands)s::bigint[], %(points)s::smallint[], %(ats)s::timestamptz[],
                    %(last_ats)s::timestamptz[], %(previews)s::text[], %(entries)s::bigint[], %(counts)s::int[],
                    %(waits)s::timestamptz[], %(types)s::bigint[], %(fields)s::text[])
            as n (id, subject, team_id, customer_id, channel_id, brand_id, points, at, last_at, preview, entry_id,
                  count, waiting_since, type_id, fields)
        cross join (select id, category from status where category = 'new' and is_default) s"""
    params: dict[str, object] = {
        "ids": [one.id for one in opened],
        "subjects": subjects,
        "teams": [one.row.team_id for one in firsts],
        "customers": [one.customer_id for one in firsts],
        "channels": [one.row.channel_id for one in firsts],
        "brands": [one.row.brand_id for one in firsts],
        "points": [load_points(one.row.kind) for one in firsts],
        "ats": [one.row.received_at for one in firsts],
        "last_ats": [one.messages[-1].row.received_at for one in grown],
        "previews": [one.preview for one in grown],
        "entries": [one.messages[-1].entry_id for one in grown],
        "counts": [len(one.messages) for one in grown],
        "waits": [one.waiting_since for one in grown],
        "types": [one.message.type_id for one in firsts],
        "fields": [msgspec.json.encode(one.message.fields).decode() for one in firsts],
    }
    await tx.execute(sql, params)
    await write_facets_of_new(tx, opened)
    await _link_follow_ups(tx, opened, now=now)
    await _point_conversations(tx, opened)


async def _link_follow_ups(tx: Transaction, opened: Sequence[NewTicket], *, now: datetime) -> None:
    linked = [one for one in opened if one.follow_up_of is not None]
    if not linked:
        return
    sql = """
        insert into ticket_link (ticket_id, other_id, kind, created_at)
        select n.id, n.other_id, 'follow_up_of', %(now)s
        from unnest(%(ids)s::bigint[], %(others)s::bigint[]) as n (id, other_id)"""
    params = {"ids": [one.id for one in linked], "others": [one.follow_up_of for one in linked], "now": now}
    await tx.execute(sql, params)


async def _point_conversations(tx: Transaction, opened: Sequence[NewTicket]) -> None:
    places = {
        (one.first.row.channel_id, one.first.message.conversation): one.id
        for one in opened
        if one.first.message.conversation
    }
    if not places:
        return
    sql = """
        insert into conversation (channel_id, key, ticket_id)
        select n.channel_id, n.key, n.ticket_id
        from unnest(%(channels)s::bigint[], %(keys)s::text[], %(tickets)s::bigint[]) as n (channel_id, key, ticket_id)
        on conflict (channel_id, key) do update set ticket_id = excluded.ticket_id"""
    params = {
        "channels": [channel for channel, _ in places],
        "keys": [key for _, key in places],
        "tickets": list(places.values()),
    }
    await tx.execute(sql, params)
    sql = """
        insert into ticket_conversation (ticket_id, channel_id, key)
        select n.ticket_id, n.channel_id, n.key
        from unnest(%(channels)s::bigint[], %(keys)s::text[], %(tickets)s::bigint[]) as n (channel_id, key, ticket_id)
        join channel c on c.id = n.channel_id and c.kind = 'chat'"""
    await tx.execute(sql, params)


async def write_entries(tx: Transaction, batch: Sequence[Incoming]) -> None:
    """Append the messages to their timelines under the ids that were drawn for them, in the order of arrival."""
    sql = """
        insert into entry (id, ticket_id, kind, direction, author_kind, author_id, channel_id, at, text, html, quoted,
                           details, client_key, side_id, personal_data)
        select n.id, n.ticket_id, n.kind, 'in', case when n.author_id is null then 'third_party' else 'customer' end,
            n.author_id, n.channel_id, n.at, n.text, n.html,
            n.quoted,
               n.details::jsonb, n.client_key, n.side_id, n.spans::jsonb
        from unnest(%(ids)s::bigint[], %(tickets)s::bigint[], %(authors)s::bigint[], %(channels)s::bigint[],
                    %(ats)s::timestamptz[], %(texts)s::text[], %(htmls)s::text[], %(quotes)s::text[],
                    %(details)s::text[],
                    %(keys)s::text[], %(kinds)s::text[], %(sides)s::bigint[], %(spans)s::text[])
            as n (id, ticket_id, author_id, channel_id, at, text, html, quoted, details, client_key, kind, side_id,
                  spans)"""
    params = {
        "ids": [one.entry_id for one in batch],
        "tickets": [one.ticket_id for one in batch],
        "authors": [one.customer_id for one in batch],
        "channels": [one.row.channel_id for one in batch],
        "ats": [one.row.received_at for one in batch],
        "texts": [one.message.text for one in batch],
        "htmls": [one.message.html for one in batch],
        "quotes": [one.message.quoted for one in batch],
        "details": [_details(one) for one in batch],
        "keys": [one.message.client_key for one in batch],
        "kinds": ["side" if one.is_side else "message" for one in batch],
        "sides": [one.side.id if one.side else None for one in batch],
        "spans": [kept_spans(one.message.text) for one in batch],
    }
    await tx.execute(sql, params)
    await _write_references(tx, batch)
    await _write_attachments(tx, batch)


def _details(one: Incoming) -> str:
    details = one.message.details
    if not one.is_proven or one.is_automatic:
        details = msgspec.structs.replace(details, is_verified=one.is_proven, kind=one.message.kind)
    return msgspec.json.encode(details).decode()


async def _write_references(tx: Transaction, batch: Sequence[Incoming]) -> None:
    named = [one for one in batch if one.message.message_id]
    if not named:
        return
    sql = """
        insert into mail_reference (message_id, entry_id, ticket_id)
        select * from unnest(%(names)s::text[], %(entries)s::bigint[], %(tickets)s::bigint[])
        on conflict do nothing"""
    params = {
        "names": [one.message.message_id for one in named],
        "entries": [one.entry_id for one in named],
        "tickets": [one.ticket_id for one in named],
    }
    await tx.execute(sql, params)


async def _write_attachments(tx: Transaction, batch: Sequence[Incoming]) -> None:
    files = [(one, file) for one in batch for file in one.message.attachments]
    if not files:
        return
    sql = """
        with given as (
            select * from unnest(%(tokens)s::text[], %(names)s::text[], %(types)s::text[], %(sizes)s::bigint[],
                                 %(digests)s::text[], %(entries)s::bigint[], %(tickets)s::bigint[], %(cids)s::text[],
                                 %(inline)s::boolean[], %(authors)s::bigint[], %(ats)s::timestamptz[])
                as g (token, name, type, size, digest, entry_id, ticket_id, content_id, is_inline, author_id, at)
        ), stored as (
            insert into file (token, name, type, size, sha256, uploaded_by_kind, uploaded_by_id, created_at)
            select token, name, type, size, decode(digest, 'hex'),
                case when author_id is null then 'third_party' else 'customer' end, author_id, at from given
            on conflict (token) do update set name = excluded.name
            returning id, token
        )
        insert into attachment (entry_id, ticket_id, file_id, content_id, is_inline)
        select g.entry_id, g.ticket_id, s.id, g.content_id, g.is_inline from given g join stored s using (token)"""
    params = {
        "tokens": [file.token for _, file in files],
        "names": [file.name for _, file in files],
        "types": [file.type for _, file in files],
        "sizes": [file.size for _, file in files],
        "digests": [file.sha256 for _, file in files],
        "entries": [one.entry_id for one, _ in files],
        "tickets": [one.ticket_id for one, _ in files],
        "cids": [file.content_id for _, file in files],
        "inline": [file.is_inline for _, file in files],
        "authors": [one.customer_id for one, _ in files],
        "ats": [one.row.received_at for one, _ in files],
    }
    await tx.execute(sql, params)


def grow(batch: Sequence[Incoming], known: dict[int, KnownTicket]) -> list[Growth]:
    """What the batch adds, ticket by ticket, in the order of ids."""
    found: dict[int, Growth] = {}
    for one in batch:
        ticket = known.get(one.ticket_id)
        team_id = ticket.team_id if ticket else one.row.team_id
        found.setdefault(one.ticket_id, Growth(one.ticket_id, team_id)).messages.append(one)
    for growth in found.values():
        ticket = known.get(growth.ticket_id)
        growth.resumes = bool(ticket and ticket.category in RESUMED and growth.from_customer)
        growth.reopens = bool(growth.resumes and ticket and ticket.category == "solved")
    return [found[ticket_id] for ticket_id in sorted(found)]


async def update_tickets(tx: Transaction, growths: Sequence[Growth]) -> None:
    """Bring the rows of tickets up to date with their new messages: activity, preview, whose turn it is."""
    if not growths:
        return
    sql = """
        update ticket t set
            activity_at = greatest(t.activity_at, u.at), preview = u.preview, preview_by = 'customer',
            last_message_id = u.entry_id, message_count = t.message_count + u.count, version = t.version + 1,
            waiting_since = coalesce(t.waiting_since, u.waiting_since),
            snoozed_until = case when u.waiting_since is null then t.snoozed_until end,
            status_id = case when u.resumes then o.id else t.status_id end,
            category = case when u.resumes then 'open' else t.category end,
            solved_at = case when u.resumes then null else t.solved_at end
        from unnest(%(ids)s::bigint[], %(ats)s::timestamptz[], %(previews)s::text[], %(entries)s::bigint[],
                    %(counts)s::int[], %(waits)s::timestamptz[], %(resumes)s::boolean[])
            as u (id, at, preview, entry_id, count, waiting_since, resumes)
        cross join (select id from status where category = 'open' and is_default) o
        where t.id = u.id"""
    params = {
        "ids": [one.ticket_id for one in growths],
        "ats": [one.messages[-1].row.received_at for one in growths],
        "previews": [one.preview for one in growths],
        "entries": [one.messages[-1].entry_id for one in growths],
        "counts": [len(one.messages) for one in growths],
        "waits": [one.waiting_since for one in growths],
        "resumes": [one.resumes for one in growths],
    }
    await tx.execute(sql, params)


async def finish_rows(tx: Transaction, batch: Sequence[Incoming], *, now: datetime) -> None:
    """Mark inbox rows as done or dismissed; the message itself lives on in the timeline, the raw original stays."""
    sql = """
        update inbox i set state = d.state, ticket_id = d.ticket_id, entry_id = d.entry_id, problem = d.problem,
            done_at = %(now)s, message = case when d.state = 'done' then null else i.message end
        from unnest(%(ids)s::bigint[], %(states)s::text[], %(tickets)s::bigint[], %(entries)s::bigint[],
                    %(problems)s::text[])
            as d (id, state, ticket_id, entry_id, problem)
        where i.id = d.id"""
    params = {
        "ids": [one.row.id for one in batch],
        "states": ["dismissed" if one.dismissed else "done" for one in batch],
        "tickets": [one.ticket_id or None for one in batch],
        "entries": [one.entry_id or one.duplicate_of for one in batch],
        "problems": [one.dismissed or None for one in batch],
        "now": now,
    }
    await tx.execute(sql, params)
