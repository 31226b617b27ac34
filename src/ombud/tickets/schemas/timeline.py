"""Entries of a timeline: what was said, what came with it, and where an answer is."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from ombud.intelligence.personal_data.schemas import Finding
from ombud.shared.personal import Personal, PersonalHtml, PersonalValue
from ombud.tickets.schemas.values import Address, ChannelKind, DeliveryState, MailKind, PromiseChoice


class BounceRecipient(Struct, frozen=True):
    """One address that a mail did not reach, with the status of RFC 3463."""

    address: str
    status: str
    hard: bool


class Bounce(Struct, frozen=True):
    """What a mail server answered about the mail of an entry."""

    kind: MailKind
    recipients: list[BounceRecipient]
    entry_id: int | None
    text: Personal = ""


class HostPage(Struct, frozen=True):
    """The page on which a visitor wrote."""

    url: Personal
    title: Personal = ""


class Reason(Struct, frozen=True, omit_defaults=True):
    """Why a ticket has its holder; what was weighed is there when routing chose."""

    code: str
    candidates: int | None = None
    load_points: int | None = None
    capacity_points: int | None = None
    idle_since: datetime | None = None


class SolvedAlong(Struct):
    """A ticket below another one that was solved along, as it stood before."""

    id: int
    status_id: int
    snoozed_until: datetime | None = None
    waiting_since: datetime | None = None


class MachineNote(Struct, omit_defaults=True):
    """What a machine wrote to a customer: an answer with its source, a card's words, or a word about the talk.

    ``path`` leads to the article in the help centre; ``is_worded``: a language model put the article's words together;
    ``card_ids``: guidance cards whose words stand in it; ``choices``: titles of articles that it asks to choose from,
    which are the last lines of its text, too.
    """

    kind: Literal["answer", "card", "ask", "hand_over", "closing"]
    answer_id: int | None = None
    article_id: int | None = None
    title: str = ""
    path: str = ""
    confidence: float | None = None
    is_worded: bool = False
    helped: bool | None = None
    card_ids: list[int] = []
    choices: list[str] = []


class EntryDetails(Struct, omit_defaults=True, rename={"from_": "from"}):
    """What else is known of an entry; which fields are set depends on its kind."""

    from_: Address | None = None
    reply_to: Address | None = None
    to: list[Address] = []
    cc: list[Address] = []
    # agents see it, no recipient does
    bcc: list[Address] = []
    subject: Personal = ""
    authentication: dict[str, str] = {}
    # false: somebody who could not prove to take part in this ticket
    is_verified: bool = True
    has_remote_images: bool = False
    kind: MailKind = "normal"
    # a mail: whether a machine may answer it ("allowed"), or why not
    auto_answer: str = ""
    bounce: Bounce | None = None
    page: HostPage | None = None
    field: str = ""
    from_value: PersonalValue = None
    to_value: PersonalValue = None
    reason: Reason | None = None
    mentions: list[int] = []
    # why a bar on this channel was passed
    contact_reason: str = ""
    # what an undo puts back
    status_before: int | None = None
    # the status that an answer gave the ticket
    status_after: int | None = None
    waiting_before: datetime | None = None
    snoozed_before: datetime | None = None
    # the answer gave a ticket without a holder to its writer
    is_taken: bool = False
    # what its writer decided about promises in it
    promises: list[PromiseChoice] = []
    # tickets below that were solved along, as they stood
    solved_along: list[SolvedAlong] = []
    # set: no person wrote this
    machine: MachineNote | None = None


class Delivery(Struct):
    """Where an outgoing message is."""

    state: DeliveryState
    not_before: datetime
    problem: str | None
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    can_undo: bool = False


class PlannedReply(Struct):
    """An answer that goes out later; ``held`` with its reason waits for a person's word."""

    id: int
    ticket_id: int
    person_id: int
    person_name: str
    send_at: datetime
    state: Literal["planned", "held"]
    problem: str | None
    text: str
    html: str | None
    to: list[Address] | None
    cc: list[Address] | None
    bcc: list[Address]
    solve: bool
    attachment_ids: list[int]
    created_at: datetime


class Author(Struct):
    """Who wrote an entry."""

    kind: Literal["customer", "person", "system", "api_key", "third_party"]
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
    kind: Literal["message", "note", "change", "side"]
    direction: Literal["in", "out"] | None
    author: Author
    channel_kind: ChannelKind | None
    at: datetime
    text: Personal
    html: PersonalHtml | None
    quoted: Personal | None
    details: EntryDetails
    attachments: list[Attachment]
    delivery: Delivery | None
    client_key: str | None
    # the ticket it was written on, if that is another one
    origin_ticket_id: int | None = None
    # of a side entry: its side conversation
    side_id: int | None = None
    # where personal data stands in the text, in characters; None: nobody has looked yet
    personal_data: list[Finding] | None = None


class Timeline(Struct):
    """A stretch of the timeline, oldest first, and whether older entries exist."""

    items: list[Entry]
    older: bool
