"""One-time links and lost passwords."""

from litestar import Response, post
from litestar.background_tasks import BackgroundTask
from litestar.params import JSONBody

from ombud.accounts import limits
from ombud.accounts.api.edge import Edge, own_page
from ombud.accounts.api.session import Asked, begun
from ombud.accounts.authentication import origin_of
from ombud.accounts.schemas import LinkInfo, RedemptionInput, ResetInput, SessionStart, TokenInput
from ombud.accounts.services.links import inspect_link, redeem_link, request_password_reset
from ombud.shared.clients import client_ip, limit_address
from ombud.shared.http import Now, anybody


async def _count(request: Asked, edge: Edge, limit: limits.Limits, now: Now) -> limits.Tries:
    """Count a try; whoever holds a right link gets it back, since a whole office comes from one address."""
    tries = ((limit, limit_address(client_ip(request, edge.settings))),)
    await limits.count_try_for_good(edge.database, tries, now=now)
    return tries


@post(
    "/one-time-links/inspection",
    guards=[anybody, own_page],
    operation_id="inspect_one_time_link",
    summary="Whom a one-time link is for",
    tags=["session"],
    status_code=200,
)
async def post_inspection(data: JSONBody[TokenInput], request: Asked, edge: Edge, now: Now) -> LinkInfo:
    """Look at a link without using it up. 404 ``link_not_valid``."""
    tries = await _count(request, edge, limits.LINKS, now)
    async with edge.database.transaction() as tx:
        found = await inspect_link(tx, token=data.token, now=now)
        await limits.forgive_try(tx, tries)
    return found


@post(
    "/one-time-links/redemption",
    guards=[anybody, own_page],
    operation_id="redeem_one_time_link",
    summary="Use a one-time link",
    tags=["session"],
    status_code=200,
)
async def post_redemption(
    data: JSONBody[RedemptionInput], request: Asked, edge: Edge, now: Now
) -> Response[SessionStart]:
    """Sign in by a link; a password is needed unless the link only signs in. 400 ``weak_password``."""
    tries = await _count(request, edge, limits.LINKS, now)
    origin = origin_of(request, edge.settings)
    started = await redeem_link(edge.database, wanted=data, origin=origin, now=now)
    async with edge.database.transaction() as tx:
        await limits.forgive_try(tx, tries)
    return begun(started, edge, now)


@post(
    "/password-resets",
    guards=[anybody, own_page],
    operation_id="request_password_reset",
    summary="Ask for a link to choose a new password",
    tags=["session"],
    status_code=202,
)
async def post_password_reset(data: JSONBody[ResetInput], request: Asked, edge: Edge, now: Now) -> Response[None]:
    """Always 202, at once: neither answer nor time tells whether somebody has the address."""
    await _count(request, edge, limits.RESET_ADDRESS, now)
    later = BackgroundTask(
        request_password_reset,
        edge.database,
        email=data.email,
        mail=edge.mail,
        address=edge.settings.address,
        now=now,
    )
    return Response(None, status_code=202, background=later)


handlers = [post_inspection, post_redemption, post_password_reset]
