"""The courier: makes deliveries, several at once for each webhook, so that a slow receiver holds up nobody else."""

import asyncio
import logging
import time
from collections import Counter
from uuid import uuid4

import msgspec
from psycopg import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

from ombud.automation.webhooks import rules, services
from ombud.automation.webhooks.schemas import Claimed, EventActor, Outcome, Payload, Ping
from ombud.shared.clock import Clock
from ombud.shared.crypto import KeyMissing, KeyRing
from ombud.shared.database import Database
from ombud.shared.events import Event
from ombud.shared.outbound import AddressRefused, Answer, Limits, Outbound, OutboundFailed
from ombud.shared.readers import event_numbered
from ombud.shared.tasks import end_tasks

log = logging.getLogger(__name__)
TOPIC = "webhooks"
AT_ONCE = 4
POLL_SECONDS = 1.0
LIMITS = Limits(seconds=10.0, body_bytes=4_096)
PING_KIND = "ping"


class Courier:
    """Claims what is due, sends it, and writes how it went. Several may run on several machines."""

    def __init__(
        self, database: Database, keys: KeyRing, outbound: Outbound, clock: Clock, *, limits: Limits = LIMITS
    ) -> None:
        self._database = database
        self._keys = keys
        self._outbound = outbound
        self._clock = clock
        self._limits = limits
        self._busy: Counter[int] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, woken: asyncio.Event) -> None:
        """Deliver until cancelled: at once when ``woken`` is set (topic ``webhooks``), and every second anyway."""
        try:
            while True:
                woken.clear()
                if not await self._start_some(woken):
                    await _wait(woken)
        finally:
            await end_tasks(self._tasks)

    async def deliver_due(self) -> int:
        """Make one round of what is due and wait for its end; how many deliveries were tried."""
        claimed = await self._claim()
        await asyncio.gather(*(self._deliver(one) for one in claimed))
        return len(claimed)

    async def ping(self, webhook_id: int, url: str, sealed: bytes) -> Ping:
        """Try a receiver out with an event that means nothing; it is not kept."""
        actor = EventActor("system", None)
        payload = Payload(0, PING_KIND, self._clock.now(), None, None, actor, {"webhook_id": webhook_id})
        started = time.monotonic()
        try:
            answer = await self._post(webhook_id, url, sealed, payload, event_id=f"ping-{uuid4()}")
        except (AddressRefused, OutboundFailed, KeyMissing) as problem:
            return Ping(
                ok=False,
                response_status=None,
                response_excerpt=rules.excerpt(problem.detail.encode()),
                duration_ms=_milliseconds(started),
            )
        is_ok = rules.state_after(answer.status, 1) == "delivered"
        return Ping(is_ok, answer.status, rules.excerpt(answer.body), answer.duration_ms)

    async def _start_some(self, woken: asyncio.Event) -> bool:
        try:
            claimed = await self._claim()
        except (OperationalError, InterfaceError, PoolTimeout) as problem:
            log.warning("Webhooks wait for the database: %s", problem)
            return False
        except Exception:
            # The boundary of the job: a bug here must not end the courier for good.
            log.exception("Webhooks could not be claimed")
            return False
        for one in claimed:
            self._busy[one.webhook_id] += 1
            task = asyncio.create_task(self._deliver(one))
            self._tasks.add(task)
            task.add_done_callback(lambda done, webhook_id=one.webhook_id: self._end(done, webhook_id, woken))  # type: ignore[misc]  # mypy cannot see through a default
        return bool(claimed)

    def _end(self, task: asyncio.Task[None], webhook_id: int, woken: asyncio.Event) -> None:
        self._tasks.discard(task)
        self._busy[webhook_id] -= 1
        if not self._busy[webhook_id]:
            del self._busy[webhook_id]
        # A place is free again.
        woken.set()

    async def _claim(self) -> list[Claimed]:
        now = self._clock.now()
        async with self._database.transaction() as tx:
            await services.release_stale_deliveries(tx, now=now)
            return await services.claim_deliveries(tx, busy=dict(self._busy), at_once=AT_ONCE, now=now)

    async def _deliver(self, claimed: Claimed) -> None:
        try:
            outcome = await self._attempt(claimed)
            async with self._database.transaction() as tx:
                await services.note_outcome(tx, claimed, outcome, now=self._clock.now())
        except Exception:
            # The boundary of the job. The row stays `sending` and is queued again when it is stale.
            log.exception("The delivery %s of webhook %s failed", claimed.id, claimed.webhook_id)

    async def _attempt(self, claimed: Claimed) -> Outcome:
        started = time.monotonic()
        async with self._database.transaction() as tx:
            event = await event_numbered(tx, claimed.seq)
        if event is None:
            return Outcome("failed", None, "The event log does not hold this event any more.", 0)
        try:
            answer = await self._post(
                claimed.webhook_id, claimed.url, claimed.secret, payload_of(event), event_id=str(event.seq)
            )
        except AddressRefused as problem:
            return Outcome("failed", None, rules.excerpt(problem.detail.encode()), _milliseconds(started))
        except (OutboundFailed, KeyMissing) as problem:
            return self._unanswered(claimed, problem.detail, _milliseconds(started))
        return self._answered(claimed, answer)

    def _answered(self, claimed: Claimed, answer: Answer) -> Outcome:
        state = rules.state_after(answer.status, claimed.attempts)
        asked = rules.retry_after_seconds(answer.headers.get("retry-after"), now=self._clock.now())
        wait = rules.pause_seconds(claimed.attempts, spread=claimed.id, retry_after=asked) if state == "queued" else 0.0
        return Outcome(state, answer.status, rules.excerpt(answer.body), answer.duration_ms, wait)

    def _unanswered(self, claimed: Claimed, problem: str, duration_ms: int) -> Outcome:
        text = rules.excerpt(problem.encode())
        if claimed.attempts >= rules.MAX_ATTEMPTS:
            return Outcome("failed", None, text, duration_ms)
        return Outcome("queued", None, text, duration_ms, rules.pause_seconds(claimed.attempts, spread=claimed.id))

    async def _post(self, webhook_id: int, url: str, sealed: bytes, payload: Payload, *, event_id: str) -> Answer:
        secret = self._keys.open(sealed, place=services.secret_place(webhook_id)).decode()
        body = msgspec.json.encode(payload)
        timestamp = int(self._clock.now().timestamp())
        headers = {
            "Content-Type": "application/json",
            "X-Ombud-Event-Id": event_id,
            "X-Ombud-Timestamp": str(timestamp),
            "X-Ombud-Signature": rules.signature(secret, timestamp, body),
        }
        return await self._outbound.request("POST", url, headers=headers, body=body, limits=self._limits)


def payload_of(event: Event) -> Payload:
    """What a receiver is told of an event: ids and enumerations, nothing that anybody wrote."""
    actor = EventActor(event.actor_kind, event.actor_id)
    data = rules.without_words(event.data)
    return Payload(event.seq, event.kind, event.at, event.ticket_id, event.team_id, actor, data)


def _milliseconds(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


async def _wait(woken: asyncio.Event) -> None:
    try:
        # Not wait_for: before Python 3.12 it can swallow a cancellation, and the process would never end.
        async with asyncio.timeout(POLL_SECONDS):
            await woken.wait()
    except TimeoutError:
        return
