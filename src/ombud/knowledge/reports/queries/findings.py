"""Reads of findings, and the texts of articles that they come from."""

from collections.abc import Collection

from msgspec import Struct

from ombud.knowledge.articles.queries import reachable
from ombud.knowledge.reports.queries.figures import TITLE, given
from ombud.knowledge.reports.rules import Passage
from ombud.knowledge.reports.schemas import FindingKind, KnowledgeFinding
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, rows


async def list_findings(
    tx: Transaction,
    *,
    by: Actor,
    kind: FindingKind | None = None,
    is_open: bool = True,
    article_id: int | None = None,
    limit: int = 500,
) -> list[KnowledgeFinding]:
    """Findings about articles that the actor may see, newest first."""
    sql = f"""
        select f.id, f.kind, f.article_id, coalesce({TITLE}, '') as title, f.locale, f.source, f.found_kind, f.found_id,
            f.found_title, f.found_locale, f.how, f.passage, f.found_passage, f.at, f.settled_at,
            p.name as settled_by_name, f.verdict, s.article_id as found_script_id
        from knowledge_finding f left join article a on a.id = f.article_id left join person p on p.id = f.settled_by
            left join script_variant s on f.found_kind = 'script_variant' and s.id = f.found_id
        where (f.settled_at is null) = %(open)s and (%(kind)s::text is null or f.kind = %(kind)s)
            and (%(article)s::bigint is null or f.article_id = %(article)s)
            and (f.article_id is null or {reachable()})
        order by f.id desc limit %(limit)s"""
    params = given(by, open=is_open, kind=kind, article=article_id, limit=limit)
    return await rows(tx, KnowledgeFinding, sql, params)


class _Text(Struct):
    article_id: int
    locale: str
    plain: str
    title: str


async def published_passages(
    tx: Transaction, *, article_ids: Collection[int] | None = None, but: Collection[int] = ()
) -> list[Passage]:
    """What published articles say, in each of their languages; all, or some."""
    sql = """
        select v.article_id, v.locale, v.plain, v.title from article_version v join article a on a.id = v.article_id
        where v.state = 'published' and a.archived_at is null
            and (%(ids)s::bigint[] is null or a.id = any(%(ids)s)) and not a.id = any(%(but)s::bigint[])
        order by v.id"""
    wanted = None if article_ids is None else sorted(article_ids)
    found = await rows(tx, _Text, sql, {"ids": wanted, "but": sorted(but)})
    return [Passage(("article", one.article_id), one.locale, one.plain, one.title) for one in found]
