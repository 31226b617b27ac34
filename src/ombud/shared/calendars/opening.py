"""When a calendar is open: its periods, day by day, in UTC."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ombud.shared.calendars.schemas import WEEKDAYS, CalendarSpec, Intervals, Period
from ombud.shared.errors import Unprocessable

DAY = timedelta(days=1)
# Farther is no plan but a mistake: a calendar that hardly opens, or an amount without measure.
HORIZON_DAYS = 3_660


class NeverOpen(Unprocessable):
    """The calendar has no open hour within ten years of then. Give it working hours, or take a smaller target."""

    code = "calendar_never_open"


class UnknownZone(Unprocessable):
    """There is no such time zone. Take a name of the IANA database, such as Asia/Shanghai."""

    code = "unknown_time_zone"


class Calendar:
    """A calendar ready to be counted in; it remembers the days it has looked at."""

    def __init__(self, spec: CalendarSpec) -> None:
        self.spec = spec
        self.zone = _zone(spec.time_zone)
        self._off = {one.on for one in spec.days_off}
        self._exchanged = {one.on: one.like for one in spec.exchanged}
        self._ends: dict[date, datetime] = {}
        self._begun: dict[date, list[Period]] = {}
        self._periods: dict[date, tuple[Period, ...]] = {}

    def day_of(self, at: datetime) -> date:
        """The calendar's day that a moment lies in."""
        return at.astimezone(self.zone).date()

    def moment(self, day: date, seconds: int) -> datetime:
        """A time on the wall of a day, in UTC; ``seconds`` from its midnight, 86,400 and more being the next day.

        A time that the clocks skip is the moment at which they do; of one that they pass twice it is the first.
        """
        wall = datetime.combine(day, time()) + timedelta(seconds=seconds)
        found = wall.replace(tzinfo=self.zone).astimezone(UTC)
        if found.astimezone(self.zone).replace(tzinfo=None) == wall:
            return found
        return _gap_end(wall, self.zone)

    def day_end(self, day: date) -> datetime:
        """The last second of a day: what is due at its end is still due on it."""
        known = self._ends.get(day)
        if known is None:
            known = self._ends[day] = self.moment(day, 86_400) - timedelta(seconds=1)
        return known

    def is_day_off(self, day: date) -> bool:
        """Whether a day is a holiday."""
        return day in self._off

    def is_working_day(self, day: date) -> bool:
        """Whether open time begins on a day."""
        return bool(self._begun_on(day))

    def periods_on(self, day: date) -> tuple[Period, ...]:
        """Open periods that begin on a day, in order; none overlaps another, nor one of the night before."""
        known = self._periods.get(day)
        if known is None:
            mine, night = self._begun_on(day), self._begun_on(day - DAY)
            late = bool(mine and night) and night[-1].end > mine[0].start
            known = self._periods[day] = tuple(_without(mine, night) if late else mine)
        return known

    def _begun_on(self, day: date) -> list[Period]:
        known = self._begun.get(day)
        if known is None:
            known = self._begun[day] = [] if day in self._off else self._open_on(day)
        return known

    def _open_on(self, day: date) -> list[Period]:
        wanted = joined(self._periods_of(day, self._hours_of(day)))
        for broken in (day, day + DAY):
            closed = joined(self._periods_of(broken, self.spec.breaks.get(broken, [])))
            wanted = _without(wanted, closed) if closed else wanted
        return wanted

    def _hours_of(self, day: date) -> Intervals:
        if day in self.spec.special:
            return self.spec.special[day]
        return self.spec.week.get(self._exchanged.get(day) or WEEKDAYS[day.weekday()], [])

    def _periods_of(self, day: date, hours: Intervals) -> list[Period]:
        bounds = [(_seconds(start), _seconds(end)) for start, end in hours]
        later = [(start, end if end > start else end + 86_400) for start, end in bounds]
        found = [Period(self.moment(day, start), self.moment(day, end)) for start, end in later]
        return [one for one in found if one.start < one.end]

    def after(self, at: datetime) -> Iterator[Period]:
        """Open periods from a moment on, the first one cut at it; they never overlap and never end by themselves.

        Raises:
            NeverOpen: nothing opens for ten years.
        """
        at = at.astimezone(UTC)
        # The night before may still be open.
        day, seen = self.day_of(at) - DAY, at
        closed_days = 0
        while closed_days <= HORIZON_DAYS:
            closed_days += 1
            for period in self.periods_on(day):
                start, end = max(period.start, seen), period.end
                if start < end:
                    closed_days, seen = 0, end
                    yield Period(start, end)
            day += DAY
        raise NeverOpen

    def before(self, at: datetime) -> Iterator[Period]:
        """Open periods up to a moment, newest first, the first one cut at it.

        Raises:
            NeverOpen: nothing was open for ten years.
        """
        at = at.astimezone(UTC)
        day, seen = self.day_of(at) + DAY, at
        closed_days = 0
        while closed_days <= HORIZON_DAYS:
            closed_days += 1
            for period in reversed(self.periods_on(day)):
                start, end = period.start, min(period.end, seen)
                if start < end:
                    closed_days, seen = 0, start
                    yield Period(start, end)
            day -= DAY
        raise NeverOpen

    def is_open(self, at: datetime) -> bool:
        """Whether a moment is working time; the moment of closing is not."""
        day = self.day_of(at)
        return any(one.start <= at < one.end for near in (day - DAY, day) for one in self.periods_on(near))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise UnknownZone(fields={"time_zone": "unknown"}) from problem


def _seconds(wall: str) -> int:
    hours, minutes = wall.split(":")
    return int(hours) * 3_600 + int(minutes) * 60


def _gap_end(wall: datetime, zone: ZoneInfo) -> datetime:
    late = wall.replace(tzinfo=zone).astimezone(UTC)
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    offset = late.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            late = middle
        else:
            early = middle
    return late.replace(microsecond=0)


def joined(periods: Iterable[Period]) -> list[Period]:
    """Periods in order, those that overlap or touch made one."""
    found: list[Period] = []
    for one in sorted(periods, key=lambda period: period.start):
        if found and one.start <= found[-1].end:
            found[-1] = Period(found[-1].start, max(found[-1].end, one.end))
        else:
            found.append(one)
    return found


def _without(periods: list[Period], closed: list[Period]) -> list[Period]:
    left = periods
    for gap in closed:
        left = [part for one in left for part in _cut(one, gap)]
    return left


def _cut(one: Period, gap: Period) -> Iterator[Period]:
    if gap.end <= one.start or gap.start >= one.end:
        yield one
        return
    if one.start < gap.start:
        yield Period(one.start, gap.start)
    if gap.end < one.end:
        yield Period(gap.end, one.end)
