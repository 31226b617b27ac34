"""Facts about clocks, policies and calendars."""

from typing import Literal

from ombud.shared.events import Fact


class ClockStarted(Fact, frozen=True, kw_only=True):
    """A clock runs on a ticket."""

    clock_id: int
    metric: str


class ClockPaused(Fact, frozen=True, kw_only=True):
    """A clock rests, because of the ticket's state."""

    clock_id: int
    metric: str


class ClockResumed(Fact, frozen=True, kw_only=True):
    """A clock runs again: it rested, or what had stopped it was taken back."""

    clock_id: int
    metric: str


class ClockMoved(Fact, frozen=True, kw_only=True):
    """A clock has another deadline, though it neither rested nor ended."""

    clock_id: int
    metric: str


class ClockWarned(Fact, frozen=True, kw_only=True):
    """A step of the escalation chain was taken before the deadline."""

    clock_id: int
    metric: str
    step: int


class ClockBreached(Fact, frozen=True, kw_only=True):
    """A deadline passed, and what it was for is not done."""

    clock_id: int
    metric: str


class ClockEscalated(Fact, frozen=True, kw_only=True):
    """A step of the escalation chain was taken at the deadline or after it."""

    clock_id: int
    metric: str
    step: int


class ClockMet(Fact, frozen=True, kw_only=True):
    """What a clock was for is done, in time or late."""

    clock_id: int
    metric: str
    is_late: bool


class ClockDropped(Fact, frozen=True, kw_only=True):
    """A clock ended without its matter being done: the ticket was solved, merged, or has another policy."""

    clock_id: int
    metric: str


class ClockAcknowledged(Fact, frozen=True, kw_only=True):
    """Somebody has seen to a clock that escalates."""

    clock_id: int
    metric: str


class CalendarChanged(Fact, frozen=True, kw_only=True):
    """A calendar was made, changed or archived, or a team has another."""

    calendar_id: int | None
    change: Literal["made", "changed", "archived", "team"]


class ServicePolicyChanged(Fact, frozen=True, kw_only=True):
    """A policy was made, changed, archived or put elsewhere in the order."""

    policy_id: int | None
    change: Literal["made", "changed", "archived", "ordered"]


class ServicePoliciesApplied(Fact, frozen=True, kw_only=True):
    """The present policies and calendars were applied to open tickets."""

    job_id: int
    change: Literal["begun", "done"]
