"""Endpoints of organisations."""

from litestar import get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_201_CREATED

from ombud.customers.queries import organisations as queries
from ombud.customers.schemas import Organisation, OrganisationIn, OrganisationPatch
from ombud.customers.services import organisations as services
from ombud.shared.http import By, Now, Tx, may
from ombud.shared.paging import Paged, checked_limit, decode_cursor, page


@get("/organisations", guards=[may("customers.read")])
async def get_organisations(
    tx: Tx,
    q: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
    archived: FromQuery[bool] = False,
) -> Paged[Organisation]:
    """Organisations by name; with a text, those whose name or domain holds it."""
    checked_limit(limit)
    if q.strip():
        return Paged(await queries.find_organisations(tx, q[:200], limit=limit))
    after = decode_cursor(cursor, tuple[str, int]) if cursor else None
    found = await queries.list_organisations(tx, after=after, limit=limit + 1, with_archived=archived)
    return page(found, limit, lambda one: (one.name, one.id))


@post("/organisations", guards=[may("customers.write")], status_code=HTTP_201_CREATED)
async def post_organisation(tx: Tx, actor: By, now: Now, data: JSONBody[OrganisationIn]) -> Organisation:
    """Make an organisation. 409 ``domain_taken`` when a domain is another's."""
    return await services.add_organisation(tx, data, by=actor, now=now)


@get("/organisations/{organisation_id:int}", guards=[may("customers.read")])
async def get_organisation(tx: Tx, organisation_id: FromPath[int]) -> Organisation:
    """An organisation with its domains; its customers are counted to 1,000."""
    return await queries.get_organisation(tx, organisation_id)


@patch("/organisations/{organisation_id:int}", guards=[may("customers.write")])
async def patch_organisation(
    tx: Tx, actor: By, now: Now, organisation_id: FromPath[int], data: JSONBody[OrganisationPatch]
) -> Organisation:
    """Change an organisation, or archive it."""
    return await services.change_organisation(tx, organisation_id, data, by=actor, now=now)


HANDLERS = [get_organisations, post_organisation, get_organisation, patch_organisation]
