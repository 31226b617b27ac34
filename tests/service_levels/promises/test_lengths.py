"""Lengths in words and figures, how long anybody promises, and days that not every month has."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.service_levels.promises.moments import LEAP_YEARS, next_date, next_day_of_month
from ombud.service_levels.promises.numbers import english_number
from tests.service_levels.promises.said import due, promises

ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
COMPOUNDS = [
    (f"{ten}{sign}{one}", 10 * place + number)
    for place, ten in enumerate(TENS, 2)
    for number, one in enumerate(ONES, 1)
    for sign in "- "
]
days = st.dates(date(2024, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(("text", "number"), COMPOUNDS)
def test_english_number_of_tens_and_ones_is_their_sum(text: str, number: int) -> None:
    assert english_number(text) == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We'll refund you within forty-eight hours.", "11-25 10:05"),
        ("We'll refund you within seventy-two hours.", "11-26 10:05"),
        ("We'll refund you within seventy two hours.", "11-26 10:05"),
        ("We'll refund you within ninety-six hours.", "11-27 10:05"),
        ("We'll refund you within twenty-one days.", "12-15 00:00"),
        ("We'll refund you within twenty-three hours.", "11-24 09:05"),
        ("We'll call in fifty-five minutes.", "11-23 11:00"),
        ("We'll call in eighty minutes.", "11-23 11:25"),
        ("We'll call in seventy minutes.", "11-23 11:15"),
        # a span stays a span, and ends with its end
        ("We'll call in twenty to thirty minutes.", "11-23 10:35"),
        ("We'll call in twenty-five to thirty minutes.", "11-23 10:35"),
        ("We'll call in two-three days.", "11-27 00:00"),
    ],
)
def test_recognise_length_in_english_words_counts_all_of_it(text: str, expected: str) -> None:
    assert due(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("七十二小时内给您退款", "11-26 10:05"),
        ("九十六小时内给您退款", "11-27 10:05"),
        ("一百二十分钟内给您回电", "11-23 12:05"),
        ("两个半小时内给您回复", "11-23 12:35"),
        ("三刻钟后给您回电", "11-23 10:50"),
        ("两三个小时内给您回电", "11-23 13:05"),
        ("三四天内给您回电", "11-28 00:00"),
        ("1.5小时内给您回电", "11-23 11:35"),
        ("一个半月内给您答复", "01-08 00:00"),
        ("下下周一给您答复", "12-08 00:00"),
        ("今晚十二点半给您回电", "11-24 00:30"),
        ("明天凌晨两点给您回电", "11-24 02:00"),
        ("今天24点前给您回复", "11-24 00:00"),
    ],
)
def test_recognise_length_or_hour_in_chinese_words_counts_all_of_it(text: str, expected: str) -> None:
    assert due(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "We'll refund you within 99999 months.",
        "We'll refund you within 121 months.",
        "We'll refund you within 99999 working days.",
        "We'll refund you within 99999 business hours.",
        "We'll refund you within 99999 weeks.",
        "We'll refund you within 99999 fortnights.",
        "We'll refund you 99999 days from now.",
        "99999个月内给您退款",
        "99999个工作日内给您退款",
        "99999个工作小时内给您退款",
        "99999周内给您退款",
        "99999天内给您退款",
    ],
)
def test_recognise_length_beyond_ten_years_is_no_promise(text: str) -> None:
    assert promises(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "We'll refund you within 120 months.",
        "We'll refund you within 1000 working days.",
        "We'll refund you within 520 weeks.",
        "120个月内给您退款",
        "3650天内给您退款",
        "99999分钟内给您退款",
        "99999小时内给您退款",
    ],
)
def test_recognise_longest_length_has_its_moment(text: str) -> None:
    assert due(text) is not None


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        ("31号给您结果", "2026-11-23T10:00", "01-01 00:00"),
        ("30号给您结果", "2027-01-31T10:00", "03-31 00:00"),
        ("31号给您结果", "2027-01-31T10:00", "02-01 00:00"),
        ("下个月31号给您结果", "2026-11-23T10:00", "01-01 00:00"),
        ("We'll call by the 31st.", "2026-11-23T10:05", "01-01 00:00"),
        ("We'll call by the 30th.", "2027-01-31T10:00", "03-31 00:00"),
        ("2月29日前给您退款", "2027-06-01T10:00", "03-01 00:00"),
        ("We'll refund you by 29 February.", "2027-06-01T10:00", "03-01 00:00"),
        ("We'll reply within one month.", "2027-01-31T10:00", "03-01 00:00"),
        ("一个月内给您答复", "2027-01-31T10:00", "03-01 00:00"),
    ],
)
def test_recognise_day_that_not_every_month_has_is_the_next_one(text: str, at: str, expected: str) -> None:
    assert due(text, at) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-31前给您退款",
        "13月1日前给您退款",
        "We'll send it by 13/25.",
        "We'll send it by 2026-13-01.",
        "明年2月29日前给您退款",
    ],
)
def test_recognise_date_that_no_year_has_is_no_promise(text: str) -> None:
    assert promises(text) == []


@pytest.mark.parametrize(
    ("text", "year"),
    [("年内给您退款", 2027), ("今年内给您退款", 2027), ("今年底前给您退款", 2027), ("明年底前给您退款", 2028)],
)
def test_recognise_end_of_a_year_is_that_of_the_year_that_is_named(text: str, year: int) -> None:
    [one] = promises(text)
    assert one.due_at is not None
    assert (one.due_at.year, one.due_at.month, one.due_at.day) == (year, 1, 1)


@pytest.mark.parametrize("text", ["三年内给您退款", "一年内给您退款", "5年内给您退款"])
def test_recognise_years_are_not_taken_for_the_end_of_this_one(text: str) -> None:
    assert promises(text) == []


@given(days, st.integers(1, 31))
def test_next_day_of_month_of_any_day_is_found_and_never_has_passed(today: date, day: int) -> None:
    found = next_day_of_month(today, day)
    assert found is not None
    assert found.day == day
    assert timedelta(0) <= found - today <= timedelta(days=62)


@given(days, st.integers(0, 13), st.integers(0, 32))
def test_next_date_is_the_day_that_was_named_or_none(today: date, month: int, day: int) -> None:
    found = next_date(today, month, day)
    is_real = any(_exists(year, month, day) for year in range(2096, 2096 + LEAP_YEARS + 1))
    assert (found is not None) == is_real
    if found:
        assert (found.month, found.day) == (month, day)
        assert (today - found).days <= 90
        assert found.year - today.year <= LEAP_YEARS


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
