"""What several people do on one ticket: looking, following, checklists, the shared draft, time spent."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from ombud.tickets.schemas.timeline import Author
from ombud.tickets.schemas.values import MAX_TEXT, ClientKey

Doing = Literal["looking", "reply", "note"]
Tab = Annotated[str, Meta(min_length=8, max_length=40)]
ItemText = Annotated[str, Meta(min_length=1, max_length=300)]


class LookingIn(Struct, forbid_unknown_fields=True):
    """What the actor does on a ticket in one of their windows."""

    tab: Tab
    doing: Doing = "looking"


class Looker(Struct, frozen=True):
    """Somebody who has the ticket on the screen, and what they do there."""

    person_id: int
    name: str
    doing: Doing


class LookingFrame(Struct, frozen=True):
    """Everybody who has a ticket on the screen at this moment."""

    ticket_id: int
    lookers: list[Looker]


class Follower(Struct):
    """Somebody who hears of what happens on a ticket."""

    person_id: int
    name: str
    way: Literal["own", "added", "mention"]
    since: datetime


class ChecklistItem(Struct):
    """Something to do on a ticket, in its place; who did it and when."""

    id: int
    text: str
    position: int
    done_at: datetime | None
    done_by: int | None


class ChecklistIn(Struct, forbid_unknown_fields=True):
    """New items: one by its text, or those of a template."""

    text: ItemText | None = None
    template_id: int | None = None


class ChecklistItemPatch(Struct, forbid_unknown_fields=True):
    """Changes to an item; ``position`` is its place among the others, from 0."""

    text: ItemText | UnsetType = UNSET
    is_done: bool | UnsetType = UNSET
    position: Annotated[int, Meta(ge=0, le=1_000)] | UnsetType = UNSET


class ChecklistTemplateIn(Struct, forbid_unknown_fields=True):
    """A checklist to take items from, as entered."""

    name: Annotated[str, Meta(min_length=1, max_length=120)]
    items: Annotated[list[ItemText], Meta(min_length=1, max_length=50)]


class ChecklistTemplate(Struct):
    """A checklist to take items from."""

    id: int
    name: str
    items: list[str]


class TimeIn(Struct, forbid_unknown_fields=True):
    """Time that the actor worked on a ticket."""

    seconds: Annotated[int, Meta(ge=1, le=86_400)]
    client_key: ClientKey
    way: Literal["hand", "timer"] = "hand"
    note: Annotated[str, Meta(max_length=300)] = ""


class TimeSpent(Struct):
    """Time that somebody worked on a ticket."""

    id: int
    person_id: int
    name: str
    seconds: int
    way: Literal["hand", "timer"]
    note: str
    at: datetime


class Together(Struct):
    """All that a ticket's page shows of working together, except who looks and the shared draft's text."""

    followers: list[Follower]
    is_following: bool
    checklist: list[ChecklistItem]
    time: list[TimeSpent]
    total_seconds: int
    has_shared_draft: bool


class SharedDraftIn(Struct, forbid_unknown_fields=True):
    """The shared draft as a window has it; ``version`` is the one it began from, 0 for none."""

    text: Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]
    version: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    # the formatted text, '' for a plain one
    html: Annotated[str, Meta(max_length=MAX_TEXT)] = ""


class SharedDraft(Struct):
    """The one draft that everybody who sees the ticket writes."""

    text: str
    version: int
    edited_by: int
    name: str
    updated_at: datetime
    html: str = ""


class SharedDraftFrame(Struct, frozen=True):
    """The shared draft of a ticket has another text, or is gone (``version`` 0)."""

    ticket_id: int
    version: int
    person_id: int


class Collision(Struct, frozen=True):
    """A field that somebody changed since the actor saw it: what it is now, by whom and when."""

    field: str
    value: Any
    by: Author | None
    at: datetime | None
