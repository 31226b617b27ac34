"""Two versions of an article beside each other."""

import asyncio

from msgspec import convert

from ombud.knowledge.articles import queries
from ombud.knowledge.articles.rules import diff
from ombud.knowledge.articles.schemas import Reader, Version, VersionBrief, VersionDiff
from ombud.shared.database import Transaction


async def compare_versions(
    tx: Transaction, article_id: int, locale: str, number: int, against: int | None, *, reader: Reader
) -> VersionDiff:
    """What changed to a version from another one; None: from the one that was read before it, else from nothing.

    Raises:
        NotFound: there is no such version for the reader.
    """
    after = await queries.find_version(tx, article_id, locale, number, reader=reader)
    before: Version | None = None
    if against is None:
        history = await queries.list_versions(tx, article_id, locale, reader=reader)
        against = next((one.number for one in history if one.number < number and one.published_at), None)
    if against is not None:
        before = await queries.find_version(tx, article_id, locale, against, reader=reader)
    return await asyncio.to_thread(_compared, before, after)


def _compared(before: Version | None, after: Version) -> VersionDiff:
    old = (before.title, before.summary, before.plain, before.keywords, before.questions) if before else ("",) * 5
    return VersionDiff(
        before=convert(before, VersionBrief, from_attributes=True) if before else None,
        after=convert(after, VersionBrief, from_attributes=True),
        title=diff(old[0], after.title),
        summary=diff(old[1], after.summary),
        text=diff(old[2], after.plain),
        keywords=diff(old[3], after.keywords),
        questions=diff(old[4], after.questions),
    )
