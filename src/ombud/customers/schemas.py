"""Shapes of customers and their identities."""

import re
from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from ombud.shared.lines import PLAIN, one_line

IdentityKind = Literal["email", "phone", "visitor", "external"]
ShortText = Annotated[str, Meta(max_length=200, pattern=PLAIN)]


MAX_VALUE_LENGTH = 320


def normal_value(kind: str, value: str) -> str:
    """An identity's value in the one spelling under which it is stored and compared."""
    trimmed = value.strip()[:MAX_VALUE_LENGTH]
    if kind == "email":
        return one_line(trimmed).lower()
    if kind == "phone":
        return re.sub(r"[^\d+]", "", trimmed)
    return trimmed


class Identity(Struct):
    """One way in which a customer reaches us."""

    id: int
    kind: IdentityKind
    scope: str
    value: str
    verified_at: datetime | None


class CustomerBrief(Struct):
    """What a row of a list shows of a customer."""

    id: int
    name: str
    tier: str


class CustomerFrame(Struct, frozen=True):
    """What rows and tickets show of a customer, as it is now."""

    customer: CustomerBrief


class Customer(Struct):
    """A customer with all identities."""

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


class CustomerListItem(CustomerBrief):
    """A customer in a list or a search result."""

    email: str
    phone: str
    created_at: datetime


class CustomerPatch(Struct, forbid_unknown_fields=True):
    """Changes to a customer; what is left out stays."""

    name: ShortText | UnsetType = UNSET
    email: ShortText | UnsetType = UNSET
    phone: ShortText | UnsetType = UNSET
    locale: Literal["", "en", "zh-CN"] | UnsetType = UNSET
    time_zone: ShortText | UnsetType = UNSET
    tier: ShortText | UnsetType = UNSET
    notes: Annotated[str, Meta(max_length=10_000)] | UnsetType = UNSET
    is_blocked: bool | UnsetType = UNSET


class NewCustomer(Struct, forbid_unknown_fields=True):
    """A customer entered by hand, known by at least one of name, address or number."""

    name: ShortText = ""
    email: ShortText = ""
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
