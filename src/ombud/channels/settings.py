"""Settings and secrets of channels, one pair of structs a kind. Secrets are kept encrypted and never sent back."""

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from ombud.shared.errors import Invalid
from ombud.shared.lines import ADDRESS_OR_NONE, HOST_OR_NONE, PLAIN

Host = Annotated[str, Meta(max_length=253, pattern=HOST_OR_NONE)]
Port = Annotated[int, Meta(ge=1, le=65_535)]
Security = Literal["tls", "starttls", "none"]
# These stand in commands and headers: a line break would begin another one.
Line = Annotated[str, Meta(max_length=300, pattern=PLAIN)]
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Minutes = Annotated[int, Meta(ge=0, le=24 * 60)]


FILE_TYPES = (
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "application/pdf",
    "text/plain",
    "text/csv",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)


class ServerSettings(Struct, forbid_unknown_fields=True):
    """Where a mailbox's IMAP or SMTP server is; an empty host means that this direction is not used."""

    host: Host = ""
    port: Port = 993
    security: Security = "tls"
    username: Line = ""


class ThreadingSettings(Struct, forbid_unknown_fields=True):
    """By which traces an answer finds its ticket, tried in this order."""

    references: bool = True
    plus_address: bool = False
    subject_token: bool = True


class BothLanguages(Struct, forbid_unknown_fields=True, rename={"zh": "zh-CN"}):
    """A text that customers read, in both languages."""

    en: Annotated[str, Meta(max_length=1_000)] = ""
    zh: Annotated[str, Meta(max_length=1_000)] = ""


PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
PLACEHOLDERS = frozenset({"customer.name", "ticket.id", "ticket.subject", "brand.name"})


class Acknowledgement(Struct, forbid_unknown_fields=True):
    """What a mailbox answers by itself to the first mail of a new ticket; an empty text means the one that ships."""

    is_on: bool = False
    text: BothLanguages = field(default_factory=BothLanguages)
    # says how long an answer takes and how many came before, where it takes half an hour or more
    tells_wait: bool = False

    def __post_init__(self) -> None:
        """Refuse what could never be filled in.

        Raises:
            ValueError: a placeholder that there is not, or one that was not closed.
        """
        for text in (self.text.en, self.text.zh):
            if unknown := sorted(set(PLACEHOLDER.findall(text)) - PLACEHOLDERS):
                raise ValueError(f"There is no placeholder {unknown[0]!r}. Use {', '.join(sorted(PLACEHOLDERS))}.")
            if "{{" in PLACEHOLDER.sub("", text):
                raise ValueError("A placeholder is not closed. Write {{ticket.id}}.")


class EmailSettings(Struct, forbid_unknown_fields=True):
    """A mailbox. ``authserv_id`` names the server whose Authentication-Results are believed."""

    address: Annotated[str, Meta(max_length=320, pattern=ADDRESS_OR_NONE)] = ""
    sender_name: Line = ""
    signature: Annotated[str, Meta(max_length=10_000)] = ""
    imap: ServerSettings = field(default_factory=ServerSettings)
    smtp: ServerSettings = field(default_factory=lambda: ServerSettings(port=465))
    folder: Line = "INBOX"
    poll_seconds: Annotated[int, Meta(ge=5, le=3_600)] = 60
    threading: ThreadingSettings = field(default_factory=ThreadingSettings)
    authserv_id: Line = ""
    automatic_answers_per_day: Annotated[int, Meta(ge=0, le=100)] = 3
    acknowledgement: Acknowledgement = field(default_factory=Acknowledgement)


class EmailSecrets(Struct, forbid_unknown_fields=True):
    """Passwords of a mailbox (for QQ and 163 the authorisation code, 授权码)."""

    imap_password: str = ""
    smtp_password: str = ""


class Interval(Struct, forbid_unknown_fields=True):
    """Open hours of one weekday (0 is Monday), in minutes of the local day; an end before its start runs overnight."""

    weekday: Annotated[int, Meta(ge=0, le=6)]
    start: Minutes
    end: Minutes


