"""Reads of customers."""

from msgspec import Struct

from ombud.customers.schemas import Customer, CustomerBrief, CustomerListItem
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows, value
from ombud.shared.errors import NotFound
from ombud.shared.words import tsquery

COLUMNS = "c.id, c.name, c.tier, c.email, c.phone, c.created_at"
# Customers belong to whoever sees a ticket of theirs; those without any ticket yet to everybody.
VISIBLE = """
    (%(teams)s::bigint[] is null or not exists (select from ticket t where t.customer_id = c.id)
     or exists (select from ticket t where t.customer_id = c.id and t.team_id = any(%(teams)s)))"""


async def get_customer(tx: Transaction, customer_id: int, *, by: Actor) -> Customer:
    """A customer with identities and the number of their tickets that the actor sees.

    Raises:
        NotFound: there is none, or the actor sees none of their tickets.
    """
    sql = f"""
        select c.id, c.name, c.email, c.phone, c.locale, c.time_zone, c.tier, c.notes, c.is_blocked, c.created_at,
               coalesce((select jsonb_agg(jsonb_build_object('id', i.id, 'kind', i.kind, 'scope', i.scope,
                           'value', i.value, 'verified_at', i.verified_at) order by i.id)
                         from identity i where i.customer_id = c.id), '[]') as identities,
               (select count(*) from ticket t where t.customer_id = c.id
                   and (%(teams)s::bigint[] is null or t.team_id = any(%(teams)s))) as ticket_count
        from customer c where c.id = %(id)s and {VISIBLE}"""
    found = await row(tx, Customer, sql, {"id": customer_id, "teams": by.visible_teams()})
    if found is None:
        raise NotFound
    return found


async def find_customers(tx: Transaction, text: str, *, by: Actor, limit: int) -> list[CustomerListItem]:
    """Visible customers whose name, addresses or numbers hold all words of the text, newest first."""
    return await match_customers(tx, tsquery(text), by=by, limit=limit)


async def match_customers(
    tx: Transaction, query: str, *, by: Actor, before_id: int | None = None, limit: int
) -> list[CustomerListItem]:
    """Visible customers whose words match a tsquery, newest first; none if it is empty."""
    if not query:
        return []
    # + 0: a plan that walks the key backwards takes a second for a rare name.
    sql = f"""
        select {COLUMNS} from customer c
        where c.words @@ %(query)s::tsquery and (%(before)s::bigint is null or c.id < %(before)s) and {VISIBLE}
        order by c.id + 0 desc limit %(limit)s"""
    params = {"query": query, "teams": by.visible_teams(), "limit": limit, "before": before_id}
    return await rows(tx, CustomerListItem, sql, params)


async def list_customers(tx: Transaction, *, by: Actor, before_id: int | None, limit: int) -> list[CustomerListItem]:
    """Visible customers, newest first."""
    sql = f"""
        select {COLUMNS} from customer c where (%(before)s::bigint is null or c.id < %(before)s) and {VISIBLE}
        order by c.id desc limit %(limit)s"""
    return await rows(tx, CustomerListItem, sql, {"before": before_id, "teams": by.visible_teams(), "limit": limit})


async def is_customer_visible(tx: Transaction, customer_id: int, *, by: Actor) -> bool:
    """Whether the actor sees a ticket of the customer, or the customer has none yet."""
    sql = f"""
        select exists (select from customer c where c.id = %(id)s and {VISIBLE})"""
    return bool(await value(tx, bool, sql, {"id": customer_id, "teams": by.visible_teams()}))


class Shown(Struct):
    """A team that has a ticket of a customer, and what its rows show of them."""

    team_id: int
    customer: CustomerBrief


async def load_shown(tx: Transaction, customer_ids: list[int]) -> list[Shown]:
    """What rows show of customers, once for each team that has a ticket of theirs, for streams."""
    sql = """
        select t.team_id, jsonb_build_object('id', c.id, 'name', c.name, 'tier', c.tier) as customer
        from (select distinct customer_id, team_id from ticket where customer_id = any(%(ids)s)) t
        join customer c on c.id = t.customer_id order by c.id, t.team_id"""
    return await rows(tx, Shown, sql, {"ids": customer_ids})
