"""Shapes of settings, of shown pieces and of redactions."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ombud.intelligence.personal_data.schemas import Finding, Kind

Viewer = Literal["administrator", "supervisor", "agent", "read_only", "partner", "program"]
RedactedKind = Kind | Literal["other", "file"]
Why = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S")]


class KindRule(Struct, forbid_unknown_fields=True):
    """Whether a kind is looked for, and which roles see it in full; 'program' are API keys."""

    is_on: bool
    clear_for: Annotated[list[Viewer], Meta(max_length=6)]


class PersonalDataPolicy(Struct, forbid_unknown_fields=True):
    """Who sees what, and what becomes of the originals of redactions."""

    kinds: dict[Kind, KindRule]
    # false: the original is destroyed at once, and nothing brings it back
    keeps_sealed: bool
    sealed_days: Annotated[int, Meta(ge=1, le=365)]


class PersonalDataPolicyShown(PersonalDataPolicy):
    """The policy, with how much of what was written before has been looked at."""

    # entries that nobody has looked at yet
    waiting: int = 0


class PersonalDataMarking(Struct):
    """Which kinds screens mark, and which of them are hidden from the person."""

    marked: list[Kind]
    hidden: list[Kind]
    may_show: bool
    may_redact: bool
    may_unseal: bool


class EntryInFull(Struct):
    """A message in full, for the person who asked and for nobody else; it is not masked again."""

    entry_id: int
    text: str
    html: str | None
    quoted: str | None
    personal_data: list[Finding]


class PersonalDataAccess(Struct):
    """Somebody had hidden pieces shown: which kinds, never what they are."""

    id: int
    ticket_id: int
    entry_id: int
    kinds: list[Kind]
    person_id: int | None
    person_name: str
    at: datetime


class PersonalDataAccessList(Struct):
    """Who read what, the newest first; ``next`` reads on."""

    items: list[PersonalDataAccess]
    next: str | None


class RedactionIn(Struct, forbid_unknown_fields=True):
    """What to black out: ``text[start:end]`` of a message, counted in characters, or a file of it."""

    entry_id: int
    start: Annotated[int, Meta(ge=0)] | None = None
    end: Annotated[int, Meta(ge=1)] | None = None
    attachment_id: int | None = None
    reason: Annotated[str, Meta(max_length=500)] = ""


class Redaction(Struct):
    """What was blacked out: when, by whom and of which kind, never what it was."""

    id: int
    ticket_id: int
    entry_id: int
    attachment_id: int | None
    kind: RedactedKind
    reason: str
    by_name: str
    at: datetime
    # the original can be opened, or brought back, until then; None: nothing is left of it
    sealed_until: datetime | None
    undone_at: datetime | None
    opened: int


class RedactionList(Struct):
    """Redactions of a ticket, the newest first."""

    items: list[Redaction]


class RedactionMade(Redaction):
    """A redaction, with where the same words stand that it did not reach."""

    # other tickets of the customer; files whose text holds the words: black these out by themselves
    elsewhere: list[int] = []
    attachment_ids: list[int] = []


class RedactionOpeningIn(Struct, forbid_unknown_fields=True):
    """Why a sealed original must be read."""

    reason: Why


class OpenedOriginal(Struct):
    """A sealed original, read once and written down."""

    words: str
