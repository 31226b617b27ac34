"""Endpoints of setting up help centres and portals, and of their pages."""

from typing import Any

from litestar import Router, delete, get, patch, post, put
from litestar.datastructures import State, UploadFile
from litestar.params import FromPath, JSONBody, MultipartBody
from litestar.status_codes import HTTP_200_OK

from ombud.portal import queries, services
from ombud.portal.customer import api as customer
from ombud.portal.customer import entrance
from ombud.portal.help_centre import api as help_centre
from ombud.portal.schemas import JwtSecret, PortalSite, PortalSiteList, PortalSitePatch, Viewers
from ombud.shared.errors import Invalid
from ombud.shared.http import By, Now, Reading, Tx, may

MAX_LOGO_REQUEST = services.MAX_LOGO_BYTES + 64 * 1024
BrandId = FromPath[int]


@get("/portal/sites", guards=[may("portal.manage")])
async def get_sites(reading: Reading, actor: By, state: State) -> PortalSiteList:
    """Help centre and portal of each brand; one that was never set up has its defaults."""
    return PortalSiteList(await services.list_sites(reading, state.settings.address, by=actor))


@patch("/portal/sites/{brand_id:int}", guards=[may("portal.manage")])
async def patch_site(
    tx: Tx, actor: By, now: Now, state: State, brand_id: BrandId, data: JSONBody[PortalSitePatch]
) -> PortalSite:
    """Set up or change a brand's help centre and portal. 409 ``site_changed``, ``site_taken``."""
    return await services.change_site(tx, brand_id, data, state.settings.address, by=actor, now=now)


@post(
    "/portal/sites/{brand_id:int}/logo",
    guards=[may("portal.manage")],
    status_code=HTTP_200_OK,
    request_max_body_size=MAX_LOGO_REQUEST,
)
async def post_logo(
    tx: Tx, actor: By, now: Now, state: State, brand_id: BrandId, data: MultipartBody[dict[str, UploadFile]]
) -> PortalSite:
    """Upload the logo (form field ``file``): PNG, JPEG or WebP, at most 512 KiB."""
    upload = data.get("file")
    if not isinstance(upload, UploadFile):
        raise Invalid("Send the file in the form field named file.", fields={"file": "required"})
    content = await upload.read()
    if not content:
        raise Invalid("The file is empty.", fields={"file": "required"})
    await services.set_logo(tx, state.files, brand_id, upload.filename, content, by=actor, now=now)
    return await services.get_site(tx, brand_id, state.settings.address, by=actor)


@delete("/portal/sites/{brand_id:int}/logo", guards=[may("portal.manage")])
async def delete_logo(tx: Tx, actor: By, now: Now, state: State, brand_id: BrandId) -> None:
    """Take the logo away."""
    await services.set_logo(tx, state.files, brand_id, "", b"", by=actor, now=now)


@post("/portal/sites/{brand_id:int}/jwt-secret", guards=[may("portal.manage")], status_code=HTTP_200_OK)
async def post_jwt_secret(tx: Tx, actor: By, now: Now, state: State, brand_id: BrandId) -> JwtSecret:
    """Make a new key by which the brand's own site signs its customers in, shown this once."""
    return JwtSecret(await services.rotate_secret(tx, brand_id, keys=state.key_ring, by=actor, now=now))


@get("/organisations/{organisation_id:int}/portal-viewers", guards=[may("customers.read")])
async def get_viewers(reading: Reading, organisation_id: FromPath[int]) -> Viewers:
    """Addresses whose owners see all tickets of an organisation in the portal."""
    return Viewers(await queries.viewers_of(reading, organisation_id))


@put("/organisations/{organisation_id:int}/portal-viewers", guards=[may("portal.grant")])
async def put_viewers(tx: Tx, actor: By, now: Now, organisation_id: FromPath[int], data: JSONBody[Viewers]) -> Viewers:
    """Say which addresses see all tickets of an organisation in the portal."""
    return Viewers(await services.set_viewers(tx, organisation_id, data, by=actor, now=now))


SETTINGS: list[Any] = [get_sites, patch_site, post_logo, delete_logo, post_jwt_secret, get_viewers, put_viewers]
routers = [
    Router("/api/v1", route_handlers=SETTINGS, tags=["portal"]),
    Router("/", route_handlers=[*help_centre.HANDLERS, *customer.HANDLERS, *entrance.HANDLERS]),
]
