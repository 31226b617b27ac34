"""Facts about customers."""

from typing import Literal

from ombud.shared.events import Fact


class CustomerChanged(Fact, frozen=True, kw_only=True):
    """Somebody changed a customer's data; ``fields`` are names, never values."""

    customer_id: int
    fields: list[str]


class CustomerMade(Fact, frozen=True, kw_only=True):
    """Somebody entered a customer by hand."""

    customer_id: int


class CustomerChecked(Fact, frozen=True, kw_only=True):
    """Somebody made sure of a customer's identity, or took a check back."""

    customer_id: int
    check_id: int
    level: int
    method: str
    change: Literal["made", "revoked"]


class ConsentRecorded(Fact, frozen=True, kw_only=True):
    """A customer agreed to something, or took it back."""

    customer_id: int
    consent_id: int
    purpose: str
    channel: str
    is_given: bool


class ContactBarChanged(Fact, frozen=True, kw_only=True):
    """A channel must not be used for a customer any more, or may be used again."""

    customer_id: int
    channel: str
    is_barred: bool


class CustomersMerged(Fact, frozen=True, kw_only=True):
    """One customer absorbed another; everything of the absorbed one follows."""

    customer_id: int
    absorbed_id: int
    merge_id: int


class CustomerMergeUndone(Fact, frozen=True, kw_only=True):
    """Two merged customers are two again."""

    customer_id: int
    absorbed_id: int
    merge_id: int


class CustomerExported(Fact, frozen=True, kw_only=True):
    """Somebody took all data of a customer out, for their right of access."""

    customer_id: int
    tickets: int


class OrganisationChanged(Fact, frozen=True, kw_only=True):
    """An organisation was made or changed; ``fields`` are names, never values."""

    organisation_id: int
    change: Literal["made", "changed"]
    fields: list[str]


class CustomerPolicyChanged(Fact, frozen=True, kw_only=True):
    """A rule about customers' data is another one; fields names which."""

    fields: list[str]
