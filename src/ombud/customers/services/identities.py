"""The addresses and numbers of a customer, kept by hand."""

import re
from datetime import datetime

from msgspec import UNSET, Struct

from ombud.customers.events import CustomerChanged
from ombud.customers.queries.customers import is_customer_visible, lock_customer
from ombud.customers.rules import is_masked
from ombud.customers.schemas import IdentityIn, IdentityPatch, normal_value
from ombud.customers.services.checks import require_level
from ombud.customers.services.making import refresh_words
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, row
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit
from ombud.shared.lines import ADDRESS


class IdentityTaken(Conflict):
    """This address belongs to another customer. Merge the two if they are one person."""

    code = "identity_taken"

    def __init__(self, customer_id: int | None) -> None:
        super().__init__()
        self.customer_id = customer_id

    def extra(self) -> dict[str, object]:
        """Whose it is, for whoever may see them."""
        return {"customer_id": self.customer_id}


class _Owned(Struct):
    id: int
    customer_id: int
    kind: str
    is_main: bool
    verified_at: datetime | None


async def add_identity(tx: Transaction, customer_id: int, data: IdentityIn, *, by: Actor, now: datetime) -> int:
    """Add an address or number: messages from it will be this customer's. It is not verified by being typed.

    Adding what is there already changes nothing. Gives the live customer's id.

    Raises:
        NotFound: no such customer for ``by``.
        CheckNeeded: another address of the kind is there, and the check for changing it is missing.
        IdentityTaken: it is somebody else's.
        Invalid: no address or number.

    Emits: CustomerChanged
    """
    live = await lock_customer(tx, customer_id, by=by)
    value = _checked(data)
    sql = """
        insert into identity (customer_id, kind, scope, value, created_at)
        values (%(customer)s, %(kind)s, %(scope)s, %(value)s, %(now)s) on conflict (kind, scope, value) do nothing"""
    params = {"customer": live, "kind": data.kind, "scope": data.scope, "value": value, "now": now}
    sql_kind = "select id, customer_id, kind, is_main, verified_at from identity where customer_id = %(customer)s"
    others = await row(tx, _Owned, f"{sql_kind} and kind = %(kind)s and value <> %(value)s limit 1", params)
    if others is not None:
        await require_level(tx, live, "change_address", by=by, now=now)
    if await execute(tx, sql, params):
        await _announce(tx, live, by=by, now=now)
        return live
    sql = """
        select id, customer_id, kind, is_main, verified_at from identity
        where (kind, scope, value) = (%(kind)s, %(scope)s, %(value)s)"""
    found = await row(tx, _Owned, sql, params)
    if found is not None and found.customer_id != live:
        is_seen = await is_customer_visible(tx, found.customer_id, by=by)
        raise IdentityTaken(found.customer_id if is_seen else None)
    return live


def _checked(data: IdentityIn) -> str:
    value = normal_value(data.kind, data.value)
    is_bad = is_masked(data.value) or not value or (data.kind == "email" and not re.match(ADDRESS, value))
    if is_bad:
        raise Invalid("This is not a complete address or number.", fields={"value": "invalid"})
    return value


async def _lock_identity(tx: Transaction, customer_id: int, identity_id: int) -> _Owned:
    sql = """
        select id, customer_id, kind, is_main, verified_at from identity
        where id = %(id)s and customer_id = %(customer)s for update"""
    found = await row(tx, _Owned, sql, {"id": identity_id, "customer": customer_id})
    if found is None:
        raise NotFound
    return found


async def change_identity(
    tx: Transaction, customer_id: int, identity_id: int, data: IdentityPatch, *, by: Actor, now: datetime
) -> int:
    """Make an address the main one of its kind, or say that it is verified or not. Gives the live customer's id.

    Raises:
        NotFound: no such identity of a customer whom ``by`` may see.
        CheckNeeded: the identity check for changing addresses is missing.

    Emits: CustomerChanged
    """
    live = await lock_customer(tx, customer_id, by=by)
    found = await _lock_identity(tx, live, identity_id)
    is_main = found.is_main if data.is_main is UNSET else data.is_main
    is_verified = found.verified_at is not None if data.is_verified is UNSET else data.is_verified
    if (is_main, is_verified) == (found.is_main, found.verified_at is not None):
        return live
    await require_level(tx, live, "change_address", by=by, now=now)
    params = {"id": identity_id, "customer": live, "kind": found.kind, "main": is_main, "now": now}
    if is_main and not found.is_main:
        sql = "update identity set is_main = false where customer_id = %(customer)s and kind = %(kind)s and is_main"
        await tx.execute(sql, params)
    sql = """
        update identity set is_main = %(main)s,
            verified_at = case when %(verified)s then coalesce(verified_at, %(now)s) end where id = %(id)s"""
    await tx.execute(sql, params | {"verified": is_verified})
    await _announce(tx, live, by=by, now=now)
    return live


async def remove_identity(tx: Transaction, customer_id: int, identity_id: int, *, by: Actor, now: datetime) -> int:
    """Take an address away: who writes from it next is somebody new. Gives the live customer's id.

    Raises:
        NotFound: no such identity of a customer whom ``by`` may see.
        CheckNeeded: the identity check for changing addresses is missing.

    Emits: CustomerChanged
    """
    live = await lock_customer(tx, customer_id, by=by)
    await _lock_identity(tx, live, identity_id)
    await require_level(tx, live, "change_address", by=by, now=now)
    await tx.execute("delete from identity where id = %(id)s", {"id": identity_id})
    await _announce(tx, live, by=by, now=now)
    return live


async def _announce(tx: Transaction, customer_id: int, *, by: Actor, now: datetime) -> None:
    sql = "update customer set version = version + 1, updated_at = %(now)s where id = %(id)s"
    await tx.execute(sql, {"id": customer_id, "now": now})
    await refresh_words(tx, customer_id)
    await emit(tx, CustomerChanged(customer_id=customer_id, fields=["identities"]), by=by, at=now)
