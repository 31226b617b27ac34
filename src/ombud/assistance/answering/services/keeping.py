"""Keep what was asked and what came of it."""

from datetime import datetime

from ombud.assistance.answering.schemas import AnswerRule
from ombud.assistance.answering.services.finding import Judged
from ombud.shared.database import Transaction, value

LONGEST_KEPT = 2_000


async def keep_question(
    tx: Transaction,
    rule: AnswerRule,
    judged: Judged,
    question: str,
    locale: str,
    *,
    ticket_id: int | None = None,
    question_entry_id: int | None = None,
    now: datetime,
) -> int:
    """Keep a question with what was found, how sure the machine was and what it did; the same message once."""
    best, answer = judged.best, judged.answer
    sql = """
        insert into machine_answer (place, channel_id, ticket_id, question_entry_id, locale, question, article_id,
            version_id, passage_id, title, slug, confidence, threshold, state, reason, is_worded, at)
        values (%(place)s, %(channel)s, %(ticket)s, %(question_entry)s, %(locale)s, %(question)s, %(article)s,
            %(version)s, %(passage)s, %(title)s, %(slug)s, %(confidence)s, %(threshold)s, %(state)s, %(reason)s,
            %(worded)s, %(now)s)
        on conflict (question_entry_id) where question_entry_id is not null do update set state = excluded.state,
            reason = excluded.reason
        returning id"""
    params = {
        "place": rule.place,
        "channel": rule.channel_id,
        "ticket": ticket_id,
        "question_entry": question_entry_id,
        "locale": locale,
        "question": question.replace("\x00", "")[:LONGEST_KEPT],
        "article": best.article_id if best else None,
        "version": best.version_id if best else None,
        "passage": best.passage_id if best else None,
        "title": best.title if best else "",
        "slug": best.slug if best else "",
        "confidence": best.confidence if best else None,
        "threshold": rule.threshold,
        "state": judged.state,
        "reason": judged.reason or "",
        "worded": bool(answer and answer.is_worded),
        "now": now,
    }
    return await value(tx, int, sql, params) or 0
