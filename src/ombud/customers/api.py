"""Endpoints of customers."""

from litestar import Router, get, patch
from litestar.params import FromPath, FromQuery, JSONBody

from ombud.customers import queries, services
from ombud.customers.schemas import Customer, CustomerListItem, CustomerPatch
from ombud.shared.http import By, Now, Tx, may
from ombud.shared.paging import Paged, checked_limit, decode_cursor, page


@get("/customers", guards=[may("customers.read")])
async def get_customers(
    tx: Tx, actor: By, q: FromQuery[str] = "", cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50
) -> Paged[CustomerListItem]:
    """Customers whom the actor may see, newest first; with a text, those whose name, address or number holds it."""
    checked_limit(limit)
    if q.strip():
        return Paged(await queries.find_customers(tx, q[:200], by=actor, limit=limit))
    before = decode_cursor(cursor, int) if cursor else None
    found = await queries.list_customers(tx, by=actor, before_id=before, limit=limit + 1)
    return page(found, limit, lambda one: one.id)


@get("/customers/{customer_id:int}", guards=[may("customers.read")])
async def get_customer(tx: Tx, actor: By, customer_id: FromPath[int]) -> Customer:
    """A customer with identities; only those with a ticket that the actor sees, or with none yet."""
    return await queries.get_customer(tx, customer_id, by=actor)


@patch("/customers/{customer_id:int}", guards=[may("customers.write")])
async def patch_customer(
    tx: Tx, actor: By, now: Now, customer_id: FromPath[int], data: JSONBody[CustomerPatch]
) -> Customer:
    """Change a customer's data."""
    return await services.change_customer(tx, customer_id, data, by=actor, now=now)


routers = [Router("/api/v1", route_handlers=[get_customers, get_customer, patch_customer], tags=["customers"])]
