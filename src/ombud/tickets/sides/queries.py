"""Reads of side conversations, and the lock that its verbs begin with."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows, values
from ombud.shared.errors import NotFound
from ombud.tickets.queries.timeline import COLUMNS, FROM
from ombud.tickets.rules import preview_of
from ombud.tickets.schemas import Address, Entry
from ombud.tickets.schemas.values import FileRef
from ombud.tickets.sides.schemas import AskedMessage, MailSide, Side, SideKind

MOST = 100
MOST_MESSAGES = 300
# Who takes part: in the app whom it was opened for, by mail everybody who wrote or was written to.
PEOPLE = """
    case s.kind when 'app' then (
        select jsonb_agg(jsonb_build_object('kind', case when a.team_id is null then 'person' else 'team' end,
            'id', coalesce(a.person_id, a.team_id), 'name', coalesce(p.name, m.name)) order by a.team_id, a.person_id)
        from side_asked a left join person p on p.id = a.person_id left join team m on m.id = a.team_id
        where a.side_id = s.id)
    else (
        select jsonb_agg(jsonb_build_object('kind', 'address', 'id', null, 'name', d.shown) order by d.first)
        from (select min(e.id) as first, max(coalesce(nullif(o.one ->> 'name', ''), o.one ->> 'address')) as shown
              from entry e cross join lateral (
                  select jsonb_array_elements(coalesce(e.details -> 'to', '[]')) where e.direction = 'out'
                  union all select jsonb_array_elements(coalesce(e.details -> 'cc', '[]')) where e.direction = 'out'
                  union all select e.details -> 'from' where e.direction = 'in' and e.details ? 'from') as o (one)
              where e.side_id = s.id and e.undone_at is null group by lower(o.one ->> 'address')) d) end"""
# One of which every message was taken back is not there.
SIDE = f"""
    select s.id, s.ticket_id, s.kind, s.subject, s.opened_by, coalesce(b.name, 'Ombud') as opened_by_name,
        s.opened_at, s.closed_at, coalesce({PEOPLE}, '[]') as people, n.message_count, l.at as last_at,
        l.direction as last_direction, left(l.text, 400) as preview
    from side_conversation s left join person b on b.id = s.opened_by
    cross join lateral (select count(*) as message_count, max(id) as last_id
        from entry where side_id = s.id and undone_at is null) n
    join entry l on l.id = n.last_id"""
ORDER = "order by s.closed_at is not null, n.last_id desc"
# In the app, and only by name: seeing all teams is no reason to read what others were asked.
ASKED = """
    s.kind = 'app' and exists (select from side_asked a where a.side_id = s.id and (a.person_id = %(me)s
        or a.team_id in (select team_id from membership where person_id = %(me)s)))"""


def _short(found: list[Side]) -> list[Side]:
    for one in found:
        one.preview = preview_of(one.preview)
    return found


async def list_sides(tx: Transaction, ticket_id: int) -> list[Side]:
    """The side conversations of a ticket. Visibility is the caller's."""
    sql = f"{SIDE} where s.ticket_id = %(ticket)s {ORDER} limit {MOST}"
    return _short(await rows(tx, Side, sql, {"ticket": ticket_id}))


async def find_side(tx: Transaction, ticket_id: int, side_id: int) -> Side:
    """One of a ticket. Visibility is the caller's.

    Raises:
        NotFound: it is not the ticket's.
    """
    sql = f"{SIDE} where s.id = %(id)s and s.ticket_id = %(ticket)s"
    found = await rows(tx, Side, sql, {"id": side_id, "ticket": ticket_id})
    if not found:
        raise NotFound
    return _short(found)[0]


async def list_asked(tx: Transaction, *, by: Actor, closed: bool) -> list[Side]:
    """Side conversations in which the actor was asked, in person or as one of a department."""
    sql = f"{SIDE} where {ASKED} and (s.closed_at is not null) = %(closed)s {ORDER} limit {MOST}"
    return _short(await rows(tx, Side, sql, {"me": by.person_id, "closed": closed}))


async def find_asked(tx: Transaction, side_id: int, *, by: Actor) -> Side:
    """One in which the actor was asked.

    Raises:
        NotFound: there is none.
    """
    found = await rows(tx, Side, f"{SIDE} where s.id = %(id)s and {ASKED}", {"id": side_id, "me": by.person_id})
    if not found:
        raise NotFound
    return _short(found)[0]


async def list_messages(tx: Transaction, side_id: int, *, now: datetime) -> list[Entry]:
    """All messages of a side conversation, oldest first, as whoever sees the ticket sees them."""
    sql = f"""
        select * from (select {COLUMNS} {FROM} where e.side_id = %(side)s and e.undone_at is null
            order by e.id desc limit {MOST_MESSAGES}) w order by id"""
    return await rows(tx, Entry, sql, {"side": side_id, "now": now})


class _File(Struct):
    entry_id: int
    id: int
    name: str
    type: str
    size: int


