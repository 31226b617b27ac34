"""From an event to somebody else's machine: once queued, signed, retried, never held up, never a customer's word."""

import hmac
import json
from datetime import timedelta

import pytest

from ombud.automation.webhooks import rules, services
from ombud.automation.webhooks.jobs import Courier
from ombud.automation.webhooks.reactions import WEBHOOKS
from ombud.automation.webhooks.schemas import WebhookChange
from ombud.shared.actor import Actor
from ombud.shared.clock import Clock
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Database
from ombud.shared.outbound import Guard, Outbound
from ombud.shared.readers import read_batch
from tests.automation.webhook_facts import OPENED, Happen, Make, NoteAdded, TicketOpened, log_of
from tests.receiver import Receiver


async def test_deliver_event_sends_ids_signed(
    database: Database, make: Make, happen: Happen, courier: Courier, receiver: Receiver
) -> None:
    webhook = await make(kinds=("ticket_opened", "note_added"))
    await happen(TicketOpened(ticket_id=10_001, team_id=1, priority=3))
    assert await courier.deliver_due() == 1
    (got,) = receiver.got
    assert json.loads(got.body) == {
        "id": 2,
        "kind": "ticket_opened",
        "at": "2026-05-04T09:30:00Z",
        "ticket_id": 10_001,
        "team_id": 1,
        "actor": {"kind": "system", "id": None},
        "data": {"priority": 3},
    }
    assert got.headers["content-type"] == "application/json"
    assert got.headers["x-ombud-event-id"] == "2"
    stamp = got.headers["x-ombud-timestamp"]
    digest = hmac.new(webhook.secret.encode(), f"{stamp}.".encode() + got.body, "sha256").hexdigest()
    assert got.headers["x-ombud-signature"] == f"v1={digest}"
    (kept,) = await log_of(database, webhook.id)
    assert (kept.state, kept.response_status, kept.response_excerpt, kept.attempts) == ("delivered", 200, "thanks", 1)


async def test_queue_event_for_chosen_kinds_only(database: Database, make: Make, happen: Happen) -> None:
    webhook = await make(kinds=("note_added",))
    await happen(OPENED, NoteAdded(ticket_id=10_001, team_id=1), OPENED)
    assert [one.kind for one in await log_of(database, webhook.id)] == ["note_added"]


async def test_queue_event_of_another_team_leaves_it_out(database: Database, make: Make, happen: Happen) -> None:
    one, other = await make(team_ids=[1]), await make(team_ids=[2])
    await happen(OPENED, TicketOpened(ticket_id=10_002, team_id=2), TicketOpened(ticket_id=10_003))
    assert [kept.ticket_id for kept in await log_of(database, one.id)] == [10_001]
    assert [kept.ticket_id for kept in await log_of(database, other.id)] == [10_002]


async def test_queue_event_of_any_kind_for_a_star(database: Database, make: Make, happen: Happen) -> None:
    webhook = await make(kinds=("*", "note_added"))
    await happen(OPENED, NoteAdded(ticket_id=10_001, team_id=1))
    kinds = [one.kind for one in await log_of(database, webhook.id)]
    assert kinds == ["webhook_created", "ticket_opened", "note_added"]


async def test_queue_event_read_twice_makes_one_delivery(database: Database, make: Make, happen: Happen) -> None:
    webhook = await make(kinds=("ticket_opened",))
    await happen(OPENED)
    async with database.transaction() as tx:
        await tx.execute("update reader set seq = 0")
    await read_batch(database, WEBHOOKS, now=webhook.created_at)
    assert len(await log_of(database, webhook.id)) == 1


async def test_queue_event_while_paused_leaves_it_out(
    database: Database, make: Make, happen: Happen, by: Actor, guard: Guard
) -> None:
    webhook = await make(kinds=("ticket_opened",))
    async with database.transaction() as tx:
        change = WebhookChange(is_active=False)
        await services.change_webhook(tx, webhook.id, change, guard=guard, by=by, now=webhook.created_at)
    await happen(OPENED)
    assert await log_of(database, webhook.id) == []


async def test_deliver_event_never_holds_what_somebody_wrote(
    database: Database, make: Make, happen: Happen, courier: Courier, receiver: Receiver
) -> None:
    secret_note = "客户很难缠 do not tell him"
    webhook = await make(kinds=("note_added",))
    await happen(NoteAdded(ticket_id=10_001, team_id=1))
    async with database.transaction() as tx:
        careless = {"entry_id": 9, "text": "short", "body": secret_note, "who": secret_note, "list": [secret_note, 4]}
        await tx.execute(
            "update event set data = %s::jsonb where kind = 'note_added'", [json.dumps(careless, ensure_ascii=False)]
        )
    await courier.deliver_due()
    (got,) = receiver.got
    assert json.loads(got.body)["data"] == {"entry_id": 9, "list": [4]}
    assert secret_note not in got.body.decode() + str(got.headers)
    assert len(await log_of(database, webhook.id)) == 1


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_deliver_event_refused_for_now_is_tried_again_later(
    database: Database, make: Make, happen: Happen, courier: Courier, receiver: Receiver, clock: Clock, status: int
) -> None:
    webhook = await make(kinds=("ticket_opened",))
    await happen(OPENED)
    receiver.statuses = [status]
    await courier.deliver_due()
    (kept,) = await log_of(database, webhook.id)
    assert (kept.state, kept.response_status, kept.attempts) == ("queued", status, 1)
    assert timedelta(seconds=10) <= kept.not_before - clock.now() <= timedelta(seconds=11)
    assert await courier.deliver_due() == 0
    clock.set(kept.not_before)
    assert await courier.deliver_due() == 1
    (kept,) = await log_of(database, webhook.id)
    assert (kept.state, kept.attempts) == ("delivered", 2)


