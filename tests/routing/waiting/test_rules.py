"""How long somebody may wait: ranges that can be said, from measured paces; property tests against simulated queues."""

import random
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.routing.waiting.rules import (
    ENDS,
    FEWEST_PLACES,
    callback_due,
    distance,
    expected,
    is_closed,
    masked,
    median,
    rounded,
    shown_position,
)
from ombud.routing.waiting.schemas import Pace, Wait
from ombud.shared.calendars.opening import Calendar
from ombud.shared.calendars.schemas import ALWAYS, CalendarSpec
from tests.shared.calendars.made import CHINA

OFFICE = Calendar(CHINA)
# Monday, 10:00 in Shanghai.
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (290, 610, (180, 900)),
        (300, 600, (300, 600)),
        (0, 20, (0, 60)),
        (-30, 0, (0, 60)),
        (61, 62, (60, 120)),
        (20_000, 30_000, (14_400, 14_400)),
        (3_600, 30_000, (3_600, 14_400)),
    ],
)
def test_a_range_has_ends_that_people_say(low: float, high: float, said: tuple[int, int]) -> None:
    assert rounded(low, high) == said


@given(st.floats(-100, 30_000), st.floats(0, 30_000))
def test_a_range_holds_what_it_is_made_of_unless_it_is_too_long(low: float, more: float) -> None:
    begin, end = rounded(low, low + more)
    assert begin <= max(low, 0)
    assert end >= min(low + more, ENDS[-1] * 60)
    assert begin < end or begin == ENDS[-1] * 60


@pytest.mark.parametrize("pace", [Pace(), Pace(600, FEWEST_PLACES - 1), Pace(0, 10)])
def test_too_little_measured_is_no_number(pace: Pace) -> None:
    assert expected(4, pace) == Wait("few", 4)


def test_wait_grows_with_the_place_and_with_the_pace() -> None:
    # two minutes a place
    near, far = expected(1, Pace(2_400, 20)), expected(10, Pace(2_400, 20))
    assert (near.low_seconds, near.high_seconds) == (0, 300)
    assert (far.low_seconds, far.high_seconds) == (600, 1_800)
    slow = expected(1, Pace(24_000, 20))
    assert (slow.low_seconds or 0) >= (near.low_seconds or 0)
    assert (slow.high_seconds or 0) > (near.high_seconds or 0)


@given(st.integers(1, 200), st.integers(3, 100), st.floats(1, 10_000))
def test_whoever_stands_further_behind_is_never_told_a_shorter_wait(place: int, places: int, each: float) -> None:
    pace = Pace(places * each, places)
    one, two = expected(place, pace), expected(place + 1, pace)
    assert one.low_seconds is not None
    assert two.low_seconds is not None
    assert one.low_seconds <= two.low_seconds
    assert (one.high_seconds or 0) <= (two.high_seconds or 0)


def test_of_simulated_waits_about_two_thirds_lie_within_what_is_said() -> None:
    chance = random.Random(7)  # noqa: S311 – a simulation
    hits = 0
    for _ in range(400):
        each = chance.choice([40, 120, 300])
        measured = sum(chance.expovariate(1 / each) for _ in range(20))
        place = chance.randint(1, 8)
        waited = sum(chance.expovariate(1 / each) for _ in range(place))
        said = expected(place, Pace(measured, 20))
        hits += distance(waited, said.low_seconds or 0, said.high_seconds or 0) == 0
    assert 0.6 < hits / 400 < 0.95


@pytest.mark.parametrize(("place", "shown"), [(1, 1), (20, 20), (21, 25), (25, 25), (26, 30), (199, 200)])
def test_far_places_are_told_by_fives(place: int, shown: int) -> None:
    assert shown_position(place) == shown


def test_a_call_comes_after_twice_the_longest_wait_and_in_open_hours() -> None:
    wait = Wait("rates", 3, 600, 1_800)
    assert callback_due(wait, OFFICE, now=MONDAY) == MONDAY + timedelta(hours=1)
    # 17:40: twenty minutes are left of the day, the other forty of the next
    late = MONDAY + timedelta(hours=7, minutes=40)
    assert callback_due(wait, OFFICE, now=late) == MONDAY + timedelta(hours=23, minutes=45)
    assert callback_due(Wait("nobody", 1), Calendar(ALWAYS), now=MONDAY) == MONDAY + timedelta(hours=1)
    assert callback_due(Wait("rates", 1, 0, 60), OFFICE, now=MONDAY) == MONDAY + timedelta(minutes=30)


@given(st.integers(0, 20_000), st.sampled_from([None, 60, 300, 1_800, 14_400]))
def test_a_call_is_never_said_for_a_closed_hour(minutes: int, high: int | None) -> None:
    now = MONDAY + timedelta(minutes=minutes)
    due = callback_due(Wait("rates" if high else "few", 1, 0 if high else None, high), OFFICE, now=now)
    assert due > now
    assert OFFICE.is_open(due - timedelta(seconds=1))


def test_closed_is_outside_of_the_hours() -> None:
    assert not is_closed(OFFICE, MONDAY)
    assert is_closed(OFFICE, MONDAY + timedelta(hours=12))
    assert is_closed(Calendar(CalendarSpec()), MONDAY)


@pytest.mark.parametrize(("values", "found"), [([], None), ([3], 3), ([1, 9, 2], 2), ([1, 2, 3, 10], 2.5)])
def test_median_is_the_middle(values: list[float], found: float | None) -> None:
    assert median(values) == found


@pytest.mark.parametrize(
    ("way", "contact", "shown"),
    [
        ("call", "13800138000", "138****8000"),
        ("call", "+8613800138000", "+86****8000"),
        ("call", "123456", "****"),
        ("mail", "rosa@x.example", "r****@x.example"),
    ],
)
def test_a_contact_is_masked_for_everybody(way: Literal["call", "mail"], contact: str, shown: str) -> None:
    assert masked(way, contact) == shown


@pytest.mark.parametrize(("waited", "off"), [(300, 0), (600, 0), (599, 0), (240, 60), (700, 100)])
def test_distance_counts_from_the_nearer_end(waited: float, off: float) -> None:
    assert distance(waited, 300, 600) == off
