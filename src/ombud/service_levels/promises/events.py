"""Facts about promises."""

from typing import Literal

from ombud.shared.events import Fact


class PromiseMade(Fact, frozen=True, kw_only=True):
    """Our side promised something, in a message or otherwise; it is watched from now on."""

    promise_id: int
    entry_id: int
    way: Literal["message", "phone", "note", "in_person"]
    has_moment: bool


class PromiseMoved(Fact, frozen=True, kw_only=True):
    """A promise has another moment, with a reason."""

    promise_id: int
    entry_id: int


class PromiseKept(Fact, frozen=True, kw_only=True):
    """What was promised is done, in time or after its moment; ``is_by_message``: our answer was what was promised."""

    promise_id: int
    entry_id: int
    is_late: bool
    is_by_message: bool


class PromiseBroken(Fact, frozen=True, kw_only=True):
    """The moment of a promise passed, and it is not done."""

    promise_id: int
    entry_id: int


class PromiseDropped(Fact, frozen=True, kw_only=True):
    """A promise is none any more: the customer agreed to do without it, with a reason."""

    promise_id: int
    entry_id: int


class PromiseUndone(Fact, frozen=True, kw_only=True):
    """The message that made or kept a promise was taken back before it left."""

    promise_id: int
    change: Literal["made", "kept"]
