"""Merging two customers by a ledger that can be undone.

Lock order: intake's lock, customers by id, then tickets by id. Intake works under one lock; taking it lets no message
on its way in be given to the customer who is just being absorbed.
"""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.customers.events import CustomerChanged, CustomerMergeUndone, CustomersMerged
from ombud.customers.queries import get_customer, load_customer
from ombud.customers.queries.customers import lock_customer, require_customer
from ombud.customers.schemas import Customer
from ombud.customers.services.checks import require_level
from ombud.customers.services.making import refresh_words
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, row, rows, value
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit, emit_all
from ombud.shared.sequencer import LOCK_INTAKE
from ombud.tickets.customer_schemas import CHOSEN, CustomerMergeIn, FieldChoice, MergePreview, Side

# Tables whose rows follow their customer. A new table that points to customers belongs here; a test looks for it.
MOVED = (
    "ticket",
    "identity",
    "product_owned",
    "customer_note",
    "consent",
    "contact_bar",
    "identity_check",
    "ticket_cc",
    "record_change",
    "record_file",
    "agent_exclusion",
    "article_feedback",
)
# What the survivor has already is not had twice: the column that tells.
ONCE = {"contact_bar": "channel", "agent_exclusion": "person_id"}
EMPTY: tuple[Any, ...] = ("", None, {}, False)


class AlreadyMerged(Conflict):
    """One of the two was merged meanwhile. Look at the present customer and choose again."""

    code = "already_merged"


class NotUndoable(Conflict):
    """A newer merge of this customer must be undone first."""

    code = "newer_merge"

    def __init__(self, merge_id: int) -> None:
        super().__init__()
        self.merge_id = merge_id

    def extra(self) -> dict[str, object]:
        """Which merge comes first."""
        return {"merge_id": self.merge_id}


def columns_of(customer: Customer) -> dict[str, Any]:
    """The columns between which a merge chooses."""
    found = msgspec.structs.asdict(customer)
    found["organisation_id"] = customer.organisation.id if customer.organisation else None
    found["preferences"] = msgspec.to_builtins(customer.preferences)
    return {name: found[name] for name in CHOSEN}


def propose(survivor: dict[str, Any], absorbed: dict[str, Any]) -> list[FieldChoice]:
    """For each field the survivor's value, unless only the absorbed one has any."""
    return [
        FieldChoice(
            name,  # type: ignore[arg-type]  # CHOSEN and MergeField name the same
            survivor[name],
            absorbed[name],
            "absorbed" if survivor[name] in EMPTY and absorbed[name] not in EMPTY else "survivor",
        )
        for name in CHOSEN
    ]


def choose(survivor: dict[str, Any], absorbed: dict[str, Any], choices: dict[Any, Side]) -> dict[str, Any]:
    """The columns of the survivor that a merge changes. Values by key are put together; the chosen side's win."""
    changed: dict[str, Any] = {}
    for one in propose(survivor, absorbed):
        side = choices.get(one.field, one.proposed)
        new = one.absorbed if side == "absorbed" else one.survivor
        if one.field in {"preferences", "fields"}:
            other = one.survivor if side == "absorbed" else one.absorbed
            new = other | new
        if new != one.survivor:
            changed[one.field] = new
    return changed


async def preview_merge(
    tx: Transaction, survivor_id: int, absorbed_id: int, *, by: Actor, now: datetime
) -> MergePreview:
    """Both customers side by side, and what a merge would move. Masked as everywhere.

    Raises:
        NotFound: one of them is not there for ``by``.
        Invalid: it is one and the same.
    """
    survivor = await get_customer(tx, survivor_id, by=by, now=now)
    absorbed = await get_customer(tx, absorbed_id, by=by, now=now)
    if survivor.id == absorbed.id:
        raise Invalid("Choose two customers.", fields={"absorbed_id": "same"})
    counts = [f"select '{table}' as kind, count(*) as count from {table} where customer_id = %(id)s" for table in MOVED]
    found = await rows(tx, _Count, " union all ".join(counts), {"id": absorbed.id})
    fields = propose(columns_of(survivor), columns_of(absorbed))
    return MergePreview(survivor, absorbed, fields, {one.kind: one.count for one in found})


class _Count(Struct):
    kind: str
    count: int


