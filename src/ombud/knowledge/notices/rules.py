"""What a try at questions gives, how far somebody is with a notice, and where a notice stands."""

from collections.abc import Sequence
from datetime import datetime

from ombud.knowledge.notices.schemas import NoticeQuestion, NoticeReceipt, NoticeState, Progress, Standing


def problem_of(question: NoticeQuestion) -> str | None:
    """Why a question cannot be asked (``no_text``, ``no_option_text``, ``one_right``, ``none_right``), if it cannot."""
    if not (question.text_en.strip() or question.text_zh.strip()):
        return "no_text"
    if not all(one.text_en.strip() or one.text_zh.strip() for one in question.options):
        return "no_option_text"
    right = sum(one.is_right for one in question.options)
    if question.kind == "single" and right != 1:
        return "one_right"
    return None if right else "none_right"


def grade(questions: Sequence[NoticeQuestion], chosen: Sequence[Sequence[int]]) -> tuple[int, list[int]]:
    """Percent of the questions that are answered rightly, rounded down, and places of the others.

    A question counts only if exactly its right options were chosen; one without an answer is wrong.
    """
    given = [*chosen, *([[]] * (len(questions) - len(chosen)))]
    wrong = [place for place, one in enumerate(questions) if set(given[place]) != _right(one)]
    return (len(questions) - len(wrong)) * 100 // max(len(questions), 1), wrong


def _right(question: NoticeQuestion) -> set[int]:
    return {place for place, one in enumerate(question.options) if one.is_right}


def complete(receipt: NoticeReceipt, *, questions: int, most_tries: int | None) -> NoticeReceipt:
    """The receipt with how far its reader is and how many tries they have left."""
    receipt.tries_left = None if most_tries is None else max(most_tries - receipt.tries, 0)
    receipt.progress = progress_of(receipt, questions=questions)
    return receipt


def progress_of(receipt: NoticeReceipt, *, questions: int) -> Progress:
    """How far somebody is: done is who has read it, and passed where there are questions."""
    if receipt.passed_at is not None or (receipt.read_at is not None and not questions):
        return "settled"
    if questions and receipt.tries_left == 0:
        return "failed"
    if receipt.read_at is not None:
        return "read"
    return "unread" if receipt.opened_at is None else "opened"


def standing_of(state: NoticeState, from_at: datetime, until_at: datetime | None, *, now: datetime) -> Standing:
    """Where a notice stands at a moment."""
    if state != "published":
        return state
    if now < from_at:
        return "planned"
    return "over" if until_at is not None and until_at <= now else "current"
