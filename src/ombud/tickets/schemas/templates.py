"""Templates: what the form of a new ticket begins with."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from ombud.fields.schemas import FieldValues
from ombud.tickets.schemas.macros import GonePart
from ombud.tickets.schemas.values import MAX_TEXT, Priority, Tags

TemplateScope = Literal["all", "team", "own"]


class TemplateTicket(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What the new ticket is filled with; what is left out stays as the form has it."""

    subject: Annotated[str, Meta(max_length=300)] = ""
    text: Annotated[str, Meta(max_length=MAX_TEXT)] = ""
    write_as: Literal["reply", "note"] | None = None
    type_id: int | None = None
    fields: FieldValues = {}
    tags: Tags = []
    team_id: int | None = None
    priority: Priority | None = None


class TicketTemplateIn(Struct, forbid_unknown_fields=True):
    """A template as entered."""

    title: Annotated[str, Meta(min_length=1, max_length=120)]
    ticket: TemplateTicket = field(default_factory=TemplateTicket)
    scope: TemplateScope = "own"
    team_id: int | None = None


class TicketTemplate(Struct):
    """A template that the actor may use."""

    id: int
    title: str
    ticket: TemplateTicket
    scope: TemplateScope
    team_id: int | None
    uses: int
    problems: list[GonePart] = []
