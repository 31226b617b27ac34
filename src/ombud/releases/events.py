"""Facts about release notes."""

from typing import Literal

from ombud.shared.events import Fact


class ReleaseChanged(Fact, frozen=True, kw_only=True):
    """A release or change was announced, or something of it is different; ``team_id`` is the product team's."""

    release_id: int
    change: Literal["announced", "changed", "item", "go", "no_go", "called_off", "asked", "assigned", "answered"]
