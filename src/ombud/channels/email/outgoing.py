"""What a mail on its way out consists of: read from the outbox, never from anything internal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.channels.email.compose import OutgoingFile, OutgoingMail
from ombud.channels.email.letter import letter_html
from ombud.channels.email.schemas import MailAddress
from ombud.channels.email.signature import signature_of
from ombud.channels.email.tokens import (
    make_message_id,
    make_side_message_id,
    sign_reply_address,
    sign_side_address,
    sign_subject,
)
from ombud.channels.settings import EmailSettings
from ombud.channels.system_mail import SealedMail, sealed_place
from ombud.shared.actor import SYSTEM
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Transaction, execute, row, rows, value, values
from ombud.shared.events import emit
from ombud.shared.files import FileStore
from ombud.shared.written import clean_written
from ombud.tickets.events import DeliveryChanged
from ombud.tickets.schemas import Address, Envelope
from ombud.tickets.services.forwards import reaches_customer
from ombud.tickets.services.timeline import Told, notify_all

# Refusals that the other side calls temporary are tried again after these pauses; then the mail has failed.
BACK_OFF_SECONDS = (30, 120, 600, 1_800, 7_200, 21_600)


class ClaimedMail(Struct):
    """An outbox row that is ours to send: it says *sending* in the database before we talk to the outside."""

    id: int
    channel_id: int
    ticket_id: int | None
    entry_id: int | None
    entry_kind: str
    attempts: int
    envelope: Envelope
    sealed: bytes | None


async def claim_mail(tx: Transaction, channel_id: int, key: bytes, domain: str, *, now: datetime) -> ClaimedMail | None:
    """Take the next due mail of a mailbox and mark it as *sending*; it gets its Message-ID here, once and for all."""
    sql = """
        select id, channel_id, ticket_id, entry_id, entry_kind, attempts, envelope, sealed from outbox
        where state = 'queued' and channel_id = %(channel)s and not_before <= %(now)s
        order by not_before, id limit 1 for update skip locked"""
    found = await row(tx, ClaimedMail, sql, {"channel": channel_id, "now": now})
    if found is None:
        return None
    if not found.envelope.message_id:
        is_side = found.entry_kind == "side"
        made = make_side_message_id(domain) if is_side else make_message_id(found.ticket_id or 0, key, domain)
        found.envelope.message_id = made
    sql = "update outbox set state = 'sending', claimed_at = %(now)s, envelope = %(envelope)s where id = %(id)s"
    await tx.execute(sql, {"now": now, "id": found.id, "envelope": Jsonb(msgspec.to_builtins(found.envelope))})
    if found.entry_id is not None:
        # Before it leaves: an answer may be here sooner than our own commit of "sent".
        sql = """
            insert into mail_reference (message_id, entry_id, ticket_id)
            select %(name)s, id, ticket_id from entry where id = %(entry)s on conflict do nothing"""
        params = {"name": found.envelope.message_id, "entry": found.entry_id}
        await tx.execute(sql, params)
    return found


class _Written(Struct):
    text: str
    html: str | None
    author_id: int | None
    side_id: int | None = None


class _File(Struct):
    id: int
    token: str
    name: str
    type: str
    content_id: str | None


FILES = """
    select f.id, f.token, f.name, f.type, case when a.is_inline then a.content_id end as content_id
    from attachment a join file f on f.id = a.file_id"""


def mail_addresses(addresses: Sequence[Address]) -> list[MailAddress]:
    """Addresses as the mail engine has them."""
    return [MailAddress(one.name, one.address) for one in addresses]


async def build_mail(
    tx: Transaction,
    claimed: ClaimedMail,
    settings: EmailSettings,
    files: FileStore,
    key_ring: KeyRing,
    *,
    key: bytes,
    now: datetime,
) -> OutgoingMail:
    """The mail of a claimed row: a system mail is unsealed, a reply is read through the view of public entries."""
    from_ = MailAddress(settings.sender_name, settings.address)
    if claimed.sealed is not None:
        opened = key_ring.open(claimed.sealed, place=sealed_place(claimed.id))
        letter = msgspec.json.decode(opened, type=SealedMail)
        to = [MailAddress("", letter.to)]
        return _mail(claimed, from_, to, letter.subject, letter.text, now, is_automatic=True)
    if claimed.entry_kind == "side":
        return await build_side_mail(tx, claimed, settings, files, key=key, now=now)
    ticket_id = claimed.ticket_id or 0
    sql = """
        select e.text, e.html, case e.author_kind when 'person' then e.author_id end as author_id
        from public_entry e where e.id = %(id)s"""
    reply = await row(tx, _Written, sql, {"id": claimed.entry_id}) or _Written("", None, None)
    if claimed.envelope.label:
        # What a machine wrote has no marks of its own.
        reply.text, reply.html = f"{claimed.envelope.label}\n\n{reply.text}", None
    subject = claimed.envelope.subject
    if settings.threading.subject_token:
        subject = sign_subject(ticket_id, key, subject)
    answer_to = sign_reply_address(ticket_id, key, settings.address) if settings.threading.plus_address else ""
    chain = await _chain(tx, ticket_id, claimed.entry_id or 0)
    mail = _mail(claimed, from_, mail_addresses(claimed.envelope.to), _answer(subject, chain), "", now)
    sql = f"{FILES} join public_entry e on e.id = a.entry_id where e.id = %(entry)s order by a.id"
    return _with(
        mail,
        **await _body(tx, claimed, reply, sql, files),
        cc=mail_addresses(claimed.envelope.cc),
        bcc=mail_addresses(claimed.envelope.bcc),
        reply_to=[MailAddress(settings.sender_name, answer_to)] if answer_to else [],
        in_reply_to=chain[-1] if chain else "",
        references=chain,
    )


class SideLeak(ValueError):
    """The address takes part in the conversation with the customer by now. It was not sent; write a reply instead."""

    def __init__(self) -> None:
        super().__init__((self.__doc__ or "").strip())


async def build_side_mail(
    tx: Transaction, claimed: ClaimedMail, settings: EmailSettings, files: FileStore, *, key: bytes, now: datetime
) -> OutgoingMail:
    """A mail to a third party: threaded with those of its side conversation alone, where its answer address leads.

    Raises:
        SideLeak: a recipient is on the customer's side by now.
    """
    ticket_id, entry_id, envelope = claimed.ticket_id or 0, claimed.entry_id or 0, claimed.envelope
    if await reaches_customer(tx, ticket_id, [*envelope.to, *envelope.cc, *envelope.bcc]):
        raise SideLeak
    sql = """
        select e.text, e.html, case e.author_kind when 'person' then e.author_id end as author_id, e.side_id
        from entry e where e.id = %(id)s and e.kind = 'side' and e.direction = 'out' and e.undone_at is null"""
    written = await row(tx, _Written, sql, {"id": entry_id}) or _Written("", None, None)
    from_ = MailAddress(settings.sender_name, settings.address)
    side_id = written.side_id or 0
    chain = await _side_chain(tx, side_id, entry_id)
    mail = _mail(claimed, from_, mail_addresses(envelope.to), _answer(envelope.subject, chain), "", now)
    answer_to = sign_side_address(side_id, key, settings.address) if settings.threading.plus_address else ""
    sql = f"{FILES} join entry e on e.id = a.entry_id where e.id = %(entry)s and e.kind = 'side' order by a.id"
    return _with(
        mail,
        **await _body(tx, claimed, written, sql, files),
        cc=mail_addresses(envelope.cc),
        bcc=mail_addresses(envelope.bcc),
        reply_to=[MailAddress(settings.sender_name, answer_to)] if answer_to else [],
        in_reply_to=chain[-1] if chain else "",
        references=chain,
    )


def _mail(
    claimed: ClaimedMail,
    from_: MailAddress,
    to: list[MailAddress],
    subject: str,
    text: str,
    now: datetime,
    *,
    is_automatic: bool = False,
) -> OutgoingMail:
    return OutgoingMail(
        from_=from_,
        to=to,
        subject=subject,
        text=text,
        date=now,
        message_id=claimed.envelope.message_id,
        is_automatic=is_automatic or claimed.envelope.is_automatic,
    )


def _with(mail: OutgoingMail, **changes: Any) -> OutgoingMail:
    return msgspec.structs.replace(mail, **changes)


def _answer(subject: str, chain: Sequence[str]) -> str:
    return f"Re: {subject}" if chain and not subject.lower().startswith("re:") else subject


def _signed(text: str, signature: str) -> str:
    return f"{text.rstrip()}\n\n-- \n{signature}\n" if signature else f"{text.rstrip()}\n"


async def _chain(tx: Transaction, ticket_id: int, entry_id: int) -> list[str]:
    """Message-IDs of the ticket's mails before this one, oldest first: References, with the newest as In-Reply-To."""
    sql = """
        select r.message_id from mail_reference r join public_entry e on e.id = r.entry_id
        where r.ticket_id = %(ticket)s and r.entry_id < %(entry)s order by r.entry_id desc limit 20"""
    return (await values(tx, str, sql, {"ticket": ticket_id, "entry": entry_id}))[::-1]


