"""Holiday tables that are shipped: data, one file a country, refreshed when its authority publishes a year.

A table says nothing of years that it does not hold: deadlines beyond are marked as such.
"""

from datetime import date, timedelta
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from ombud.shared.calendars.schemas import CalendarSpec, DayOff, ExchangedDay
from ombud.shared.errors import Invalid


class _Off(Struct, rename={"first": "from", "last": "to"}):
    name_en: str
    name_zh: str
    first: date
    last: date


class _Year(Struct):
    year: int
    source: str
    off: list[_Off]
    exchanged: list[ExchangedDay]


class _File(Struct):
    key: str
    name_en: str
    name_zh: str
    years: list[_Year]


class TableYear(Struct, frozen=True):
    """One year of a table, and who published it."""

    year: int
    source: str


class HolidayTable(Struct, frozen=True):
    """Holidays and exchanged working days of a country, year by year."""

    key: str
    name_en: str
    name_zh: str
    years: list[TableYear]
    days_off: list[DayOff]
    exchanged: list[ExchangedDay]

    @property
    def known_until(self) -> date:
        """The last day that the table speaks of."""
        return date(max(one.year for one in self.years), 12, 31)


@cache
def holiday_tables() -> dict[str, HolidayTable]:
    """All shipped tables by their key."""
    folder = files("ombud.shared.calendars") / "tables"
    read = [msgspec.json.decode(one.read_bytes(), type=_File) for one in folder.iterdir() if one.name.endswith(".json")]
    return {one.key: _table(one) for one in sorted(read, key=lambda one: one.key)}


def _table(read: _File) -> HolidayTable:
    off = [DayOff(day, one.name_en, one.name_zh) for year in read.years for one in year.off for day in _days(one)]
    exchanged = [day for year in read.years for day in year.exchanged]
    years = [TableYear(year.year, year.source) for year in read.years]
    return HolidayTable(read.key, read.name_en, read.name_zh, years, off, exchanged)


def _days(one: _Off) -> list[date]:
    return [one.first + timedelta(days=count) for count in range((one.last - one.first).days + 1)]


def with_table(spec: CalendarSpec, key: str) -> CalendarSpec:
    """A calendar with the days of a shipped table; days that it names itself stay as they are.

    Raises:
        Invalid: there is no such table.
    """
    table = holiday_tables().get(key)
    if table is None:
        raise Invalid(f"There is no holiday table {key!r}.", fields={"table": "unknown"})
    named = {one.on for one in spec.days_off} | {one.on for one in spec.exchanged} | spec.special.keys()
    return msgspec.structs.replace(
        spec,
        days_off=[*spec.days_off, *(one for one in table.days_off if one.on not in named)],
        exchanged=[*spec.exchanged, *(one for one in table.exchanged if one.on not in named)],
        known_until=table.known_until,
    )
