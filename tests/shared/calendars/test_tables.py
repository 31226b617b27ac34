"""Holiday tables: those that are shipped, and those that are read from iCalendar files."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.shared.calendars.holidays import holiday_tables, with_table
from ombud.shared.calendars.ical import BadCalendarFile, read_ical
from ombud.shared.calendars.schemas import CalendarSpec, DayOff
from ombud.shared.errors import Invalid

UNTIL = date(2028, 12, 31)
HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
FEED = """BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261001
DTEND;VALUE=DATE:20261008
SUMMARY:国庆节
  假期
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261010
SUMMARY:国庆节(班)
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261225
SUMMARY:Christmas\\, and so on
RRULE:FREQ=YEARLY;COUNT=2
END:VEVENT
BEGIN:VEVENT
DTSTART:20261224T120000Z
SUMMARY:Party
END:VEVENT
END:VCALENDAR
"""


def event(*lines: str) -> str:
    return HEAD + "\r\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"))


def days(text: str) -> list[str]:
    return [one.on.isoformat() for one in read_ical(text, until=UNTIL).days_off]


def test_the_chinese_table_holds_the_published_years_with_their_source() -> None:
    table = holiday_tables()["cn"]
    assert [one.year for one in table.years] == [2025, 2026]
    assert all("国务院办公厅" in one.source for one in table.years)
    by_year = {year: sum(one.on.year == year for one in table.days_off) for year in (2025, 2026)}
    assert by_year == {2025: 28, 2026: 33}
    assert [sum(one.on.year == year for one in table.exchanged) for year in (2025, 2026)] == [5, 6]
    assert table.known_until == date(2026, 12, 31)


def test_the_tables_name_no_day_twice_and_exchange_weekends_only() -> None:
    for table in holiday_tables().values():
        named = [one.on for one in table.days_off] + [one.on for one in table.exchanged]
        assert len(named) == len(set(named))
        assert all(one.on.weekday() > 4 for one in table.exchanged)
        assert all(one.name_en and one.name_zh for one in table.days_off)
        assert all(one.name_en and one.name_zh for one in table.exchanged)


def test_with_table_keeps_what_the_calendar_says_itself() -> None:
    own = CalendarSpec(days_off=[DayOff(date(2026, 10, 10), "Moving house", "搬家")])
    spec = with_table(own, "cn")
    assert date(2026, 10, 10) not in {one.on for one in spec.exchanged}
    assert spec.known_until == date(2026, 12, 31)
    with pytest.raises(Invalid):
        with_table(own, "atlantis")


def test_read_ical_takes_whole_days_and_tells_worked_ones_apart() -> None:
    found = read_ical(FEED, until=UNTIL)
    assert [one.on.day for one in found.days_off[:7]] == [1, 2, 3, 4, 5, 6, 7]
    assert found.days_off[0].name_zh == "国庆节 假期"
    assert [(one.on, one.name_zh) for one in found.exchanged] == [(date(2026, 10, 10), "国庆节(班)")]
    assert [one.on.year for one in found.days_off[7:]] == [2026, 2027]
    assert found.days_off[7].name_en == "Christmas, and so on"
    assert found.skipped == 1


@pytest.mark.parametrize(
    ("name", "is_worked"),
    [
        ("国庆节（班）", True),
        ("国庆节(班)", True),
        ("春节（ 班 ）", True),
        ("春节补班", True),
        ("调休上班", True),
        ("Working day", True),
        ("国庆节（休）", False),
        ("值班表发布", False),
        ("Labour Day", False),
    ],
)
def test_read_ical_tells_worked_days_by_every_way_to_mark_them(name: str, *, is_worked: bool) -> None:
    found = read_ical(event("DTSTART;VALUE=DATE:20261010", f"SUMMARY:{name}"), until=UNTIL)
    assert (len(found.exchanged), len(found.days_off)) == ((1, 0) if is_worked else (0, 1))


@pytest.mark.parametrize(
    ("rule", "years"),
    [
        ("FREQ=YEARLY", [2026, 2027, 2028]),
        ("FREQ=YEARLY;UNTIL=20270601", [2026, 2027]),
        ("FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1", [2026, 2027, 2028]),
        ("FREQ=YEARLY;UNTIL=20250101", []),
    ],
)
def test_read_ical_carries_yearly_days_on(rule: str, years: list[int]) -> None:
    labour = event("DTSTART;VALUE=DATE:20260501", "SUMMARY:Labour Day", f"RRULE:{rule}")
    other = labour.replace("END:VCALENDAR", "") + event("DTSTART;VALUE=DATE:20260101", "SUMMARY:X").removeprefix(HEAD)
    assert [int(one[:4]) for one in days(other) if "-05-" in one] == years


def test_read_ical_of_a_leap_day_takes_leap_years_only() -> None:
    leap = event("DTSTART;VALUE=DATE:20240229", "SUMMARY:Leap", "RRULE:FREQ=YEARLY")
    assert days(leap) == ["2024-02-29", "2028-02-29"]


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART;VALUE=DATE:20261301", "SUMMARY:No such month"),
        ("DTSTART;VALUE=DATE:20260101", "DTEND;VALUE=DATE:20270101", "SUMMARY:A whole year"),
        ("DTSTART;VALUE=DATE:20260101", "SUMMARY:Weekly", "RRULE:FREQ=WEEKLY"),
        ("DTSTART;VALUE=DATE:20260101", "SUMMARY:Called off", "STATUS:CANCELLED"),
        ("DTSTART;VALUE=DATE:20260101", "SUMMARY:Third Monday", "RRULE:FREQ=YEARLY;BYDAY=3MO"),
        ("SUMMARY:No day",),
    ],
)
def test_read_ical_of_nothing_but_what_is_no_holiday_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(BadCalendarFile):
        read_ical(event(*lines), until=UNTIL)


@given(st.text())
def test_read_ical_of_anything_is_read_or_refused(text: str) -> None:
    for whole in (text, HEAD + text, event(text)):
        with suppress(BadCalendarFile):
            found = read_ical(whole, until=UNTIL)
            assert found.days_off or found.exchanged
