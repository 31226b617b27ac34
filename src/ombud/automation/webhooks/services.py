"""Verbs on webhooks, and what the reader and the courier write."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import UNSET, structs

from ombud.automation.webhooks import queries
from ombud.automation.webhooks.events import WebhookChanged, WebhookCreated, WebhookPaused, WebhookRemoved
from ombud.automation.webhooks.rules import KEPT_FOR, PAUSED_AFTER, STALE_AFTER
from ombud.automation.webhooks.schemas import (
    EVERY_KIND,
    Claimed,
    NewSecret,
    NewWebhook,
    Outcome,
    Webhook,
    WebhookChange,
    WebhookDelivery,
    WebhookIn,
)
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.crypto import KeyRing, new_token
from ombud.shared.database import Transaction, draw_ids, execute, rows, value
from ombud.shared.errors import Conflict, Invalid, NotAllowed
from ombud.shared.events import Event, emit
from ombud.shared.outbound import Guard

SECRET_PREFIX = "whsec_"  # noqa: S105 – tells people what it is; the secret comes behind it


class StillQueued(Conflict):
    """This delivery is still to be made. Wait for its outcome, then send it again."""

    code = "delivery_still_queued"


def secret_place(webhook_id: int) -> str:
    """What a webhook's secret is bound to."""
    return f"webhook.secret.{webhook_id}"


async def create_webhook(
    tx: Transaction, given: WebhookIn, *, keys: KeyRing, guard: Guard, by: Actor, now: datetime
) -> NewWebhook:
    """Keep a new receiver and give its secret, this once.

    Raises:
        AddressRefused: the address may not be called.
        Invalid: a team does not exist, or ``by`` may not see it.

    Emits: WebhookCreated
    """
    guard.check_url(given.url)
    await _check_teams(tx, given.team_ids, by=by)
    (webhook_id,) = await draw_ids(tx, "webhook", 1)
    secret = new_token(SECRET_PREFIX)
    sql = """
        insert into webhook (id, name, url, secret, kinds, team_ids, is_active, created_by, created_at)
        values (%(id)s, %(name)s, %(url)s, %(secret)s, %(kinds)s, %(team_ids)s, %(is_active)s,
                coalesce((select created_by from api_key where id = %(api_key_id)s), %(person_id)s), %(now)s)"""
    params = structs.asdict(given) | {
        "id": webhook_id,
        "secret": keys.seal(secret.encode(), place=secret_place(webhook_id)),
        "kinds": _tidy_kinds(given.kinds),
        "api_key_id": by.id if by.kind == "api_key" else None,
        "person_id": by.id if by.kind == "person" else None,
        "now": now,
    }
    await tx.execute(sql, params)
    await emit(tx, WebhookCreated(webhook_id=webhook_id), by=by, at=now)
    kept = await queries.visible_webhook(tx, webhook_id, by=by)
    return NewWebhook(**structs.asdict(kept), secret=secret)


async def change_webhook(
    tx: Transaction, webhook_id: int, change: WebhookChange, *, guard: Guard, by: Actor, now: datetime
) -> Webhook:
    """Change a receiver. Starting a paused one sends what was left queued, too; no change emits nothing.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        AddressRefused: the address may not be called.
        Invalid: a team does not exist, or ``by`` may not see it.

    Emits: WebhookChanged
    """
    before = await queries.visible_webhook(tx, webhook_id, by=by, lock=True)
    given = {name: new for name, new in structs.asdict(change).items() if new is not UNSET}
    if "url" in given:
        guard.check_url(given["url"])
    if "team_ids" in given:
        await _check_teams(tx, given["team_ids"], by=by)
    if "kinds" in given:
        given["kinds"] = _tidy_kinds(given["kinds"])
    if given.get("is_active") and not before.is_active:
        given |= {"paused_at": None, "failing_since": None}
    after = structs.replace(before, **given)
    if after == before:
        return before
    sql = """
        update webhook set name = %(name)s, url = %(url)s, kinds = %(kinds)s, team_ids = %(team_ids)s,
            is_active = %(is_active)s, paused_at = %(paused_at)s, failing_since = %(failing_since)s
        where id = %(id)s"""
    await tx.execute(sql, structs.asdict(after))
    await emit(tx, WebhookChanged(webhook_id=webhook_id), by=by, at=now)
    return after


