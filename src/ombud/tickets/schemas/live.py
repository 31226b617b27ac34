"""What streams tell of tickets."""

from typing import Literal

from msgspec import Struct

from ombud.tickets.schemas.tickets import TicketRow
from ombud.tickets.schemas.timeline import Entry


class TicketFrame(Struct, frozen=True):
    """Something happened to a ticket: the kind of the event, the ticket as it is now, and the entries it is about."""

    kind: str
    ticket: TicketRow
    entries: list[Entry]
    undone_entry_id: int | None


class GoneFrame(Struct, frozen=True):
    """A ticket went where the listener may not see it."""

    ticket_id: int


class TypingFrame(Struct, frozen=True):
    """Somebody writes on a ticket; forgotten after some seconds. ``person_id`` None: the customer."""

    ticket_id: int
    by: Literal["customer", "person"]
    name: str
    person_id: int | None
