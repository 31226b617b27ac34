"""Facts about surge plans."""

from typing import Literal

from ombud.shared.events import Fact


class SurgePlanChanged(Fact, frozen=True, kw_only=True):
    """A plan was made, changed or archived, or the bounds of the warning levels are others (no plan)."""

    plan_id: int | None = None


class SurgeChanged(Fact, frozen=True, kw_only=True):
    """A plan was put in force or ended; somebody answered its call."""

    run_id: int
    plan_id: int
    change: Literal["started", "ended", "answered"]
    cause: str = ""


class WarningLevelChanged(Fact, frozen=True, kw_only=True):
    """Another warning level holds for the desk."""

    level: Literal["none", "blue", "yellow", "orange", "red"]
    before: Literal["none", "blue", "yellow", "orange", "red"]
