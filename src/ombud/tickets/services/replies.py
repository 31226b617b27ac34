"""Answers to the customer: written, guarded against staleness, queued for the outside, taken back."""

from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.customers.services.consents import refuse_barred
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, row, values
from ombud.shared.errors import Conflict, NotFound, Unprocessable
from ombud.shared.events import emit, emit_all
from ombud.shared.lines import has_control
from ombud.tickets.events import DeliveryChanged, ReplySent, ReplyUndone, TicketSolved
from ombud.tickets.queries import tickets as ticket_queries
from ombud.tickets.queries import timeline as timeline_queries
from ombud.tickets.queries.tickets import MailRoute
from ombud.tickets.rules import is_mail_address, preview_of
from ombud.tickets.schemas import (
    Address,
    Delivery,
    Entry,
    EntryDetails,
    Envelope,
    LockedTicket,
    Recipients,
    ReplyIn,
    SolvedAlong,
    Undone,
)
from ombud.tickets.schemas.values import DONE_CATEGORIES
from ombud.tickets.services.families import lock_below, lock_entry_family, reopen_along, solve_below
from ombud.tickets.services.formatting import Formatted, take_formatted
from ombud.tickets.services.policy import desk_policy
from ombud.tickets.services.solving import check_change
from ombud.tickets.services.timeline import (
    add_composed,
    attach_files,
    compose_entry,
    find_made_entry,
    refresh_preview,
    reload_entry,
)
from ombud.tickets.services.uploads import load_files


class StaleReply(Conflict):
    """Somebody wrote while you were writing. Read the newer message, then send again on purpose if it still fits."""

    code = "stale_reply"

    def __init__(self, newer: list[Entry]) -> None:
        super().__init__()
        self.newer = newer

    def extra(self) -> dict[str, object]:
        """The messages that the writer has not seen."""
        return {"newer": msgspec.to_builtins(self.newer)}


class NoWayOut(Unprocessable):
    """There is no channel to answer by. Give an e-mail address and set up a mailbox for this brand."""

    code = "no_reply_channel"


class AlreadySent(Conflict):
    """It has left already and cannot be taken back."""

    code = "already_sent"


class NotStuck(Conflict):
    """Only a failed or unconfirmed message can be sent again."""

    code = "not_stuck"


async def reply(
    tx: Transaction, ticket_id: int, data: ReplyIn, *, by: Actor, now: datetime, undo_seconds: int | None
) -> Entry:
    """Answer the customer. Sending the same ``client_key`` twice gives the same entry.

    Mail waits as long as the desk's policy says, or ``undo_seconds`` (None: not at all), so that it can be taken
    back; chat and API messages are out at once. The ticket then waits for the customer, or is solved, or takes the
    status asked for; without a holder it goes to the writer.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
        StaleReply: a public message is newer than the newest the writer had seen, and ``force`` is not set.
        NoWayOut: no channel, or no address, to answer by.
        Invalid: there is nothing to say, and no file.
        FieldsMissing, ItemsOpen, ChildrenOpen, ChildHeld: it would be done, and the desk's rules hold it open.
        Unfilled: a placeholder has no value yet.
        DoNotContact: the customer must not be contacted by this channel, and no ``contact_reason`` says why.

    Emits: ReplySent, TicketSolved
    """
    if data.solve_children:
        await lock_below(tx, ticket_id, by=by)
    ticket = await ticket_queries.lock_visible_ticket(tx, ticket_id, by=by)
    made = await find_made_entry(tx, ticket_id, data.client_key, kind="message", by=by)
    if made is not None:
        return await reload_entry(tx, made, now=now)
    written = await take_formatted(tx, data.text, data.html, data.attachment_ids, ticket_id=ticket_id, by=by)
    await refuse_stale(tx, ticket, data, by=by, now=now)
    route, envelope = await way_out(tx, ticket, data)
    if route.kind != "email":
        # Chat windows and programs show text: pictures go beside it, as files.
        written = Formatted(written.text)
    status_id, category = await _status_after(tx, ticket, data)
    solved = await solve_below(tx, ticket_id, status_id, by=by, now=now) if data.solve_children else []
    await check_change(tx, ticket, {}, category, force_children=data.force_children, by=by, now=now)
    taker = await _taker(tx, ticket, by)
    wait = 0
    if route.kind == "email" and undo_seconds is not None:
        wait = (await desk_policy(tx, undo_seconds=undo_seconds)).undo_seconds
    answer = compose_entry(
        ticket_id,
        "message",
        by=by,
        now=now,
        text=written.text,
        client_key=data.client_key,
        details=_details(ticket, data, envelope, status_id, is_taken=taker is not None, solved=solved),
        html=written.html,
        channel_kind=route.kind,
    )
    await add_composed(tx, answer, channel_id=route.channel_id)
    await attach_files(tx, answer.id, ticket, data.attachment_ids, by=by, picture_ids=written.picture_ids)
    answer.delivery = await queue_entry(tx, answer, route, envelope, now=now, wait=timedelta(seconds=wait))
    await _after_reply(tx, ticket, answer, status_id, category, taker=taker, by=by, now=now)
    return await reload_entry(tx, answer.id, now=now) if data.attachment_ids else answer


