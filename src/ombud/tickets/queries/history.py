"""Reads of the history of a ticket's fields."""

from ombud.fields.schemas import FieldFile, FieldFileList
from ombud.shared.database import Transaction, rows
from ombud.shared.paging import checked_limit, decode_cursor, encode_cursor
from ombud.tickets.queries.timeline import AUTHOR
from ombud.tickets.schemas import FieldChange, FieldHistory


async def load_history(
    tx: Transaction, ticket_id: int, *, field: str | None, cursor: str | None, limit: int
) -> FieldHistory:
    """Changes of one field, or of all of them, newest first. Visibility is the caller's.

    ``field`` is named as on the timeline: ``priority``, ``type``, ``fields.product``.
    """
    checked_limit(limit)
    sql = f"""
        select e.id as entry_id, e.details ->> 'field' as field, e.at, {AUTHOR},
            e.details -> 'from_value' as from_value, e.details -> 'to_value' as to_value
        from entry e
        where e.ticket_id = %(ticket)s and e.kind = 'change' and e.undone_at is null and e.details ? 'field'
            and (%(field)s::text is null or e.details ->> 'field' = %(field)s)
            and (%(before)s::bigint is null or e.id < %(before)s)
        order by e.id desc limit %(limit)s"""
    before = decode_cursor(cursor, int) if cursor else None
    params = {"ticket": ticket_id, "field": field, "before": before, "limit": limit + 1}
    found = await rows(tx, FieldChange, sql, params)
    items = found[:limit]
    return FieldHistory(items, encode_cursor(items[-1].entry_id) if len(found) > limit else None)


async def list_field_files(tx: Transaction, ticket_id: int) -> FieldFileList:
    """Files that stand in the ticket's fields, now or before. Visibility is the caller's."""
    sql = """
        select distinct f.id, f.name, f.type, f.size,
            '/api/v1/files/' || f.token || '/' || regexp_replace(f.name, '[^[:alnum:]._-]', '_', 'g') as url
        from entry e join attachment a on a.entry_id = e.id join file f on f.id = a.file_id
        where e.ticket_id = %(ticket)s and e.kind = 'change'
        order by f.id"""
    return FieldFileList(await rows(tx, FieldFile, sql, {"ticket": ticket_id}))
