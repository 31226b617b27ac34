"""Facts of the engine. Numbers and words of ours only."""

from typing import Literal

from ombud.shared.events import Fact


class OfferMade(Fact, frozen=True, kw_only=True):
    """Work stands on one agent's screen and waits to be accepted."""

    offer_id: int
    person_id: int


class OfferEnded(Fact, frozen=True, kw_only=True):
    """An offer is no more: accepted, declined, missed, or withdrawn because the work or the agent is gone."""

    offer_id: int
    person_id: int
    outcome: Literal["accepted", "declined", "missed", "withdrawn"]


class WorkStuck(Fact, frozen=True, kw_only=True):
    """Work of a team waits and nobody can take it; told once for each team and reason, as long as it lasts."""

    reason: str
    count: int


class WorkRanked(Fact, frozen=True, kw_only=True):
    """Somebody put a ticket before or behind others by hand, took that back, or looked at it afterwards."""

    override_id: int
    change: Literal["made", "ended", "reviewed"]