def _details(
    ticket: LockedTicket, data: ReplyIn, envelope: Envelope, status_id: int, *, is_taken: bool, solved: list[SolvedAlong]
) -> EntryDetails:
    return EntryDetails(
        to=envelope.to,
        cc=envelope.cc,
        bcc=envelope.bcc,
        subject=envelope.subject,
        contact_reason=data.contact_reason.strip(),
        status_before=ticket.status_id,
        status_after=status_id,
        waiting_before=ticket.waiting_since,
        snoozed_before=ticket.snoozed_until,
        is_taken=is_taken,
        promises=data.promises,
        solved_along=solved,
    )


async def refuse_stale(tx: Transaction, ticket: LockedTicket, data: ReplyIn, *, by: Actor, now: datetime) -> None:
    """Refuse what was written without having seen the newest public message, unless on purpose.

    Raises:
        StaleReply: a public message is newer than the newest the writer had seen.
    """
    if data.force or (ticket.last_message_id or 0) <= data.last_seen_entry_id:
        return
    newer = await timeline_queries.newer_messages(tx, ticket.id, data.last_seen_entry_id, not_by=by.person_id)
    if newer:
        raise StaleReply(await timeline_queries.load_entries(tx, newer, now=now))


async def way_out(tx: Transaction, ticket: LockedTicket, data: ReplyIn) -> tuple[MailRoute, Envelope]:
    """How an answer goes out: by which channel, to whom.

    Raises:
        NoWayOut: no channel, or no address, to answer by.
        Unprocessable: an address is none.
        DoNotContact: the customer must not be contacted by this channel, and no ``contact_reason`` says why.
    """
    route, envelope = await _route(tx, ticket, data)
    await refuse_barred(tx, ticket.customer_id, route.kind, reason=data.contact_reason)
    return route, envelope


async def _route(tx: Transaction, ticket: LockedTicket, data: ReplyIn) -> tuple[MailRoute, Envelope]:
    route = await ticket_queries.reply_channel(tx, ticket.id, ticket.channel_id, ticket.brand_id)
    if route is None:
        raise NoWayOut
    if route.kind != "email":
        return route, Envelope(conversation=route.conversation)
    usual = await recipients(tx, ticket.id, ticket.customer_id)
    to = data.to if data.to is not None else usual.to
    cc = data.cc if data.cc is not None else usual.cc
    if not to:
        raise NoWayOut
    return route, Envelope(
        to=clean_addresses(to), cc=clean_addresses(cc), bcc=clean_addresses(data.bcc), subject=ticket.subject
    )


def clean_addresses(addresses: list[Address]) -> list[Address]:
    """The addresses as they are.

    Raises:
        Unprocessable: one of them is none.
    """
    for one in addresses:
        if not is_mail_address(one.address) or has_control(one.name):
            raise Unprocessable(f"{one.address!r} is not an e-mail address.")
    return addresses


async def recipients(tx: Transaction, ticket_id: int, customer_id: int) -> Recipients:
    """Whom an answer by mail goes to: whoever wrote last, with the others of that mail in copy, never ourselves."""
    own = set(await ticket_queries.own_addresses(tx))
    usual = await _usual_recipients(tx, ticket_id, customer_id, own)
    taken = own | {one.address.lower() for one in [*usual.to, *usual.cc]}
    usual.cc += [one for one in await timeline_queries.cc_addresses(tx, ticket_id) if one.address not in taken]
    return usual


async def _usual_recipients(tx: Transaction, ticket_id: int, customer_id: int, own: set[str]) -> Recipients:
    last = await timeline_queries.last_inbound_addresses(tx, ticket_id)
    if last is not None and last.from_ is not None:
        to = [last.from_]
        seen = own | {last.from_.address.lower()}
        others = {one.address.lower(): one for one in [*last.to, *last.cc] if one.address.lower() not in seen}
        return Recipients(to, list(others.values()))
    found = await ticket_queries.customer_mail_address(tx, customer_id)
    return Recipients([Address(*found)] if found else [], [])


