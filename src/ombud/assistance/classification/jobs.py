"""Looks at tickets that wait, a few at a time, beside everything else; learns when there is enough to learn from."""

import asyncio
import contextlib
import logging
import sys
import time
from datetime import timedelta
from typing import Final

import msgspec

from ombud.assistance.classification import queries
from ombud.assistance.classification.queries import Read
from ombud.assistance.classification.schemas import Aspect, AspectSetting, LearntAspect
from ombud.assistance.classification.services.labels import choices_of, write_guesses
from ombud.assistance.classification.services.lessons import due_aspects, gather, keep_head
from ombud.assistance.classification.services.minds import Guesses, Mind, Minds, guess_all, guess_language, look_at
from ombud.assistance.classification.services.waiting import Claimed, claim, finish, let_go
from ombud.intelligence.classification.services import Learnt, Lesson, usable
from ombud.intelligence.embedding.schemas import Embedder
from ombud.knowledge.retrieval.services import PassageIndex
from ombud.shared.clock import Clock
from ombud.shared.database import Database, Transaction, value
from ombud.shared.errors import UpstreamFailed
from ombud.shared.leash import leashed

log = logging.getLogger(__name__)
BATCH: Final = 4
LET_GO_SECONDS: Final = 10.0
COMMAND: Final = (sys.executable, "-m", "ombud.intelligence.classification")
# A lesson that takes longer is given up.
LONGEST_LESSON: Final = timedelta(minutes=30)


class Classifier:
    """Works in a worker, one step at a time; several workers never look at the same ticket."""

    def __init__(self, database: Database, clock: Clock, index: PassageIndex) -> None:
        self._database, self._clock, self._index = database, clock, index
        self._minds = Minds(index)
        self._let_go_at = 0.0

    async def step(self) -> int:
        """Look at some tickets; how many were looked at."""
        now = self._clock.now()
        async with self._database.transaction() as tx:
            if time.monotonic() >= self._let_go_at:
                await let_go(tx, now=now)
                self._let_go_at = time.monotonic() + LET_GO_SECONDS
            claimed = await claim(tx, BATCH, now=now)
        if not claimed:
            return 0
        async with self._database.transaction() as tx:
            settings = await queries.list_settings(tx)
            found = {one.id: one for one in await queries.read_tickets(tx, [one.ticket_id for one in claimed])}
            embedder, minds = await self._prepare(tx, settings)
        for one in claimed:
            started = time.perf_counter()
            read = found.get(one.ticket_id)
            guesses = await self._guess(read, minds, settings, embedder) if read else {}
            await self._write(one, read, guesses, settings, round((time.perf_counter() - started) * 1000))
        return len(claimed)

    async def _prepare(
        self, tx: Transaction, settings: dict[Aspect, AspectSetting]
    ) -> tuple[Embedder | None, dict[Aspect, Mind]]:
        choices = await choices_of(tx, settings)
        embedder = await self._index.meaning.embedder(tx)
        try:
            return embedder, await self._minds.prepare(tx, settings, choices, embedder)
        except UpstreamFailed as problem:
            log.warning("Tickets are classified by words alone: %s", problem)
            return None, await self._minds.prepare(tx, settings, choices, None)

    async def _guess(
        self,
        read: Read,
        minds: dict[Aspect, Mind],
        settings: dict[Aspect, AspectSetting],
        embedder: Embedder | None,
    ) -> Guesses:
        try:
            looked = await look_at(read, embedder)
        except UpstreamFailed:
            looked = await look_at(read, None)
        # Hashing words of a long text takes some ms: beside the event loop.
        found = await asyncio.to_thread(guess_all, minds, looked)
        if settings["language"].is_on:
            found["language"] = (guess_language(looked), None)
        return found

    async def _write(
        self,
        claimed: Claimed,
        read: Read | None,
        guesses: Guesses,
        settings: dict[Aspect, AspectSetting],
        milliseconds: int,
    ) -> None:
        now = self._clock.now()
        async with self._database.transaction() as tx:
            if read is not None:
                await write_guesses(tx, read, guesses, settings, now=now)
            await finish(tx, claimed, milliseconds=milliseconds, now=now)


class Teacher:
    """Has heads learnt in a process of its own that goes easy on the machine; one worker at a time."""

    def __init__(self, database: Database, clock: Clock, *, with_meaning: bool) -> None:
        self._database, self._clock, self._with_meaning = database, clock, with_meaning

    async def step(self) -> int:
        """Learn what is worth learning now; how many heads were learnt."""
        async with self._database.transaction() as tx:
            wanted = await self._begin(tx)
        if wanted is None:
            return 0
        learnt, problem = 0, ""
        for aspect in wanted:
            try:
                learnt += await self._learn(aspect)
            except (OSError, ValueError, msgspec.MsgspecError) as found:
                log.exception("Learning %s failed", aspect)
                problem = f"{aspect}: {type(found).__name__}: {found}"[:500]
        async with self._database.transaction() as tx:
            sql = """
                update classifier_training set ended_at = %(now)s, problem = %(problem)s,
                    asked_at = case when asked_at <= started_at then null else asked_at end"""
            await tx.execute(sql, {"now": self._clock.now(), "problem": problem})
        return learnt

    async def _begin(self, tx: Transaction) -> list[LearntAspect] | None:
        now = self._clock.now()
        sql = """
            select asked_at is not null from classifier_training
            where started_at is null or ended_at >= started_at or started_at < %(dead)s
            for update skip locked"""
        is_asked = await value(tx, bool, sql, {"dead": now - LONGEST_LESSON})
        if is_asked is None:
            return None
        wanted = await due_aspects(tx, await queries.list_settings(tx), is_asked=is_asked, now=now)
        if not wanted and not is_asked:
            return None
        await tx.execute("update classifier_training set started_at = %(now)s", {"now": now})
        return wanted

    async def _learn(self, aspect: LearntAspect) -> int:
        async with self._database.transaction() as tx:
            settings = await queries.list_settings(tx)
            examples = usable(await gather(tx, aspect, settings[aspect]))
            working = {of: version_id for version_id, of in await queries.heads_at_work(tx)}
            before = await queries.load_head(tx, working[aspect]) if aspect in working else None
        if not examples:
            return 0
        lesson = Lesson(examples, before.head if before else None, self._with_meaning)
        learnt = await _taught(lesson)
        async with self._database.transaction() as tx:
            await keep_head(tx, aspect, learnt, now=self._clock.now())
        return 1


async def _taught(lesson: Lesson) -> Learnt:
    process = await asyncio.create_subprocess_exec(
        *leashed(COMMAND), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(LONGEST_LESSON.total_seconds()):
            said, _ = await process.communicate(msgspec.msgpack.encode(lesson))
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return msgspec.msgpack.decode(said, type=Learnt)
