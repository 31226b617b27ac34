"""The background: what follows from messages and answers, at a lower priority than the desk itself."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from ombud.accounts.services.upkeep import sweep_accounts
from ombud.assistance.answering.jobs import TOPIC as ANSWERING_TOPIC
from ombud.assistance.answering.jobs import AnsweringHand
from ombud.assistance.classification.jobs import BATCH as CLASSIFIED
from ombud.assistance.classification.jobs import Classifier, Teacher
from ombud.assistance.classification.reactions import TOPIC as CLASSIFICATION_TOPIC
from ombud.automation.rules.services.running import forget_runs
from ombud.automation.webhooks.jobs import Courier
from ombud.config.loops import LOOK_AGAIN_SECONDS, Loops
from ombud.config.parts import Parts
from ombud.config.reactions import READERS
from ombud.demo.live import LiveDesk, find_you
from ombud.intelligence.models.exchanges import forget_exchanges
from ombud.knowledge.notices.services.telling import tell_due
from ombud.knowledge.reports.services.noting import forget_searches
from ombud.knowledge.retrieval.jobs import PassageHand
from ombud.knowledge.retrieval.reactions import TOPIC as PASSAGE_TOPIC
from ombud.portal.customer.sessions import forget_sessions
from ombud.quality.personal_data.services.ending import destroy_files, destroy_originals
from ombud.quality.personal_data.services.filling import fill_next as fill_personal_data
from ombud.routing.engine.services import forget_decisions
from ombud.routing.simulation.jobs import SimulationHand
from ombud.routing.strain.services.watching import watch as watch_strain
from ombud.routing.surge.services.rehearsing import note_rehearsal
from ombud.shared.database import Database
from ombud.shared.readers import Reader, run_reader
from ombud.shared.sequencer import LOCK_UPKEEP, try_lock
from ombud.shared.throttle import forget_full
from ombud.tickets.search.file_texts import read_next_file
from ombud.tickets.search.filling import fill_next
from ombud.tickets.services.customer_averages import keep_averages
from ombud.tickets.services.together.looking import forget_lookers
from ombud.views.jobs import JobRunner

TOPICS = (
    *("changes", "exports", "simulations", "webhooks", "file_texts"),
    *(ANSWERING_TOPIC, PASSAGE_TOPIC, CLASSIFICATION_TOPIC),
)
UPKEEP_SECONDS = 5.0
STRAIN_SECONDS = 60.0
NOTICE_SECONDS = 30.0
# Somebody who asks for new heads waits at most so long until they are begun.
TEACHING_SECONDS = 10.0
SWEEP_SECONDS = 3600.0
FILL_PAUSE_SECONDS = 0.1


class Background(Loops):
    """What follows from that: readers of the log, answers and meaning, jobs, files, searches, sweeping."""

    def __init__(self, parts: Parts) -> None:
        super().__init__("background", parts, TOPICS)
        undo_seconds = parts.settings.undo_seconds
        self._jobs = JobRunner(parts.database, parts.bus, parts.clock, parts.files, undo_seconds)
        self._simulations = SimulationHand(parts.database, parts.clock, [note_rehearsal])
        # What is found by meaning and how tickets are classified comes after all else, on full cores as well.
        parts.passages.meaning.step_back()
        self._passages = PassageHand(parts.database, parts.passages.meaning)
        self._classifier = Classifier(parts.database, parts.clock, parts.passages)
        self._teacher = Teacher(parts.database, parts.clock, with_meaning=parts.settings.meaning)
        self._answering = AnsweringHand(parts.database, parts.bus, parts.clock, parts.knowing, parts.settings.address)
        self._courier = Courier(parts.database, parts.key_ring, parts.outbound, parts.clock)
        self._readers = [(reader, asyncio.Event()) for reader in READERS]
        parts.bus.listen("events", lambda _: self._wake_readers())

    def _wake_readers(self) -> None:
        for _, event in self._readers:
            event.set()

    def _loops(self) -> Sequence[Coroutine[Any, Any, None]]:
        return (
            *(self._read(reader, event) for reader, event in self._readers),
            self._loop("changes", self._jobs.change),
            self._loop("exports", self._jobs.export),
            self._loop("simulations", self._simulations.step),
            self._loop(ANSWERING_TOPIC, self._answering.step),
            self._keeping_answers(),
            self._loop(PASSAGE_TOPIC, self._passages.step),
            self._loop(CLASSIFICATION_TOPIC, self._classifier.step, full=CLASSIFIED, wakes=("sequence",)),
            self._every(TEACHING_SECONDS, "teaching", self._teacher.step),
            self._courier.run(self._wakes["webhooks"]),
            self._loop("file_texts", self._read_files),
            self._every(SWEEP_SECONDS, "search words", self._fill_a_batch),
            self._every(SWEEP_SECONDS, "personal data", self._look_for_personal_data),
            self._every(UPKEEP_SECONDS, "redactions", self._destroy, wakes=("sequence",)),
            self._every(STRAIN_SECONDS, "strain", self._watch_strain),
            self._every(NOTICE_SECONDS, "notices", self._tell_notices, wakes=("sequence",)),
            self._every(SWEEP_SECONDS, "sweep", self._sweep),
            self._play_demo(),
        )

    async def _read(self, reader: Reader, woken: asyncio.Event) -> None:
        await run_reader(self.parts.database, reader, self.parts.clock, woken, wake=self.parts.bus.wake)

    async def _keeping_answers(self) -> None:
        while True:
            await self._run_dry("talks with the machine", self._answering.keep_up)
            await self._run_dry("trials of earlier tickets", self._answering.try_tickets)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

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
        await destroy_files(parts.database, parts.files)
        return gone

    async def _watch_strain(self) -> int:
        async with self.parts.database.transaction() as tx:
            if await try_lock(tx, LOCK_UPKEEP):
                await watch_strain(tx, now=self.parts.clock.now())
        return 0

    async def _tell_notices(self) -> int:
        async with self.parts.database.transaction() as tx:
            return await tell_due(tx, now=self.parts.clock.now())

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

    async def _play_demo(self) -> None:
        parts = self.parts
        if parts.settings.demo and (you := await find_you(parts.database)):
            desk = LiveDesk(
                parts.database, parts.clock, parts.door.receive, parts.bus.wake, key_ring=parts.key_ring, you=you
            )
            await desk.run()
        await asyncio.Event().wait()
