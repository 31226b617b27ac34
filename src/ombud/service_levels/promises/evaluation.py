"""How well promises are recognised: rows of somebody's data, answers, and scores. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache

import msgspec

from ombud.service_levels.promises.rules import recognise
from ombud.shared.calendars.holidays import with_table
from ombud.shared.calendars.opening import Calendar
from ombud.shared.calendars.schemas import WEEKDAYS, CalendarSpec

# The calendar of the measurement; Chinese holidays count where the desk lies in China.
HOURS = [("09:00", "12:00"), ("13:30", "18:00")]
CHINESE_ZONES = frozenset({"Asia/Shanghai", "Asia/Chongqing", "Asia/Harbin", "Asia/Urumqi", "PRC"})


class Spotted(msgspec.Struct, frozen=True):
    """A promise as the files hold it: ``span`` counts characters, ``due_at`` is None where it names no moment."""

    span: tuple[int, int]
    due_at: datetime | None = None


class Row(msgspec.Struct, frozen=True):
    """One text of the data; ``promises`` is the truth, where it is known."""

    text: str
    sent_at: datetime
    tz: str = "Asia/Shanghai"
    promises: list[Spotted] | None = None


class Answer(msgspec.Struct, frozen=True):
    """One line of the answers."""

    promises: list[Spotted]


class Score(msgspec.Struct, frozen=True):
    """Counts over rows that hold the truth."""

    rows: int = 0
    true: int = 0
    found: int = 0
    right: int = 0
    right_due: int = 0

    @property
    def precision(self) -> float:
        """Right ones among those found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Found ones among the true."""
        return self.right / self.true if self.true else 1.0

    @property
    def due_accuracy(self) -> float:
        """Right moments, or rightly none, among the promises rightly found."""
        return self.right_due / self.right if self.right else 1.0


def answer(row: Row) -> Answer:
    """The promises of one text.

    Raises:
        UnknownZone: there is no such time zone.
    """
    calendar = calendar_in(row.tz)
    sent_at = row.sent_at if row.sent_at.tzinfo else row.sent_at.replace(tzinfo=calendar.zone)
    found = recognise(row.text, sent_at=sent_at, tz=calendar.zone, calendar=calendar)
    return Answer([Spotted((promise.start, promise.end), promise.due_at) for promise in found])


@cache
def calendar_in(zone: str) -> Calendar:
    """Monday to Friday, 09:00-12:00 and 13:30-18:00, by the clocks of a zone."""
    spec = CalendarSpec(zone, dict.fromkeys(WEEKDAYS[:5], HOURS))
    return Calendar(with_table(spec, "cn") if zone in CHINESE_ZONES else spec)


def score(rows: Sequence[Row], answers: Sequence[Answer]) -> Score:
    """Compare the answers with the truth; rows without it do not count."""
    judged = [
        (row.promises, said.promises) for row, said in zip(rows, answers, strict=True) if row.promises is not None
    ]
    pairs = [pair for true, found in judged for pair in matched(true, found)]
    return Score(
        rows=len(judged),
        true=sum(len(true) for true, _ in judged),
        found=sum(len(found) for _, found in judged),
        right=len(pairs),
        right_due=sum(true.due_at == found.due_at for true, found in pairs),
    )


def matched(true: Iterable[Spotted], found: Iterable[Spotted]) -> list[tuple[Spotted, Spotted]]:
    """Each true promise with one found one that shares at least half of the shorter phrase; none is used twice."""
    left, pairs = list(found), []
    for one in true:
        best = max(left, key=lambda other: shared(one.span, other.span), default=None)
        if best and shared(one.span, best.span) >= 0.5:  # noqa: PLR2004 – half
            left.remove(best)
            pairs.append((one, best))
    return pairs


def shared(one: tuple[int, int], other: tuple[int, int]) -> float:
    """How much of the shorter of two spans lies in the other."""
    common = min(one[1], other[1]) - max(one[0], other[0])
    shorter = min(one[1] - one[0], other[1] - other[0])
    return max(0, common) / shorter if shorter > 0 else 0.0
