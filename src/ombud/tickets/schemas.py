"""Shapes of tickets, timeline entries and messages on their way in and out."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from ombud.customers.schemas import CustomerBrief, NewCustomer, Sender

Category = Literal["new", "open", "waiting", "on_hold", "solved", "closed"]
ChannelKind = Literal["email", "chat", "form", "api"]
DeliveryState = Literal["queued", "sending", "sent", "delivered", "failed", "unconfirmed"]
MailKind = Literal["normal", "bounce", "delivered", "complaint", "auto_reply"]

MAX_TEXT = 200_000
Text = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]
Subject = Annotated[str, Meta(min_length=1, max_length=300)]
Tag = Annotated[str, Meta(min_length=1, max_length=60)]
Tags = Annotated[list[Tag], Meta(max_length=50)]
Priority = Annotated[int, Meta(ge=1, le=4)]
ClientKey = Annotated[str, Meta(min_length=8, max_length=80)]


class Address(Struct, frozen=True):
    """A mail address with its display name."""

    address: Annotated[str, Meta(max_length=320)]
    name: Annotated[str, Meta(max_length=200)] = ""


Addresses = Annotated[list[Address], Meta(max_length=100)]


class BounceRecipient(Struct, frozen=True):
    """One address that a mail did not reach, with the status of RFC 3463."""

    address: str
    status: str
    hard: bool


class StoredAttachment(Struct, frozen=True):
    """A file that already lies in the store."""

    token: str
    name: str
    type: str
    size: int
    sha256: str
    content_id: str | None = None
    is_inline: bool = False


class EntryDetails(Struct, omit_defaults=True, rename={"from_": "from"}):
    """What else is known of an entry; which fields are set depends on its kind."""

    from_: Address | None = None
    reply_to: Address | None = None
    to: list[Address] = []
    cc: list[Address] = []
    subject: str = ""
    authentication: dict[str, str] = {}
    # false: somebody who could not prove to take part in this ticket
    is_verified: bool = True
    has_remote_images: bool = False
    kind: MailKind = "normal"
    bounce: dict[str, Any] | None = None
    page: dict[str, str] | None = None
    field: str = ""
    from_value: Any = None
    to_value: Any = None
    reason: dict[str, Any] | None = None
    mentions: list[int] = []
    # why a bar on this channel was passed
    contact_reason: str = ""
    # what an undo puts back
    status_before: int | None = None
    waiting_before: datetime | None = None


class InboundMessage(Struct, omit_defaults=True):
    """A message as its channel handed it over: proven, parsed, its files stored."""

    sender: Sender
    text: str
    at: datetime
    subject: str = ""
    html: str | None = None
    quoted: str | None = None
    details: EntryDetails = field(default_factory=EntryDetails)
    attachments: list[StoredAttachment] = []
    # chat, form, API: the key of the conversation; '' opens a ticket for each message
    conversation: str = ""
    client_key: str | None = None
    # mail: own id, ids it refers to, tickets that a signed token in it proves
    message_id: str = ""
    references: list[str] = []
    proven_ticket_ids: list[int] = []
    # tickets that a short token in the subject names: joined only by a customer whom the ticket knows
    hinted_ticket_ids: list[int] = []
    # a bounce or receipt: the ids of ours that it speaks of
    about_message_ids: list[str] = []
    kind: MailKind = "normal"
    bounce_recipients: list[BounceRecipient] = []


class Delivery(Struct):
    """Where an outgoing message is."""

    state: DeliveryState
    not_before: datetime
    problem: str | None
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    can_undo: bool = False


class Author(Struct):
    """Who wrote an entry."""

    kind: Literal["customer", "person", "system", "api_key"]
    id: int | None
    name: str


class Attachment(Struct):
    """A file of an entry."""

    id: int
    name: str
    type: str
    size: int
    is_inline: bool
    content_id: str | None
    url: str


class Entry(Struct):
    """One entry of a timeline, as an agent sees it."""

    id: int
    ticket_id: int
    kind: Literal["message", "note", "change"]
    direction: Literal["in", "out"] | None
    author: Author
    channel_kind: ChannelKind | None
    at: datetime
    text: str
    html: str | None
    quoted: str | None
    details: EntryDetails
    attachments: list[Attachment]
    delivery: Delivery | None
    client_key: str | None


class TicketRow(Struct):
    """A ticket in a list."""

    id: int
    subject: str
    status_id: int
    category: Category
    priority: int
    team_id: int
    assignee_id: int | None
    customer: CustomerBrief
    channel_kind: ChannelKind | None
    brand_id: int
    tags: list[str]
    snoozed_until: datetime | None
    created_at: datetime
    activity_at: datetime
    waiting_since: datetime | None
    preview: str
    preview_by: str
    last_message_id: int | None
    message_count: int
    version: int
    unread: bool


class TicketLink(Struct):
    """Another ticket that this one belongs to."""

    ticket_id: int
    kind: str
    subject: str


class Recipients(Struct):
    """Whom an answer by mail goes to, unless the agent changes it."""

    to: list[Address]
    cc: list[Address]


class RoutingState(Struct):
    """Why the ticket is with whom it is."""

    state: Literal["assigned", "waiting", "manual"]
    reason: str
    details: dict[str, Any]
    at: datetime


class Ticket(TicketRow):
    """A ticket with all that its page shows beside the timeline."""

    channel_id: int | None
    solved_at: datetime | None
    closed_at: datetime | None
    links: list[TicketLink]
    routing: RoutingState | None = None
    mail: Recipients | None = None
    # how an answer would go out: mail, chat, api, or none with its reason
    reply_by: str = "none"


class Timeline(Struct):
    """A stretch of the timeline, oldest first, and whether older entries exist."""

    items: list[Entry]
    older: bool


class Status(Struct):
    """A status with its category."""

    id: int
    category: Category
    name_en: str
    name_zh: str
    position: int
    is_default: bool
    is_archived: bool


class LockedTicket(Struct):
    """The columns that verbs decide by, read under a row lock."""

    id: int
    subject: str
    status_id: int
    category: Category
    priority: int
    team_id: int
    assignee_id: int | None
    customer_id: int
    channel_id: int | None
    brand_id: int
    tags: list[str]
    snoozed_until: datetime | None
    waiting_since: datetime | None
    last_message_id: int | None
    load_points: int
    version: int


class ReplyIn(Struct, forbid_unknown_fields=True):
    """An agent's answer. ``last_seen_entry_id`` is the newest message the agent had seen."""

    text: Text
    client_key: ClientKey
    last_seen_entry_id: int = 0
    html: Annotated[str, Meta(max_length=MAX_TEXT)] | None = None
    to: Addresses | None = None
    cc: Addresses | None = None
    attachment_ids: Annotated[list[int], Meta(max_length=30)] = []
    force: bool = False
    solve: bool = False
    status_id: int | None = None
    # why a customer who does not want to be contacted by this channel is answered all the same
    contact_reason: Annotated[str, Meta(max_length=300)] = ""


