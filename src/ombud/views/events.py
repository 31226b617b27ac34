"""Facts about views."""

from typing import Literal

from ombud.shared.events import Fact


class SavedViewChanged(Fact, frozen=True, kw_only=True):
    """A shared view was made, changed or removed; ``team_id`` is set for one of a team. One's own views tell nobody."""

    view_id: int
    scope: Literal["team", "all"]
    change: Literal["made", "changed", "removed"]
