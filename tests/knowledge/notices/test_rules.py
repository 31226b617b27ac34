"""What a try gives, what cannot be asked, how far somebody is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.knowledge.notices.rules import complete, grade, problem_of, standing_of
from ombud.knowledge.notices.schemas import (
    NoticeOption,
    NoticeQuestion,
    NoticeReceipt,
    NoticeState,
    Progress,
    QuestionKind,
    Standing,
)

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def question(kind: QuestionKind, right: str) -> NoticeQuestion:
    """A question whose options are right (1) or not (0)."""
    return NoticeQuestion(kind, [NoticeOption("x", is_right=one == "1") for one in right], "Why?")


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (question("single", "10"), None),
        (question("multiple", "11"), None),
        (question("single", "11"), "one_right"),
        (question("single", "00"), "one_right"),
        (question("multiple", "00"), "none_right"),
        (NoticeQuestion("single", [NoticeOption("a", is_right=True), NoticeOption("b")]), "no_text"),
        (NoticeQuestion("single", [NoticeOption("a", is_right=True), NoticeOption(" ")], "Why?"), "no_option_text"),
    ],
)
def test_problem_of_names_what_cannot_be_asked(asked: NoticeQuestion, problem: str | None) -> None:
    assert problem_of(asked) == problem


def test_grade_counts_a_question_only_with_exactly_its_right_options() -> None:
    asked = [question("single", "01"), question("multiple", "101"), question("single", "10")]
    assert grade(asked, [[1], [2, 0], [0]]) == (100, [])
    assert grade(asked, [[1], [0], [0]]) == (66, [1])
    assert grade(asked, [[1], [0, 1, 2]]) == (33, [1, 2])
    assert grade(asked, []) == (0, [0, 1, 2])


@given(st.lists(st.text("01", min_size=2, max_size=8), min_size=1, max_size=20))
def test_grade_of_all_right_options_is_all(rights: list[str]) -> None:
    asked = [question("multiple", one) for one in rights]
    chosen = [[place for place, sign in enumerate(one) if sign == "1"] for one in rights]
    assert grade(asked, chosen) == (100, [])


@pytest.mark.parametrize(
    ("receipt", "questions", "most", "progress"),
    [
        (NoticeReceipt(), 0, None, "unread"),
        (NoticeReceipt(opened_at=NOW), 2, 3, "opened"),
        (NoticeReceipt(opened_at=NOW, read_at=NOW), 2, 3, "read"),
        (NoticeReceipt(opened_at=NOW, read_at=NOW), 0, None, "settled"),
        (NoticeReceipt(read_at=NOW, tries=3), 2, 3, "failed"),
        (NoticeReceipt(read_at=NOW, tries=3), 2, None, "read"),
        (NoticeReceipt(read_at=NOW, tries=3, passed_at=NOW), 2, 3, "settled"),
    ],
)
def test_complete_says_how_far_somebody_is(
    receipt: NoticeReceipt, questions: int, most: int | None, progress: Progress
) -> None:
    assert complete(receipt, questions=questions, most_tries=most).progress == progress


@pytest.mark.parametrize(
    ("state", "begins", "ends", "standing"),
    [
        ("draft", 0, None, "draft"),
        ("withdrawn", 0, None, "withdrawn"),
        ("published", 1, None, "planned"),
        ("published", 0, 1, "current"),
        ("published", -2, 0, "over"),
    ],
)
def test_standing_of_a_moment(state: NoticeState, begins: int, ends: int | None, standing: Standing) -> None:
    until = None if ends is None else NOW + timedelta(hours=ends)
    assert standing_of(state, NOW + timedelta(hours=begins), until, now=NOW) == standing
