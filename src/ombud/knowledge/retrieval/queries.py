"""Passages that may answer a question, as far as the reader may read them."""

import asyncio
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from ombud.intelligence.retrieval.services import Hit, Index, Query, confidence_of, query_of
from ombud.knowledge.articles.queries import sight, visible
from ombud.knowledge.articles.schemas import Reader
from ombud.knowledge.retrieval.index import LARGE, PassageIndex
from ombud.knowledge.retrieval.schemas import Ask, Found
from ombud.shared.database import Transaction, rows

# How many articles are looked at for each that is wanted, until enough of them may be read.
WIDTHS: Final = (4, 32, 256)


class _Passage(Struct):
    id: int
    article_id: int
    version_id: int
    locale: str
    title: str
    heading: str
    text: str
    slug: str
    kind: str


async def find_passages(tx: Transaction, index: PassageIndex, ask: Ask) -> list[Found]:
    """The passages that most likely answer a question, the best first, one of each article.

    Found by words and, where the question's meaning is given along, by that, which crosses languages.
    """
    if not ask.text.strip() or ask.limit < 1:
        return []
    current = await index.current(tx)
    query = query_of(ask.text, index.vector_of(ask.meant), ask.locale)
    for width in WIDTHS:
        hits = await _best(current, query, width * ask.limit)
        shown = await _readable(tx, hits, ask.reader)
        if len(shown) >= ask.limit or len(hits) < width * ask.limit:
            break
    found = [(hit, shown[hit.id]) for hit in hits if hit.id in shown]
    scores = [hit.score for hit, _ in found]
    return [
        _found(hit, passage, confidence_of(query, hit, scores[place + 1 : place + 2]))
        for place, (hit, passage) in enumerate(found[: ask.limit])
    ]


async def _best(index: Index, query: Query, limit: int) -> list[Hit]:
    if len(index) > LARGE:
        return await asyncio.to_thread(index.best, query, limit)
    return index.best(query, limit)


async def _readable(tx: Transaction, hits: Sequence[Hit], reader: Reader) -> dict[int, _Passage]:
    sql = f"""
        select p.id, p.article_id, p.version_id, p.locale, v.title, p.heading, p.text, a.slug, a.kind
        from passage p join article a on a.id = p.article_id join article_version v on v.id = p.version_id
        where p.id = any(%(ids)s::bigint[]) and v.state = 'published' and {visible()}"""
    found = await rows(tx, _Passage, sql, {**sight(reader), "ids": [hit.id for hit in hits]})
    return {one.id: one for one in found}


def _found(hit: Hit, passage: _Passage, confidence: float) -> Found:
    return Found(
        article_id=passage.article_id,
        version_id=passage.version_id,
        passage_id=passage.id,
        locale=passage.locale,
        title=passage.title,
        heading=passage.heading,
        text=passage.text,
        score=hit.score,
        confidence=confidence,
        slug=passage.slug,
        kind=passage.kind,
    )
