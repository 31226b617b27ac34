"""Passages follow what is published: at each event of an article, exactly once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from ombud.knowledge.retrieval.services import index_article, index_whole_article
from ombud.shared.database import Transaction
from ombud.shared.events import Event
from ombud.shared.readers import Reader

# Of the bus: passages wait for vectors.
TOPIC: Final = "passages"


async def follow_articles(tx: Transaction, events: Sequence[Event], now: datetime) -> None:  # noqa: ARG001  # every reaction has it
    """Cut anew what reads otherwise now; each once, however many events name it."""
    whole = {int(one.data["article_id"]) for one in events if one.kind == "article_archived"}
    parts = {
        (int(one.data["article_id"]), str(one.data["locale"]))
        for one in events
        if one.kind == "article_published" and int(one.data["article_id"]) not in whole
    }
    for article_id in sorted(whole):
        await index_whole_article(tx, article_id)
    for article_id, locale in sorted(parts):
        await index_article(tx, article_id, locale)


PASSAGES = Reader(
    name="passages",
    react=follow_articles,
    kinds=frozenset({"article_published", "article_archived"}),
    from_start=True,
    batch_size=50,
    wakes=(TOPIC,),
)
