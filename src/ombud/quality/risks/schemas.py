"""Risk alerts as people see them, and who hears of them."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ombud.intelligence.risk.schemas import Kind
from ombud.shared.personal import Personal

RiskState = Literal["open", "confirmed", "false_alarm"]
RecipientRole = Literal["administrator", "supervisor", "agent"]


class RiskAlert(Struct):
    """Words of a message that show a risk; ``starts`` and ``ends`` count characters of it."""

    id: int
    ticket_id: int
    entry_id: int
    kind: Kind
    starts: int
    ends: int
    words: Personal
    at: datetime
    state: RiskState
    decided_by: int | None
    decided_at: datetime | None
    # of a third contact: the tickets before, the newest first
    earlier_ids: list[int] = []


class RiskAlerts(Struct):
    """A ticket's alerts: those that nobody has looked at first."""

    items: list[RiskAlert]


class RiskDecisionIn(Struct, forbid_unknown_fields=True):
    """What somebody says of an alert."""

    state: Literal["confirmed", "false_alarm"]


class RiskRecipients(Struct):
    """Who hears of a kind: people of these roles in the ticket's team, and these people wherever they see it."""

    kind: Kind
    roles: list[RecipientRole]
    person_ids: list[int]


class RiskRecipientsIn(Struct, forbid_unknown_fields=True):
    """Who is to hear of a kind; nobody is an answer, too."""

    roles: Annotated[list[RecipientRole], Meta(max_length=3)]
    person_ids: Annotated[list[int], Meta(max_length=50)]


class RiskSilence(Struct):
    """Words that alarm no more, since when, and who called them a false alarm."""

    id: int
    kind: Kind
    phrase: str
    began_at: datetime
    person_ids: list[int]


class RiskSettings(Struct):
    """Who hears of which kind, and which words alarm no more."""

    recipients: list[RiskRecipients]
    silences: list[RiskSilence]
    # so many days back a contact counts as one for the same thing; 0: nobody looks
    third_contact_days: int


class ThirdContactIn(Struct, forbid_unknown_fields=True):
    """How far back contacts for the same thing are counted; 0 switches the alert off."""

    days: Annotated[int, Meta(ge=0, le=365)]


class LanguageIn(Struct, forbid_unknown_fields=True):
    """A text that somebody writes to the customer."""

    text: Annotated[str, Meta(max_length=200_000)]


class LanguageDoubt(Struct):
    """Words that do not become us; ``start`` and ``end`` count UTF-16 units, as browsers do."""

    start: int
    end: int
    words: str


class LanguageDoubts(Struct):
    """The doubtful words of a text."""

    items: list[LanguageDoubt]
