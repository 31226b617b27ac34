"""From the raw original at the door to a message that intake can thread: parsed, files stored, traces read."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from psycopg import OperationalError

from ombud.channels.email.guard import judge_mail
from ombud.channels.email.html import has_remote_images, sanitise_html
from ombud.channels.email.parse import parse_mail, records_wanted
from ombud.channels.email.resolver import MailResolver, Records
from ombud.channels.email.schemas import MailAddress, MailAttachment, MailKind, ParsedMail
from ombud.channels.email.tokens import read_message_ids, read_reply_token, read_side_token, read_subject_token
from ombud.channels.settings import EmailSettings
from ombud.customers.schemas import Sender, normal_value
from ombud.shared.clock import Clock
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Database, Transaction, rows
from ombud.shared.errors import Invalid
from ombud.shared.files import FileStore
from ombud.tickets.queries.tickets import own_addresses
from ombud.tickets.schemas import Address, BounceRecipient, EntryDetails, InboundMessage, StoredAttachment
from ombud.tickets.services.intake.work import note_failure
from ombud.tickets.services.uploads import clean_name, file_url

log = logging.getLogger(__name__)
BATCH = 10
PURPOSE = "mail"
MAX_TEXT_CHARACTERS = 500_000
HEAD_BYTES = 1_000_000


class UnreadMail(Struct):
    """A raw mail that waits to be read."""

    id: int
    channel_id: int
    received_at: datetime
    raw: bytes | None
    raw_file: str | None
    settings: EmailSettings


async def read_mails(
    database: Database, files: FileStore, key_ring: KeyRing, clock: Clock, resolver: MailResolver | None = None
) -> int:
    """Read some raw mails; how many. One that cannot be read gets an attempt and its reason; it stops nobody.

    With a resolver, mails that our server has not checked are checked here; all of them together wait two seconds
    for the DNS at most.
    """
    async with database.transaction() as tx:
        waiting = await _claim(tx)
        records = await _look_up(waiting, files, resolver) if resolver else None
        for mail in waiting:
            await _read_one(tx, mail, files, key_ring, records, now=clock.now())
    return len(waiting)


async def _look_up(waiting: Sequence[UnreadMail], files: FileStore, resolver: MailResolver) -> Records:
    """Records for all mails at once, by their heads."""
    names: list[str] = []
    for mail in waiting:
        names.extend(records_wanted(await _head_of(mail, files), mail.settings.authserv_id))
    return await resolver.look_up(names)


async def _head_of(mail: UnreadMail, files: FileStore) -> bytes:
    if mail.raw is not None:
        return mail.raw[:HEAD_BYTES]
    try:
        async for chunk in files.chunks(mail.raw_file or ""):
            return chunk[:HEAD_BYTES]
    except Exception:  # noqa: BLE001 -- whatever keeps it from being read is told when it is read in full
        return b""
    return b""


async def _claim(tx: Transaction) -> list[UnreadMail]:
    sql = """
        select i.id, i.channel_id, i.received_at, i.raw, i.raw_file, c.settings
        from inbox i join channel c on c.id = i.channel_id
        where i.state = 'unread' order by i.id limit %(limit)s for update of i skip locked"""
    return await rows(tx, UnreadMail, sql, {"limit": BATCH})


async def _read_one(
    tx: Transaction,
    mail: UnreadMail,
    files: FileStore,
    key_ring: KeyRing,
    records: Records | None,
    *,
    now: datetime,
) -> None:
    try:
        raw = mail.raw if mail.raw is not None else await files.get(mail.raw_file or "")
        authserv_id = mail.settings.authserv_id
        parsed = await asyncio.to_thread(parse_mail, raw, authserv_id=authserv_id, records=records)
        message = await build_message(parsed, mail.settings, files, key=key_ring.derive(PURPOSE), at=mail.received_at)
        own = [*await own_addresses(tx), mail.settings.address.lower()]
        message.details.auto_answer = judge_mail(parsed, own=own, at=mail.received_at)
        async with tx.transaction():
            await _keep(tx, mail.id, message)
    except OperationalError:
        raise
    except Exception as problem:
        log.exception("Mail %s could not be read", mail.id)
        async with tx.transaction():
            await note_failure(tx, mail.id, mail.channel_id, f"{type(problem).__name__}: {problem}"[:500], now=now)


async def _keep(tx: Transaction, inbox_id: int, message: InboundMessage) -> None:
    sql = "update inbox set message = %(message)s::jsonb, state = 'waiting' where id = %(id)s"
    await tx.execute(sql, {"message": msgspec.json.encode(message).decode(), "id": inbox_id})


async def build_message(
    parsed: ParsedMail, settings: EmailSettings, files: FileStore, *, key: bytes, at: datetime
) -> InboundMessage:
    """A parsed mail as intake takes it; its files are in the store.

    Raises:
        Invalid: it has no sender, so there is nobody to answer.
    """
    author = next((one for one in [*parsed.from_, *parsed.sender, *parsed.reply_to] if "@" in one.address), None)
    if author is None and parsed.kind is MailKind.NORMAL:
        raise Invalid("The mail names no sender that could be answered.")
    author = author or MailAddress("", "mailer-daemon@unknown.invalid")
    stored = [await _store(one, files) for one in parsed.attachments]
    traces = settings.threading
    html = _shown_html(parsed, stored)
    return InboundMessage(
        sender=_sender(author, parsed),
        text=_clean(parsed.reply.strip() or parsed.text.strip() or _only_files(stored)),
        at=parsed.date or at,
        subject=_clean(parsed.subject)[:500],
        html=html,
        quoted=_clean(parsed.quoted) or None,
        details=_details(author, parsed, has_images=bool(html) and has_remote_images(html or "")),
        attachments=stored,
        message_id=parsed.message_id,
        references=_references(parsed) if traces.references else [],
        proven_ticket_ids=_proven(parsed, settings, key),
        side_ids=_side(parsed, key),
        hinted_ticket_ids=_hinted(parsed, key) if traces.subject_token else [],
        about_message_ids=[parsed.original_message_id] if parsed.original_message_id else [],
        kind=parsed.kind.value,
        bounce_recipients=[BounceRecipient(one.address, one.status, one.hard) for one in parsed.recipients],
    )


def _clean(text: str) -> str:
    return text.replace("\x00", "")[:MAX_TEXT_CHARACTERS]


def _only_files(stored: Sequence[StoredAttachment]) -> str:
    return ", ".join(one.name for one in stored)


def _sender(author: MailAddress, parsed: ParsedMail) -> Sender:
    address = normal_value("email", author.address)
    verified = parsed.authentication.is_aligned
    return Sender("email", address, is_verified=verified, name=_clean(author.name)[:200], email=address)


def _address(one: MailAddress) -> Address:
    return Address(_clean(one.address)[:320], _clean(one.name)[:200])


def _details(author: MailAddress, parsed: ParsedMail, *, has_images: bool) -> EntryDetails:
    checked = parsed.authentication
    results = {"spf": checked.spf, "dkim": checked.dkim, "dmarc": checked.dmarc}
    answer_to = next((one for one in parsed.reply_to if "@" in one.address), None)
    return EntryDetails(
        from_=_address(author),
        reply_to=_address(answer_to) if answer_to and answer_to.address != author.address else None,
        # A mail to thousands is kept raw; the page needs to know some of them.
        to=[_address(one) for one in parsed.to if "@" in one.address][:100],
        cc=[_address(one) for one in parsed.cc if "@" in one.address][:100],
        subject=_clean(parsed.subject)[:500],
        authentication={name: result for name, result in results.items() if result},
        has_remote_images=has_images,
    )


def _references(parsed: ParsedMail) -> list[str]:
    """What the mail answers, the nearest first."""
    chain = [parsed.in_reply_to, *reversed(parsed.references)]
    return list(dict.fromkeys(one for one in chain if one))[:50]


def _proven(parsed: ParsedMail, settings: EmailSettings, key: bytes) -> list[int]:
    found: list[int] = []
    if settings.threading.references:
        found.extend(_one(read_message_ids([*parsed.references, parsed.in_reply_to], key)))
    if settings.threading.plus_address:
        for address in [*parsed.to, *parsed.cc]:
            found.extend(_one(read_reply_token(address.address, key)))
    return list(dict.fromkeys(found))


def _side(parsed: ParsedMail, key: bytes) -> list[int]:
    """Side conversations whose people were given one of these addresses; read whatever the settings say by now."""
    return [one for address in [*parsed.to, *parsed.cc] for one in _one(read_side_token(address.address, key))]


def _hinted(parsed: ParsedMail, key: bytes) -> list[int]:
    return _one(read_subject_token(parsed.subject, key))


def _one(ticket_id: int | None) -> list[int]:
    return [] if ticket_id is None else [ticket_id]


async def _store(attachment: MailAttachment, files: FileStore) -> StoredAttachment:
    kept = await files.put(attachment.data)
    return StoredAttachment(
        kept.token,
        clean_name(_clean(attachment.name)),
        attachment.type,
        kept.size,
        kept.sha256.hex(),
        content_id=attachment.content_id or None,
        is_inline=attachment.is_inline,
    )


def _shown_html(parsed: ParsedMail, stored: Sequence[StoredAttachment]) -> str | None:
    if not parsed.html.strip():
        return None
    urls = {one.content_id: file_url(one.token, one.name) for one in stored if one.content_id}
    return sanitise_html(_clean(parsed.html), urls)