async def remove_webhook(tx: Transaction, webhook_id: int, *, by: Actor, now: datetime) -> None:
    """Remove a receiver with its deliveries.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.

    Emits: WebhookRemoved
    """
    await queries.visible_webhook(tx, webhook_id, by=by, lock=True)
    await tx.execute("delete from webhook where id = %(id)s", {"id": webhook_id})
    await emit(tx, WebhookRemoved(webhook_id=webhook_id), by=by, at=now)


async def renew_secret(tx: Transaction, webhook_id: int, *, keys: KeyRing, by: Actor, now: datetime) -> NewSecret:
    """Give a receiver another secret; the old one signs nothing more from now on.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.

    Emits: WebhookChanged
    """
    await queries.visible_webhook(tx, webhook_id, by=by, lock=True)
    secret = new_token(SECRET_PREFIX)
    sealed = keys.seal(secret.encode(), place=secret_place(webhook_id))
    await tx.execute("update webhook set secret = %(secret)s where id = %(id)s", {"secret": sealed, "id": webhook_id})
    await emit(tx, WebhookChanged(webhook_id=webhook_id), by=by, at=now)
    return NewSecret(secret)


async def retry_delivery(
    tx: Transaction, webhook_id: int, delivery_id: int, *, by: Actor, now: datetime
) -> WebhookDelivery:
    """Send an event again, with all attempts before it; a delivered one too, if somebody asks for it.

    Raises:
        NotFound: there is no such delivery, or ``by`` may not see its webhook.
        StillQueued: it is under way, or waits for its next attempt.
    """
    await queries.visible_webhook(tx, webhook_id, by=by)
    found = await queries.delivery(tx, webhook_id, delivery_id)
    sql = """
        update webhook_delivery set state = 'queued', attempts = 0, not_before = %(now)s, done_at = null
        where id = %(id)s and state in ('delivered', 'failed')"""
    if not await execute(tx, sql, {"id": found.id, "now": now}):
        raise StillQueued
    return await queries.delivery(tx, webhook_id, delivery_id)


async def queue_deliveries(tx: Transaction, events: Sequence[Event], now: datetime) -> None:
    """Queue each event for every webhook that wants it, once; this is the webhooks' reaction to the log."""
    sql = """
        insert into webhook_delivery (webhook_id, seq, not_before, created_at)
        select w.id, e.seq, %(now)s, %(now)s
        from webhook w
        cross join unnest(%(seqs)s::bigint[], %(kinds)s::text[], %(teams)s::bigint[]) as e (seq, kind, team_id)
        where w.is_active and w.kinds && array[e.kind, %(every)s]
          and (w.team_ids is null or e.team_id = any(w.team_ids))
        order by e.seq, w.id
        on conflict (webhook_id, seq) do nothing"""
    params = {
        "now": now,
        "every": EVERY_KIND,
        "seqs": [event.seq for event in events],
        "kinds": [event.kind for event in events],
        "teams": [event.team_id for event in events],
    }
    await tx.execute(sql, params)


async def claim_deliveries(tx: Transaction, *, busy: dict[int, int], at_once: int, now: datetime) -> list[Claimed]:
    """Take what is due, for each webhook as many as it has free places of ``at_once``.

    Commit before anything is sent: after a crash the rows are found as ``sending`` and queued again when stale.
    """
    sql = """
        with due as (
            select d.id
            from webhook w
            left join unnest(%(ids)s::bigint[], %(counts)s::int[]) as b (id, count) on b.id = w.id
            cross join lateral (
                select id from webhook_delivery
                where webhook_id = w.id and state = 'queued' and not_before <= %(now)s
                order by not_before, id
                limit greatest(%(at_once)s - coalesce(b.count, 0), 0)
                for update skip locked
            ) d
            where w.is_active
        ), claimed as (
            update webhook_delivery set state = 'sending', claimed_at = %(now)s, attempts = attempts + 1
            where id in (select id from due)
            returning id, webhook_id, seq, attempts, claimed_at
        )
        select c.id, c.webhook_id, c.seq, c.attempts, c.claimed_at, w.url, w.secret
        from claimed c join webhook w on w.id = c.webhook_id order by c.seq, c.id"""
    params = {"ids": list(busy), "counts": list(busy.values()), "now": now, "at_once": at_once}
    return await rows(tx, Claimed, sql, params)


