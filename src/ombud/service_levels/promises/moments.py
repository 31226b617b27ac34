"""From what was said to a moment, in the customer's zone: days, times of day, and the calendar's working time."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ombud.service_levels.promises.schemas import (
    Close,
    Deadline,
    Elapsed,
    OnDay,
    WorkingDays,
    WorkingTime,
)
from ombud.shared.calendars.arithmetic import add_open
from ombud.shared.calendars.arithmetic import deadline as deadline_of
from ombud.shared.calendars.opening import Calendar
from ombud.shared.calendars.schemas import Span

HOUR, DAY, WEEK = 60, 24 * 60, 7
NOON = 12
# A bare hour of another day that is smaller than this means the afternoon: nobody is called at 3 in the night.
FIRST_HOUR = 7
# How far the calendar is searched for its next close; a calendar without open hours has none.
SEARCHED_DAYS = 30
# What is longer than about ten years nobody promises; counting it out day by day would cost seconds.
MOST = {"working_days": 1_000, "working_hours": 10_000, "days": 3_650, "weeks": 520, "fortnights": 260, "months": 120}
# A two-digit year, and the window in which a date without its year lies.
RECENT_DAYS = 90
# Of a year; and the most years between two that have a 29 February.
MONTHS, LEAP_YEARS = 12, 8
MORNING, AFTERNOON, EVENING = "morning", "afternoon", "evening"
PART_ENDS = {MORNING: NOON * HOUR, AFTERNOON: 18 * HOUR, EVENING: DAY}


def due_moment(deadline: Deadline, *, sent_at: datetime, zone: ZoneInfo, calendar: Calendar) -> datetime | None:
    """When what was said at ``sent_at`` falls due; None for what names no moment."""
    match deadline:
        case Elapsed(minutes=minutes):
            due: datetime | None = sent_at.astimezone(UTC) + timedelta(minutes=minutes)
        case WorkingTime(minutes=minutes):
            due = add_open(calendar, sent_at, timedelta(minutes=minutes))
        case WorkingDays(days=days):
            due = end_of_working_days(days, sent_at, calendar)
        case OnDay(day=day, minute=minute):
            due = on_day(day, minute, zone)
        case Close(day=date() as day):
            due = close_of(day, calendar) or on_day(day, DAY, zone)
        case Close():
            due = next_close(sent_at, zone, calendar)
        case _:
            due = None
    return due and due.astimezone(zone)


def end_of_working_days(days: int, sent_at: datetime, calendar: Calendar) -> datetime | None:
    """The 24:00 of the n-th working day, the day itself not counted.

    Raises:
        NeverOpen: the calendar does not open for ten years.
    """
    end = deadline_of(calendar, sent_at, Span(days, "working_days"))
    return end and calendar.moment(calendar.day_of(end), DAY * 60)


def close_of(day: date, calendar: Calendar) -> datetime | None:
    """When the work of a day ends; None where none begins."""
    periods = calendar.periods_on(day)
    return periods[-1].end if periods else None


def on_day(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """A minute of a day by the clock on the wall; 24:00 is the beginning of the next day."""
    days, rest = divmod(minute, DAY)
    wall = datetime.combine(day + timedelta(days=days), time(rest // HOUR, rest % HOUR), zone)
    # Through UTC and back, so that a time which the clock leaps over becomes the one after the leap.
    return wall.astimezone(UTC).astimezone(zone)


def next_close(sent_at: datetime, zone: ZoneInfo, calendar: Calendar) -> datetime:
    """The calendar's first close after a moment; the end of the day where it never closes."""
    today = sent_at.astimezone(zone).date()
    closes = (close_of(today + timedelta(days=days), calendar) for days in range(SEARCHED_DAYS))
    return next((close for close in closes if close and close > sent_at), on_day(today, DAY, zone))


def is_too_long(unit: str, count: float) -> bool:
    """Whether so many of a unit are more than anybody promises."""
    return count > MOST.get(unit, count)


def clock_minute(hour: int, minute: int, part: str | None, *, after: int | None = None) -> int:
    """Minutes since midnight of an hour that may lack its half of the day.

    ``after`` is the present minute where the day is today: a bare hour is then the next one to come. Beyond 24:00 it
    lies on the next day.
    """
    if part == EVENING and hour == NOON:
        return DAY + minute
    if part in {AFTERNOON, EVENING} and hour < NOON:
        return (hour + NOON) * HOUR + minute
    if part or hour > NOON:
        return hour * HOUR + minute
    if after is None:
        return (hour + NOON if 0 < hour < FIRST_HOUR else hour) * HOUR + minute
    times = (half * HOUR + minute for half in (hour, hour + NOON))
    return next((at for at in times if at > after), DAY + clock_minute(hour, minute, part))


def weekday_after(today: date, weekday: int, *, weeks: int | None = None) -> date:
    """A weekday (0 is Monday) so many calendar weeks ahead; without ``weeks`` its next occurrence, today included."""
    if weeks is None:
        return today + timedelta(days=(weekday - today.weekday()) % WEEK)
    return today + timedelta(days=weekday - today.weekday() + WEEK * weeks)


def still_to_come(point: OnDay, now: datetime) -> OnDay:
    """The same weekday a week later where the moment has passed: said on a Monday afternoon, "Monday at 10"."""
    has_passed = point.day == now.date() and point.minute <= now.hour * HOUR + now.minute
    return OnDay(point.day + timedelta(days=WEEK), point.minute) if has_passed else point


def end_of_week(today: date, weeks: int = 0) -> date:
    """The Sunday of this or a later week."""
    return weekday_after(today, WEEK - 1, weeks=weeks)


def end_of_month(today: date, months: int = 0) -> date:
    """The last day of this or a later month."""
    month = months_later(today.replace(day=1), months)
    return month.replace(day=monthrange(month.year, month.month)[1])


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def next_date(today: date, month: int, day: int, year: int | None = None) -> date | None:
    """A date; without its year the next one to come, or one that has just passed. None where there is no such day."""
    if not 1 <= month <= MONTHS:
        return None
    years = [year] if year else range(today.year, today.year + LEAP_YEARS + 1)
    found = (date(one, month, day) for one in years if 1 <= day <= monthrange(one, month)[1])
    return next((one for one in found if year or (today - one).days <= RECENT_DAYS), None)


def next_day_of_month(today: date, day: int, months: int | None = None) -> date | None:
    """The n-th of a month; without ``months`` of the next one that has it and in which it has not passed."""
    ahead = range(int(day < today.day), MONTHS) if months is None else [months]
    firsts = (months_later(today.replace(day=1), one) for one in ahead)
    days = (next_date(today, first.month, day, first.year) for first in firsts)
    return next((one for one in days if one), None)
