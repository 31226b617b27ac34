"""Verbs of side conversations: open one by mail or in the app, write, answer, close."""

from collections.abc import Sequence
from datetime import datetime

from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, values
from ombud.shared.errors import Invalid
from ombud.shared.events import emit
from ombud.tickets.events import SideReceived, SideSent
from ombud.tickets.queries.tickets import lock_visible_ticket, require_visible
from ombud.tickets.schemas import Address, EntryDetails, ForwardIn, LockedTicket
from ombud.tickets.services import forwards
from ombud.tickets.services.formatting import Formatted, take_formatted
from ombud.tickets.services.forwards import Letter
from ombud.tickets.services.timeline import add_composed, attach_files, compose_entry, find_made_entry
from ombud.tickets.sides import queries, threads
from ombud.tickets.sides.queries import LockedSide
from ombud.tickets.sides.schemas import (
    AskedMessageIn,
    AskedThread,
    Side,
    SideIn,
    SideMessageIn,
    SideStateIn,
    SideThread,
)


async def list_sides(tx: Transaction, ticket_id: int, *, by: Actor) -> list[Side]:
    """The side conversations of a ticket.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
    """
    return await queries.list_sides(tx, await require_visible(tx, ticket_id, by=by))


async def show_side(tx: Transaction, ticket_id: int, side_id: int, *, by: Actor, now: datetime) -> SideThread:
    """A side conversation with its messages, and whom the next mail goes to.

    Raises:
        NotFound: no such one of a ticket that ``by`` may see.
    """
    found = await queries.find_side(tx, await require_visible(tx, ticket_id, by=by), side_id)
    next_ = await queries.last_recipients(tx, side_id)
    return SideThread(
        **{name: getattr(found, name) for name in Side.__struct_fields__},
        messages=await queries.list_messages(tx, side_id, now=now),
        to=next_.to,
        cc=next_.cc,
    )


async def open_side(
    tx: Transaction, ticket_id: int, data: SideIn, *, by: Actor, now: datetime, undo_seconds: int
) -> SideThread:
    """Ask somebody beside the conversation. By mail it is the same as forwarding; the same key opens one.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
        NotAllowed: mail needs the right to answer.
        Invalid: nobody is asked, mail and app at once, somebody unknown, or nothing to say.
        NoMailbox: the brand has none.
        CustomerAddress: a recipient is on the customer's side.

    Emits: SideChanged, SideSent, NotificationMade
    """
    await require_visible(tx, ticket_id, by=by)
    if bool(data.to) == bool(data.person_ids or data.team_ids):
        raise Invalid("Ask by mail, or colleagues in the app.", fields={"to": "required"})
    if data.to:
        by.require("tickets.reply")
        mail = ForwardIn(
            data.to,
            data.subject,
            data.client_key,
            text=data.text,
            html=data.html,
            cc=data.cc,
            entry_ids=data.entry_ids,
            with_files=data.with_files,
            attachment_ids=data.attachment_ids,
        )
        entry = await forwards.forward(tx, ticket_id, mail, by=by, now=now, undo_seconds=undo_seconds, draft="side-0")
        return await show_side(tx, ticket_id, entry.side_id or 0, by=by, now=now)
    return await _open_in_app(tx, ticket_id, data, by=by, now=now)


async def _open_in_app(tx: Transaction, ticket_id: int, data: SideIn, *, by: Actor, now: datetime) -> SideThread:
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    made = await find_made_entry(tx, ticket_id, data.client_key, kind="side", by=by)
    if made is not None:
        found = await values(tx, int, "select side_id from entry where id = %(id)s", {"id": made})
        return await show_side(tx, ticket_id, found[0], by=by, now=now)
    written = await forwards.written_with_quotes(tx, ticket_id, data, by=by)
    side = await threads.begin_side(tx, ticket, "app", data.subject, by=by, now=now)
    await _ask(tx, side, data)
    await _write_in_app(tx, ticket, side, written, data, by=by, now=now, carried=data.entry_ids * data.with_files)
    await threads.tell_asked(
        tx, side, await queries.asked_people(tx, side.id), await _last_entry(tx, side), by=by, now=now
    )
    return await show_side(tx, ticket_id, side.id, by=by, now=now)


