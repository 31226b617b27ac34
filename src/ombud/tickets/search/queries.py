"""What a search finds, and only what the searcher may see: the teams of this moment, asked when a hit is shown."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.customers.queries import match_customers, match_organisations
from ombud.intelligence.personal_data.services import mask_text
from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, rows
from ombud.shared.paging import checked_limit, decode_cursor, encode_cursor
from ombud.tickets.queries.lists import JOINS, READ, ROW, UNREAD
from ombud.tickets.schemas import TicketRow
from ombud.tickets.search.conditions import Conditions, conditions_of
from ombud.tickets.search.language import parse
from ombud.tickets.search.matching import Match, Snippet, match_of, snippet_of
from ombud.tickets.search.schemas import FoundEntry, FoundFile, Kind, Order, SearchFound, SearchHit
from ombud.tickets.search.walking import ATTACHMENTS, ENTRIES, TICKETS, Hunt, Source, newest_matches, rank, walk

# The most relevant of so many newest matches.
RANKED = 1_000
OVERVIEW: tuple[Kind, ...] = ("tickets", "customers", "organisations", "messages", "notes", "attachments")
SOURCES: dict[Kind, Source] = {
    "tickets": TICKETS,
    "messages": ENTRIES,
    "notes": ENTRIES,
    "attachments": ATTACHMENTS,
}
FILE_URL = "'/api/v1/files/' || f.token || '/' || regexp_replace(f.name, '[^[:alnum:]._-]', '_', 'g')"


class Search(Struct):
    """A query that was understood, ready to be asked of each kind."""

    match: Match
    conditions: Conditions
    by: Actor
    text: str

    @property
    def is_empty(self) -> bool:
        """Nothing is asked for."""
        found = self.conditions
        return not (self.match.has_text or found.ticket or found.words or found.authors or found.of_tickets)


class EntryRow(Struct):
    """An entry that was found, with its text."""

    id: int
    ticket_id: int
    kind: str
    direction: str | None
    author_kind: str
    author_name: str | None
    at: datetime
    text: str


class FileRow(EntryRow):
    """An attachment that was found: its entry and its file."""

    attachment_id: int
    name: str
    type: str
    size: int
    url: str


def may_read_notes(by: Actor) -> bool:
    """Whether somebody reads internal notes of the tickets that they see: the same right as the timeline's."""
    return by.may("tickets.read") and by.kind != "customer"


async def understand(
    tx: Transaction, text: str, *, by: Actor, now: datetime, is_typing: bool = False, as_text: bool = False
) -> Search:
    """Read a query and look up the names in it.

    Raises:
        QueryTooLong: more than anybody types.
        QueryInvalid: a wrong operator or value, with its place.
    """
    query = parse(text, as_text=as_text)
    typing = is_typing and text == text.rstrip()
    return Search(match_of(query, is_typing=typing), await conditions_of(tx, query, by=by, now=now), by, text)


async def find(
    tx: Transaction, search: Search, kind: Kind, *, order: Order = "newest", cursor: str | None = None, limit: int = 20
) -> SearchFound:
    """One page of hits of a kind."""
    checked_limit(limit)
    if search.is_empty or (kind == "notes" and not may_read_notes(search.by)):
        return SearchFound([])
    if kind in {"customers", "organisations"}:
        before = decode_cursor(cursor, int) if cursor else None
        hits = await (_customers if kind == "customers" else _organisations)(tx, search, before, limit + 1)
        return SearchFound(hits[:limit], encode_cursor(hits[limit - 1].id) if len(hits) > limit else None)
    if order == "relevant" and search.match.terms:
        return await _find_relevant(tx, search, kind, cursor, limit)
    before = decode_cursor(cursor, int) if cursor else None
    walked = await walk(tx, _hunt(search, kind), before=before, limit=limit + 1)
    items = await _show(tx, search, kind, walked.keys[:limit])
    if len(walked.keys) > limit:
        return SearchFound(items, encode_cursor(walked.keys[limit - 1]))
    if walked.reached is not None:
        return SearchFound(items, encode_cursor(walked.reached), is_partial=True)
    return SearchFound(items)


async def find_overview(tx: Transaction, search: Search, *, limit: int) -> SearchFound:
    """The first hits of every kind."""
    overview = SearchFound([])
    for kind in OVERVIEW:
        found = await find(tx, search, kind, limit=limit)
        overview.items += found.items
        overview.is_partial |= found.is_partial
        if found.next is not None:
            overview.more.append(kind)
    return overview


def _hunt(search: Search, kind: Kind) -> Hunt:
    found, source = search.conditions, SOURCES[kind]
    on_words = [*found.words] if source.has_entry else []
    if kind in {"messages", "notes"}:
        on_words.append("w.is_internal" if kind == "notes" else "not w.is_internal")
    if kind == "attachments" and not may_read_notes(search.by):
        on_words.append("not w.is_internal")
    on_ticket = found.ticket if source.has_entry else [*found.ticket, *found.of_tickets]
    teams, brands = search.by.visible_teams(), search.by.visible_brands()
    return Hunt(source, search.match, teams, on_words, on_ticket, found.authors, found.params, found.is_narrow, brands)


async def _find_relevant(tx: Transaction, search: Search, kind: Kind, cursor: str | None, limit: int) -> SearchFound:
    keys = await newest_matches(tx, _hunt(search, kind), most=RANKED)
    ranked = await rank(tx, SOURCES[kind], search.match, keys)
    if cursor:
        score, key = decode_cursor(cursor, tuple[float, int])
        ranked = [one for one in ranked if (one.score, one.key) < (score, key)]
    items = await _show(tx, search, kind, [one.key for one in ranked[:limit]])
    last = ranked[limit - 1] if len(ranked) > limit else None
    return SearchFound(items, encode_cursor((last.score, last.key)) if last else None)


