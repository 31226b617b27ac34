"""Finding what quotes an article, and what of it is stale now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from ombud.assistance.upkeep import queries
from ombud.assistance.upkeep.queries import Placed, Said
from ombud.assistance.upkeep.rules import gone_sentences, quotes_of, says_mark
from ombud.assistance.upkeep.schemas import Quote
from ombud.knowledge.articles.queries import find_shown, sight, visible, words_of
from ombud.knowledge.articles.schemas import reader_of
from ombud.knowledge.articles.services import fill_text
from ombud.knowledge.reports.services import Passage, is_telling, same_words, sentences
from ombud.knowledge.reports.services.findings import (
    NewFinding,
    find_contradictions,
    keep_findings,
    settle_gone,
)
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, values


async def list_quotes(tx: Transaction, article_id: int, *, by: Actor) -> list[Quote]:
    """Places that quote a published article now, of those that the actor may see.

    Raises:
        NotFound: it is not published, or the actor may not read it.
    """
    shown = await find_shown(tx, article_id, reader=reader_of(by), locale=by.locale)
    texts = await _visible_texts(tx, by=by)
    wanted: list[str] = []
    for said in await queries.published_in(tx, article_id):
        # what a block says is the block's: all that put it in would quote each other
        held = same_words(await _words_of_blocks(tx, texts, said.locale))
        wanted += [one for one in sentences(said.plain) if is_telling(one) and same_words(one) not in held]
    return list(quotes_of(texts, article_id, shown.slug, wanted))


async def _words_of_blocks(tx: Transaction, texts: Sequence[Placed], locale: str) -> str:
    variables = await words_of(tx, locale, None)
    return "\n".join(
        fill_text(one.plain, variables, []) for one in texts if one.kind == "block" and one.locale == locale
    )


async def _visible_texts(tx: Transaction, *, by: Actor) -> list[Placed]:
    sql = f"select a.id from article a where {visible()}"
    readable = {None, *await values(tx, int, sql, sight(reader_of(by)))}
    texts = await queries.placed_texts(tx)
    return [one for one in texts if (one.id if one.kind == "article" else one.script_id) in readable]


async def look_after(tx: Transaction, version_id: int, *, now: datetime) -> None:
    """After a publication: list as stale what quotes what is said no more, settle what was mended, compare figures.

    Emits: KnowledgeFindingsChanged
    """
    said = await queries.said_in(tx, version_id)
    if said is None:
        return
    texts = await queries.placed_texts(tx)
    await settle_gone(tx, "article", said.article_id, said.plain, now=now)
    if said.before is not None and (gone := gone_sentences(said.before, said.plain)):
        found = quotes_of(texts, said.article_id, said.slug, gone)
        await keep_findings(tx, [_stale(one, said, gone) for one in found], now=now)
    others = [one for one in texts if one.kind not in {"article", "block"}]
    await find_contradictions(tx, said.article_id, others=[_passage(one) for one in others], now=now)


def _passage(text: Placed) -> Passage:
    return Passage((text.kind, text.id), text.locale, text.plain, text.title)


def _stale(quote: Quote, said: Said, gone: Sequence[str]) -> NewFinding:
    return NewFinding(
        kind="quote",
        article_id=said.article_id,
        locale=said.locale,
        found_kind=quote.kind,
        found_id=quote.id,
        found_title=quote.title,
        found_locale=quote.locale,
        how=quote.how,
        passage=quote.said or " ".join(gone),
        found_passage=quote.passage,
    )


async def look_at_mark(
    tx: Transaction, mark: str, how: Literal["block", "variable"], *, article_ids: Sequence[int], now: datetime
) -> None:
    """After a change of a block or variable: list everything that says it.

    Emits: KnowledgeFindingsChanged
    """
    found = [
        NewFinding(
            kind="quote",
            article_id=None,
            locale=one.locale,
            source=mark,
            found_kind=one.kind,
            found_id=one.id,
            found_title=one.title,
            found_locale=one.locale,
            how=how,
            passage=f"{{{{{mark}}}}}",
            found_passage=one.title,
        )
        for one in await queries.placed_texts(tx)
        if says_mark(one, mark) or (one.kind == "article" and one.id in article_ids)
    ]
    await keep_findings(tx, found, now=now)


async def look_at_place(tx: Transaction, kinds: Sequence[tuple[str, int]], *, now: datetime) -> None:
    """After a change of replies, macros, cards, variants of scripts or notices: settle what they say no more.

    Emits: KnowledgeFindingsChanged
    """
    wanted = set(kinds)
    said: dict[tuple[str, int], str] = {}
    for one in await queries.placed_texts(tx):
        if (one.kind, one.id) in wanted:
            said[one.kind, one.id] = f"{said.get((one.kind, one.id), '')}\n{one.plain}"
    for kind, number in sorted(wanted):
        await settle_gone(tx, kind, number, said.get((kind, number), ""), now=now)  # type: ignore[arg-type]
