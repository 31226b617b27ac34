"""Reads of customers."""

from ombud.customers.schemas import Customer, CustomerListItem
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows, value
from ombud.shared.errors import NotFound
from ombud.shared.words import tsquery

COLUMNS = "c.id, c.name, c.tier, c.email, c.phone, c.created_at"


async def get_customer(tx: Transaction, customer_id: int) -> Customer:
    """A customer with identities and number of tickets.

    Raises:
        NotFound: there is none.
    """
    sql = """
        select c.id, c.name, c.email, c.phone, c.locale, c.time_zone, c.tier, c.notes, c.is_blocked, c.created_at,
               coalesce((select jsonb_agg(jsonb_build_object('id', i.id, 'kind', i.kind, 'scope', i.scope,
                           'value', i.value, 'verified_at', i.verified_at) order by i.id)
                         from identity i where i.customer_id = c.id), '[]') as identities,
               (select count(*) from ticket t where t.customer_id = c.id) as ticket_count
        from customer c where c.id = %(id)s"""
    found = await row(tx, Customer, sql, {"id": customer_id})
    if found is None:
        raise NotFound
    return found


async def find_customers(tx: Transaction, text: str, *, limit: int) -> list[CustomerListItem]:
    """Customers whose name, addresses or numbers hold all words of the text, newest first."""
    query = tsquery(text)
    if not query:
        return []
    sql = f"""
        select {COLUMNS} from customer c where c.words @@ %(query)s::tsquery
        order by c.id desc limit %(limit)s"""
    return await rows(tx, CustomerListItem, sql, {"query": query, "limit": limit})


async def list_customers(tx: Transaction, *, before_id: int | None, limit: int) -> list[CustomerListItem]:
    """Customers, newest first."""
    sql = f"""
        select {COLUMNS} from customer c where (%(before)s::bigint is null or c.id < %(before)s)
        order by c.id desc limit %(limit)s"""
    return await rows(tx, CustomerListItem, sql, {"before": before_id, "limit": limit})


async def is_customer_visible(tx: Transaction, customer_id: int, *, by: Actor) -> bool:
    """Whether the actor sees a ticket of the customer, or the customer has none yet."""
    sql = """
        select not exists (select from ticket where customer_id = %(id)s)
            or exists (select from ticket where customer_id = %(id)s
                       and (%(teams)s::bigint[] is null or team_id = any(%(teams)s)))"""
    return bool(await value(tx, bool, sql, {"id": customer_id, "teams": by.visible_teams()}))
