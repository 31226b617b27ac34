"""What customers are told on a channel for a while: shown by the widget, put in front of automatic answers."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.shared.database import Transaction, row


class AnnouncedWords(Struct):
    """A text in both languages; one may be empty."""

    en: str = ""
    zh: str = ""

    def in_language(self, locale: str) -> str:
        """In somebody's language, or in the other where that is all there is."""
        return (self.zh or self.en) if locale.lower().startswith("zh") else (self.en or self.zh)


async def announce(
    tx: Transaction,
    source: str,
    texts: AnnouncedWords,
    channel_ids: Sequence[int],
    *,
    now: datetime,
    until: datetime,
    first_answer: AnnouncedWords | None = None,
) -> None:
    """Tell customers something on some channels, or on all, until a moment.

    ``first_answer`` is what whoever writes for the first time gets by itself; it takes no announcement.
    """
    sql = """
        insert into announcement (channel_id, texts, answers, from_at, until_at, source)
        select c, %(texts)s, %(answers)s, %(now)s, %(until)s, %(source)s from unnest(%(channels)s::bigint[]) as c"""
    channels: list[int | None] = list(channel_ids) or [None]
    answers = Jsonb(msgspec.to_builtins(first_answer or AnnouncedWords()))
    params: dict[str, object] = {"texts": Jsonb(msgspec.to_builtins(texts)), "answers": answers}
    params |= {"now": now, "until": until, "source": source}
    await tx.execute(sql, params | {"channels": channels})


async def end_announcements(tx: Transaction, source: str, *, now: datetime) -> None:
    """Take back what was told by a source."""
    sql = "update announcement set ended_at = %(now)s where source = %(source)s and ended_at is null"
    await tx.execute(sql, {"source": source, "now": now})


class FirstAnswer(Struct):
    """What somebody who writes gets by itself, and by which announcement."""

    id: int
    words: AnnouncedWords


IN_FORCE = """
    (channel_id = %(channel)s or channel_id is null) and ended_at is null
    and from_at <= %(now)s and until_at > %(now)s"""


async def announced(tx: Transaction, channel_id: int, *, now: datetime) -> AnnouncedWords | None:
    """What customers of a channel are told now: the newest, those for the channel before those for all."""
    sql = f"""
        select id, texts as words from announcement
        where {IN_FORCE} and coalesce(texts ->> 'en', '') || coalesce(texts ->> 'zh', '') <> ''
        order by channel_id is null, id desc limit 1"""
    found = await row(tx, FirstAnswer, sql, {"channel": channel_id, "now": now})
    return found.words if found else None


async def first_answer(tx: Transaction, channel_id: int, *, now: datetime) -> FirstAnswer | None:
    """What whoever writes on a channel for the first time gets by itself now."""
    sql = f"""
        select id, answers as words from announcement
        where {IN_FORCE} and coalesce(answers ->> 'en', '') || coalesce(answers ->> 'zh', '') <> ''
        order by channel_id is null, id desc limit 1"""
    return await row(tx, FirstAnswer, sql, {"channel": channel_id, "now": now})


async def count_first_answer(tx: Transaction, announcement_id: int) -> None:
    """Note that somebody got the first answer of an announcement."""
    sql = "update announcement set first_answers = first_answers + 1 where id = %(id)s"
    await tx.execute(sql, {"id": announcement_id})
