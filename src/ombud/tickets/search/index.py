"""Writes the words of tickets, messages, notes and attachments from what they are at this moment."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct

from ombud.shared.database import Transaction, execute, rows, values
from ombud.shared.words import tsvector
from ombud.tickets.search.texts import READABLE
from ombud.tickets.search.windows import marks_of

# The words of this code; a desk whose words are older makes them anew in the background.
VERSION = 1
SEARCHED_KINDS = ["message", "note", "side"]
# The newest tickets of a customer who was renamed; whoever has more is found by their customer's page.
RENAMED_TICKETS = 1_000


class IndexedEntry(Struct):
    """What the words of an entry are made of."""

    id: int
    ticket_id: int
    team_id: int
    is_internal: bool
    at: datetime
    text: str


class IndexedTicket(Struct):
    """What the words of a ticket are made of."""

    id: int
    team_id: int
    subject: str
    customer: str


class IndexedAttachment(Struct):
    """What the words of an attachment are made of."""

    id: int
    entry_id: int
    ticket_id: int
    team_id: int
    is_internal: bool
    at: datetime
    name: str
    text: str


def team_mark(team_id: int) -> str:
    """The mark of a team in a vector."""
    return f"T{team_id}"


def entry_vector(entry_id: int, team_id: int, text: str) -> str:
    """An entry's words with its marks."""
    return tsvector(text, *marks_of(entry_id), team_mark(team_id))


def ticket_vector(ticket_id: int, team_id: int, *texts: str) -> str:
    """A ticket's words with its marks: its number, its subject and who it is for."""
    return tsvector("\n".join((str(ticket_id), *texts)), *marks_of(ticket_id), team_mark(team_id))


async def index_entries(tx: Transaction, entry_ids: Collection[int]) -> int:
    """Write the words of entries and of their attachments; those that nobody may see any more lose theirs.

    How many entries have words now.
    """
    sql = """
        select e.id, e.ticket_id, t.team_id, e.kind <> 'message' as is_internal, e.at, e.text
        from entry e join ticket t on t.id = e.ticket_id
        where e.id = any(%(ids)s) and e.kind = any(%(kinds)s) and e.undone_at is null order by e.id"""
    found = await rows(tx, IndexedEntry, sql, {"ids": list(entry_ids), "kinds": SEARCHED_KINDS})
    gone = set(entry_ids) - {one.id for one in found if one.text}
    if gone:
        await execute(tx, "delete from entry_words where entry_id = any(%(gone)s)", {"gone": list(gone)})
    await _write_entries(tx, [one for one in found if one.text])
    await index_attachments(tx, await _attachments_of(tx, [one.id for one in found]))
    if gone := set(entry_ids) - {one.id for one in found}:
        await execute(tx, "delete from attachment_words where entry_id = any(%(gone)s)", {"gone": list(gone)})
    return len(found)


async def _write_entries(tx: Transaction, found: Sequence[IndexedEntry]) -> None:
    if not found:
        return
    sql = """
        insert into entry_words (entry_id, ticket_id, is_internal, at, words)
        select n.id, n.ticket_id, n.is_internal, n.at, n.words::tsvector
        from unnest(%(ids)s::bigint[], %(tickets)s::bigint[], %(internal)s::boolean[], %(ats)s::timestamptz[],
                    %(words)s::text[]) as n (id, ticket_id, is_internal, at, words)
        on conflict (entry_id) do update set ticket_id = excluded.ticket_id, is_internal = excluded.is_internal,
            at = excluded.at, words = excluded.words"""
    params = {
        "ids": [one.id for one in found],
        "tickets": [one.ticket_id for one in found],
        "internal": [one.is_internal for one in found],
        "ats": [one.at for one in found],
        "words": [entry_vector(one.id, one.team_id, one.text) for one in found],
    }
    await execute(tx, sql, params)


async def index_tickets(tx: Transaction, ticket_ids: Collection[int]) -> int:
    """Write the words of tickets; how many there are."""
    sql = """
        select t.id, t.team_id, t.subject, concat_ws(' ', c.name, c.email, c.phone) as customer
        from ticket t join customer c on c.id = t.customer_id where t.id = any(%(ids)s) order by t.id"""
    found = await rows(tx, IndexedTicket, sql, {"ids": list(ticket_ids)})
    if not found:
        return 0
    sql = """
        insert into ticket_words (ticket_id, words)
        select n.id, n.words::tsvector from unnest(%(ids)s::bigint[], %(words)s::text[]) as n (id, words)
        on conflict (ticket_id) do update set words = excluded.words"""
    params = {
        "ids": [one.id for one in found],
        "words": [ticket_vector(one.id, one.team_id, one.subject, one.customer) for one in found],
    }
    await execute(tx, sql, params)
    return len(found)


