"""Shapes of the API channel."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ombud.fields.schemas import FieldValues
from ombud.shared.lines import PLAIN

MAX_BODY_BYTES = 256 * 1024
Key = Annotated[str, Meta(min_length=1, max_length=200)]
ReceiptState = Literal["waiting", "done", "set_aside"]


class ClientCustomer(Struct, forbid_unknown_fields=True):
    """A customer as the client knows them; name and address are contact details only."""

    external_id: Key
    name: Annotated[str, Meta(max_length=200, pattern=PLAIN)] = ""
    email: Annotated[str, Meta(max_length=254, pattern=PLAIN)] = ""


class ClientMessage(Struct, forbid_unknown_fields=True):
    """A customer's message. Without ``thread`` all messages of a customer are one talk.

    ``type_id`` and ``fields`` (values by the keys of the desk's ticket fields) are for the ticket that the message
    opens; one that it joins keeps what it has. A file field takes one of ``attachment_ids``.
    """

    customer: ClientCustomer
    text: Annotated[str, Meta(min_length=1, max_length=50_000)]
    thread: Key | None = None
    subject: Annotated[str, Meta(max_length=300)] = ""
    at: datetime | None = None
    attachment_ids: Annotated[list[int], Meta(max_length=20)] = []
    type_id: int | None = None
    fields: FieldValues = {}


class Accepted(Struct):
    """The message is kept and will not be lost; what becomes of it stands under its receipt."""

    receipt: int
    state: Literal["accepted"] = "accepted"


class Receipt(Struct):
    """What became of a message."""

    id: int
    state: ReceiptState
    ticket_id: int | None
    entry_id: int | None


class OutgoingFile(Struct):
    """A file of an answer."""

    name: str
    type: str
    size: int
    url: str


class Outgoing(Struct):
    """An answer for the client to deliver."""

    id: int
    ticket_id: int
    thread: str | None
    text: str
    attachments: list[OutgoingFile]
    at: datetime
    customer_external_id: str | None


class OutgoingList(Struct):
    """Answers, oldest first."""

    items: list[Outgoing]


class DeliveryIn(Struct, forbid_unknown_fields=True):
    """What became of an answer at the client's end."""

    state: Literal["delivered", "failed"]
    problem: Annotated[str, Meta(max_length=500)] = ""
