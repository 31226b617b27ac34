"""Reads holidays from an iCalendar file (RFC 5545): whole-day events, and what they say of exchanged working days."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from msgspec import Struct

from ombud.shared.calendars.schemas import DayOff, ExchangedDay
from ombud.shared.errors import Invalid

MAX_DAYS = 2_000
MAX_EVENT_DAYS = 60
# How far a yearly event is carried on.
MAX_YEARS = 10
# How Chinese feeds mark a day that is worked: 国庆节(班), 补班, 调休上班.
_WORKED = re.compile(r"[(（]\s*班\s*[)）]|补班|上班|\bwork(ing)?\s?day\b", re.IGNORECASE)
_ESCAPES = {"\\n": " ", "\\N": " ", "\\,": ",", "\\;": ";", "\\\\": "\\"}


class BadCalendarFile(Invalid):
    """This is no iCalendar file, or it holds no whole-day events. Export the holidays as .ics and try again."""

    code = "bad_calendar_file"


class ReadDays(Struct):
    """What a file says; ``skipped`` counts events that are no whole days or repeat in a way that is not read."""

    days_off: list[DayOff]
    exchanged: list[ExchangedDay]
    skipped: int


def read_ical(text: str, *, until: date) -> ReadDays:
    """Read the whole-day events of a file; yearly ones are carried on to ``until``.

    Raises:
        BadCalendarFile: it is none, or none of its events is a whole day.
    """
    if "BEGIN:VCALENDAR" not in text.upper():
        raise BadCalendarFile
    found = ReadDays([], [], 0)
    for event in _events(text):
        days = _days(event, until)
        name = _name(event)
        if days is None:
            found.skipped += 1
        elif _WORKED.search(name):
            found.exchanged += [ExchangedDay(on, name, name) for on in days]
        else:
            found.days_off += [DayOff(on, name, name) for on in days]
    if not found.days_off and not found.exchanged:
        raise BadCalendarFile
    if len(found.days_off) + len(found.exchanged) > MAX_DAYS:
        raise BadCalendarFile(f"The file names more than {MAX_DAYS} days. Export fewer years.")
    worked = {one.on for one in found.exchanged}
    found.days_off = [one for one in {one.on: one for one in found.days_off}.values() if one.on not in worked]
    found.exchanged = list({one.on: one for one in found.exchanged}.values())
    return found


def _events(text: str) -> Iterator[dict[str, str]]:
    # A line that begins with a blank goes on from the one before.
    lines = re.sub(r"\r?\n[ \t]", "", text).splitlines()
    event: dict[str, str] | None = None
    for line in lines:
        head, _, value = line.partition(":")
        name = head.partition(";")[0].strip().upper()
        if (name, value.strip().upper()) == ("BEGIN", "VEVENT"):
            event = {}
        elif (name, value.strip().upper()) == ("END", "VEVENT") and event is not None:
            yield event
            event = None
        elif event is not None:
            event.setdefault(name, value.strip())


def _name(event: Mapping[str, str]) -> str:
    text = re.sub(r"\\[nN,;\\]", lambda found: _ESCAPES[found[0]], event.get("SUMMARY", ""))
    return " ".join(text.split())[:80]


def _days(event: Mapping[str, str], until: date) -> list[date] | None:
    first, end = _date(event.get("DTSTART", "")), _date(event.get("DTEND", ""))
    if first is None or ("DTEND" in event and end is None) or event.get("STATUS", "").upper() == "CANCELLED":
        return None
    # The end is the first day that is free again.
    length = max((end - first).days, 1) if end else 1
    starts = _starts(first, event.get("RRULE", ""), until)
    if starts is None or length > MAX_EVENT_DAYS:
        return None
    return [start + timedelta(days=count) for start in starts for count in range(length)]


def _date(text: str) -> date | None:
    if not re.fullmatch(r"\d{8}", text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def _starts(first: date, rule: str, until: date) -> list[date] | None:
    if not rule:
        return [first]
    parts = dict(part.split("=", 1) for part in rule.upper().split(";") if "=" in part)
    month_day = (parts.pop("BYMONTH", str(first.month)), parts.pop("BYMONTHDAY", str(first.day)))
    if parts.pop("FREQ", "") != "YEARLY" or parts.keys() - {"UNTIL", "COUNT", "WKST"}:
        return None
    if month_day != (str(first.month), str(first.day)) or not parts.get("COUNT", "1").isdigit():
        return None
    last = min(_date(parts.get("UNTIL", "")[:8]) or until, until)
    years = range(first.year, min(last.year, first.year + MAX_YEARS) + 1)
    found = [on for year in years if (on := _in_year(first, year)) and on <= last]
    return found[: int(parts["COUNT"])] if "COUNT" in parts else found


def _in_year(first: date, year: int) -> date | None:
    try:
        return first.replace(year=year)
    except ValueError:
        # 29 February, in most years.
        return None
