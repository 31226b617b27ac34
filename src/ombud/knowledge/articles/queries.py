"""Reads of articles. :func:`visible` is the only door to what somebody may read."""

from collections.abc import Collection
from datetime import date, datetime

from msgspec import Struct, convert

from ombud.knowledge.articles.markup import MARK, fill_text, pictures_of, put_in, text_of, with_places
from ombud.knowledge.articles.rules import audiences_of
from ombud.knowledge.articles.schemas import (
    Article,
    ArticleFile,
    ArticlePreview,
    ArticleQuery,
    ArticleRow,
    KnowledgeCounts,
    Locale,
    Reader,
    ShownArticle,
    Version,
    VersionBrief,
)
from ombud.shared.database import Transaction, row, rows, value, values
from ombud.shared.errors import NotFound
from ombud.shared.paging import Paged, checked_limit, decode_cursor, page
from ombud.shared.words import tsquery

VERSION = """
    v.id, v.article_id, v.locale, v.number, v.state, v.title, v.summary, v.body, v.plain, v.keywords, v.questions,
    v.block_names, v.variable_names, v.translated_from, v.revision, v.written_by, v.written_at, v.review_asked_by,
    v.review_asked_at, v.reviewed_by, v.reviewed_at, v.review_note, v.published_at, v.replaced_at"""
BRIEF = """
    v.id, v.locale, v.number, v.state, v.title, v.written_by, v.written_at, v.reviewed_by, v.reviewed_at,
    v.review_note, v.published_at, v.replaced_at"""
# Which of several languages is shown: the one asked for, a sister of it, the article's own.
NEAREST = """
    v.locale = %(locale)s desc, split_part(v.locale, '-', 1) = split_part(%(locale)s, '-', 1) desc,
    v.locale = a.default_locale desc, v.id"""
# A published language is out of date when the article's own was published anew since.
OUTDATED = """
    (v.locale <> a.default_locale and exists (select from article_version o where o.article_id = a.id
        and o.locale = a.default_locale and o.state = 'published'
        and case when v.translated_from is null then o.published_at > v.written_at
            else o.id > v.translated_from end))"""
LANGUAGES = f"""
    (select jsonb_agg(jsonb_build_object('locale', l.locale, 'title', l.title, 'published_number', l.published_number,
            'draft_number', l.draft_number, 'draft_state', l.draft_state, 'is_outdated', l.is_outdated)
            order by l.locale <> a.default_locale, l.locale)
     from (select v.locale,
               (array_agg(v.title order by v.state = 'published' desc))[1] as title,
               max(v.number) filter (where v.state = 'published') as published_number,
               max(v.number) filter (where v.state <> 'published') as draft_number,
               max(v.state) filter (where v.state <> 'published') as draft_state,
               coalesce(bool_or({OUTDATED}) filter (where v.state = 'published'), bool_or({OUTDATED})) as is_outdated
           from article_version v
           where v.article_id = a.id and (v.state = 'published' or (%(kb_drafts)s and v.state in ('draft', 'review')))
           group by v.locale) l) as languages"""
ROW = f"""
    a.id, a.kind, a.category_id, a.brand_id, a.audience, a.team_ids, a.slug, a.default_locale, v.locale, v.title,
    v.summary, a.owner_id, a.review_by, a.is_pinned, a.changed_at, a.archived_at,
    (a.review_by is not null and a.review_by < %(today)s and a.archived_at is null) as is_overdue, {LANGUAGES}"""
SHOWN_VERSION = f"""
    join lateral (select v.* from article_version v
        where v.article_id = a.id and (v.state = 'published' or (%(kb_drafts)s and v.state in ('draft', 'review')))
        order by {NEAREST}, v.state = 'published' desc limit 1) v on true"""
FILES_PREFIX = "/api/v1/knowledge/files/"
ARTICLES_PREFIX = "/knowledge/"


class Places(Struct, frozen=True):
    """Where the files and the pages of articles are for whoever reads: for agents, unless somebody says otherwise."""

    files: str = FILES_PREFIX
    articles: str = ARTICLES_PREFIX


AGENT_PLACES = Places()


