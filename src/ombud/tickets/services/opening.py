"""Opening tickets by hand, waking those that slept."""

import hashlib
from datetime import datetime

import msgspec
from msgspec import Struct

from ombud.customers.queries import is_customer_visible
from ombud.customers.services import enter_customer, hold_customer
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, execute, row, rows, value
from ombud.shared.errors import Invalid, NotFound
from ombud.shared.events import emit, emit_all
from ombud.tickets.events import TicketOpened, TicketWoke
from ombud.tickets.queries import tickets as queries
from ombud.tickets.rules import load_points
from ombud.tickets.schemas import LockedTicket, NoteIn, ReplyIn, TicketIn, TicketPatch
from ombud.tickets.services.changes import add_note, checked_subject, wanted_changes, write_changes
from ombud.tickets.services.forms import check_form
from ombud.tickets.services.placeholders import check_filled, fill, values_of
from ombud.tickets.services.references import keep_first_files
from ombud.tickets.services.replies import reply
from ombud.tickets.services.ticket_templates import count_use
from ombud.tickets.services.timeline import KeyReused, add_change, notify


async def open_ticket(tx: Transaction, data: TicketIn, *, by: Actor, now: datetime, undo_seconds: int) -> int:
    """Open a ticket for a customer; its text is an internal note or the first message to them. Gives the id.

    Raises:
        NotFound: no such team or customer for the actor.
        KeyReused: the actor opened another ticket with this ``client_key``.
        Invalid: neither a customer nor what is needed to enter one, no such team or channel, or a blank subject.
        Unfilled: it begins from a template, and a placeholder has no value.

    Emits: TicketOpened
    """
    if not by.sees_team(data.team_id):
        raise NotFound("There is no such team, or you do not belong to it.")
    subject = checked_subject(data.subject)
    known = await _claim_key(tx, data, by=by, now=now)
    if known is not None:
        return known
    await _check_team(tx, data.team_id)
    brand_id = await _brand(tx, data.channel_id, by=by)
    customer_id = await _customer(tx, data, by=by, now=now)
    sql = """
        insert into ticket (subject, status_id, category, priority, team_id, customer_id, channel_id, brand_id,
                            load_points, created_at, activity_at)
        select %(subject)s, s.id, s.category, %(priority)s, %(team)s, %(customer)s, ch.id,
               %(brand)s, %(points)s, %(now)s, %(now)s
        from status s left join channel ch on ch.id = %(channel)s and ch.deleted_at is null
        where s.category = 'new' and s.is_default
        returning id"""
    params = {
        "subject": subject,
        "priority": data.priority,
        "team": data.team_id,
        "customer": customer_id,
        "channel": data.channel_id,
        "brand": brand_id,
        "points": load_points(None),
        "now": now,
    }
    ticket_id = await value(tx, int, sql, params) or 0
    if data.tags or data.type_id is not None or data.fields:
        await _fill_in(tx, ticket_id, data, by=by, now=now)
    if data.template_id is not None:
        data = await _fill_placeholders(tx, ticket_id, data, data.template_id, by=by)
    fact = TicketOpened(ticket_id=ticket_id, team_id=data.team_id, customer_id=customer_id, channel_id=data.channel_id)
    await emit(tx, fact, by=by, at=now)
    if data.write_as == "reply":
        first = ReplyIn(data.text, data.client_key, contact_reason=data.contact_reason)
        await reply(tx, ticket_id, first, by=by, now=now, undo_seconds=undo_seconds)
    else:
        await add_note(tx, ticket_id, NoteIn(data.text, data.client_key), by=by, now=now)
    sql = "update idempotency_key set response = %(made)s where actor = %(actor)s and key = %(key)s"
    await tx.execute(sql, {"made": str(ticket_id).encode(), "actor": by.key, "key": _key(data)})
    return ticket_id


async def _check_team(tx: Transaction, team_id: int) -> None:
    sql = "select exists (select from team where id = %(id)s and archived_at is null)"
    if not await value(tx, bool, sql, {"id": team_id}):
        raise Invalid("There is no such team, or it is archived.", fields={"team_id": "unknown"})