async def _last_entry(tx: Transaction, side: LockedSide) -> int:
    [found] = await values(tx, int, "select max(id) from entry where side_id = %(id)s", {"id": side.id})
    return found


async def _ask(tx: Transaction, side: LockedSide, data: SideIn) -> None:
    sql = """
        insert into side_asked (side_id, person_id, team_id)
        select %(side)s, id, null from person where id = any(%(people)s::bigint[]) and deactivated_at is null
        union all select %(side)s, null, id from team where id = any(%(teams)s::bigint[]) and archived_at is null
        returning side_id"""
    params = {"side": side.id, "people": data.person_ids, "teams": data.team_ids}
    made = await values(tx, int, sql, params)
    if len(made) != len(set(data.person_ids)) + len(set(data.team_ids)):
        raise Invalid("Somebody is not there any more. Choose again.", fields={"person_ids": "unknown"})


def draft_of(side: LockedSide, data: SideIn | SideMessageIn | AskedMessageIn) -> str:
    """The draft in which a message was written: of one that is begun, one that goes on, or none."""
    if isinstance(data, AskedMessageIn):
        return ""
    return "side-0" if isinstance(data, SideIn) else f"side-{side.id}"


async def _write_in_app(
    tx: Transaction,
    ticket: LockedTicket,
    side: LockedSide,
    written: Formatted,
    data: SideIn | SideMessageIn | AskedMessageIn,
    *,
    by: Actor,
    now: datetime,
    carried: Sequence[int] = (),
    is_answer: bool = False,
) -> int:
    details = EntryDetails(subject=side.subject)
    entry = compose_entry(
        ticket.id,
        "side",
        by=by,
        now=now,
        text=written.text,
        html=written.html,
        client_key=data.client_key,
        details=details,
    )
    entry.side_id = side.id
    entry.direction = "in" if is_answer else "out"
    await add_composed(tx, entry, draft=draft_of(side, data))
    await attach_files(tx, entry.id, ticket, data.attachment_ids, by=by, picture_ids=written.picture_ids)
    await forwards.carry_files(tx, entry, list(carried), data.attachment_ids)
    await threads.touch(tx, ticket, now=now)
    place = {"ticket_id": ticket.id, "team_id": ticket.team_id, "entry_id": entry.id, "side_id": side.id}
    await emit(tx, SideReceived(**place) if is_answer else SideSent(**place), by=by, at=now)
    return entry.id


async def write_side(
    tx: Transaction,
    ticket_id: int,
    side_id: int,
    data: SideMessageIn,
    *,
    by: Actor,
    now: datetime,
    undo_seconds: int,
) -> SideThread:
    """Write one more message to those who were asked. The same key writes once.

    Raises:
        NotFound: no such side conversation of a ticket that ``by`` may see.
        NotAllowed: mail needs the right to answer.
        SideClosed: it is closed.
        Invalid: nobody to send to, or nothing to say.
        CustomerAddress: a recipient is on the customer's side.

    Emits: SideSent, NotificationMade
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    await queries.find_side(tx, ticket_id, side_id)
    side = await queries.lock_side(tx, side_id)
    if side.kind == "mail":
        by.require("tickets.reply")
    if await find_made_entry(tx, ticket_id, data.client_key, kind="side", by=by) is None:
        if side.closed_at is not None:
            raise threads.SideClosed
        written = await take_formatted(tx, data.text, data.html, data.attachment_ids, ticket_id=ticket_id, by=by)
        if side.kind == "mail":
            await _write_mail(tx, ticket, side, written, data, by=by, now=now, undo_seconds=undo_seconds)
        else:
            entry_id = await _write_in_app(tx, ticket, side, written, data, by=by, now=now)
            await threads.tell_asked(tx, side, await queries.asked_people(tx, side_id), entry_id, by=by, now=now)
    return await show_side(tx, ticket_id, side_id, by=by, now=now)


async def _write_mail(
    tx: Transaction,
    ticket: LockedTicket,
    side: LockedSide,
    written: Formatted,
    data: SideMessageIn,
    *,
    by: Actor,
    now: datetime,
    undo_seconds: int,
) -> None:
    before = await queries.last_recipients(tx, side.id)
    to: list[Address] = before.to if data.to is None else data.to
    cc: list[Address] = before.cc if data.cc is None else data.cc
    letter = Letter(
        side=side,
        envelope=await forwards.checked_envelope(tx, ticket, to, cc, [], side.subject),
        written=written,
        client_key=data.client_key,
        attachment_ids=data.attachment_ids,
        draft=draft_of(side, data),
    )
    await forwards.send_letter(tx, ticket, letter, by=by, now=now, undo_seconds=undo_seconds)


async def change_state(
    tx: Transaction, ticket_id: int, side_id: int, data: SideStateIn, *, by: Actor, now: datetime
) -> SideThread:
    """Close a side conversation, or open it again; an answer opens it by itself.

    Raises:
        NotFound: no such side conversation of a ticket that ``by`` may see.

    Emits: SideChanged
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    await queries.find_side(tx, ticket_id, side_id)
    side = await queries.lock_side(tx, side_id)
    await threads.set_closed(tx, ticket, side, is_closed=data.is_closed, by=by, now=now)
    return await show_side(tx, ticket_id, side_id, by=by, now=now)


