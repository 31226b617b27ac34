"""Writing timeline entries: the one place where entries, their files and notifications are made by hand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from psycopg.types.json import Jsonb

from ombud.intelligence.personal_data.services import LONGEST, find, kept_spans
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, draw_ids, execute, row, value
from ombud.shared.errors import Conflict, Invalid
from ombud.shared.events import emit_all
from ombud.tickets.events import NotificationMade
from ombud.tickets.queries.timeline import find_entry_by_client_key, load_entries
from ombud.tickets.rules import PREVIEW_LENGTH, preview_of
from ombud.tickets.schemas import Author, ChannelKind, Entry, EntryDetails, LockedTicket, Reason


class GoneEntry(Conflict):
    """The entry is not there any more. Load the ticket again."""

    code = "entry_gone"


class KeyReused(Conflict):
    """This client_key belongs to another entry of the ticket. Give each entry a key of its own."""

    code = "client_key_reused"


async def find_made_entry(tx: Transaction, ticket_id: int, client_key: str, *, kind: str, by: Actor) -> int | None:
    """The entry that the actor made with this key, if they did: sending twice makes one.

    Raises:
        KeyReused: the key belongs to an entry of another kind or author. What was to be sent has not been.
    """
    found = await find_entry_by_client_key(tx, ticket_id, client_key)
    if found is not None and (found.kind, found.author_kind, found.author_id) != (kind, by.kind, by.id):
        raise KeyReused
    return found.id if found else None


DRAFTS = {"message": "reply", "note": "note", "side": "forward"}
# What was written leaves the composer with it, unless it had been sent before.
INSERT_COMPOSED = """
    with made as (
        insert into entry (ticket_id, kind, direction, author_kind, author_id, channel_id, at, text, html, details,
            client_key, side_id, personal_data)
        values (%(ticket)s, %(kind)s, %(direction)s, %(author_kind)s, %(author)s, %(channel)s, %(now)s, %(text)s,
            %(html)s, %(details)s, %(key)s, %(side)s, %(spans)s::jsonb)
        on conflict (ticket_id, client_key) where client_key is not null do nothing returning id
    ), composed as (
        delete from draft where ticket_id = %(ticket)s and person_id = %(author)s and kind = %(draft)s
            and %(author_kind)s = 'person' and exists (select from made)
    )
    select id from made"""


def compose_entry(
    ticket_id: int,
    kind: Literal["message", "note", "side"],
    *,
    by: Actor,
    now: datetime,
    text: str,
    client_key: str,
    details: EntryDetails,
    html: str | None = None,
    channel_kind: ChannelKind | None = None,
) -> Entry:
    """What an agent or a program writes, as agents will see it, without files; ``add_composed`` gives it its id."""
    said = text.replace("\x00", "")
    return Entry(
        id=0,
        ticket_id=ticket_id,
        kind=kind,
        direction=None if kind == "note" else "out",
        author=Author(by.kind, by.id, by.name),
        channel_kind=channel_kind,
        at=now,
        text=said,
        html=html,
        quoted=None,
        details=details,
        attachments=[],
        delivery=None,
        client_key=client_key,
        personal_data=find(said) if len(said) <= LONGEST else None,
    )


async def add_composed(
    tx: Transaction, entry: Entry, *, channel_id: int | None = None, draft: str | None = None
) -> bool:
    """Append a composed entry and drop the draft it comes from; whether its ``client_key`` was new.

    ``draft`` names a draft other than that of the composer for such an entry; '' for none.

    The caller holds the lock of the ticket, so that what was sent twice at once waits and is found.
    """
    params = {
        "ticket": entry.ticket_id,
        "kind": entry.kind,
        "direction": entry.direction,
        "author_kind": entry.author.kind,
        "author": entry.author.id,
        "channel": channel_id,
        "now": entry.at,
        "text": entry.text,
        "html": entry.html,
        "details": Jsonb(msgspec.to_builtins(entry.details)),
        "key": entry.client_key,
        "draft": DRAFTS[entry.kind] if draft is None else draft,
        "side": entry.side_id,
        "spans": kept_spans(entry.text),
    }
    entry.id = await value(tx, int, INSERT_COMPOSED, params) or 0
    return entry.id > 0


async def add_entry(
    tx: Transaction,
    ticket_id: int,
    kind: str,
    *,
    by: Actor,
    now: datetime,
    text: str = "",
    html: str | None = None,
    details: EntryDetails | None = None,
    channel_id: int | None = None,
    client_key: str | None = None,
) -> int:
    """Append one entry made by an agent, a key or the system; gives its id."""
    sql = """
        insert into entry (ticket_id, kind, direction, author_kind, author_id, channel_id, at, text, html, details,
            client_key, personal_data)
        values (%(ticket)s, %(kind)s, %(direction)s, %(author_kind)s, %(author)s, %(channel)s, %(now)s, %(text)s,
            %(html)s, %(details)s, %(key)s, %(spans)s::jsonb)
        returning id"""
    params = {
        "ticket": ticket_id,
        "kind": kind,
        "direction": "out" if kind == "message" else None,
        "author_kind": by.kind,
        "author": by.id,
        "channel": channel_id,
        "now": now,
        "text": text.replace("\x00", ""),
        "html": html,
        "details": Jsonb(msgspec.to_builtins(details or EntryDetails())),
        "key": client_key,
        "spans": kept_spans(text.replace("\x00", "")),
    }
    return await value(tx, int, sql, params) or 0


async def add_change(
    tx: Transaction,
    ticket: LockedTicket,
    field: str,
    from_value: Any,
    to_value: Any,
    *,
    by: Actor,
    now: datetime,
    reason: Reason | None = None,
) -> int:
    """Record that a field has another value; gives the entry's id."""
    details = EntryDetails(field=field, from_value=from_value, to_value=to_value, reason=reason)
    return await add_entry(tx, ticket.id, "change", by=by, now=now, details=details)


