"""Mail of side conversations, and passing messages on by it: side entries, which no customer ever reads or gets."""

from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, row, rows, value, values
from ombud.shared.errors import Invalid, Unprocessable
from ombud.shared.events import emit
from ombud.shared.lines import one_line
from ombud.shared.written import written_of_text
from ombud.tickets.events import ReplyUndone, SideSent
from ombud.tickets.queries import tickets as queries
from ombud.tickets.queries.tickets import MailRoute
from ombud.tickets.schemas import Address, Entry, EntryDetails, Envelope, ForwardIn, LockedTicket, Recipients, Undone
from ombud.tickets.schemas.values import Addresses
from ombud.tickets.services.formatting import Formatted, take_formatted
from ombud.tickets.services.policy import desk_policy
from ombud.tickets.services.replies import AlreadySent, clean_addresses, lock_sent, queue_entry
from ombud.tickets.services.timeline import (
    add_composed,
    attach_files,
    compose_entry,
    find_made_entry,
    reload_entry,
)
from ombud.tickets.services.uploads import load_files
from ombud.tickets.sides.queries import LockedSide
from ombud.tickets.sides.threads import begin_side, touch

# What programs and people know as the line above a forwarded mail.
RULE = "---------- Forwarded message ----------"


class NoMailbox(Unprocessable):
    """There is no mailbox of this brand to forward from. Set one up, or choose another brand for the ticket."""

    code = "no_mailbox"


class CustomerAddress(Unprocessable):
    """One of these addresses takes part in the conversation with the customer. Write to it with a reply."""

    code = "customer_address"


class _Quoted(Struct):
    id: int
    name: str
    address: str
    at: datetime
    subject: str
    text: str


class Letter(Struct):
    """A mail of a side conversation, ready to go."""

    side: LockedSide
    envelope: Envelope
    written: Formatted
    client_key: str
    attachment_ids: list[int] = []
    # messages whose files go along
    carried_ids: list[int] = []
    # what it was written in, which goes with it
    draft: str = "forward"


async def forward(
    tx: Transaction,
    ticket_id: int,
    data: ForwardIn,
    *,
    by: Actor,
    now: datetime,
    undo_seconds: int,
    draft: str = "forward",
) -> Entry:
    """Open a side conversation by mail with chosen messages of a ticket, one's own words above them.

    The ticket keeps its status and its turn. The same ``client_key`` twice forwards once.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
        Invalid: nobody to send to, nothing to send, or an entry that is no message of this ticket.
        NoMailbox: the brand has none.
        CustomerAddress: a recipient is on the customer's side.
        Unfilled: a placeholder has no value yet.

    Emits: SideChanged, SideSent
    """
    ticket = await queries.lock_visible_ticket(tx, ticket_id, by=by)
    made = await find_made_entry(tx, ticket_id, data.client_key, kind="side", by=by)
    if made is not None:
        return await reload_entry(tx, made, now=now)
    await _mailbox(tx, ticket)
    envelope = await checked_envelope(tx, ticket, data.to, data.cc, data.bcc, data.subject)
    written = await written_with_quotes(tx, ticket_id, data, by=by)
    letter = Letter(
        side=await begin_side(tx, ticket, "mail", data.subject, by=by, now=now),
        envelope=envelope,
        written=written,
        client_key=data.client_key,
        attachment_ids=data.attachment_ids,
        carried_ids=data.entry_ids if data.with_files else [],
        draft=draft,
    )
    return await send_letter(tx, ticket, letter, by=by, now=now, undo_seconds=undo_seconds)


async def send_letter(
    tx: Transaction, ticket: LockedTicket, letter: Letter, *, by: Actor, now: datetime, undo_seconds: int
) -> Entry:
    """Queue one mail of a side conversation; it can be taken back for some seconds.

    Raises:
        NoMailbox: the brand has none.
        Invalid: an attachment is not there any more.

    Emits: SideSent
    """
    route, envelope, written = await _mailbox(tx, ticket), letter.envelope, letter.written
    details = EntryDetails(to=envelope.to, cc=envelope.cc, bcc=envelope.bcc, subject=envelope.subject)
    entry = compose_entry(
        ticket.id,
        "side",
        by=by,
        now=now,
        text=written.text,
        client_key=letter.client_key,
        details=details,
        html=written.html,
        channel_kind="email",
    )
    entry.side_id = letter.side.id
    await add_composed(tx, entry, channel_id=route.channel_id, draft=letter.draft)
    await attach_files(tx, entry.id, ticket, letter.attachment_ids, by=by, picture_ids=written.picture_ids)
    carried = await carry_files(tx, entry, letter.carried_ids, letter.attachment_ids)
    wait = timedelta(seconds=(await desk_policy(tx, undo_seconds=undo_seconds)).undo_seconds)
    entry.delivery = await queue_entry(tx, entry, route, envelope, now=now, wait=wait)
    await touch(tx, ticket, now=now)
    fact = SideSent(ticket_id=ticket.id, team_id=ticket.team_id, entry_id=entry.id, side_id=letter.side.id)
    await emit(tx, fact, by=by, at=now)
    return await reload_entry(tx, entry.id, now=now) if letter.attachment_ids or carried else entry


