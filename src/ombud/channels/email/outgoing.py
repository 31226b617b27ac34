"""What a mail on its way out consists of: read from the outbox, never from anything internal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.channels.email.compose import OutgoingFile, OutgoingMail
from ombud.channels.email.schemas import MailAddress
from ombud.channels.email.tokens import make_message_id, sign_reply_address, sign_subject
from ombud.channels.settings import EmailSettings
from ombud.channels.system_mail import SealedMail, sealed_place
from ombud.shared.actor import SYSTEM
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Transaction, execute, row, rows, value, values
from ombud.shared.events import emit
from ombud.shared.files import FileStore
from ombud.tickets.events import DeliveryChanged
from ombud.tickets.schemas import Address, Envelope
from ombud.tickets.services.timeline import Told, notify_all

# Refusals that the other side calls temporary are tried again after these pauses; then the mail has failed.
BACK_OFF_SECONDS = (30, 120, 600, 1_800, 7_200, 21_600)


class ClaimedMail(Struct):
    """An outbox row that is ours to send: it says *sending* in the database before we talk to the outside."""

    id: int
    channel_id: int
    ticket_id: int | None
    entry_id: int | None
    attempts: int
    envelope: Envelope
    sealed: bytes | None


async def claim_mail(tx: Transaction, channel_id: int, key: bytes, domain: str, *, now: datetime) -> ClaimedMail | None:
    """Take the next due mail of a mailbox and mark it as *sending*; it gets its Message-ID here, once and for all."""
    sql = """
        select id, channel_id, ticket_id, entry_id, attempts, envelope, sealed from outbox
        where state = 'queued' and channel_id = %(channel)s and not_before <= %(now)s
        order by not_before, id limit 1 for update skip locked"""
    found = await row(tx, ClaimedMail, sql, {"channel": channel_id, "now": now})
    if found is None:
        return None
    if not found.envelope.message_id:
        found.envelope.message_id = make_message_id(found.ticket_id or 0, key, domain)
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


class _Reply(Struct):
    text: str
    html: str | None
    signature: str


class _File(Struct):
    token: str
    name: str
    type: str


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
    ticket_id = claimed.ticket_id or 0
    sql = """
        select e.text, e.html, coalesce(p.signature, '') as signature
        from public_entry e left join person p on e.author_kind = 'person' and p.id = e.author_id where e.id = %(id)s"""
    reply = await row(tx, _Reply, sql, {"id": claimed.entry_id}) or _Reply("", None, "")
    subject = claimed.envelope.subject
    if settings.threading.subject_token:
        subject = sign_subject(ticket_id, key, subject)
    answer_to = sign_reply_address(ticket_id, key, settings.address) if settings.threading.plus_address else ""
    chain = await _chain(tx, ticket_id, claimed.entry_id or 0)
    mail = _mail(claimed, from_, mail_addresses(claimed.envelope.to), _answer(subject, chain), "", now)
    return _with(
        mail,
        text=_signed(reply.text, reply.signature, settings.signature),
        cc=mail_addresses(claimed.envelope.cc),
        bcc=mail_addresses(claimed.envelope.bcc),
        reply_to=[MailAddress(settings.sender_name, answer_to)] if answer_to else [],
        in_reply_to=chain[-1] if chain else "",
        references=chain,
        attachments=await _attachments(tx, claimed.entry_id or 0, files),
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


def _signed(text: str, *signatures: str) -> str:
    """The text with the agent's signature above the mailbox's."""
    whole = "\n".join(one.strip() for one in signatures if one.strip())
    return f"{text.rstrip()}\n\n-- \n{whole}\n" if whole else f"{text.rstrip()}\n"


async def _chain(tx: Transaction, ticket_id: int, entry_id: int) -> list[str]:
    """Message-IDs of the ticket's mails before this one, oldest first: References, with the newest as In-Reply-To."""
    sql = """
        select r.message_id from mail_reference r join public_entry e on e.id = r.entry_id
        where r.ticket_id = %(ticket)s and r.entry_id < %(entry)s order by r.entry_id desc limit 20"""
    return (await values(tx, str, sql, {"ticket": ticket_id, "entry": entry_id}))[::-1]


async def _attachments(tx: Transaction, entry_id: int, files: FileStore) -> list[OutgoingFile]:
    sql = """
        select f.token, f.name, f.type from public_entry e join attachment a on a.entry_id = e.id
        join file f on f.id = a.file_id where e.id = %(entry)s order by a.id"""
    found = await rows(tx, _File, sql, {"entry": entry_id})
    return [OutgoingFile(name=one.name, type=one.type, data=await files.get(one.token)) for one in found]


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
        select id, channel_id, ticket_id, entry_id, attempts, envelope, sealed from outbox
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
