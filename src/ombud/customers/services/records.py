"""What customers and organisations have in common: custom fields checked by their definitions, files, a history."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.customers.queries.customers import is_customer_visible
from ombud.fields.queries import list_fields
from ombud.fields.schemas import Field
from ombud.fields.services.values import BadFields, merged_values
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value

# Changes of these are told key by key.
KEYED = frozenset({"preferences", "fields"})


class Record(Struct, frozen=True):
    """A customer or an organisation, as rows about either name it."""

    subject: Literal["customer", "organisation"]
    id: int

    @property
    def column(self) -> str:
        """The column that points to it."""
        return f"{self.subject}_id"


async def check_references(
    tx: Transaction,
    fields: Sequence[Field],
    changed: Mapping[str, Any],
    is_file_usable: Callable[[int], Awaitable[bool]],
    *,
    by: Actor,
) -> None:
    """Refuse customers whom the actor may not see, and files that they may not name here.

    Raises:
        BadFields: ``unknown_customer`` or ``unknown_file`` by the key of each field.
    """
    problems: dict[str, str] = {}
    for field in fields:
        named = changed.get(field.key)
        if named is None:
            continue
        if field.kind == "customer" and not await is_customer_visible(tx, named, by=by):
            problems[field.key] = "unknown_customer"
        if field.kind == "file" and not await is_file_usable(named):
            problems[field.key] = "unknown_file"
    if problems:
        raise BadFields.of(problems)


async def checked_fields(
    tx: Transaction, record: Record, before: Mapping[str, Any], given: Mapping[str, Any], *, by: Actor
) -> dict[str, Any]:
    """The values of a record's custom fields after a change.

    Raises:
        BadFields: unknown or archived fields, values that their definitions do not take, customers or files that
            ``by`` may not name.
    """
    fields = await list_fields(tx, record.subject)
    after, changed = merged_values(fields, before, given)

    async def is_file_usable(file_id: int) -> bool:
        return await _is_file_usable(tx, record, file_id, by=by)

    await check_references(tx, fields, {key: after.get(key) for key in changed}, is_file_usable, by=by)
    return after


async def _is_file_usable(tx: Transaction, record: Record, file_id: int, *, by: Actor) -> bool:
    sql = f"""
        select exists (select from file f where f.id = %(id)s
            and ((f.uploaded_by_kind = %(kind)s and f.uploaded_by_id is not distinct from %(by)s)
                 or exists (select from record_file r where r.file_id = f.id and r.{record.column} = %(record)s)))"""
    params = {"id": file_id, "kind": by.kind, "by": by.id, "record": record.id}
    return bool(await value(tx, bool, sql, params))


async def note_changes(
    tx: Transaction, record: Record, before: Mapping[str, Any], changes: Mapping[str, Any], *, by: Actor, now: datetime
) -> None:
    """Write a change into the history of its record, and keep the files that its fields name from now on."""
    steps = change_steps(before, changes)
    if not steps:
        return
    sql = f"""
        insert into record_change ({record.column}, field, from_value, to_value, by_kind, by_id, at)
        select %(record)s, s.field, s.old, s.new, %(kind)s, %(by)s, %(now)s
        from unnest(%(names)s::text[], %(olds)s::jsonb[], %(news)s::jsonb[]) as s (field, old, new)"""
    params: dict[str, object] = {"record": record.id, "kind": by.kind, "by": by.id, "now": now}
    params |= {
        "names": [name for name, _, _ in steps],
        "olds": [None if old is None else Jsonb(old) for _, old, _ in steps],
        "news": [None if new is None else Jsonb(new) for _, _, new in steps],
    }
    await tx.execute(sql, params)
    if "fields" in changes:
        await _keep_files(tx, record, changes["fields"])


def change_steps(before: Mapping[str, Any], changes: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """A change as steps of field, old value and new value; what is kept by key is told by key."""
    steps: list[tuple[str, Any, Any]] = []
    for name, new in sorted(changes.items()):
        old = before.get(name)
        if name in KEYED:
            keys = sorted((old or {}).keys() | new.keys())
            steps += [(f"{name}.{key}", (old or {}).get(key), new.get(key)) for key in keys]
        else:
            steps.append((name, old, new))
    return [step for step in steps if step[1] != step[2]]


async def _keep_files(tx: Transaction, record: Record, values: Mapping[str, Any]) -> None:
    keys = [field.key for field in await list_fields(tx, record.subject) if field.kind == "file"]
    ids = sorted({values[key] for key in keys if key in values})
    if not ids:
        return
    sql = f"""
        insert into record_file ({record.column}, file_id)
        select %(record)s, f.id from unnest(%(ids)s::bigint[]) as f (id)
        where not exists (select from record_file r where r.{record.column} = %(record)s and r.file_id = f.id)"""
    await tx.execute(sql, {"record": record.id, "ids": ids})