async def _status_after(tx: Transaction, ticket: LockedTicket, data: ReplyIn) -> tuple[int, str]:
    if data.status_id is not None:
        category = await ticket_queries.status_category(tx, data.status_id)
        if category is None:
            raise Unprocessable("There is no such status, or it is archived.")
        return data.status_id, category
    if data.solve:
        return await ticket_queries.default_status(tx, "solved"), "solved"
    if ticket.category in {"new", "open"}:
        return await ticket_queries.default_status(tx, "waiting"), "waiting"
    return ticket.status_id, ticket.category


async def queue_entry(
    tx: Transaction, answer: Entry, route: MailRoute, envelope: Envelope, *, now: datetime, wait: timedelta
) -> Delivery:
    """Put an entry into the outbox; it leaves after ``wait``."""
    # A chat reply is delivered by being committed: the visitor's stream and history read the timeline itself.
    is_out = route.kind == "chat"
    delivery = Delivery(
        state="sent" if is_out else "queued",
        not_before=now + wait,
        problem=None,
        sent_at=now if is_out else None,
        delivered_at=None,
        read_at=None,
        can_undo=wait > timedelta(0),
    )
    sql = """
        insert into outbox (channel_id, ticket_id, entry_id, entry_kind, state, not_before, envelope, sent_at,
            created_at)
        values (%(channel)s, %(ticket)s, %(entry)s, %(kind)s, %(state)s, %(not_before)s, %(envelope)s, %(sent_at)s,
            %(now)s)"""
    params = {
        "channel": route.channel_id,
        "ticket": answer.ticket_id,
        "entry": answer.id,
        "kind": answer.kind,
        "state": delivery.state,
        "not_before": delivery.not_before,
        "envelope": Jsonb(msgspec.to_builtins(envelope)),
        "sent_at": delivery.sent_at,
        "now": now,
    }
    await tx.execute(sql, params)
    return delivery


async def _after_reply(
    tx: Transaction,
    ticket: LockedTicket,
    answer: Entry,
    status_id: int,
    category: str,
    *,
    taker: int | None,
    by: Actor,
    now: datetime,
) -> None:
    sql = """
        update ticket set status_id = %(status)s, category = %(category)s, activity_at = %(now)s, waiting_since = null,
            preview = %(preview)s, preview_by = 'person', last_message_id = %(entry)s,
                message_count = message_count + 1,
            assignee_id = coalesce(assignee_id, %(writer)s), snoozed_until = null, version = version + 1,
            solved_at = case when %(done)s then coalesce(solved_at, %(now)s) end,
            closed_at = case when %(category)s = 'closed' then coalesce(closed_at, %(now)s) end
        where id = %(ticket)s"""
    params = {
        "ticket": ticket.id,
        "entry": answer.id,
        "status": status_id,
        "category": category,
        "done": category in DONE_CATEGORIES,
        "now": now,
        "preview": preview_of(answer.text),
        "writer": taker,
    }
    await tx.execute(sql, params)
    await emit(tx, ReplySent(ticket_id=ticket.id, team_id=ticket.team_id, entry_id=answer.id), by=by, at=now)
    if category in DONE_CATEGORIES and ticket.category not in DONE_CATEGORIES:
        solved = TicketSolved(ticket_id=ticket.id, team_id=ticket.team_id, status_id=status_id, category=category)
        await emit(tx, solved, by=by, at=now)


async def _taker(tx: Transaction, ticket: LockedTicket, by: Actor) -> int | None:
    """The writer as the holder of a ticket without one, if they belong to its team."""
    if by.kind != "person" or by.id is None or ticket.assignee_id is not None:
        return None
    holder = await ticket_queries.lock_holder(tx, by.id, ticket.team_id, ticket.brand_id)
    return by.id if holder and holder.is_member else None


class Sent(Struct):
    """An answer with the state of its outbox row."""

    id: int
    kind: str
    channel_kind: str
    text: str
    html: str | None
    details: EntryDetails
    author_id: int | None
    state: str
    is_waiting: bool
    is_at_home: bool


async def lock_sent(tx: Transaction, ticket_id: int, entry_id: int, *, kinds: list[str], now: datetime) -> Sent:
    """An entry that was put into the outbox, its row there locked.

    Raises:
        NotFound: there is none of these kinds.
    """
    sql = """
        select e.id, e.kind, c.kind as channel_kind, e.text, e.html, e.details, e.author_id, o.state,
               o.state = 'queued' and o.not_before > %(now)s as is_waiting, e.origin_ticket_id is null as is_at_home
        from entry e join outbox o on o.entry_id = e.id join channel c on c.id = o.channel_id
        where e.id = %(entry)s and e.ticket_id = %(ticket)s and e.kind = any(%(kinds)s)
            and e.undone_at is null for update of o"""
    params = {"entry": entry_id, "ticket": ticket_id, "kinds": kinds, "now": now}
    found = await row(tx, Sent, sql, params)
    if found is None:
        raise NotFound
    return found


