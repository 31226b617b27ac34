"""The hub of one process: reads the log once for all its streams."""

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import TypeVar

from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from ombud.realtime.batch import Batch, Hidden, Mask
from ombud.realtime.schemas import KEEP_ALIVE, RESET, Frame
from ombud.realtime.stream import MAX_PENDING_BYTES, Stream
from ombud.shared.actor import Actor
from ombud.shared.bus import Bus
from ombud.shared.database import Database, Transaction
from ombud.shared.events import Event, events_after, head
from ombud.shared.tasks import end_tasks

log = logging.getLogger(__name__)
TOPIC = "events"
BATCH = 500
# A client that missed more than this is told to load its screen anew.
MAX_REPLAY = 2_000
MAX_REPLAY_BYTES = MAX_PENDING_BYTES // 2
CHECK_SECONDS = 3
# Until the desk's own pulse is known.
BEAT_SECONDS = 15.0
MOST_BEATEN = 50_000
# Ten thousand at once would hold up events for half a second.
SLICE = 100
K = TypeVar("K")

Loader = Callable[[Transaction, Sequence[Event]], Awaitable[list[Frame]]]
LoadActors = Callable[[Transaction, Collection[int]], Awaitable[dict[int, Actor]]]
# Notes that people are there; gives how many seconds may pass until the next sign of life.
Beat = Callable[[Transaction, Collection[int]], Awaitable[float]]