def sight(reader: Reader) -> dict[str, object]:
    """The parameters of :func:`visible` and :func:`reachable`."""
    is_agent = reader.kind == "agent"
    return {
        "kb_audiences": audiences_of(reader),
        "kb_is_agent": is_agent,
        "kb_teams": None if reader.team_ids is None else sorted(reader.team_ids),
        "kb_brands": None if reader.brand_ids is None else sorted(reader.brand_ids),
        "kb_drafts": is_agent and reader.sees_all,
    }


def reachable(article: str = "a") -> str:
    """Whether somebody may see an article in any state: the rule of editors, and the main part of :func:`visible`."""
    return f"""
        ((%(kb_brands)s::bigint[] is null or {article}.brand_id is null
          or {article}.brand_id = any(%(kb_brands)s::bigint[]))
         and ({article}.audience = any(%(kb_audiences)s::text[])
              or ({article}.audience = 'team' and %(kb_is_agent)s
                  and (%(kb_teams)s::bigint[] is null or {article}.team_ids && %(kb_teams)s::bigint[])))
         and ({article}.category_id is null or exists (select from knowledge_category kc
              where kc.id = {article}.category_id and kc.shown_to = any(%(kb_audiences)s)
                  and (not kc.is_hidden or %(kb_drafts)s)
                  and (%(kb_brands)s::bigint[] is null or kc.shown_brand_id is null
                       or kc.shown_brand_id = any(%(kb_brands)s::bigint[])))))"""


def visible(article: str = "a") -> str:
    """Whether somebody may read an article: the one rule of every list, page, search and answer.

    Beside it each asks for a version whose state is published. Parameters by :func:`sight`.
    """
    return f"({article}.archived_at is null and {reachable(article)})"


# ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────

WHICH = {
    "current": "a.archived_at is null",
    "draft": """a.archived_at is null and exists (select from article_version v where v.article_id = a.id
        and v.state = 'draft')""",
    "review": """a.archived_at is null and exists (select from article_version v where v.article_id = a.id
        and v.state = 'review')""",
    "published": """a.archived_at is null and exists (select from article_version v where v.article_id = a.id
        and v.state = 'published')""",
    "overdue": "a.archived_at is null and a.review_by < %(today)s",
    "outdated": f"""a.archived_at is null and exists (select from article_version v where v.article_id = a.id
        and v.state = 'published' and {OUTDATED})""",
    "archived": "a.archived_at is not null",
}
BELOW = """
    a.category_id in (with recursive below (id) as (
        select id from knowledge_category where id = %(category_id)s
        union select c.id from knowledge_category c join below b on c.parent_id = b.id) select id from below)"""


class _Ranked(ArticleRow):
    rank: int


async def list_articles(
    tx: Transaction, query: ArticleQuery, *, reader: Reader, today: date, cursor: str | None = None, limit: int = 50
) -> Paged[ArticleRow]:
    """Articles as the reader may see them: those whose title says the text first, then the last changed."""
    size = checked_limit(limit)
    wanted = tsquery(query.text)
    if query.text.strip() and not wanted:
        return Paged([])
    filters = [reachable(), WHICH[query.which], *_filters(query, bool(wanted))]
    params: dict[str, object] = {**sight(reader), **_given(query, wanted), "today": today, "limit": size + 1}
    if cursor:
        rank, changed_at, article_id = decode_cursor(cursor, tuple[int, datetime, int])
        filters.append("(r.rank, a.changed_at, a.id) < (%(after_rank)s, %(after_at)s, %(after_id)s)")
        params |= {"after_rank": rank, "after_at": changed_at, "after_id": article_id}
    sql = f"""
        select {ROW}, r.rank from article a {SHOWN_VERSION}
        cross join lateral (select case when %(text)s <> '' and position(%(text)s in lower(v.title)) > 0 then 1
            else 0 end as rank) r
        where {" and ".join(filters)} order by r.rank desc, a.changed_at desc, a.id desc limit %(limit)s"""
    found = await rows(tx, _Ranked, sql, params)
    paged = page(found, size, lambda one: (one.rank, one.changed_at, one.id))
    return Paged([convert(one, ArticleRow, from_attributes=True) for one in paged.items], paged.next)


