"""Times of the demo shop's day: by its own wall clock, within its hours, and always the same for the same seed."""

import random
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.demo.hours import (
    BY_HOUR,
    BY_WEEKDAY,
    CLOSES,
    DAY,
    HOUR,
    OPENS,
    draw_arrivals,
    local_day,
    moment,
    second_of_day,
    start_of_day,
    weekday,
    when_awake,
    when_open,
)

SHOP = timezone(timedelta(hours=8))
SINCE = datetime(2026, 8, 20, tzinfo=UTC).timestamp()
UNTIL = datetime(2026, 11, 20, 7, 30, tzinfo=UTC).timestamp()
moments = st.floats(0, 4e9, allow_nan=False)


def at(text: str) -> float:
    """A moment by the shop's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=SHOP).timestamp()


@given(moments)
def test_parts_of_a_moment_are_those_of_the_shops_clock(when: float) -> None:
    wall = datetime.fromtimestamp(when, SHOP)
    assert weekday(when) == wall.weekday()
    assert 0 <= second_of_day(when) < DAY
    assert start_of_day(when) + second_of_day(when) == pytest.approx(when, abs=1e-6)
    assert local_day(when) == (wall.date() - datetime(1970, 1, 1, tzinfo=SHOP).date()).days


@given(moments, st.integers(0, 99))
def test_when_open_is_never_before_and_always_within_the_hours(when: float, seed: int) -> None:
    found = when_open(when, random.Random(seed))
    assert found >= when
    assert OPENS <= second_of_day(found) <= CLOSES
    assert found - when < DAY


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026-11-20T08:29:59", "2026-11-20"),
        ("2026-11-20T00:00", "2026-11-20"),
        ("2026-11-20T21:31", "2026-11-21"),
        ("2026-11-20T23:59:59", "2026-11-21"),
        ("2026-12-31T22:00", "2027-01-01"),
    ],
)
def test_when_open_at_night_is_after_the_next_opening(said: str, day: str) -> None:
    for seed in range(20):
        found = datetime.fromtimestamp(when_open(at(said), random.Random(seed)), SHOP)
        assert found.date().isoformat() == day
        assert (8, 32) <= (found.hour, found.minute) <= (10, 2)


@pytest.mark.parametrize("said", ["2026-11-20T08:30", "2026-11-20T12:00", "2026-11-20T21:30"])
def test_when_open_during_the_hours_is_at_once(said: str) -> None:
    assert when_open(at(said), random.Random(1)) == at(said)


@given(moments, st.integers(0, 99))
def test_when_awake_is_the_moment_itself_or_the_morning_of_its_day(when: float, seed: int) -> None:
    found = when_awake(when, random.Random(seed))
    assert found >= when
    if found != when:
        assert second_of_day(when) < 7 * HOUR <= second_of_day(found) < 10 * HOUR
        assert local_day(found) == local_day(when)


def test_when_awake_lets_only_a_few_write_at_night() -> None:
    night = at("2026-11-20T03:00")
    awake = [seed for seed in range(500) if when_awake(night, random.Random(seed)) == night]
    assert 20 < len(awake) < 120


def test_draw_arrivals_is_in_order_within_the_period_and_repeatable() -> None:
    first, again = (draw_arrivals(random.Random(7), count=800, since=SINCE, until=UNTIL) for _ in range(2))
    assert first == again == sorted(first)
    assert len(first) == 800
    assert first[0] >= SINCE
    assert first[-1] < UNTIL - 20
    assert draw_arrivals(random.Random(8), count=800, since=SINCE, until=UNTIL) != first


def test_draw_arrivals_follows_the_shops_day_and_week() -> None:
    days = 84
    found = draw_arrivals(random.Random(1), count=20_000, since=UNTIL - days * DAY, until=UNTIL)
    by_hour = [sum(int(second_of_day(one) // HOUR) == hour for one in found) for hour in range(24)]
    assert max(by_hour) > 8 * min(by_hour)
    assert by_hour[10] > by_hour[12] > by_hour[4]
    by_weekday = [sum(weekday(one) == day for one in found) for day in range(7)]
    assert by_weekday[0] == max(by_weekday)
    assert (len(BY_HOUR), len(BY_WEEKDAY)) == (24, 7)


def test_moment_is_aware_and_to_the_millisecond() -> None:
    assert moment(1.23456) == datetime(1970, 1, 1, 0, 0, 1, 235_000, tzinfo=UTC)
