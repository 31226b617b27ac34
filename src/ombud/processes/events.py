"""Facts about processes."""

from typing import Literal

from ombud.shared.events import Fact


class ProcessChanged(Fact, frozen=True, kw_only=True):
    """A process was made, has a new version, or was archived."""

    process_id: int
    change: Literal["made", "changed", "archived"]


class ProcessStarted(Fact, frozen=True, kw_only=True):
    """A ticket goes through a process."""

    run_id: int
    version_id: int


class StageEntered(Fact, frozen=True, kw_only=True):
    """A ticket is in another stage of its process."""

    run_id: int
    visit_id: int
    why: Literal["start", "next", "late", "failed", "by_hand", "not_solved"]
    entry_id: int


class StageLeft(Fact, frozen=True, kw_only=True):
    """A ticket is done with a stage, in time or late."""

    run_id: int
    visit_id: int
    is_late: bool


class StageLate(Fact, frozen=True, kw_only=True):
    """The time of a stage, or for an update to the customer, is over."""

    run_id: int
    metric: Literal["stage", "customer_update"]
    entry_id: int


class StageAnswered(Fact, frozen=True, kw_only=True):
    """Questions of a stage's form have other answers; ``questions`` are their keys."""

    run_id: int
    questions: list[str]
    entry_id: int


class ProcessEnded(Fact, frozen=True, kw_only=True):
    """A ticket is through its process, or goes through it no longer."""

    run_id: int
    outcome: Literal["finished", "dropped"]
    entry_id: int


class SolutionTried(Fact, frozen=True, kw_only=True):
    """A solution was tried, or its result is known."""

    solution_id: int
    change: Literal["tried", "worked", "failed"]
    entry_id: int


class ConfirmationHeard(Fact, frozen=True, kw_only=True):
    """The customer said whether it is solved, or could not be reached."""

    visit_id: int
    answer: Literal["solved", "not_solved", "unreached"]
    entry_id: int


class InspectionDrawn(Fact, frozen=True, kw_only=True):
    """A ticket was drawn for inspection: one in N that a person brought through a stage."""

    mark_id: int
    person_id: int
    number: int
    entry_id: int
