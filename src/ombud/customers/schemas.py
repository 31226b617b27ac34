"""Shapes of customers and their identities."""

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from ombud.fields.schemas import FieldValues
from ombud.shared.lines import PLAIN, one_line

MAX_VALUE_LENGTH = 320
IdentityKind = Literal["email", "phone", "visitor", "external"]
ShortText = Annotated[str, Meta(max_length=200, pattern=PLAIN)]
Named = Annotated[str, Meta(min_length=1, max_length=200, pattern=PLAIN)]
# As long as addresses of mail can be.
LONGEST_ADDRESS = 254
Address = Annotated[str, Meta(max_length=LONGEST_ADDRESS, pattern=PLAIN)]
LongText = Annotated[str, Meta(max_length=10_000)]
# Channels by which somebody can be contacted; phone and text messages are not sent from here yet, but people may ask.
ContactChannel = Literal["email", "chat", "api", "phone", "sms"]
ConsentChannel = Literal["any", "email", "chat", "api", "phone", "sms"]
Purpose = Literal["service", "marketing", "survey", "recording"]
CheckMethod = Literal["order_number", "known_number", "mail_code", "verified_channel", "documents", "call_back"]
DayMinute = Annotated[int, Meta(ge=0, le=24 * 60 - 1)]


def normal_value(kind: str, value: str) -> str:
    """An identity's value in the one spelling under which it is stored and compared."""
    trimmed = value.strip()[:MAX_VALUE_LENGTH]
    if kind == "email":
        return one_line(trimmed).lower()
    if kind == "phone":
        # Input methods of China write digits as wide as their letters: one number must not be two people.
        return "".join(str(unicodedata.decimal(char, char)) for char in re.sub(r"[^\d+＋]", "", trimmed)).replace(
            "＋", "+"
        )
    return trimmed


class Identity(Struct):
    """One way in which a customer reaches us."""

    id: int
    kind: IdentityKind
    scope: str
    value: str
    verified_at: datetime | None
    is_main: bool = False


class IdentityIn(Struct, forbid_unknown_fields=True):
    """An address or number that a person adds by hand: it is not verified by that."""

    kind: Literal["email", "phone", "external"]
    value: Annotated[str, Meta(min_length=1, max_length=MAX_VALUE_LENGTH)]
    scope: ShortText = ""


class IdentityPatch(Struct, forbid_unknown_fields=True):
    """Changes to an identity; what is left out stays."""

    is_main: bool | UnsetType = UNSET
    is_verified: bool | UnsetType = UNSET


class Standing(Struct, frozen=True):
    """How sure we are of a customer at this moment: the highest check that still holds. 0 is none."""

    level: int = 0
    method: CheckMethod | None = None
    valid_until: datetime | None = None


class ContactBar(Struct):
    """A channel by which the customer must not be contacted."""

    channel: ContactChannel
    reason: str
    since: datetime


class QuietHours(Struct, forbid_unknown_fields=True, frozen=True):
    """Minutes of the customer's own day between which nothing goes out by itself; may run over midnight."""

    start: DayMinute
    end: DayMinute


class Preferences(Struct, frozen=True, omit_defaults=True):
    """How a customer likes to be contacted. The language is ``locale``, the clock is that of ``time_zone``."""

    channel: ContactChannel | None = None
    quiet_hours: QuietHours | None = None
    remark: str = ""


