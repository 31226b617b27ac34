"""Articles as they are made and written: drafts in each language, saved without losing anybody's words."""

import asyncio
from collections.abc import Collection
from datetime import datetime

from msgspec import UNSET, Struct

from ombud.knowledge.articles import queries
from ombud.knowledge.articles.events import ArticleChanged
from ombud.knowledge.articles.markup import clean_article, fill_text, marks_in, put_in, text_of
from ombud.knowledge.articles.rules import one_a_line, slug_of
from ombud.knowledge.articles.schemas import (
    MAX_BODY_BYTES,
    ArticleDraftIn,
    ArticleIn,
    ArticleWords,
    Reader,
    Version,
    reader_of,
)
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, hold, row, value
from ombud.shared.errors import Conflict, Invalid, NotFound, TooLarge
from ombud.shared.events import emit
from ombud.shared.words import tsvector

WRITE = "knowledge.write"
PUBLISH = "knowledge.publish"
MEGABYTE = 1024 * 1024


class ArticleTooLarge(TooLarge):
    """The article is larger than 2 MB. Split it into several, or attach the long part as a file."""

    code = "article_too_large"

    def __init__(self, size: int) -> None:
        super().__init__(
            f"The article has {size / MEGABYTE:.1f} MB and may have 2. "
            "Split it into several, or attach the long part as a file."
        )


class EmptyArticle(Invalid):
    """Nothing is left of the text once it is safe. Write something, or attach the file that you mean."""

    code = "article_empty"


class SavedMeanwhile(Conflict):
    """Somebody saved this draft meanwhile. Look at what they wrote, then save yours over it or take theirs."""

    code = "draft_saved_meanwhile"


class Archived(Conflict):
    """The article is archived. Bring it back first."""

    code = "article_archived"


class LockedArticle(Struct):
    """An article that a verb works on."""

    id: int
    kind: str
    audience: str
    team_ids: list[int]
    category_id: int | None
    brand_id: int | None
    slug: str
    default_locale: str
    is_archived: bool


class Prepared(Struct):
    """ArticleWords made safe, with what searches read."""

    title: str
    body: str
    summary: str
    keywords: str
    questions: str
    plain: str
    blocks: list[str]
    variables: list[str]
    words: str


async def lock_article(tx: Transaction, article_id: int, *, by: Actor) -> LockedArticle:
    """The article, held until the end of the transaction.

    Raises:
        NotFound: there is none, or the actor may not see it.
    """
    reader = all_seeing() if by.kind == "system" else reader_of(by)
    sql = f"""
        select a.id, a.kind, a.audience, a.team_ids, a.category_id, a.brand_id, a.slug, a.default_locale,
            a.archived_at is not null as is_archived
        from article a where a.id = %(id)s and {queries.reachable()} for update of a"""
    found = await row(tx, LockedArticle, sql, {**queries.sight(reader), "id": article_id})
    if found is None:
        raise NotFound
    return found


def all_seeing() -> Reader:
    """The system as a reader."""
    return Reader("agent", None, None, sees_all=True)


async def make_article(tx: Transaction, data: ArticleIn, *, by: Actor, now: datetime) -> int:
    """Make an article with a draft in one language; its id.

    Raises:
        Invalid: a team or brand that is not the actor's, a category or person that is not there, an empty text.
        ArticleTooLarge: more than 2 MB.

    Emits: ArticleChanged
    """
    by.require(WRITE)
    await check_place(tx, data.audience, data.team_ids, data.brand_id, data.category_id, by=by)
    await check_owner(tx, data.owner_id)
    sql = """
        insert into article (kind, category_id, brand_id, audience, team_ids, slug, default_locale, owner_id, review_by,
            is_pinned, made_by, made_at, changed_at)
        values (%(kind)s, %(category)s, %(brand)s, %(audience)s, %(teams)s::bigint[], %(slug)s, %(locale)s, %(owner)s,
            %(review_by)s, %(pinned)s, %(by)s, %(now)s, %(now)s) returning id"""
    params = {
        "kind": data.kind,
        "category": data.category_id,
        "brand": data.brand_id,
        "audience": data.audience,
        "teams": data.team_ids if data.audience == "team" else [],
        "slug": await free_slug(tx, data.slug or slug_of(data.words.title)),
        "locale": data.locale,
        "owner": data.owner_id or by.person_id or None,
        "review_by": data.review_by,
        "pinned": data.is_pinned,
        "by": by.person_id or None,
        "now": now,
    }
    made = await value(tx, int, sql, params) or 0
    await _add_draft(tx, made, data.locale, await prepare(tx, data.words, data.locale, made), None, by=by, now=now)
    await emit(tx, ArticleChanged(article_id=made, change="made", locale=data.locale), by=by, at=now)
    return made


