"""Tickets, in lists and on their own page."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from ombud.customers.schemas import CustomerBrief
from ombud.shared.personal import Personal, PersonalCut
from ombud.tickets.schemas.timeline import Reason, SolvedAlong
from ombud.tickets.schemas.values import Address, Category, ChannelKind, Priority, View


class TicketRow(Struct):
    """A ticket in a list."""

    id: int
    subject: Personal
    status_id: int
    category: Category
    priority: Priority
    team_id: int
    assignee_id: int | None
    customer: CustomerBrief
    channel_kind: ChannelKind | None
    brand_id: int
    type_id: int | None
    tags: list[str]
    fields: dict[str, Any]
    snoozed_until: datetime | None
    created_at: datetime
    activity_at: datetime
    waiting_since: datetime | None
    # the next deadline that a clock of ours has to keep, and of which it is
    due_at: datetime | None
    due_metric: str | None
    preview: PersonalCut
    preview_by: Literal["customer", "person", "system"]
    last_message_id: int | None
    message_count: int
    version: int
    unread: bool
    # the ticket that goes on in place of this one
    merged_into_id: int | None


LinkKind = Literal[
    "follow_up_of",
    "followed_by",
    "related",
    "duplicate_of",
    "has_duplicate",
    "child_of",
    "parent_of",
    "split_from",
    "split_to",
]


class TicketLink(Struct):
    """Another ticket that this one belongs to, and what it is to this one."""

    ticket_id: int
    kind: LinkKind
    subject: Personal
    category: Category = "open"
    status_id: int = 0


class Recipients(Struct):
    """Whom an answer by mail goes to, unless the agent changes it."""

    to: list[Address]
    cc: list[Address]
    bcc: list[Address] = []


class RoutingState(Struct):
    """Why the ticket is with whom it is."""

    state: Literal["assigned", "waiting", "manual"]
    reason: str
    details: Reason
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
    reply_by: ChannelKind | Literal["none"] = "none"
    # the number that was asked for, if that ticket was merged into this one
    redirected_from: int | None = None
    # tickets that were merged into this one and can be taken out again
    merged_ids: list[int] = []
    # the language to write in, '' where it is not known
    customer_locale: str = ""
    # tickets below that this very change solved along, as they stood
    solved_along: list[SolvedAlong] = []


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
    type_id: int | None
    tags: list[str]
    fields: dict[str, Any]
    snoozed_until: datetime | None
    waiting_since: datetime | None
    last_message_id: int | None
    load_points: int
    version: int
    merged_into_id: int | None = None


class ViewCount(Struct):
    """How many tickets a view holds, counted to a cap."""

    key: View
    count: int
    is_capped: bool