async def _side_chain(tx: Transaction, side_id: int, entry_id: int) -> list[str]:
    """The same of a side conversation: never a mail of the customer's, nor of another side conversation."""
    sql = """
        select r.message_id from mail_reference r join entry e on e.id = r.entry_id
        where e.side_id = %(side)s and e.kind = 'side' and e.undone_at is null and r.entry_id < %(entry)s
        order by r.entry_id desc limit 20"""
    return (await values(tx, str, sql, {"side": side_id, "entry": entry_id}))[::-1]


async def _body(tx: Transaction, claimed: ClaimedMail, written: _Written, sql: str, files: FileStore) -> dict[str, Any]:
    """Text, HTML where it was written with marks, and files; those that the HTML shows have a Content-ID."""
    signature = await signature_of(tx, claimed.ticket_id or 0, claimed.channel_id, written.author_id)
    found = await rows(tx, _File, sql, {"entry": claimed.entry_id or 0})
    # Unique to this mail: programs that show a whole thread keep its pictures by their ids.
    names = {one.content_id: f"{one.content_id}.{claimed.envelope.message_id}" for one in found if one.content_id}
    # Once more at the door: what was kept before marks were made safe on the way in may be anything.
    html = clean_written(written.html, file_ids=[one.id for one in found]) if written.html else ""
    return {
        "text": _signed(written.text, signature),
        "html": letter_html(html, signature, names) if html else "",
        "attachments": [await _load_file(one, names, files) for one in found],
    }


