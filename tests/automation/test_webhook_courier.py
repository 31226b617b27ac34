"""The courier at work: crashes, crowds, slow receivers, pauses, and the trial."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import timedelta

from ombud.automation.webhooks import queries, rules, services
from ombud.automation.webhooks.jobs import Courier
from ombud.automation.webhooks.schemas import NewWebhook, Outcome, WebhookChange
from ombud.shared.actor import Actor
from ombud.shared.clock import Clock
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Database, value
from ombud.shared.outbound import Guard, Limits, Outbound
from tests.automation.webhook_facts import OPENED, Happen, Make, log_of
from tests.receiver import Receiver, receiving


async def is_active(database: Database, webhook: NewWebhook, by: Actor) -> bool:
    async with database.transaction() as tx:
        return (await queries.visible_webhook(tx, webhook.id, by=by)).is_active


@contextlib.asynccontextmanager
async def running(courier: Courier) -> AsyncIterator[asyncio.Event]:
    woken = asyncio.Event()
    task = asyncio.create_task(courier.run(woken))
    try:
        yield woken
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_claim_delivery_taken_on_by_a_dead_process_comes_back(
    database: Database, make: Make, happen: Happen, courier: Courier, clock: Clock, receiver: Receiver
) -> None:
    webhook = await make(kinds=("ticket_opened",))
    await happen(OPENED)
    async with database.transaction() as tx:
        (lost,) = await services.claim_deliveries(tx, busy={}, at_once=4, now=clock.now())
    assert await courier.deliver_due() == 0
    clock.set(clock.now() + timedelta(minutes=3))
    assert await courier.deliver_due() == 1
    async with database.transaction() as tx:
        late = Outcome("failed", 500, "late", 1)
        await services.note_outcome(tx, lost, late, now=clock.now())
    (kept,) = await log_of(database, webhook.id)
    # What the dead one would have written counts no more.
    assert (kept.state, kept.attempts, len(receiver.got)) == ("delivered", 2, 1)


async def test_claim_deliveries_by_many_sends_each_once(
    database: Database, make: Make, happen: Happen, keys: KeyRing, outbound: Outbound, clock: Clock, receiver: Receiver
) -> None:
    webhook = await make(kinds=("ticket_opened",))
    await happen(*[OPENED] * 40)
    couriers = [Courier(database, keys, outbound, clock) for _ in range(4)]

    async def work(courier: Courier) -> None:
        while await courier.deliver_due():
            pass

    await asyncio.gather(*(work(courier) for courier in couriers))
    ids = [got.headers["x-ombud-event-id"] for got in receiver.got]
    assert len(ids) == len(set(ids)) == 40
    assert {one.state for one in await log_of(database, webhook.id)} == {"delivered"}


async def test_run_courier_with_a_slow_receiver_serves_the_others(
    database: Database, make: Make, happen: Happen, keys: KeyRing, outbound: Outbound, clock: Clock, receiver: Receiver
) -> None:
    patient = Courier(database, keys, outbound, clock, limits=Limits(seconds=60))
    async with receiving() as slow:
        slow.delay_seconds = 60
        await make(kinds=("ticket_opened",), url=slow.url())
        await make(kinds=("ticket_opened",))
        await happen(*[OPENED] * 30)
        async with running(patient):
            await receiver.wait_for(30, seconds=30)
        # The slow one has its four places filled and nothing more; the other got all.
        assert len(slow.got) == slow.most_open == 4
        assert receiver.most_open <= 4


async def test_run_courier_woken_delivers_at_once(
    make: Make, happen: Happen, courier: Courier, receiver: Receiver
) -> None:
    await make(kinds=("ticket_opened",))
    async with running(courier) as woken:
        await asyncio.sleep(0.2)
        await happen(OPENED)
        woken.set()
        await receiver.wait_for(1, seconds=0.7)


async def test_note_failure_for_days_pauses_the_webhook_and_says_so(
    database: Database, make: Make, happen: Happen, courier: Courier, receiver: Receiver, clock: Clock, by: Actor
) -> None:
    webhook = await make(kinds=("ticket_opened",))
    receiver.status = 404
    await happen(OPENED)
    await courier.deliver_due()
    clock.set(clock.now() + rules.PAUSED_AFTER - timedelta(hours=1))
    await happen(OPENED)
    await courier.deliver_due()
    assert await is_active(database, webhook, by)
    clock.set(clock.now() + timedelta(hours=2))
    await happen(OPENED)
    await courier.deliver_due()
    assert not await is_active(database, webhook, by)
    async with database.transaction() as tx:
        sql = "select (data->>'webhook_id')::int from event_new where kind = 'webhook_paused'"
        assert await value(tx, int, sql) == webhook.id


async def test_note_success_after_failures_starts_the_count_anew(
    database: Database, make: Make, happen: Happen, courier: Courier, receiver: Receiver, clock: Clock, by: Actor
) -> None:
    webhook = await make(kinds=("ticket_opened",))
    receiver.statuses = [404, 200, 404]
    for _ in range(3):
        await happen(OPENED)
        await courier.deliver_due()
        clock.set(clock.now() + timedelta(days=4))
    assert await is_active(database, webhook, by)


async def test_start_paused_webhook_sends_what_was_left(
    database: Database, make: Make, happen: Happen, courier: Courier, receiver: Receiver, by: Actor, guard: Guard
) -> None:
    webhook = await make(kinds=("ticket_opened",))
    await happen(OPENED)
    async with database.transaction() as tx:
        await tx.execute("update webhook set is_active = false, paused_at = now(), failing_since = now()")
    assert await courier.deliver_due() == 0
    async with database.transaction() as tx:
        change = WebhookChange(is_active=True)
        started = await services.change_webhook(tx, webhook.id, change, guard=guard, by=by, now=webhook.created_at)
    assert (started.paused_at, started.failing_since) == (None, None)
    assert await courier.deliver_due() == 1
    assert len(receiver.got) == 1


async def test_forget_deliveries_removes_old_outcomes_only(
    database: Database, make: Make, happen: Happen, courier: Courier, clock: Clock
) -> None:
    webhook = await make(kinds=("ticket_opened",))
    await happen(OPENED)
    await courier.deliver_due()
    clock.set(clock.now() + timedelta(days=31))
    await happen(OPENED)
    async with database.transaction() as tx:
        assert await services.forget_deliveries(tx, now=clock.now()) == 1
    assert [one.state for one in await log_of(database, webhook.id)] == ["queued"]


async def test_ping_webhook_tells_how_it_answered(
    database: Database, make: Make, courier: Courier, receiver: Receiver
) -> None:
    webhook = await make()
    async with database.transaction() as tx:
        sealed = await queries.sealed_secret(tx, webhook.id)
    ping = await courier.ping(webhook.id, webhook.url, sealed)
    assert (ping.ok, ping.response_status, ping.response_excerpt) == (True, 200, "thanks")
    (got,) = receiver.got
    assert json.loads(got.body)["kind"] == "ping"
    assert got.headers["x-ombud-event-id"].startswith("ping-")
    assert await log_of(database, webhook.id) == []


async def test_ping_webhook_that_is_away_tells_why(make: Make, database: Database, courier: Courier) -> None:
    webhook = await make(url="http://127.0.0.1:1/")
    async with database.transaction() as tx:
        sealed = await queries.sealed_secret(tx, webhook.id)
    ping = await courier.ping(webhook.id, webhook.url, sealed)
    assert (ping.ok, ping.response_status) == (False, None)
    assert "ConnectError" in ping.response_excerpt


def test_limits_of_a_delivery_end_long_before_it_counts_as_stale() -> None:
    assert Limits().seconds * 4 < rules.STALE_AFTER.total_seconds()
