"""Answers the first mail of a new ticket by itself: once, by the outbox, and only where the guard allows it."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.channels import languages
from ombud.channels.email.guard import ALLOWED
from ombud.channels.settings import PLACEHOLDER, Acknowledgement, EmailSettings
from ombud.customers.queries.details import quiet_hours_end
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, execute, rows, value
from ombud.shared.events import Event, emit
from ombud.shared.readers import Reader
from ombud.tickets.events import ReplySent
from ombud.tickets.schemas import Address, EntryDetails, Envelope
from ombud.tickets.services.announcements import announced, count_first_answer, first_answer
from ombud.tickets.services.timeline import add_entry

HOUR, DAY_HOURS = 3600, 24
WAITS = {
    "en": {
        "range": "At present an answer usually takes {span}.",
        "up_to": "At present an answer usually takes up to {span}.",
        "ahead": " Messages that came before yours and wait: {n}.",
    },
    "zh-CN": {
        "range": "目前回复通常需要 {span}。",
        "up_to": "目前回复通常需要不超过 {span}。",
        "ahead": "在您之前等待回复的来信：{n} 封。",
    },
}
WAIT_RANGE = {"en": "{low} to {high}", "zh-CN": "{low}至 {high}"}
SPANS = {
    "en": {"minutes": "{n} minutes", "hours": "{n} h", "days": "{n} days"},
    "zh-CN": {"minutes": "{n} 分钟", "hours": "{n} 小时", "days": "{n} 天"},
}
WINDOW = timedelta(hours=24)
CLIENT_KEY = "acknowledgement"
# What ships; the screen shows the same words where a text is left empty.
TEXTS = {
    "en": (
        "Hello {{customer.name}},\n\nthank you for your message. It has arrived as number {{ticket.id}}, and a "
        "colleague will answer you as soon as possible. To add something, just answer this mail.\n\n{{brand.name}}"
    ),
    "zh-CN": (
        "{{customer.name}}，您好！\n\n您的来信已收到，编号为 {{ticket.id}}，我们的同事会尽快回复您。"
        "如需补充，直接回复本邮件即可。\n\n{{brand.name}}"
    ),
}
# A name that a sender gave themselves is not repeated if it could carry a message of theirs to somebody else.
_NAME = re.compile(r"[^\W_][\w .,'’·-]{0,39}")
_SPEAKING = re.compile(r"www|https?|\.[a-z]{2,}|\d{4}", re.IGNORECASE)
NO_NAME = {"en": "there", "zh-CN": "尊敬的客户"}
NO_SUBJECT = {"en": "your message", "zh-CN": "您的来信"}


class ToldWait(Protocol):
    """What is said of a wait."""

    @property
    def position(self) -> int | None:
        """The place, from 1."""

    @property
    def low_seconds(self) -> int | None:
        """The shortest wait that is likely."""

    @property
    def high_seconds(self) -> int | None:
        """The longest."""


class Tell(Protocol):
    """Who measures waits: routing, which stands beside this room; the assembly puts it in."""

    async def __call__(self, tx: Transaction, ticket_id: int, team_id: int, *, now: datetime) -> ToldWait | None:
        """What a mail's sender may be told; None: nothing."""


class FirstMail(Struct):
    """The mail that opened a ticket, and what its mailbox says to it."""

    ticket_id: int
    team_id: int
    customer_id: int
    channel_id: int
    settings: EmailSettings
    subject: str
    name: str
    locale: str
    brand: str
    text: str
    details: EntryDetails

    @property
    def answer_to(self) -> Address | None:
        """Where an answer goes."""
        return self.details.reply_to or self.details.from_


async def acknowledge(tx: Transaction, events: Sequence[Event], now: datetime, tell: Tell | None = None) -> None:
    """Acknowledge tickets that a mail opened, each once; in the customer's quiet hours it leaves at their end.

    The ticket stays as it is: nobody has answered the customer yet.

    Emits: ReplySent
    """
    opened = sorted({event.ticket_id for event in events if event.ticket_id is not None})
    for mail in await _find_first_mails(tx, opened, now=now):
        address = mail.answer_to
        if address is None or mail.details.auto_answer != ALLOWED:
            continue
        if await _answers_today(tx, mail, address, now=now) < mail.settings.automatic_answers_per_day:
            await _answer(tx, mail, address, tell, now=now)


async def _find_first_mails(tx: Transaction, ticket_ids: list[int], *, now: datetime) -> list[FirstMail]:
    sql = """
        select t.id as ticket_id, t.team_id, t.customer_id, ch.id as channel_id, ch.settings, t.subject, c.name,
               c.locale, b.name as brand, e.text, e.details
        from ticket t
        join channel ch on ch.id = t.channel_id and ch.kind = 'email' and ch.is_active and ch.deleted_at is null
            and (ch.settings -> 'acknowledgement' ->> 'is_on')::boolean and ch.settings -> 'smtp' ->> 'host' <> ''
        join customer c on c.id = t.customer_id and not c.is_blocked
            and not exists (select from contact_bar b where b.customer_id = c.id and b.channel = 'email')
        join brand b on b.id = t.brand_id
        cross join lateral (
            select direction, text, details, at from public_entry where ticket_id = t.id order by id limit 1) e
        where t.id = any(%(ids)s) and e.direction = 'in' and e.at > %(since)s
            and not exists (select from automatic_answer a where a.ticket_id = t.id)
        order by t.id"""
    return await rows(tx, FirstMail, sql, {"ids": ticket_ids, "since": now - WINDOW})