class NoteIn(Struct, forbid_unknown_fields=True):
    """An internal note."""

    text: Text
    client_key: ClientKey
    mentions: Annotated[list[int], Meta(max_length=50)] = []
    attachment_ids: Annotated[list[int], Meta(max_length=30)] = []


class TicketIn(Struct, forbid_unknown_fields=True):
    """A ticket made by hand; ``as`` reply sends the text to the customer, note keeps it inside."""

    subject: Subject
    text: Text
    team_id: int
    client_key: ClientKey
    customer_id: int | None = None
    customer: NewCustomer | None = None
    channel_id: int | None = None
    priority: Priority = 2
    tags: Tags = []
    write_as: Literal["reply", "note"] = "note"
    contact_reason: Annotated[str, Meta(max_length=300)] = ""


class TicketPatch(Struct, forbid_unknown_fields=True):
    """Changes to a ticket; what is left out stays."""

    subject: Subject | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    status_id: int | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET


class AssignmentIn(Struct, forbid_unknown_fields=True):
    """Who shall hold the ticket, and in which team; ``force`` passes over a full agent's capacity."""

    assignee_id: int | None
    team_id: int | None = None
    force: bool = False


class SnoozeIn(Struct, forbid_unknown_fields=True):
    """Until when the ticket sleeps; null wakes it."""

    until: Annotated[datetime, Meta(tz=True)] | None


class Undone(Struct):
    """The text of a reply that was taken back, for the composer."""

    text: str
    details: dict[str, Any]


class ViewCount(Struct):
    """How many tickets a view holds, counted to a cap."""

    key: str
    count: int
    is_capped: bool


class DraftIn(Struct, forbid_unknown_fields=True):
    """A draft as the composer has it."""

    text: Annotated[str, Meta(max_length=MAX_TEXT)]
    details: dict[str, Any] = {}


class Draft(Struct):
    """A draft kept on the server."""

    kind: Literal["reply", "note"]
    text: str
    details: dict[str, Any]
    updated_at: datetime


class Notification(Struct):
    """Something a person should know of."""

    id: int
    kind: str
    ticket_id: int
    subject: str
    entry_id: int | None
    at: datetime
    read_at: datetime | None


class FileRef(Struct):
    """An uploaded file."""

    id: int
    token: str
    name: str
    type: str
    size: int
    url: str


class CannedReply(Struct):
    """A text that agents reuse."""

    id: int
    title: str
    shortcut: str
    text: str
    scope: Literal["all", "team", "own"]
    team_id: int | None
    uses: int


class CannedReplyIn(Struct, forbid_unknown_fields=True):
    """A canned reply as entered."""

    title: Annotated[str, Meta(min_length=1, max_length=120)]
    text: Text
    shortcut: Annotated[str, Meta(max_length=40)] = ""
    scope: Literal["all", "team", "own"] = "own"
    team_id: int | None = None


class Rendering(Struct):
    """A canned reply with its placeholders filled; ``missing`` names those without a value."""

    text: str
    missing: list[str]


class InboxProblem(Struct):
    """A message that intake put aside."""

    id: int
    channel_id: int
    channel_name: str
    received_at: datetime
    problem: str
    attempts: int
    preview: str


class Envelope(Struct, omit_defaults=True):
    """Where an outgoing message goes, and under which ids."""

    to: list[Address] = []
    cc: list[Address] = []
    bcc: list[Address] = []
    subject: str = ""
    message_id: str = ""
    conversation: str = ""
    is_automatic: bool = False


class SearchResult(Struct):
    """What the search box found."""

    tickets: list[TicketRow]
    customers: list[CustomerBrief]