class Hub:
    """Keeps the open streams and feeds them."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        *,
        loaders: Iterable[Loader],
        load_actors: LoadActors,
        beat: Beat,
        mask: Mask,
    ) -> None:
        self._database = database
        self._bus = bus
        self._loaders = list(loaders)
        self._load_actors = load_actors
        self._beat = beat
        self._mask = mask
        self._agents: set[Stream] = set()
        # Who sees a team is looked up, not searched for: a frame costs its readers only.
        self._by_team: defaultdict[int | None, set[Stream]] = defaultdict(set)
        self._by_person: defaultdict[int, set[Stream]] = defaultdict(set)
        self._by_topic: defaultdict[str, set[Stream]] = defaultdict(set)
        self._woken = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._is_stopped = False
        self._beaten: dict[int, float] = {}
        self._beat_seconds = BEAT_SECONDS
        self.cursor = 0

    @property
    def open_streams(self) -> int:
        """How many streams are open."""
        return len(self._agents) + sum(len(streams) for streams in self._by_topic.values())

    async def start(self) -> None:
        """Read the log from its present end on."""
        async with self._database.transaction() as tx:
            self.cursor = await head(tx)
        self._bus.listen(TOPIC, lambda _: self._woken.set())
        self._tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._keep_alive())]
        self._tasks.append(asyncio.create_task(self._watch_rights()))

    async def stop(self) -> None:
        """Say good-bye to every stream, and to those that still come. Stopping twice is harmless."""
        self._is_stopped = True
        for stream in [*self._agents, *(one for streams in self._by_topic.values() for one in streams)]:
            stream.end("restart")
        await end_tasks(self._tasks)

    async def join(self, stream: Stream, *, last_seq: int | None) -> None:
        """Let a stream in: it hears what it missed after ``last_seq``, then everything as it comes."""
        if self._is_stopped:
            stream.end("restart")
            return
        self._add(stream)
        known = self.cursor
        hello = [f"id: {known}\nevent: hello\ndata: {{}}\n\n".encode()]
        if last_seq is not None:
            hello = await self._missed(stream, last_seq, known) + hello
        stream.go_live(hello)

    async def _missed(self, stream: Stream, last_seq: int, known: int) -> list[bytes]:
        if last_seq > known:
            # The number is from another life of the database: nothing that the client holds can be trusted.
            return [RESET]
        async with self._database.transaction() as tx:
            events = await events_after(tx, last_seq, limit=MAX_REPLAY + 1)
            events = [event for event in events if event.seq <= known]
            if len(events) > MAX_REPLAY:
                return [RESET]
            batch = await self._load(tx, events, upto=known)
        places = [place for place, frame in enumerate(batch.frames) if self._is_for(stream, frame)]
        missed = batch.pack(places, stream.hidden)
        # More than a stream may have pending would cut it off, now and at each return.
        return [RESET] if len(missed) > MAX_REPLAY_BYTES else [missed]

    def leave(self, stream: Stream) -> None:
        """Forget a stream."""
        self._agents.discard(stream)
        self._forget_teams(stream)
        if stream.topic is not None:
            _discard(self._by_topic, stream.topic, stream)
        if stream.actor is not None and stream.actor.id is not None:
            _discard(self._by_person, stream.actor.id, stream)

    def _add(self, stream: Stream) -> None:
        if stream.topic is not None:
            self._by_topic[stream.topic].add(stream)
            return
        self._agents.add(stream)
        self._note_teams(stream)
        if stream.actor is not None and stream.actor.id is not None:
            self._by_person[stream.actor.id].add(stream)

    def _note_teams(self, stream: Stream) -> None:
        if stream.actor is not None:
            for team_id in [None] if stream.actor.team_ids is None else stream.actor.team_ids:
                self._by_team[team_id].add(stream)

    def _forget_teams(self, stream: Stream) -> None:
        if stream.actor is not None:
            for team_id in [None] if stream.actor.team_ids is None else stream.actor.team_ids:
                _discard(self._by_team, team_id, stream)

    def send(self, frame: Frame) -> None:
        """Give a fleeting frame to its audience; it is encoded once for those from whom the same is hidden."""
        audience = self._audience(frame)
        if not audience:
            return
        chunks: dict[Hidden, bytes] = {}
        for stream in audience:
            if stream.hidden not in chunks:
                chunks[stream.hidden] = frame.encode(self._mask(frame.data, stream.hidden))
            stream.push(chunks[stream.hidden])

    def _send_batch(self, batch: Batch) -> None:
        heard: defaultdict[Stream, list[int]] = defaultdict(list)
        for place, frame in enumerate(batch.frames):
            for stream in self._audience(frame):
                heard[stream].append(place)
        for stream, places in heard.items():
            stream.push(batch.pack(places, stream.hidden))

    def _audience(self, frame: Frame) -> Collection[Stream]:
        if frame.topic is not None:
            return self._by_topic.get(frame.topic, ())
        if frame.person_id is not None:
            return [stream for stream in self._by_person.get(frame.person_id, ()) if _may_hear(stream, frame)]
        if frame.is_for_all:
            return self._agents
        near = [*self._by_team.get(frame.team_id, ()), *self._by_team.get(None, ())]
        return [stream for stream in near if stream.hears(frame)]

    def _is_for(self, stream: Stream, frame: Frame) -> bool:
        if frame.topic is not None:
            return stream.topic == frame.topic
        if stream.actor is None:
            return False
        if frame.person_id is not None:
            return stream.actor.id == frame.person_id and _may_hear(stream, frame)
        return frame.is_for_all or stream.hears(frame)

    async def _load(self, tx: Transaction, events: Sequence[Event], *, upto: int) -> Batch:
        found: list[Frame] = []
        for loader in self._loaders:
            found.extend(await loader(tx, events))
        return Batch(found, upto=upto, mask=self._mask)

    async def _follow(self) -> None:
        while True:
            # A lost wake-up costs a second, never an event.
            with contextlib.suppress(TimeoutError):
                # Not wait_for: before Python 3.12 it can swallow a cancellation, and the process would never end.
                async with asyncio.timeout(1):
                    await self._woken.wait()
            self._woken.clear()
            try:
                while await self._read_batch() == BATCH:
                    pass
            except (OperationalError, PoolTimeout) as problem:
                log.warning("The hub could not read the log: %s", problem)
                await asyncio.sleep(0.5)
            except Exception:
                log.exception("The hub could not send a batch of events")
                await asyncio.sleep(0.5)

    async def _read_batch(self) -> int:
        async with self._database.statements() as tx:
            events = await events_after(tx, self.cursor, limit=BATCH)
            if not events:
                return 0
            upto = events[-1].seq
            if not self.open_streams:
                # Nobody listens. Passed before the connection is given back: who joins meanwhile begins behind them.
                self.cursor = upto
                return len(events)
            batch = await self._load(tx, events, upto=upto)
        # In one go with the cursor: who joins has either heard of these events here or gets them from the log.
        self._send_batch(batch)
        self.cursor = upto
        return len(events)

    async def _keep_alive(self) -> None:
        while True:
            everybody = [*self._agents, *(one for streams in self._by_topic.values() for one in streams)]
            for some in _slices(everybody):
                for stream in some:
                    stream.push(KEEP_ALIVE)
                await asyncio.sleep(self._beat_seconds * max(len(some), 1) / max(len(everybody), 1))

    async def _watch_rights(self) -> None:
        """Look every few seconds whether sessions and rights still hold, some streams at a time."""
        while True:
            everybody = list(self._agents)
            for some in _slices(everybody):
                try:
                    await self._check_rights(some)
                except (OperationalError, PoolTimeout) as problem:
                    log.warning("Rights of streams could not be checked: %s", problem)
                await asyncio.sleep(CHECK_SECONDS * max(len(some), 1) / max(len(everybody), 1))

    async def _check_rights(self, streams: Sequence[Stream]) -> None:
        held = [(stream, stream.actor.session_id) for stream in streams if stream.actor is not None]
        wanted = {session_id for _, session_id in held if session_id is not None}
        if not wanted:
            return
        async with self._database.transaction() as tx:
            alive = await self._load_actors(tx, wanted)
            people = self._due_beats(held)
            self._beat_seconds = await self._beat(tx, people)
        self._beaten |= dict.fromkeys(people, time.monotonic())
        for stream, session_id in held:
            if session_id is None:
                continue
            if session_id not in alive:
                stream.end("session_ended")
            elif alive[session_id] != stream.actor and stream in self._agents:
                self._forget_teams(stream)
                stream.actor = alive[session_id]
                self._note_teams(stream)

    def _due_beats(self, held: Sequence[tuple[Stream, int | None]]) -> set[int]:
        due = time.monotonic() - self._beat_seconds
        # A line may stay open long after the machine at its other end was shut: whoever can says so themselves.
        quiet = [stream.actor for stream, _ in held if stream.actor and not stream.has_pulse]
        people = {actor.id for actor in quiet if actor.id is not None}
        if len(self._beaten) > MOST_BEATEN:
            self._beaten.clear()
        return {one for one in people if self._beaten.get(one, due) <= due}


def _slices(streams: Sequence[Stream]) -> list[Sequence[Stream]]:
    """Some streams at a time; one empty slice when there is none, so that whoever loops over them still pauses."""
    return [streams[start : start + SLICE] for start in range(0, len(streams), SLICE)] or [[]]


def _may_hear(stream: Stream, frame: Frame) -> bool:
    return frame.team_id is None or stream.hears(frame)


def _discard(index: defaultdict[K, set[Stream]], key: K, one: Stream) -> None:
    streams = index.get(key)
    if streams is not None:
        streams.discard(one)
        if not streams:
            del index[key]
