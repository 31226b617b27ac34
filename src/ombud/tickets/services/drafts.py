"""Drafts, read marks and notifications: what a person keeps beside the ticket."""

from datetime import datetime

import msgspec
from psycopg.types.json import Jsonb

from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, row, rows, value
from ombud.shared.errors import Conflict, NotAllowed
from ombud.shared.paging import Paged, checked_limit, decode_cursor, page
from ombud.shared.written import clean_written
from ombud.tickets.queries.tickets import require_visible
from ombud.tickets.schemas import Draft, DraftDetails, DraftIn, Notification
from ombud.tickets.services.uploads import load_files

# Whatever a client kept there, it is no bigger than an id can be.
MOST_ID = 2**63


async def find_draft(tx: Transaction, ticket_id: int, kind: str, *, by: Actor) -> Draft | None:
    """The actor's draft on a ticket, None when there is none.

    Raises:
        NotFound: the ticket may not be seen.
    """
    ticket_id = await require_visible(tx, ticket_id, by=by)
    sql = """
        select kind, text, details, updated_at, version from draft
        where ticket_id = %(ticket)s and person_id = %(person)s and kind = %(kind)s"""
    found = await row(tx, Draft, sql, {"ticket": ticket_id, "person": by.person_id, "kind": kind})
    if found and found.details.attachment_ids:
        ids = [one for one in found.details.attachment_ids if 0 < one < MOST_ID]
        found.attachments = await load_files(tx, ids, ticket_id, by=by)
    return found


class PeopleOnly(NotAllowed):
    """Drafts, read marks and notifications are for people who are signed in, not for API keys."""

    code = "people_only"


def require_person(by: Actor) -> None:
    """Refuse programs and the system.

    Raises:
        PeopleOnly: a program acts.
    """
    if not by.person_id:
        raise PeopleOnly


class DraftChanged(Conflict):
    """You have written on in another window. Look at that text, then keep it or go on with this one."""

    code = "draft_changed"

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft

    def extra(self) -> dict[str, object]:
        """The draft as the other window left it."""
        return {"draft": msgspec.to_builtins(self.draft)}


async def keep_draft(tx: Transaction, ticket_id: int, kind: str, data: DraftIn, *, by: Actor, now: datetime) -> int:
    """Keep what the composer holds, and give the version it has now; an empty text removes the draft (version 0).

    Raises:
        NotFound: the ticket may not be seen.
        PeopleOnly: a program acts.
        DraftChanged: another window of the person's has kept another text since ``data.version``.
    """
    ticket_id = await require_visible(tx, ticket_id, by=by)
    require_person(by)
    if not data.text.strip() and data.details == DraftDetails():
        await drop_draft(tx, ticket_id, kind, by=by, version=data.version)
        return 0
    # Whoever opens it later reads it as marks: they are made safe here, as those of an answer are.
    safe = clean_written(data.details.html, file_ids=data.details.attachment_ids) if data.details.html else ""
    details = msgspec.structs.replace(data.details, html=safe)
    sql = """
        insert into draft (ticket_id, person_id, kind, text, details, updated_at)
        values (%(ticket)s, %(person)s, %(kind)s, %(text)s, %(details)s, %(now)s)
        on conflict (ticket_id, person_id, kind) do update
            set text = excluded.text, details = excluded.details, updated_at = excluded.updated_at,
                version = draft.version + 1
            where %(version)s::int is null or draft.version = %(version)s
                or (draft.text, draft.details) = (excluded.text, excluded.details)
        returning version"""
    params = {
        "ticket": ticket_id,
        "person": by.person_id,
        "kind": kind,
        # What is pasted from a terminal may hold the one sign that cannot be stored.
        "text": data.text.replace("\x00", ""),
        "details": Jsonb(msgspec.to_builtins(details)),
        "version": data.version,
    }
    kept = await value(tx, int, sql, {**params, "now": now})
    if kept is None and (other := await find_draft(tx, ticket_id, kind, by=by)):
        raise DraftChanged(other)
    return kept or 0


