"""A customer's data in one document, for their right of access."""

from datetime import datetime

from ombud.customers.events import CustomerExported
from ombud.customers.queries.customers import load_customer, require_customer
from ombud.customers.queries.details import checks_of, consents_of, notes_of
from ombud.customers.services.checks import require_level
from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, rows, value, values
from ombud.shared.errors import Unprocessable
from ombud.shared.events import emit
from ombud.tickets.customer_schemas import CustomerExport, ExportedFile, ExportedMessage, ExportedTicket

MAX_TICKETS = 2_000
MAX_ROWS = 1_000
SEEN = seen()


class TooMuch(Unprocessable):
    """This customer has more tickets than one document holds. An administrator reads the rest from the database."""

    code = "export_too_large"


async def export_customer(tx: Transaction, customer_id: int, *, by: Actor, now: datetime) -> CustomerExport:
    """All that is kept about a customer and that they may have: no internal notes of tickets, nothing masked.

    Raises:
        NotFound: no such customer for ``by``.
        CheckNeeded: the identity check for an export is missing.
        TooMuch: more than 2,000 tickets.

    Emits: CustomerExported
    """
    live = await require_customer(tx, customer_id, by=by)
    await require_level(tx, live, "export", by=by, now=now)
    params: dict[str, object] = {"customer": live, **by.sight(), "most": MAX_TICKETS + 1}
    tickets = await _tickets(tx, params)
    if len(tickets) > MAX_TICKETS:
        raise TooMuch
    sql = f"select not exists (select from ticket t where t.customer_id = %(customer)s and not {SEEN})"
    found = CustomerExport(
        exported_at=now,
        exported_by=by.name,
        is_complete=bool(await value(tx, bool, sql, params)),
        customer=await load_customer(tx, live, by=by, now=now),
        former_ids=await _former_ids(tx, live),
        consents=await consents_of(tx, live, before=None, limit=MAX_ROWS),
        checks=await checks_of(tx, live, before=None, limit=MAX_ROWS, now=now),
        notes=await notes_of(tx, live, before=None, limit=MAX_ROWS),
        tickets=tickets,
        files=await _files(tx, params),
    )
    await emit(tx, CustomerExported(customer_id=live, tickets=len(tickets)), by=by, at=now)
    return found


async def _former_ids(tx: Transaction, customer_id: int) -> list[int]:
    sql = """
        with recursive former (id) as (
            select id from customer where merged_into_id = %(id)s
            union select c.id from former f join customer c on c.merged_into_id = f.id
        )
        select id from former order by id"""
    return await values(tx, int, sql, {"id": customer_id})


async def _tickets(tx: Transaction, params: dict[str, object]) -> list[ExportedTicket]:
    sql = f"""
        select t.id, t.subject, t.category, t.created_at, t.solved_at, '[]'::jsonb as messages
        from ticket t where t.customer_id = %(customer)s and {SEEN} order by t.id limit %(most)s"""
    found = await rows(tx, ExportedTicket, sql, params)
    sql = f"""
        select e.id, e.at, e.direction, ch.kind as channel_kind, e.text, e.ticket_id
        from ticket t join public_entry e on e.ticket_id = t.id left join channel ch on ch.id = e.channel_id
        where t.customer_id = %(customer)s and {SEEN} order by e.id"""
    tickets = {one.id: one for one in found}
    for one in await rows(tx, _Message, sql, params):
        if one.ticket_id in tickets:
            message = ExportedMessage(one.id, one.at, one.direction, one.channel_kind, one.text)
            tickets[one.ticket_id].messages.append(message)
    return found


class _Message(ExportedMessage):
    ticket_id: int


async def _files(tx: Transaction, params: dict[str, object]) -> list[ExportedFile]:
    sql = f"""
        select e.ticket_id, e.id as entry_id, f.name, f.type, f.size, encode(f.sha256, 'hex') as sha256,
            '/api/v1/files/' || f.token || '/' || regexp_replace(f.name, '[^[:alnum:]._-]', '_', 'g') as url
        from ticket t join public_entry e on e.ticket_id = t.id join attachment a on a.entry_id = e.id
        join file f on f.id = a.file_id
        where t.customer_id = %(customer)s and {SEEN} order by a.id"""
    return await rows(tx, ExportedFile, sql, params)