async def index_attachments(tx: Transaction, attachment_ids: Collection[int]) -> int:
    """Write the words of attachments, and ask for the text of those that can be read; how many there are."""
    if not attachment_ids:
        return 0
    await _lock_texts(tx, attachment_ids)
    sql = """
        select a.id, a.entry_id, e.ticket_id, t.team_id, e.kind <> 'message' as is_internal, e.at, f.name,
               coalesce(x.text, '') as text
        from attachment a join entry e on e.id = a.entry_id join ticket t on t.id = e.ticket_id
        join file f on f.id = a.file_id left join file_text x on x.file_id = f.id
        where a.id = any(%(ids)s) and e.undone_at is null order by a.id"""
    found = await rows(tx, IndexedAttachment, sql, {"ids": list(attachment_ids)})
    if not found:
        return 0
    sql = """
        insert into attachment_words (attachment_id, entry_id, ticket_id, is_internal, at, words)
        select n.id, n.entry_id, n.ticket_id, n.is_internal, n.at, n.words::tsvector
        from unnest(%(ids)s::bigint[], %(entries)s::bigint[], %(tickets)s::bigint[], %(internal)s::boolean[],
                    %(ats)s::timestamptz[], %(words)s::text[]) as n (id, entry_id, ticket_id, is_internal, at, words)
        on conflict (attachment_id) do update set entry_id = excluded.entry_id, ticket_id = excluded.ticket_id,
            is_internal = excluded.is_internal, at = excluded.at, words = excluded.words"""
    params = {
        "ids": [one.id for one in found],
        "entries": [one.entry_id for one in found],
        "tickets": [one.ticket_id for one in found],
        "internal": [one.is_internal for one in found],
        "ats": [one.at for one in found],
        "words": [tsvector(f"{one.name}\n{one.text}", *marks_of(one.id), team_mark(one.team_id)) for one in found],
    }
    await execute(tx, sql, params)
    return len(found)


async def _lock_texts(tx: Transaction, attachment_ids: Collection[int]) -> None:
    """Ask for the text of files that can be read, and lock the texts of all.

    Lock order is text by file, then words by attachment, everywhere: whoever reads a file holds its text while they
    write the words of all attachments that are it, and the reverse deadlocks.
    """
    params = {"ids": list(attachment_ids), "readable": list(READABLE)}
    sql = """
        insert into file_text (file_id)
        select distinct f.id from attachment a join file f on f.id = a.file_id join entry e on e.id = a.entry_id
        where a.id = any(%(ids)s) and e.undone_at is null
            and lower(substring(f.name from '[.]([^.]+)$')) = any(%(readable)s)
        order by f.id on conflict do nothing"""
    await execute(tx, sql, params)
    sql = """
        select from file_text where file_id in (select file_id from attachment where id = any(%(ids)s))
        order by file_id for no key update"""
    await execute(tx, sql, params)


async def entries_of(tx: Transaction, ticket_ids: Collection[int]) -> list[int]:
    """Whatever lies on tickets, or has its words there yet: tickets moved, merged or were split."""
    sql = """
        select e.id from entry e left join entry_words w on w.entry_id = e.id
        where e.ticket_id = any(%(ids)s) and e.kind = any(%(kinds)s)
        union select w.entry_id from entry_words w where w.ticket_id = any(%(ids)s)"""
    params = {"ids": list(ticket_ids), "kinds": SEARCHED_KINDS}
    return await values(tx, int, sql, params)


async def tickets_of_customers(tx: Transaction, customer_ids: Collection[int]) -> list[int]:
    """The newest tickets of customers."""
    sql = """
        select t.id from unnest(%(ids)s::bigint[]) as c (id) cross join lateral (
            select id from ticket where customer_id = c.id order by id desc limit %(most)s) t"""
    return await values(tx, int, sql, {"ids": list(customer_ids), "most": RENAMED_TICKETS})


async def _attachments_of(tx: Transaction, entry_ids: Sequence[int]) -> list[int]:
    sql = "select id from attachment where entry_id = any(%(ids)s)"
    return await values(tx, int, sql, {"ids": list(entry_ids)})
