"""Shapes of routing."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

PresenceState = Literal["online", "away", "offline"]


class WaitingTicket(Struct):
    """A ticket that waits for an agent."""

    id: int
    team_id: int
    load_points: int


class Candidate(Struct):
    """An agent who is online, with room for work. Changes while a batch is decided."""

    person_id: int
    team_ids: list[int]
    capacity_points: int
    load_points: int
    idle_since: datetime


class Decision(Struct, frozen=True):
    """One ticket for one agent, with what was weighed."""

    ticket_id: int
    team_id: int
    person_id: int
    candidates: int
    load_points: int
    capacity_points: int
    idle_since: datetime


class PresenceFrame(Struct, frozen=True):
    """A colleague came, went or left the desk for a while."""

    person_id: int
    state: PresenceState


class PresenceIn(Struct, forbid_unknown_fields=True):
    """What a person chooses to be."""

    state: PresenceState
