"""Shapes of what customers see of their tickets: a subset on purpose, with nothing of how we work inside."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

Category = Literal["new", "open", "waiting", "on_hold", "solved", "closed"]
State = Literal["", "open", "turn", "done"]
Whose = Literal["", "own", "organisation"]


class TicketQuery(Struct, frozen=True):
    """Which tickets a list shows."""

    text: str = ""
    state: State = ""
    whose: Whose = ""
    before: int = 0


class TicketRow(Struct):
    """A ticket in a list. ``last_id`` orders it: its newest public message."""

    id: int
    subject: str
    category: Category
    created_at: datetime
    last_at: datetime
    last_id: int
    customer_id: int
    customer: str


class OwnTicket(Struct):
    """A ticket that a customer may see. ``merged_into_id`` is where it goes on."""

    id: int
    subject: str
    category: Category
    created_at: datetime
    customer_id: int
    customer: str
    channel_id: int | None
    merged_into_id: int | None
    score: int | None
    appraisal: str | None


class ShownFile(Struct):
    """A file of a message."""

    name: str
    type: str
    size: int
    token: str


class ShownPromise(Struct):
    """What a message promised, by when, and whether it is done."""

    due_at: datetime
    is_kept: bool


class ShownMessage(Struct):
    """A public message. ``author`` is a display name and a staff number, or the customer who wrote."""

    id: int
    direction: Literal["in", "out"]
    author_id: int | None
    author: str
    at: datetime
    text: str
    files: list[ShownFile]
    promises: list[ShownPromise]


class ProgressStep(Struct, frozen=True):
    """A step of the way of a ticket, by the name that customers know."""

    name: str
    state: Literal["past", "now", "ahead"]
