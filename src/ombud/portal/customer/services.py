"""What customers do in the portal: write, say that it is solved or is not, appraise, take their data with them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from ombud.channels.forms.services import reference_of
from ombud.customers.schemas import Sender
from ombud.portal.customer.progress import DONE, simple_steps, steps_of
from ombud.portal.customer.schemas import OwnTicket, ProgressStep
from ombud.portal.customer.sessions import Me
from ombud.portal.events import PortalSolved, TicketAppraised
from ombud.portal.rules import Place
from ombud.processes import queries as processes
from ombud.processes.confirmation.services import is_asked, take_word
from ombud.shared.crypto import new_token
from ombud.shared.database import Transaction, execute, value
from ombud.shared.errors import Conflict, Invalid, OmbudError
from ombud.shared.events import emit
from ombud.teamwork.services.words import owners, tell
from ombud.tickets.queries.tickets import default_status, lock_visible_ticket
from ombud.tickets.schemas import InboundMessage, StoredAttachment, TicketPatch
from ombud.tickets.services.changes import change_ticket
from ombud.tickets.services.customer_export import export_customer
from ombud.tickets.services.intake.door import Arrival
from ombud.tickets.services.timeline import add_change

LONGEST_MESSAGE = 20_000
LONGEST_WORDS = 1_000
APPRAISAL_DAYS = 30


class EmptyMessage(Invalid):
    """Write something or attach a file."""

    code = "empty_message"


class NoWayIn(Conflict):
    """This brand has no form by which messages from the portal could come in. Choose one in its settings."""

    code = "no_way_in"


class NotAppraisable(Conflict):
    """A ticket is appraised when it is solved, and within 30 days."""

    code = "not_appraisable"


def arrival_of(
    place: Place,
    me: Me,
    ticket: OwnTicket,
    text: str,
    attachments: Sequence[StoredAttachment],
    *,
    key: str,
    now: datetime,
) -> Arrival:
    """A customer's message on their ticket, ready for the door; intake reopens the ticket or opens the next one.

    Raises:
        EmptyMessage: neither text nor file.
        NoWayIn: no channel takes it.
    """
    said = text.replace("\x00", "").replace("\r\n", "\n").strip()[:LONGEST_MESSAGE]
    if not said and not attachments:
        raise EmptyMessage
    channel_id = place.site.form_channel_id or ticket.channel_id
    if channel_id is None:
        raise NoWayIn
    message = InboundMessage(
        sender=sender_of(me),
        text=said,
        subject=ticket.subject,
        at=now,
        attachments=list(attachments),
        # proven: it was looked up as one of theirs
        proven_ticket_ids=[ticket.id],
    )
    # A form that names no key is a message of its own each time: two must never be taken for one.
    named = key.strip() or new_token()
    return Arrival(channel_id, f"portal:{me.session_id}:{named}"[:500], message)


def sender_of(me: Me) -> Sender:
    """Who writes, as their session has proven it."""
    address = me.addresses[0] if me.addresses else ""
    return Sender(me.kind, me.value, me.scope, is_verified=True, name=me.name, email=address, locale=me.locale)


async def deliver(state: Any, arrival: Arrival) -> int | None:
    """Put a message down; gives the ticket that it stands on, if intake is quick enough to say."""
    receipt = await state.door.receive(arrival)
    reference = await reference_of(state.database, receipt.id)
    return int(reference[1:]) if reference.startswith("#") else None


async def say_solved(tx: Transaction, me: Me, ticket: OwnTicket, *, now: datetime) -> bool:
    """The customer's word that it is solved; gives whether the ticket is solved by that.

    Where the process asks for it the process goes on. Where the desk's rules hold the ticket open it is noted, and
    whoever answers for the ticket is told.

    Emits: ConfirmationHeard, PortalSolved, TicketChanged, TicketSolved, NotificationMade
    """
    if await is_asked(tx, ticket.id):
        await take_word(tx, ticket.id, "solved", "", by=me.actor, now=now)
        return True
    locked = await lock_visible_ticket(tx, ticket.id, by=me.actor)
    entry_id = await add_change(tx, locked, "portal.solved", None, {}, by=me.actor, now=now)
    await emit(tx, PortalSolved(ticket_id=locked.id, team_id=locked.team_id, entry_id=entry_id), by=me.actor, at=now)
    await tell(tx, locked, await owners(tx, locked), entry_id, by=me.actor, now=now)
    if locked.category in DONE:
        return True
    try:
        async with tx.transaction():
            patch = TicketPatch(status_id=await default_status(tx, "solved"))
            await change_ticket(tx, locked.id, patch, by=me.actor, now=now)
    except OmbudError:
        # A form, a checklist or tickets below it hold it open: a person sees to that.
        return False
    return True


async def appraise(tx: Transaction, me: Me, ticket: OwnTicket, score: int, words: str, *, now: datetime) -> None:
    """Keep what a customer thinks of how their ticket was handled; they may change it for 30 days.

    Raises:
        NotAppraisable: it is not solved, or long ago.
        Invalid: no score from 1 to 5.

    Emits: TicketAppraised
    """
    if not 1 <= score <= 5:  # noqa: PLR2004 – the scale
        raise Invalid("Choose a score from 1 to 5.", fields={"score": "out_of_range"})
    locked = await lock_visible_ticket(tx, ticket.id, by=me.actor)
    sql = "select solved_at from ticket where id = %(id)s"
    solved_at = await value(tx, datetime, sql, {"id": locked.id})
    if locked.category not in DONE or (solved_at and solved_at < now - timedelta(days=APPRAISAL_DAYS)):
        raise NotAppraisable
    said = words.replace("\x00", "").strip()[:LONGEST_WORDS]
    sql = """
        insert into portal_appraisal as a (ticket_id, score, words, identity_id, at)
        values (%(ticket)s, %(score)s, %(words)s, %(identity)s, %(now)s)
        on conflict (ticket_id) do update set score = excluded.score, words = excluded.words,
            identity_id = excluded.identity_id, at = excluded.at
        where (a.score, a.words) is distinct from (excluded.score, excluded.words)"""
    params = {"ticket": locked.id, "score": score, "words": said, "identity": me.identity_id, "now": now}
    if not await execute(tx, sql, params):
        return
    told = {"score": score, "words": said}
    entry_id = await add_change(tx, locked, "portal.appraised", None, told, by=me.actor, now=now)
    fact = TicketAppraised(ticket_id=locked.id, team_id=locked.team_id, score=score, entry_id=entry_id)
    await emit(tx, fact, by=me.actor, at=now)
    await tell(tx, locked, await owners(tx, locked), entry_id, by=me.actor, now=now)


async def progress_of(tx: Transaction, ticket: OwnTicket, words: Sequence[str], locale: str) -> list[ProgressStep]:
    """How far a ticket is."""
    run = await processes.last_run(tx, ticket.id)
    if run is not None:
        visits = await processes.list_visits(tx, run.id)
        steps = steps_of(run.spec, visits, has_ended=run.ended_at is not None, locale=locale)
        if steps:
            return steps
    return simple_steps(ticket.category, words)


async def export_own(tx: Transaction, me: Me, *, now: datetime) -> bytes:
    """A customer's data as one document: nothing that colleagues wrote for each other, and of this brand only.

    Raises:
        TooMuch: more than one document holds.

    Emits: CustomerExported
    """
    found = await export_customer(tx, me.customer_id, by=me.actor, now=now)
    customer = found.customer
    known = {
        "name": customer.name,
        "email": customer.email,
        "phone": customer.phone,
        "locale": customer.locale,
        "time_zone": customer.time_zone,
        "identities": [one for one in customer.identities if not one.scope or one.scope == me.scope],
        "products": customer.products,
        "organisation": customer.organisation.name if customer.organisation else None,
        "created_at": customer.created_at,
    }
    document = {
        "exported_at": found.exported_at,
        "customer": known,
        "consents": [
            {"purpose": one.purpose, "channel": one.channel, "is_given": one.is_given, "at": one.at}
            for one in found.consents
        ],
        "tickets": found.tickets,
        "files": [
            {"ticket_id": one.ticket_id, "name": one.name, "type": one.type, "size": one.size, "sha256": one.sha256}
            for one in found.files
        ],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2)


async def change_account(tx: Transaction, me: Me, *, locale: str, time_zone: str) -> None:
    """Keep the language and the clock in which a customer reads; for this session."""
    sql = "update portal_session set locale = %(locale)s, time_zone = %(zone)s where id = %(id)s"
    await execute(tx, sql, {"locale": locale, "zone": time_zone, "id": me.session_id})
