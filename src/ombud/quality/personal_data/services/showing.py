"""Having hidden pieces shown, and who did."""

from datetime import datetime

from ombud.intelligence.personal_data.services import find
from ombud.quality.personal_data import queries
from ombud.quality.personal_data.events import PersonalDataShown
from ombud.quality.personal_data.schemas import EntryInFull, PersonalDataAccessList
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.shared.errors import NotFound
from ombud.shared.events import emit
from ombud.shared.paging import checked_limit, decode_cursor, encode_cursor
from ombud.tickets.queries.tickets import lock_visible_ticket


async def show_entry(tx: Transaction, ticket_id: int, entry_id: int, *, by: Actor, now: datetime) -> EntryInFull:
    """A message in full, written down: who, when, and which kinds were hidden from them in it.

    Whoever sees everything in it anyway is not written down.

    Raises:
        NotFound: there is no such message, or ``by`` may not see its ticket.

    Emits: PersonalDataShown
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    said = await queries.load_entry(tx, ticket.id, entry_id)
    if said is None:
        raise NotFound
    found = find(said.text)
    everywhere = {one.kind for text in (said.text, said.quoted or "", said.html or "") for one in find(text)}
    kinds = sorted(everywhere & by.hidden_kinds)
    if kinds:
        sql = """
            insert into personal_data_access (ticket_id, entry_id, kinds, person_id, at)
            values (%(ticket)s, %(entry)s, %(kinds)s, %(person)s, %(now)s)"""
        params = {"ticket": ticket.id, "entry": entry_id, "kinds": kinds, "person": by.person_id or None, "now": now}
        await tx.execute(sql, params)
        fact = PersonalDataShown(ticket_id=ticket.id, team_id=ticket.team_id, entry_id=entry_id, kinds=[*kinds])
        await emit(tx, fact, by=by, at=now)
    return EntryInFull(entry_id, said.text, said.html, said.quoted, found)


async def list_accesses(
    tx: Transaction, *, ticket_id: int | None, person_id: int | None, cursor: str | None, limit: int
) -> PersonalDataAccessList:
    """Who read what, the newest first, of a ticket or a person if one is named."""
    checked_limit(limit)
    before = decode_cursor(cursor, int) if cursor else None
    found = await queries.list_accesses(tx, ticket_id=ticket_id, person_id=person_id, before=before, limit=limit + 1)
    items = found[:limit]
    return PersonalDataAccessList(items, encode_cursor(items[-1].id) if len(found) > limit else None)