async def _load_file(one: _File, names: dict[str, str], files: FileStore) -> OutgoingFile:
    content_id = names.get(one.content_id or "", "")
    return OutgoingFile(name=one.name, type=one.type, data=await files.get(one.token), content_id=content_id)


async def note_sent(tx: Transaction, claimed: ClaimedMail, problem: str, *, now: datetime) -> None:
    """The other side has taken the mail; ``problem`` names recipients that it refused.

    Emits: DeliveryChanged
    """
    sql = """
        update outbox set state = 'sent', sent_at = %(now)s, problem = nullif(%(problem)s, ''), sealed = null,
            attempts = attempts + 1 where id = %(id)s"""
    await tx.execute(sql, {"now": now, "problem": problem, "id": claimed.id})
    await _announce(tx, claimed, "sent", now=now)


async def note_refused(tx: Transaction, claimed: ClaimedMail, problem: str, *, is_final: bool, now: datetime) -> None:
    """The other side surely has not taken the mail: try again later, or give up.

    Emits: DeliveryChanged
    """
    is_over = is_final or claimed.attempts >= len(BACK_OFF_SECONDS)
    pause = 0 if is_over else BACK_OFF_SECONDS[claimed.attempts]
    sql = """
        update outbox set state = %(state)s, attempts = attempts + 1, problem = %(problem)s, claimed_at = null,
            not_before = %(now)s + make_interval(secs => %(pause)s) where id = %(id)s"""
    state = "failed" if is_over else "queued"
    await tx.execute(sql, {"state": state, "problem": problem[:500], "now": now, "pause": pause, "id": claimed.id})
    await _announce(tx, claimed, state, now=now)