async def attach_files(
    tx: Transaction,
    entry_id: int,
    ticket: LockedTicket,
    file_ids: list[int],
    *,
    by: Actor,
    picture_ids: Sequence[int] = (),
) -> None:
    """Hang uploaded files on an entry; ``picture_ids`` are those that its text shows in its midst.

    Raises:
        Invalid: one of them is not an upload of the actor, nor a file of this ticket.
    """
    wanted = sorted(set(file_ids))
    if not wanted:
        return
    sql = """
        insert into attachment (entry_id, ticket_id, file_id, is_inline, content_id)
        select %(entry)s, %(ticket)s, f.id, f.id = any(%(pictures)s::bigint[]),
            case when f.id = any(%(pictures)s::bigint[]) then 'file-' || f.id end
        from file f where f.id = any(%(ids)s)
            and ((f.uploaded_by_kind = %(kind)s and f.uploaded_by_id is not distinct from %(by)s)
                 or exists (select from attachment a where a.file_id = f.id and a.ticket_id = %(ticket)s))"""
    params = {"entry": entry_id, "ticket": ticket.id, "ids": wanted, "kind": by.kind, "by": by.id}
    params["pictures"] = list(picture_ids)
    if await execute(tx, sql, params) != len(wanted):
        raise Invalid("An attachment is not there any more. Upload it again.", fields={"attachment_ids": "unknown"})


class Told(msgspec.Struct, frozen=True):
    """Who is told of which ticket; None for what has none, or for who may not see it."""

    person_id: int
    ticket_id: int | None
    team_id: int | None
    entry_id: int | None
    side_id: int | None = None
    release_id: int | None = None
    task_id: int | None = None
    notice_id: int | None = None
    request_id: int | None = None
    article_id: int | None = None
    # what it is about, where that is no ticket's subject
    title: str | None = None