async def drop_draft(tx: Transaction, ticket_id: int, kind: str, *, by: Actor, version: int | None = None) -> None:
    """Throw a draft away; one that is gone already is no error.

    Raises:
        NotFound: the ticket may not be seen.
        DraftChanged: another window of the person's has kept another text since ``version``.
    """
    ticket_id = await require_visible(tx, ticket_id, by=by)
    sql = """
        delete from draft where ticket_id = %(ticket)s and person_id = %(person)s and kind = %(kind)s
            and (%(version)s::int is null or version = %(version)s)"""
    await tx.execute(sql, {"ticket": ticket_id, "person": by.person_id, "kind": kind, "version": version})
    if version is not None and (other := await find_draft(tx, ticket_id, kind, by=by)):
        raise DraftChanged(other)


async def mark_read(tx: Transaction, ticket_id: int, entry_id: int, *, by: Actor, now: datetime) -> None:
    """Remember up to where the actor has read; mentions and notifications up to there are read, too.

    Raises:
        NotFound: the ticket may not be seen.
        PeopleOnly: a program acts.
    """
    ticket_id = await require_visible(tx, ticket_id, by=by)
    require_person(by)
    params = {"ticket": ticket_id, "person": by.person_id, "entry": entry_id, "now": now}
    sql = """
        insert into ticket_read (person_id, ticket_id, entry_id) values (%(person)s, %(ticket)s, %(entry)s)
        on conflict (person_id, ticket_id) do update set entry_id = greatest(ticket_read.entry_id, excluded.entry_id)"""
    await tx.execute(sql, params)
    sql = """
        update mention set read_at = %(now)s
        where person_id = %(person)s and ticket_id = %(ticket)s and entry_id <= %(entry)s and read_at is null"""
    await tx.execute(sql, params)
    sql = """
        update notification set read_at = %(now)s where person_id = %(person)s and ticket_id = %(ticket)s
            and read_at is null
            and coalesce(entry_id, 0) <= %(entry)s"""
    await tx.execute(sql, params)


NOTIFICATION = """
    select n.id, n.kind, n.ticket_id, coalesce(n.title, t.subject, s.subject) as subject, n.entry_id, n.at,
        n.read_at, n.side_id, n.release_id, n.task_id, n.notice_id, n.request_id,
        n.article_id
    from notification n left join ticket t on t.id = n.ticket_id left join side_conversation s on s.id = n.side_id"""


async def list_notifications(tx: Transaction, *, by: Actor, cursor: str | None, limit: int) -> Paged[Notification]:
    """The actor's notifications, newest first; those on tickets they no longer see are left out."""
    params = {"person": by.person_id, **by.sight(), "limit": checked_limit(limit) + 1}
    sql = f"""{NOTIFICATION}
        where n.person_id = %(person)s and (%(before)s::bigint is null or n.id < %(before)s)
            and (n.ticket_id is null or {seen()})
        order by n.id desc limit %(limit)s"""
    found = await rows(tx, Notification, sql, {**params, "before": decode_cursor(cursor, int) if cursor else None})
    return page(found, limit, lambda one: one.id)


async def load_notifications(tx: Transaction, ids: list[int]) -> list[Notification]:
    """Notifications by id, for streams."""
    return await rows(tx, Notification, f"{NOTIFICATION} where n.id = any(%(ids)s)", {"ids": ids})


async def read_notifications(tx: Transaction, up_to_id: int, *, by: Actor, now: datetime) -> None:
    """Mark the actor's notifications as read, up to one."""
    sql = """
        update notification set read_at = %(now)s
        where person_id = %(person)s and id <= %(id)s and read_at is null"""
    await tx.execute(sql, {"person": by.person_id, "id": up_to_id, "now": now})