class PreferencesPatch(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Changes to preferences; what is left out stays, null takes away."""

    channel: ContactChannel | UnsetType | None = UNSET
    quiet_hours: QuietHours | UnsetType | None = UNSET
    remark: ShortText | UnsetType | None = UNSET


class Product(Struct):
    """Something that the customer owns. Days are dates of the place of purchase."""

    id: int
    model: str
    name: str
    serial: str
    batch: str
    bought_on: date | None
    region: str
    warranty_until: date | None


class ProductIn(Struct, forbid_unknown_fields=True):
    """A product as entered."""

    model: Named
    name: ShortText = ""
    serial: ShortText = ""
    batch: ShortText = ""
    bought_on: date | None = None
    region: ShortText = ""
    warranty_until: date | None = None


class OrganisationBrief(Struct):
    """An organisation as a customer shows it."""

    id: int
    name: str


class CustomerBrief(Struct):
    """What a row of a list shows of a customer."""

    id: int
    name: str
    tier: str


class CustomerFrame(Struct, frozen=True):
    """What rows and tickets show of a customer, as it is now; ``others`` were merged into it, or given back."""

    customer: CustomerBrief
    others: list[int] = []


class Customer(Struct):
    """A customer with all identities. ``masked`` names what is shown in part only, for want of an identity check."""

    id: int
    name: str
    email: str
    phone: str
    locale: str
    time_zone: str
    tier: str
    notes: str
    is_blocked: bool
    created_at: datetime
    identities: list[Identity]
    ticket_count: int = 0
    organisation: OrganisationBrief | None = None
    preferences: Preferences = Preferences()
    # the end of quiet hours that are now
    quiet_until: datetime | None = None
    fields: dict[str, Any] = {}
    contact_bars: list[ContactBar] = []
    products: list[Product] = []
    standing: Standing = Standing()
    masked: list[str] = []
    version: int = 1
    # the number that was asked for, where it belongs to somebody who was merged into this one
    redirected_from: int | None = None


class CustomerListItem(CustomerBrief):
    """A customer in a list or a search result."""

    email: str
    phone: str
    created_at: datetime
    organisation: OrganisationBrief | None = None
    is_blocked: bool = False


class CustomerPatch(Struct, forbid_unknown_fields=True):
    """Changes to a customer; what is left out stays.

    ``fields`` are merged key by key; null removes a value. With ``version``, a change that
    somebody made since is not passed over: 409 ``customer_changed``.
    """

    name: ShortText | UnsetType = UNSET
    email: Address | UnsetType = UNSET
    phone: ShortText | UnsetType = UNSET
    locale: Literal["", "en", "zh-CN"] | UnsetType = UNSET
    time_zone: ShortText | UnsetType = UNSET
    tier: ShortText | UnsetType = UNSET
    notes: LongText | UnsetType = UNSET
    is_blocked: bool | UnsetType = UNSET
    organisation_id: int | UnsetType | None = UNSET
    preferences: PreferencesPatch | UnsetType = UNSET
    fields: FieldValues | UnsetType = UNSET
    version: int | None = None


class NewCustomer(Struct, forbid_unknown_fields=True):
    """A customer entered by hand, known by at least one of name, address or number."""

    name: ShortText = ""
    email: Address = ""
    phone: ShortText = ""


class Sender(Struct, frozen=True):
    """Who a message says it is from, as its channel proved it.

    ``value`` is normalised by :func:`normal_value`. ``is_verified`` means that the channel proved the
    identity (signed token, mailed link, DMARC-passed mail).
    """

    kind: IdentityKind
    value: str
    scope: str = ""
    is_verified: bool = False
    name: str = ""
    email: str = ""
    phone: str = ""
    locale: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes the identity unique."""
        return (self.kind, self.scope, self.value)


class Organisation(OrganisationBrief):
    """An organisation; new customers who write from its domains belong to it."""

    tier: str
    notes: str
    fields: dict[str, Any]
    domains: list[str]
    is_archived: bool
    customer_count: int
    version: int
    created_at: datetime


Domains = Annotated[list[Annotated[str, Meta(min_length=3, max_length=200)]], Meta(max_length=50)]


class OrganisationIn(Struct, forbid_unknown_fields=True):
    """A new organisation."""

    name: Named
    tier: ShortText = ""
    notes: LongText = ""
    domains: Domains = []
    fields: FieldValues = {}


class OrganisationPatch(Struct, forbid_unknown_fields=True):
    """Changes to an organisation; what is left out stays. ``fields`` are merged key by key."""

    name: Named | UnsetType = UNSET
    tier: ShortText | UnsetType = UNSET
    notes: LongText | UnsetType = UNSET
    domains: Domains | UnsetType = UNSET
    fields: FieldValues | UnsetType = UNSET
    is_archived: bool | UnsetType = UNSET


class CustomerNote(Struct):
    """A note about a customer, for colleagues only."""

    id: int
    text: str
    is_pinned: bool
    author_kind: str
    author_id: int | None
    author_name: str
    created_at: datetime
    edited_at: datetime | None


class CustomerNoteIn(Struct, forbid_unknown_fields=True):
    """A note as written."""

    text: Annotated[str, Meta(min_length=1, max_length=10_000)]
    is_pinned: bool = False


class Consent(Struct):
    """What a customer agreed to, or took back."""

    id: int
    purpose: Purpose
    channel: ConsentChannel
    is_given: bool
    source: str
    by_kind: str
    by_name: str
    at: datetime


class ConsentIn(Struct, forbid_unknown_fields=True):
    """A customer's yes or no to a purpose, on one channel or on any."""

    purpose: Purpose
    is_given: bool
    channel: ConsentChannel = "any"
    source: ShortText = ""


class BarIn(Struct, forbid_unknown_fields=True):
    """Why a channel must not be used."""

    reason: ShortText = ""


class IdentityCheck(Struct):
    """One identity check: how somebody made sure, and until when it holds."""

    id: int
    level: int
    method: CheckMethod
    note: str
    ticket_id: int | None
    by_kind: str
    by_name: str
    at: datetime
    valid_until: datetime
    is_valid: bool
    revoked_at: datetime | None


class IdentityCheckIn(Struct, forbid_unknown_fields=True):
    """A check that was made. ``code`` is what was mailed, for the method mail_code."""

    method: CheckMethod
    note: ShortText = ""
    ticket_id: int | None = None
    code: ShortText = ""


class CheckCodeIn(Struct, forbid_unknown_fields=True):
    """To which of the customer's mail identities a code goes."""

    identity_id: int


class CodeSent(Struct):
    """Where a code went, and until when it counts. ``is_sending`` is false while no mailbox can send."""

    address: str
    expires_at: datetime
    is_sending: bool


class RecordChange(Struct):
    """One change of a customer or an organisation: who, when, from what, to what.

    ``field`` is a column, or a custom field as ``fields.<key>``.
    """

    id: int
    field: str
    from_value: Any
    to_value: Any
    by_kind: str
    by_name: str
    at: datetime


Level = Annotated[int, Meta(ge=0, le=3)]
Minutes = Annotated[int, Meta(ge=5, le=525_600)]


class CustomerPolicy(Struct):
    """Which check level shows what and lets do what, how long checks hold, and the tiers in use."""

    show_email: int = 0
    show_phone: int = 1
    show_serial: int = 1
    show_address: int = 1
    change_address: int = 2
    merge: int = 1
    export: int = 3
    valid_minutes_1: int = 480
    valid_minutes_2: int = 1_440
    valid_minutes_3: int = 10_080
    tiers: list[str] = field(default_factory=lambda: ["VIP"])


class CustomerPolicyPatch(Struct, forbid_unknown_fields=True):
    """Rules to change; what is left out stays."""

    show_email: Level | UnsetType = UNSET
    show_phone: Level | UnsetType = UNSET
    show_serial: Level | UnsetType = UNSET
    show_address: Level | UnsetType = UNSET
    change_address: Level | UnsetType = UNSET
    merge: Level | UnsetType = UNSET
    export: Level | UnsetType = UNSET
    valid_minutes_1: Minutes | UnsetType = UNSET
    valid_minutes_2: Minutes | UnsetType = UNSET
    valid_minutes_3: Minutes | UnsetType = UNSET
    tiers: Annotated[list[Annotated[str, Meta(min_length=1, max_length=40)]], Meta(max_length=12)] | UnsetType = UNSET
