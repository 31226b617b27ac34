"""Merging, splitting and linking tickets: what people ask and what comes back."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from ombud.shared.personal import Personal
from ombud.tickets.schemas.values import Subject

LinkVerb = Literal["related", "duplicate_of", "child_of"]
TicketIds = Annotated[list[int], Meta(min_length=1, max_length=50)]


class MergeIn(Struct, forbid_unknown_fields=True):
    """Tickets that shall go into this one.

    ``cc_requesters`` puts their customers in copy; ``confirmed`` says that different customers are meant.
    """

    source_ids: TicketIds
    cc_requesters: bool = False
    confirmed: bool = False


class UnmergeIn(Struct, forbid_unknown_fields=True):
    """The merged ticket that shall stand for itself again."""

    source_id: int


class SplitIn(Struct, forbid_unknown_fields=True):
    """Messages and notes that shall have a ticket of their own; customer and team are this ticket's if left out."""

    entry_ids: Annotated[list[int], Meta(min_length=1, max_length=200)]
    subject: Subject
    customer_id: int | None = None
    team_id: int | None = None


class LinkIn(Struct, forbid_unknown_fields=True):
    """Another ticket, and what this one is to it."""

    other_id: int
    kind: LinkVerb


class MergeHint(Struct):
    """A ticket that could be merged with this one."""

    id: int
    subject: Personal
    category: str
    status_id: int
    customer_name: str
    is_same_customer: bool
    activity_at: datetime


class MergeHints(Struct):
    """Tickets to choose from, the newest activity first."""

    items: list[MergeHint]


class Standing(Struct):
    """The columns of a ticket that merging and splitting touch, apart from what its entries say."""

    status_id: int
    category: str
    waiting_since: datetime | None
    snoozed_until: datetime | None
    solved_at: datetime | None
    closed_at: datetime | None


class Place(Struct):
    """An item of a checklist in its place."""

    id: int
    position: int


class TimeKey(Struct):
    """An entry of time with the client's key that it had."""

    id: int
    client_key: str


class DraftRow(Struct):
    """A shared draft as it lies in the database."""

    text: str
    version: int
    edited_by: int
    updated_at: datetime
    html: str = ""


class PlannedRow(Struct):
    """A planned reply before it was held."""

    id: int
    state: str
    problem: str | None


class Carried(Struct, omit_defaults=True):
    """What a merge took along of what people keep beside a ticket."""

    followers: list[int] = []
    checklist: list[Place] = []
    time: list[int] = []
    time_keys: list[TimeKey] = []
    # the source's shared draft, the target's before, and the version that the target's got
    draft: DraftRow | None = None
    draft_before: DraftRow | None = None
    draft_version: int = 0
    planned: list[PlannedRow] = []
    # side conversations
    sides: list[int] = []


class Kin(Struct):
    """A link of a child to its parent."""

    child_id: int
    parent_id: int
    created_at: datetime


class Kept(Struct):
    """What taking back needs: how both tickets stood before and after, and what was changed on the way."""

    # merge: the source as it was
    source: Standing | None = None
    # the ticket that goes on (merge) or that lost entries (split): before and after
    before: Standing | None = None
    after: Standing | None = None
    # keys of clients that the other ticket had already, by entry
    client_keys: dict[str, str] = {}
    conversations: list[tuple[int, str]] = []
    drafts: list[tuple[int, str]] = []
    cc: list[dict[str, Any]] = []
    carried: Carried = field(default_factory=Carried)
    # parent and children of the source, as they were linked
    kin: list[Kin] = []