async def save_draft(
    tx: Transaction, article_id: int, locale: str, data: ArticleDraftIn, *, by: Actor, now: datetime
) -> Version:
    """Save the draft of a language; the first saving begins it. One that waits for approval is a draft again.

    Raises:
        NotFound: there is no such article for the actor.
        SavedMeanwhile: the draft has another revision than the one that these words began from.
        Archived, ArticleTooLarge, EmptyArticle: as they say.

    Emits: ArticleChanged
    """
    by.require(WRITE)
    article = await lock_article(tx, article_id, by=by)
    if article.is_archived:
        raise Archived
    known = await queries.version_in(tx, article_id, locale, "draft", "review")
    if known is not None and data.revision is not None and data.revision != known.revision:
        raise SavedMeanwhile
    words = await prepare(tx, data, locale, article_id)
    if known is None:
        base = await _base(tx, article, locale) if data.translated_from is UNSET else data.translated_from
        await _add_draft(tx, article_id, locale, words, base, by=by, now=now)
    elif _is_same(known, words) and known.state == "draft" and data.translated_from in {UNSET, known.translated_from}:
        return known
    else:
        await _write_over(tx, known, words, data, by=by, now=now)
    await touch(tx, article_id, now=now)
    await emit(tx, ArticleChanged(article_id=article_id, change="draft", locale=locale), by=by, at=now)
    return await require_draft(tx, article_id, locale)


async def drop_draft(tx: Transaction, article_id: int, locale: str, *, by: Actor, now: datetime) -> None:
    """Throw the draft of a language away; what is published stays.

    Raises:
        NotFound: no such article, or no draft of it.
        Conflict: it is the only thing that there is of the article.

    Emits: ArticleChanged
    """
    by.require(WRITE)
    await lock_article(tx, article_id, by=by)
    draft = await require_draft(tx, article_id, locale)
    sql = "select exists (select from article_version where article_id = %(id)s and id <> %(version)s)"
    if not await value(tx, bool, sql, {"id": article_id, "version": draft.id}):
        raise Conflict("This draft is all that there is of the article. Archive the article instead.")
    await tx.execute("delete from article_version where id = %(id)s", {"id": draft.id})
    await touch(tx, article_id, now=now)
    await emit(tx, ArticleChanged(article_id=article_id, change="dropped", locale=locale), by=by, at=now)


async def roll_back(tx: Transaction, article_id: int, locale: str, number: int, *, by: Actor, now: datetime) -> Version:
    """Take an older version as the draft; the history stays as it is.

    Raises:
        NotFound: no such article or version.
        Conflict: there is a draft already.

    Emits: ArticleChanged
    """
    by.require(WRITE)
    article = await lock_article(tx, article_id, by=by)
    if article.is_archived:
        raise Archived
    if await queries.version_in(tx, article_id, locale, "draft", "review"):
        raise Conflict("There is a draft in this language. Publish it or drop it first.")
    reader = all_seeing()
    old = await queries.find_version(tx, article_id, locale, number, reader=reader)
    words = await prepare(
        tx, ArticleWords(old.title, old.body, old.summary, old.keywords, old.questions), locale, article_id
    )
    await _add_draft(tx, article_id, locale, words, old.translated_from, by=by, now=now)
    await touch(tx, article_id, now=now)
    await emit(tx, ArticleChanged(article_id=article_id, change="draft", locale=locale), by=by, at=now)
    return await require_draft(tx, article_id, locale)