async def merge_customers(
    tx: Transaction, survivor_id: int, data: CustomerMergeIn, *, by: Actor, now: datetime
) -> Customer:
    """Let one customer absorb another; everything that points to the absorbed one follows.

    Raises:
        NotFound: one of them is not there for ``by``.
        Invalid: it is one and the same.
        AlreadyMerged: one of them was absorbed while this was prepared.
        CheckNeeded: the identity check for merging is missing on one of the two.

    Emits: CustomersMerged
    """
    await tx.execute("select pg_advisory_xact_lock(%(lock)s)", {"lock": LOCK_INTAKE})
    await _lock_pair(tx, survivor_id, data.absorbed_id, by=by)
    survivor = await load_customer(tx, survivor_id, by=by, now=now)
    absorbed = await load_customer(tx, data.absorbed_id, by=by, now=now)
    for one in (survivor, absorbed):
        # A customer without anything to protect needs no proof.
        if one.ticket_count or one.identities:
            await require_level(tx, one.id, "merge", by=by, now=now)
    before = columns_of(survivor)
    after = choose(before, columns_of(absorbed), data.choices)
    merge_id = await _write_ledger(tx, survivor, absorbed, before, after, reason=data.reason, by=by, now=now)
    await _move(tx, merge_id, survivor.id, absorbed.id)
    await _write(tx, survivor.id, after, now=now)
    sql = "update customer set merged_into_id = %(into)s, updated_at = %(now)s where id = %(id)s"
    await tx.execute(sql, {"into": survivor.id, "id": absorbed.id, "now": now})
    await refresh_words(tx, survivor.id)
    fact = CustomersMerged(customer_id=survivor.id, absorbed_id=absorbed.id, merge_id=merge_id)
    await emit(tx, fact, by=by, at=now)
    return await get_customer(tx, survivor.id, by=by, now=now)


async def _lock_pair(tx: Transaction, survivor_id: int, absorbed_id: int, *, by: Actor) -> None:
    if survivor_id == absorbed_id:
        raise Invalid("Choose two customers.", fields={"absorbed_id": "same"})
    for one in sorted((survivor_id, absorbed_id)):
        await require_customer(tx, one, by=by)
    # Stronger than the key share of whatever points to them: nothing new can.
    sql = "select id from customer where id = any(%(ids)s) and merged_into_id is null order by id for update"
    found = await rows(tx, _Id, sql, {"ids": [survivor_id, absorbed_id]})
    if len(found) != 2:  # noqa: PLR2004 – a pair
        raise AlreadyMerged


class _Id(Struct):
    id: int


async def _write_ledger(
    tx: Transaction,
    survivor: Customer,
    absorbed: Customer,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    reason: str,
    by: Actor,
    now: datetime,
) -> int:
    sql = """
        insert into customer_merge (survivor_id, absorbed_id, reason, by_kind, by_id, at, before, after)
        values (%(survivor)s, %(absorbed)s, %(reason)s, %(kind)s, %(by)s, %(now)s, %(before)s, %(after)s)
        returning id"""
    params = {
        "survivor": survivor.id,
        "absorbed": absorbed.id,
        "reason": reason.strip(),
        "kind": by.kind,
        "by": by.id,
        "now": now,
        "before": Jsonb({name: before[name] for name in after}),
        "after": Jsonb(after),
    }
    return await value(tx, int, sql, params) or 0


async def _move(tx: Transaction, merge_id: int, survivor_id: int, absorbed_id: int) -> None:
    params = {"merge": merge_id, "survivor": survivor_id, "absorbed": absorbed_id}
    await tx.execute("select from ticket where customer_id = %(absorbed)s order by id for update", params)
    for table in MOVED:
        was_main = "r.is_main" if table == "identity" else "false"
        once = ONCE.get(table)
        extra = (
            f"""and not exists (select from {table} s where s.customer_id = %(survivor)s
            and s.{once} = r.{once})"""
            if once
            else ""
        )
        sql = f"""
            insert into customer_merge_row (merge_id, kind, row_id, was_main)
            select %(merge)s, '{table}', r.id, {was_main} from {table} r where r.customer_id = %(absorbed)s {extra}"""
        await tx.execute(sql, params)
    # Two main addresses of a kind cannot be: the survivor's stays.
    sql = """
        update identity i set is_main = false where i.customer_id = %(absorbed)s and i.is_main
            and exists (select from identity s where s.customer_id = %(survivor)s and s.kind = i.kind and s.is_main)"""
    await tx.execute(sql, params)
    await _set_owner(tx, merge_id, from_id=absorbed_id, to_id=survivor_id)


async def _set_owner(tx: Transaction, merge_id: int, *, from_id: int, to_id: int) -> None:
    for table in MOVED:
        version = ", version = version + 1" if table == "ticket" else ""
        sql = f"""
            update {table} t set customer_id = %(to)s{version} from customer_merge_row r
            where r.merge_id = %(merge)s and r.kind = '{table}' and t.id = r.row_id and t.customer_id = %(from)s"""
        await tx.execute(sql, {"to": to_id, "from": from_id, "merge": merge_id})


