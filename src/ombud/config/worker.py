"""The worker: what customers and agents wait for. Every loop survives the database."""

from collections.abc import Coroutine, Sequence
from typing import Any

from ombud.automation.rules.jobs import LOOK_SECONDS, RuleHand
from ombud.automation.webhooks.services import forget_deliveries
from ombud.channels.chat.continuity import mail_left_visitors
from ombud.channels.email.fetcher import MailFetcher
from ombud.channels.email.read import read_mails
from ombud.channels.email.resolver import MailResolver
from ombud.channels.email.smtp import MailSender
from ombud.channels.system_mail import SystemMailer
from ombud.config.loops import LOOK_AGAIN_SECONDS, ONCE, Loops
from ombud.config.parts import Parts
from ombud.processes.services.links import send_links
from ombud.releases.jobs import warn_releases
from ombud.routing.engine.services import BATCH as ROUTING_BATCH
from ombud.routing.engine.services import note_stuck, route
from ombud.routing.floor.services.keeping import keep_floor
from ombud.routing.surge.services.calling import mail_calls
from ombud.routing.surge.services.watching import watch_surge
from ombud.routing.waiting.jobs import WaitTeller
from ombud.service_levels.jobs import ClockHand
from ombud.service_levels.services.telling import Pager
from ombud.shared.sequencer import BATCH as SEQUENCE_BATCH
from ombud.shared.sequencer import LOCK_UPKEEP, make_partitions, sequence_events, try_lock
from ombud.tickets.services.intake.work import MAX_BATCH as INTAKE_BATCH
from ombud.tickets.services.intake.work import take_in
from ombud.tickets.services.leaving import release_tickets
from ombud.tickets.services.opening import wake_snoozed
from ombud.tickets.services.planned import send_planned

TOPICS = ("intake", "sequence", "routing", "mail", "outbox", "confirmations", "clocks")
UPKEEP_SECONDS = 5.0
# A place in a queue changes no faster than people read.
WAITS_SECONDS = 2.0


class Worker(Loops):
    """What customers and agents wait for: messages are taken in, numbered, routed and sent, clocks are heard."""

    def __init__(self, parts: Parts) -> None:
        super().__init__("worker", parts, TOPICS)
        self._fetcher = MailFetcher(parts.database, parts.bus, parts.files, parts.key_ring, parts.clock)
        self._sender = MailSender(parts.database, parts.files, parts.key_ring, parts.clock)
        self._resolver = MailResolver() if parts.settings.check_senders else None
        self._rules = RuleHand(parts.database, parts.bus, parts.clock)
        self._clocks = ClockHand(
            parts.database, parts.bus, parts.clock, Pager(SystemMailer(parts.key_ring), parts.settings.address)
        )
        self._waits = WaitTeller(parts.database, parts.bus, parts.clock)
        parts.bus.listen("events", lambda _: self._wakes["routing"].set())

    def _loops(self) -> Sequence[Coroutine[Any, Any, None]]:
        return (
            self._loop("intake", self._take_in, full=INTAKE_BATCH),
            self._loop("sequence", self._sequence, full=SEQUENCE_BATCH, wakes=("events",)),
            self._loop("routing", self._route, full=ROUTING_BATCH, wakes=("sequence",)),
            self._loop("mail", self._read_mails, wakes=("intake", "sequence")),
            self._loop("outbox", self._sender.send_due, wakes=("sequence",)),
            self._loop("confirmations", self._send_links, full=ONCE, wakes=("sequence", "outbox")),
            self._fetcher.run(),
            self._clocks.run(self._wakes["clocks"]),
            self._every(LOOK_SECONDS, "rules on time", self._rules.step, full=self._rules.full),
            self._every(LOOK_AGAIN_SECONDS, "planned", self._send_planned, full=ONCE, wakes=("sequence", "outbox")),
            self._every(WAITS_SECONDS, "waits", self._waits.step),
            self._every(UPKEEP_SECONDS, "surge", self._watch_surge, full=ONCE, wakes=("sequence", "routing", "outbox")),
            self._every(UPKEEP_SECONDS, "upkeep", self._keep_up, full=ONCE, wakes=("sequence",)),
        )

    async def _take_in(self) -> int:
        taken = await take_in(self.parts.database, self.parts.clock)
        if taken:
            # Whoever numbered a batch with its own commit leaves the sequencer nothing to look for.
            self.parts.bus.wake("events" if taken.is_numbered else "sequence")
        return taken.rows

    async def _sequence(self) -> int:
        async with self.parts.database.hot_transaction() as tx:
            return await sequence_events(tx, now=self.parts.clock.now())

    async def _route(self) -> int:
        async with self.parts.database.hot_transaction() as tx:
            return await route(tx, now=self.parts.clock.now())

    async def _read_mails(self) -> int:
        parts = self.parts
        return await read_mails(parts.database, parts.files, parts.key_ring, parts.clock, self._resolver)

    async def _send_links(self) -> int:
        parts = self.parts
        return await send_links(parts.database, address=parts.settings.address, now=parts.clock.now())

    async def _send_planned(self) -> int:
        return await send_planned(self.parts.database, self.parts.clock)

    async def _watch_surge(self) -> int:
        async with self.parts.database.transaction() as tx:
            now = self.parts.clock.now()
            changed = await watch_surge(tx, now=now)
            mailer = SystemMailer(self.parts.key_ring)
            return changed + await mail_calls(tx, mail=mailer, address=self.parts.settings.address, now=now)

    async def _keep_up(self) -> int:
        now = self.parts.clock.now()
        async with self.parts.database.transaction() as tx:
            if not await try_lock(tx, LOCK_UPKEEP):
                return 0
            await make_partitions(tx, now=now)
            changed = await keep_floor(tx, now=now) + await wake_snoozed(tx, now=now)
            changed += await release_tickets(tx, now=now)
            changed += await note_stuck(tx, now=now)
            changed += await mail_left_visitors(tx, address=self.parts.settings.address, now=now)
            changed += await warn_releases(tx, now=now)
            await forget_deliveries(tx, now=now)
        return changed
