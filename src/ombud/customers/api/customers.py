"""Endpoints of customers: lists, one customer, identities, the rules about their data."""

from litestar import delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT
from msgspec import Struct

from ombud.customers import queries
from ombud.customers.queries.policy import customer_policy
from ombud.customers.schemas import (
    Customer,
    CustomerListItem,
    CustomerPatch,
    CustomerPolicy,
    CustomerPolicyPatch,
    IdentityIn,
    IdentityPatch,
    NewCustomer,
)
from ombud.customers.services import customers, duplicates, identities, policy
from ombud.shared.http import By, Now, Tx, may, signed_in
from ombud.shared.paging import Paged, checked_limit, decode_cursor, page


@get("/customers", guards=[may("customers.read")])
async def get_customers(
    tx: Tx,
    actor: By,
    q: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
    organisation_id: FromQuery[int | None] = None,
) -> Paged[CustomerListItem]:
    """Customers whom the actor may see, newest first; with a text, those whose name, address or number holds it."""
    checked_limit(limit)
    if q.strip():
        return Paged(await queries.find_customers(tx, q[:200], by=actor, limit=limit))
    before = decode_cursor(cursor, int) if cursor else None
    found = await queries.list_customers(
        tx, by=actor, before_id=before, limit=limit + 1, organisation_id=organisation_id
    )
    return page(found, limit, lambda one: one.id)


@post("/customers", guards=[may("customers.write")], status_code=HTTP_201_CREATED)
async def post_customer(tx: Tx, actor: By, now: Now, data: JSONBody[NewCustomer]) -> Customer:
    """Enter a customer; an address or number that is known gives whom it belongs to."""
    return await customers.add_customer(tx, data, by=actor, now=now)


@get("/customers/{customer_id:int}", guards=[may("customers.read")])
async def get_customer(tx: Tx, actor: By, now: Now, customer_id: FromPath[int]) -> Customer:
    """A customer; only those with a ticket that the actor sees, or none yet. A merged number gives the survivor."""
    return await queries.get_customer(tx, customer_id, by=actor, now=now)


@patch("/customers/{customer_id:int}", guards=[may("customers.write")])
async def patch_customer(
    tx: Tx, actor: By, now: Now, customer_id: FromPath[int], data: JSONBody[CustomerPatch]
) -> Customer:
    """Change a customer's data. 403 ``identity_check_needed`` where an address is replaced without a check."""
    return await customers.change_customer(tx, customer_id, data, by=actor, now=now)


@post("/customers/{customer_id:int}/identities", guards=[may("customers.write")], status_code=HTTP_201_CREATED)
async def post_identity(
    tx: Tx, actor: By, now: Now, customer_id: FromPath[int], data: JSONBody[IdentityIn]
) -> Customer:
    """Add an address or number. 409 ``identity_taken`` when it is somebody else's."""
    live = await identities.add_identity(tx, customer_id, data, by=actor, now=now)
    return await queries.get_customer(tx, live, by=actor, now=now)


@patch("/customers/{customer_id:int}/identities/{identity_id:int}", guards=[may("customers.write")])
async def patch_identity(
    tx: Tx, actor: By, now: Now, customer_id: FromPath[int], identity_id: FromPath[int], data: JSONBody[IdentityPatch]
) -> Customer:
    """Make an address the main one, or say whether it is verified."""
    live = await identities.change_identity(tx, customer_id, identity_id, data, by=actor, now=now)
    return await queries.get_customer(tx, live, by=actor, now=now)


@delete(
    "/customers/{customer_id:int}/identities/{identity_id:int}",
    guards=[may("customers.write")],
    status_code=HTTP_200_OK,
)
async def delete_identity(
    tx: Tx, actor: By, now: Now, customer_id: FromPath[int], identity_id: FromPath[int]
) -> Customer:
    """Take an address or number away."""
    live = await identities.remove_identity(tx, customer_id, identity_id, by=actor, now=now)
    return await queries.get_customer(tx, live, by=actor, now=now)


class DuplicateList(Struct):
    """Customers who may be the same person."""

    items: list[duplicates.Duplicate]


@get("/customers/{customer_id:int}/duplicates", guards=[may("customers.read")])
async def get_duplicates(tx: Tx, actor: By, customer_id: FromPath[int]) -> DuplicateList:
    """Who may be the same person, the likeliest first, with the reasons. Nothing is merged by itself."""
    return DuplicateList(await duplicates.suggest_duplicates(tx, customer_id, by=actor))


@post(
    "/customers/{customer_id:int}/duplicates/{other_id:int}/dismissal",
    guards=[may("customers.write")],
    status_code=HTTP_204_NO_CONTENT,
)
async def post_dismissal(tx: Tx, actor: By, now: Now, customer_id: FromPath[int], other_id: FromPath[int]) -> None:
    """Say that the two are two people; they are not suggested again."""
    await duplicates.dismiss_duplicate(tx, customer_id, other_id, by=actor, now=now)


@get("/customer-policy", guards=[signed_in])
async def get_customer_policy(tx: Tx) -> CustomerPolicy:
    """The rules about customers' data: JSONBody[which] check level shows and lets do what, tiers."""
    return await customer_policy(tx)


@patch("/customer-policy", guards=[may("channels.manage")])
async def patch_customer_policy(tx: Tx, actor: By, now: Now, data: JSONBody[CustomerPolicyPatch]) -> CustomerPolicy:
    """Change rules about customers' data."""
    return await policy.change_policy(tx, data, by=actor, now=now)


HANDLERS = [
    get_customers,
    post_customer,
    get_customer,
    patch_customer,
    post_identity,
    patch_identity,
    delete_identity,
    get_duplicates,
    post_dismissal,
    get_customer_policy,
    patch_customer_policy,
]