async def test_deliver_event_waits_as_long_as_the_receiver_asks(
    database: Database, make: Make, happen: Happen, courier: Courier, receiver: Receiver, clock: Clock
) -> None:
    webhook = await make(kinds=("ticket_opened",))
    await happen(OPENED)
    receiver.statuses, receiver.headers = [429], {"Retry-After": "900"}
    await courier.deliver_due()
    (kept,) = await log_of(database, webhook.id)
    assert kept.not_before - clock.now() == timedelta(seconds=900)


@pytest.mark.parametrize("status", [301, 400, 404, 410])
async def test_deliver_event_refused_for_good_fails_at_once(
    database: Database, make: Make, happen: Happen, courier: Courier, receiver: Receiver, status: int
) -> None:
    webhook = await make(kinds=("ticket_opened",))
    await happen(OPENED)
    receiver.statuses = [status]
    await courier.deliver_due()
    (kept,) = await log_of(database, webhook.id)
    assert (kept.state, kept.response_status, kept.attempts) == ("failed", status, 1)


async def test_deliver_event_that_always_fails_gives_up_after_ten_attempts(
    database: Database, make: Make, happen: Happen, courier: Courier, receiver: Receiver, clock: Clock
) -> None:
    webhook = await make(kinds=("ticket_opened",))
    await happen(OPENED)
    receiver.status = 500
    for _ in range(rules.MAX_ATTEMPTS):
        assert await courier.deliver_due() == 1
        clock.set(clock.now() + timedelta(hours=7))
    assert await courier.deliver_due() == 0
    (kept,) = await log_of(database, webhook.id)
    assert (kept.state, kept.attempts, len(receiver.got)) == ("failed", 10, 10)


@pytest.mark.parametrize("manner", ["reset", "silent"])
async def test_deliver_event_broken_off_is_tried_again(
    database: Database, make: Make, happen: Happen, courier: Courier, receiver: Receiver, manner: str
) -> None:
    webhook = await make(kinds=("ticket_opened",))
    await happen(OPENED)
    receiver.manner = manner
    await courier.deliver_due()
    (kept,) = await log_of(database, webhook.id)
    assert (kept.state, kept.response_status) == ("queued", None)
    assert kept.response_excerpt


async def test_deliver_event_to_a_silent_receiver_times_out(
    database: Database, make: Make, happen: Happen, courier: Courier, receiver: Receiver
) -> None:
    webhook = await make(kinds=("ticket_opened",))
    await happen(OPENED)
    receiver.delay_seconds = 30
    await courier.deliver_due()
    (kept,) = await log_of(database, webhook.id)
    assert (kept.state, kept.response_excerpt) == ("queued", "No answer within 1 s.")
    assert 900 <= (kept.duration_ms or 0) <= 2_000


async def test_deliver_event_answered_without_end_is_delivered_and_cut(
    database: Database, make: Make, happen: Happen, courier: Courier, receiver: Receiver
) -> None:
    webhook = await make(kinds=("ticket_opened",))
    await happen(OPENED)
    receiver.manner = "pour"
    await courier.deliver_due()
    (kept,) = await log_of(database, webhook.id)
    assert (kept.state, len(kept.response_excerpt or "")) == ("delivered", 500)


async def test_deliver_event_redirected_inside_reaches_nobody_there(
    database: Database, make: Make, happen: Happen, courier: Courier, receiver: Receiver
) -> None:
    webhook = await make(kinds=("ticket_opened",))
    await happen(OPENED)
    receiver.status, receiver.headers = 307, {"Location": receiver.url("/inside")}
    await courier.deliver_due()
    assert [got.path for got in receiver.got] == ["/hook"]
    assert (await log_of(database, webhook.id))[0].state == "failed"


async def test_deliver_event_to_a_name_that_leads_inside_fails_at_once(
    database: Database, make: Make, happen: Happen, keys: KeyRing, clock: Clock, receiver: Receiver
) -> None:
    webhook = await make(kinds=("ticket_opened",), url=receiver.url(host="localhost"))
    await happen(OPENED)
    async with Outbound(Guard()) as strict:
        await Courier(database, keys, strict, clock).deliver_due()
    (kept,) = await log_of(database, webhook.id)
    assert (kept.state, kept.response_status) == ("failed", None)
    assert "not a public address" in (kept.response_excerpt or "")
    assert receiver.got == []


async def test_deliver_event_without_the_key_waits_for_it(
    database: Database, make: Make, happen: Happen, outbound: Outbound, clock: Clock, receiver: Receiver
) -> None:
    webhook = await make(kinds=("ticket_opened",))
    await happen(OPENED)
    await Courier(database, KeyRing(bytes(32)), outbound, clock).deliver_due()
    (kept,) = await log_of(database, webhook.id)
    assert kept.state == "queued"
    assert receiver.got == []


async def test_deliver_event_that_the_log_forgot_fails(
    database: Database, make: Make, happen: Happen, courier: Courier
) -> None:
    webhook = await make(kinds=("ticket_opened",))
    await happen(OPENED)
    async with database.transaction() as tx:
        await tx.execute("delete from event")
    await courier.deliver_due()
    assert (await log_of(database, webhook.id))[0].state == "failed"
