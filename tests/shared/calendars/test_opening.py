"""When calendars are open: nights, breaks, holidays, exchanged days, skipped hours."""

from datetime import UTC, date, datetime
from itertools import islice, pairwise

import msgspec
import pytest
from hypothesis import given

from ombud.shared.calendars.opening import Calendar, NeverOpen, UnknownZone, joined
from ombud.shared.calendars.schemas import CalendarSpec, DayOff, ExchangedDay, Period
from tests.shared.calendars.made import at, calendars, china, moments, wall


def shown(calendar: Calendar, day: str) -> list[tuple[str, str]]:
    zone = calendar.spec.time_zone
    found = calendar.periods_on(date.fromisoformat(day))
    return [(wall(one.start, zone)[4:], wall(one.end, zone)[4:]) for one in found]


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        *(("2026-10-01", False), ("2026-10-07", False), ("2026-10-08", True), ("2026-10-10", True)),
        *(("2026-10-11", False), ("2026-09-20", True), ("2026-02-14", True), ("2026-02-23", False)),
        *(("2025-10-11", True), ("2025-01-26", True), ("2025-02-04", False), ("2025-02-05", True)),
    ],
)
def test_is_working_day_follows_the_holidays_and_exchanged_days(day: str, is_worked: bool) -> None:
    assert china().is_working_day(date.fromisoformat(day)) is is_worked


def test_periods_on_an_overnight_interval_go_on_into_the_next_day() -> None:
    night = Calendar(CalendarSpec("Asia/Shanghai", {"fri": [("22:00", "06:00")], "sat": [("05:00", "08:00")]}))
    assert shown(night, "2026-11-27") == [("11-27 22:00", "11-28 06:00")]
    assert night.is_open(at("2026-11-28 05:59"))
    found = [(wall(one.start), wall(one.end)) for one in islice(night.after(at("2026-11-28 01:00")), 2)]
    assert found == [("Sat 11-28 01:00", "Sat 11-28 06:00"), ("Sat 11-28 06:00", "Sat 11-28 08:00")]
    back = [(wall(one.start), wall(one.end)) for one in islice(night.before(at("2026-11-28 07:00")), 2)]
    assert back == [("Sat 11-28 06:00", "Sat 11-28 07:00"), ("Fri 11-27 22:00", "Sat 11-28 06:00")]


def test_periods_on_the_eve_of_a_holiday_end_as_they_would() -> None:
    spec = CalendarSpec("Asia/Shanghai", {"wed": [("20:00", "04:00")]}, [DayOff(date(2026, 10, 1))])
    assert Calendar(spec).is_open(at("2026-10-01 03:00"))


def test_periods_on_a_day_with_breaks_leave_them_out() -> None:
    spec = CalendarSpec("UTC", {"mon": [("09:00", "17:00")]}, breaks={date(2026, 11, 23): [("12:00", "13:00")]})
    assert shown(Calendar(spec), "2026-11-23") == [("11-23 09:00", "11-23 12:00"), ("11-23 13:00", "11-23 17:00")]
    whole = msgspec.structs.replace(spec, breaks={date(2026, 11, 23): [("08:00", "18:00")]})
    assert not Calendar(whole).is_working_day(date(2026, 11, 23))


def test_periods_on_a_night_lose_the_breaks_of_the_morning_after() -> None:
    spec = CalendarSpec("UTC", {"mon": [("22:00", "06:00")]}, breaks={date(2026, 11, 24): [("02:00", "03:00")]})
    assert [end for _, end in shown(Calendar(spec), "2026-11-23")] == ["11-24 02:00", "11-24 06:00"]


def test_periods_on_a_date_with_hours_of_its_own_ignore_the_week() -> None:
    day = date(2026, 11, 23)
    spec = CalendarSpec("UTC", {"mon": [("09:00", "17:00")]}, special={day: [("10:00", "11:00")]})
    assert shown(Calendar(spec), "2026-11-23") == [("11-23 10:00", "11-23 11:00")]
    # A holiday is closed whatever else is said of it.
    assert not Calendar(msgspec.structs.replace(spec, days_off=[DayOff(day)])).is_working_day(day)


