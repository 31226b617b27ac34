"""Reads of the ledger of merged customers."""

from ombud.customers.queries.details import BY_NAME
from ombud.shared.database import Transaction, rows
from ombud.tickets.customer_schemas import CustomerMerge

MAKER = BY_NAME.format(kind="m.by_kind", id="m.by_id")


async def merges_of(tx: Transaction, customer_id: int) -> list[CustomerMerge]:
    """Merges by which a customer absorbed others, newest first."""
    sql = f"""
        select m.id, m.survivor_id, m.absorbed_id, a.name as absorbed_name, m.reason, {MAKER} as by_name, m.at,
            m.undone_at, m.undone_at is null and not exists (
                select from customer_merge n where n.undone_at is null and n.id > m.id
                    and (n.survivor_id = m.survivor_id or n.absorbed_id = m.survivor_id)) as can_undo
        from customer_merge m join customer a on a.id = m.absorbed_id
        where m.survivor_id = %(id)s order by m.id desc limit 100"""
    return await rows(tx, CustomerMerge, sql, {"id": customer_id})
