"""Answers whoever opens a ticket at once, while somebody has said so for a while: by chat, form or mail.

A mailbox that acknowledges mails by itself puts these words in front of its own; nobody gets two.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from ombud.channels.languages import language_of
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, rows, value
from ombud.shared.errors import OmbudError
from ombud.shared.events import Event
from ombud.shared.readers import Reader
from ombud.tickets.queries.tickets import lock_visible_ticket
from ombud.tickets.services.announcements import count_first_answer, first_answer
from ombud.tickets.services.automatic import send_automatic

CLIENT_KEY = "first-answer"
# Whoever wrote longer ago has waited; a word that begins with "just now" would be odd.
WINDOW = timedelta(hours=1)
ANY = """
    select exists (select from announcement where ended_at is null and until_at > %(now)s
        and coalesce(answers ->> 'en', '') || coalesce(answers ->> 'zh', '') <> '')"""


class _Opened(Struct):
    ticket_id: int
    channel_id: int
    locale: str
    written: str


async def answer_first(tx: Transaction, events: Sequence[Event], now: datetime) -> None:
    """Give those who opened a ticket the first answer that holds now, each once; the ticket waits as before.

    Emits: ReplySent
    """
    opened = sorted({event.ticket_id for event in events if event.ticket_id is not None})
    if not await value(tx, bool, ANY, {"now": now}):
        return
    for one in await _find(tx, opened, now=now):
        found = await first_answer(tx, one.channel_id, now=now)
        if found is None:
            continue
        text = found.words.in_language(language_of(one.locale, one.written))
        ticket = await lock_visible_ticket(tx, one.ticket_id, by=SYSTEM)
        try:
            sent = await send_automatic(tx, ticket, text, client_key=CLIENT_KEY, by=SYSTEM, now=now)
        except OmbudError:
            # Blocked, a machine, told enough for today, or no way to write to them: they wait without it.
            continue
        if sent is not None:
            await count_first_answer(tx, found.id)


async def _find(tx: Transaction, ticket_ids: Sequence[int], *, now: datetime) -> list[_Opened]:
    sql = """
        select t.id as ticket_id, ch.id as channel_id, c.locale, t.subject || ' ' || left(e.text, 2000) as written
        from ticket t
        join channel ch on ch.id = t.channel_id and ch.is_active and ch.deleted_at is null
            and (ch.kind in ('chat', 'form') or ch.kind = 'email'
                and not coalesce((ch.settings -> 'acknowledgement' ->> 'is_on')::boolean, false))
        join customer c on c.id = t.customer_id
        cross join lateral (
            select direction, text, at from public_entry where ticket_id = t.id order by id limit 1) e
        where t.id = any(%(ids)s::bigint[]) and e.direction = 'in' and e.at > %(since)s
        order by t.id"""
    return await rows(tx, _Opened, sql, {"ids": list(ticket_ids), "since": now - WINDOW})


FIRST_ANSWERS = Reader(
    name="first_answers",
    react=answer_first,
    kinds=frozenset({"ticket_opened"}),
    gather_seconds=0.2,
    wakes=("outbox", "sequence"),
)
