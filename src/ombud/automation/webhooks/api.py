"""Endpoints of webhooks, under ``/api/v1/webhooks``.

They need ``app.state.key_ring`` (KeyRing) and ``app.state.outbound`` (Outbound).
"""

from litestar import Router, delete, get, patch, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from ombud.automation.webhooks import queries, services
from ombud.automation.webhooks.jobs import Courier
from ombud.automation.webhooks.schemas import (
    NewSecret,
    NewWebhook,
    Ping,
    Webhook,
    WebhookChange,
    WebhookDelivery,
    WebhookIn,
)
from ombud.shared.http import By, Now, Tx, may
from ombud.shared.paging import Paged, checked_limit, decode_cursor, page

MANAGE = [may("webhooks.manage")]


@get("", guards=MANAGE)
async def list_webhooks(
    tx: Tx, actor: By, cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50
) -> Paged[Webhook]:
    """All receivers, oldest first."""
    after = decode_cursor(cursor, int) if cursor else 0
    found = await queries.visible_webhooks(tx, by=actor, after=after, limit=checked_limit(limit))
    return page(found, limit, lambda one: one.id)


@post("", guards=MANAGE)
async def post_webhook(tx: Tx, actor: By, now: Now, state: State, data: JSONBody[WebhookIn]) -> NewWebhook:
    """Make a receiver. The answer holds the secret of its signatures; it is shown only here."""
    guard = state.outbound.guard
    return await services.create_webhook(tx, data, keys=state.key_ring, guard=guard, by=actor, now=now)


@get("/{webhook_id:int}", guards=MANAGE)
async def get_webhook(tx: Tx, actor: By, webhook_id: FromPath[int]) -> Webhook:
    """One receiver."""
    return await queries.visible_webhook(tx, webhook_id, by=actor)


@patch("/{webhook_id:int}", guards=MANAGE)
async def patch_webhook(
    tx: Tx, actor: By, now: Now, state: State, webhook_id: FromPath[int], data: JSONBody[WebhookChange]
) -> Webhook:
    """Change a receiver; ``is_active`` true starts a paused one again."""
    return await services.change_webhook(tx, webhook_id, data, guard=state.outbound.guard, by=actor, now=now)


@delete("/{webhook_id:int}", guards=MANAGE, status_code=HTTP_204_NO_CONTENT)
async def delete_webhook(tx: Tx, actor: By, now: Now, webhook_id: FromPath[int]) -> None:
    """Remove a receiver and its deliveries."""
    await services.remove_webhook(tx, webhook_id, by=actor, now=now)


@post("/{webhook_id:int}/secret", guards=MANAGE, status_code=HTTP_200_OK)
async def post_secret(tx: Tx, actor: By, now: Now, state: State, webhook_id: FromPath[int]) -> NewSecret:
    """Replace the secret; the old one signs nothing more. The new one is shown only here."""
    return await services.renew_secret(tx, webhook_id, keys=state.key_ring, by=actor, now=now)


@post("/{webhook_id:int}/test", guards=MANAGE, status_code=HTTP_200_OK)
async def post_test(actor: By, state: State, webhook_id: FromPath[int]) -> Ping:
    """Send an event of the kind ``ping`` at once and tell how the receiver answered."""
    # No transaction is held while somebody else's machine takes its time.
    async with state.database.transaction() as tx:
        found = await queries.visible_webhook(tx, webhook_id, by=actor)
        sealed = await queries.sealed_secret(tx, webhook_id)
    courier = Courier(state.database, state.key_ring, state.outbound, state.clock)
    return await courier.ping(webhook_id, found.url, sealed)


@get("/{webhook_id:int}/deliveries", guards=MANAGE)
async def list_deliveries(
    tx: Tx, actor: By, webhook_id: FromPath[int], cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50
) -> Paged[WebhookDelivery]:
    """What was sent or is to be sent, newest first; kept for 30 days."""
    await queries.visible_webhook(tx, webhook_id, by=actor)
    before = decode_cursor(cursor, int) if cursor else None
    found = await queries.deliveries(tx, webhook_id, before=before, limit=checked_limit(limit))
    return page(found, limit, lambda one: one.id)


@post("/{webhook_id:int}/deliveries/{delivery_id:int}/retry", guards=MANAGE, status_code=HTTP_200_OK)
async def post_retry(
    tx: Tx, actor: By, now: Now, webhook_id: FromPath[int], delivery_id: FromPath[int]
) -> WebhookDelivery:
    """Send an event again; 409 with the code ``delivery_still_queued`` while it is on its way."""
    return await services.retry_delivery(tx, webhook_id, delivery_id, by=actor, now=now)


routers = [
    Router(
        "/api/v1/webhooks",
        route_handlers=[
            list_webhooks,
            post_webhook,
            get_webhook,
            patch_webhook,
            delete_webhook,
            post_secret,
            post_test,
            list_deliveries,
            post_retry,
        ],
        tags=["webhooks"],
    )
]