def test_periods_on_an_exchanged_day_are_those_of_the_weekday_it_stands_for() -> None:
    week = {"mon": [("09:00", "17:00")], "fri": [("09:00", "15:00")]}
    spec = CalendarSpec("UTC", week, exchanged=[ExchangedDay(date(2026, 11, 28), like="fri")])  # type: ignore[arg-type]
    assert shown(Calendar(spec), "2026-11-28") == [("11-28 09:00", "11-28 15:00")]


def test_periods_on_intervals_that_overlap_are_one() -> None:
    spec = CalendarSpec("UTC", {"mon": [("13:00", "17:00"), ("09:00", "12:00"), ("11:00", "13:00")]})
    assert shown(Calendar(spec), "2026-11-23") == [("11-23 09:00", "11-23 17:00")]


def test_moment_of_an_hour_that_is_skipped_is_when_the_clocks_change() -> None:
    spec = CalendarSpec("America/Los_Angeles", {"sun": [("02:30", "03:15")]})
    assert Calendar(spec).moment(date(2006, 4, 2), 2 * 3_600 + 1_800) == datetime(2006, 4, 2, 10, tzinfo=UTC)
    [period] = Calendar(spec).periods_on(date(2006, 4, 2))
    assert period == Period(datetime(2006, 4, 2, 10, tzinfo=UTC), datetime(2006, 4, 2, 10, 15, tzinfo=UTC))


def test_moment_of_an_hour_that_comes_twice_is_its_first() -> None:
    calendar = Calendar(CalendarSpec("Europe/Berlin"))
    assert calendar.moment(date(2026, 10, 25), 2 * 3_600 + 1_800) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_is_open_at_the_moment_of_closing_is_false() -> None:
    assert china().is_open(at("2026-11-23 09:00"))
    assert not china().is_open(at("2026-11-23 12:00"))
    assert not china().is_open(at("2026-11-23 12:30"))


def test_a_zone_that_does_not_exist_is_refused() -> None:
    for name in ("Mars/Olympus", "../etc/passwd", "Asia"):
        with pytest.raises(UnknownZone):
            Calendar(CalendarSpec(name))


def test_after_and_before_in_a_calendar_without_open_hours_end_with_a_clear_message() -> None:
    for walk in (Calendar(CalendarSpec()).after, Calendar(CalendarSpec()).before):
        with pytest.raises(NeverOpen):
            next(walk(at("2026-11-23 09:00")))


@pytest.mark.parametrize("bad", ["9:00", "25:00", "24:01", "12:60", ""])
def test_an_interval_that_is_no_time_is_refused(bad: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"week": {"mon": [[bad, "18:00"]]}}, CalendarSpec)


def test_joined_makes_one_of_what_touches() -> None:
    one, two, three, four = (datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in (1, 2, 3, 4))
    assert joined([Period(two, three), Period(one, two)]) == [Period(one, three)]
    assert joined([Period(one, four), Period(two, three)]) == [Period(one, four)]


@given(calendars(), moments)
def test_after_and_before_of_any_calendar_are_in_order_and_open(calendar: Calendar, start: datetime) -> None:
    ahead = list(islice(calendar.after(start), 6))
    behind = list(islice(calendar.before(start), 6))[::-1]
    for found in (ahead, behind, [*behind, *ahead]):
        assert all(one.start < one.end for one in found)
        assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(calendar.is_open(one.start) for one in [*behind, *ahead])
    assert calendar.is_open(start) is (ahead[0].start == start)


def test_before_a_night_that_spans_the_next_days_hours_loses_nothing_of_it() -> None:
    spec = CalendarSpec("UTC", {"mon": [("12:00", "12:00")], "tue": [("09:00", "10:00")]})
    found = [
        (wall(one.start, "UTC"), wall(one.end, "UTC"))
        for one in islice(Calendar(spec).before(at("2026-11-24 19:00")), 1)
    ]
    assert found == [("Mon 11-23 12:00", "Tue 11-24 11:00")]
    assert Calendar(spec).is_working_day(date(2026, 11, 24))
