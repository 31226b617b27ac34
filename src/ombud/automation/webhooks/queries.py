"""Reads of webhooks. Whoever is limited to teams sees the webhooks that are limited to these."""

from ombud.automation.webhooks.schemas import Webhook, WebhookDelivery
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows, value
from ombud.shared.errors import NotFound

COLUMNS = "id, name, url, kinds, team_ids, is_active, created_at, failing_since, paused_at"
# A webhook tells of every brand: whoever is limited to some sees none.
VISIBLE = "%(brands)s::bigint[] is null and (%(teams)s::bigint[] is null or team_ids <@ %(teams)s::bigint[])"


async def visible_webhooks(tx: Transaction, *, by: Actor, after: int, limit: int) -> list[Webhook]:
    """A page of webhooks by id, one more than the limit."""
    sql = f"select {COLUMNS} from webhook where id > %(after)s and {VISIBLE} order by id limit %(limit)s"
    return await rows(tx, Webhook, sql, {"after": after, "limit": limit + 1, **by.sight()})


async def visible_webhook(tx: Transaction, webhook_id: int, *, by: Actor, lock: bool = False) -> Webhook:
    """One webhook, locked for a change if wanted.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
    """
    sql = f"select {COLUMNS} from webhook where id = %(id)s and {VISIBLE}"
    params = {"id": webhook_id, **by.sight()}
    found = await row(tx, Webhook, f"{sql} for update" if lock else sql, params)
    if found is None:
        raise NotFound
    return found


async def sealed_secret(tx: Transaction, webhook_id: int) -> bytes:
    """The encrypted secret of a webhook that was found before."""
    return await value(tx, bytes, "select secret from webhook where id = %(id)s", {"id": webhook_id}) or b""


async def deliveries(tx: Transaction, webhook_id: int, *, before: int | None, limit: int) -> list[WebhookDelivery]:
    """A page of a webhook's deliveries, newest first, one more than the limit."""
    sql = """
        select d.id, d.seq as event_id, e.kind, e.ticket_id, d.state, d.attempts, d.not_before, d.response_status,
               d.response_excerpt, d.duration_ms, d.created_at, d.done_at
        from webhook_delivery d left join event e on e.seq = d.seq
        where d.webhook_id = %(id)s and (%(before)s::bigint is null or d.id < %(before)s)
        order by d.id desc limit %(limit)s"""
    return await rows(tx, WebhookDelivery, sql, {"id": webhook_id, "before": before, "limit": limit + 1})


async def delivery(tx: Transaction, webhook_id: int, delivery_id: int) -> WebhookDelivery:
    """One delivery of a webhook.

    Raises:
        NotFound: the webhook has no such delivery.
    """
    found = await deliveries(tx, webhook_id, before=delivery_id + 1, limit=0)
    if not found or found[0].id != delivery_id:
        raise NotFound
    return found[0]


async def count_teams(tx: Transaction, team_ids: list[int]) -> int:
    """How many of these teams exist."""
    sql = "select count(*) from team where id = any(%(ids)s) and archived_at is null"
    return await value(tx, int, sql, {"ids": team_ids}) or 0
