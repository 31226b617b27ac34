"""Days and hours that words mean, counted by hand: midnights, weeks, ends of months, leaps of clocks and of years."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.service_levels.promises.moments import (
    AFTERNOON,
    EVENING,
    clock_minute,
    close_of,
    end_of_month,
    end_of_week,
    months_later,
    next_close,
    next_date,
    on_day,
    still_to_come,
    weekday_after,
)
from ombud.service_levels.promises.schemas import OnDay
from ombud.shared.calendars.opening import Calendar
from ombud.shared.calendars.schemas import CalendarSpec
from tests.shared.calendars.made import CHINA

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
# a Monday
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("day", "minute", "utc"),
    [
        (date(2026, 11, 23), 9 * 60, "2026-11-23T08:00"),
        # 24:00 is the beginning of the next day, and beyond it lies the day after
        (date(2026, 11, 23), 24 * 60, "2026-11-23T23:00"),
        (date(2026, 12, 31), 24 * 60 + 90, "2027-01-01T00:30"),
        # half past two is leapt over: it becomes half past three
        (date(2026, 3, 29), 2 * 60 + 30, "2026-03-29T01:30"),
        # half past two comes twice: the first counts
        (date(2026, 10, 25), 2 * 60 + 30, "2026-10-25T00:30"),
    ],
)
def test_on_day_is_the_moment_on_the_wall(day: date, minute: int, utc: str) -> None:
    assert on_day(day, minute, BERLIN).astimezone(UTC).strftime("%Y-%m-%dT%H:%M") == utc


@pytest.mark.parametrize(
    ("hour", "minute", "part", "after", "found"),
    [
        (3, 0, AFTERNOON, None, 15 * 60),
        (8, 30, EVENING, None, 20 * 60 + 30),
        (12, 0, AFTERNOON, None, 12 * 60),
        # twelve in the evening is midnight
        (12, 0, EVENING, None, 24 * 60),
        (17, 15, None, None, 17 * 60 + 15),
        (0, 5, None, None, 5),
        # a bare hour of today is the next one to come
        (3, 0, None, 10 * 60, 15 * 60),
        (11, 0, None, 10 * 60, 11 * 60),
        (11, 0, None, 23 * 60 + 30, 24 * 60 + 11 * 60),
    ],
)
def test_clock_minute_of_an_hour_that_lacks_its_half(
    hour: int, minute: int, part: str | None, after: int | None, found: int
) -> None:
    assert clock_minute(hour, minute, part, after=after) == found


@pytest.mark.parametrize(
    ("weekday", "weeks", "found"),
    [
        (0, None, date(2026, 11, 23)),
        (4, None, date(2026, 11, 27)),
        (6, None, date(2026, 11, 29)),
        (0, 1, date(2026, 11, 30)),
        (6, 0, date(2026, 11, 29)),
        (2, 2, date(2026, 12, 9)),
    ],
)
def test_weekday_after_is_the_next_or_so_many_weeks_ahead(weekday: int, weeks: int | None, found: date) -> None:
    assert weekday_after(TODAY, weekday, weeks=weeks) == found


def test_weeks_end_on_sunday_and_months_on_their_last_day() -> None:
    assert [end_of_week(TODAY, weeks) for weeks in (0, 1)] == [date(2026, 11, 29), date(2026, 12, 6)]
    assert end_of_week(date(2026, 11, 29)) == date(2026, 11, 29)
    ends = [end_of_month(date(2028, 1, 31), months) for months in (0, 1, 2, 12)]
    assert ends == [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31), date(2029, 1, 31)]


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 60))
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day: date, months: int) -> None:
    found = months_later(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found.day < day.day and (found + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("month", "day", "year", "found"),
    [
        (12, 24, None, date(2026, 12, 24)),
        (1, 3, None, date(2027, 1, 3)),
        # one that has just passed is meant, and not the one in a year
        (11, 22, None, date(2026, 11, 22)),
        (2, 29, None, date(2028, 2, 29)),
        (2, 29, 2027, None),
        (13, 1, None, None),
        (0, 1, None, None),
        (4, 31, None, None),
        (11, 0, None, None),
        (5, 1, 2020, date(2020, 5, 1)),
    ],
)
def test_next_date_is_the_one_that_is_meant(month: int, day: int, year: int | None, found: date | None) -> None:
    assert next_date(TODAY, month, day, year) == found


@pytest.mark.parametrize(("hour", "days"), [(9, 7), (10, 7), (11, 0)])
def test_still_to_come_moves_what_has_passed_by_a_week(hour: int, days: int) -> None:
    now = datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN)
    assert still_to_come(OnDay(TODAY, hour * 60), now) == OnDay(TODAY + timedelta(days=days), hour * 60)
    tomorrow = OnDay(TODAY + timedelta(days=1), hour * 60)
    assert still_to_come(tomorrow, now) == tomorrow


def test_close_is_the_end_of_the_days_work_and_of_none_on_a_day_off() -> None:
    office = Calendar(CHINA)
    close = close_of(TODAY, office)
    assert close is not None
    assert not office.is_open(close)
    assert office.is_open(close - timedelta(seconds=1))
    assert close_of(date(2026, 11, 22), office) is None
    # said a minute before and after it
    assert next_close(close - timedelta(minutes=1), SHANGHAI, office) == close
    assert next_close(close, SHANGHAI, office) == close_of(TODAY + timedelta(days=1), office)


def test_close_of_a_calendar_that_never_opens_is_the_end_of_the_day() -> None:
    sent = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
    assert next_close(sent, SHANGHAI, Calendar(CalendarSpec())) == datetime(2026, 11, 24, tzinfo=SHANGHAI)
