"""Values that look alike and are not, and values that were taken once and are taken again."""

from typing import Any

import pytest

from ombud.fields.schemas import Choice, Field, FieldKind, FieldOptions
from ombud.fields.services.values import BadFields, facets_of, is_place, merged_values


def field(kind: FieldKind, *, is_archived: bool = False, **options: Any) -> Field:
    return Field(1, "ticket", "it", "It", "它", kind, FieldOptions(**options), 1, is_archived)


def problem(one: Field, before: Any, new: Any) -> str | None:
    """What is said against a value, if anything is."""
    try:
        merged_values([one], {} if before is None else {"it": before}, {"it": new})
    except BadFields as found:
        return found.fields["it"]
    return None


@pytest.mark.parametrize(
    ("kind", "before", "new", "word"),
    [
        ("number", 1, True, "not_a_number"),
        ("number", 0, False, "not_a_number"),
        ("customer", 1, True, "not_an_id"),
        ("file", 1, 1.0, "not_an_id"),
        ("yes_no", True, 1, "not_yes_or_no"),
        ("yes_no", False, 0.0, "not_yes_or_no"),
        ("money", {"amount_cents": 1, "currency": "CNY"}, {"amount_cents": True, "currency": "CNY"}, "not_a_number"),
    ],
)
def test_value_of_another_kind_that_equals_the_old_one_is_refused(
    kind: FieldKind, before: Any, new: Any, word: str
) -> None:
    assert problem(field(kind), before, new) == word


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        ("text", "Abc"),
        ("number", 1.5),
        ("yes_no", False),
        ("multi_choice", ["a", "b"]),
        ("money", {"amount_cents": 5, "currency": "CNY"}),
    ],
)
def test_archived_field_takes_its_own_value_again_and_no_other(kind: FieldKind, kept: Any) -> None:
    one = field(kind, is_archived=True)
    assert problem(one, kept, kept) is None
    assert problem(one, "other", kept) == "archived"
    assert problem(one, kept, None) is None


def test_archived_money_is_the_same_whatever_the_order_of_its_parts() -> None:
    one = field("money", is_archived=True)
    assert problem(one, {"amount_cents": 5, "currency": "CNY"}, {"currency": "CNY", "amount_cents": 5}) is None


def test_blanks_around_an_old_value_change_nothing() -> None:
    one = field("text", is_archived=True)
    assert merged_values([one], {"it": "Abc"}, {"it": "  Abc\n"}) == ({"it": "Abc"}, [])


@pytest.mark.parametrize("around", ["          Abc", "Abc          ", "Abc\x00"])
def test_length_and_pattern_are_those_of_what_is_kept(around: str) -> None:
    one = field("text", max_length=3, pattern="[A-Z][a-z]+")
    assert merged_values([one], {}, {"it": around}) == ({"it": "Abc"}, ["it"])


@pytest.mark.parametrize("nothing", ["\x00", " \x00 ", "\u3000", "\n"])
def test_text_that_shows_nothing_is_no_value(nothing: str) -> None:
    assert merged_values([field("text")], {"it": "Abc"}, {"it": nothing}) == ({}, ["it"])


@pytest.mark.parametrize("text", ["身份证", "净水机 PRO", "👍" * 5])
def test_length_counts_signs_and_not_bytes(text: str) -> None:
    assert problem(field("text", max_length=len(text)), None, text) is None
    assert problem(field("text", max_length=len(text)), None, text + "x") == "too_long"


@pytest.mark.parametrize(
    ("value", "word"),
    [(2**53, None), (2**53 + 1, "not_a_number"), (-(2**53) - 1, "not_a_number"), (float("inf"), "not_a_number")],
)
def test_numbers_that_a_browser_cannot_hold_are_refused(value: float, word: str | None) -> None:
    assert problem(field("number"), None, value) == word


def test_bounds_are_within_the_range() -> None:
    one = field("number", minimum=1, maximum=3, decimals=2)
    words = [problem(one, None, value) for value in (0.99, 1, 1.01, 3, 3.01, 1.001)]
    assert words == ["too_small", None, None, None, "too_large", "too_many_decimals"]


def test_merge_with_one_bad_value_names_it_alone() -> None:
    fields = [field("number"), Field(2, "ticket", "ok", "Ok", "好", "yes_no", FieldOptions(), 1, is_archived=False)]
    with pytest.raises(BadFields) as raised:
        merged_values(fields, {}, {"it": "five", "ok": True, "ghost": 1})
    assert raised.value.fields == {"it": "not_a_number", "ghost": "unknown_field"}


def test_choice_that_is_offered_no_longer_stays_and_comes_not_back() -> None:
    old, new = Choice("old", "Old", "旧", is_archived=True), Choice("new", "New", "新")
    one = field("multi_choice", choices=[old, new])
    assert problem(one, ["old"], ["old"]) is None
    assert problem(one, ["new"], ["old"]) == "unknown_choice"
    assert problem(one, ["old"], ["new"]) is None


@pytest.mark.parametrize("bad", [[["new"]], [None], [{}], {"new": 1}, "new", 7])
def test_list_of_anything_else_is_refused_without_a_crash(bad: Any) -> None:
    one = field("multi_choice", choices=[Choice("new", "New", "新")])
    assert problem(one, None, bad) in {"unknown_choice", "not_a_list"}


def test_facets_of_fields_that_are_gone_are_left_out() -> None:
    assert facets_of([], {"it": "red"}) == []
    assert facets_of([field("number")], {"it": 3}) == []


@pytest.mark.parametrize("key", ["home_address", "zip", "id_number", "passport_no", "地址", "身份证号"])
def test_place_is_known_by_its_key(key: str) -> None:
    assert is_place(key)
    assert not is_place("colour")
