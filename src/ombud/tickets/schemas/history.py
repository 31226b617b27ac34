"""The history of a ticket's fields."""

from datetime import datetime

from msgspec import Struct

from ombud.shared.personal import PersonalValue
from ombud.tickets.schemas.timeline import Author


class FieldChange(Struct):
    """One change of one field of a ticket: who, when, from what, to what."""

    entry_id: int
    field: str
    at: datetime
    author: Author
    from_value: PersonalValue
    to_value: PersonalValue


class FieldHistory(Struct):
    """Changes of fields, newest first; ``next`` reads on."""

    items: list[FieldChange]
    next: str | None
