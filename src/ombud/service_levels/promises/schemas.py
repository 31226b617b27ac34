"""What a promise is."""

from datetime import date, datetime
from enum import StrEnum

import msgspec


class PromiseKind(StrEnum):
    """How far a promise binds us to a moment."""

    FIXED = "fixed"
    # 尽快, asap: said, but no moment.
    VAGUE = "vague"
    # 收到货后 3 天内, within 2 days of receiving it: the time begins with something that has not happened yet.
    ON_EVENT = "on_event"


class Promise(msgspec.Struct, frozen=True):
    """A promise in a text: ``text[start:end]`` is its phrase; without a moment ``due_at`` is None."""

    start: int
    end: int
    kind: PromiseKind
    due_at: datetime | None = None

    @property
    def is_vague(self) -> bool:
        """Whether it names no moment at all."""
        return self.kind is PromiseKind.VAGUE


class Elapsed(msgspec.Struct, frozen=True, tag=True):
    """So many minutes from now, day and night."""

    minutes: int


class WorkingTime(msgspec.Struct, frozen=True, tag=True):
    """So many minutes of working time."""

    minutes: int


class WorkingDays(msgspec.Struct, frozen=True, tag=True):
    """The end of the n-th working day; the day on which it was said does not count."""

    days: int


class OnDay(msgspec.Struct, frozen=True, tag=True):
    """A minute of a day, counted from its midnight; 24 * 60 is its end."""

    day: date
    minute: int = 24 * 60


class Close(msgspec.Struct, frozen=True, tag=True):
    """The close of our calendar on a day, or the next one from now on where none is named."""

    day: date | None = None


class Vague(msgspec.Struct, frozen=True, tag=True):
    """No moment."""


Deadline = Elapsed | WorkingTime | WorkingDays | OnDay | Close | Vague


class TimePhrase(msgspec.Struct, frozen=True):
    """Words of a text that say when; a relative one is moved by what it counts from."""

    start: int
    end: int
    deadline: Deadline
    is_relative: bool = False

    @property
    def is_vague(self) -> bool:
        """Whether it names no moment."""
        return isinstance(self.deadline, Vague)
