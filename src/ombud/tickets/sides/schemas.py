"""Shapes of side conversations."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ombud.shared.personal import Personal, PersonalCut, PersonalHtml
from ombud.tickets.schemas import Address, Entry
from ombud.tickets.schemas.inputs import Written
from ombud.tickets.schemas.values import Addresses, ClientKey, FileRef, Subject

SideKind = Literal["mail", "app"]


class SideIn(Struct, forbid_unknown_fields=True):
    """A new side conversation: by mail ``to`` somebody, or in the app with ``person_ids`` and ``team_ids``."""

    subject: Subject
    client_key: ClientKey
    text: Written = ""
    # with marks; the text is made from it then
    html: Written | None = None
    to: Addresses = []
    cc: Addresses = []
    person_ids: Annotated[list[int], Meta(max_length=20)] = []
    team_ids: Annotated[list[int], Meta(max_length=10)] = []
    # messages of the ticket that are quoted, with their files
    entry_ids: Annotated[list[int], Meta(max_length=50)] = []
    with_files: bool = True
    attachment_ids: Annotated[list[int], Meta(max_length=30)] = []


class SideMessageIn(Struct, forbid_unknown_fields=True):
    """One more message. By mail it goes to whom the last one went, unless ``to`` says otherwise."""

    text: Written
    client_key: ClientKey
    html: Written | None = None
    to: Addresses | None = None
    cc: Addresses | None = None
    attachment_ids: Annotated[list[int], Meta(max_length=30)] = []


class SideStateIn(Struct, forbid_unknown_fields=True):
    """Whether a side conversation is closed."""

    is_closed: bool


class AskedMessageIn(Struct, forbid_unknown_fields=True):
    """What somebody who was asked answers."""

    text: Written
    client_key: ClientKey
    attachment_ids: Annotated[list[int], Meta(max_length=30)] = []


class SidePerson(Struct):
    """Who takes part: an address, a colleague or a department."""

    kind: Literal["address", "person", "team"]
    id: int | None
    name: str


class Side(Struct):
    """A side conversation, and its newest message."""

    id: int
    ticket_id: int
    kind: SideKind
    subject: Personal
    opened_by: int | None
    opened_by_name: str
    opened_at: datetime
    closed_at: datetime | None
    people: list[SidePerson]
    message_count: int
    last_at: datetime
    # in: those who were asked wrote last
    last_direction: Literal["in", "out"]
    preview: PersonalCut


class SideList(Struct):
    """Side conversations: open ones first, then the newest."""

    items: list[Side]


class SideThread(Side):
    """A side conversation with all its messages, and whom the next mail goes to."""

    messages: list[Entry] = []
    to: list[Address] = []
    cc: list[Address] = []


class AskedMessage(Struct):
    """A message as those who were asked see it."""

    id: int
    at: datetime
    name: str
    is_own: bool
    text: Personal
    html: PersonalHtml | None = None
    files: list[FileRef] = []


class AskedThread(Side):
    """A side conversation with all that those who were asked see of its ticket."""

    messages: list[AskedMessage] = []


class MailSide(Struct):
    """A side conversation by mail as intake meets it: whom it was written to, and who is the ticket's customer."""

    id: int
    ticket_id: int
    opened_by: int | None
    # in lower case
    addresses: list[str]
    customers: list[str]
