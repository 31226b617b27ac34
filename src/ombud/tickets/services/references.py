"""Values of custom fields that name something else: a customer, a file."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ombud.customers.services.records import check_references
from ombud.fields.queries import list_fields
from ombud.fields.schemas import Field
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value
from ombud.tickets.schemas import LockedTicket
from ombud.tickets.services.timeline import add_change, attach_files


async def check_ticket_references(
    tx: Transaction, ticket: LockedTicket, fields: Sequence[Field], changed: Mapping[str, Any], *, by: Actor
) -> None:
    """Refuse customers whom the actor may not see, and files that are neither their upload nor on this ticket.

    Raises:
        BadFields: ``unknown_customer`` or ``unknown_file`` by the key of each field.
    """

    async def is_file_usable(file_id: int) -> bool:
        return await _is_file_usable(tx, ticket, file_id, by=by)

    await check_references(tx, fields, changed, is_file_usable, by=by)


async def _is_file_usable(tx: Transaction, ticket: LockedTicket, file_id: int, *, by: Actor) -> bool:
    sql = """
        select exists (select from file f where f.id = %(id)s
            and ((f.uploaded_by_kind = %(kind)s and f.uploaded_by_id is not distinct from %(by)s)
                 or exists (select from attachment a where a.file_id = f.id and a.ticket_id = %(ticket)s)))"""
    params = {"id": file_id, "kind": by.kind, "by": by.id, "ticket": ticket.id}
    return bool(await value(tx, bool, sql, params))


async def keep_field_files(
    tx: Transaction, ticket: LockedTicket, steps: Sequence[tuple[str, Any, Any]], entry_ids: Sequence[int], *, by: Actor
) -> None:
    """Hang the files of changed fields on the entries that tell of the change.

    So a file obeys its ticket's visibility, moves with its entry, and stays when the field gets another value; an
    entry of a change is never shown to a customer, and neither is its file.
    """
    if not any(name.startswith("fields.") for name, _, _ in steps):
        return
    kinds = {f"fields.{field.key}": field.kind for field in await list_fields(tx, "ticket")}
    for (name, _, new), entry_id in zip(steps, entry_ids, strict=True):
        if kinds.get(name) == "file" and new is not None:
            await attach_files(tx, entry_id, ticket, [new], by=by)


async def keep_first_files(
    tx: Transaction, ticket: LockedTicket, values: Mapping[str, Any], *, by: Actor, now: datetime
) -> None:
    """Record the files that a ticket is opened with, each as a change of its field."""
    if not values:
        return
    files = {field.key for field in await list_fields(tx, "ticket") if field.kind == "file"} & values.keys()
    for key in sorted(files):
        entry_id = await add_change(tx, ticket, f"fields.{key}", None, values[key], by=by, now=now)
        await attach_files(tx, entry_id, ticket, [values[key]], by=by)
