"""The history of a ticket's fields."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from ombud.tickets.schemas.timeline import Author


class FieldChange(Struct):
    """One change of one field of a ticket: who, when, from what, to what."""

    entry_id: int
    field: str
    at: datetime
    author: Author
    from_value: Any
    to_value: Any


class FieldHistory(Struct):
    """Changes of fields, newest first; ``next`` reads on."""

    items: list[FieldChange]
    next: str | None