async def release_stale_deliveries(tx: Transaction, *, now: datetime) -> int:
    """Queue again what a dead process had taken on; how many."""
    sql = """
        update webhook_delivery set state = 'queued', claimed_at = null
        where state = 'sending' and claimed_at < %(stale)s"""
    return await execute(tx, sql, {"stale": now - STALE_AFTER})


async def note_outcome(tx: Transaction, claimed: Claimed, outcome: Outcome, *, now: datetime) -> None:
    """Write how an attempt ended, unless the delivery was given to somebody else meanwhile.

    Emits: WebhookPaused, when the receiver has failed for days.
    """
    sql = """
        update webhook_delivery set state = %(state)s, claimed_at = null, response_status = %(status)s,
            response_excerpt = %(excerpt)s, duration_ms = %(duration_ms)s, not_before = %(not_before)s,
            done_at = case when %(state)s = 'queued' then null else %(now)s::timestamptz end
        where id = %(id)s and state = 'sending' and claimed_at = %(claimed_at)s"""
    params = {
        "id": claimed.id,
        "claimed_at": claimed.claimed_at,
        "state": outcome.state,
        "status": outcome.status,
        "excerpt": outcome.excerpt,
        "duration_ms": outcome.duration_ms,
        "not_before": now + timedelta(seconds=outcome.wait_seconds),
        "now": now,
    }
    if not await execute(tx, sql, params):
        return
    if outcome.state == "delivered":
        sql = "update webhook set failing_since = null where id = %(id)s and failing_since is not null"
        await tx.execute(sql, {"id": claimed.webhook_id})
    else:
        await _note_failing(tx, claimed.webhook_id, now=now)


async def forget_deliveries(tx: Transaction, *, now: datetime, limit: int = 10_000) -> int:
    """Remove outcomes older than 30 days, some at a time; how many."""
    sql = """
        delete from webhook_delivery where id in (
            select id from webhook_delivery where done_at < %(before)s order by done_at limit %(limit)s
        )"""
    return await execute(tx, sql, {"before": now - KEPT_FOR, "limit": limit})


async def _note_failing(tx: Transaction, webhook_id: int, *, now: datetime) -> None:
    params = {"id": webhook_id, "now": now, "before": now - PAUSED_AFTER}
    await tx.execute("update webhook set failing_since = %(now)s where id = %(id)s and failing_since is null", params)
    sql = """
        update webhook set is_active = false, paused_at = %(now)s
        where id = %(id)s and is_active and failing_since < %(before)s returning id"""
    if await value(tx, int, sql, params):
        await emit(tx, WebhookPaused(webhook_id=webhook_id), by=SYSTEM, at=now)


async def _check_teams(tx: Transaction, team_ids: list[int] | None, *, by: Actor) -> None:
    if by.brand_ids is not None:
        raise NotAllowed("A webhook tells of every brand, and you see some of them only. Ask an administrator.")
    if team_ids is None and by.team_ids is None:
        return
    wanted = sorted(set(team_ids or []))
    is_seen = bool(wanted) and all(by.sees_team(team_id) for team_id in wanted)
    if not is_seen or await queries.count_teams(tx, wanted) != len(wanted):
        raise Invalid("Choose teams that exist and that you may see.", fields={"team_ids": "unknown team"})


def _tidy_kinds(kinds: list[str]) -> list[str]:
    return [EVERY_KIND] if EVERY_KIND in kinds else sorted(set(kinds))
