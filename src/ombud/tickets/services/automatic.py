"""Messages to customers that nobody wrote by hand: few, never to machines, and never with a gap in them."""

from datetime import datetime, timedelta

from ombud.customers.queries.details import quiet_hours_end
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value
from ombud.shared.errors import LimitReached, Unprocessable
from ombud.shared.events import emit
from ombud.tickets.events import ReplySent
from ombud.tickets.schemas import EntryDetails, LockedTicket, MachineNote, ReplyIn
from ombud.tickets.services.placeholders import fill_lines, values_of
from ombud.tickets.services.replies import queue_entry, way_out
from ombud.tickets.services.timeline import add_composed, compose_entry

MOST_A_DAY = 5
WINDOW = timedelta(hours=24)
# What the mail's reader says of a mail that a machine may answer.
ALLOWED = "allowed"


class MachineWrote(Unprocessable):
    """The newest mail was written by a machine, or may not be answered by one. Nothing was sent."""

    code = "automatic_mail"


class CustomerBlocked(Unprocessable):
    """The customer is blocked. Nothing was sent."""

    code = "customer_blocked"


class NothingToSay(Unprocessable):
    """No line is left of the text: each has a placeholder without a value. Nothing was sent."""

    code = "nothing_to_say"


class EnoughForToday(LimitReached):
    """This customer has got as many automatic messages today as one may. Nothing was sent."""

    code = "automatic_limit"


async def fill_text(tx: Transaction, ticket: LockedTicket, text: str) -> str:
    """A text with a ticket's own words, by its holder; a line with a placeholder without a value is left out."""
    return fill_lines(text, await values_of(tx, ticket.id, ticket.assignee_id)).strip()


async def send_automatic(
    tx: Transaction, ticket: LockedTicket, text: str, *, client_key: str, by: Actor, now: datetime
) -> int | None:
    """Write to the customer of a locked ticket by itself; gives the entry, or None if it was sent before.

    The ticket stays as it is: nobody has answered. In the customer's quiet hours it leaves at their end.

    Raises:
        NothingToSay: every line has a placeholder without a value.
        MachineWrote: the newest mail is one that no machine answers.
        CustomerBlocked: the customer is blocked.
        EnoughForToday: the customer got five within a day.
        NoWayOut: no channel, or no address, to write to.
        DoNotContact: the customer must not be contacted by this channel.

    Emits: ReplySent
    """
    filled = await fill_text(tx, ticket, text)
    if not filled:
        raise NothingToSay
    await _refuse_unwanted(tx, ticket)
    await _refuse_many(tx, ticket, now=now)
    return await _send(tx, ticket, filled, None, client_key=client_key, by=by, now=now)


async def send_as_machine(
    tx: Transaction, ticket: LockedTicket, text: str, note: MachineNote, *, client_key: str, by: Actor, now: datetime
) -> int | None:
    """Say something to the customer of a locked ticket as the machine that it is, with what it knows of it.

    Like ``send_automatic``, word for word and without its number a day: whoever calls this counts by themselves.

    Raises:
        MachineWrote: the newest mail is one that no machine answers.
        CustomerBlocked: the customer is blocked.
        NoWayOut: no channel, or no address, to write to.
        DoNotContact: the customer must not be contacted by this channel.

    Emits: ReplySent
    """
    await _refuse_unwanted(tx, ticket)
    return await _send(tx, ticket, text, note, client_key=client_key, by=by, now=now)


async def _send(
    tx: Transaction,
    ticket: LockedTicket,
    text: str,
    note: MachineNote | None,
    *,
    client_key: str,
    by: Actor,
    now: datetime,
) -> int | None:
    # To the one person only: who is in copy has not asked.
    route, envelope = await way_out(tx, ticket, ReplyIn(text, client_key, cc=[]))
    envelope.is_automatic = True
    details = EntryDetails(to=envelope.to, subject=envelope.subject, machine=note)
    answer = compose_entry(
        ticket.id,
        "message",
        by=by,
        now=now,
        text=text,
        client_key=client_key,
        details=details,
        channel_kind=route.kind,
    )
    if not await add_composed(tx, answer, channel_id=route.channel_id):
        return None
    quiet = await quiet_hours_end(tx, ticket.customer_id, now=now) if route.kind == "email" else None
    await queue_entry(tx, answer, route, envelope, now=now, wait=(quiet or now) - now)
    sql = "update ticket set message_count = message_count + 1, version = version + 1 where id = %(ticket)s"
    await tx.execute(sql, {"ticket": ticket.id})
    fact = ReplySent(ticket_id=ticket.id, team_id=ticket.team_id, entry_id=answer.id, is_automatic=True)
    await emit(tx, fact, by=by, at=now)
    return answer.id


async def _refuse_unwanted(tx: Transaction, ticket: LockedTicket) -> None:
    sql = """
        select details from public_entry where ticket_id = %(ticket)s and direction = 'in' order by id desc limit 1"""
    newest = await value(tx, EntryDetails, sql, {"ticket": ticket.id}) or EntryDetails()
    is_machine = newest.from_ is not None and newest.auto_answer != ALLOWED
    if is_machine or newest.kind != "normal":
        raise MachineWrote
    sql = "select is_blocked from customer where id = %(id)s"
    if await value(tx, bool, sql, {"id": ticket.customer_id}):
        raise CustomerBlocked


async def _refuse_many(tx: Transaction, ticket: LockedTicket, *, now: datetime) -> None:
    # What a machine says when it is asked is no letter of its own accord.
    sql = """
        select count(*) from ticket t join public_entry e on e.ticket_id = t.id
        where t.customer_id = %(customer)s and e.author_kind = 'system' and e.direction = 'out' and e.at > %(since)s
            and not e.details ? 'machine'"""
    sent = await value(tx, int, sql, {"customer": ticket.customer_id, "since": now - WINDOW}) or 0
    if sent >= MOST_A_DAY:
        raise EnoughForToday