def _filters(query: ArticleQuery, has_words: bool) -> list[str]:
    found = [
        f"a.{name} = %({name})s"
        for name in ("kind", "audience", "brand_id", "owner_id")
        if getattr(query, name) is not None
    ]
    if query.category_id is not None:
        found.append("a.category_id is null" if query.category_id == 0 else BELOW)
    if query.locale:
        found.append("""exists (select from article_version s where s.article_id = a.id and s.locale = %(locale)s
            and (s.state = 'published' or (%(kb_drafts)s and s.state in ('draft', 'review'))))""")
    if has_words:
        found.append("""a.id in (select s.article_id from article_version s where s.words @@ %(words)s::tsquery
            and (s.state = 'published' or (%(kb_drafts)s and s.state in ('draft', 'review'))))""")
    return found


def _given(query: ArticleQuery, wanted: str) -> dict[str, object]:
    return {
        "kind": query.kind,
        "audience": query.audience,
        "brand_id": query.brand_id,
        "owner_id": query.owner_id,
        "category_id": query.category_id,
        "locale": query.locale or query.language,
        "words": wanted,
        "text": query.text.strip().lower(),
    }


async def count_articles(tx: Transaction, *, reader: Reader, today: date) -> KnowledgeCounts:
    """What is there and what waits, of what the reader may see."""
    sql = f"""
        select count(*) filter (where {WHICH["published"]}) as published,
            count(*) filter (where {WHICH["draft"]}) as drafts, count(*) filter (where {WHICH["review"]}) as review,
            count(*) filter (where {WHICH["overdue"]}) as overdue,
            count(*) filter (where {WHICH["outdated"]}) as outdated
        from article a where {reachable()} and a.archived_at is null"""
    found = await row(tx, KnowledgeCounts, sql, {**sight(reader), "today": today})
    return found or KnowledgeCounts(0, 0, 0, 0, 0)


# ── one article ──────────────────────────────────────────────────────────────────────────────────────────────


class _ArticleParts(ArticleRow):
    made_by: int | None
    made_at: datetime
    import_id: int | None


async def find_article(tx: Transaction, article_id: int, *, reader: Reader, today: date, locale: str = "") -> Article:
    """An article as those who work on it see it; without the right to write, what is published of it.

    Raises:
        NotFound: there is none, the reader may not see it, or nothing of it is published for a mere reader.
    """
    archived = "" if reader.sees_all else "and a.archived_at is null"
    sql = f"""
        select {ROW}, a.made_by, a.made_at, a.import_id from article a {SHOWN_VERSION}
        where a.id = %(id)s and {reachable()} {archived}"""
    params = {**sight(reader), "id": article_id, "locale": locale, "today": today}
    found = await row(tx, _ArticleParts, sql, params)
    if found is None:
        raise NotFound
    sql = f"""
        select {VERSION} from article_version v join article a on a.id = v.article_id
        where v.article_id = %(id)s and (v.state = 'published' or (%(kb_drafts)s and v.state in ('draft', 'review')))
        order by v.locale <> a.default_locale, v.locale, v.number"""
    versions = await rows(tx, Version, sql, params)
    given = {name: getattr(found, name) for name in _ArticleParts.__struct_fields__}
    return Article(**given, versions=versions, files=await files_of(tx, article_id))


async def article_id_of(tx: Transaction, slug: str, *, reader: Reader) -> int:
    """The article with a name in addresses.

    Raises:
        NotFound: there is none, or the reader may not see it.
    """
    sql = f"select a.id from article a where a.slug = %(slug)s and {reachable()}"
    found = await value(tx, int, sql, {**sight(reader), "slug": slug})
    if found is None:
        raise NotFound
    return found


async def list_versions(tx: Transaction, article_id: int, locale: str, *, reader: Reader) -> list[VersionBrief]:
    """All versions of a language, the newest first; for those who write."""
    sql = f"""
        select {BRIEF} from article_version v join article a on a.id = v.article_id
        where a.id = %(id)s and v.locale = %(locale)s and {reachable()} and (v.state = 'published' or %(kb_drafts)s)
        order by v.number desc limit 500"""
    return await rows(tx, VersionBrief, sql, {**sight(reader), "id": article_id, "locale": locale})


