"""Noting searches, uses and feedback: everybody who shows articles calls this."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ombud.intelligence.personal_data.services import find_personal_data
from ombud.knowledge.reports.events import ArticleFeedbackGiven
from ombud.knowledge.reports.rules import MOST_LETTERS, fold
from ombud.knowledge.reports.schemas import FeedbackIn, Place, Use
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, execute, hold, value
from ombud.shared.errors import NotFound
from ombud.shared.events import emit
from ombud.shared.lines import one_line

# Searches tell what is missing now; nobody asks for those of two years ago.
KEPT = timedelta(days=400)
# Whoever says it twice on one page changes their mind.
SAME = timedelta(hours=12)
HIDDEN = "•••"


async def note_search(tx: Transaction, *, text: str, locale: str, place: Place, results: int, now: datetime) -> None:
    """Note that knowledge was searched, and how much was found. Personal data in the words is left out."""
    words = _without_personal(one_line(text))[:MOST_LETTERS]
    folded = fold(words)
    if not folded:
        return
    sql = """
        insert into knowledge_search (text, folded, locale, place, results, at)
        values (%(text)s, %(folded)s, %(locale)s, %(place)s, %(results)s, %(now)s)"""
    params = {"text": words, "folded": folded, "locale": locale[:35], "place": place, "results": results, "now": now}
    await tx.execute(sql, params)


def _without_personal(text: str) -> str:
    parts, end = [], 0
    for one in find_personal_data(text):
        if not one.is_suspect:
            parts += [text[end : one.start], HIDDEN]
            end = one.end
    return "".join([*parts, text[end:]])


async def note_use(tx: Transaction, uses: Sequence[Use], *, now: datetime) -> None:
    """Note articles that were put into an answer; the same one on the same entry counts once.

    What was noted while the answer was written is of that answer when it is sent, and not a second use.
    """
    claim = """
        update article_use set entry_id = %(entry_id)s where id = (
            select id from article_use where article_id = %(article_id)s and ticket_id = %(ticket_id)s
                and person_id = %(person_id)s and entry_id is null order by id desc limit 1)
            and not exists (
                select from article_use u where u.article_id = %(article_id)s and u.entry_id = %(entry_id)s)"""
    sql = """
        insert into article_use (article_id, version_id, variant_id, ticket_id, entry_id, person_id, place, at)
        values (%(article_id)s, %(version_id)s, %(variant_id)s, %(ticket_id)s, %(entry_id)s, %(person_id)s, %(place)s,
            %(now)s)
        on conflict do nothing"""
    for one in uses:
        given = {name: getattr(one, name) for name in Use.__struct_fields__}
        if one.entry_id is None or not await execute(tx, claim, given):
            await tx.execute(sql, given | {"now": now})


async def forget_uses(tx: Transaction, entry_ids: Sequence[int]) -> int:
    """Forget uses in answers that were taken back before they left; how many."""
    return await execute(tx, "delete from article_use where entry_id = any(%(ids)s)", {"ids": list(entry_ids)})


async def note_feedback(
    tx: Transaction,
    article_id: int,
    data: FeedbackIn,
    *,
    place: Place,
    by: Actor = SYSTEM,
    customer_id: int | None = None,
    now: datetime,
) -> None:
    """Note whether an article helped. Who is known and says it again within some hours changes what they said.

    Whether they may read the article is the caller's to know.

    Raises:
        NotFound: there is no such article.

    Emits: ArticleFeedbackGiven
    """
    if await value(tx, int, "select id from article where id = %(id)s", {"id": article_id}) is None:
        raise NotFound
    person_id = by.person_id or None
    said = {
        "article": article_id,
        "version": data.version_id,
        "locale": data.locale,
        "place": place,
        "helped": data.helped,
        "reason": "" if data.helped else data.reason,
        "note": data.note.strip(),
        "person": person_id,
        "customer": customer_id,
        "now": now,
        "since": now - SAME,
    }
    again = """
        update article_feedback set helped = %(helped)s, reason = %(reason)s, note = %(note)s, at = %(now)s
        where id = (select id from article_feedback where article_id = %(article)s and place = %(place)s
            and at > %(since)s and person_id is not distinct from %(person)s
            and customer_id is not distinct from %(customer)s order by id desc limit 1)"""
    is_known = person_id is not None or customer_id is not None
    if is_known:
        # A form that is sent twice at once is one word of theirs.
        await hold(tx, "feedback", f"{article_id} {place} {person_id} {customer_id}")
    if not (is_known and await execute(tx, again, said)):
        sql = """
            insert into article_feedback (article_id, version_id, locale, place, helped, reason, note, person_id,
                customer_id, at)
            values (%(article)s, %(version)s, %(locale)s, %(place)s, %(helped)s, %(reason)s, %(note)s, %(person)s,
                %(customer)s, %(now)s)"""
        await tx.execute(sql, said)
    await emit(tx, ArticleFeedbackGiven(article_id=article_id, helped=data.helped), by=by, at=now)


async def forget_searches(tx: Transaction, *, now: datetime) -> int:
    """Forget searches of more than 400 days ago; how many."""
    return await execute(tx, "delete from knowledge_search where at < %(old)s", {"old": now - KEPT})
