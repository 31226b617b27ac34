"""The work behind the web: intake, sequencing, routing, reactions, mail, upkeep. Every loop survives the database."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from psycopg import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

from ombud.accounts.services.upkeep import sweep_accounts
from ombud.assistance.answering.jobs import TOPIC as ANSWERING_TOPIC
from ombud.assistance.answering.jobs import AnsweringHand
from ombud.assistance.classification.jobs import BATCH as CLASSIFIED
from ombud.assistance.classification.jobs import Classifier, Teacher
from ombud.assistance.classification.reactions import TOPIC as CLASSIFICATION_TOPIC
from ombud.automation.rules.jobs import LOOK_SECONDS, RuleHand
from ombud.automation.rules.services.running import forget_runs
from ombud.automation.webhooks.jobs import Courier
from ombud.automation.webhooks.services import forget_deliveries
from ombud.channels.chat.continuity import mail_left_visitors
from ombud.channels.email.fetcher import MailFetcher
from ombud.channels.email.read import read_mails
from ombud.channels.email.resolver import MailResolver
from ombud.channels.email.smtp import MailSender
from ombud.channels.system_mail import SystemMailer
from ombud.config.parts import Parts
from ombud.config.reactions import READERS
from ombud.demo.live import LiveDesk, find_you
from ombud.intelligence.models.exchanges import forget_exchanges
from ombud.knowledge.notices.services.telling import tell_due
from ombud.knowledge.reports.services.noting import forget_searches
from ombud.knowledge.retrieval.jobs import PassageHand
from ombud.knowledge.retrieval.reactions import TOPIC as PASSAGE_TOPIC
from ombud.portal.customer.sessions import forget_sessions
from ombud.processes.services.links import send_links
from ombud.quality.personal_data.services.ending import destroy_files, destroy_originals
from ombud.quality.personal_data.services.filling import fill_next as fill_personal_data
from ombud.releases.jobs import warn_releases
from ombud.routing.engine.services import BATCH as ROUTING_BATCH
from ombud.routing.engine.services import forget_decisions, note_stuck, route
from ombud.routing.floor.services.keeping import keep_floor
from ombud.routing.simulation.jobs import SimulationHand
from ombud.routing.strain.services.watching import watch as watch_strain
from ombud.routing.surge.services.calling import mail_calls
from ombud.routing.surge.services.rehearsing import note_rehearsal
from ombud.routing.surge.services.watching import watch_surge
from ombud.routing.waiting.jobs import WaitTeller
from ombud.service_levels.jobs import ClockHand
from ombud.service_levels.services.telling import Pager
from ombud.shared.bus import Signal
from ombud.shared.database import Database
from ombud.shared.readers import Reader, run_reader
from ombud.shared.sequencer import BATCH as SEQUENCE_BATCH
from ombud.shared.sequencer import LOCK_UPKEEP, make_partitions, sequence_events, try_lock
from ombud.shared.tasks import end_tasks
from ombud.shared.throttle import forget_full
from ombud.tickets.search.file_texts import read_next_file
from ombud.tickets.search.filling import fill_next
from ombud.tickets.services.customer_averages import keep_averages
from ombud.tickets.services.intake.work import MAX_BATCH as INTAKE_BATCH
from ombud.tickets.services.intake.work import take_in
from ombud.tickets.services.leaving import release_tickets
from ombud.tickets.services.opening import wake_snoozed
from ombud.tickets.services.planned import send_planned
from ombud.tickets.services.together.looking import forget_lookers
from ombud.views.jobs import JobRunner

log = logging.getLogger(__name__)
Step = Callable[[], Awaitable[int]]
TOPICS = (
    *("intake", "sequence", "routing", "mail", "outbox", "webhooks", "file_texts", "changes", "exports", "clocks"),
    "confirmations",
    "simulations",
    ANSWERING_TOPIC,
    PASSAGE_TOPIC,
    CLASSIFICATION_TOPIC,
)
# A lost wake-up costs at most this long.
LOOK_AGAIN_SECONDS = 1.0
UPKEEP_SECONDS = 5.0
# A place in a queue changes no faster than people read.
WAITS_SECONDS = 2.0
STRAIN_SECONDS = 60.0
NOTICE_SECONDS = 30.0
# Somebody who asks for new heads waits at most so long until they are begun.
TEACHING_SECONDS = 10.0
SWEEP_SECONDS = 3600.0
FILL_PAUSE_SECONDS = 0.1


def _setter(event: asyncio.Event) -> Callable[[Signal], None]:
    return lambda _: event.set()


class Worker:
    """All loops of one worker process. Several processes may run: locks let one at a time do what only one may."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._wakes = {topic: asyncio.Event() for topic in TOPICS}
        self._fetcher = MailFetcher(parts.database, parts.bus, parts.files, parts.key_ring, parts.clock)
        self._sender = MailSender(parts.database, parts.files, parts.key_ring, parts.clock)
        self._resolver = MailResolver() if parts.settings.check_senders else None
        undo_seconds = parts.settings.undo_seconds
        self._jobs = JobRunner(parts.database, parts.bus, parts.clock, parts.files, undo_seconds)
        self._simulations = SimulationHand(parts.database, parts.clock, [note_rehearsal])
        # What is found by meaning and how tickets are classified comes after messages, on full cores as well.
        parts.passages.meaning.step_back()
        self._passages = PassageHand(parts.database, parts.passages.meaning)
        self._classifier = Classifier(parts.database, parts.clock, parts.passages)
        self._teacher = Teacher(parts.database, parts.clock, with_meaning=parts.settings.meaning)
        self._rules = RuleHand(parts.database, parts.bus, parts.clock)
        self._hand = ClockHand(
            parts.database, parts.bus, parts.clock, Pager(SystemMailer(parts.key_ring), parts.settings.address)
        )
        self._answering = AnsweringHand(parts.database, parts.bus, parts.clock, parts.knowing, parts.settings.address)
        self._waits = WaitTeller(parts.database, parts.bus, parts.clock)
        self._courier = Courier(parts.database, parts.key_ring, parts.outbound, parts.clock)
        self._readers = [(reader, asyncio.Event()) for reader in READERS]
        for topic, event in self._wakes.items():
            parts.bus.listen(topic, _setter(event))
        parts.bus.listen("events", lambda _: self._hear_events())

    def _hear_events(self) -> None:
        self._wakes["routing"].set()
        for _, event in self._readers:
            event.set()

    async def run_until(self, stop: asyncio.Event) -> None:
        """Work until told to stop; what is under way is finished or rolled back.

        Raises:
            Exception: what ended a loop by itself: a bug, told to whoever starts us again.
        """
        loops = [
            self._loop("intake", self._take_in, full=INTAKE_BATCH),
            self._loop("sequence", self._sequence, full=SEQUENCE_BATCH),
            self._loop("routing", self._route, full=ROUTING_BATCH),
            self._loop("mail", self._read_mails),
            self._loop("outbox", self._send_mails),
            self._loop("confirmations", self._send_links),
            self._loop("changes", self._jobs.change),
            self._loop("exports", self._jobs.export),
            self._loop("simulations", self._simulations.step),
            self._loop(ANSWERING_TOPIC, self._answering.step),
            self._keeping_answers(),
            self._loop(PASSAGE_TOPIC, self._passages.step),
            self._loop(CLASSIFICATION_TOPIC, self._classify, full=CLASSIFIED),
            self._every(TEACHING_SECONDS, "teaching", self._teacher.step),
            self._every(UPKEEP_SECONDS, "surge", self._watch_surge),
            self._fetcher.run(),
            self._courier.run(self._wakes["webhooks"]),
            self._every(LOOK_SECONDS, "rules on time", self._rules.step, full=self._rules.full),
            self._hand.run(self._wakes["clocks"]),
            self._every(UPKEEP_SECONDS, "upkeep", self._keep_up),
            self._every(LOOK_AGAIN_SECONDS, "planned", self._send_planned),
            self._every(WAITS_SECONDS, "waits", self._waits.step),
            self._every(STRAIN_SECONDS, "strain", self._watch_strain),
            self._every(NOTICE_SECONDS, "notices", self._tell_notices),
            self._every(SWEEP_SECONDS, "sweep", self._sweep),
            self._loop("file_texts", self._read_files),
            self._every(SWEEP_SECONDS, "search words", self._fill_a_batch),
            self._every(SWEEP_SECONDS, "personal data", self._look_for_personal_data),
            self._every(UPKEEP_SECONDS, "redactions", self._destroy),
            self._play_demo(),
            *(self._read(reader, event) for reader, event in self._readers),
        ]
        tasks = [asyncio.create_task(one) for one in loops]
        log.info("The worker is ready")
        ended, _ = await asyncio.wait([asyncio.create_task(stop.wait()), *tasks], return_when=asyncio.FIRST_COMPLETED)
        await end_tasks(tasks)
        for one in ended:
            one.result()

    async def _loop(self, name: str, step: Step, *, full: int = 1) -> None:
        """Step whenever woken, and at once again after ``full``: fewer were all, and whoever adds more wakes us."""
        woken = self._wakes[name]
        while True:
            try:
                async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                    await woken.wait()
            except TimeoutError:
                pass
            woken.clear()
            await self._run_dry(name, step, full)

    async def _every(self, seconds: float, name: str, step: Step, *, full: int = 1) -> None:
        """Step by time alone, first at once."""
        while True:
            await self._run_dry(name, step, full)
            await asyncio.sleep(seconds)

    async def _run_dry(self, name: str, step: Step, full: int = 1) -> None:
        try:
            while await step() >= full:
                pass
        except (OperationalError, InterfaceError, PoolTimeout) as problem:
            log.warning("%s waits for the database: %s", name, problem)
            await asyncio.sleep(0.3)
        except Exception:
            log.exception("%s failed and goes on", name)
            await asyncio.sleep(0.5)

    async def _take_in(self) -> int:
        taken = await take_in(self.parts.database, self.parts.clock)
        if taken:
            # Whoever numbered a batch with its own commit leaves the sequencer nothing to look for.
            self.parts.bus.wake("events" if taken.is_numbered else "sequence")
        return taken.rows

    async def _read_mails(self) -> int:
        parts = self.parts
        read = await read_mails(parts.database, parts.files, parts.key_ring, parts.clock, self._resolver)
        if read:
            parts.bus.wake("intake", "sequence")
        return read

    async def _read_files(self) -> int:
        return await read_next_file(self.parts.database, self.parts.files, now=self.parts.clock.now())

    async def _fill_a_batch(self) -> int:
        return await self._a_batch_behind(fill_next)

    async def _look_for_personal_data(self) -> int:
        return await self._a_batch_behind(fill_personal_data)

    async def _a_batch_behind(self, fill: Callable[[Database], Awaitable[int]]) -> int:
        """Do a batch of what nobody waits for, and rest: whoever waits has two thirds of the time."""
        started = time.monotonic()
        filled = await fill(self.parts.database)
        await asyncio.sleep(max(FILL_PAUSE_SECONDS, 2 * (time.monotonic() - started)) if filled else 0)
        return filled

    async def _destroy(self) -> int:
        parts = self.parts
        gone = await destroy_originals(parts.database, now=parts.clock.now())
        if gone:
            parts.bus.wake("sequence")
        await destroy_files(parts.database, parts.files)
        return 0

    async def _send_mails(self) -> int:
        sent = await self._sender.send_due()
        if sent:
            self.parts.bus.wake("sequence")
        return sent

    async def _send_links(self) -> int:
        parts = self.parts
        sent = await send_links(parts.database, address=parts.settings.address, now=parts.clock.now())
        if sent:
            parts.bus.wake("sequence", "outbox")
        return 0

    async def _sequence(self) -> int:
        async with self.parts.database.hot_transaction() as tx:
            moved = await sequence_events(tx, now=self.parts.clock.now())
        if moved:
            self.parts.bus.wake("events")
        return moved

    async def _route(self) -> int:
        async with self.parts.database.hot_transaction() as tx:
            given = await route(tx, now=self.parts.clock.now())
        if given:
            self.parts.bus.wake("sequence")
        return given

    async def _read(self, reader: Reader, woken: asyncio.Event) -> None:
        await run_reader(self.parts.database, reader, self.parts.clock, woken, wake=self.parts.bus.wake)

    async def _play_demo(self) -> None:
        parts = self.parts
        if parts.settings.demo and (you := await find_you(parts.database)):
            desk = LiveDesk(
                parts.database, parts.clock, parts.door.receive, parts.bus.wake, key_ring=parts.key_ring, you=you
            )
            await desk.run()
        await asyncio.Event().wait()

    async def _classify(self) -> int:
        looked_at = await self._classifier.step()
        if looked_at:
            self.parts.bus.wake("sequence")
        return looked_at

    async def _watch_surge(self) -> int:
        async with self.parts.database.transaction() as tx:
            now = self.parts.clock.now()
            changed = await watch_surge(tx, now=now)
            mailer = SystemMailer(self.parts.key_ring)
            mailed = await mail_calls(tx, mail=mailer, address=self.parts.settings.address, now=now)
        if changed or mailed:
            self.parts.bus.wake("sequence", "routing", "outbox")
        return 0

    async def _keeping_answers(self) -> None:
        while True:
            await self._run_dry("talks with the machine", self._answering.keep_up)
            await self._run_dry("trials of earlier tickets", self._answering.try_tickets)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _watch_strain(self) -> int:
        async with self.parts.database.transaction() as tx:
            if await try_lock(tx, LOCK_UPKEEP):
                await watch_strain(tx, now=self.parts.clock.now())
        return 0

    async def _tell_notices(self) -> int:
        async with self.parts.database.transaction() as tx:
            told = await tell_due(tx, now=self.parts.clock.now())
        if told:
            self.parts.bus.wake("sequence")
        return 0

    async def _send_planned(self) -> int:
        if await send_planned(self.parts.database, self.parts.clock):
            self.parts.bus.wake("sequence", "outbox")
        return 0

    async def _sweep(self) -> int:
        now = self.parts.clock.now()
        async with self.parts.database.transaction() as tx:
            await sweep_accounts(tx, now=now)
            await forget_full(tx, now=now)
            await forget_runs(tx, now=now)
            await forget_decisions(tx, now=now)
            await forget_lookers(tx, now=now)
            await forget_searches(tx, now=now)
            await forget_sessions(tx, now=now)
            await forget_exchanges(tx, now=now)
        await self._jobs.forget()
        async with self.parts.database.transaction() as tx:
            await keep_averages(tx, now=now)
        return 0

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
        if changed:
            self.parts.bus.wake("sequence")
        return 0
