"""What words and fields of a ticket count for."""

from collections.abc import Sequence

import pytest

from ombud.routing.engine.rules.facts import LAW_TAGS, RISK_TAGS, SAFETY_TAGS, has_tag, number_of, severity_of


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("critical", 1),
        (" Major ", 0.75),
        ("严重", 0.75),
        ("一般", 0.5),
        ("轻微", 0.25),
        ("none", 0),
        ("purple", 0),
        (4, 1),
        (2, 0.5),
        (9, 1),
        (-3, 0),
        (None, 0),
        ([], 0),
    ],
)
def test_severity_of_words_in_both_languages_and_of_numbers(value: object, expected: float) -> None:
    assert severity_of(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (12, 12),
        (2.5, 2.5),
        (None, 0),
        ("12", 0),
        (True, 1),
        (False, 0),
        ({"amount_cents": 500, "currency": "CNY"}, 500),
        ({"currency": "CNY"}, 0),
    ],
)
def test_number_of_takes_numbers_and_money_and_nothing_else(value: object, expected: float) -> None:
    assert number_of(value) == expected


@pytest.mark.parametrize(
    ("tags", "wanted", "expected"),
    [
        (["Safety"], SAFETY_TAGS, True),
        (["人身安全"], SAFETY_TAGS, True),
        ([" legal "], LAW_TAGS, True),
        (["监管"], LAW_TAGS, True),
        (["舆情", "vip"], RISK_TAGS, True),
        (["unsafe"], SAFETY_TAGS, False),
        ([], RISK_TAGS, False),
    ],
)
def test_has_tag_is_the_whole_word_in_either_language(
    tags: Sequence[str], wanted: frozenset[str], expected: bool
) -> None:
    assert has_tag(tags, wanted) is expected