async def carry_files(tx: Transaction, entry: Entry, entry_ids: list[int], own_ids: list[int]) -> int:
    """Hang the files of chosen messages, which are messages of this ticket by now, on an entry; how many."""
    if not entry_ids:
        return 0
    sql = """
        insert into attachment (entry_id, ticket_id, file_id)
        select distinct %(entry)s::bigint, %(ticket)s::bigint, a.file_id from attachment a
        where a.entry_id = any(%(ids)s) and not a.is_inline and a.file_id <> all(%(own)s)"""
    return await execute(tx, sql, {"entry": entry.id, "ticket": entry.ticket_id, "ids": entry_ids, "own": own_ids})


async def _mailbox(tx: Transaction, ticket: LockedTicket) -> MailRoute:
    sql = """
        select id as channel_id, kind, '' as conversation from channel
        where kind = 'email' and is_active and deleted_at is null
            and (id = %(channel)s or brand_id = %(brand)s)
        order by (id = %(channel)s) desc, id limit 1"""
    found = await row(tx, MailRoute, sql, {"channel": ticket.channel_id, "brand": ticket.brand_id})
    if found is None:
        raise NoMailbox
    return found


async def checked_envelope(
    tx: Transaction, ticket: LockedTicket, to: Addresses, cc: Addresses, bcc: Addresses, subject: str
) -> Envelope:
    """Whom a mail beside the conversation goes to: never the customer's side, never ourselves.

    Raises:
        Invalid: nobody to send to, or an address of the desk.
        CustomerAddress: a recipient is on the customer's side.
    """
    if not to:
        raise Invalid("Say to whom.", fields={"to": "required"})
    to, cc, bcc = (clean_addresses(each) for each in (to, cc, bcc))
    written = {one.address.lower() for one in [*to, *cc, *bcc]}
    shared = written & await customer_side(tx, ticket.id, ticket.customer_id)
    if shared:
        raise CustomerAddress(fields=dict.fromkeys(sorted(shared), "customer_address"))
    if written & set(await queries.own_addresses(tx)):
        raise Invalid("This is an address of the desk itself.", fields={"to": "own_address"})
    return Envelope(to=to, cc=cc, bcc=bcc, subject=one_line(subject))


async def customer_side(tx: Transaction, ticket_id: int, customer_id: int) -> set[str]:
    """Every address that takes part in the conversation or is the customer's, in lower case, except our own."""
    sql = """
        select lower(value) from identity where customer_id = %(customer)s and kind = 'email'
        union select lower(email) from customer where id = %(customer)s and email <> ''
        union select lower(a.one ->> 'address') from public_entry e cross join lateral (
            select e.details -> 'from' union all select e.details -> 'reply_to'
            union all select jsonb_array_elements(coalesce(e.details -> 'to', '[]'))
            union all select jsonb_array_elements(coalesce(e.details -> 'cc', '[]'))
            union all select jsonb_array_elements(coalesce(e.details -> 'bcc', '[]'))) as a (one)
        where e.ticket_id = %(ticket)s and a.one ->> 'address' is not null"""
    found = await values(tx, str, sql, {"customer": customer_id, "ticket": ticket_id})
    return {one for one in found if one} - set(await queries.own_addresses(tx))


class Quoting(Protocol):
    """Whatever is written with messages of the ticket below it."""

    text: str
    html: str | None
    entry_ids: list[int]
    attachment_ids: list[int]


