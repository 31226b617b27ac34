"""Times in English: atoms found by ``grammar_en``, put together where only small words stand between them."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import msgspec

from ombud.service_levels.promises import grammar_en as grammar
from ombud.service_levels.promises.moments import (
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
from ombud.service_levels.promises.numbers import english_number
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

_FRIDAY = 4
_LAST_MONTH = 12
_PART_NAMES = {"first thing": MORNING, "night": EVENING, "tonight": EVENING, "tonite": EVENING}
_MINUTES = {"hours": HOUR, "minutes": 1}
_DAYS = {"days": 1, "weeks": WEEK, "fortnights": 2 * WEEK}
# Where 10/8 is the tenth of August and not the eighth of October.
_DAY_FIRST = ("Europe/", "Africa/", "Australia/", "Pacific/Auckland")


class _Atom(msgspec.Struct, frozen=True):
    kind: str
    match: re.Match[str]

    @property
    def start(self) -> int:
        return self.match.start()

    @property
    def end(self) -> int:
        return self.match.end()


def find_times(text: str, now: datetime) -> Iterator[TimePhrase]:
    """All times that a normalised text names, then its vague words; ``now`` is in the customer's zone."""
    lengths = list(grammar.LENGTH.finditer(text))
    for match in lengths:
        if deadline := _length(match, now.date()):
            yield TimePhrase(match.start(), match.end(), deadline, is_relative=True)
    for atoms in _joined(text, list(_atoms(text, lengths))):
        deadline = _point(text, atoms, now)
        if isinstance(deadline, OnDay) and _is_bare_weekday(atoms):
            deadline = still_to_come(deadline, now)
        if deadline:
            lead = grammar.LEAD.search(text, 0, atoms[0].start)
            yield TimePhrase(lead.start() if lead else atoms[0].start, atoms[-1].end, deadline)
    for match in grammar.VAGUE.finditer(text):
        yield TimePhrase(match.start(), match.end(), Vague())


def _length(match: re.Match[str], today: date) -> Deadline | None:
    if match["bare_minutes"]:
        return Elapsed(int(match["bare_minutes"]))
    unit = match["from_unit"] or next(name for name in _UNITS if match[name])
    count = english_number(match["from_count"] or match["count"] or "one") + (0.5 if match["half"] else 0)
    count += 1 if match["or_two"] and match["or_two"].endswith("two") else 0
    return _of_unit(unit, count, today)


_UNITS = ("working_days", "working_hours", "days", "weeks", "fortnights", "months", "hours", "minutes")


def _of_unit(unit: str, count: float, today: date) -> Deadline | None:
    """A count of some unit; units of sentences that end in ``from now`` come as they were written."""
    name = {"d": "days", "h": "hours", "m": "minutes", "w": "weeks"}[unit[0]] if unit not in _UNITS else unit
    if is_too_long(name, count):
        return None
    if name == "working_days":
        return WorkingDays(max(1, round(count)))
    if name == "working_hours":
        return WorkingTime(round(count * HOUR))
    if name in _MINUTES:
        return Elapsed(round(count * _MINUTES[name]))
    if name == "months":
        return OnDay(months_later(today, max(1, round(count))))
    return OnDay(today + timedelta(days=round(count * _DAYS[name])))


def _atoms(text: str, lengths: list[re.Match[str]]) -> Iterator[_Atom]:
    """Atoms in the order of the text that touch no length and not one another; the earlier pattern wins."""
    taken = [(match.start(), match.end()) for match in lengths]
    found = []
    for kind in ("close", "day", "clock", "part", "span"):
        pattern: re.Pattern[str] = getattr(grammar, kind.upper())
        for match in pattern.finditer(text):
            if all(match.end() <= start or match.start() >= end for start, end in taken):
                taken.append((match.start(), match.end()))
                found.append(_Atom(kind, match))
    yield from sorted(found, key=lambda atom: atom.start)


def _joined(text: str, atoms: list[_Atom]) -> Iterator[list[_Atom]]:
    """Neighbouring atoms of different kinds with nothing but small words between them."""
    group: list[_Atom] = []
    for atom in atoms:
        if group and not _belongs(text, group, atom):
            yield group
            group = []
        group.append(atom)
    if group:
        yield group


def _belongs(text: str, group: list[_Atom], atom: _Atom) -> bool:
    between = text[group[-1].end : atom.start]
    if grammar.GLUE.fullmatch(between) is None:
        return False
    return atom.kind not in {other.kind for other in group} or _goes_on(group[-1], between, atom)


def _goes_on(last: _Atom, between: str, atom: _Atom) -> bool:
    """Whether two atoms of one kind are one time: 8 am to noon, today or tomorrow, Saturday 28 November."""
    if atom.kind == "day":
        return " or " in between or bool(last.kind == "day" and last.match["weekday"] and "and" not in between)
    return last.kind == atom.kind and (atom.kind == "part" or (atom.kind == "clock" and "," not in between))


def _point(text: str, atoms: list[_Atom], now: datetime) -> Deadline | None:
    found = {atom.kind: atom.match for atom in atoms}
    if "day" in found and found["day"]["next_working_day"]:
        return WorkingDays(1)
    day = _day(found["day"], now) if "day" in found else None
    if "day" in found and day is None:
        return None
    if "close" in found:
        return Close(day)
    if "clock" in found or "part" in found:
        return _within_day(found, day, now)
    return OnDay(day - timedelta(days=_is_before(text, atoms[0].start))) if day else _span(found["span"], now.date())


