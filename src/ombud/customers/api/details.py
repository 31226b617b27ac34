"""Endpoints of what belongs to a customer: products, notes, consent, bars, identity checks."""

from litestar import delete, get, patch, post, put
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_202_ACCEPTED

from ombud.customers import queries
from ombud.customers.queries import details as reads
from ombud.customers.queries.customers import require_customer
from ombud.customers.queries.policy import customer_policy
from ombud.customers.rules import mask_products
from ombud.customers.schemas import (
    BarIn,
    CheckCodeIn,
    CodeSent,
    Consent,
    ConsentIn,
    ContactChannel,
    Customer,
    CustomerNote,
    CustomerNoteIn,
    IdentityCheck,
    IdentityCheckIn,
    Product,
    ProductIn,
)
from ombud.customers.services import checks, consents, details
from ombud.shared.http import By, Now, Tx, may
from ombud.shared.paging import Paged, checked_limit, decode_cursor, page


def _before(cursor: str | None) -> int | None:
    return decode_cursor(cursor, int) if cursor else None


@get("/customers/{customer_id:int}/products", guards=[may("customers.read")])
async def get_products(
    tx: Tx,
    actor: By,
    now: Now,
    customer_id: FromPath[int],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> Paged[Product]:
    """What the customer owns, newest entry first; serial numbers masked below the level in the settings."""
    live = await require_customer(tx, customer_id, by=actor)
    found = await reads.products_of(tx, live, before=_before(cursor), limit=checked_limit(limit) + 1)
    standing, policy = await reads.standing_of(tx, live, now=now), await customer_policy(tx)
    is_open = actor.may("customers.unmask") or standing.level >= policy.show_serial
    return page(found if is_open else mask_products(found), limit, lambda one: one.id)


@post("/customers/{customer_id:int}/products", guards=[may("customers.write")], status_code=HTTP_201_CREATED)
async def post_product(tx: Tx, actor: By, now: Now, customer_id: FromPath[int], data: JSONBody[ProductIn]) -> Customer:
    """Add something that the customer owns."""
    live = await details.add_product(tx, customer_id, data, by=actor, now=now)
    return await queries.get_customer(tx, live, by=actor, now=now)


@put("/customers/{customer_id:int}/products/{product_id:int}", guards=[may("customers.write")])
async def put_product(
    tx: Tx, actor: By, now: Now, customer_id: FromPath[int], product_id: FromPath[int], data: JSONBody[ProductIn]
) -> Customer:
    """Replace what is known of a product."""
    live = await details.change_product(tx, customer_id, product_id, data, by=actor, now=now)
    return await queries.get_customer(tx, live, by=actor, now=now)


@delete(
    "/customers/{customer_id:int}/products/{product_id:int}",
    guards=[may("customers.write")],
    status_code=HTTP_200_OK,
)
async def delete_product(
    tx: Tx, actor: By, now: Now, customer_id: FromPath[int], product_id: FromPath[int]
) -> Customer:
    """Take a product off."""
    live = await details.remove_product(tx, customer_id, product_id, by=actor, now=now)
    return await queries.get_customer(tx, live, by=actor, now=now)


@get("/customers/{customer_id:int}/notes", guards=[may("customers.read")])
async def get_notes(
    tx: Tx, actor: By, customer_id: FromPath[int], cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50
) -> Paged[CustomerNote]:
    """Colleagues' notes about the customer, newest first."""
    live = await require_customer(tx, customer_id, by=actor)
    found = await reads.notes_of(tx, live, before=_before(cursor), limit=checked_limit(limit) + 1)
    return page(found, limit, lambda one: one.id)


@post("/customers/{customer_id:int}/notes", guards=[may("customers.write")], status_code=HTTP_201_CREATED)
async def post_customer_note(
    tx: Tx, actor: By, now: Now, customer_id: FromPath[int], data: JSONBody[CustomerNoteIn]
) -> CustomerNote:
    """Write a note about the customer; it never reaches them."""
    return await details.add_note(tx, customer_id, data, by=actor, now=now)


@patch("/customers/{customer_id:int}/notes/{note_id:int}", guards=[may("customers.write")])
async def patch_customer_note(
    tx: Tx, actor: By, now: Now, customer_id: FromPath[int], note_id: FromPath[int], data: JSONBody[CustomerNoteIn]
) -> CustomerNote:
    """Correct one's own note, or pin any."""
    return await details.change_note(tx, customer_id, note_id, data, by=actor, now=now)


@delete("/customers/{customer_id:int}/notes/{note_id:int}", guards=[may("customers.write")])
async def delete_customer_note(tx: Tx, actor: By, now: Now, customer_id: FromPath[int], note_id: FromPath[int]) -> None:
    """Remove one's own note; supervisors anybody's."""
    await details.remove_note(tx, customer_id, note_id, by=actor, now=now)


@get("/customers/{customer_id:int}/consents", guards=[may("customers.read")])
async def get_consents(
    tx: Tx, actor: By, customer_id: FromPath[int], cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50
) -> Paged[Consent]:
    """All that the customer agreed to or took back, newest first: the newest of a purpose and channel holds."""
    live = await require_customer(tx, customer_id, by=actor)
    found = await reads.consents_of(tx, live, before=_before(cursor), limit=checked_limit(limit) + 1)
    return page(found, limit, lambda one: one.id)


@post("/customers/{customer_id:int}/consents", guards=[may("customers.write")], status_code=HTTP_201_CREATED)
async def post_consent(tx: Tx, actor: By, now: Now, customer_id: FromPath[int], data: JSONBody[ConsentIn]) -> Customer:
    """Write down the customer's yes or no."""
    live = await consents.record_consent(tx, customer_id, data, by=actor, now=now)
    return await queries.get_customer(tx, live, by=actor, now=now)


@put("/customers/{customer_id:int}/contact-bars/{channel:str}", guards=[may("customers.write")])
async def put_contact_bar(
    tx: Tx, actor: By, now: Now, customer_id: FromPath[int], channel: FromPath[ContactChannel], data: JSONBody[BarIn]
) -> Customer:
    """The customer must not be contacted by this channel any more."""
    live = await consents.bar_channel(tx, customer_id, channel, data, by=actor, now=now)
    return await queries.get_customer(tx, live, by=actor, now=now)


@delete(
    "/customers/{customer_id:int}/contact-bars/{channel:str}",
    guards=[may("customers.write")],
    status_code=HTTP_200_OK,
)
async def delete_contact_bar(
    tx: Tx, actor: By, now: Now, customer_id: FromPath[int], channel: FromPath[ContactChannel]
) -> Customer:
    """The customer may be contacted by this channel again."""
    live = await consents.unbar_channel(tx, customer_id, channel, by=actor, now=now)
    return await queries.get_customer(tx, live, by=actor, now=now)


@get("/customers/{customer_id:int}/checks", guards=[may("customers.read")])
async def get_checks(
    tx: Tx,
    actor: By,
    now: Now,
    customer_id: FromPath[int],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> Paged[IdentityCheck]:
    """Identity checks of the customer, newest first."""
    live = await require_customer(tx, customer_id, by=actor)
    found = await reads.checks_of(tx, live, before=_before(cursor), limit=checked_limit(limit) + 1, now=now)
    return page(found, limit, lambda one: one.id)


@post("/customers/{customer_id:int}/checks", guards=[may("customers.write")], status_code=HTTP_201_CREATED)
async def post_check(
    tx: Tx, actor: By, now: Now, state: State, customer_id: FromPath[int], data: JSONBody[IdentityCheckIn]
) -> Customer:
    """Record how somebody made sure who the customer is. 422 ``wrong_code`` after five attempts for good."""
    if data.method == "mail_code":
        known = await require_customer(tx, customer_id, by=actor)
        # Counted in a transaction of its own, and first: a refusal must not roll the count back.
        async with state.database.transaction() as counting:
            await checks.count_attempt(counting, known)
    live = await checks.record_check(tx, customer_id, data, by=actor, now=now)
    return await queries.get_customer(tx, live, by=actor, now=now)


@delete("/customers/{customer_id:int}/checks/{check_id:int}", guards=[may("customers.write")], status_code=HTTP_200_OK)
async def delete_check(tx: Tx, actor: By, now: Now, customer_id: FromPath[int], check_id: FromPath[int]) -> Customer:
    """Take a mistaken check back; it stays in the list as revoked."""
    live = await checks.revoke_check(tx, customer_id, check_id, by=actor, now=now)
    return await queries.get_customer(tx, live, by=actor, now=now)


@post("/customers/{customer_id:int}/check-codes", guards=[may("customers.write")], status_code=HTTP_202_ACCEPTED)
async def post_check_code(
    tx: Tx, actor: By, now: Now, state: State, customer_id: FromPath[int], data: JSONBody[CheckCodeIn]
) -> CodeSent:
    """Mail a code to one of the customer's addresses, for the check method mail_code."""
    return await checks.send_code(tx, customer_id, data, mail=state.system_mail, by=actor, now=now)


HANDLERS = [
    get_products,
    post_product,
    put_product,
    delete_product,
    get_notes,
    post_customer_note,
    patch_customer_note,
    delete_customer_note,
    get_consents,
    post_consent,
    put_contact_bar,
    delete_contact_bar,
    get_checks,
    post_check,
    delete_check,
    post_check_code,
]
