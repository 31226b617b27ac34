"""Shapes of what a search finds."""

from datetime import datetime
from typing import Literal

from msgspec import Struct, field

from ombud.customers.schemas import CustomerListItem, Organisation
from ombud.tickets.schemas import TicketRow
from ombud.tickets.search.matching import Snippet

Kind = Literal["tickets", "messages", "notes", "attachments", "customers", "organisations"]
Order = Literal["newest", "relevant"]


class FoundEntry(Struct):
    """A message or a note that was found."""

    id: int
    kind: str
    direction: str | None
    author_kind: str
    author_name: str
    at: datetime


class FoundFile(Struct):
    """An attachment that was found."""

    id: int
    name: str
    type: str
    size: int
    url: str


class SearchHit(Struct):
    """One thing that was found: ``kind`` says which members are there."""

    kind: Kind
    id: int
    ticket: TicketRow | None = None
    entry: FoundEntry | None = None
    file: FoundFile | None = None
    customer: CustomerListItem | None = None
    organisation: Organisation | None = None
    # Where the text matches; of a ticket its subject.
    snippet: Snippet | None = None


class SearchFound(Struct):
    """A page of hits.

    ``is_partial``: the time was over before the page was full; ``next`` goes on from there. ``more`` names the kinds of
    an overview that hold more than it shows.
    """

    items: list[SearchHit]
    next: str | None = None
    is_partial: bool = False
    more: list[Kind] = field(default_factory=list)