async def show_asked(tx: Transaction, side_id: int, *, by: Actor) -> AskedThread:
    """A side conversation in which the actor was asked, with all they see of the ticket.

    Raises:
        NotFound: there is none.
    """
    found = await queries.find_asked(tx, side_id, by=by)
    return AskedThread(
        **{name: getattr(found, name) for name in Side.__struct_fields__},
        messages=await queries.list_asked_messages(tx, side_id, by=by),
    )


async def read_asked(tx: Transaction, side_id: int, *, by: Actor, now: datetime) -> None:
    """Take what told the actor of a side conversation as read.

    Raises:
        NotFound: they were not asked.
    """
    await queries.find_asked(tx, side_id, by=by)
    sql = """
        update notification set read_at = %(now)s
        where side_id = %(side)s and person_id = %(me)s and ticket_id is null and read_at is null"""
    await tx.execute(sql, {"now": now, "side": side_id, "me": by.person_id})


async def answer_asked(tx: Transaction, side_id: int, data: AskedMessageIn, *, by: Actor, now: datetime) -> AskedThread:
    """Answer as one who was asked; who opened it, and who holds the ticket, are told. The same key answers once.

    Raises:
        NotFound: the actor was not asked.
        SideClosed: it is closed.
        Invalid: there is nothing to say.

    Emits: SideReceived, NotificationMade
    """
    await queries.find_asked(tx, side_id, by=by)
    # The ticket first, as everywhere. Who answers need not see it.
    ticket = await lock_visible_ticket(tx, await queries.ticket_of(tx, side_id), by=SYSTEM)
    side = await queries.lock_side(tx, side_id)
    if await find_made_entry(tx, ticket.id, data.client_key, kind="side", by=by) is None:
        if side.closed_at is not None:
            raise threads.SideClosed
        # No ticket's files are theirs to name: 0.
        written = await take_formatted(tx, data.text, None, data.attachment_ids, ticket_id=0, by=by)
        await _check_own(tx, data.attachment_ids, by=by)
        entry_id = await _write_in_app(tx, ticket, side, written, data, by=by, now=now, is_answer=True)
        await threads.tell_openers(tx, ticket, side, entry_id, by=by, now=now)
    return await show_asked(tx, side_id, by=by)


async def _check_own(tx: Transaction, file_ids: Sequence[int], *, by: Actor) -> None:
    sql = """
        select id from file where id = any(%(ids)s::bigint[])
            and uploaded_by_kind = 'person' and uploaded_by_id = %(me)s"""
    own = await values(tx, int, sql, {"ids": list(file_ids), "me": by.person_id})
    if set(own) != set(file_ids):
        raise Invalid("An attachment is not there any more. Upload it again.", fields={"attachment_ids": "unknown"})
