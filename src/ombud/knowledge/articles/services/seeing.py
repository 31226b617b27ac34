"""Opening an article: what told the reader of it is read."""

from datetime import datetime

from ombud.knowledge.articles import queries
from ombud.knowledge.articles.schemas import Article, reader_of
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute


async def see_article(tx: Transaction, article_id: int, *, locale: str, by: Actor, now: datetime) -> Article:
    """An article as those who work on it see it; notifications of it are read.

    Raises:
        NotFound: there is none, the actor may not see it, or nothing of it is published for a mere reader.
    """
    found = await queries.find_article(
        tx, article_id, reader=reader_of(by), today=now.date(), locale=locale or by.locale
    )
    sql = """
        update notification set read_at = %(now)s
        where article_id = %(id)s and person_id = %(me)s and read_at is null"""
    await execute(tx, sql, {"id": article_id, "me": by.person_id, "now": now})
    return found
