"""What is announced of language models."""

from typing import Literal

from ombud.shared.events import Fact


class ModelEndpointChanged(Fact, frozen=True, kw_only=True):
    """Somebody entered, changed or removed an endpoint; its key is never told."""

    endpoint_id: int
    change: Literal["made", "changed", "removed"]


class ModelEndpointRested(Fact, frozen=True, kw_only=True):
    """An endpoint failed again and again and is left alone for a while."""

    endpoint_id: int
    problem: str


class ModelEndpointRecovered(Fact, frozen=True, kw_only=True):
    """An endpoint that had failed answers again."""

    endpoint_id: int


class ModelPurposeChanged(Fact, frozen=True, kw_only=True):
    """Somebody changed what a purpose may use and spend, or switched it on or off."""

    purpose: str
    is_on: bool


class ModelPolicyChanged(Fact, frozen=True, kw_only=True):
    """Exchanges are kept for another time."""

    keep_days: int