# ── parts that verbs share ───────────────────────────────────────────────────────────────────────────────────


async def require_draft(tx: Transaction, article_id: int, locale: str) -> Version:
    """The draft of a language, in review or not.

    Raises:
        NotFound: there is none.
    """
    draft = await queries.version_in(tx, article_id, locale, "draft", "review")
    if draft is None:
        raise NotFound("There is no draft in this language.")
    return draft


async def touch(tx: Transaction, article_id: int, *, now: datetime) -> None:
    """Something about an article changed at this moment."""
    await tx.execute("update article set changed_at = %(now)s where id = %(id)s", {"id": article_id, "now": now})


async def prepare(tx: Transaction, words: ArticleWords, locale: str, article_id: int) -> Prepared:
    """Make words safe, and read what stands in them.

    Raises:
        Invalid: the title is blank.
        ArticleTooLarge: more than 2 MB.
        EmptyArticle: nothing is left.
    """
    title = " ".join(words.title.split())
    if not title:
        raise Invalid("Give it a title.", fields={"title": "required"})
    size = len(words.body.encode())
    if size > MAX_BODY_BYTES:
        raise ArticleTooLarge(size)
    pictures = [one.id for one in await queries.files_of(tx, article_id)]
    body = await asyncio.to_thread(clean_article, words.body, file_ids=pictures)
    if not body:
        raise EmptyArticle(fields={"body": "required"})
    brand_id = await value(tx, int, "select brand_id from article where id = %(id)s", {"id": article_id})
    blocks, said = await queries.blocks_in(tx, locale), await queries.words_of(tx, locale, brand_id)
    draft = ArticleWords(title, body, words.summary.strip(), words.keywords.strip(), one_a_line(words.questions))
    return await asyncio.to_thread(read_words, draft, blocks, said, pictures)


def read_words(
    words: ArticleWords, blocks: dict[str, str], said: dict[str, str], pictures: Collection[int]
) -> Prepared:
    """What stands in safe words: their marks, and what they say with blocks and variables put in."""
    own = marks_in(words.title, words.summary, words.body)
    inner = marks_in(*(blocks[name] for name in own.blocks if name in blocks))
    plain = text_of(put_in(words.body, blocks, said, file_ids=pictures).html)
    lost: list[str] = []
    title, summary = fill_text(words.title, said, lost), fill_text(words.summary, said, lost)
    return Prepared(
        title=words.title,
        body=words.body,
        summary=words.summary,
        keywords=words.keywords,
        questions=words.questions,
        plain=plain,
        blocks=own.blocks,
        variables=list(dict.fromkeys([*own.variables, *inner.variables])),
        words=tsvector(f"{title}\n{words.keywords}\n{words.questions}\n{summary}\n{plain}"),
    )


async def check_place(
    tx: Transaction, audience: str, team_ids: list[int], brand_id: int | None, category_id: int | None, *, by: Actor
) -> None:
    """Refuse an audience, a brand or a category that the actor has no say in.

    Raises:
        Invalid: a team or brand that is not the actor's, a category that is not there.
    """
    check_teams(audience, team_ids, by=by)
    check_brand(brand_id, by=by)
    await check_category(tx, category_id)


def check_teams(audience: str, team_ids: list[int], *, by: Actor) -> None:
    """Refuse a team's article without a team, or for one that is not the actor's.

    Raises:
        Invalid: so it is.
    """
    if audience == "team" and not (team_ids and all(map(by.sees_team, team_ids))):
        raise Invalid("Choose one of your teams.", fields={"team_ids": "required"})


def check_brand(brand_id: int | None, *, by: Actor) -> None:
    """Refuse a brand that is not the actor's; every brand is for those who see every brand.

    Raises:
        Invalid: so it is.
    """
    if by.brand_ids is not None and brand_id not in by.brand_ids:
        raise Invalid("Choose one of your brands.", fields={"brand_id": "required"})


