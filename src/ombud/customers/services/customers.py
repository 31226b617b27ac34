"""Changing what we know of a customer."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from psycopg.types.json import Jsonb

from ombud.customers.events import CustomerChanged, CustomerMade
from ombud.customers.queries.customers import get_customer, load_customer, lock_customer
from ombud.customers.rules import is_masked
from ombud.customers.schemas import Customer, CustomerPatch, NewCustomer, PreferencesPatch, normal_value
from ombud.customers.services.checks import require_level
from ombud.customers.services.making import enter_customer, refresh_words
from ombud.customers.services.records import KEYED, Record, checked_fields, note_changes
from ombud.shared.actor import Actor
from ombud.shared.clock import known_zone
from ombud.shared.database import Transaction, value
from ombud.shared.errors import Conflict, Invalid
from ombud.shared.events import emit

# What proves who somebody is: replacing it needs an identity check.
GUARDED = ("email", "phone")


class CustomerChangedMeanwhile(Conflict):
    """Somebody changed this customer meanwhile. Look at the present data and save again."""

    code = "customer_changed"


async def add_customer(tx: Transaction, data: NewCustomer, *, by: Actor, now: datetime) -> Customer:
    """Enter a customer by hand; an address or number that is known already gives whom it belongs to.

    Raises:
        Invalid: neither name, nor address, nor number.
        NotFound: the address belongs to somebody whom ``by`` may not see.

    Emits: CustomerMade
    """
    sql = """
        select exists (select from identity where scope = ''
            and ((kind = 'email' and value = %(email)s) or (kind = 'phone' and value = %(phone)s)))"""
    typed = {"email": normal_value("email", data.email), "phone": normal_value("phone", data.phone)}
    is_known = await value(tx, bool, sql, typed)
    customer_id = await enter_customer(tx, data, now=now)
    if not is_known:
        await emit(tx, CustomerMade(customer_id=customer_id), by=by, at=now)
    return await get_customer(tx, customer_id, by=by, now=now)


async def change_customer(
    tx: Transaction, customer_id: int, patch: CustomerPatch, *, by: Actor, now: datetime
) -> Customer:
    """Change a customer's data; changing nothing emits nothing.

    Raises:
        NotFound: it does not exist, or ``by`` may not see any ticket of theirs.
        CustomerChangedMeanwhile: ``version`` was given, and is not the present one.
        CheckNeeded: an address or number that is there would be replaced without the identity check for it.
        Invalid: a masked value was sent back, there is no such organisation or time zone, or quiet hours come
            without one.
        BadFields: custom fields do not take these values.

    Emits: CustomerChanged
    """
    live = await lock_customer(tx, customer_id, by=by)
    before = await load_customer(tx, live, by=by, now=now)
    if patch.version is not None and patch.version != before.version:
        raise CustomerChangedMeanwhile
    present = _columns(before)
    wanted = _wanted(present, patch)
    if "fields" in wanted:
        record = Record("customer", live)
        wanted["fields"] = await checked_fields(tx, record, before.fields, wanted["fields"], by=by)
    changes = {name: new for name, new in wanted.items() if present[name] != new}
    if not changes:
        return await get_customer(tx, customer_id, by=by, now=now)
    _check_zone(present | changes, changes)
    if any(getattr(before, name) for name in GUARDED if name in changes):
        await require_level(tx, live, "change_address", by=by, now=now)
    if changes.get("organisation_id") is not None:
        await _require_organisation(tx, changes["organisation_id"])
    await _write(tx, live, changes, now=now)
    await note_changes(tx, Record("customer", live), present, changes, by=by, now=now)
    await emit(tx, CustomerChanged(customer_id=live, fields=sorted(changes)), by=by, at=now)
    return await get_customer(tx, customer_id, by=by, now=now)


def _columns(customer: Customer) -> dict[str, Any]:
    """What is known of a customer, by column."""
    found = msgspec.structs.asdict(customer)
    found["organisation_id"] = customer.organisation.id if customer.organisation else None
    found["preferences"] = msgspec.to_builtins(customer.preferences)
    return found


def _wanted(present: dict[str, Any], patch: CustomerPatch) -> dict[str, Any]:
    wanted = {name: new for name, new in msgspec.structs.asdict(patch).items() if new is not UNSET}
    wanted.pop("version")
    for name in (*GUARDED, "fields"):
        values = wanted[name].values() if name == "fields" and "fields" in wanted else [wanted.get(name)]
        if any(isinstance(one, str) and is_masked(one) for one in values):
            raise Invalid("Part of this value is hidden. Type the whole new value.", fields={name: "masked"})
    if not isinstance(patch.preferences, UnsetType):
        wanted["preferences"] = _preferred(present["preferences"], patch.preferences)
    return wanted


def _preferred(before: dict[str, Any], patch: PreferencesPatch) -> dict[str, Any]:
    after = before | msgspec.to_builtins(patch)
    return {name: new for name, new in after.items() if new is not None and new != ""}


def _check_zone(after: dict[str, Any], changes: dict[str, Any]) -> None:
    zone = after["time_zone"]
    if "time_zone" in changes and zone and known_zone(zone) is None:
        raise Invalid("There is no such time zone. Write it like Asia/Shanghai.", fields={"time_zone": "unknown"})
    if "quiet_hours" in after["preferences"] and not zone:
        detail = "Quiet hours are hours of the customer's day: give their time zone, too."
        raise Invalid(detail, fields={"time_zone": "required"})


async def _require_organisation(tx: Transaction, organisation_id: int) -> None:
    sql = "select exists (select from organisation where id = %(id)s and archived_at is null)"
    if not await value(tx, bool, sql, {"id": organisation_id}):
        raise Invalid("There is no such organisation.", fields={"organisation_id": "unknown"})


async def _write(tx: Transaction, customer_id: int, changes: dict[str, Any], *, now: datetime) -> None:
    # Column names come from the struct CustomerPatch, never from input.
    sets = ", ".join(f"{name} = %({name})s" for name in changes)
    sql = f"update customer set {sets}, version = version + 1, updated_at = %(now)s where id = %(id)s"
    params = {name: Jsonb(new) if name in KEYED else new for name, new in changes.items()}
    await tx.execute(sql, {**params, "now": now, "id": customer_id})
    if {"name", "email", "phone", "fields"} & set(changes):
        await refresh_words(tx, customer_id)
