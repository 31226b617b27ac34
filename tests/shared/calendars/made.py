"""Calendars for tests: some by hand, and any at all for properties."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from ombud.shared.calendars.holidays import with_table
from ombud.shared.calendars.opening import Calendar
from ombud.shared.calendars.schemas import WEEKDAYS, CalendarSpec, DayOff, ExchangedDay, Interval, Intervals, Rest

DESK: Intervals = [("09:00", "12:00"), ("13:30", "18:00")]
CHINA = with_table(CalendarSpec("Asia/Shanghai", dict.fromkeys(WEEKDAYS[:5], DESK)), "cn")
ZONES = ("UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
START = datetime(2026, 1, 1, tzinfo=UTC)


def china() -> Calendar:
    """Mon-Fri 09:00-12:00 and 13:30-18:00 with the Chinese holidays."""
    return Calendar(CHINA)


def at(text: str, zone: str = "Asia/Shanghai") -> datetime:
    """A time on the wall of a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=Calendar(CalendarSpec(zone)).zone).astimezone(UTC)


def wall(moment: datetime | None, zone: str = "Asia/Shanghai") -> str:
    """What the clock on the wall shows, to the minute."""
    return "" if moment is None else moment.astimezone(Calendar(CalendarSpec(zone)).zone).strftime("%a %m-%d %H:%M")


moments = st.integers(0, 364 * 86_400).map(lambda seconds: START + timedelta(seconds=seconds))
_times = st.integers(0, 47).map(lambda half: f"{half // 2:02}:{half % 2 * 30:02}")
_intervals: st.SearchStrategy[Interval] = st.tuples(_times, _times)
_hours = st.lists(_intervals, max_size=3)
_days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Any calendar that opens at least one day a week."""
    week = draw(st.dictionaries(st.sampled_from(WEEKDAYS), st.lists(_intervals, min_size=1, max_size=3), min_size=1))
    off = draw(st.sets(_days, max_size=5))
    exchanged = draw(st.sets(_days, max_size=3)) - off
    spec = CalendarSpec(
        draw(st.sampled_from(ZONES)),
        week,
        [DayOff(day) for day in off],
        [ExchangedDay(day, like=next(iter(week))) for day in exchanged],
        draw(st.dictionaries(_days, _hours, max_size=3)),
        draw(st.dictionaries(_days, _hours, max_size=3)),
    )
    return Calendar(spec)


@st.composite
def rests(draw: st.DrawFn, after: datetime) -> list[Rest]:
    """Rests of a clock in their order, the last one over, too."""
    found: list[Rest] = []
    moment = after
    for _ in range(draw(st.integers(0, 4))):
        start = moment + timedelta(minutes=draw(st.integers(1, 5_000)))
        moment = start + timedelta(minutes=draw(st.integers(1, 5_000)))
        found.append(Rest(start, moment))
    return found
