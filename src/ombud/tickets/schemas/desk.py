"""What an agent has beside the tickets: drafts, notifications, files and canned replies."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from ombud.tickets.schemas.values import MAX_TEXT, FileRef, Text


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
    # the files of ``details.attachment_ids`` that are still there
    attachments: list[FileRef] = []


class Notification(Struct):
    """Something a person should know of."""

    id: int
    kind: str
    ticket_id: int
    subject: str
    entry_id: int | None
    at: datetime
    read_at: datetime | None


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
