"""Facts about presence."""

from typing import Literal

from ombud.shared.events import Fact


class PresenceChanged(Fact, frozen=True, kw_only=True):
    """A person went online, away or offline, by choice or by silence."""

    person_id: int
    state: Literal["online", "away", "offline"]
    by_silence: bool = False