async def notify_all(tx: Transaction, kind: str, told: Sequence[Told], *, by: Actor, now: datetime) -> None:
    """Tell many people of something; nobody is told of what they did themselves.

    Emits: NotificationMade
    """
    others = [one for one in told if not (by.kind == "person" and by.id == one.person_id)]
    if not others:
        return
    sql = """
        insert into notification (id, person_id, kind, ticket_id, entry_id, side_id, release_id, task_id, title,
            notice_id, request_id, article_id, at)
        select n.id, n.person_id, %(kind)s, n.ticket_id, n.entry_id, n.side_id, n.release_id, n.task_id, n.title,
            n.notice_id, n.request_id, n.article_id, %(now)s
        from unnest(%(ids)s::bigint[], %(people)s::bigint[], %(tickets)s::bigint[], %(entries)s::bigint[],
                    %(sides)s::bigint[], %(releases)s::bigint[], %(tasks)s::bigint[], %(titles)s::text[],
                    %(notices)s::bigint[], %(requests)s::bigint[], %(articles)s::bigint[])
            as n (id, person_id, ticket_id, entry_id, side_id, release_id, task_id, title, notice_id, request_id,
                article_id)"""
    ids = await draw_ids(tx, "notification", len(others))
    params = {
        "ids": ids,
        "kind": kind,
        "people": [one.person_id for one in others],
        "tickets": [one.ticket_id for one in others],
        "entries": [one.entry_id for one in others],
        "sides": [one.side_id for one in others],
        "releases": [one.release_id for one in others],
        "tasks": [one.task_id for one in others],
        "titles": [one.title for one in others],
        "notices": [one.notice_id for one in others],
        "requests": [one.request_id for one in others],
        "articles": [one.article_id for one in others],
        "now": now,
    }
    await tx.execute(sql, params)
    facts = [
        NotificationMade(ticket_id=one.ticket_id, team_id=one.team_id, person_id=one.person_id, notification_id=made)
        for one, made in zip(others, ids, strict=True)
    ]
    await emit_all(tx, facts, by=by, at=now)


async def notify(
    tx: Transaction,
    person_ids: Sequence[int],
    kind: str,
    ticket: LockedTicket,
    *,
    entry_id: int | None,
    by: Actor,
    now: datetime,
) -> None:
    """Tell people of something on one ticket.

    Emits: NotificationMade
    """
    told = [Told(person, ticket.id, ticket.team_id, entry_id) for person in sorted(set(person_ids))]
    await notify_all(tx, kind, told, by=by, now=now)


async def reload_entry(tx: Transaction, entry_id: int, *, now: datetime) -> Entry:
    """The entry as agents see it."""
    found = await load_entries(tx, [entry_id], now=now)
    if not found:
        raise GoneEntry
    return found[0]


class Newest(msgspec.Struct):
    """What a ticket's row says of its newest public message."""

    id: int | None
    count: int
    text: str
    preview_by: str


async def refresh_preview(tx: Transaction, ticket_id: int) -> None:
    """Compute a ticket's message columns anew from its public entries; used where an entry was taken away.

    What the system wrote counts as a message, and is never what a list shows of the ticket.
    """
    sql = """
        select e.id, count(*) over () as count, left(e.text, %(most)s) as text,
               case e.direction when 'in' then 'customer' else 'person' end as preview_by
        from public_entry e where e.ticket_id = %(ticket)s
        order by e.author_kind = 'system', e.id desc limit 1"""
    params = {"ticket": ticket_id, "most": PREVIEW_LENGTH * 4}
    newest = await row(tx, Newest, sql, params) or Newest(None, 0, "", "customer")
    sql = """
        update ticket set last_message_id = %(id)s, message_count = %(count)s, preview = %(preview)s,
            preview_by = %(preview_by)s, version = version + 1
        where id = %(ticket)s"""
    await tx.execute(sql, params | msgspec.structs.asdict(newest) | {"preview": preview_of(newest.text)})
