"""Counting in calendars: examples from the desk, and what holds for every calendar."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.shared.calendars.arithmetic import (
    add_days,
    add_open,
    deadline,
    elapsed,
    is_beyond_table,
    open_between,
    subtract_open,
)
from ombud.shared.calendars.opening import Calendar, NeverOpen
from ombud.shared.calendars.schemas import WEEKDAYS, CalendarSpec, Rest, Span, Unit
from tests.shared.calendars.made import at, calendars, china, moments, rests, wall

HOUR = timedelta(hours=1)
amounts = st.integers(1, 2_000).map(lambda minutes: timedelta(minutes=minutes))
units = st.sampled_from(("natural_minutes", "working_minutes", "working_days"))


@pytest.mark.parametrize(
    ("amount", "unit", "due"),
    [
        (2, "working_hours", "Thu 10-08 10:30"),
        (24, "natural_hours", "Thu 10-01 17:30"),
        (3, "working_days", "Sat 10-10 23:59"),
        (5, "working_days", "Tue 10-13 23:59"),
        (30, "working_minutes", "Wed 09-30 18:00"),
        (31, "working_minutes", "Thu 10-08 09:01"),
        (45, "natural_minutes", "Wed 09-30 18:15"),
    ],
)
def test_deadline_over_the_national_day_holidays_is_as_the_desk_counts(amount: int, unit: Unit, due: str) -> None:
    assert wall(deadline(china(), at("2026-09-30 17:30"), Span(amount, unit))) == due


@pytest.mark.parametrize(
    ("start", "amount", "unit", "due"),
    [
        # The VIP journey of a service centre's week in November.
        ("2026-11-25 09:12", 2, "working_hours", "Wed 11-25 11:12"),
        ("2026-11-25 09:40", 4, "working_hours", "Wed 11-25 15:10"),
        ("2026-11-25 09:38", 24, "natural_hours", "Thu 11-26 09:38"),
        ("2026-11-27 17:00", 3, "working_days", "Wed 12-02 23:59"),
        ("2026-11-22 15:00", 10, "working_days", "Fri 12-04 23:59"),
        # Sunday 4 January is worked for the New Year's holidays.
        ("2026-01-03 12:00", 1, "working_hours", "Sun 01-04 10:00"),
        ("2026-02-13 17:00", 2, "working_days", "Tue 02-24 23:59"),
    ],
)
def test_deadline_on_a_working_week_is_as_the_desk_counts(start: str, amount: int, unit: Unit, due: str) -> None:
    assert wall(deadline(china(), at(start), Span(amount, unit))) == due


def test_deadline_of_a_clock_that_rests_is_unknown_until_it_runs_again() -> None:
    start, span = at("2026-11-23 09:00"), Span(2, "working_hours")
    resting = [Rest(at("2026-11-23 10:00"))]
    assert deadline(china(), start, span, resting) is None
    rested = [Rest(at("2026-11-23 10:00"), at("2026-11-23 14:00"))]
    assert wall(deadline(china(), start, span, rested)) == "Mon 11-23 15:00"
    assert deadline(china(), start, Span(3, "working_days"), resting) is None


def test_deadline_that_passed_before_the_rest_began_stays() -> None:
    resting = [Rest(at("2026-11-23 12:00"))]
    assert wall(deadline(china(), at("2026-11-23 09:00"), Span(2, "working_hours"), resting)) == "Mon 11-23 11:00"
    assert wall(deadline(china(), at("2026-11-18 09:00"), Span(1, "working_days"), resting)) == "Thu 11-19 23:59"


def test_deadline_in_working_days_leaves_out_days_at_whose_end_it_rests() -> None:
    over_night = [Rest(at("2026-11-24 16:00"), at("2026-11-25 09:00"))]
    assert wall(deadline(china(), at("2026-11-23 09:00"), Span(2, "working_days"), over_night)) == "Thu 11-26 23:59"
    at_noon = [Rest(at("2026-11-24 11:00"), at("2026-11-24 16:00"))]
    assert wall(deadline(china(), at("2026-11-23 09:00"), Span(2, "working_days"), at_noon)) == "Wed 11-25 23:59"


@pytest.mark.parametrize("unit", ["working_minutes", "working_days"])
def test_deadline_in_a_calendar_that_never_opens_is_refused(unit: Unit) -> None:
    with pytest.raises(NeverOpen, match="no open hour"):
        deadline(Calendar(CalendarSpec()), at("2026-11-23 09:00"), Span(1, unit))
    assert deadline(Calendar(CalendarSpec()), at("2026-11-23 09:00"), Span(1, "natural_hours")) is not None


def test_is_beyond_table_after_the_last_published_year_warns() -> None:
    assert not is_beyond_table(china(), at("2026-12-31 23:00"))
    assert is_beyond_table(china(), at("2027-01-01 00:30"))
    assert not is_beyond_table(Calendar(CalendarSpec()), at("2099-01-01 00:30"))


def test_elapsed_counts_working_time_without_rests() -> None:
    start, end = at("2026-11-23 11:00"), at("2026-11-23 15:00")
    assert elapsed(china(), start, end) == 2.5 * HOUR
    assert elapsed(china(), start, end, is_natural=True) == 4 * HOUR
    assert elapsed(china(), start, end, [Rest(at("2026-11-23 11:30"), at("2026-11-23 14:00"))]) == 1.5 * HOUR
    assert elapsed(china(), end, start) == timedelta(0)


@pytest.mark.parametrize(
    ("start", "count", "then"),
    [
        ("2026-11-20 10:00", 1, "Mon 11-23 10:00"),
        ("2026-11-20 12:30", 1, "Mon 11-23 13:30"),
        ("2026-11-20 19:00", 1, "Tue 11-24 09:00"),
        ("2026-11-23 19:00", -1, "Fri 11-20 18:00"),
        ("2026-11-21 10:00", 0, "Mon 11-23 09:00"),
    ],
)
def test_add_days_keeps_the_time_of_day_where_it_is_working_time(start: str, count: int, then: str) -> None:
    assert wall(add_days(china(), at(start), count)) == then


def test_add_days_and_subtract_in_a_calendar_that_never_opens_are_refused() -> None:
    for count in (1, -1, 0):
        with pytest.raises(NeverOpen):
            add_days(Calendar(CalendarSpec()), at("2026-11-23 09:00"), count)
    with pytest.raises(NeverOpen):
        subtract_open(Calendar(CalendarSpec()), at("2026-11-23 09:00"), HOUR)


def test_add_open_of_nothing_goes_to_the_next_working_moment() -> None:
    assert wall(add_open(china(), at("2026-11-21 10:00"), timedelta(0))) == "Mon 11-23 09:00"
    assert wall(subtract_open(china(), at("2026-11-21 10:00"), timedelta(0))) == "Fri 11-20 18:00"


@given(calendars(), moments, moments, moments)
def test_open_between_of_any_calendar_is_additive(
    calendar: Calendar, one: datetime, other: datetime, third: datetime
) -> None:
    first, middle, last = sorted((one, other, third))
    whole = open_between(calendar, first, last)
    assert whole == open_between(calendar, first, middle) + open_between(calendar, middle, last)
    assert timedelta(0) <= whole <= last - first


@given(calendars(), moments, amounts, amounts)
def test_add_open_of_any_calendar_is_additive_and_is_what_lies_between(
    calendar: Calendar, start: datetime, some: timedelta, more: timedelta
) -> None:
    end = add_open(calendar, start, some + more)
    assert add_open(calendar, add_open(calendar, start, some), more) == end
    assert open_between(calendar, start, end) == some + more
    assert open_between(calendar, subtract_open(calendar, end, some), end) == some


@given(calendars(), moments, st.integers(0, 10_000), st.integers(1, 900), st.integers(0, 100), units)
def test_deadline_of_any_calendar_is_monotone_in_start_and_in_target(
    calendar: Calendar, start: datetime, later: int, amount: int, more: int, unit: Unit
) -> None:
    size = 1 + amount // 30 if unit == "working_days" else amount
    due = deadline(calendar, start, Span(size, unit))
    assert due is not None
    assert due > start
    then = deadline(calendar, start + timedelta(minutes=later), Span(size, unit))
    longer = deadline(calendar, start, Span(size + more, unit))
    assert then is not None
    assert longer is not None
    assert due <= then
    assert due <= longer


@given(calendars(), moments, st.data(), st.integers(1, 2_000))
def test_deadline_after_pauses_moves_by_the_working_time_paused(
    calendar: Calendar, start: datetime, data: st.DataObject, amount: int
) -> None:
    paused = data.draw(rests(start))
    due = deadline(calendar, start, Span(amount, "working_minutes"), paused)
    assert due is not None
    before_due = [Rest(one.start, min(one.end or due, due)) for one in paused if one.start < due]
    lost = sum((open_between(calendar, one.start, one.end or due) for one in before_due), timedelta(0))
    assert open_between(calendar, start, due) == timedelta(minutes=amount) + lost
    assert add_open(calendar, start, timedelta(minutes=amount) + lost) == due
    assert elapsed(calendar, start, due, paused) == timedelta(minutes=amount)


@given(calendars(), moments, st.integers(1, 40))
def test_deadline_in_working_days_of_any_calendar_counts_whole_days(
    calendar: Calendar, start: datetime, count: int
) -> None:
    due = deadline(calendar, start, Span(count, "working_days"))
    assert due is not None
    first, last = calendar.day_of(start), calendar.day_of(due)
    days = [first + timedelta(days=number) for number in range(1, (last - first).days + 1)]
    assert sum(calendar.is_working_day(day) for day in days) == count
    assert calendar.is_working_day(last)
    assert calendar.day_of(due + timedelta(seconds=1)) == last + timedelta(days=1)


@given(moments, amounts)
def test_add_open_in_a_calendar_without_a_closed_minute_is_natural_time(start: datetime, amount: timedelta) -> None:
    always = Calendar(CalendarSpec("Europe/Berlin", {day: [("00:00", "24:00")] for day in WEEKDAYS}))
    whole = Calendar(CalendarSpec("Europe/Berlin", {day: [("00:00", "00:00")] for day in WEEKDAYS}))
    assert add_open(always, start, amount) == add_open(whole, start, amount) == start + amount


def test_deadline_over_the_change_of_the_clocks_counts_real_hours() -> None:
    night = Calendar(CalendarSpec("Europe/Berlin", {"sat": [("22:00", "06:00")]}))
    # 29 March 2026: 02:00 is 03:00; 25 October: 03:00 is 02:00.
    for start, hours in ((datetime(2026, 3, 28, 12, tzinfo=UTC), 7), (datetime(2026, 10, 24, 12, tzinfo=UTC), 9)):
        assert open_between(night, start, start + timedelta(days=1)) == timedelta(hours=hours)
