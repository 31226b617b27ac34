"""Shapes of strain."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

Part = Literal["anger", "abuse", "length", "in_a_row", "no_break"]
Tells = Literal["nobody", "supervisors"]


class Mark(Struct, frozen=True):
    """Words of a customer's message that are hard to read."""

    anger: int = 0
    abuse: int = 0


class Talk(Struct, frozen=True):
    """One conversation of an agent in the last hours: how long ago they last wrote in it, and what it held."""

    age_minutes: float
    minutes: float
    messages: int
    anger: int
    abuse: int


class LoadPart(Struct, frozen=True):
    """What one cause adds to the load: how often, and with how many points."""

    name: Part
    count: int
    points: float


class Load(Struct, frozen=True):
    """The load from 0 to 100, and what it is made of."""

    value: float
    parts: list[LoadPart]


class Weight(Struct, frozen=True):
    """Points for each time a cause occurs, and the most that they can be together."""

    name: Part
    each: float
    most: float


class StrainPolicyIn(Struct, forbid_unknown_fields=True):
    """What a team agrees on: from which load, how much hard work then (100: as it comes), and whom it tells."""

    bound: Annotated[int, Meta(ge=20, le=100)] = 60
    hard_percent: Annotated[int, Meta(ge=0, le=100)] = 25
    tells: Tells = "nobody"


class StrainPolicy(Struct):
    """The same of a team; the defaults where nobody has set anything."""

    team_id: int
    team: str
    bound: int
    hard_percent: int
    tells: Tells


class StrainPolicies(Struct):
    """Policies of the teams that the reader sees."""

    items: list[StrainPolicy]


class OwnStrain(Struct):
    """An agent's own strain. ``needs_consent``: their team wants to tell more people than they have agreed to."""

    is_on: bool
    bound: int
    hard_percent: int
    tells: Tells
    needs_consent: bool
    load: float
    parts: list[LoadPart]
    weights: list[Weight]
    is_high: bool
    hours: int
    computed_at: datetime | None
    # a break is proposed, and not answered yet
    break_proposed_at: datetime | None


class StrainIn(Struct, forbid_unknown_fields=True):
    """Whether one's strain is watched; ``tells`` is what the agent was told of when they agreed."""

    is_on: bool
    tells: Tells = "nobody"


class BreakAnswerIn(Struct, forbid_unknown_fields=True):
    """What an agent says to a break that was proposed."""

    answer: Literal["taken", "not_now"]


class StrainedAgent(Struct):
    """Somebody above their team's bound who has agreed that supervisors hear of it: that, and nothing of why."""

    person_id: int
    name: str
    since: datetime


class StrainedAgents(Struct):
    """Agents above the bound, the longest first."""

    items: list[StrainedAgent]
