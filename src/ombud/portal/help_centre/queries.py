"""Reads of the help centre: what is published for the public, and for customers who are signed in."""

from collections.abc import Sequence
from typing import Literal

from ombud.knowledge.articles.queries import sight, visible
from ombud.knowledge.articles.schemas import Reader
from ombud.portal.help_centre.schemas import Entry, Shelf
from ombud.portal.schemas import Site
from ombud.shared.database import Transaction, rows, value

ReaderKind = Literal["public", "customer"]


def reader_for(site: Site, *, is_customer: bool) -> Reader:
    """Who reads a site: the public, or a customer of its brand."""
    return Reader("customer" if is_customer else "public", brand_ids=frozenset({site.brand_id}))


async def load_entries(tx: Transaction, reader: Reader) -> list[Entry]:
    """All articles that a reader may read, in each of their languages; scripts are for colleagues alone."""
    sql = f"""
        select a.id as article_id, v.id as version_id, a.kind, a.slug, v.locale, a.default_locale, v.title, v.summary,
            v.keywords, a.category_id, a.is_pinned, v.published_at
        from article a join article_version v on v.article_id = a.id and v.state = 'published'
        where a.kind <> 'script' and {visible("a")} order by a.id, v.locale"""
    return await rows(tx, Entry, sql, sight(reader))


async def load_shelves(tx: Transaction, reader: Reader) -> list[Shelf]:
    """Categories that a reader may see, in their order."""
    sql = """
        select c.id, c.parent_id, c.name_en, c.name_zh from knowledge_category c
        where not c.is_hidden and c.shown_to = any(%(kb_audiences)s::text[])
            and (c.shown_brand_id is null or c.shown_brand_id = any(%(kb_brands)s::bigint[]))
        order by c.position, c.id"""
    return await rows(tx, Shelf, sql, sight(reader))


async def former_article(tx: Transaction, slug: str) -> int | None:
    """The article that had a name in addresses before."""
    return await value(tx, int, "select article_id from help_slug where slug = %(slug)s", {"slug": slug})


async def note_slugs(tx: Transaction, article_ids: Sequence[int]) -> None:
    """Remember the names of published articles, so that links to them hold after a change."""
    sql = """
        insert into help_slug (slug, article_id, noted_at)
        select a.slug, a.id, now() from article a where a.id = any(%(ids)s::bigint[]) and exists (
            select from article_version v where v.article_id = a.id and v.state = 'published')
        on conflict (slug) do update set article_id = excluded.article_id, noted_at = excluded.noted_at"""
    await tx.execute(sql, {"ids": sorted(set(article_ids))})
