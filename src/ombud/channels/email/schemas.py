"""Structs of the mail engine."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec


class MailAddress(NamedTuple):
    """A display name and an address; either may be empty in a malformed mail."""

    name: str
    address: str


class MailKind(StrEnum):
    """What a mail is; everything but ``normal`` must never be answered."""

    NORMAL = "normal"
    BOUNCE = "bounce"
    DELIVERED = "delivered"
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto_reply"


class MailAttachment(msgspec.Struct, frozen=True, kw_only=True):
    """A part that is not body text; ``content_id`` has no angle brackets."""

    name: str
    type: str
    size: int
    content_id: str = ""
    is_inline: bool = False
    data: bytes = b""


class BounceRecipient(msgspec.Struct, frozen=True, kw_only=True):
    """One address that a delivery report speaks of.

    ``status`` is an enhanced status code (RFC 3463) or empty. ``hard`` means that the address or its host does not
    exist, so that nothing should be sent there again; a full mailbox or a policy refusal is soft.
    """

    address: str
    status: str
    hard: bool
    diagnostic: str = ""


class MailAuthentication(msgspec.Struct, frozen=True, kw_only=True):
    """Results in the words of RFC 8601 (``pass``, ``fail``, ``none`` …); empty when nobody we trust checked.

    ``dkim_domains`` are the domains whose signature we verified ourselves; ``is_aligned`` says that DMARC passed, or
    that a verified signature's domain is the From domain or a parent of it.
    """

    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    dkim_domains: list[str] = []
    is_aligned: bool = False


class GuardHeaders(msgspec.Struct, frozen=True, kw_only=True):
    """The headers that the loop guard reads, all lower case; ``return_path`` is None when the header is missing."""

    return_path: str | None = None
    auto_submitted: str = ""
    precedence: str = ""
    response_suppress: str = ""
    auto_reply: str = ""
    list_headers: list[str] = []
    ombud_headers: list[str] = []
    feedback_id: bool = False


class MailLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds on what a stranger may make us do."""

    mail_bytes: int = 60_000_000
    header_bytes: int = 1_000_000
    value_chars: int = 600_000
    parts: int = 1_000
    depth: int = 64
    recipients: int = 10_000
    text_chars: int = 1_000_000
    rendered_chars: int = 500_000


class ParsedMail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail as far as it could be read; ``problem`` tells in plain words what could not.

    ``date`` is aware UTC. ``text`` is the whole readable body, made from ``html`` when the mail has no plain text.
    ``is_bulk`` marks mailing-list, newsletter and other mass mail, which stays ``normal``.
    """

    message_id: str = ""
    in_reply_to: str = ""
    references: list[str] = []
    subject: str = ""
    from_: list[MailAddress] = []
    sender: list[MailAddress] = []
    to: list[MailAddress] = []
    cc: list[MailAddress] = []
    reply_to: list[MailAddress] = []
    date: datetime | None = None
    text: str = ""
    html: str = ""
    reply: str = ""
    quoted: str = ""
    attachments: list[MailAttachment] = []
    kind: MailKind = MailKind.NORMAL
    is_bulk: bool = False
    recipients: list[BounceRecipient] = []
    original_message_id: str = ""
    guard: GuardHeaders = GuardHeaders()
    authentication: MailAuthentication = MailAuthentication()
    problem: str = ""
