"""What a promise is: found in a text, offered to its writer, and kept to be watched."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ombud.shared.personal import Personal


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


Way = Literal["message", "phone", "note", "in_person"]
Kind = Literal["fixed", "vague", "on_event"]
Status = Literal["open", "kept", "broken", "dropped", "vague"]
ProblemKind = Literal[
    "past",
    "holiday",
    "closed_day",
    "closed_hours",
    "no_hours",
    "off_duty",
    "no_slot",
    "behind_deadline",
    "too_long",
    "money",
]
Words = Annotated[str, Meta(min_length=1, max_length=500)]
ReasonText = Annotated[str, Meta(min_length=1, max_length=300)]


class PromiseOfferIn(msgspec.Struct, forbid_unknown_fields=True):
    """A text that somebody writes to the customer; ``send_at`` where it goes out later."""

    text: Annotated[str, Meta(max_length=200_000)]
    send_at: Annotated[datetime, Meta(tz=True)] | None = None


class PromiseProblem(msgspec.Struct, frozen=True):
    """Why a promise may not be kept: a word for it, and what it is about; ``no_slot`` names a free moment."""

    kind: ProblemKind
    label_en: str = ""
    label_zh: str = ""
    at: datetime | None = None


class PromiseOffer(msgspec.Struct):
    """A promise in a text that was not sent yet; ``text[start:end]``, counted in UTF-16 units, are its words.

    ``safe`` are words that can stand in their place, in the text's language.
    """

    start: int
    end: int
    words: str
    kind: Kind
    due_at: datetime | None
    problems: list[PromiseProblem]
    safe: str | None = None


class PromiseOffers(msgspec.Struct):
    """The promises of a text in their order."""

    items: list[PromiseOffer]


class PromiseIn(msgspec.Struct, forbid_unknown_fields=True):
    """A promise made on the phone, in person or noted by a colleague."""

    words: Words
    due_at: Annotated[datetime, Meta(tz=True)]
    way: Literal["phone", "note", "in_person"] = "phone"


class PromiseMoveIn(msgspec.Struct, forbid_unknown_fields=True):
    """Another moment for a promise, and why."""

    due_at: Annotated[datetime, Meta(tz=True)]
    reason: ReasonText


class PromiseEndIn(msgspec.Struct, forbid_unknown_fields=True):
    """What became of a promise; a dropped one needs the reason."""

    outcome: Literal["kept", "dropped"]
    reason: Annotated[str, Meta(max_length=300)] = ""


class PromiseMove(msgspec.Struct):
    """How the moment of a promise was moved."""

    due_before: datetime | None
    due_after: datetime
    reason: str
    moved_by: int | None
    at: datetime


class WatchedPromise(msgspec.Struct):
    """A promise as it is watched.

    A broken one that was done after all has ``ended_at``. ``is_answered``: we have written to the customer since,
    which may have kept it.
    """

    id: int
    ticket_id: int
    entry_id: int | None
    way: Way
    kind: Kind
    words: Personal
    due_at: datetime | None
    first_due_at: datetime | None
    moves: list[PromiseMove]
    made_by: int | None
    made_at: datetime
    status: Status
    ended_at: datetime | None
    ended_by: int | None
    kept_entry_id: int | None
    reason: str
    is_answered: bool


class WatchedPromises(msgspec.Struct):
    """A ticket's promises: those still to be done first, the next one on top."""

    items: list[WatchedPromise]


class PromiseRow(msgspec.Struct):
    """A promise in a list over tickets."""

    id: int
    ticket_id: int
    subject: Personal
    customer_id: int
    customer_name: str
    team_id: int
    assignee_id: int | None
    made_by: int | None
    made_at: datetime
    way: Way
    words: Personal
    due_at: datetime | None
    status: Status
    ended_at: datetime | None


class PromiseShare(msgspec.Struct):
    """Promises of one person on the tickets of one team that were due in a period.

    ``due`` is kept in time and broken together; dropped ones stand beside it. ``waiting`` are due in the period and
    not yet over. ``moved`` of all these had another moment at first. Vague ones are counted by when they were said.
    """

    person_id: int | None
    name: str
    team_id: int
    team: str
    due: int
    kept: int
    broken: int
    kept_late: int
    dropped: int
    moved: int
    waiting: int
    vague: int


class PromiseFigures(msgspec.Struct):
    """Shares by person and team, the most promises first."""

    items: list[PromiseShare]
