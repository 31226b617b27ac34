"""Macros: several changes, a note and a text under one name."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from ombud.fields.schemas import FieldValues
from ombud.tickets.schemas.values import MAX_TEXT, Priority, Tags

MacroScope = Literal["all", "team", "own"]
MacroText = Annotated[str, Meta(max_length=MAX_TEXT)]


class GonePart(Struct, frozen=True):
    """Something that is named and gone: a field as ``fields.KEY``, or an action such as ``status_id``."""

    place: str
    code: Literal["unknown_field", "archived_field", "gone_value", "archived_value"]
    value: int | str | None = None


class MacroActions(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What changes on a ticket; what is left out stays. ``assignee`` is a person's id, the agent, or nobody."""

    status_id: int | None = None
    priority: Priority | None = None
    assignee: int | Literal["me", "nobody"] | None = None
    team_id: int | None = None
    add_tags: Tags = []
    remove_tags: Tags = []
    snooze_minutes: Annotated[int, Meta(ge=1, le=525_600)] | None = None
    type_id: int | None = None
    fields: FieldValues = {}


class MacroIn(Struct, forbid_unknown_fields=True):
    """A macro as entered."""

    title: Annotated[str, Meta(min_length=1, max_length=120)]
    actions: MacroActions = field(default_factory=MacroActions)
    text: MacroText = ""
    note: MacroText = ""
    scope: MacroScope = "own"
    team_id: int | None = None


class Macro(Struct):
    """A macro that the actor may use."""

    id: int
    title: str
    actions: MacroActions
    text: str
    note: str
    scope: MacroScope
    team_id: int | None
    uses: int
    problems: list[GonePart] = []


class MacroChange(Struct):
    """One field that another value is given to."""

    field: str
    from_value: Any
    to_value: Any


class MacroPreview(Struct):
    """What a macro would do on one ticket; ``missing`` names placeholders without a value."""

    changes: list[MacroChange]
    text: str
    note: str
    missing: list[str]


class MacroApplied(MacroPreview):
    """What a macro did; its text is for the composer."""

    note_id: int | None