async def note_unconfirmed(tx: Transaction, claimed: ClaimedMail, problem: str, *, now: datetime) -> None:
    """The mail was handed over and no answer came: it may have arrived, so it is never sent again by itself.

    Emits: DeliveryChanged
    """
    sql = "update outbox set state = 'unconfirmed', attempts = attempts + 1, problem = %(problem)s where id = %(id)s"
    await tx.execute(sql, {"problem": problem[:500], "id": claimed.id})
    await _announce(tx, claimed, "unconfirmed", now=now)


class _Place(Struct):
    id: int
    team_id: int


async def _announce(tx: Transaction, claimed: ClaimedMail, state: str, *, now: datetime) -> None:
    if claimed.entry_id is None or claimed.ticket_id is None:
        return
    # Where it stands now: the ticket may have been merged while the mail was on its way.
    sql = "select t.id, t.team_id from entry e join ticket t on t.id = e.ticket_id where e.id = %(id)s"
    found = await row(tx, _Place, sql, {"id": claimed.entry_id})
    if found is None:
        return
    place = {"ticket_id": found.id, "team_id": found.team_id}
    await emit(tx, DeliveryChanged(**place, entry_id=claimed.entry_id, state=state), by=SYSTEM, at=now)
    if state in {"failed", "unconfirmed"}:
        sql = "select author_id from entry where id = %(id)s and author_kind = 'person'"
        author = await value(tx, int, sql, {"id": claimed.entry_id})
        if author is not None:
            told = [Told(author, found.id, found.team_id, claimed.entry_id)]
            await notify_all(tx, "delivery_failed", told, by=SYSTEM, now=now)


async def sweep_lost(tx: Transaction, *, before: datetime, now: datetime) -> int:
    """Mails whose sender died while sending become *unconfirmed*; how many.

    Emits: DeliveryChanged
    """
    sql = """
        select id, channel_id, ticket_id, entry_id, entry_kind, attempts, envelope, sealed from outbox
        where state = 'sending' and claimed_at < %(before)s order by id limit 100 for update skip locked"""
    lost = await rows(tx, ClaimedMail, sql, {"before": before})
    for claimed in lost:
        await note_unconfirmed(tx, claimed, "The process ended while the mail was being sent.", now=now)
    return len(lost)


async def has_due_mail(tx: Transaction, channel_id: int, *, now: datetime) -> bool:
    """Whether a mailbox has something to send now."""
    sql = """
        select exists (select from outbox
            where state = 'queued' and channel_id = %(channel)s and not_before <= %(now)s)"""
    return bool(await value(tx, bool, sql, {"channel": channel_id, "now": now}))


async def note_health(tx: Transaction, channel_id: int, part: str, problem: str, *, now: datetime) -> None:
    """Remember how a mailbox's connection went, for its settings page and the doctor."""
    sql = """
        update channel set health = health || jsonb_build_object(%(part)s::text, %(state)s::jsonb)
        where id = %(id)s and (health -> %(part)s ->> 'problem') is distinct from %(problem)s"""
    state = Jsonb({"ok": not problem, "problem": problem, "at": now.isoformat()})
    await execute(tx, sql, {"part": part, "state": state, "problem": problem, "id": channel_id})
