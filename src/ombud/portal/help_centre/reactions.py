"""What the help centre does when articles or sites change: finished pages are out of date at once."""

from collections.abc import Sequence
from datetime import datetime

from ombud.knowledge.articles.events import (
    ArticleArchived,
    ArticleChanged,
    ArticlePublished,
    ArticleSettingsChanged,
    KnowledgeCategoryChanged,
)
from ombud.portal.events import HelpSiteChanged
from ombud.portal.help_centre.queries import note_slugs
from ombud.portal.kept import TOPIC
from ombud.shared.database import Transaction
from ombud.shared.events import Event
from ombud.shared.readers import Reader

OF_ARTICLES = frozenset(
    one.kind_name() for one in (ArticlePublished, ArticleArchived, ArticleSettingsChanged, ArticleChanged)
)
OTHERS = frozenset(one.kind_name() for one in (KnowledgeCategoryChanged, HelpSiteChanged)) | {
    # colleagues' rooms below ours
    "brand_changed",
    "channel_changed",
}
# Of all that may change about an article in work, its files alone are seen by readers.
SEEN_CHANGES = frozenset({"files"})


async def refresh_help(tx: Transaction, events: Sequence[Event], _now: datetime) -> None:
    """Move the stamp that finished pages are held against, and remember the articles' present names."""
    seen = [one for one in events if one.kind != ArticleChanged.kind_name() or one.data.get("change") in SEEN_CHANGES]
    if not seen:
        return
    articles = [one.data["article_id"] for one in seen if one.kind in OF_ARTICLES]
    if articles:
        await note_slugs(tx, articles)
    await tx.execute("update help_stamp set number = number + 1")


HELP = Reader(name="help_centre", react=refresh_help, kinds=OF_ARTICLES | OTHERS, wakes=(TOPIC,))
