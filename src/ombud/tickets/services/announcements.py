"""What customers are told on a channel for a while: shown by the widget, put in front of automatic answers."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.shared.database import Transaction, row


class AnnouncedWords(Struct):
    """A text in both languages; one may be empty."""

    en: str = ""
    zh: str = ""


async def announce(
    tx: Transaction, source: str, texts: dict[str, str], channel_ids: Sequence[int], *, now: datetime, until: datetime
) -> None:
    """Tell customers something on some channels, or on all, until a moment."""
    sql = """
        insert into announcement (channel_id, texts, from_at, until_at, source)
        select c, %(texts)s, %(now)s, %(until)s, %(source)s from unnest(%(channels)s::bigint[]) as c"""
    channels: list[int | None] = list(channel_ids) or [None]
    params = {"texts": Jsonb(texts), "now": now, "until": until, "source": source}
    await tx.execute(sql, params | {"channels": channels})


async def end_announcements(tx: Transaction, source: str, *, now: datetime) -> None:
    """Take back what was told by a source."""
    sql = "update announcement set ended_at = %(now)s where source = %(source)s and ended_at is null"
    await tx.execute(sql, {"source": source, "now": now})


class _Found(Struct):
    texts: AnnouncedWords


async def announced(tx: Transaction, channel_id: int, *, now: datetime) -> AnnouncedWords | None:
    """What customers of a channel are told now: the newest, those for the channel before those for all."""
    sql = """
        select texts from announcement where (channel_id = %(channel)s or channel_id is null) and ended_at is null
            and from_at <= %(now)s and until_at > %(now)s
        order by channel_id is null, id desc limit 1"""
    found = await row(tx, _Found, sql, {"channel": channel_id, "now": now})
    return found.texts if found else None
