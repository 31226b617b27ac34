"""The talk goes on by mail: answers that no widget fetched leave by a mailbox of the same brand."""

from datetime import datetime, timedelta

from msgspec import Struct, to_builtins
from psycopg.types.json import Jsonb

from ombud.channels.chat import queries
from ombud.channels.chat.limits import mails_a_day
from ombud.customers.queries.details import quiet_hours_end
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, execute, rows
from ombud.shared.errors import LimitReached
from ombud.shared.events import emit_all
from ombud.shared.throttle import take
from ombud.tickets.events import DeliveryChanged
from ombud.tickets.schemas import Address, Envelope, MachineNote

# What is older was passed over for a reason; nobody wants a mail about last week's chat.
MAX_AGE = timedelta(hours=24)
BATCH = 50
# The ticket's subject is what the visitor wrote; a typed address may be somebody else's, who must not read it.
SUBJECTS = {"en": "{brand}: an answer to your chat", "zh-CN": "{brand}：您的咨询有新回复"}


# In a chat the widget says it beside the message; a mail has nothing but its text.
BY_MACHINE = {
    "en": {
        "answer": "Chosen by AI, word for word from our help article “{title}”:",
        "worded": "Written by AI from our help article “{title}”:",
        "own": "Written by AI:",
    },
    "zh-CN": {
        "answer": "以下内容由 AI 生成，原文摘自我们的帮助文章《{title}》：",
        "worded": "以下内容由 AI 根据我们的帮助文章《{title}》生成：",
        "own": "以下内容由 AI 生成：",
    },
}


def label_of(note: MachineNote | None, locale: str, address: str) -> str:
    """That a machine wrote a message, from which article, and where that stands; '' where a person wrote it."""
    if note is None:
        return ""
    kind = "own" if note.kind != "answer" or not note.title else "worded" if note.is_worded else "answer"
    label = BY_MACHINE["zh-CN" if locale[:2] == "zh" else "en"][kind].format(title=note.title)
    source = f"{address.rstrip('/')}{note.path}" if address and note.path else ""
    return f"{label}\n{source}" if source else label


class Left(Struct):
    """An answer that waits for a visitor who seems to be gone, and the way by mail."""

    outbox_id: int
    entry_id: int
    ticket_id: int
    team_id: int
    brand: str
    settings: dict[str, object]
    mailbox_id: int
    customer_id: int
    email: str
    name: str
    machine: MachineNote | None
    talk_locale: str | None


async def mail_left_visitors(tx: Transaction, *, address: str = "", now: datetime) -> int:
    """Send answers by mail to visitors who left an address and have not fetched them in time; how many.

    The row moves from the chat to the mailbox, so one answer has one delivery state and cannot go out twice; the
    visitor still finds it in the widget. The mail holds that answer alone, and waits for the end of quiet hours. A
    typed address gets a limited number a day: it may be somebody else's. What a machine wrote says so in the mail;
    ``address`` of this installation leads to its source.

    Emits: DeliveryChanged
    """
    facts = []
    for left in await _find_left(tx, now=now):
        settings = queries.settings_of(left.settings)
        try:
            await take(tx, mails_a_day(max(1, settings.mails_per_day)), left.email.lower(), now=now)
        except LimitReached:
            await execute(tx, "update outbox set problem = 'mail_limit' where id = %(id)s", {"id": left.outbox_id})
            continue
        subject = SUBJECTS[settings.locale_default].format(brand=left.brand)
        envelope = Envelope(to=[Address(left.email, left.name)], subject=subject)
        envelope.label = label_of(left.machine, left.talk_locale or settings.locale_default, address)
        sql = """
            update outbox set channel_id = %(mailbox)s, state = 'queued', not_before = %(at)s, sent_at = null,
                attempts = 0, envelope = envelope || %(envelope)s
            where id = %(id)s"""
        leaves_at = await quiet_hours_end(tx, left.customer_id, now=now) or now
        params = {"mailbox": left.mailbox_id, "at": leaves_at, "id": left.outbox_id}
        await execute(tx, sql, params | {"envelope": Jsonb(to_builtins(envelope))})
        facts.append(
            DeliveryChanged(ticket_id=left.ticket_id, team_id=left.team_id, entry_id=left.entry_id, state="queued")
        )
    await emit_all(tx, facts, by=SYSTEM, at=now)
    return len(facts)


async def _find_left(tx: Transaction, *, now: datetime) -> list[Left]:
    sql = """
        select o.id as outbox_id, o.entry_id, t.id as ticket_id, t.team_id, b.name as brand, c.settings,
               m.id as mailbox_id, cu.id as customer_id, cu.email, cu.name,
               e.details -> 'machine' as machine, k.locale as talk_locale
        from channel c
        join outbox o on o.channel_id = c.id and o.state = 'sent' and o.delivered_at is null and o.problem is null
            and o.sent_at > %(oldest)s
            and o.sent_at <= %(now)s - make_interval(mins => coalesce((c.settings ->> 'mail_after_minutes')::int, 5))
        join ticket t on t.id = o.ticket_id
        join brand b on b.id = t.brand_id
        -- whom it was written to, wherever it stands now
        join entry e on e.id = o.entry_id
        join ticket home on home.id = coalesce(e.origin_ticket_id, e.ticket_id)
        join customer cu on cu.id = home.customer_id and cu.email <> '' and not cu.is_blocked
            and not exists (select from contact_bar b where b.customer_id = cu.id and b.channel = 'email')
        left join machine_talk k on k.ticket_id = t.id
        cross join lateral (
            select id from channel where kind = 'email' and brand_id = t.brand_id and is_active and deleted_at is null
                and settings -> 'smtp' ->> 'host' <> ''
            order by id limit 1) m
        where c.kind = 'chat' and c.deleted_at is null
            and coalesce((c.settings ->> 'mail_after_minutes')::int, 5) > 0
            and coalesce((c.settings ->> 'mails_per_day')::int, 10) > 0
        order by o.id limit %(limit)s for update of o skip locked"""
    return await rows(tx, Left, sql, {"now": now, "oldest": now - MAX_AGE, "limit": BATCH})
