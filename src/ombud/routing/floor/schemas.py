"""Shapes of the floor."""

from typing import Literal

from msgspec import Struct

PresenceState = Literal["online", "away", "offline"]
# A person whose screen was silent for longer is offline, whatever they chose.
SILENCE_SECONDS = 60


class PresenceFrame(Struct, frozen=True):
    """A colleague came, went or left the desk for a while."""

    person_id: int
    state: PresenceState


class PresenceIn(Struct, forbid_unknown_fields=True):
    """What a person chooses to be."""

    state: PresenceState
