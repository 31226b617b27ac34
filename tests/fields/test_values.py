"""Which values custom fields take."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.fields.schemas import Choice, Field, FieldKind, FieldOptions
from ombud.fields.services.values import BadFields, comparable, facets_of, merged_values, options_problem


def choice(value: str, *, is_archived: bool = False) -> Choice:
    return Choice(value, value.title(), value, is_archived)


def field(key: str, kind: FieldKind, *, is_archived: bool = False, **options: Any) -> Field:
    return Field(1, "ticket", key, key.title(), key, kind, FieldOptions(**options), 1, is_archived)


CHOICES = [choice("red"), choice("blue"), choice("old", is_archived=True)]
TREE = [choice("home"), choice("home/washer"), choice("home/washer/drum")]
FIELDS = [
    field("note", "text", max_length=10, pattern="[A-Z].*"),
    field("story", "long_text"),
    field("count", "number", minimum=0, maximum=9, decimals=1),
    field("day", "date"),
    field("colour", "choice", choices=CHOICES),
    field("part", "tree", choices=TREE),
    field("colours", "multi_choice", choices=CHOICES),
    field("price", "money", currency="CNY", minimum=0),
    field("buyer", "customer"),
    field("photo", "file"),
    field("urgent", "yes_no"),
    field("gone", "text", is_archived=True),
]
CNY = {"amount_cents": 1250, "currency": "CNY"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("note", "Abc"), ("note", " Abc "), ("story", "x" * 20_000), ("count", 0), ("count", 8.5)),
        *(("day", "2026-02-28"), ("colour", "red"), ("part", "home/washer"), ("colours", ["red", "blue"])),
        *(("price", CNY), ("buyer", 7), ("photo", 9), ("urgent", False), ("urgent", True)),
    ],
)
def test_merged_values_what_fits_is_taken(key: str, value: Any) -> None:
    after, changed = merged_values(FIELDS, {}, {key: value})
    assert after == {key: value.strip() if isinstance(value, str) else value}
    assert changed == [key]


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        *(("nothing", 1, "unknown_field"), ("gone", "x", "archived"), ("note", 5, "not_a_text")),
        *(("note", "A" * 11, "too_long"), ("note", "abc", "bad_format"), ("count", "5", "not_a_number")),
        *(("count", True, "not_a_number"), ("count", -1, "too_small"), ("count", 10, "too_large")),
        *(("count", 1.25, "too_many_decimals"), ("count", float("nan"), "not_a_number")),
        *(("day", "2026-02-30", "not_a_date"), ("day", "20260228", "not_a_date"), ("day", 3, "not_a_date")),
        *(("colour", "green", "unknown_choice"), ("colour", "old", "unknown_choice")),
        *(("part", "home/dryer", "unknown_choice"), ("colours", "red", "not_a_list")),
        *(("colours", ["red", "red"], "not_a_list"), ("colours", ["red", 1], "unknown_choice")),
        *(("price", 5, "not_money"), ("price", {**CNY, "currency": "USD"}, "other_currency")),
        *(("price", {**CNY, "amount_cents": -1}, "too_small"), ("price", {**CNY, "x": 1}, "not_money")),
        *(("buyer", "7", "not_an_id"), ("photo", 0, "not_an_id"), ("urgent", 1, "not_yes_or_no")),
    ],
)
def test_merged_values_what_does_not_fit_names_the_field(key: str, value: Any, problem: str) -> None:
    with pytest.raises(BadFields) as raised:
        merged_values(FIELDS, {}, {key: value, "urgent": True} if key != "urgent" else {key: value})
    assert raised.value.fields == {key: problem}


@pytest.mark.parametrize("nothing", [None, "", "   ", []])
def test_merged_values_an_empty_value_takes_it_away(nothing: Any) -> None:
    assert merged_values(FIELDS, {"note": "Abc", "urgent": True}, {"note": nothing}) == ({"urgent": True}, ["note"])
    assert merged_values(FIELDS, {}, {"note": nothing}) == ({}, [])


def test_merged_values_an_old_value_stays_though_no_longer_offered() -> None:
    before = {"colour": "old", "gone": "x"}
    assert merged_values(FIELDS, before, {"colour": "old", "gone": "x"}) == (before, [])
    assert merged_values(FIELDS, before, {"gone": None}) == ({"colour": "old"}, ["gone"])


@given(st.dictionaries(st.sampled_from([one.key for one in FIELDS]), st.none() | st.integers() | st.text()))
def test_merged_values_of_anything_either_fits_or_names_what_does_not(given_values: dict[str, Any]) -> None:
    problems: dict[str, str] = {}
    after: dict[str, Any] = {}
    try:
        after, _ = merged_values(FIELDS, {}, given_values)
    except BadFields as problem:
        problems = problem.fields
    assert problems.keys() <= given_values.keys()
    assert merged_values(FIELDS, after, after) == (after, [])


def test_facets_of_chosen_values_name_each_and_every_level() -> None:
    values = {"colour": "red", "colours": ["red", "blue"], "part": "home/washer", "urgent": False, "note": "Abc"}
    assert facets_of(FIELDS, values) == [
        *("f:colour=red", "f:colours=red", "f:colours=blue"),
        *("f:part=home", "f:part=home/washer", "f:urgent=false"),
    ]


def test_comparable_money_is_its_amount() -> None:
    assert comparable(FIELDS, {"price": CNY, "note": "Abc"}) == {"price": 1250, "note": "Abc"}


@pytest.mark.parametrize(
    ("kind", "options", "problem"),
    [
        ("choice", {}, "no_choices"),
        ("choice", {"choices": [choice("a"), choice("a")]}, "choice_twice"),
        ("tree", {"choices": [choice("a/b")]}, "no_such_branch"),
        ("tree", {"choices": TREE}, None),
        ("number", {"minimum": 3, "maximum": 2}, "minimum_above_maximum"),
        ("text", {"pattern": "("}, "bad_pattern"),
        ("text", {}, None),
    ],
)
def test_options_problem_names_what_is_wrong(kind: str, options: dict[str, Any], problem: str | None) -> None:
    assert options_problem(kind, FieldOptions(**options)) == problem
