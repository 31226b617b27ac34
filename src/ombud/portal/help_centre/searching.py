"""Finding articles that answer a question."""

from ombud.knowledge.articles.schemas import Reader
from ombud.knowledge.retrieval.queries import find_passages
from ombud.knowledge.retrieval.schemas import Ask
from ombud.knowledge.retrieval.services import PassageIndex
from ombud.portal.help_centre.schemas import Hit
from ombud.shared.database import Database

MOST_HITS = 8
MOST_PROPOSED = 3
# Below this a passage shares a word with the question by chance: it is better to say that nothing was found.
FOUND_CONFIDENCE = 0.03
# What is proposed before a message goes off: whoever wrote it judges, so little is asked of the first, and of the
# others that they are not far behind it.
PROPOSED_CONFIDENCE = 0.05
PROPOSED_SHARE = 0.2
LONGEST_QUESTION = 2_000
TOLD_KINDS = frozenset({"article", "faq"})


async def find_hits(
    database: Database, index: PassageIndex, text: str, reader: Reader, locale: str, *, limit: int
) -> list[Hit]:
    """Articles that answer a question, the best first; scripts are what colleagues say, and left out."""
    asked = text[:LONGEST_QUESTION]
    meant = await index.meant(database, asked)
    ask = Ask(text=asked, locale=locale, reader=reader, limit=limit * 2, meant=meant)
    async with database.statements() as tx:
        found = await find_passages(tx, index, ask)
    return [
        Hit(one.article_id, one.version_id, one.slug, one.locale, one.title, one.heading, one.text, one.confidence)
        for one in found
        if one.kind in TOLD_KINDS and one.confidence >= FOUND_CONFIDENCE
    ][:limit]


async def find_likely(database: Database, index: PassageIndex, text: str, reader: Reader, locale: str) -> list[Hit]:
    """Articles that may spare somebody the writing."""
    hits = await find_hits(database, index, text, reader, locale, limit=MOST_PROPOSED)
    least = max([PROPOSED_CONFIDENCE, *(one.confidence * PROPOSED_SHARE for one in hits[:1])])
    return [one for one in hits if one.confidence >= least]