async def undo_reply(tx: Transaction, ticket_id: int, entry_id: int, *, by: Actor, now: datetime) -> Undone:
    """Take back a mail that still waits; its text and files come back for the composer, the ticket is as it was.

    Raises:
        NotFound: no such answer, or ``by`` may not see the ticket.
        AlreadySent: it has left, or is leaving.

    Emits: ReplyUndone, TicketChanged
    """
    solved = await lock_entry_family(tx, ticket_id, entry_id)
    ticket = await ticket_queries.lock_visible_ticket(tx, ticket_id, by=by)
    sent = await lock_sent(tx, ticket_id, entry_id, kinds=["message"], now=now)
    if not sent.is_waiting:
        raise AlreadySent
    await tx.execute("delete from outbox where entry_id = %(entry)s", {"entry": entry_id})
    await tx.execute("update entry set undone_at = %(now)s where id = %(id)s", {"now": now, "id": entry_id})
    await refresh_preview(tx, ticket_id)
    await _put_back(tx, ticket, sent, now=now)
    await reopen_along(tx, solved, sent.details.status_after or 0, by=by, now=now)
    await emit(tx, ReplyUndone(ticket_id=ticket_id, team_id=ticket.team_id, entry_id=entry_id), by=by, at=now)
    file_ids = await values(tx, int, "select file_id from attachment where entry_id = %(id)s", {"id": entry_id})
    files = await load_files(tx, file_ids, ticket_id, by=by)
    return Undone(sent.text, Recipients(sent.details.to, sent.details.cc, sent.details.bcc), files, html=sent.html)


async def _put_back(tx: Transaction, ticket: LockedTicket, sent: Sent, *, now: datetime) -> None:
    """Give the ticket the status, wait, sleep and holder that it had before an answer, unless changed since."""
    before = sent.details
    has_newer = ticket.last_message_id != sent.id
    changed = await timeline_queries.fields_changed_after(tx, ticket.id, sent.id)
    # A merged answer knows the status of the ticket that it was written on, not of this one.
    if before.status_before is not None and sent.is_at_home and not has_newer and "status" not in changed:
        sql = """
            update ticket t set status_id = s.id, category = s.category,
                solved_at = case when s.category in ('solved', 'closed') then t.solved_at end,
                closed_at = case when s.category = 'closed' then t.closed_at end
            from status s where s.id = %(status)s and t.id = %(ticket)s"""
        await tx.execute(sql, {"status": before.status_before, "ticket": ticket.id})
    # The customer waits since what the answer would have answered, even if they wrote again meanwhile.
    sql = """
        update ticket set waiting_since = coalesce(%(waiting)s, waiting_since)
        where id = %(ticket)s and category not in ('solved', 'closed')"""
    await tx.execute(sql, {"waiting": before.waiting_before, "ticket": ticket.id})
    if before.is_taken and sent.is_at_home and ticket.assignee_id == sent.author_id and "assignee" not in changed:
        await tx.execute("update ticket set assignee_id = null where id = %(ticket)s", {"ticket": ticket.id})
    is_asleep = sent.is_at_home and before.snoozed_before is not None and before.snoozed_before > now
    if is_asleep and not has_newer and "snooze" not in changed:
        sql = """
            update ticket set snoozed_until = %(until)s
            where id = %(ticket)s and category not in ('solved', 'closed')"""
        await tx.execute(sql, {"until": before.snoozed_before, "ticket": ticket.id})


async def retry_reply(tx: Transaction, ticket_id: int, entry_id: int, *, by: Actor, now: datetime) -> Entry:
    """Send a failed or unconfirmed message again, on purpose.

    Raises:
        NotFound: no such answer, or ``by`` may not see the ticket.
        NotStuck: it is on its way, or has arrived.
        DoNotContact: the customer must not be contacted by its channel any more.

    Emits: DeliveryChanged
    """
    ticket = await ticket_queries.lock_visible_ticket(tx, ticket_id, by=by)
    sent = await lock_sent(tx, ticket_id, entry_id, kinds=["message", "side"], now=now)
    if sent.state not in {"failed", "unconfirmed"}:
        raise NotStuck
    if sent.kind == "message":
        await refuse_barred(tx, ticket.customer_id, sent.channel_kind, reason=sent.details.contact_reason)
    sql = """
        update outbox set state = 'queued', not_before = %(now)s, attempts = 0, problem = null, claimed_at = null
        where entry_id = %(entry)s"""
    await execute(tx, sql, {"now": now, "entry": entry_id})
    fact = DeliveryChanged(ticket_id=ticket_id, team_id=ticket.team_id, entry_id=entry_id, state="queued")
    await emit_all(tx, [fact], by=by, at=now)
    return await reload_entry(tx, entry_id, now=now)
