"""Answers cases of business time and of ticket deadlines, as ``ombud eval sla`` reads them: pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from ombud.shared.calendars.arithmetic import (
    NOTHING,
    add_days,
    add_open,
    deadline,
    elapsed,
    open_between,
    subtract_open,
)
from ombud.shared.calendars.opening import Calendar, NeverOpen
from ombud.shared.calendars.schemas import WEEKDAYS, CalendarSpec, DayOff, ExchangedDay, Intervals, Period, Rest, Span

# In these states somebody of ours is to act; in every other the clocks rest.
_RUNNING = frozenset({"new", "open"})
_UNITS = {"second": 1, "minute": 60, "hour": 3_600}
Case = Mapping[str, Any]


class UnknownCase(ValueError):
    """A case asks for something that this evaluation does not know."""


def answer_time_case(case: Case) -> Any:
    """The answer to one case of business time, in the form of its ``expect``.

    Raises:
        UnknownCase: no such operation or unit.
    """
    op = str(case["op"])
    if op not in _OPERATIONS:
        raise UnknownCase(f"{case.get('id')}: no operation {op!r}; there are {', '.join(sorted(_OPERATIONS))}")
    return _OPERATIONS[op](calendar_of(case["schedule"]), case["args"])


def calendar_of(schedule: Case) -> Calendar:
    """A calendar from ``{tz, hours, shifts, breaks, holidays}``; hours are lists of pairs or objects from → to."""
    return Calendar(
        CalendarSpec(
            time_zone=str(schedule.get("tz") or "UTC"),
            week={
                day: _intervals(hours[day])
                for hours in [schedule.get("hours") or {}]
                for day in WEEKDAYS
                if day in hours
            },
            days_off=[DayOff(on) for on in _dates(schedule.get("holidays"))],
            exchanged=[ExchangedDay(on) for on in _dates(schedule.get("exchanged"))],
            special=_by_date(schedule.get("shifts")),
            breaks=_by_date(schedule.get("breaks")),
        )
    )


def _by_date(given: Case | None) -> dict[date, Intervals]:
    return {date.fromisoformat(on): _intervals(hours) for on, hours in (given or {}).items()}


def _intervals(given: Any) -> Intervals:
    pairs = given.items() if isinstance(given, Mapping) else given or []
    return [(str(start), str(end)) for start, end in pairs]


def _dates(given: Any) -> list[date]:
    if isinstance(given, Mapping):
        given = [on for on, details in given.items() if details is not False and _is_active(details)]
    return [date.fromisoformat(one if isinstance(one, str) else one["date"]) for one in given or [] if _is_active(one)]


def _is_active(one: Any) -> bool:
    return not isinstance(one, Mapping) or bool(one.get("active", True))


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _text(at: datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="auto").replace("+00:00", "Z")


def _first(args: Case, *names: str) -> Any:
    found = next((args[name] for name in names if name in args), None)
    if found is None:
        raise UnknownCase(f"The case lacks {names[0]!r}.")
    return found


def _at(args: Case) -> datetime:
    return _time(_first(args, "time", "at", "start", "from"))


def _bounds(args: Case) -> tuple[datetime, datetime]:
    return _time(_first(args, "start", "from", "time")), _time(_first(args, "end", "to", "until"))


def _seconds(args: Case) -> int | None:
    """Seconds of an amount; None where it is in days."""
    unit = str(args.get("unit", "minutes")).rstrip("s")
    if unit == "day":
        return None
    if unit not in _UNITS:
        raise UnknownCase(f"There is no unit {args['unit']!r}.")
    return int(_first(args, "n", "amount") * _UNITS[unit])


def _moved(calendar: Calendar, args: Case, *, forward: bool) -> str | None:
    seconds, at = _seconds(args), _at(args)
    if seconds is None:
        count = int(_first(args, "n", "amount"))
        if not count and not forward:
            return _text(subtract_open(calendar, at, NOTHING))
        return _text(add_days(calendar, at, count if forward else -count))
    return _text((add_open if forward else subtract_open)(calendar, at, timedelta(seconds=seconds)))


def _within(calendar: Calendar, args: Case) -> int:
    start, end = _bounds(args)
    unit = str(args.get("unit", "seconds")).rstrip("s")
    found = open_between(calendar, min(start, end), max(start, end))
    whole = int(found.total_seconds()) // _UNITS.get(unit, 1)
    return whole if start <= end else -whole


def _on_break(calendar: Calendar, args: Case) -> bool:
    at, day = _at(args), calendar.day_of(_at(args))
    only = CalendarSpec(calendar.spec.time_zone, special={day: calendar.spec.breaks.get(day, [])})
    return Calendar(only).is_open(at)


def _periods(found: Sequence[Period]) -> list[list[str | None]]:
    return [[_text(one.start), _text(one.end)] for one in found]


def _taken(args: Case) -> int:
    return int(args.get("take", args.get("n", 1)))


_OPERATIONS: dict[str, Callable[[Calendar, Case], Any]] = {
    "add": lambda calendar, args: _moved(calendar, args, forward=True),
    "after": lambda calendar, args: _moved(calendar, args, forward=True),
    "subtract": lambda calendar, args: _moved(calendar, args, forward=False),
    "before": lambda calendar, args: _moved(calendar, args, forward=False),
    "is_open": lambda calendar, args: calendar.is_open(_at(args)),
    "in_hours": lambda calendar, args: calendar.is_open(_at(args)),
    "on_holiday": lambda calendar, args: calendar.is_day_off(calendar.day_of(_at(args))),
    "is_holiday": lambda calendar, args: calendar.is_day_off(calendar.day_of(_at(args))),
    "on_break": _on_break,
    "is_break": _on_break,
    "within": _within,
    "between": _within,
    "duration": _within,
    "periods_after": lambda calendar, args: _periods(list(islice(calendar.after(_at(args)), _taken(args)))),
    "periods_before": lambda calendar, args: _periods(list(islice(calendar.before(_at(args)), _taken(args)))),
}


def answer_ticket_case(case: Case) -> dict[str, Any]:
    """Deadlines, times taken and differences to the target of one ticket, in whole minutes of working time.

    Where the case has ``expect``, only what it names.
    """
    calendar = calendar_of(case["calendar"])
    created, events = _time(case["created"]), _moments(case.get("events"))
    states = sorted((_time(at), str(state)) for state, at in case.get("states") or [])
    rests = rests_of(states, created)
    contacts = [
        events[name] for name in ("last_agent_contact", "last_customer_contact", "last_contact") if name in events
    ]
    asked_at = events.get("last_customer_contact", created)
    told_at = events.get("last_agent_contact")
    closed_at = events.get("closed") or next((at for at, state in states if state == "closed"), None)
    answered_from = asked_at if told_at and asked_at <= told_at else created
    clocks = {
        "first_response": (created, created, events.get("first_response")),
        "update": (max(contacts, default=created), answered_from, told_at),
        "solution": (created, created, closed_at),
    }
    found: dict[str, Any] = {}
    for name, (start, since, met_at) in clocks.items():
        minutes = (case.get("sla_minutes") or {}).get(name)
        found |= _clock(
            name, minutes, _due(calendar, start, minutes, rests), _taken_minutes(calendar, since, met_at, rests)
        )
    wanted = case.get("expect")
    return {name: found.get(name) for name in wanted} if wanted else found


def rests_of(states: Sequence[tuple[datetime, str]], created: datetime) -> list[Rest]:
    """While a ticket was in no state in which we are to act; before its first state it was open."""
    rests: list[Rest] = []
    for number, (at, state) in enumerate(states):
        if state in _RUNNING:
            continue
        end = states[number + 1][0] if number + 1 < len(states) else None
        if rests and rests[-1].end == at:
            rests[-1] = Rest(rests[-1].start, end)
        else:
            rests.append(Rest(max(at, created), end))
    return rests


def _moments(events: Case | None) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for name, given in (events or {}).items():
        times = [_time(one) for one in (given if isinstance(given, list) else [given]) if one]
        if times:
            found[name] = max(times) if name.startswith("last_") else min(times)
    return found


def _due(calendar: Calendar, start: datetime, minutes: int | None, rests: Sequence[Rest]) -> datetime | None:
    if not minutes:
        return None
    try:
        return deadline(calendar, start, Span(minutes, "working_minutes"), rests)
    except NeverOpen:
        return None


def _taken_minutes(calendar: Calendar, start: datetime, met_at: datetime | None, rests: Sequence[Rest]) -> int | None:
    if met_at is None:
        return None
    return int(elapsed(calendar, start, met_at, rests).total_seconds()) // 60


def _clock(name: str, target: int | None, due_at: datetime | None, taken: int | None) -> dict[str, Any]:
    taken = None if target is None else taken
    diff = None if taken is None or target is None else target - taken
    return {f"{name}_due": _text(due_at), f"{name}_in_min": taken, f"{name}_diff_min": diff}
