"""Reads of all texts that may quote an article, wherever they are kept, and of who is told of what."""

import re
from collections.abc import Sequence

from msgspec import Struct

from ombud.accounts.permissions import ROLES
from ombud.knowledge.articles.queries import reachable, sight
from ombud.knowledge.articles.schemas import Reader
from ombud.knowledge.reports.schemas import FoundKind
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows, value, values
from ombud.shared.written import text_of_written

_CJK = re.compile(r"[\u3400-\u9fff]")


class Placed(Struct):
    """A text with where it stands; ``raw`` has its marks and links.

    ``article_id`` is the article it names, ``script_id`` the script that a variant belongs to.
    """

    kind: FoundKind
    id: int
    title: str
    locale: str
    plain: str
    raw: str
    article_id: int | None = None
    script_id: int | None = None


# What is somebody's own stays their own.
_ARTICLES = """
    select 'article' as kind, v.article_id as id, v.title, v.locale, v.plain, v.body as raw, null::bigint as article_id,
        null::bigint as script_id
    from article_version v join article a on a.id = v.article_id
    where v.state = 'published' and a.archived_at is null"""
_BLOCKS = """
    select 'block', b.id, b.name, t.locale, '', t.body, null, null from knowledge_block b
    join knowledge_block_text t on t.block_id = b.id"""
_CANNED = """
    select 'canned_reply', id, title, '', text, text, null, null from canned_reply where person_id is null"""
_MACROS = """
    select 'macro', id, title, '', text || E'\\n' || note, text || E'\\n' || note, null, null
    from macro where person_id is null and (text <> '' or note <> '')"""
_CARDS = """
    select 'guidance_card', g.id, g.name, w ->> 'locale', concat_ws(E'\\n', w ->> 'title', w ->> 'text',
        (select string_agg(s, E'\\n') from jsonb_array_elements_text(w -> 'steps') s), w ->> 'wording'),
        concat_ws(E'\\n', w ->> 'text', w ->> 'steps', w ->> 'wording'), g.article_id, null
    from guidance_card g cross join jsonb_array_elements(g.words) w where g.archived_at is null"""
_VARIANTS = """
    select 'script_variant', s.id, coalesce((select v.title from article_version v
        where v.article_id = s.article_id and v.state = 'published' order by v.locale = s.locale desc, v.id limit 1),
        ''), s.locale, s.text, s.text, null, s.article_id
    from script_variant s join article a on a.id = s.article_id where a.archived_at is null"""
_NOTICES = """
    select 'notice', n.id, case l.locale when 'en' then n.title_en else n.title_zh end, l.locale, '',
        case l.locale when 'en' then n.body_en else n.body_zh end, n.article_id, null
    from notice n cross join (values ('en'), ('zh-CN')) l (locale)
    where n.state <> 'withdrawn' and case l.locale when 'en' then n.title_en else n.title_zh end <> ''"""
_EVERY = (_ARTICLES, _BLOCKS, _CANNED, _MACROS, _CARDS, _VARIANTS, _NOTICES)
_ALL = " union all ".join(_EVERY)


async def placed_texts(tx: Transaction) -> list[Placed]:
    """Every text that customers or colleagues may be told: of articles, blocks, replies, macros, cards and notices."""
    found = await rows(tx, Placed, _ALL)
    for one in found:
        if one.kind in {"block", "notice"}:
            one.plain = text_of_written(one.raw)
        one.locale = one.locale or ("zh-CN" if _CJK.search(one.plain) else "en")
    return found


class Said(Struct):
    """What a version of an article says, and what the one before it said."""

    article_id: int
    version_id: int
    slug: str
    locale: str
    title: str
    plain: str
    # None: it is the first
    before: str | None


async def said_in(tx: Transaction, version_id: int) -> Said | None:
    """A version that is published, with what was published before it in its language."""
    sql = """
        select v.article_id, v.id as version_id, a.slug, v.locale, v.title, v.plain,
            (select o.plain from article_version o where o.article_id = v.article_id and o.locale = v.locale
                and o.state = 'superseded' and o.number < v.number order by o.number desc limit 1) as before
        from article_version v join article a on a.id = v.article_id
        where v.id = %(id)s and v.state = 'published' and a.archived_at is null"""
    return await row(tx, Said, sql, {"id": version_id})