def _within_day(found: dict[str, re.Match[str]], day: date | None, now: datetime) -> Deadline | None:
    if "clock" in found:
        return _at(found, day, now)
    part = _part(found)
    return _of_part(found, day, part, now) if part else None


def _is_bare_weekday(atoms: list[_Atom]) -> bool:
    return any(atom.kind == "day" and atom.match["weekday"] and not atom.match["which"] for atom in atoms)


def _part(found: dict[str, re.Match[str]]) -> str | None:
    return _PART_NAMES.get(found["part"]["part"], found["part"]["part"]) if "part" in found else None


def _of_part(found: dict[str, re.Match[str]], day: date | None, part: str, now: datetime) -> Deadline | None:
    """The end of a morning, afternoon or evening; one that says neither which day nor "this" is no time."""
    said = found["part"][0]
    if day is None and not said.startswith(("this", "in the", "tonight", "tonite")):
        return None
    end = PART_ENDS[part]
    is_over = day is None and end <= now.hour * HOUR + now.minute
    return OnDay((day or now.date()) + timedelta(days=is_over), end)


def _is_before(text: str, start: int) -> bool:
    """Whether a day is excluded: "before Friday", but not "on or before Friday"."""
    return re.search(r"(?<!on or )\bbefore (?:the )?$", text[:start]) is not None


def _at(found: dict[str, re.Match[str]], day: date | None, now: datetime) -> Deadline:
    match, part = found["clock"], _part(found)
    by_weekday = "day" in found and found["day"]["weekday"] is not None
    # A weekday that is today's means that of the next week once its hour has passed.
    is_today = day is None or (day == now.date() and not by_weekday)
    after = now.hour * HOUR + now.minute if is_today else None
    if match["noon"] or match["midnight"]:
        minute = NOON * HOUR if match["noon"] else DAY
        return OnDay((day or now.date()) + timedelta(days=day is None and minute <= (after or 0)), minute)
    if match["half_day"]:
        hour = int(match["hour"]) % NOON + (NOON if match["half_day"] == "p" else 0)
        minute = hour * HOUR + int(match["minute"] or 0)
        return OnDay((day or now.date()) + timedelta(days=day is None and minute <= (after or 0)), minute)
    hour, minute = _hour(match)
    if (match["clock_hour"] or "").startswith("0"):
        part = part or "morning"
    return OnDay(day or now.date(), clock_minute(hour, minute, part, after=after))


def _hour(match: re.Match[str]) -> tuple[int, int]:
    if match["clock_hour"]:
        return int(match["clock_hour"]), int(match["clock_minute"])
    hour = round(english_number(match["past_hour"] or match["oclock"] or match["range_hour"] or match["bare_hour"]))
    if not match["past"]:
        return hour, 0
    minutes = 30 if match["past"] == "half" else 15
    return (hour, minutes) if match["to"] == "past" else ((hour - 2) % NOON + 1, HOUR - minutes)


def _day(match: re.Match[str], now: datetime) -> date | None:
    today = now.date()
    if match["today"] or match["tomorrow"] or match["after_tomorrow"]:
        return today + timedelta(days=1 if match["tomorrow"] else 2 * bool(match["after_tomorrow"]))
    if match["weekday"]:
        return _weekday(match["which"] or "", grammar.WEEKDAYS.index(match["weekday"][:3]), today)
    if match["only_day"]:
        return next_day_of_month(today, int(match["only_day"]))
    return _date(match, now)


def _weekday(which: str, number: int, today: date) -> date:
    weeks = {"this": 0, "next": 1}.get(which)
    return weekday_after(today, number, weeks=weeks)


def _date(match: re.Match[str], now: datetime) -> date | None:
    today = now.date()
    if match["iso_year"]:
        return next_date(today, int(match["iso_month"]), int(match["iso_day"]), int(match["iso_year"]))
    if match["end_month"]:
        first = next_date(today, grammar.MONTHS.index(match["end_month"][:3]) + 1, 1)
        return first and end_of_month(first)
    if match["one"]:
        month, day = int(match["one"]), int(match["two"])
        if month > _LAST_MONTH or str(now.tzinfo).startswith(_DAY_FIRST):
            month, day = day, month
        year = int(match["slash_year"]) % 100 + 2000 if match["slash_year"] else None
        return next_date(today, month, day, year)
    month = grammar.MONTHS.index((match["month_after"] or match["month_before"])[:3]) + 1
    said = match["after_year"] or match["before_year"]
    return next_date(today, month, int(match["day_first"] or match["day_last"]), int(said) if said else None)


def _span(match: re.Match[str], today: date) -> Deadline | None:
    """The end of a week, month or year; "the end of the week" is when its work ends."""
    later, span = int(match["span_which"] == "next"), match["span"]
    if not match["ends"] and match["span_which"] not in {"this", "next"} and span != "weekend":
        return None
    if span in {"week", "w"} and match["ends"]:
        return Close(weekday_after(today, _FRIDAY, weeks=later))
    if span in {"week", "w", "weekend"}:
        return OnDay(end_of_week(today, later))
    if span in {"month", "m"}:
        return OnDay(end_of_month(today, later))
    return OnDay(date(today.year + later, _LAST_MONTH, 31))
