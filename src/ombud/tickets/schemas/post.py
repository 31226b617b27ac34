"""Messages as channels hand them over and take them away."""

from datetime import datetime
from typing import Any

from msgspec import Struct, field

from ombud.customers.schemas import Sender
from ombud.shared.personal import PersonalCut
from ombud.tickets.schemas.timeline import BounceRecipient, EntryDetails
from ombud.tickets.schemas.values import Address, MailKind


class StoredAttachment(Struct, frozen=True):
    """A file that already lies in the store."""

    token: str
    name: str
    type: str
    size: int
    sha256: str
    content_id: str | None = None
    is_inline: bool = False


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
    # for the ticket that the message opens; one that it joins stays as it is
    type_id: int | None = None
    fields: dict[str, Any] = {}
    # mail: own id, ids it refers to, tickets that a signed token in it proves
    message_id: str = ""
    references: list[str] = []
    proven_ticket_ids: list[int] = []
    # side conversations that it answers, as a signed token proves: never a part of the customer's
    side_ids: list[int] = []
    # tickets that a short token in the subject names: joined only by a customer whom the ticket knows
    hinted_ticket_ids: list[int] = []
    # a bounce or receipt: the ids of ours that it speaks of
    about_message_ids: list[str] = []
    kind: MailKind = "normal"
    bounce_recipients: list[BounceRecipient] = []


class InboxProblem(Struct):
    """A message that intake put aside."""

    id: int
    channel_id: int
    channel_name: str
    received_at: datetime
    problem: str
    attempts: int
    preview: PersonalCut


class Envelope(Struct, omit_defaults=True):
    """Where an outgoing message goes, and under which ids; ``label`` stands above its text."""

    to: list[Address] = []
    cc: list[Address] = []
    bcc: list[Address] = []
    subject: str = ""
    message_id: str = ""
    conversation: str = ""
    is_automatic: bool = False
    label: str = ""