async def published_in(tx: Transaction, article_id: int) -> list[Said]:
    """What an article says in each of its languages."""
    sql = """
        select v.article_id, v.id as version_id, a.slug, v.locale, v.title, v.plain, null as before
        from article_version v join article a on a.id = v.article_id
        where a.id = %(id)s and v.state = 'published' order by v.locale"""
    return await rows(tx, Said, sql, {"id": article_id})


class Named(Struct):
    """A block or a variable."""

    id: int
    name: str


async def block_named(tx: Transaction, block_id: int) -> Named | None:
    """A block by its number."""
    return await row(tx, Named, "select id, name from knowledge_block where id = %(id)s", {"id": block_id})


async def variable_named(tx: Transaction, variable_id: int) -> Named | None:
    """A variable by its number."""
    return await row(tx, Named, "select id, name from knowledge_variable where id = %(id)s", {"id": variable_id})


async def variants_to_look_at(tx: Transaction, script_ids: Sequence[int]) -> list[int]:
    """Variants of some scripts, and those that are gone while something is still to be checked in them."""
    sql = """
        select id from script_variant where article_id = any(%(ids)s::bigint[])
        union select f.found_id from knowledge_finding f
        where f.settled_at is null and f.found_kind = 'script_variant'
            and not exists (select from script_variant s where s.id = f.found_id)"""
    return await values(tx, int, sql, {"ids": list(script_ids)})


class Reading(Struct):
    """Somebody who is told of something, in their language."""

    id: int
    locale: str


async def readers(tx: Transaction, person_ids: Sequence[int]) -> list[Reading]:
    """Those of some people who are at work here."""
    sql = "select id, locale from person where id = any(%(ids)s::bigint[]) and deactivated_at is null order by id"
    return await rows(tx, Reading, sql, {"ids": list(person_ids)})


class Reviewed(Struct):
    """A version whose review was asked for."""

    article_id: int
    title: str
    written_by: int | None
    review_asked_by: int | None


async def reviewed_version(tx: Transaction, version_id: int) -> Reviewed | None:
    """A version, whatever became of it since; None where nobody asked for its review."""
    sql = """
        select article_id, title, written_by, review_asked_by from article_version
        where id = %(id)s and review_asked_at is not null"""
    return await row(tx, Reviewed, sql, {"id": version_id})


async def may_review(tx: Transaction, article_id: int) -> list[int]:
    """People whose role publishes articles, and who have no unread word of a review of this one."""
    roles = [role for role, permissions in ROLES.items() if "knowledge.publish" in permissions]
    sql = """
        select p.id from person p where p.role = any(%(roles)s) and p.deactivated_at is null and not exists (
            select from notification n where n.person_id = p.id and n.article_id = %(article)s
                and n.kind = 'article_review' and n.read_at is null)
        order by p.id"""
    return await values(tx, int, sql, {"roles": roles, "article": article_id})


async def can_reach(tx: Transaction, article_id: int, *, reader: Reader) -> bool:
    """Whether somebody may see an article in any state."""
    sql = f"select exists (select from article a where a.id = %(id)s and {reachable()})"
    return bool(await value(tx, bool, sql, sight(reader) | {"id": article_id}))


class NoticeTitle(Struct):
    """What a notice is called."""

    title_en: str
    title_zh: str


async def notice_title(tx: Transaction, notice_id: int) -> NoticeTitle | None:
    """The title of a notice that is published."""
    sql = "select title_en, title_zh from notice where id = %(id)s and state = 'published'"
    return await row(tx, NoticeTitle, sql, {"id": notice_id})


async def plain_of(tx: Transaction, article_id: int, locale: str, *, by: Actor) -> Said | None:
    """The published words of an article in exactly one language, for whoever may manage guidance."""
    by.require("guidance.manage")
    return next((one for one in await published_in(tx, article_id) if one.locale == locale), None)
