"""What a calendar is made of."""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# Time on the wall of the calendar's zone; 24:00 is the end of a day.
WallTime = Annotated[str, Meta(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
# From, to. What ends where it starts or before goes on into the next day: 22:00-06:00.
Interval = tuple[WallTime, WallTime]
Intervals = Annotated[list[Interval], Meta(max_length=24)]
DayName = Annotated[str, Meta(max_length=80)]


class DayOff(Struct, frozen=True, forbid_unknown_fields=True):
    """A holiday: what begins on this day is closed."""

    on: date
    name_en: DayName = ""
    name_zh: DayName = ""


class ExchangedDay(Struct, frozen=True, forbid_unknown_fields=True):
    """A day that is worked in exchange for one that is off (调休), with the hours of another weekday."""

    on: date
    name_en: DayName = ""
    name_zh: DayName = ""
    like: Weekday = "mon"


class CalendarSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """A calendar as it is written down.

    Of a date: a day off is closed whatever else is said; then its own hours (``special``) count, then those of the
    weekday it was exchanged for, then the week's. Breaks are taken out of all of them. ``known_until`` is the last day
    that its holiday tables cover; beyond it holidays are not known.
    """

    time_zone: Annotated[str, Meta(min_length=1, max_length=64)] = "UTC"
    week: dict[Weekday, Intervals] = {}
    days_off: Annotated[list[DayOff], Meta(max_length=2_000)] = []
    exchanged: Annotated[list[ExchangedDay], Meta(max_length=2_000)] = []
    special: Annotated[dict[date, Intervals], Meta(max_length=2_000)] = {}
    breaks: Annotated[dict[date, Intervals], Meta(max_length=2_000)] = {}
    known_until: date | None = None


class Period(Struct, frozen=True, array_like=True):
    """Open time from one moment to another, in UTC."""

    start: datetime
    end: datetime


class Rest(Struct, frozen=True, array_like=True):
    """While a clock rested; without an end it rests still."""

    start: datetime
    end: datetime | None = None


Unit = Literal["natural_minutes", "natural_hours", "working_minutes", "working_hours", "working_days"]


class Span(Struct, frozen=True, forbid_unknown_fields=True):
    """An amount of time to be kept: natural (the wall's), or counted while the calendar is open."""

    amount: Annotated[int, Meta(ge=1, le=100_000)]
    unit: Unit


# Of whoever has no calendar: there at any hour.
ALWAYS = CalendarSpec(
    "UTC",
    {
        "mon": [("00:00", "24:00")],
        "tue": [("00:00", "24:00")],
        "wed": [("00:00", "24:00")],
        "thu": [("00:00", "24:00")],
        "fri": [("00:00", "24:00")],
        "sat": [("00:00", "24:00")],
        "sun": [("00:00", "24:00")],
    },
)
