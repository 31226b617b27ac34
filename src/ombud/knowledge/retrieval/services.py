"""Cut what is published into passages, exactly once for each change, and give passages their vectors."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from ombud.intelligence.embedding.schemas import Embedder, packed
from ombud.intelligence.retrieval.services import counted_terms, packed_terms
from ombud.knowledge.articles.queries import shown_body, version_in
from ombud.knowledge.retrieval.index import PassageIndex
from ombud.knowledge.retrieval.rules import Cut, cut_article, cut_questions
from ombud.shared.database import Database, Transaction, row, rows, value, values

__all__ = [
    "PassageCounts",
    "PassageIndex",
    "count_passages",
    "embed_next",
    "index_article",
    "index_missed",
    "index_whole_article",
]

# So many passages get their vectors at a time: half a second of one core.
EMBED_BATCH: Final = 8
# So many languages of articles that fell behind are cut at a time.
MISSED_BATCH: Final = 20


class _Kept(Struct):
    heading: str
    text: str
    vector: bytes | None
    embedded_by: str | None


class _Language(Struct):
    article_id: int
    locale: str


async def index_article(tx: Transaction, article_id: int, locale: str) -> None:
    """Cut what is published of an article in a language; of what is not, nothing stays.

    Passages that say what one said before keep its vector. Repeating it changes nothing but the revision.
    """
    # Whoever changes passages waits here, so that a revision is never seen before a smaller one.
    revision = await value(tx, int, "update passage_revision set revision = revision + 1 returning revision")
    version = await version_in(tx, article_id, locale, "published")
    sql = "select archived_at is null from article where id = %(id)s"
    is_read = version is not None and bool(await value(tx, bool, sql, {"id": article_id}))
    cuts: list[Cut] = []
    if version is not None and is_read:
        cuts = cut_article(version.title, await shown_body(tx, version), version.summary)
        cuts += cut_questions(version.title, version.questions)
    key = {"article": article_id, "locale": locale}
    sql = """
        delete from passage where article_id = %(article)s and locale = %(locale)s
        returning heading, text, vector, embedded_by"""
    kept = {(one.heading, one.text): one for one in await rows(tx, _Kept, sql, key)}
    version_id = version.id if version is not None and is_read else 0
    if cuts and version is not None:
        await _write(tx, article_id, version_id, locale, cuts, version.keywords, kept)
    sql = """
        insert into passage_source (article_id, locale, version_id, revision)
        select id, %(locale)s, %(version)s, %(revision)s from article where id = %(article)s
        on conflict (article_id, locale) do update set version_id = excluded.version_id, revision = excluded.revision"""
    await tx.execute(sql, key | {"version": version_id, "revision": revision})


async def _write(
    tx: Transaction,
    article_id: int,
    version_id: int,
    locale: str,
    cuts: Sequence[Cut],
    keywords: str,
    kept: Mapping[tuple[str, str], _Kept],
) -> None:
    before = [kept.get((cut.heading, cut.text)) for cut in cuts]
    sql = """
        insert into passage (article_id, version_id, locale, position, heading, text, is_question, terms, vector,
            embedded_by)
        select %(article)s, %(version)s, %(locale)s, u.* from unnest(%(positions)s::int[], %(headings)s::text[],
            %(texts)s::text[], %(are_questions)s::bool[], %(terms)s::bytea[], %(vectors)s::bytea[],
            %(makers)s::text[]) as u"""
    params = {
        "article": article_id,
        "version": version_id,
        "locale": locale,
        "positions": list(range(len(cuts))),
        "headings": [cut.heading for cut in cuts],
        "texts": [cut.text for cut in cuts],
        "are_questions": [cut.is_question for cut in cuts],
        "terms": [packed_terms(_terms(cut, keywords)) for cut in cuts],
        "vectors": [one and one.vector for one in before],
        "makers": [one and one.embedded_by for one in before],
    }
    await tx.execute(sql, params)


def _terms(cut: Cut, keywords: str) -> Counter[int]:
    # A question is what somebody says, without the words of its article.
    return counted_terms(cut.text) if cut.is_question else counted_terms(cut.text, f"{cut.heading} {keywords}")


async def index_whole_article(tx: Transaction, article_id: int) -> None:
    """Cut all languages of an article anew, also those that are no longer published."""
    sql = """
        select distinct locale from (select locale from article_version where article_id = %(id)s
            and state in ('published', 'superseded')
            union all select locale from passage_source where article_id = %(id)s) l order by locale"""
    for locale in await values(tx, str, sql, {"id": article_id}):
        await index_article(tx, article_id, locale)


async def index_missed(database: Database) -> int:
    """Cut what was published without an event, by an import into the tables for instance; how many languages."""
    async with database.transaction() as tx:
        sql = """
            select v.article_id, v.locale from article_version v join article a on a.id = v.article_id
            left join passage_source s on s.article_id = v.article_id and s.locale = v.locale
            where v.state = 'published' and a.archived_at is null and s.version_id is distinct from v.id
            order by v.id limit %(limit)s"""
        missed = await rows(tx, _Language, sql, {"limit": MISSED_BATCH})
        for one in missed:
            await index_article(tx, one.article_id, one.locale)
    return len(missed)


class _Bare(Struct):
    id: int
    article_id: int
    locale: str
    heading: str
    text: str
    is_question: bool


async def embed_next(database: Database, embedder: Embedder) -> int:
    """Give some passages their vectors; how many had none of this model.

    Raises:
        UpstreamFailed: the address for embeddings does not answer; passages are found by words meanwhile.
    """
    async with database.transaction() as tx:
        sql = """
            select id, article_id, locale, heading, text, is_question from passage
            where embedded_by is null or embedded_by < %(name)s or embedded_by > %(name)s
            order by id limit %(limit)s"""
        bare = await rows(tx, _Bare, sql, {"name": embedder.name, "limit": EMBED_BATCH})
    if not bare:
        return 0
    # Outside of the transaction: nobody waits for the model.
    texts = [one.text if one.is_question else f"{one.heading}\n{one.text}" for one in bare]
    vectors = packed(await embedder.passages(texts))
    async with database.transaction() as tx:
        revision = await value(tx, int, "update passage_revision set revision = revision + 1 returning revision")
        sql = """
            update passage p set vector = u.vector, embedded_by = %(name)s
            from unnest(%(ids)s::bigint[], %(vectors)s::bytea[]) as u (id, vector) where p.id = u.id"""
        await tx.execute(sql, {"name": embedder.name, "ids": [one.id for one in bare], "vectors": vectors})
        sql = """
            update passage_source s set revision = %(revision)s
            from unnest(%(articles)s::bigint[], %(locales)s::text[]) as u (article_id, locale)
            where s.article_id = u.article_id and s.locale = u.locale"""
        articles, locales = [one.article_id for one in bare], [one.locale for one in bare]
        await tx.execute(sql, {"revision": revision, "articles": articles, "locales": locales})
    return len(bare)


class PassageCounts(Struct):
    """How much is indexed, and how many passages and questions wait for their vectors."""

    articles: int
    passages: int
    without_vector: int


async def count_passages(tx: Transaction) -> PassageCounts:
    """Sizes of the index, for people and measures."""
    sql = """
        select count(distinct article_id)::int as articles, count(*) filter (where not is_question)::int as passages,
            count(*) filter (where vector is null)::int as without_vector from passage"""
    return await row(tx, PassageCounts, sql) or PassageCounts(0, 0, 0)
