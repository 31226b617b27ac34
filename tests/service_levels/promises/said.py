"""A text, when it was said, and what is found in it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from ombud.service_levels.promises.rules import recognise
from ombud.service_levels.promises.schemas import Promise
from ombud.shared.calendars.holidays import with_table
from ombud.shared.calendars.opening import Calendar
from ombud.shared.calendars.schemas import WEEKDAYS, CalendarSpec

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = [("09:00", "12:00"), ("13:30", "18:00")]
MONDAY = "2026-11-23T10:05"
BEFORE_NATIONAL_DAY = "2026-09-30T17:30"


def calendar(zone: str = "Asia/Shanghai") -> Calendar:
    """Mon-Fri 09:00-12:00 and 13:30-18:00 with the Chinese holidays."""
    spec = CalendarSpec(zone, dict.fromkeys(WEEKDAYS[:5], HOURS))
    return Calendar(with_table(spec, "cn"))


def promises(text: str, at: str = MONDAY, zone: str = "Asia/Shanghai") -> list[Promise]:
    """What is promised in a text."""
    tz = ZoneInfo(zone)
    sent_at = datetime.fromisoformat(at).replace(tzinfo=tz)
    return recognise(text, sent_at=sent_at, tz=tz, calendar=calendar(zone))


def due(text: str, at: str = MONDAY, zone: str = "Asia/Shanghai") -> str | None:
    """The wall time at which the only promise of a text falls due; None where it names none."""
    [promise] = promises(text, at, zone)
    return promise.due_at.strftime("%m-%d %H:%M") if promise.due_at else None