async def _answers_today(tx: Transaction, mail: FirstMail, address: Address, *, now: datetime) -> int:
    """How many went to the address, or to whatever address for this customer: a forged Reply-To aims at others."""
    sql = """
        select greatest(
            (select count(*) from automatic_answer where address = %(address)s and at > %(since)s),
            (select count(*) from automatic_answer where customer_id = %(customer)s and at > %(since)s))"""
    params = {"address": address.address.lower(), "customer": mail.customer_id, "since": now - WINDOW}
    return await value(tx, int, sql, params) or 0


async def _answer(tx: Transaction, mail: FirstMail, address: Address, tell: Tell | None, *, now: datetime) -> None:
    entry_id = await add_entry(
        tx,
        mail.ticket_id,
        "message",
        by=SYSTEM,
        now=now,
        text=await _with_announcement(tx, mail, now=now) + await _wait_words(tx, mail, tell, now=now),
        details=EntryDetails(to=[address], subject=mail.subject),
        channel_id=mail.channel_id,
        client_key=CLIENT_KEY,
    )
    envelope = Envelope(to=[address], subject=mail.subject, is_automatic=True)
    params = {
        "ticket": mail.ticket_id,
        "entry": entry_id,
        "channel": mail.channel_id,
        "envelope": Jsonb(msgspec.to_builtins(envelope)),
        "customer": mail.customer_id,
        "address": address.address.lower(),
        "at": await quiet_hours_end(tx, mail.customer_id, now=now) or now,
        "now": now,
    }
    sql = """
        insert into outbox (channel_id, ticket_id, entry_id, not_before, envelope, created_at)
        values (%(channel)s, %(ticket)s, %(entry)s, %(at)s, %(envelope)s, %(now)s)"""
    await execute(tx, sql, params)
    sql = """
        insert into automatic_answer (ticket_id, entry_id, customer_id, address, at)
        values (%(ticket)s, %(entry)s, %(customer)s, %(address)s, %(now)s)"""
    await execute(tx, sql, params)
    sql = "update ticket set message_count = message_count + 1, version = version + 1 where id = %(ticket)s"
    await execute(tx, sql, params)
    fact = ReplySent(ticket_id=mail.ticket_id, team_id=mail.team_id, entry_id=entry_id, is_automatic=True)
    await emit(tx, fact, by=SYSTEM, at=now)


async def _wait_words(tx: Transaction, mail: FirstMail, tell: Tell | None, *, now: datetime) -> str:
    """How long it takes and how many came before, where the mailbox tells it and it takes long."""
    if tell is None or not mail.settings.acknowledgement.tells_wait:
        return ""
    wait = await tell(tx, mail.ticket_id, mail.team_id, now=now)
    if wait is None or wait.low_seconds is None or wait.high_seconds is None:
        return ""
    language = language_of(mail)
    low, high = (_span(seconds, language) for seconds in (wait.low_seconds, wait.high_seconds))
    span = low if low == high else WAIT_RANGE[language].format(low=low, high=high) if wait.low_seconds else high
    kind = "up_to" if not wait.low_seconds else "range"
    ahead = (wait.position or 1) - 1
    words = WAITS[language][kind].format(span=span)
    return f"\n\n{words}{WAITS[language]['ahead'].format(n=ahead) if ahead else ''}"


def _span(seconds: int, language: str) -> str:
    hours = seconds / HOUR
    number, unit = (seconds // 60, "minutes") if hours < 1 else (round(hours), "hours")
    if hours >= 2 * DAY_HOURS:
        number, unit = round(hours / DAY_HOURS), "days"
    return SPANS[language][unit].format(n=number)


async def _with_announcement(tx: Transaction, mail: FirstMail, *, now: datetime) -> str:
    """The acknowledgement, with what everybody is told for a while in front of it."""
    text = fill_text(mail.settings.acknowledgement, mail)
    first = await first_answer(tx, mail.channel_id, now=now)
    if first is not None:
        await count_first_answer(tx, first.id)
        return f"{first.words.in_language(language_of(mail))}\n\n{text}"
    told = await announced(tx, mail.channel_id, now=now)
    return f"{told.in_language(language_of(mail))}\n\n{text}" if told else text


def fill_text(settings: Acknowledgement, mail: FirstMail) -> str:
    """The text in the customer's language with its placeholders filled; each has words for the case of no value."""
    language = language_of(mail)
    own = {"en": settings.text.en.strip(), "zh-CN": settings.text.zh.strip()}
    if not own[language] and any(own.values()):
        # Somebody wrote one text on purpose: it says what ours does not know.
        language = next(name for name, text in own.items() if text)
    values = {
        "customer.name": _plain_name(mail.name) or NO_NAME[language],
        "ticket.id": f"#{mail.ticket_id}",
        "ticket.subject": " ".join(mail.subject.split()) or NO_SUBJECT[language],
        "brand.name": mail.brand.strip() or mail.settings.sender_name.strip() or mail.settings.address,
    }
    return PLACEHOLDER.sub(lambda found: values.get(found[1], ""), own[language] or TEXTS[language])


def language_of(mail: FirstMail) -> str:
    """The customer's language if it is known, else the one that the mail is written in."""
    return languages.language_of(mail.locale, f"{mail.subject} {mail.text[:2_000]}")


def _plain_name(name: str) -> str:
    plain = " ".join(name.split())
    return plain if _NAME.fullmatch(plain) and not _SPEAKING.search(plain) else ""


def acknowledgements(tell: Tell | None) -> Reader:
    """The reader that acknowledges first mails; ``tell`` says how long an answer takes."""

    async def react(tx: Transaction, events: Sequence[Event], now: datetime) -> None:
        await acknowledge(tx, events, now, tell)

    return Reader(
        name="acknowledgements",
        react=react,
        kinds=frozenset({"ticket_opened"}),
        wakes=("outbox", "sequence"),
    )


ACKNOWLEDGEMENTS = acknowledgements(None)
