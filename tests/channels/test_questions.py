"""What customers type into a form's questions, and what becomes of it: a value, a problem by its name, or words."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.channels.questions import Question, answers, fitting, read_page, with_dropped
from ombud.fields.schemas import Choice, Field, FieldKind, FieldOptions
from ombud.fields.services.values import BadFields


def question(key: str, kind: FieldKind, *, is_required: bool = False, **options: Any) -> Question:
    field = Field(1, "ticket", key, key.title(), f"{key}问", kind, FieldOptions(**options), 1, is_archived=False)
    return Question(field, is_required)


CHOICES = [Choice("red", "Red", "红"), Choice("blue", "Blue", "蓝"), Choice("old", "Old", "旧", is_archived=True)]
ASKED = [
    question("name", "text", max_length=10),
    question("story", "long_text"),
    question("count", "number"),
    question("price", "money", currency="CNY"),
    question("yen", "money", currency="JPY"),
    question("day", "date"),
    question("colour", "choice", choices=CHOICES),
    question("colours", "multi_choice", choices=CHOICES),
    question("urgent", "yes_no"),
]


def page(**typed: str | list[str]) -> dict[str, Any]:
    """What a page says whose inputs hold these texts."""
    sent = {f"field_{key}": one if isinstance(one, list) else [one] for key, one in typed.items()}
    return read_page(ASKED, lambda name: sent.get(name, []))


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("name", " Rosa ", "Rosa"),
        ("story", "one\r\ntwo", "one\ntwo"),
        ("count", "1,234", 1_234),
        ("count", "1，234.5", 1_234.5),
        ("count", "１２", 12),
        ("count", "-0", 0),
        ("count", "1e3", 1_000),
        ("price", "12.50", {"amount_cents": 1_250, "currency": "CNY"}),
        ("price", "0.1", {"amount_cents": 10, "currency": "CNY"}),
        ("price", "19.99", {"amount_cents": 1_999, "currency": "CNY"}),
        ("price", "-3", {"amount_cents": -300, "currency": "CNY"}),
        # a currency without a smaller unit
        ("yen", "1,200", {"amount_cents": 1_200, "currency": "JPY"}),
        ("day", "2028-02-29", "2028-02-29"),
        ("colour", "red", "red"),
        ("colours", ["red", " ", "blue"], ["red", "blue"]),
        ("colours", "red", ["red"]),
        ("urgent", "yes", True),
        ("urgent", "no", False),
    ],
)
def test_typed_answer_is_kept_as_the_value_of_its_field(key: str, typed: str | list[str], value: Any) -> None:
    assert answers(ASKED, page(**{key: typed})) == {key: value}


@pytest.mark.parametrize(
    ("key", "typed", "problem"),
    [
        ("name", "x" * 11, "too_long"),
        ("count", "many", "not_a_number"),
        ("count", "nan", "not_a_number"),
        ("count", "-inf", "not_a_number"),
        ("count", "1e999", "not_a_number"),
        ("count", "9" * 30, "not_a_number"),
        ("price", "free", "not_money"),
        ("price", "nan", "not_money"),
        ("price", "Infinity", "not_money"),
        ("price", "1e999", "not_money"),
        ("price", "1e300", "not_a_number"),
        ("day", "2027-02-29", "not_a_date"),
        ("day", "29.02.2028", "not_a_date"),
        ("colour", "green", "unknown_choice"),
        ("colour", "old", "unknown_choice"),
        ("colours", ["red", "green"], "unknown_choice"),
        ("colours", ["red", "red"], "not_a_list"),
        ("urgent", "maybe", "not_yes_or_no"),
    ],
)
def test_typed_answer_that_does_not_fit_is_named_by_its_field(key: str, typed: str | list[str], problem: str) -> None:
    with pytest.raises(BadFields) as refused:
        answers(ASKED, page(**{key: typed}))
    assert refused.value.fields == {key: problem}


@given(st.sampled_from([one.field.key for one in ASKED]), st.lists(st.text(max_size=30), max_size=3))
def test_page_of_any_texts_is_read_and_then_taken_or_refused(key: str, typed: list[str]) -> None:
    given = page(**{key: typed})
    found: set[str] = set()
    with contextlib.suppress(BadFields):
        found = set(answers(ASKED, given))
    assert found <= {key}


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("count", float("nan"), "not_a_number"),
        ("count", "5", "not_a_number"),
        ("count", True, "not_a_number"),
        ("price", {"amount_cents": float("nan"), "currency": "CNY"}, "not_money"),
        ("price", {"amount_cents": 5, "currency": "EUR"}, "other_currency"),
        ("price", {"amount_cents": 5, "currency": "CNY", "more": 1}, "not_money"),
        ("colours", "red", "not_a_list"),
        ("colours", [["red"]], "unknown_choice"),
        ("name", {"a": 1}, "not_a_text"),
        ("secret", "x", "unknown_field"),
    ],
)
def test_answer_of_a_program_that_does_not_fit_is_named(key: str, value: Any, problem: str) -> None:
    with pytest.raises(BadFields) as refused:
        answers(ASKED, {key: value})
    assert refused.value.fields == {key: problem}


@pytest.mark.parametrize("empty", [None, "", " ", [], "\x00"])
def test_required_question_is_not_answered_by_nothing(empty: Any) -> None:
    asked = [question("name", "text", is_required=True)]
    with pytest.raises(BadFields) as refused:
        answers(asked, {"name": empty} if empty is not None else {})
    assert refused.value.fields == {"name": "required"}


def test_required_question_is_answered_by_no_and_by_zero() -> None:
    asked = [question("urgent", "yes_no", is_required=True), question("count", "number", is_required=True)]
    assert answers(asked, {"urgent": False, "count": 0}) == {"urgent": False, "count": 0}


def test_every_wrong_answer_is_named_at_once() -> None:
    asked = [*ASKED, question("must", "text", is_required=True)]
    with pytest.raises(BadFields) as refused:
        answers(asked, {"count": "x", "day": "x"})
    assert set(refused.value.fields) == {"count", "day", "must"}


@pytest.mark.parametrize(
    ("locale", "lines"),
    [("en", "Help\nName: " + "x" * 11 + "\nGone: red, 7"), ("zh-CN", "Help\nname问: " + "x" * 11 + "\ngone问: red, 7")],
)
def test_chat_is_held_up_by_no_answer_and_loses_none(locale: str, lines: str) -> None:
    gone = question("gone", "text")
    gone.field.is_archived = True
    given = {"count": 3, "name": "x" * 11, "gone": ["red", 7], "unknown": "x", "day": ""}
    assert fitting(ASKED, [gone], given, "Help", locale) == ({"count": 3}, lines)


def test_chat_with_answers_alone_has_no_empty_line_above_them() -> None:
    price = {"amount_cents": 5, "currency": "EUR"}
    assert fitting(ASKED, [], {"price": price}, "", "en") == ({}, "Price: 5 EUR")


def test_answers_to_questions_that_are_gone_stand_below_the_message() -> None:
    gone = [question("size", "text"), question("weight", "number"), question("none", "text")]
    sent = {"field_size": [" L ", "", "XL"], "field_weight": ["7"], "field_none": [" "]}
    assert with_dropped("Help", gone, lambda name: sent[name], "en") == "Help\n\nSize: L, XL\nWeight: 7"
    assert with_dropped("Help", gone[2:], lambda name: sent[name], "en") == "Help"
