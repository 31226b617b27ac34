"""What an agent has beside the tickets: drafts, notifications, files and canned replies."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from ombud.shared.personal import Personal
from ombud.tickets.schemas.values import MAX_TEXT, Addresses, FileRef, NotificationKind, Text


class DraftDetails(Struct, omit_defaults=True, frozen=True, forbid_unknown_fields=True):
    """What else the composer holds; ``cc`` None is untouched: as the conversation has it."""

    to: Addresses | None = None
    cc: Addresses | None = None
    bcc: Addresses | None = None
    subject: Annotated[str, Meta(max_length=300)] = ""
    entry_ids: Annotated[list[int], Meta(max_length=50)] = []
    attachment_ids: Annotated[list[int], Meta(max_length=30)] = []
    # the formatted text, '' for a plain one
    html: Annotated[str, Meta(max_length=MAX_TEXT)] = ""


class DraftIn(Struct, forbid_unknown_fields=True):
    """A draft as the composer has it; ``version`` is the state it began from, 0 for none, null: whatever is there."""

    text: Annotated[str, Meta(max_length=MAX_TEXT)]
    details: DraftDetails = field(default_factory=DraftDetails)
    version: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None


class Draft(Struct):
    """A draft kept on the server."""

    # reply, note, forward, or side- with the number of a side conversation
    kind: str
    text: str
    details: DraftDetails
    updated_at: datetime
    version: int
    # the files of ``details.attachment_ids`` that are still there
    attachments: list[FileRef] = []


class DraftKept(Struct):
    """Which state of a draft is kept now; 0: none."""

    version: int


class Notification(Struct):
    """Something a person should know of."""

    id: int
    kind: NotificationKind
    # None: it is about something that the person was asked, and not about a ticket that they need see
    ticket_id: int | None
    subject: Personal
    entry_id: int | None
    at: datetime
    read_at: datetime | None
    side_id: int | None = None
    release_id: int | None = None
    task_id: int | None = None
    notice_id: int | None = None
    request_id: int | None = None
    article_id: int | None = None


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
