"""What belongs to a customer: products they own, notes about them."""

from datetime import datetime

import msgspec

from ombud.customers.events import CustomerChanged
from ombud.customers.queries.customers import lock_customer
from ombud.customers.queries.details import note_of
from ombud.customers.rules import is_masked
from ombud.customers.schemas import CustomerNote, CustomerNoteIn, ProductIn
from ombud.customers.services.making import refresh_words
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, value
from ombud.shared.errors import Invalid, NotAllowed, NotFound
from ombud.shared.events import emit


async def add_product(tx: Transaction, customer_id: int, data: ProductIn, *, by: Actor, now: datetime) -> int:
    """Write down something that the customer owns; gives the live customer's id.

    Raises:
        NotFound: no such customer for ``by``.
        Invalid: the warranty ends before the day of purchase.

    Emits: CustomerChanged
    """
    live = await lock_customer(tx, customer_id, by=by)
    sql = """
        insert into product_owned (customer_id, model, name, serial, batch, bought_on, region, warranty_until,
            created_at, updated_at)
        values (%(customer)s, %(model)s, %(name)s, %(serial)s, %(batch)s, %(bought_on)s, %(region)s,
            %(warranty_until)s, %(now)s, %(now)s)"""
    await tx.execute(sql, {**_checked(data), "customer": live, "now": now})
    await _announce(tx, live, by=by, now=now)
    return live


async def change_product(
    tx: Transaction, customer_id: int, product_id: int, data: ProductIn, *, by: Actor, now: datetime
) -> int:
    """Replace what is known of a product; gives the live customer's id.

    Raises:
        NotFound: no such product of a customer whom ``by`` may see.
        Invalid: the warranty ends before the day of purchase, or the serial number is a masked one.

    Emits: CustomerChanged
    """
    live = await lock_customer(tx, customer_id, by=by)
    sql = """
        update product_owned set model = %(model)s, name = %(name)s, serial = %(serial)s, batch = %(batch)s,
            bought_on = %(bought_on)s, region = %(region)s, warranty_until = %(warranty_until)s, updated_at = %(now)s
        where id = %(id)s and customer_id = %(customer)s"""
    if not await execute(tx, sql, {**_checked(data), "id": product_id, "customer": live, "now": now}):
        raise NotFound
    await _announce(tx, live, by=by, now=now)
    return live


def _checked(data: ProductIn) -> dict[str, object]:
    if is_masked(data.serial):
        raise Invalid("Part of this value is hidden. Type the whole new value.", fields={"serial": "masked"})
    if data.bought_on and data.warranty_until and data.warranty_until < data.bought_on:
        raise Invalid("The warranty cannot end before the purchase.", fields={"warranty_until": "too_early"})
    trimmed = {name: one.strip() if isinstance(one, str) else one for name, one in msgspec.structs.asdict(data).items()}
    if not trimmed["model"]:
        raise Invalid("Give the product's model.", fields={"model": "required"})
    return trimmed


async def remove_product(tx: Transaction, customer_id: int, product_id: int, *, by: Actor, now: datetime) -> int:
    """Take a product off; gives the live customer's id.

    Raises:
        NotFound: no such product of a customer whom ``by`` may see.

    Emits: CustomerChanged
    """
    live = await lock_customer(tx, customer_id, by=by)
    sql = "delete from product_owned where id = %(id)s and customer_id = %(customer)s"
    if not await execute(tx, sql, {"id": product_id, "customer": live}):
        raise NotFound
    await _announce(tx, live, by=by, now=now)
    return live


async def _announce(tx: Transaction, customer_id: int, *, by: Actor, now: datetime) -> None:
    await refresh_words(tx, customer_id)
    await emit(tx, CustomerChanged(customer_id=customer_id, fields=["products"]), by=by, at=now)


async def add_note(
    tx: Transaction, customer_id: int, data: CustomerNoteIn, *, by: Actor, now: datetime
) -> CustomerNote:
    """Write a note about a customer, for colleagues.

    Raises:
        NotFound: no such customer for ``by``.

    Emits: CustomerChanged
    """
    live = await lock_customer(tx, customer_id, by=by)
    sql = """
        insert into customer_note (customer_id, text, is_pinned, author_kind, author_id, created_at)
        values (%(customer)s, %(text)s, %(pinned)s, %(kind)s, %(by)s, %(now)s) returning id"""
    params = {"customer": live, "text": _text(data), "pinned": data.is_pinned, "kind": by.kind, "by": by.id}
    note_id = await value(tx, int, sql, params | {"now": now}) or 0
    await _announce_notes(tx, live, by=by, now=now)
    return await _note(tx, live, note_id)


def _text(data: CustomerNoteIn) -> str:
    text = data.text.strip()
    if not text:
        raise Invalid("Write something.", fields={"text": "required"})
    return text


async def _note(tx: Transaction, customer_id: int, note_id: int) -> CustomerNote:
    found = await note_of(tx, customer_id, note_id)
    if found is None:
        raise NotFound
    return found


async def change_note(
    tx: Transaction, customer_id: int, note_id: int, data: CustomerNoteIn, *, by: Actor, now: datetime
) -> CustomerNote:
    """Correct or pin a note. Anybody may pin; the words are their writer's.

    Raises:
        NotFound: no such note about a customer whom ``by`` may see.
        NotAllowed: the words are somebody else's.

    Emits: CustomerChanged
    """
    live = await lock_customer(tx, customer_id, by=by)
    before = await _note(tx, live, note_id)
    text = _text(data)
    if text != before.text and (before.author_kind, before.author_id) != (by.kind, by.id):
        raise NotAllowed("Only its writer changes the words of a note. Add a note of your own.")
    if (text, data.is_pinned) == (before.text, before.is_pinned):
        return before
    sql = """
        update customer_note set text = %(text)s, is_pinned = %(pinned)s,
            edited_at = case when text = %(text)s then edited_at else %(now)s end where id = %(id)s"""
    await tx.execute(sql, {"text": text, "pinned": data.is_pinned, "now": now, "id": note_id})
    await _announce_notes(tx, live, by=by, now=now)
    return await _note(tx, live, note_id)


async def remove_note(tx: Transaction, customer_id: int, note_id: int, *, by: Actor, now: datetime) -> None:
    """Take one's own note away; supervisors (customers.unmask) anybody's.

    Raises:
        NotFound: no such note about a customer whom ``by`` may see.
        NotAllowed: it is somebody else's.

    Emits: CustomerChanged
    """
    live = await lock_customer(tx, customer_id, by=by)
    before = await _note(tx, live, note_id)
    if (before.author_kind, before.author_id) != (by.kind, by.id) and not by.may("customers.unmask"):
        raise NotAllowed("Only its writer or a supervisor removes a note.")
    await tx.execute("update customer_note set removed_at = %(now)s where id = %(id)s", {"now": now, "id": note_id})
    await _announce_notes(tx, live, by=by, now=now)


async def _announce_notes(tx: Transaction, customer_id: int, *, by: Actor, now: datetime) -> None:
    await emit(tx, CustomerChanged(customer_id=customer_id, fields=["notes"]), by=by, at=now)
