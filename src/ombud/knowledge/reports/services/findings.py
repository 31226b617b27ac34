"""Keeping and settling findings: passages that somebody must look at."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.knowledge.reports.events import KnowledgeFindingsChanged
from ombud.knowledge.reports.queries.findings import list_findings, published_passages
from ombud.knowledge.reports.rules import Passage, contradictions
from ombud.knowledge.reports.schemas import FindingKind, FoundKind, How, Verdict
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, execute, value
from ombud.shared.errors import NotFound
from ombud.shared.events import emit

LONGEST = 1_000


class NewFinding(Struct, frozen=True, kw_only=True):
    """A passage that was found, and why it is to be looked at."""

    kind: FindingKind
    article_id: int | None
    locale: str
    found_kind: FoundKind
    found_id: int
    found_title: str
    found_locale: str
    how: How
    passage: str
    found_passage: str
    source: str = ""


async def keep_findings(tx: Transaction, found: Sequence[NewFinding], *, now: datetime) -> int:
    """Keep what is not open yet, nor was called fine before; how many.

    Emits: KnowledgeFindingsChanged
    """
    sql = """
        insert into knowledge_finding (kind, article_id, locale, source, found_kind, found_id, found_title,
            found_locale, how, passage, found_passage, at)
        select %(kind)s, %(article_id)s, %(locale)s, %(source)s, %(found_kind)s, %(found_id)s, %(found_title)s,
            %(found_locale)s, %(how)s, %(passage)s, %(found_passage)s, %(now)s
        where not exists (select from knowledge_finding f where f.verdict = 'fine' and f.kind = %(kind)s
            and f.found_kind = %(found_kind)s and f.found_id = %(found_id)s
            and f.article_id is not distinct from %(article_id)s::bigint
            and (f.passage, f.found_passage) = (%(passage)s, %(found_passage)s))
        on conflict do nothing"""
    kept = 0
    for one in found:
        given = {name: getattr(one, name) for name in NewFinding.__struct_fields__}
        given |= {"passage": one.passage[:LONGEST], "found_passage": one.found_passage[:LONGEST]}
        kept += await execute(tx, sql, given | {"now": now})
    if kept:
        await emit(tx, KnowledgeFindingsChanged(change="found", count=kept), by=SYSTEM, at=now)
    return kept


async def settle_finding(tx: Transaction, finding_id: int, verdict: Verdict, *, by: Actor, now: datetime) -> None:
    """Say that a finding was mended, or is fine as it is: what is fine is not found again.

    Raises:
        NotFound: there is none that is open and that the actor may see.

    Emits: KnowledgeFindingsChanged
    """
    if not any(one.id == finding_id for one in await list_findings(tx, by=by, limit=100_000)):
        raise NotFound
    sql = """
        update knowledge_finding set settled_at = %(now)s, settled_by = %(by)s, verdict = %(verdict)s
        where id = %(id)s and settled_at is null"""
    params = {"now": now, "by": by.person_id or None, "verdict": verdict, "id": finding_id}
    if await execute(tx, sql, params):
        await emit(tx, KnowledgeFindingsChanged(change="settled", count=1), by=by, at=now)


async def settle_gone(tx: Transaction, found_kind: FoundKind, found_id: int, text: str, *, now: datetime) -> int:
    """Settle open findings in a place whose text does not hold their passage any more; how many.

    Emits: KnowledgeFindingsChanged
    """
    sql = """
        update knowledge_finding set settled_at = %(now)s, verdict = 'changed'
        where settled_at is null and ((found_kind = %(kind)s and found_id = %(id)s
                and how in ('sentence', 'numbers') and position(found_passage in %(text)s) = 0)
            or (%(kind)s = 'article' and kind = 'contradiction' and article_id = %(id)s
                and position(passage in %(text)s) = 0))"""
    # Sentences were read with single blanks.
    flat = " ".join(text.split())
    settled = await execute(tx, sql, {"now": now, "kind": found_kind, "id": found_id, "text": flat})
    if settled:
        await emit(tx, KnowledgeFindingsChanged(change="settled", count=settled), by=SYSTEM, at=now)
    return settled


async def find_contradictions(
    tx: Transaction, article_id: int, *, others: Sequence[Passage] = (), now: datetime
) -> int:
    """Look for what else says the same as a published article with other figures; how many are new.

    ``others`` are texts beside the published articles.

    Emits: KnowledgeFindingsChanged
    """
    own = await published_passages(tx, article_ids=[article_id])
    articles = await published_passages(tx, but=[article_id]) if own else []
    pairs = await asyncio.to_thread(contradictions, own, [*articles, *others])
    found = [
        NewFinding(
            kind="contradiction",
            article_id=article_id,
            locale=pair.one.locale,
            found_kind=pair.other.place[0],  # type: ignore[arg-type]  # the kinds of places there are
            found_id=pair.other.place[1],
            found_title=pair.other.title,
            found_locale=pair.other.locale,
            how="numbers",
            passage=pair.one.text,
            found_passage=pair.other.text,
        )
        for pair in pairs
    ]
    return await keep_findings(tx, [one for one in found if not await _is_known(tx, one)], now=now)


async def _is_known(tx: Transaction, found: NewFinding) -> bool:
    """Whether the same two passages are open the other way round: either article finds the other."""
    if found.found_kind != "article":
        return False
    sql = """
        select id from knowledge_finding where kind = 'contradiction' and article_id = %(found_id)s
            and found_id = %(article_id)s and (passage, found_passage) = (%(found_passage)s, %(passage)s)
            and (settled_at is null or verdict = 'fine') limit 1"""
    given = {"found_id": found.found_id, "article_id": found.article_id}
    return (
        await value(tx, int, sql, given | {"found_passage": found.found_passage, "passage": found.passage}) is not None
    )