async def list_asked_messages(tx: Transaction, side_id: int, *, by: Actor) -> list[AskedMessage]:
    """The same as those see them who were asked: words and files, and nothing of the ticket."""
    sql = f"""
        select * from (select e.id, e.at, e.text, e.html, coalesce(p.name, 'Ombud') as name,
                e.author_kind = 'person' and e.author_id = %(me)s as is_own
            from entry e left join person p on e.author_kind = 'person' and p.id = e.author_id
            where e.side_id = %(side)s and e.undone_at is null
            order by e.id desc limit {MOST_MESSAGES}) w order by id"""
    found = await rows(tx, AskedMessage, sql, {"side": side_id, "me": by.person_id})
    sql = """
        select a.entry_id, f.id, f.name, f.type, f.size from attachment a join file f on f.id = a.file_id
        where a.entry_id = any(%(ids)s) order by f.id"""
    files = await rows(tx, _File, sql, {"ids": [one.id for one in found]})
    for message in found:
        # The address of the side conversation, not of the file: they have no door to files of tickets.
        message.files = [
            FileRef(one.id, "", one.name, one.type, one.size, f"/api/v1/sides/{side_id}/files/{one.id}")
            for one in files
            if one.entry_id == message.id
        ]
    return found


class StoredFile(Struct):
    """A file as it is kept."""

    token: str
    name: str
    type: str


async def find_asked_file(tx: Transaction, side_id: int, file_id: int, *, by: Actor) -> StoredFile:
    """A file of a side conversation in which the actor was asked.

    Raises:
        NotFound: there is none, or they were not asked.
    """
    await find_asked(tx, side_id, by=by)
    sql = """
        select f.token, f.name, f.type from attachment a join file f on f.id = a.file_id
            join entry e on e.id = a.entry_id
        where e.side_id = %(side)s and e.undone_at is null and f.id = %(file)s limit 1"""
    found = await row(tx, StoredFile, sql, {"side": side_id, "file": file_id})
    if found is None:
        raise NotFound
    return found


class LockedSide(Struct):
    """What verbs on a side conversation decide by."""

    id: int
    ticket_id: int
    kind: SideKind
    subject: str
    opened_by: int | None
    closed_at: datetime | None


async def lock_side(tx: Transaction, side_id: int) -> LockedSide:
    """A side conversation under a row lock; the caller holds its ticket already.

    Raises:
        NotFound: there is none.
    """
    sql = """
        select id, ticket_id, kind, subject, opened_by, closed_at from side_conversation
        where id = %(id)s for no key update"""
    found = await row(tx, LockedSide, sql, {"id": side_id})
    if found is None:
        raise NotFound
    return found


async def ticket_of(tx: Transaction, side_id: int) -> int:
    """The ticket that a side conversation belongs to now; 0 for none."""
    found = await values(tx, int, "select ticket_id from side_conversation where id = %(id)s", {"id": side_id})
    return found[0] if found else 0


async def asked_people(tx: Transaction, side_id: int, *, limit: int = 100) -> list[int]:
    """Everybody who was asked, in person or as one of a department."""
    sql = """
        select p.id from person p where p.deactivated_at is null and exists (
            select from side_asked a where a.side_id = %(side)s and (a.person_id = p.id or a.team_id in (
                select team_id from membership where person_id = p.id)))
        order by p.id limit %(limit)s"""
    return await values(tx, int, sql, {"side": side_id, "limit": limit})


class Recipients(Struct):
    """Whom the newest mail of ours went to."""

    to: list[Address]
    cc: list[Address]


async def last_recipients(tx: Transaction, side_id: int) -> Recipients:
    """Whom the next mail goes to: those of the last one of ours."""
    sql = """
        select coalesce(details -> 'to', '[]') as to, coalesce(details -> 'cc', '[]') as cc from entry
        where side_id = %(side)s and direction = 'out' and undone_at is null order by id desc limit 1"""
    return await row(tx, Recipients, sql, {"side": side_id}) or Recipients([], [])


async def mail_sides(tx: Transaction, side_ids: Sequence[int]) -> dict[int, MailSide]:
    """Side conversations by mail, with addresses in lower case."""
    sql = """
        select s.id, s.ticket_id, s.opened_by,
            array(select distinct lower(o.one ->> 'address') from entry e cross join lateral (
                    select jsonb_array_elements(coalesce(e.details -> 'to', '[]'))
                    union all select jsonb_array_elements(coalesce(e.details -> 'cc', '[]'))
                    union all select jsonb_array_elements(coalesce(e.details -> 'bcc', '[]'))) as o (one)
                where e.side_id = s.id and e.direction = 'out' and e.undone_at is null) as addresses,
            array(select lower(i.value) from identity i
                where i.kind = 'email' and i.customer_id = any(w.ids)
                union select lower(c.email) from customer c
                where c.email <> '' and c.id = any(w.ids)) as customers
        from side_conversation s cross join lateral (
            select array_agg(t.customer_id) as ids from ticket t
            where t.id = s.ticket_id or t.merged_into_id = s.ticket_id) w
        where s.id = any(%(ids)s) and s.kind = 'mail'"""
    return {one.id: one for one in await rows(tx, MailSide, sql, {"ids": list(side_ids)})}
