"""Endpoints of what customers and organisations have in common: the history of their data, files in their fields."""

from litestar import get
from litestar.params import FromPath, FromQuery

from ombud.customers.queries import organisations, records
from ombud.customers.queries.customers import require_customer
from ombud.customers.queries.details import standing_of
from ombud.customers.queries.policy import customer_policy
from ombud.customers.rules import mask_changes
from ombud.customers.schemas import RecordChange
from ombud.fields.schemas import FieldFileList
from ombud.shared.http import By, Now, Tx, may
from ombud.shared.paging import Paged, checked_limit, decode_cursor, page


@get("/customers/{customer_id:int}/changes", guards=[may("customers.read")])
async def get_customer_changes(
    tx: Tx,
    actor: By,
    now: Now,
    customer_id: FromPath[int],
    field: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> Paged[RecordChange]:
    """Who changed what of a customer, newest first; custom fields are named ``fields.<key>``."""
    live = await require_customer(tx, customer_id, by=actor)
    before = decode_cursor(cursor, int) if cursor else None
    found = await records.changes_of(
        tx, "customer_id", live, field=field, before=before, limit=checked_limit(limit) + 1
    )
    if not actor.may("customers.unmask"):
        standing = await standing_of(tx, live, now=now)
        mask_changes(found, await customer_policy(tx), level=standing.level)
    return page(found, limit, lambda one: one.id)


@get("/customers/{customer_id:int}/field-files", guards=[may("customers.read")])
async def get_customer_field_files(tx: Tx, actor: By, customer_id: FromPath[int]) -> FieldFileList:
    """Files that stand in the customer's fields, now or before."""
    live = await require_customer(tx, customer_id, by=actor)
    return FieldFileList(await records.field_files(tx, "customer_id", live))


@get("/organisations/{organisation_id:int}/changes", guards=[may("customers.read")])
async def get_organisation_changes(
    tx: Tx,
    organisation_id: FromPath[int],
    field: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> Paged[RecordChange]:
    """Who changed what of an organisation, newest first; custom fields are named ``fields.<key>``."""
    found = await organisations.get_organisation(tx, organisation_id)
    before = decode_cursor(cursor, int) if cursor else None
    changes = await records.changes_of(
        tx, "organisation_id", found.id, field=field, before=before, limit=checked_limit(limit) + 1
    )
    return page(changes, limit, lambda one: one.id)


@get("/organisations/{organisation_id:int}/field-files", guards=[may("customers.read")])
async def get_organisation_field_files(tx: Tx, organisation_id: FromPath[int]) -> FieldFileList:
    """Files that stand in the organisation's fields, now or before."""
    found = await organisations.get_organisation(tx, organisation_id)
    return FieldFileList(await records.field_files(tx, "organisation_id", found.id))


HANDLERS = [
    get_customer_changes,
    get_customer_field_files,
    get_organisation_changes,
    get_organisation_field_files,
]
