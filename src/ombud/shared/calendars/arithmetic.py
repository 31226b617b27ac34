"""Counting in a calendar: how much working time lies between moments, and when an amount of it will be over.

Natural hours (自然小时) are the wall's. Working hours (工作小时) pass while the calendar is open. Working days (工作日)
are whole days: the day of the start is not counted, exchanged working days are, and the end is the end of the last one.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from ombud.shared.calendars.opening import DAY, HORIZON_DAYS, Calendar, NeverOpen
from ombud.shared.calendars.schemas import Rest, Span

NOTHING = timedelta(0)
_MINUTES = {"natural_minutes": 1, "natural_hours": 60, "working_minutes": 1, "working_hours": 60}


def open_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Working time from one moment to another; none where the end lies before the start."""
    total, day, last = NOTHING, calendar.day_of(start) - DAY, calendar.day_of(end)
    seen = start
    while day <= last and start < end:
        for period in calendar.periods_on(day):
            first, then = max(period.start, seen), min(period.end, end)
            if first < then:
                total, seen = total + (then - first), then
        day += DAY
    return total


def add_open(calendar: Calendar, start: datetime, amount: timedelta) -> datetime:
    """The moment at which an amount of working time is over; of nothing, the next moment of working time.

    Raises:
        NeverOpen: the calendar does not open for ten years.
    """
    left = amount
    for period in calendar.after(start):
        if left <= period.end - period.start:
            return period.start + left
        left -= period.end - period.start
    raise NeverOpen


def subtract_open(calendar: Calendar, end: datetime, amount: timedelta) -> datetime:
    """The moment from which on an amount of working time lies before ``end``; of nothing, the last working moment.

    Raises:
        NeverOpen: the calendar was not open for ten years.
    """
    left = amount
    for period in calendar.before(end):
        if left <= period.end - period.start:
            return period.end - left
        left -= period.end - period.start
    raise NeverOpen


def deadline(calendar: Calendar, start: datetime, span: Span, rests: Sequence[Rest] = ()) -> datetime | None:
    """When a clock that started then, and rested then and then, is due; None while it rests and is not yet due.

    ``rests`` are in order and do not overlap. A working day counts unless the clock rests at its end.

    Raises:
        NeverOpen: the calendar has too little open time for the span within ten years.
    """
    if span.unit == "working_days":
        return _end_of_days(calendar, start, span.amount, rests)
    amount = timedelta(minutes=span.amount * _MINUTES[span.unit])
    return advance(calendar, start, amount, rests, is_natural=span.unit.startswith("natural"))


def advance(
    calendar: Calendar, start: datetime, amount: timedelta, rests: Sequence[Rest] = (), *, is_natural: bool = False
) -> datetime | None:
    """When a clock has run for an amount of time, working or natural; None while it rests before that.

    Raises:
        NeverOpen: the calendar has too little open time within ten years.
    """
    left = amount
    for first, then in running(start, rests):
        passed = None if then is None else elapsed(calendar, first, then, is_natural=is_natural)
        if passed is None or left <= passed:
            return first + left if is_natural else add_open(calendar, first, left)
        left -= passed
    return None


def elapsed(
    calendar: Calendar, start: datetime, end: datetime, rests: Sequence[Rest] = (), *, is_natural: bool = False
) -> timedelta:
    """Time that a clock has run from start to end without its rests: working time, or natural."""
    total = NOTHING
    for first, then in running(start, rests):
        last = end if then is None else min(then, end)
        if first < last:
            total += last - first if is_natural else open_between(calendar, first, last)
    return total


def running(start: datetime, rests: Sequence[Rest]) -> Iterator[tuple[datetime, datetime | None]]:
    """From when to when a clock ran; the last stretch has no end unless it rests."""
    at = start
    for rest in rests:
        if rest.end is not None and rest.end <= at:
            continue
        if at < rest.start:
            yield at, rest.start
        if rest.end is None:
            return
        at = rest.end
    yield at, None


def _end_of_days(calendar: Calendar, start: datetime, count: int, rests: Sequence[Rest]) -> datetime | None:
    day, left, closed = calendar.day_of(start), count, 0
    while left:
        day += DAY
        end = calendar.day_end(day)
        rest = _rest_at(rests, end)
        if rest is not None and rest.end is None:
            return None
        counts = rest is None and calendar.is_working_day(day)
        left -= counts
        closed = 0 if counts or rest else closed + 1
        if closed > HORIZON_DAYS:
            raise NeverOpen
    return calendar.day_end(day)


def _rest_at(rests: Sequence[Rest], at: datetime) -> Rest | None:
    return next((one for one in rests if one.start <= at and (one.end is None or at < one.end)), None)


def add_days(calendar: Calendar, start: datetime, count: int) -> datetime:
    """The same time of day some working days later, or the next working moment after it; ``count`` may be negative.

    Then it is as many earlier, or the last working moment before that.

    Raises:
        NeverOpen: the calendar does not open for ten years.
    """
    local = start.astimezone(calendar.zone)
    day, left, closed = local.date(), abs(count), 0
    while left:
        day += DAY if count > 0 else -DAY
        is_open = calendar.is_working_day(day)
        left -= is_open
        closed = 0 if is_open else closed + 1
        if closed > HORIZON_DAYS:
            raise NeverOpen
    at = datetime.combine(day, local.time(), tzinfo=calendar.zone).astimezone(UTC)
    return add_open(calendar, at, NOTHING) if count >= 0 else subtract_open(calendar, at, NOTHING)


def is_beyond_table(calendar: Calendar, at: datetime) -> bool:
    """Whether a moment lies where the calendar's holiday tables are silent, so that it may still move."""
    known = calendar.spec.known_until
    return known is not None and calendar.day_of(at) > known
