"""Numbers as people write them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.service_levels.promises.numbers import CHINESE, ENGLISH, chinese_number, english_number

DIGITS = "零一二三四五六七八九"


def in_chinese(number: int) -> str:
    """A number below a hundred in Chinese."""
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS[ones]
    return f"{DIGITS[tens] if tens > 1 else ''}十{DIGITS[ones] if ones else ''}"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", 3),
        ("1.5", 1.5),
        ("半", 0.5),
        ("两", 2),
        ("十", 10),
        ("二十四", 24),
        ("四十八", 48),
        ("一百二十", 120),
        ("两三", 3),
        ("三五", 5),
        ("〇", 0),
    ],
)
def test_chinese_number_gives_its_value(text: str, number: float) -> None:
    assert re.fullmatch(CHINESE, text)
    assert chinese_number(text) == number


@given(st.integers(0, 99))
def test_chinese_number_of_any_below_a_hundred_comes_back(number: int) -> None:
    assert chinese_number(in_chinese(number)) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", 3),
        ("1.5", 1.5),
        ("one", 1),
        ("ten", 10),
        ("fourteen", 14),
        ("seventeen", 17),
        ("thirty", 30),
        ("forty-eight", 48),
        ("twenty four", 24),
        ("half an", 0.5),
        ("half a", 0.5),
        ("a couple of", 2),
        ("couple of", 2),
    ],
)
def test_english_number_gives_its_value(text: str, number: float) -> None:
    assert re.fullmatch(ENGLISH, text)
    assert english_number(text) == number


@given(st.integers(0, 99_999))
def test_numbers_in_figures_are_themselves_in_both_languages(number: int) -> None:
    assert chinese_number(str(number)) == english_number(str(number)) == number