async def find_version(tx: Transaction, article_id: int, locale: str, number: int, *, reader: Reader) -> Version:
    """One version of a language.

    Raises:
        NotFound: there is none, or the reader may not see it.
    """
    sql = f"""
        select {VERSION} from article_version v join article a on a.id = v.article_id
        where a.id = %(id)s and v.locale = %(locale)s and v.number = %(number)s and {reachable()}
            and (v.state = 'published' or %(kb_drafts)s)"""
    params = {**sight(reader), "id": article_id, "locale": locale, "number": number}
    found = await row(tx, Version, sql, params)
    if found is None:
        raise NotFound
    return found


async def version_in(tx: Transaction, article_id: int, locale: str, *states: str) -> Version | None:
    """The version of a language that is in one of some states, the newest if there are several; for verbs."""
    sql = f"""
        select {VERSION} from article_version v
        where v.article_id = %(id)s and v.locale = %(locale)s and v.state = any(%(states)s::text[])
        order by v.number desc limit 1"""
    return await row(tx, Version, sql, {"id": article_id, "locale": locale, "states": list(states)})


async def published_version(tx: Transaction, version_id: int) -> Version | None:
    """A version that is published now; None if another one took its place, or its article is archived."""
    sql = f"""
        select {VERSION} from article_version v join article a on a.id = v.article_id
        where v.id = %(id)s and v.state = 'published' and a.archived_at is null"""
    return await row(tx, Version, sql, {"id": version_id})


# ── as it is read ────────────────────────────────────────────────────────────────────────────────────────────


class _ShownRow(Struct):
    id: int
    kind: str
    slug: str
    category_id: int | None
    brand_id: int | None
    version_id: int
    is_outdated: bool


async def find_shown(
    tx: Transaction,
    article_id: int,
    *,
    reader: Reader,
    locale: Locale = "",
    brand_id: int | None = None,
    places: Places = AGENT_PLACES,
) -> ShownArticle:
    """A published article in the language asked for or the nearest, with variables and blocks put in.

    Raises:
        NotFound: there is none, nothing of it is published, or the reader may not read it.
    """
    sql = f"""
        select a.id, a.kind, a.slug, a.category_id, a.brand_id, v.id as version_id, {OUTDATED} as is_outdated
        from article a join lateral (select v.* from article_version v
            where v.article_id = a.id and v.state = 'published' order by {NEAREST} limit 1) v on true
        where a.id = %(id)s and {visible()}"""
    found = await row(tx, _ShownRow, sql, {**sight(reader), "id": article_id, "locale": locale})
    version = await published_version(tx, found.version_id) if found else None
    if found is None or version is None or version.published_at is None:
        raise NotFound
    said = await words_of(tx, version.locale, brand_id or found.brand_id)
    html = await shown_body(tx, version, brand_id=brand_id or found.brand_id, places=places)
    lost: list[str] = []
    files = [one for one in await files_of(tx, article_id, places=places) if not one.is_inline]
    return ShownArticle(
        id=found.id,
        version_id=version.id,
        kind=found.kind,  # type: ignore[arg-type]  # the database checks it
        slug=found.slug,
        locale=version.locale,
        category_id=found.category_id,
        title=fill_text(version.title, said, lost),
        summary=fill_text(version.summary, said, lost),
        html=html,
        text=text_of(html),
        published_at=version.published_at,
        files=files,
        is_outdated=found.is_outdated,
    )


async def shown_body(
    tx: Transaction, version: Version, *, brand_id: int | None = None, places: Places = AGENT_PLACES
) -> str:
    """The HTML of a version as it is read: variables and blocks put in, pictures and links at their addresses.

    Marks of persons such as ``{{customer.name}}`` stay: whoever sends it fills them.
    """
    said = await preview(tx, version.body, version.locale, brand_id=brand_id)
    wanted = pictures_of(said.html)
    files = await files_of(tx, version.article_id, places=places) if wanted else []
    return with_places(said.html, {one.id: one.url for one in files}, places.articles)


