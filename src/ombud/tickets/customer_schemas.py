"""Shapes of what needs a customer's tickets: merges, the one timeline, the profile, the export."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from ombud.customers.schemas import Consent, Customer, CustomerNote, IdentityCheck, ShortText
from ombud.shared.personal import Personal, PersonalCut
from ombud.tickets.schemas import Author, ChannelKind

Side = Literal["survivor", "absorbed"]
# Columns of which a merge keeps one side's; the others' rows all come over.
CHOSEN = (
    "name",
    "email",
    "phone",
    "locale",
    "time_zone",
    "tier",
    "notes",
    "is_blocked",
    "organisation_id",
    "preferences",
    "fields",
)
MergeField = Literal[
    "name",
    "email",
    "phone",
    "locale",
    "time_zone",
    "tier",
    "notes",
    "is_blocked",
    "organisation_id",
    "preferences",
    "fields",
]


class CustomerMergeIn(Struct, forbid_unknown_fields=True):
    """Whom the customer absorbs. ``choices`` says whose value of a field stays; the rest is as the preview proposes."""

    absorbed_id: int
    choices: dict[MergeField, Side] = {}
    reason: ShortText = ""


class FieldChoice(Struct):
    """One field of both sides, and which side a merge takes unless told otherwise."""

    field: MergeField
    survivor: Any
    absorbed: Any
    proposed: Side


class MergePreview(Struct):
    """What a merge would do. ``moves`` counts the rows that go over, by kind; tickets out of sight are counted, too."""

    survivor: Customer
    absorbed: Customer
    fields: list[FieldChoice]
    moves: dict[str, int]


class CustomerMerge(Struct):
    """A merge in the ledger."""

    id: int
    survivor_id: int
    absorbed_id: int
    absorbed_name: str
    reason: str
    by_name: str
    at: datetime
    undone_at: datetime | None
    # only the newest merge of a customer can be undone: older ones after it
    can_undo: bool


class CustomerEvent(Struct):
    """One thing that happened with a customer: an item of the one timeline.

    ``kind`` names the source; ``ticket_id`` is set for what belongs to a ticket, ``text`` is its beginning.
    """

    kind: str
    id: int
    at: datetime
    text: PersonalCut = ""
    ticket_id: int | None = None
    subject: Personal = ""
    channel_kind: ChannelKind | None = None
    direction: Literal["in", "out"] | None = None
    author: Author | None = None
    details: dict[str, Any] = {}


class Figure(Struct):
    """A number with what it was counted over. ``average`` is the same over all customers, as of ``average_at``."""

    value: float | None
    of: int | None = None
    average: float | None = None
    average_at: datetime | None = None


class ContactReason(Struct):
    """What the customer contacted us about, and how often."""

    key: str
    label: str
    count: int


class LastAgent(Struct):
    """Who answered the customer, and when last."""

    person_id: int
    name: str
    at: datetime


class Profile(Struct):
    """What is computed of a customer, over the tickets that the reader may see. docs/en/customers.md defines each.

    ``open_promises`` are those still to be done, overdue ones included. ``mood`` and ``value_cents`` stay null until
    something measures them: no figure is made up.
    """

    contacts_30: Figure
    contacts_90: Figure
    open_tickets: int
    solved_share: Figure
    first_contact_at: datetime | None
    last_contact_at: datetime | None
    channels: list[ContactReason]
    reasons: list[ContactReason]
    last_agents: list[LastAgent]
    computed_at: datetime
    mood: list[Any] | None = None
    open_promises: int | None = None
    value_cents: int | None = None


class ExportedFile(Struct):
    """A file of the customer's messages; ``url`` fetches it for whoever may see the ticket."""

    ticket_id: int
    entry_id: int
    name: str
    type: str
    size: int
    sha256: str
    url: str


class ExportedMessage(Struct):
    """A message between the customer and us."""

    id: int
    at: datetime
    direction: Literal["in", "out"]
    channel_kind: ChannelKind | None
    text: str


class ExportedTicket(Struct):
    """A ticket with its public messages. Internal notes are not the customer's."""

    id: int
    subject: str
    category: str
    created_at: datetime
    solved_at: datetime | None
    messages: list[ExportedMessage]


class CustomerExport(Struct):
    """All that is kept about a customer, for their right of access.

    ``is_complete`` is false when there are tickets of teams that the exporting person does not see.
    """

    exported_at: datetime
    exported_by: str
    is_complete: bool
    customer: Customer
    former_ids: list[int]
    consents: list[Consent]
    checks: list[IdentityCheck]
    notes: list[CustomerNote]
    tickets: list[ExportedTicket]
    files: list[ExportedFile]