async def _fill_in(tx: Transaction, ticket_id: int, data: TicketIn, *, by: Actor, now: datetime) -> None:
    ticket = await queries.lock_visible_ticket(tx, ticket_id, by=by)
    patch = TicketPatch(tags=data.tags, type_id=data.type_id, fields=data.fields)
    changes = await wanted_changes(tx, ticket, patch, by=by) | {"type_id": data.type_id}
    await check_form(tx, ticket, changes, ticket.category, by=by, now=now)
    await keep_first_files(tx, ticket, changes.get("fields", {}), by=by, now=now)
    await write_changes(tx, ticket, changes, ticket.category, now=now)


async def _fill_placeholders(
    tx: Transaction, ticket_id: int, data: TicketIn, template_id: int, *, by: Actor
) -> TicketIn:
    """The placeholders of the template stand for what the new ticket is."""
    await count_use(tx, template_id, by=by)
    known = await values_of(tx, ticket_id, by.person_id)
    text = fill(data.text, known).text
    subject = checked_subject(fill(data.subject, known | {"ticket.subject": ""}).text)
    check_filled(text, subject)
    await tx.execute("update ticket set subject = %(new)s where id = %(id)s", {"new": subject, "id": ticket_id})
    return msgspec.structs.replace(data, text=text, subject=subject)


async def _brand(tx: Transaction, channel_id: int | None, *, by: Actor) -> int:
    """The brand of the channel; without one the first that the actor sees."""
    if channel_id is None:
        sql = "select min(id) from brand where %(brands)s::bigint[] is null or id = any(%(brands)s)"
        return await value(tx, int, sql, by.sight()) or 0
    sql = "select brand_id from channel where id = %(id)s and deleted_at is null"
    found = await value(tx, int, sql, {"id": channel_id})
    if found is None or (by.brand_ids is not None and found not in by.brand_ids):
        raise Invalid("There is no such channel.", fields={"channel_id": "unknown"})
    return found


def _key(data: TicketIn) -> str:
    return f"ticket:{data.client_key}"


async def _claim_key(tx: Transaction, data: TicketIn, *, by: Actor, now: datetime) -> int | None:
    """The ticket that the actor opened with this key before; None makes this the first time."""
    digest = hashlib.sha256(msgspec.json.encode(data)).digest()
    sql = """
        insert into idempotency_key (actor, key, request_hash, status, response, created_at)
        values (%(actor)s, %(key)s, %(digest)s, 201, '', %(now)s) on conflict do nothing"""
    params: dict[str, object] = {"actor": by.key, "key": _key(data), "digest": digest, "now": now}
    # A second request at the same time waits here for the first one's commit.
    if await execute(tx, sql, params):
        return None
    sql = "select request_hash, response from idempotency_key where actor = %(actor)s and key = %(key)s"
    found = await row(tx, _Opened, sql, params)
    if found is None or found.request_hash != digest:
        raise KeyReused("This client_key opened another ticket. Give each ticket a key of its own.")
    return int(found.response)


class _Opened(Struct):
    request_hash: bytes
    response: bytes


async def _customer(tx: Transaction, data: TicketIn, *, by: Actor, now: datetime) -> int:
    if data.customer_id is not None:
        live = await hold_customer(tx, data.customer_id)
        if not await is_customer_visible(tx, live, by=by):
            raise NotFound("There is no such customer.")
        return live
    if data.customer is None:
        raise Invalid("Say which customer the ticket is for.", fields={"customer": "required"})
    return await hold_customer(tx, await enter_customer(tx, data.customer, now=now))


async def wake_snoozed(tx: Transaction, *, now: datetime, limit: int = 200) -> int:
    """Wake tickets whose sleep is over and tell their holders; how many.

    Emits: TicketWoke
    """
    sql = f"""
        select {queries.LOCKED} from ticket where snoozed_until <= %(now)s
        order by snoozed_until, id limit %(limit)s for update skip locked"""
    due = await rows(tx, LockedTicket, sql, {"now": now, "limit": limit})
    for ticket in due:
        entry_id = await add_change(tx, ticket, "snooze", ticket.snoozed_until, None, by=SYSTEM, now=now)
        sql = """
            update ticket set snoozed_until = null, activity_at = %(now)s, version = version + 1 where id = %(id)s"""
        await tx.execute(sql, {"now": now, "id": ticket.id})
        fact = TicketWoke(ticket_id=ticket.id, team_id=ticket.team_id, entry_id=entry_id)
        await emit_all(tx, [fact], by=SYSTEM, at=now)
        holders = [ticket.assignee_id] if ticket.assignee_id else []
        await notify(tx, holders, "snooze_over", ticket, entry_id=entry_id, by=SYSTEM, now=now)
    return len(due)
