"""Moments in a query: ``<7d``, ``>2026-01-01``, ``2026-01-01..2026-02-01``, ``today``, ``今天``."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

_AGO = re.compile(r"([<>])(\d{1,4})(h|d|w|m|y|小时|天|日|周|月|年)")
_DAYS = {"d": 1, "天": 1, "日": 1, "w": 7, "周": 7, "m": 30, "月": 30, "y": 365, "年": 365}
_DATE = r"\d{4}-\d{1,2}-\d{1,2}"
_ONE = re.compile(rf"(<=|>=|<|>|=|)({_DATE})")
_RANGE = re.compile(rf"({_DATE})\.\.({_DATE})")
_WORDS = {"today": 0, "今天": 0, "yesterday": 1, "昨天": 1}
EXAMPLES = ["<7d", ">2w", ">2026-01-01", "2026-01-01..2026-01-31", "today"]


class Span(Struct, frozen=True):
    """From a moment on to before another; None is without end."""

    since: datetime | None = None
    until: datetime | None = None


def span_of(typed: str, *, now: datetime, zone: ZoneInfo) -> Span | None:
    """The span that somebody in a time zone means, or None if nobody could.

    ``<7d`` is younger than seven days, ``>7d`` older; dates are days of the zone.
    """
    typed = typed.lower().replace("＜", "<").replace("＞", ">").replace("《", "<").replace("》", ">")
    try:
        if found := _AGO.fullmatch(typed):
            return _ago(found, now)
        if typed in _WORDS:
            return _day((now.astimezone(zone) - timedelta(days=_WORDS[typed])).date(), zone)
        if found := _RANGE.fullmatch(typed):
            return Span(_day(_date(found[1]), zone).since, _day(_date(found[2]), zone).until)
        if found := _ONE.fullmatch(typed):
            return _compared(found[1], _day(_date(found[2]), zone))
    except (ValueError, OverflowError):
        # No such day, or one before the beginning of time.
        return None
    return None


def turned(typed: str) -> str | None:
    """A range the right way round, if it is one that ends before it begins."""
    found = _RANGE.fullmatch(typed)
    try:
        is_turned = found is not None and _date(found[1]) > _date(found[2])
    except ValueError:
        return None
    return f"{found[2]}..{found[1]}" if found is not None and is_turned else None


def _ago(found: re.Match[str], now: datetime) -> Span:
    count = int(found[2])
    moment = now - (timedelta(hours=count) if found[3] in {"h", "小时"} else timedelta(days=count * _DAYS[found[3]]))
    return Span(since=moment) if found[1] == "<" else Span(until=moment)


def _compared(sign: str, day: Span) -> Span:
    match sign:
        case "<":
            return Span(until=day.since)
        case "<=":
            return Span(until=day.until)
        case ">":
            return Span(since=day.until)
        case ">=":
            return Span(since=day.since)
    return day


def _date(text: str) -> date:
    year, month, day = map(int, text.split("-"))
    return date(year, month, day)


def _day(one: date, zone: ZoneInfo) -> Span:
    start = datetime(one.year, one.month, one.day, tzinfo=zone)
    following = one + timedelta(days=1)
    return Span(start, datetime(following.year, following.month, following.day, tzinfo=zone))