class OfficeHours(Struct, forbid_unknown_fields=True):
    """When people answer; no interval at all means always."""

    time_zone: Line = "UTC"
    intervals: Annotated[list[Interval], Meta(max_length=70)] = []
    # days off, as 2026-10-01
    closed_on: Annotated[list[Day], Meta(max_length=400)] = []


class PreChat(Struct, forbid_unknown_fields=True):
    """What a visitor is asked before the first message."""

    name: bool = False
    email: Literal["off", "optional", "required"] = "optional"


class FormQuestion(Struct, forbid_unknown_fields=True):
    """A custom field of tickets that a web form or a chat asks for."""

    key: Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,39}$")]
    is_required: bool = False


class ChatSettings(Struct, forbid_unknown_fields=True):
    """A chat widget."""

    color: Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$")] = "#0d7a6f"
    greeting: BothLanguages = field(default_factory=BothLanguages)
    away_message: BothLanguages = field(default_factory=BothLanguages)
    pre_chat: PreChat = field(default_factory=PreChat)
    # tickets that begin here have this type; questions stand below name and address
    type_id: int | None = None
    questions: Annotated[list[FormQuestion], Meta(max_length=10)] = []
    office_hours: OfficeHours = field(default_factory=OfficeHours)
    file_max_bytes: Annotated[int, Meta(ge=0, le=25 * 1024 * 1024)] = 10 * 1024 * 1024
    # by what the bytes are, not by name; an empty list takes everything
    file_types: Annotated[list[Line], Meta(max_length=50)] = field(default_factory=lambda: list(FILE_TYPES))
    # true: only visitors whom the page signs
    signed_only: bool = False
    # after how long without an open page the talk goes on by mail; 0: never
    mail_after_minutes: Annotated[int, Meta(ge=0, le=7 * 24 * 60)] = 5
    # to one typed address, which may be somebody else's
    mails_per_day: Annotated[int, Meta(ge=0, le=200)] = 10
    # what is offered to those who wait
    offers_call: bool = False
    offers_mail: bool = True
    locale_default: Literal["en", "zh-CN"] = "en"


class ChatSecrets(Struct, forbid_unknown_fields=True):
    """The key with which the site signs its visitors' identity (JWT, HS256)."""

    identity_secret: str = ""


class FormSettings(Struct, forbid_unknown_fields=True):
    """A web form. Its tickets have ``type_id``; ``questions`` stand between the subject and the message."""

    title: BothLanguages = field(default_factory=BothLanguages)
    thanks: BothLanguages = field(default_factory=BothLanguages)
    ask_phone: bool = False
    type_id: int | None = None
    questions: Annotated[list[FormQuestion], Meta(max_length=30)] = []
    locale_default: Literal["en", "zh-CN"] = "en"


class ApiSettings(Struct, forbid_unknown_fields=True):
    """A channel of your own by the API."""

    note: Line = ""


class NoSecrets(Struct, forbid_unknown_fields=True):
    """Kinds without secrets."""


SETTINGS: dict[str, type[Struct]] = {
    "email": EmailSettings,
    "chat": ChatSettings,
    "form": FormSettings,
    "api": ApiSettings,
}
SECRETS: dict[str, type[Struct]] = {
    "email": EmailSecrets,
    "chat": ChatSecrets,
    "form": NoSecrets,
    "api": NoSecrets,
}


def checked(shapes: dict[str, type[Struct]], kind: str, given: dict[str, Any]) -> dict[str, Any]:
    """Settings or secrets of a kind with its defaults filled in.

    Raises:
        Invalid: a field is unknown or cannot hold its value; the message names it.
    """
    try:
        whole = msgspec.convert(given, shapes[kind])
    except msgspec.ValidationError as problem:
        text = str(problem)
        place = text.partition("`$.")[2].rstrip("`") or "settings"
        raise Invalid(text, fields={place: text}) from problem
    built: dict[str, Any] = msgspec.to_builtins(whole)
    return built