def _asks_for_customers(search: Search) -> bool:
    # Operators speak of tickets: a query that holds some finds no customers and no organisations.
    is_plain = search.match.has_text and not (search.conditions.params or search.conditions.ticket)
    return is_plain and search.by.may("customers.read")


async def _customers(tx: Transaction, search: Search, before: int | None, limit: int) -> list[SearchHit]:
    if not _asks_for_customers(search):
        return []
    return [
        SearchHit("customers", one.id, customer=one, snippet=_named(search, one.name, one.email, one.phone))
        for one in await match_customers(tx, search.match.whole, by=search.by, before_id=before, limit=limit)
    ]


async def _organisations(tx: Transaction, search: Search, before: int | None, limit: int) -> list[SearchHit]:
    if not _asks_for_customers(search):
        return []
    return [
        SearchHit("organisations", one.id, organisation=one, snippet=_named(search, one.name, *one.domains))
        for one in await match_organisations(tx, search.match.whole, before_id=before, limit=limit)
    ]


def _named(search: Search, *parts: str | None) -> Snippet:
    return snippet_of(" · ".join(filter(None, parts)), search.match.terms)


async def _show(tx: Transaction, search: Search, kind: Kind, keys: Sequence[int]) -> list[SearchHit]:
    """Hits in the order of their keys; what may not be seen at this moment is left out."""
    if not keys:
        return []
    if kind == "tickets":
        tickets = await _tickets(tx, search, keys)
        # A merged ticket and the one that goes on are one hit, where the first of them stands.
        shown = {tickets[key].id: tickets[key] for key in keys if key in tickets}
        return [_ticket_hit(one, search) for one in shown.values()]
    found = await (_files if kind == "attachments" else _entries)(tx, search, keys)
    tickets = await _tickets(tx, search, [one.ticket_id for one in found.values()])
    return [
        _entry_hit(kind, key, found[key], tickets[found[key].ticket_id], search)
        for key in keys
        if key in found and found[key].ticket_id in tickets
    ]


def _ticket_hit(ticket: TicketRow, search: Search) -> SearchHit:
    return SearchHit("tickets", ticket.id, ticket=ticket, snippet=_snippet(ticket.subject, search))


def _snippet(text: str, search: Search) -> Snippet:
    # The whole text is masked, then cut: of half a number nothing tells what it was.
    return snippet_of(mask_text(text, search.by.hidden_kinds), search.match.terms)


def _entry_hit(kind: Kind, key: int, row: EntryRow, ticket: TicketRow, search: Search) -> SearchHit:
    entry = FoundEntry(row.id, row.kind, row.direction, row.author_kind, row.author_name or "", row.at)
    file = FoundFile(row.attachment_id, row.name, row.type, row.size, row.url) if isinstance(row, FileRow) else None
    snippet = _snippet(row.text, search)
    if file is not None and not snippet.marks:
        # Found by its name, which the text of the file need not hold.
        snippet = _snippet(file.name, search)
    return SearchHit(kind, key, ticket=ticket, entry=entry, file=file, snippet=snippet)


class TicketFound(TicketRow, kw_only=True):
    """The ticket that goes on under the number that was found."""

    found_id: int


async def _tickets(tx: Transaction, search: Search, ids: Sequence[int]) -> dict[int, TicketFound]:
    sql = f"""
        select {ROW}, {UNREAD}, found.id as found_id
        from ticket found join ticket t on t.id = coalesce(found.merged_into_id, found.id) {JOINS} {READ}
        where found.id = any(%(ids)s) and {seen()}"""
    params = {"ids": list(ids), "me": search.by.person_id, **search.by.sight()}
    return {one.found_id: one for one in await rows(tx, TicketFound, sql, params)}


AUTHOR_NAME = """
    case e.author_kind when 'person' then (select p.name from person p where p.id = e.author_id)
        when 'api_key' then (select k.name from api_key k where k.id = e.author_id)
        when 'customer' then (select c.name from customer c where c.id = e.author_id)
        when 'third_party' then coalesce(nullif(e.details -> 'from' ->> 'name', ''),
            e.details -> 'from' ->> 'address', '')
        end as author_name"""


async def _entries(tx: Transaction, search: Search, keys: Sequence[int]) -> dict[int, EntryRow]:
    sql = f"""
        select e.id, e.ticket_id, e.kind, e.direction, e.author_kind, {AUTHOR_NAME}, e.at, e.text
        from entry e where e.id = any(%(ids)s) and e.undone_at is null and (e.kind = 'message' or %(notes)s)"""
    params = {"ids": list(keys), "notes": may_read_notes(search.by)}
    return {one.id: one for one in await rows(tx, EntryRow, sql, params)}


async def _files(tx: Transaction, search: Search, keys: Sequence[int]) -> dict[int, FileRow]:
    sql = f"""
        select e.id, e.ticket_id, e.kind, e.direction, e.author_kind, {AUTHOR_NAME}, e.at,
               coalesce(nullif(x.text, ''), f.name) as text, a.id as attachment_id, f.name, f.type, f.size,
               {FILE_URL} as url
        from attachment a join entry e on e.id = a.entry_id join file f on f.id = a.file_id
        left join file_text x on x.file_id = f.id
        where a.id = any(%(ids)s) and e.undone_at is null and (e.kind = 'message' or %(notes)s)"""
    params = {"ids": list(keys), "notes": may_read_notes(search.by)}
    return {one.attachment_id: one for one in await rows(tx, FileRow, sql, params)}
