"""Shapes of waiting."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

# rates: a wait can be told; few: too little was measured; nobody: nobody is there; closed: outside of the hours
Basis = Literal["rates", "few", "nobody", "closed"]
Way = Literal["call", "mail"]


class Wait(Struct, frozen=True):
    """Where somebody stands and how long it may take; without a range there is none that would be true."""

    basis: Basis
    position: int | None = None
    low_seconds: int | None = None
    high_seconds: int | None = None


class Pace(Struct, frozen=True):
    """How fast a queue moved lately: people waited so many seconds in all and came so many places forward."""

    seconds: float = 0.0
    places: int = 0


class Callback(Struct, frozen=True):
    """A call or a mail that somebody wants instead of waiting, and by when we said that it comes."""

    way: Way
    contact: str
    due_at: datetime


class MailWaits(Struct):
    """How true it was what customers were told by mail in a period; as of chats."""

    told: int
    within: int
    shorter: int
    longer: int
    error_seconds: float | None
    bias: float | None


class TeamWaits(Struct):
    """How waiting is told in a team: now, and how true it was in a period.

    ``told`` were given a range and were taken since; of them ``within`` waited as long as was said, the others shorter
    or longer. ``error_seconds`` is the mean distance to the nearer end of the range, ``bias`` the median of what it
    really took to the middle of what was said. ``left`` went without an answer, ``asked`` wanted a call or a mail.
    """

    team_id: int
    team: str
    waiting: int
    longest_seconds: int
    now: Wait
    told: int
    within: int
    shorter: int
    longer: int
    error_seconds: float | None
    bias: float | None
    left: int
    asked: int
    mails: MailWaits


class WaitFigures(Struct):
    """Waits of teams that take chats, the longest queue first."""

    items: list[TeamWaits]
