"""Answers that customers are shown for a while before anybody talks with them, and what became of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.shared.database import Transaction, execute, rows, value
from ombud.shared.errors import NotFound
from ombud.tickets.services.announcements import AnnouncedWords

Use = Literal["shown", "opened", "helped", "not_helped"]
# Whoever reads more than this asks somebody.
MOST = 10


class Prepared(Struct):
    """A question that many have, and its answer."""

    question: AnnouncedWords
    answer: AnnouncedWords
    id: int = 0


class PreparedCount(Struct):
    """How many browsers a prepared answer was shown to, how many opened it, and how many it helped or not."""

    question: AnnouncedWords
    shown: int
    opened: int
    helped: int
    not_helped: int


async def prepare_answers(
    tx: Transaction,
    source: str,
    answers: Sequence[Prepared],
    channel_ids: Sequence[int],
    *,
    now: datetime,
    until: datetime,
) -> None:
    """Show customers answers on some channels, or on all, until a moment."""
    sql = """
        insert into prepared_answer (source, position, channel_ids, question, answer, from_at, until_at)
        select %(source)s, n.position, %(channels)s::bigint[], n.question, n.answer, %(now)s, %(until)s
        from unnest(%(questions)s::jsonb[], %(answers)s::jsonb[]) with ordinality as n (question, answer, position)"""
    params = {
        "source": source,
        "channels": list(channel_ids),
        "questions": [Jsonb(msgspec.to_builtins(one.question)) for one in answers],
        "answers": [Jsonb(msgspec.to_builtins(one.answer)) for one in answers],
        "now": now,
        "until": until,
    }
    await tx.execute(sql, params)


async def end_prepared(tx: Transaction, source: str, *, now: datetime) -> None:
    """Show the answers of a source no more; what became of them stays."""
    sql = "update prepared_answer set ended_at = %(now)s where source = %(source)s and ended_at is null"
    await tx.execute(sql, {"source": source, "now": now})


async def prepared_now(tx: Transaction, channel_id: int, *, now: datetime) -> list[Prepared]:
    """The answers that customers of a channel are shown now, those of the newest source first."""
    sql = """
        select id, question, answer from prepared_answer
        where ended_at is null and from_at <= %(now)s and until_at > %(now)s
            and (channel_ids = '{}' or %(channel)s = any(channel_ids))
        order by from_at desc, position, id limit %(most)s"""
    return await rows(tx, Prepared, sql, {"channel": channel_id, "now": now, "most": MOST})


async def note_prepared(
    tx: Transaction, channel_id: int, answer_id: int, use: Use, browser: str, *, now: datetime
) -> None:
    """Note what a browser did with an answer; the same again counts once, another opinion takes the place of the first.

    Raises:
        NotFound: it is not shown on this channel now.
    """
    sql = """
        select true from prepared_answer where id = %(id)s and ended_at is null and until_at > %(now)s
            and (channel_ids = '{}' or %(channel)s = any(channel_ids))"""
    params = {"id": answer_id, "channel": channel_id, "what": use, "browser": browser, "now": now}
    if not await value(tx, bool, sql, params):
        raise NotFound
    if use in {"helped", "not_helped"}:
        sql = """
            delete from prepared_answer_use where answer_id = %(id)s and browser = %(browser)s
                and what in ('helped', 'not_helped') and what <> %(what)s"""
        await execute(tx, sql, params)
    sql = """
        insert into prepared_answer_use (answer_id, what, browser, at)
        values (%(id)s, %(what)s, %(browser)s, %(now)s) on conflict do nothing"""
    await execute(tx, sql, params)


async def count_prepared(tx: Transaction, source: str) -> list[PreparedCount]:
    """What became of the answers of a source, in their order."""
    sql = """
        select p.question, (count(u.*) filter (where u.what = 'shown'))::int as shown,
            (count(u.*) filter (where u.what = 'opened'))::int as opened,
            (count(u.*) filter (where u.what = 'helped'))::int as helped,
            (count(u.*) filter (where u.what = 'not_helped'))::int as not_helped
        from prepared_answer p left join prepared_answer_use u on u.answer_id = p.id
        where p.source = %(source)s group by p.id order by p.position"""
    return await rows(tx, PreparedCount, sql, {"source": source})
