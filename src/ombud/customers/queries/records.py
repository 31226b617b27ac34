"""Reads of the history of customers and organisations, and of the files in their fields."""

from typing import Literal

from ombud.customers.queries.details import BY_NAME
from ombud.customers.schemas import RecordChange
from ombud.fields.schemas import FieldFile
from ombud.shared.database import Transaction, rows

Column = Literal["customer_id", "organisation_id"]
MAKER = BY_NAME.format(kind="k.by_kind", id="k.by_id")


async def changes_of(
    tx: Transaction, column: Column, record_id: int, *, field: str | None, before: int | None, limit: int
) -> list[RecordChange]:
    """Changes of one field, or of all, newest first."""
    sql = f"""
        select k.id, k.field, k.from_value, k.to_value, k.by_kind, {MAKER} as by_name, k.at
        from record_change k where k.{column} = %(record)s and (%(field)s::text is null or k.field = %(field)s)
            and (%(before)s::bigint is null or k.id < %(before)s)
        order by k.id desc limit %(limit)s"""
    params = {"record": record_id, "field": field, "before": before, "limit": limit}
    return await rows(tx, RecordChange, sql, params)


async def field_files(tx: Transaction, column: Column, record_id: int) -> list[FieldFile]:
    """Files that stand in the record's fields, now or before."""
    sql = f"""
        select distinct f.id, f.name, f.type, f.size,
            '/api/v1/files/' || f.token || '/' || regexp_replace(f.name, '[^[:alnum:]._-]', '_', 'g') as url
        from record_file r join file f on f.id = r.file_id where r.{column} = %(record)s order by f.id"""
    return await rows(tx, FieldFile, sql, {"record": record_id})
