"""Telling reviewers that a draft of an article waits for them, and its authors what became of it."""

from collections.abc import Iterable
from datetime import datetime

from ombud.accounts.queries.actors import person_actor
from ombud.assistance.upkeep import queries
from ombud.assistance.upkeep.queries import Reviewed
from ombud.knowledge.articles.queries import version_in
from ombud.knowledge.articles.schemas import Version, reader_of
from ombud.knowledge.articles.services.policy import knowledge_policy
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute
from ombud.tickets.services.timeline import Told, notify_all


async def tell_reviewers(tx: Transaction, article_id: int, locale: str, *, by: Actor, now: datetime) -> None:
    """Tell those who may publish an article that a draft of it waits; whoever has that unread is not told twice.

    Where the desk wants a second pair of eyes, the draft's author is none of them.

    Emits: NotificationMade
    """
    waiting = await version_in(tx, article_id, locale, "review")
    if waiting is None:
        return
    policy = await knowledge_policy(tx)
    people = [
        one
        for one in await queries.may_review(tx, article_id)
        if policy.own_approval or one != waiting.written_by
        if await _may_publish(tx, article_id, one)
    ]
    await notify_all(tx, "article_review", _told(people, article_id, waiting), by=by, now=now)


async def _may_publish(tx: Transaction, article_id: int, person_id: int) -> bool:
    person = await person_actor(tx, person_id)
    if person is None or not person.may("knowledge.publish"):
        return False
    return await queries.can_reach(tx, article_id, reader=reader_of(person))


async def tell_of_approval(tx: Transaction, version_id: int, *, by: Actor, now: datetime) -> None:
    """Tell whoever wrote a version, and whoever asked for its review, that it is published.

    What was published without anybody's review is told to nobody.

    Emits: NotificationMade
    """
    found = await queries.reviewed_version(tx, version_id)
    if found is not None:
        await settle_review(tx, found.article_id, now=now)
        people = await _authors(tx, found)
        await notify_all(tx, "article_approved", _told(people, found.article_id, found), by=by, now=now)


async def tell_of_return(tx: Transaction, article_id: int, locale: str, *, by: Actor, now: datetime) -> None:
    """Tell whoever wrote a version, and whoever asked for its review, that it was sent back.

    Emits: NotificationMade
    """
    await settle_review(tx, article_id, now=now)
    version = await version_in(tx, article_id, locale, "rejected")
    found = await queries.reviewed_version(tx, version.id) if version is not None else None
    if found is not None:
        people = await _authors(tx, found)
        await notify_all(tx, "article_returned", _told(people, article_id, found), by=by, now=now)


async def settle_review(tx: Transaction, article_id: int, *, now: datetime) -> None:
    """Take what told of a review as read, where nothing of the article waits any more."""
    sql = """
        update notification set read_at = %(now)s
        where article_id = %(id)s and kind = 'article_review' and read_at is null and not exists (
            select from article_version v join article a on a.id = v.article_id
            where v.article_id = %(id)s and v.state = 'review' and a.archived_at is null)"""
    await execute(tx, sql, {"id": article_id, "now": now})


async def _authors(tx: Transaction, found: Reviewed) -> list[int]:
    people = {one for one in (found.written_by, found.review_asked_by) if one is not None}
    return [one.id for one in await queries.readers(tx, sorted(people))]


def _told(people: Iterable[int], article_id: int, version: Version | Reviewed) -> list[Told]:
    return [Told(one, None, None, None, article_id=article_id, title=version.title) for one in people]
