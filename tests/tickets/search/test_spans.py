"""Moments in a query by the searcher's own days, and the windows in which the past is searched."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.tickets.search.moments import EXAMPLES, Span, span_of
from ombud.tickets.search.windows import FIRST, marks_of, window_below, windows

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
# In Shanghai it is Monday morning, in New York still Sunday.
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def span(typed: str, zone: ZoneInfo = SHANGHAI, now: datetime = NOW) -> tuple[str, str] | None:
    """The two ends of a span in its zone, '' where it is without end."""
    found = span_of(typed, now=now, zone=zone)
    if found is None:
        return None
    since, until = (
        one.astimezone(zone).strftime("%Y-%m-%d %H:%M") if one else "" for one in (found.since, found.until)
    )
    return since, until


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("<1h", ("2026-11-23 09:00", "")),
        ("<1小时", ("2026-11-23 09:00", "")),
        ("<7d", ("2026-11-16 10:00", "")),
        ("<7D", ("2026-11-16 10:00", "")),
        ("<7天", ("2026-11-16 10:00", "")),
        ("《7天", ("2026-11-16 10:00", "")),
        ("＜7日", ("2026-11-16 10:00", "")),
        (">7d", ("", "2026-11-16 10:00")),
        ("＞7天", ("", "2026-11-16 10:00")),
        ("》7天", ("", "2026-11-16 10:00")),
        (">2w", ("", "2026-11-09 10:00")),
        (">2周", ("", "2026-11-09 10:00")),
        ("<3m", ("2026-08-25 10:00", "")),
        ("<3月", ("2026-08-25 10:00", "")),
        ("<1y", ("2025-11-23 10:00", "")),
        ("<1年", ("2025-11-23 10:00", "")),
        ("today", ("2026-11-23 00:00", "2026-11-24 00:00")),
        ("TODAY", ("2026-11-23 00:00", "2026-11-24 00:00")),
        ("今天", ("2026-11-23 00:00", "2026-11-24 00:00")),
        ("yesterday", ("2026-11-22 00:00", "2026-11-23 00:00")),
        ("昨天", ("2026-11-22 00:00", "2026-11-23 00:00")),
        ("2026-01-01", ("2026-01-01 00:00", "2026-01-02 00:00")),
        ("=2026-01-01", ("2026-01-01 00:00", "2026-01-02 00:00")),
        ("2026-1-1", ("2026-01-01 00:00", "2026-01-02 00:00")),
        ("<2026-01-01", ("", "2026-01-01 00:00")),
        ("<=2026-01-01", ("", "2026-01-02 00:00")),
        (">2026-01-01", ("2026-01-02 00:00", "")),
        (">=2026-01-01", ("2026-01-01 00:00", "")),
        ("2026-01-01..2026-01-31", ("2026-01-01 00:00", "2026-02-01 00:00")),
        ("2024-02-29..2024-02-29", ("2024-02-29 00:00", "2024-03-01 00:00")),
    ],
)
def test_span_of_what_is_typed_is_what_is_meant(typed: str, expected: tuple[str, str]) -> None:
    assert span(typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        *("", "soon", "7d", "<7", "<d", "< 7d", "<-7d", "<99999d", "<7x", "<9999y", ">9999y"),
        *("2026-02-30", "2026-13-01", "2026-00-01", "9999-12-31", ">9999-12-31", "0000-01-01"),
        *("2026-01-01..", "..2026-01-01", "2026-01-01..2026-02-30", "2026/01/01", "26-01-01"),
    ],
)
def test_span_of_what_nobody_can_mean_is_none(typed: str) -> None:
    assert span(typed) is None


@pytest.mark.parametrize("typed", EXAMPLES)
def test_span_of_each_example_that_is_told_is_one(typed: str) -> None:
    assert span(typed) is not None


def test_span_of_today_is_the_searchers_own_day() -> None:
    assert span("today", NEW_YORK) == ("2026-11-22 00:00", "2026-11-23 00:00")
    assert span("yesterday", NEW_YORK) == ("2026-11-21 00:00", "2026-11-22 00:00")


@pytest.mark.parametrize(("typed", "hours"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-11-02", 24)])
def test_span_of_a_day_on_which_clocks_change_is_as_long_as_it_was(typed: str, hours: int) -> None:
    found = span_of(typed, now=NOW, zone=NEW_YORK)
    assert found is not None
    assert found.since is not None
    assert found.until is not None
    assert found.until.astimezone(UTC) - found.since.astimezone(UTC) == timedelta(hours=hours)


@pytest.mark.parametrize(("typed", "expected"), [("yesterday", "2026-10-31"), ("today", "2026-11-01")])
def test_span_of_yesterday_after_a_long_day_is_the_day_before(typed: str, expected: str) -> None:
    # Half past eleven in the night of the day that had 25 hours.
    late = datetime(2026, 11, 2, 4, 30, tzinfo=UTC)
    found = span(typed, NEW_YORK, late)
    assert found is not None
    assert found[0] == f"{expected} 00:00"


def test_span_of_days_in_a_row_leaves_no_moment_out() -> None:
    days = [span_of(f"2026-03-{day:02}", now=NOW, zone=NEW_YORK) or Span() for day in range(1, 32)]
    for one, other in pairwise(days):
        assert one.until == other.since


numbers = st.integers(0, 1 << 24)


@given(numbers, numbers)
def test_windows_together_are_all_ids_once_and_newest_first(before: int, lowest: int) -> None:
    found = list(windows(before, lowest=lowest))
    if before <= lowest:
        assert found == []
        return
    assert (found[0].high, found[-1].low) == (before, lowest)
    assert all(one.low == other.high for one, other in pairwise(found))
    assert all(one.low < one.high for one in found)


@given(numbers.filter(bool), st.integers(1, 1 << 22))
def test_window_below_is_covered_by_its_marks(high: int, size: int) -> None:
    window = window_below(high, size)
    wanted = {window.low, high - 1, (window.low + high) // 2}
    for number in wanted:
        assert set(marks_of(number)) & set(window.marks), number
    # what lies before it is none of its blocks
    if window.low:
        assert not set(marks_of(window.low - 1)) & set(window.marks)
    assert high - window.low >= min(size, high)


@given(numbers)
def test_marks_of_neighbours_in_a_block_are_the_same(number: int) -> None:
    first = number // FIRST * FIRST
    assert marks_of(first) == marks_of(first + FIRST - 1)
    assert marks_of(first)[0] != marks_of(first + FIRST)[0]


def test_windows_double_so_that_a_long_past_takes_few() -> None:
    sizes = [one.high - one.low for one in windows(1 << 24)]
    assert len(sizes) <= 12
    # the oldest one is what is left
    assert sizes[:-1] == sorted(sizes[:-1])