async def preview(tx: Transaction, body: str, locale: str, *, brand_id: int | None = None) -> ArticlePreview:
    """A safe body with its variables and blocks put in, and the names of those that stand for nothing."""
    if not MARK.search(body):
        return ArticlePreview(body, text_of(body), [])
    blocks = await blocks_in(tx, locale)
    said = await words_of(tx, locale, brand_id)
    filled = put_in(body, blocks, said, file_ids=pictures_of(body))
    return ArticlePreview(filled.html, text_of(filled.html), filled.missing)


async def blocks_in(tx: Transaction, locale: str) -> dict[str, str]:
    """What each block says in a language, or in a sister of it."""
    sql = """
        select distinct on (b.name) b.name, t.body
        from knowledge_block b join knowledge_block_text t on t.block_id = b.id
        where split_part(t.locale, '-', 1) = split_part(%(locale)s, '-', 1)
        order by b.name, t.locale = %(locale)s desc, t.locale"""
    return {one.name: one.body for one in await rows(tx, _NamedBody, sql, {"locale": locale})}


class _NamedBody(Struct):
    name: str
    body: str


async def words_of(tx: Transaction, locale: str, brand_id: int | None) -> dict[str, str]:
    """What each variable stands for in a language under a brand: the nearest that is said."""
    sql = """
        select distinct on (n.name) n.name, v.value as body
        from knowledge_variable n join knowledge_variable_value v on v.variable_id = n.id
        where (v.brand_id is null or v.brand_id = %(brand)s::bigint)
            and (v.locale = '' or split_part(v.locale, '-', 1) = split_part(%(locale)s, '-', 1))
        order by n.name, v.brand_id is null, v.locale = %(locale)s desc, v.locale = '', v.locale"""
    found = await rows(tx, _NamedBody, sql, {"locale": locale, "brand": brand_id})
    return {one.name: one.body for one in found}


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────


class _FileRow(Struct):
    id: int
    token: str
    name: str
    type: str
    size: int
    is_inline: bool


async def files_of(tx: Transaction, article_id: int, *, places: Places = AGENT_PLACES) -> list[ArticleFile]:
    """Files of an article, in the order in which they were added."""
    sql = """
        select f.id, f.token, f.name, f.type, f.size, t.is_inline
        from article_attachment t join file f on f.id = t.file_id
        where t.article_id = %(id)s and t.removed_at is null order by t.id"""
    found = await rows(tx, _FileRow, sql, {"id": article_id})
    return [
        ArticleFile(one.id, one.token, one.name, one.type, one.size, places.files + one.token, one.is_inline)
        for one in found
    ]


async def find_article_file(tx: Transaction, token: str, *, reader: Reader) -> ArticleFile:
    """A file of an article that the reader may read; of an unpublished one, only for those who write.

    Raises:
        NotFound: there is none, or they may not.
    """
    sql = f"""
        select f.id, f.token, f.name, f.type, f.size, t.is_inline
        from file f join article_attachment t on t.file_id = f.id join article a on a.id = t.article_id
        where f.token = %(token)s and t.removed_at is null and {reachable()}
            and (%(kb_drafts)s or (a.archived_at is null and exists (select from article_version v
                 where v.article_id = a.id and v.state = 'published')))
        limit 1"""
    found = await row(tx, _FileRow, sql, {**sight(reader), "token": token})
    if found is None:
        raise NotFound
    return ArticleFile(found.id, found.token, found.name, found.type, found.size, FILES_PREFIX + token, found.is_inline)


async def live_versions(tx: Transaction, *, blocks: Collection[str] = (), variables: Collection[str] = ()) -> list[int]:
    """Versions in use, published or not, that say one of some blocks or variables."""
    sql = """
        select v.id from article_version v join article a on a.id = v.article_id
        where v.state in ('draft', 'review', 'published')
            and (v.block_names && %(blocks)s::text[] or v.variable_names && %(variables)s::text[])
        order by v.article_id, v.locale, v.number"""
    return await values(tx, int, sql, {"blocks": list(blocks), "variables": list(variables)})


async def live_versions_of(tx: Transaction, article_id: int) -> list[int]:
    """Versions of an article in use, published or not."""
    sql = """
        select id from article_version where article_id = %(id)s and state in ('draft', 'review', 'published')
        order by locale, number"""
    return await values(tx, int, sql, {"id": article_id})
