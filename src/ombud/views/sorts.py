"""Orders of a list. Each is made of legs, walked one after the other, and each leg follows one index of a team."""

from datetime import datetime

from msgspec import Struct

from ombud.views.schemas import Sort


class Leg(Struct, frozen=True):
    """Tickets that stand together, ordered by one column and then by number."""

    key: str
    is_falling: bool
    only: str = "true"

    @property
    def way(self) -> str:
        """Upwards or downwards, in SQL."""
        return "desc" if self.is_falling else "asc"

    @property
    def order(self) -> str:
        """The order of the leg over ``ticket t``."""
        return f"t.id {self.way}" if self.is_by_number else f"{self.key} {self.way}, t.id {self.way}"

    @property
    def is_by_number(self) -> bool:
        """Whether the ticket's number alone is the key."""
        return self.key == "t.id"

    @property
    def is_newest_activity(self) -> bool:
        """Whether all tickets stand here, those with the newest activity first."""
        return (self.key, self.is_falling, self.only) == ("t.activity_at", True, "true")

    @property
    def after(self) -> str:
        """What lies behind ``%(at)s`` and ``%(id)s``."""
        sign = "<" if self.is_falling else ">"
        if self.is_by_number:
            return f"t.id {sign} (select %(id)s::bigint)"
        return f"({self.key}, t.id) {sign} ((select %(at)s::timestamptz), (select %(id)s::bigint))"


class Position(Struct, frozen=True, array_like=True):
    """Behind which ticket a list goes on."""

    leg: int
    at: datetime | None
    id: int


SORTS: dict[Sort, tuple[Leg, ...]] = {
    "activity": (Leg("t.activity_at", is_falling=True),),
    "activity_oldest": (Leg("t.activity_at", is_falling=False),),
    "created": (Leg("t.created_at", is_falling=True),),
    "created_oldest": (Leg("t.created_at", is_falling=False),),
    "priority": tuple(Leg("t.activity_at", is_falling=True, only=f"t.priority = {level}") for level in (4, 3, 2, 1)),
    # Who waits longest comes first; behind them those for whom it is our turn no longer.
    "waiting": (
        Leg("t.waiting_since", is_falling=False, only="t.waiting_since is not null"),
        Leg("t.activity_at", is_falling=True, only="t.waiting_since is null"),
    ),
    # What is due next comes first; behind it what nothing is promised of.
    "due": (
        Leg("t.due_at", is_falling=False, only="t.due_at is not null"),
        Leg("t.activity_at", is_falling=True, only="t.due_at is null"),
    ),
    "number": (Leg("t.id", is_falling=True),),
    "number_oldest": (Leg("t.id", is_falling=False),),
}
