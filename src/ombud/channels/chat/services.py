"""Verbs of chat: a visitor begins, writes, reads, uploads."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from ombud.channels.chat import limits, queries, tokens
from ombud.channels.chat.rules import UNKNOWN, is_type_allowed, sniffed_type
from ombud.channels.chat.schemas import ContactIn, MessageIn, PageIn, VisitorIn, VisitorOut, VisitorReadIn, WidgetFile
from ombud.channels.chat.tokens import Claims, FileClaim, IdentityRefused, Visitor
from ombud.channels.queries import StoredChannel, open_secrets
from ombud.channels.questions import fitting, load_dropped, load_questions, type_in_use
from ombud.customers.schemas import LONGEST_ADDRESS, CustomerPatch, Sender, normal_value
from ombud.customers.services import change_customer
from ombud.shared.actor import SYSTEM
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Transaction, execute, rows
from ombud.shared.errors import Invalid, NotAllowed, OmbudError, TooLarge
from ombud.shared.events import emit_all
from ombud.shared.files import FileStore
from ombud.shared.lines import one_line
from ombud.tickets.events import DeliveryChanged
from ombud.tickets.schemas import EntryDetails, HostPage, InboundMessage, StoredAttachment
from ombud.tickets.services.intake.door import Arrival
from ombud.tickets.services.uploads import clean_name

MAX_AGE_DAYS = 30


class Blocked(NotAllowed):
    """Messages from here are not taken any more."""

    code = "blocked"


class EmptyMessage(Invalid):
    """Write something or attach a file."""

    code = "empty_message"


class FileTypeRefused(OmbudError):
    """Files of this kind are not taken here."""

    status = 415
    code = "file_type_refused"


class FileTooLarge(TooLarge):
    """The file is larger than this chat takes."""

    code = "file_too_large"


async def begin_visit(
    tx: Transaction, stored: StoredChannel, data: VisitorIn, *, before: Visitor | None, keys: KeyRing, now: datetime
) -> VisitorOut:
    """A token for whoever opened the widget: whom the host page signs, the visitor of before, or a new one.

    Somebody who wrote anonymously and then signs in on the host page keeps the talk, if the signed identity is new.

    Raises:
        IdentityRefused: the host page's signature is not valid, or this widget takes signed visitors only.
    """
    if before is not None and before.channel_id != stored.id:
        before = None
    if data.token is not None:
        secret = open_secrets(stored, keys).get("identity_secret", "")
        claims = tokens.verify_jwt(data.token, secret, now=now)
        visitor = Visitor(stored.id, "external", claims.sub.strip())
        await _know(tx, visitor, claims, before=before, now=now)
        return tokens.issue(keys, visitor, now=now)
    if queries.settings_of(stored.settings).signed_only:
        raise IdentityRefused("This chat is for signed-in customers. Sign in on the page first.")
    # A signed visitor is never renewed by the old token alone: the page must sign again.
    is_known = before is not None and before.kind == "visitor"
    return tokens.issue(keys, before if before and is_known else tokens.new_visitor(stored.id), now=now)


async def _know(tx: Transaction, visitor: Visitor, claims: Claims, *, before: Visitor | None, now: datetime) -> None:
    """Bind a signed identity that is new to the customer who has written anonymously in this browser."""
    if before is None or before.kind != "visitor":
        return
    sql = """
        insert into identity (customer_id, kind, scope, value, verified_at, created_at)
        select i.customer_id, 'external', %(scope)s, %(value)s, %(now)s, %(now)s from identity i
        where i.kind = 'visitor' and i.scope = '' and i.value = %(before)s
            and not exists (select from identity other where other.customer_id = i.customer_id
                            and other.kind = 'external' and other.scope = %(scope)s)
        on conflict (kind, scope, value) do nothing"""
    params = {"scope": visitor.scope, "value": visitor.value, "before": before.value, "now": now}
    if not await execute(tx, sql, params):
        return
    sql = """
        insert into conversation (channel_id, key, ticket_id)
        select channel_id, %(key)s, ticket_id from conversation where channel_id = %(channel)s and key = %(before)s
        on conflict (channel_id, key) do nothing"""
    params = {"channel": visitor.channel_id, "key": visitor.conversation, "before": before.conversation}
    await execute(tx, sql, params)
    sql = """
        insert into ticket_conversation (ticket_id, channel_id, key)
        select ticket_id, channel_id, %(key)s from ticket_conversation
        where channel_id = %(channel)s and key = %(before)s on conflict do nothing"""
    await execute(tx, sql, params)
    place = await queries.load_place(tx, visitor)
    await _write_contact(tx, place, ContactIn(claims.name[:200], claims.email), now=now)


async def accept_message(
    tx: Transaction, visitor: Visitor, data: MessageIn, *, address: str, keys: KeyRing, now: datetime
) -> Arrival:
    """Check a visitor's message and make it ready for the door; nothing is written but what limits count.

    The typed name and address go with it; they prove nothing. Its files must be uploads of the same visitor.

    Raises:
        Blocked: the customer is blocked.
        EmptyMessage: neither text nor file.
        BadFile: a file is not this visitor's.
        LimitReached: too many messages.
    """
    place = await queries.load_place(tx, visitor)
    if place.is_blocked:
        raise Blocked
    text = data.text.replace("\x00", "").strip()
    if not text and not data.attachment_tokens:
        raise EmptyMessage
    await limits.take_message(tx, visitor, address, now=now)
    claims = [tokens.read_file(keys, token, visitor) for token in data.attachment_tokens]
    settings = queries.settings_of(place.settings)
    fields: dict[str, Any] = {}
    if data.fields:
        asked, dropped = await load_questions(tx, settings.questions), await load_dropped(tx, settings.questions)
        fields, text = fitting(asked, dropped, data.fields, text, data.locale or settings.locale_default)
    message = InboundMessage(
        sender=_sender(visitor, data),
        text=text,
        at=now,
        details=EntryDetails(page=_page(data.page)),
        attachments=[StoredAttachment(one.token, one.name, one.type, one.size, one.sha256) for one in claims],
        conversation=visitor.conversation,
        client_key=data.client_key,
        type_id=await type_in_use(tx, settings.type_id),
        fields=fields,
    )
    # The visitor is part of the key: nobody can take another's key away.
    return Arrival(visitor.channel_id, f"{visitor.conversation}:{data.client_key}"[:500], message)


def _sender(visitor: Visitor, data: MessageIn) -> Sender:
    is_verified = visitor.kind == "external"
    return Sender(
        visitor.kind,
        visitor.value,
        visitor.scope,
        is_verified=is_verified,
        name=data.name.strip(),
        email=normal_value("email", data.email),
        # Of somebody new: what we say by itself, and who is asked to talk with them, goes by it.
        locale=data.locale or "",
    )


def _page(page: PageIn) -> HostPage | None:
    if not page.url.startswith(("http://", "https://")):
        return None
    return HostPage(page.url.replace("\x00", ""), page.title.replace("\x00", ""))


async def keep_file(
    tx: Transaction,
    files: FileStore,
    visitor: Visitor,
    name: str,
    data: bytes,
    *,
    address: str,
    keys: KeyRing,
    now: datetime,
) -> WidgetFile:
    """Keep a visitor's upload until a message names it.

    Its type is what its bytes say, not what its name or the browser claims.

    Raises:
        Blocked: the customer is blocked.
        FileTooLarge: larger than the widget's limit.
        FileTypeRefused: of a kind that is not on the widget's list, or empty.
        LimitReached: too many files.
    """
    place = await queries.load_place(tx, visitor)
    if place.is_blocked:
        raise Blocked
    settings = queries.settings_of(place.settings)
    if len(data) > settings.file_max_bytes:
        raise FileTooLarge(f"A file may have at most {settings.file_max_bytes} bytes here.")
    kind = sniffed_type(name, data)
    if not data or not is_type_allowed(kind, settings.file_types) or (kind == UNKNOWN and settings.file_types):
        raise FileTypeRefused
    await limits.take_file(tx, visitor, address, now=now)
    stored = await files.put(data)
    cleaned = clean_name(name)
    sql = """
        insert into file (token, name, type, size, sha256, uploaded_by_kind, created_at)
        values (%(token)s, %(name)s, %(type)s, %(size)s, %(sha256)s, 'visitor', %(now)s)"""
    params = {"token": stored.token, "name": cleaned, "type": kind, "size": stored.size, "now": now}
    await execute(tx, sql, params | {"sha256": stored.sha256})
    claim = FileClaim(visitor.topic, stored.token, cleaned, kind, stored.size, stored.sha256.hex())
    url = queries.file_url(stored.token, cleaned)
    return WidgetFile(cleaned, kind, stored.size, url, tokens.issue_file(keys, claim))


class Receipt(Struct):
    """An answer that a widget confirmed for the first time."""

    entry_id: int
    ticket_id: int
    team_id: int


async def confirm(tx: Transaction, visitor: Visitor, data: VisitorReadIn, *, now: datetime) -> int:
    """Note that answers up to one have reached the widget, or were seen; how many were not confirmed before.

    Emits: DeliveryChanged
    """
    place = await queries.load_place(tx, visitor)
    if place.customer_id is None:
        return 0
    sql = f"""
        update outbox o set
            delivered_at = coalesce(o.delivered_at, %(now)s),
            read_at = case when %(is_read)s then coalesce(o.read_at, %(now)s) else o.read_at end,
            state = case when o.state = 'sent' then 'delivered' else o.state end
        from ticket t cross join (select %(channel)s::bigint as channel_id, %(key)s::text as key) w
        where t.id = o.ticket_id and t.customer_id = %(customer)s and (
                (t.channel_id = w.channel_id and {queries.own("t")}) or exists (
                select from ticket s where s.merged_into_id = t.id and s.customer_id = t.customer_id
                    and s.channel_id = w.channel_id and {queries.own("s")}))
            and o.entry_id <= %(entry)s and o.created_at > %(now)s - make_interval(days => %(days)s)
            and (o.delivered_at is null or (%(is_read)s and o.read_at is null))
        returning o.entry_id, t.id as ticket_id, t.team_id"""
    params = {"customer": place.customer_id, "channel": visitor.channel_id, "entry": data.entry_id, "now": now}
    params |= {"key": place.key}
    found = await rows(tx, Receipt, sql, params | {"is_read": data.state == "read", "days": MAX_AGE_DAYS})
    facts = [
        DeliveryChanged(ticket_id=one.ticket_id, team_id=one.team_id, entry_id=one.entry_id, state="delivered")
        for one in sorted(found, key=lambda one: one.entry_id)
    ]
    await emit_all(tx, facts, by=SYSTEM, at=now)
    return len(found)


async def note_contact(tx: Transaction, visitor: Visitor, data: ContactIn, *, now: datetime) -> None:
    """Keep name and address that a visitor typed after the first message; they prove nothing.

    Raises:
        Blocked: the customer is blocked.

    Emits: CustomerChanged
    """
    place = await queries.load_place(tx, visitor)
    if place.is_blocked:
        raise Blocked
    await _write_contact(tx, place, data, now=now)


async def _write_contact(tx: Transaction, place: queries.Place, data: ContactIn, *, now: datetime) -> None:
    if place.customer_id is None:
        return
    email = normal_value("email", data.email)
    # A part of an address would be somebody else's.
    wanted = {"name": one_line(data.name), "email": email if len(email) <= LONGEST_ADDRESS else ""}
    patch = msgspec.convert({name: text for name, text in wanted.items() if text}, CustomerPatch)
    await change_customer(tx, place.customer_id, patch, by=SYSTEM, now=now)
