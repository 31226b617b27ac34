"""Facts about teamwork."""

from typing import Literal

from ombud.shared.events import Fact


class TicketDispatched(Fact, frozen=True, kw_only=True):
    """A ticket was given to a department; ``team_id`` is the department."""

    dispatch_id: int
    entry_id: int
    from_team_id: int


class DispatchAccepted(Fact, frozen=True, kw_only=True):
    """A department has accepted a ticket: its clock runs."""

    dispatch_id: int
    entry_id: int
    is_late: bool


class DispatchReturned(Fact, frozen=True, kw_only=True):
    """A department gave a ticket back, with a reason; ``number`` of that on this ticket."""

    dispatch_id: int
    entry_id: int
    number: int


class DispatchEnded(Fact, frozen=True, kw_only=True):
    """A department is done with a ticket, or somebody else is to do it."""

    dispatch_id: int
    outcome: Literal["done", "moved_on", "withdrawn"]
    is_late: bool


class TicketUrged(Fact, frozen=True, kw_only=True):
    """The customer asked again; ``number`` of that on this ticket."""

    entry_id: int
    number: int
    has_escalated: bool


class SupervisionChanged(Fact, frozen=True, kw_only=True):
    """A manager watches a ticket, was reported to, or watches no longer."""

    supervision_id: int
    entry_id: int
    change: Literal["begun", "reported", "ended"]


class ExtensionChanged(Fact, frozen=True, kw_only=True):
    """More time was asked for, granted or refused."""

    extension_id: int
    entry_id: int
    change: Literal["asked", "granted", "refused"]


class TicketWithdrawn(Fact, frozen=True, kw_only=True):
    """The customer took the matter back."""

    entry_id: int


class TaskChanged(Fact, frozen=True, kw_only=True):
    """A task was given, accepted, done, returned or withdrawn, or something of it is different."""

    task_id: int
    change: Literal["given", "accepted", "item", "word", "done", "returned", "withdrawn"]
    entry_id: int | None = None
