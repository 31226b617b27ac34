"""Times in Chinese, read from the pattern in ``grammar_zh``."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from ombud.service_levels.promises.grammar_zh import PARTS, TIME, VAGUE
from ombud.service_levels.promises.moments import (
    AFTERNOON,
    DAY,
    EVENING,
    HOUR,
    MORNING,
    NOON,
    PART_ENDS,
    WEEK,
    clock_minute,
    end_of_month,
    end_of_week,
    is_too_long,
    months_later,
    next_date,
    next_day_of_month,
    still_to_come,
    weekday_after,
)
from ombud.service_levels.promises.numbers import chinese_number
from ombud.service_levels.promises.schemas import (
    Close,
    Deadline,
    Elapsed,
    OnDay,
    TimePhrase,
    Vague,
    WorkingDays,
    WorkingTime,
)

_NEAR = {"今": 0, "当": 0, "明": 1, "次": 1, "后": 2, "大后": 3}
_ONE_DAY = ("near", "night", "weekday", "month", "only_day")
_DAYS = (*_ONE_DAY, "week", "named_month", "month_end", "year_end")
# 中午一点 lies behind noon, 中午十一点 before it.
_FIRST_NOON = 6
_HALF_MONTH_DAYS = 15
_COUNTED = ("working_days", "working_hours", "days", "weeks", "months")
_LAST_HOUR, _LAST_MINUTE = 24, 59


def find_times(text: str, now: datetime) -> Iterator[TimePhrase]:
    """All times that a normalised text names, then its vague words; ``now`` is in the customer's zone."""
    last_day = None
    for match in TIME.finditer(text):
        is_length = match["length"] is not None
        deadline = _length(match, _count(match), now.date()) if is_length else _point(match, now, last_day)
        if any(match[name] for name in _ONE_DAY):
            # 我明天一上班就核实,中午前答复您: a time without a day is on the day named before it.
            last_day = _day(match, now.date())
        if deadline:
            yield TimePhrase(match.start(), match.end(), deadline, is_relative=is_length)
    for match in VAGUE.finditer(text):
        yield TimePhrase(match.start(), match.end(), Vague())


def _count(match: re.Match[str]) -> float | None:
    """How many of its unit a length counts; None for more than anybody promises."""
    count = chinese_number(match["count"]) + (0.5 if match["and_half"] or match["tail"] else 0)
    return None if any(match[unit] and is_too_long(unit, count) for unit in _COUNTED) else count


def _length(match: re.Match[str], count: float | None, today: date) -> Deadline | None:
    if count is None or (match["days"] == "日" and not match["side"]):
        return None
    if match["working_days"]:
        return WorkingDays(max(1, round(count)))
    if match["working_hours"]:
        return WorkingTime(round(count * HOUR))
    for name, minutes in (("hours", HOUR), ("quarters", HOUR // 4), ("minutes", 1)):
        if match[name]:
            return Elapsed(round(count * minutes))
    if match["months"]:
        return _months(match, count, today)
    return OnDay(today + timedelta(days=round(count * (WEEK if match["weeks"] else 1))))


def _months(match: re.Match[str], count: float, today: date) -> Deadline | None:
    if not match["piece"]:
        return None
    return OnDay(months_later(today, int(count)) + timedelta(days=_HALF_MONTH_DAYS * (count % 1 > 0)))


def _point(match: re.Match[str], now: datetime, last_day: date | None) -> Deadline | None:
    if match["next_working_day"]:
        return WorkingDays(1)
    has_day = any(match[name] for name in _DAYS)
    day = _day(match, now.date()) if has_day else last_day
    if day is None and has_day:
        return None
    if match["close"] or match["bare_close"]:
        return Close(day)
    if match["hour"] or match["bare_hour"]:
        return _at(match, day, now)
    part = PARTS.get(match["day_part"] or match["lone_part"] or "")
    return OnDay(day or now.date(), PART_ENDS.get(part, NOON * HOUR) if part else DAY)


def _at(match: re.Match[str], day: date | None, now: datetime) -> Deadline | None:
    """A time of day; of a span of time its end, whose beginning may tell the half of the day."""
    bare = "bare_" if match["bare_hour"] else ""
    name = f"{bare}end_" if match[f"{bare}end_hour"] else bare
    part = PARTS.get(match[f"{bare}end_part"] or match[f"{bare}part"] or "")
    said, colon = match[f"{name}hour"], match[f"{name}colon"]
    hour, minute = round(chinese_number(said)), _minutes(match, name)
    if hour > _LAST_HOUR or minute > _LAST_MINUTE or (bare and _is_a_few(match, said)):
        return None
    if part == "noon":
        part = AFTERNOON if hour < _FIRST_NOON else MORNING
    if hour == 0 and (match["night"] or part == EVENING):
        hour = 24
    if colon and said.startswith("0"):
        part = part or MORNING
    on = day or now.date()
    after = now.hour * HOUR + now.minute if on == now.date() and not match["weekday"] else None
    at = OnDay(on, clock_minute(hour, minute, part, after=after))
    return still_to_come(at, now) if match["weekday"] and not match["which"] else at


def _is_a_few(match: re.Match[str], said: str) -> bool:
    """Whether 一点 or 两点 are no hour: a bit, two matters."""
    has_part = len(match["bare_part"] or "") > 1
    has_minutes = match["bare_half"] or match["bare_quarter"] or match["bare_colon"]
    return not (said.isdigit() or has_part or has_minutes or match["point_side"])


def _minutes(match: re.Match[str], name: str) -> int:
    if match[f"{name}half"]:
        return 30
    if match[f"{name}quarter"]:
        return 15 * round(chinese_number(match[f"{name}quarter"]))
    return round(chinese_number(match[f"{name}colon"] or match[f"{name}minute"] or "零"))


def _day(match: re.Match[str], today: date) -> date | None:
    if near := match["near"] or match["night"]:
        return today + timedelta(days=_NEAR[near])
    if match["weekday"]:
        return _weekday(match["which"] or "", match["weekday"], today)
    if match["month"]:
        return _date(match, today)
    if match["only_day"]:
        months = int(match["near_month"][0] in "下次") if match["near_month"] else None
        return next_day_of_month(today, round(chinese_number(match["only_day"])), months)
    return _span_end(match, today)


def _date(match: re.Match[str], today: date) -> date | None:
    year = int(match["year"]) if match["year"] else None
    if match["near_year"]:
        year = today.year + (match["near_year"] == "明年")
    return next_date(today, round(chinese_number(match["month"])), round(chinese_number(match["day"])), year)


def _weekday(which: str, sign: str, today: date) -> date:
    number = int(sign) - 1 if sign.isdigit() else min("一二三四五六日天".index(sign), WEEK - 1)
    return weekday_after(today, number, weeks=which.count("下") if which else None)


def _span_end(match: re.Match[str], today: date) -> date | None:
    """The last day of this or the next week, month or year."""
    if match["week"]:
        return end_of_week(today, int("下" in match["week"]))
    if match["named_month"]:
        first = next_date(today, round(chinese_number(match["named_month"])), 1)
        return first and end_of_month(first)
    if match["month_end"]:
        return end_of_month(today, int("下" in match["month_end"]))
    return date(today.year + match["year_end"].startswith("明"), 12, 31) if match["year_end"] else None
