"""Reads of custom fields."""

from ombud.fields.schemas import Field, Subject
from ombud.shared.database import Transaction, rows

FIELD = "id, subject, key, name_en, name_zh, kind, options, position, archived_at is not null as is_archived"


async def list_fields(tx: Transaction, subject: Subject) -> list[Field]:
    """Definitions of one subject in their order, archived ones last."""
    sql = f"select {FIELD} from field where subject = %(subject)s order by archived_at is not null, position, id"
    return await rows(tx, Field, sql, {"subject": subject})


async def list_named_fields(tx: Transaction) -> list[Field]:
    """Definitions that conditions about tickets may name: those of tickets, of customers and of organisations."""
    sql = f"""
        select {FIELD} from field
        order by array_position(array['ticket', 'customer', 'organisation'], subject), archived_at is not null,
            position, id"""
    return await rows(tx, Field, sql)
