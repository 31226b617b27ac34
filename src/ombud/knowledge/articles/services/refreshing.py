"""What articles say anew when a block, a variable or their brand changes: written again as it is read and searched."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from ombud.knowledge.articles import queries
from ombud.knowledge.articles.events import ArticlePublished
from ombud.knowledge.articles.markup import pictures_of
from ombud.knowledge.articles.schemas import ArticleWords
from ombud.knowledge.articles.services.writing import read_words
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, rows
from ombud.shared.events import emit_all


class _Row(Struct):
    id: int
    article_id: int
    locale: str
    state: str
    title: str
    summary: str
    body: str
    keywords: str
    questions: str
    brand_id: int | None
    is_archived: bool


async def refresh_versions(
    tx: Transaction, ids: Sequence[int], *, why: Literal["block", "variable"], by: Actor, now: datetime
) -> list[int]:
    """Read some versions anew; the articles whose readers see another text.

    Emits: ArticlePublished for each published version
    """
    sql = """
        select v.id, v.article_id, v.locale, v.state, v.title, v.summary, v.body, v.keywords, v.questions,
            a.brand_id, a.archived_at is not null as is_archived
        from article_version v join article a on a.id = v.article_id where v.id = any(%(ids)s::bigint[])
        order by v.id for update of v"""
    found = await rows(tx, _Row, sql, {"ids": list(ids)})
    for one in found:
        await _refresh(tx, one)
    read = [one for one in found if one.state == "published" and not one.is_archived]
    facts = [ArticlePublished(article_id=one.article_id, version_id=one.id, locale=one.locale, why=why) for one in read]
    await emit_all(tx, facts, by=by, at=now)
    return list(dict.fromkeys(one.article_id for one in read))


async def _refresh(tx: Transaction, one: _Row) -> None:
    blocks = await queries.blocks_in(tx, one.locale)
    said = await queries.words_of(tx, one.locale, one.brand_id)
    words = ArticleWords(one.title, one.body, one.summary, one.keywords, one.questions)
    read = await asyncio.to_thread(read_words, words, blocks, said, pictures_of(one.body))
    sql = """
        update article_version set plain = %(plain)s, words = %(words)s::tsvector,
            variable_names = %(variables)s::text[]
        where id = %(id)s"""
    await tx.execute(sql, {"id": one.id, "plain": read.plain, "words": read.words, "variables": read.variables})