async def check_category(tx: Transaction, category_id: int | None) -> None:
    """Refuse a category that is not there or archived.

    Raises:
        Invalid: so it is.
    """
    sql = "select exists (select from knowledge_category where id = %(id)s and not is_hidden)"
    if category_id is not None and not await value(tx, bool, sql, {"id": category_id}):
        raise Invalid("The category is not there any more, or archived.", fields={"category_id": "unknown"})


async def check_owner(tx: Transaction, owner_id: int | None) -> None:
    """Refuse an owner who does not work here.

    Raises:
        Invalid: there is no such person, or they left.
    """
    sql = "select exists (select from person where id = %(id)s and deactivated_at is null)"
    if owner_id is not None and not await value(tx, bool, sql, {"id": owner_id}):
        raise Invalid("Choose somebody who works here.", fields={"owner_id": "unknown"})


async def hold_slug(tx: Transaction, slug: str) -> None:
    """Let nobody else take a name in addresses until the end: two who want the same at once wait for each other."""
    await hold(tx, "slug", slug)


async def free_slug(tx: Transaction, wanted: str, *, besides: int = 0) -> str:
    """A name in addresses that no other article has: the wanted one, or one with a number behind it."""
    wanted = wanted or "article"
    await hold_slug(tx, wanted)
    sql = """
        select %(slug)s || case when n = 1 then '' else '-' || n end from generate_series(1, 100000) n
        where not exists (select from article where id <> %(besides)s
            and slug = %(slug)s || case when n = 1 then '' else '-' || n end) order by n limit 1"""
    return await value(tx, str, sql, {"slug": wanted, "besides": besides}) or wanted


async def _base(tx: Transaction, article: LockedArticle, locale: str) -> int | None:
    if locale == article.default_locale:
        return None
    base = await queries.version_in(tx, article.id, article.default_locale, "published")
    return base.id if base else None


def _is_same(version: Version, words: Prepared) -> bool:
    before = (version.title, version.body, version.summary, version.keywords, version.questions)
    return before == (words.title, words.body, words.summary, words.keywords, words.questions)


def _columns(words: Prepared) -> dict[str, object]:
    return {
        "title": words.title,
        "body": words.body,
        "summary": words.summary,
        "keywords": words.keywords,
        "questions": words.questions,
        "plain": words.plain,
        "blocks": words.blocks,
        "variables": words.variables,
        "words": words.words,
    }


async def _add_draft(
    tx: Transaction,
    article_id: int,
    locale: str,
    words: Prepared,
    translated_from: int | None,
    *,
    by: Actor,
    now: datetime,
) -> None:
    sql = """
        insert into article_version (article_id, locale, number, state, title, summary, body, plain, keywords,
            questions, block_names, variable_names, words, translated_from, written_by, written_at)
        select %(article)s, %(locale)s, coalesce(max(number), 0) + 1, 'draft', %(title)s, %(summary)s, %(body)s,
            %(plain)s, %(keywords)s, %(questions)s, %(blocks)s::text[], %(variables)s::text[], %(words)s::tsvector,
            %(from)s, %(by)s, %(now)s
        from article_version where article_id = %(article)s and locale = %(locale)s"""
    params = {"article": article_id, "locale": locale, "from": translated_from, "by": by.person_id or None, "now": now}
    await tx.execute(sql, params | _columns(words))


async def _write_over(
    tx: Transaction, known: Version, words: Prepared, data: ArticleDraftIn, *, by: Actor, now: datetime
) -> None:
    sql = """
        update article_version set state = 'draft', title = %(title)s, summary = %(summary)s, body = %(body)s,
            plain = %(plain)s, keywords = %(keywords)s, questions = %(questions)s,
            block_names = %(blocks)s::text[], variable_names = %(variables)s::text[], words = %(words)s::tsvector,
            translated_from = %(from)s, revision = revision + 1, written_by = %(by)s, written_at = %(now)s,
            review_asked_by = null, review_asked_at = null
        where id = %(id)s"""
    base = known.translated_from if data.translated_from is UNSET else data.translated_from
    params = {"id": known.id, "from": base, "by": by.person_id or None, "now": now}
    await tx.execute(sql, params | _columns(words))
