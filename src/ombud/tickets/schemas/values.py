"""The words and bounds that several shapes of tickets share."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

Category = Literal["new", "open", "waiting", "on_hold", "solved", "closed"]
OPEN_CATEGORIES = frozenset({"new", "open", "waiting", "on_hold"})
DONE_CATEGORIES = frozenset({"solved", "closed"})
ChannelKind = Literal["email", "chat", "form", "api"]
DeliveryState = Literal["queued", "sending", "sent", "delivered", "failed", "unconfirmed"]
NotificationKind = Literal[
    "assigned",
    "mentioned",
    "customer_replied",
    "delivery_failed",
    "snooze_over",
    "follower_added",
    "followed_reply",
    "followed_solved",
    "followed_assigned",
    "side_replied",
    "side_asked",
    "reply_held",
    # of somebody who is kept from customers: whoever keeps them decides what becomes of it
    "others_reply_held",
    "due_soon",
    "overdue",
    # a step of an escalation chain wants somebody at once
    "paged",
    # the entry says what: returned, urged, a task done, a stage late
    "teamwork",
    "release_item",
    "release_question",
    "release_answered",
    "release_decided",
    "release_not_ready",
    "release_due",
    # a department's task: asked, spoken about, taken back, near its deadline or past it
    "task_asked",
    "task_word",
    "task_withdrawn",
    "task_due_soon",
    "task_overdue",
    # work of a team that nobody can take
    "work_stuck",
    "risk_found",
    # a notice that must be read
    "notice_told",
    "notice_reminder",
    # a request for an article
    "request_taken",
    "request_assigned",
    "request_answered",
    "request_declined",
    # a draft of an article: its review is asked, it was published, or sent back
    "article_review",
    "article_approved",
    "article_returned",
]
View = Literal["mine", "unassigned", "open", "mentions", "following", "snoozed", "all"]
MailKind = Literal["normal", "bounce", "delivered", "complaint", "auto_reply"]

MAX_TEXT = 200_000
Text = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]
Subject = Annotated[str, Meta(min_length=1, max_length=300)]
Tag = Annotated[str, Meta(min_length=1, max_length=60)]
Tags = Annotated[list[Tag], Meta(max_length=50)]
Priority = Literal[1, 2, 3, 4]
ClientKey = Annotated[str, Meta(min_length=8, max_length=80)]


class PromiseChoice(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the writer of a reply decided about a promise in it, by its words: no promise, or due at another moment.

    A promise that nothing is said of is taken as it was recognised.
    """

    words: Annotated[str, Meta(min_length=1, max_length=1_000)]
    due_at: Annotated[datetime, Meta(tz=True)] | None = None
    is_dropped: bool = False


PromiseChoices = Annotated[list[PromiseChoice], Meta(max_length=50)]


class Address(Struct, frozen=True):
    """A mail address with its display name."""

    address: Annotated[str, Meta(max_length=320)]
    name: Annotated[str, Meta(max_length=200)] = ""


Addresses = Annotated[list[Address], Meta(max_length=100)]


class FileRef(Struct):
    """An uploaded file."""

    id: int
    token: str
    name: str
    type: str
    size: int
    url: str