async def _write(tx: Transaction, customer_id: int, columns: dict[str, Any], *, now: datetime) -> None:
    # Column names come from CHOSEN, never from input.
    sets = "".join(f"{name} = %({name})s, " for name in columns)
    sql = f"update customer set {sets} version = version + 1, updated_at = %(now)s where id = %(id)s"
    params = {name: Jsonb(new) if isinstance(new, dict) else new for name, new in columns.items()}
    await tx.execute(sql, {**params, "id": customer_id, "now": now})


class _Merge(Struct):
    id: int
    survivor_id: int
    absorbed_id: int
    before: dict[str, Any]
    after: dict[str, Any]
    undone_at: datetime | None


async def undo_merge(tx: Transaction, merge_id: int, *, by: Actor, now: datetime) -> Customer:
    """Make two customers of one again: each gets back exactly what it had. Gives the one that had been absorbed.

    What came to the survivor after the merge stays there, and so does a field that was changed since.
    Undoing twice is harmless.

    Raises:
        NotFound: no such merge, or ``by`` may not see the survivor.
        NotUndoable: the survivor absorbed somebody else later, or was absorbed itself.

    Emits: CustomerMergeUndone, CustomerChanged
    """
    await tx.execute("select pg_advisory_xact_lock(%(lock)s)", {"lock": LOCK_INTAKE})
    sql = (
        "select id, survivor_id, absorbed_id, before, after, undone_at from customer_merge where id = %(id)s for update"
    )
    merge = await row(tx, _Merge, sql, {"id": merge_id})
    if merge is None:
        raise NotFound
    if merge.undone_at is not None:
        return await get_customer(tx, merge.absorbed_id, by=by, now=now)
    await lock_customer(tx, merge.survivor_id, by=by)
    await _refuse_older(tx, merge)
    sql = "select from customer where id = any(%(ids)s) order by id for update"
    await tx.execute(sql, {"ids": [merge.survivor_id, merge.absorbed_id]})
    await _give_back(tx, merge, by=by, now=now)
    fact = CustomerMergeUndone(customer_id=merge.survivor_id, absorbed_id=merge.absorbed_id, merge_id=merge_id)
    # Who came back is shown and searched by their own data again.
    back = CustomerChanged(customer_id=merge.absorbed_id, fields=["merged_into_id"])
    await emit_all(tx, [fact, back], by=by, at=now)
    return await get_customer(tx, merge.absorbed_id, by=by, now=now)


async def _refuse_older(tx: Transaction, merge: _Merge) -> None:
    sql = """
        select id from customer_merge where undone_at is null and id > %(id)s
            and (survivor_id = %(survivor)s or absorbed_id = %(survivor)s) order by id desc limit 1"""
    newer = await value(tx, int, sql, {"id": merge.id, "survivor": merge.survivor_id})
    if newer is not None:
        raise NotUndoable(newer)


async def _give_back(tx: Transaction, merge: _Merge, *, by: Actor, now: datetime) -> None:
    sql = """
        select from ticket
        where id in (select row_id from customer_merge_row where merge_id = %(id)s and kind = 'ticket')
        order by id for update"""
    await tx.execute(sql, {"id": merge.id})
    # Only what still is the survivor's: an address that was taken away since is gone for good.
    await _set_owner(tx, merge.id, from_id=merge.survivor_id, to_id=merge.absorbed_id)
    sql = """
        update identity i set is_main = r.was_main from customer_merge_row r
        where r.merge_id = %(id)s and r.kind = 'identity' and i.id = r.row_id and i.is_main <> r.was_main"""
    await tx.execute(sql, {"id": merge.id})
    present = columns_of_row(await row(tx, _Columns, COLUMNS_SQL, {"id": merge.survivor_id}))
    same = [name for name, new in merge.after.items() if present[name] == new]
    await _write(tx, merge.survivor_id, {name: merge.before[name] for name in same}, now=now)
    sql = "update customer set merged_into_id = null, version = version + 1, updated_at = %(now)s where id = %(id)s"
    await execute(tx, sql, {"id": merge.absorbed_id, "now": now})
    sql = """
        update customer_merge set undone_at = %(now)s, undone_by_kind = %(kind)s, undone_by_id = %(by)s
        where id = %(id)s"""
    await tx.execute(sql, {"id": merge.id, "now": now, "kind": by.kind, "by": by.id})
    await refresh_words(tx, merge.survivor_id)
    await refresh_words(tx, merge.absorbed_id)


class _Columns(Struct):
    data: dict[str, Any]


COLUMNS_SQL = "select to_jsonb(c) as data from customer c where id = %(id)s"


def columns_of_row(found: _Columns | None) -> dict[str, Any]:
    """The columns of a customer's row as plain values."""
    return found.data if found else {}