async def written_with_quotes(tx: Transaction, ticket_id: int, data: Quoting, *, by: Actor) -> Formatted:
    """The writer's words, then the messages that they pass on.

    Raises:
        Invalid: there is nothing to say, or an entry is no message of this ticket.
        Unfilled: a placeholder has no value yet.
    """
    quoted = await _quoted(tx, ticket_id, data.entry_ids)
    own, html = Formatted(""), data.html
    if data.text.strip() or html or not (quoted or data.attachment_ids):
        own = await take_formatted(tx, data.text, html, data.attachment_ids, ticket_id=ticket_id, by=by)
    text = "\n\n".join(part for part in [own.text.strip(), quoted] if part)
    html = own.html and (own.html + written_of_text(f"\n{quoted}") if quoted else own.html)
    return Formatted(text, html, own.picture_ids)


async def _quoted(tx: Transaction, ticket_id: int, entry_ids: list[int]) -> str:
    """Each chosen message with who wrote it and when. Notes cannot be chosen."""
    wanted = sorted(set(entry_ids))
    if not wanted:
        return ""
    sql = """
        select e.id, coalesce(e.details -> 'from' ->> 'name', '') as name, e.at, e.text,
            coalesce(e.details -> 'from' ->> 'address', '') as address, coalesce(e.details ->> 'subject', '') as subject
        from entry e where e.ticket_id = %(ticket)s and e.id = any(%(ids)s) and e.kind in ('message', 'side')
            and e.undone_at is null order by e.id"""
    found = await rows(tx, _Quoted, sql, {"ticket": ticket_id, "ids": wanted})
    if len(found) != len(wanted):
        raise Invalid("Only messages of this ticket can be forwarded.", fields={"entry_ids": "unknown"})
    names = await _authors(tx, wanted)
    return "\n\n".join(_block(one, names.get(one.id, "")) for one in found)


class _Named(Struct):
    id: int
    name: str


async def _authors(tx: Transaction, entry_ids: list[int]) -> dict[int, str]:
    """Names as third parties may see them: of our people the display name only."""
    sql = """
        select e.id, case e.author_kind
            when 'person' then
                (select coalesce(nullif(p.display_name, ''), p.name) from person p where p.id = e.author_id)
            when 'customer' then (select c.name from customer c where c.id = e.author_id) else '' end as name
        from entry e where e.id = any(%(ids)s)"""
    return {one.id: one.name or "" for one in await rows(tx, _Named, sql, {"ids": entry_ids})}


def _block(one: _Quoted, author: str) -> str:
    who = f"{one.name or author} <{one.address}>" if one.address else one.name or author
    head = [RULE, f"From: {who}".rstrip(), f"Date: {one.at:%Y-%m-%d %H:%M} UTC"]
    head += [f"Subject: {one.subject}"] if one.subject else []
    return "\n".join([*head, "", one.text.strip()])


async def undo_forward(tx: Transaction, ticket_id: int, entry_id: int, *, by: Actor, now: datetime) -> Undone:
    """Take back a forwarded mail that still waits; its text comes back for the composer's forward.

    Raises:
        NotFound: no such side mail, or ``by`` may not see the ticket.
        AlreadySent: it has left, or is leaving.

    Emits: ReplyUndone
    """
    ticket = await queries.lock_visible_ticket(tx, ticket_id, by=by)
    sent = await lock_sent(tx, ticket_id, entry_id, kinds=["side"], now=now)
    if not sent.is_waiting:
        raise AlreadySent
    await tx.execute("delete from outbox where entry_id = %(entry)s", {"entry": entry_id})
    await tx.execute("update entry set undone_at = %(now)s where id = %(id)s", {"now": now, "id": entry_id})
    await emit(tx, ReplyUndone(ticket_id=ticket_id, team_id=ticket.team_id, entry_id=entry_id), by=by, at=now)
    file_ids = await values(tx, int, "select file_id from attachment where entry_id = %(id)s", {"id": entry_id})
    kept = sent.details
    files = await load_files(tx, file_ids, ticket_id, by=by)
    return Undone(sent.text, Recipients(kept.to, kept.cc, kept.bcc), files, html=sent.html)


async def reaches_customer(tx: Transaction, ticket_id: int, recipients: list[Address]) -> bool:
    """Whether a side mail would go to the customer's side, asked once more when it leaves."""
    customer_id = await value(tx, int, "select customer_id from ticket where id = %(id)s", {"id": ticket_id})
    there = await customer_side(tx, ticket_id, customer_id or 0)
    return any(one.address.lower() in there for one in recipients)
