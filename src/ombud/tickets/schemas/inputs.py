"""What people ask of a ticket."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from ombud.customers.schemas import NewCustomer
from ombud.fields.schemas import FieldValues
from ombud.tickets.schemas.tickets import Recipients
from ombud.tickets.schemas.values import (
    MAX_TEXT,
    Addresses,
    ClientKey,
    FileRef,
    Priority,
    PromiseChoices,
    Subject,
    Tags,
    Text,
)

# What a person has written; it may be empty where files or formatted text come with it.
Written = Annotated[str, Meta(max_length=MAX_TEXT)]
# What somebody saw in a ticket's fields when they decided to change them, by the field's name.
Seen = Annotated[dict[str, Any], Meta(max_length=100)]


class ReplyIn(Struct, forbid_unknown_fields=True):
    """An agent's answer. ``last_seen_entry_id`` is the newest message the agent had seen.

    With ``html`` the text is made from it, whatever ``text`` says. A picture in it is a file of ``attachment_ids``,
    shown by ``<img src="cid:file-<id>">``.
    """

    text: Written
    client_key: ClientKey
    last_seen_entry_id: int = 0
    html: Written | None = None
    to: Addresses | None = None
    cc: Addresses | None = None
    bcc: Addresses = []
    attachment_ids: Annotated[list[int], Meta(max_length=30)] = []
    force: bool = False
    solve: bool = False
    status_id: int | None = None
    force_children: bool = False
    # where it solves: the open tickets below, too
    solve_children: bool = False
    # why a customer who does not want to be contacted by this channel is answered all the same
    contact_reason: Annotated[str, Meta(max_length=300)] = ""
    promises: PromiseChoices = []


class PlannedReplyIn(Struct, forbid_unknown_fields=True):
    """An answer for later, and when it goes out."""

    send_at: Annotated[datetime, Meta(tz=True)]
    reply: ReplyIn


class PlannedReplyPatch(Struct, forbid_unknown_fields=True):
    """Another time for a planned answer; one that is held goes out then."""

    send_at: Annotated[datetime, Meta(tz=True)]


class ForwardIn(Struct, forbid_unknown_fields=True):
    """Messages passed on to a third party, with one's own words above them."""

    to: Addresses
    subject: Subject
    client_key: ClientKey
    text: Written = ""
    html: Written | None = None
    cc: Addresses = []
    bcc: Addresses = []
    entry_ids: Annotated[list[int], Meta(max_length=50)] = []
    # the files of the chosen messages go along
    with_files: bool = True
    attachment_ids: Annotated[list[int], Meta(max_length=30)] = []


class NoteIn(Struct, forbid_unknown_fields=True):
    """An internal note; with ``html`` the text is made from it, as in an answer."""

    text: Written
    client_key: ClientKey
    html: Written | None = None
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
    type_id: int | None = None
    fields: FieldValues = {}
    write_as: Literal["reply", "note"] = "note"
    # the template it began from: placeholders are filled when the ticket is there
    template_id: int | None = None
    contact_reason: Annotated[str, Meta(max_length=300)] = ""


class TicketPatch(Struct, forbid_unknown_fields=True):
    """Changes to a ticket; what is left out stays.

    ``seen`` tells what the actor saw in fields they change (``priority``, ``tags``, ``fields.<key>``): where somebody
    else has changed one of them since, nothing is written.
    """

    subject: Subject | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    status_id: int | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    type_id: int | UnsetType | None = UNSET
    fields: FieldValues | UnsetType = UNSET
    # solves a ticket although its children are open, where the rule of the desk only asks
    force_children: bool = False
    # solves the open tickets below it along
    solve_children: bool = False
    seen: Seen = {}


class AssignmentIn(Struct, forbid_unknown_fields=True):
    """Who shall hold the ticket, and in which team; ``force`` passes over a full agent's capacity.

    ``seen`` tells which holder (``assignee_id``) and team (``team_id``) the actor saw.
    """

    assignee_id: int | None
    team_id: int | None = None
    force: bool = False
    seen: Seen = {}


class SnoozeIn(Struct, forbid_unknown_fields=True):
    """Until when the ticket sleeps; null wakes it."""

    until: Annotated[datetime, Meta(tz=True)] | None


class Undone(Struct):
    """A reply that was taken back, for the composer: its text, addresses and files."""

    text: str
    details: Recipients
    attachments: list[FileRef] = []
    html: str | None = None
