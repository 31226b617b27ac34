"""The live board of one process: looked at once for all who watch, and each change sent once.

It asks two questions of the database, at most once a second and only while somebody watches, however many they are and
however much happens.
"""

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from psycopg import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

from ombud.realtime.schemas import Frame
from ombud.routing.supervision.queries import load_agents, load_queues
from ombud.routing.supervision.schemas import LiveAgent, LiveFrame, LiveQueue
from ombud.shared.bus import Bus
from ombud.shared.clock import Clock
from ombud.shared.database import Database
from ombud.shared.tasks import end_tasks

log = logging.getLogger(__name__)
TOPIC = "live"
NEEDS = "floor.lead"
# A page that watches says so more often than this.
WATCHED_SECONDS = 90.0
LOOK_SECONDS = 1.0
# Without news, time alone moves somebody now and then: a limit, a silence.
REST_SECONDS = 5.0

Send = Callable[[Frame], None]


def watch_live(bus: Bus) -> None:
    """Tell the boards of all processes that somebody watches."""
    bus.publish(TOPIC, {"watched": True})


def changes(
    before: tuple[Sequence[LiveQueue], Sequence[LiveAgent]], after: tuple[Sequence[LiveQueue], Sequence[LiveAgent]]
) -> list[LiveFrame]:
    """What differs between two looks, team by team; somebody of two teams stands in both."""
    queues = _changed_queues(before[0], after[0])
    agents: defaultdict[int, list[LiveAgent]] = defaultdict(list)
    gone: defaultdict[int, list[int]] = defaultdict(list)
    known = {one.person_id: one for one in before[1]}
    present = {one.person_id: one for one in after[1]}
    for one in after[1]:
        if known.get(one.person_id) != one:
            for team_id in one.team_ids:
                agents[team_id].append(one)
    for one in before[1]:
        left = set(one.team_ids) - set(present[one.person_id].team_ids if one.person_id in present else ())
        for team_id in left:
            gone[team_id].append(one.person_id)
    teams = sorted({*queues, *agents, *gone})
    return [LiveFrame(team, queues.get(team), agents[team], gone[team]) for team in teams]


def _changed_queues(before: Sequence[LiveQueue], after: Sequence[LiveQueue]) -> dict[int, LiveQueue]:
    known = {one.team_id: one for one in before}
    return {one.team_id: one for one in after if known.get(one.team_id) != one}


class Board:
    """Follows the floor while somebody watches it."""

    def __init__(self, database: Database, bus: Bus, clock: Clock, send: Send) -> None:
        self._database, self._clock, self._send = database, clock, send
        self._watched_until = 0.0
        self._last: tuple[list[LiveQueue], list[LiveAgent]] | None = None
        self._woken = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        bus.listen(TOPIC, lambda _: self.watch())
        bus.listen("events", lambda _: self._woken.set())

    def watch(self) -> None:
        """Somebody watches from now on for a while."""
        self._watched_until = time.monotonic() + WATCHED_SECONDS
        self._woken.set()

    @property
    def is_watched(self) -> bool:
        """Whether somebody watched of late."""
        return time.monotonic() < self._watched_until

    def start(self) -> None:
        """Begin to follow."""
        self._tasks = [asyncio.create_task(self._follow())]

    async def stop(self) -> None:
        """Follow no longer. Stopping twice is harmless."""
        await end_tasks(self._tasks)

    async def look(self) -> int:
        """Look once, and send what is new since the last look; how many frames that were."""
        async with self._database.statements() as tx:
            moment = self._clock.now()
            now = await load_queues(tx, now=moment), await load_agents(tx, now=moment)
        # The first look sends all: what happened since the first watcher loaded their page is among it.
        frames = changes(self._last or ([], []), now)
        self._last = now
        for one in frames:
            self._send(Frame("live", one, team_id=one.team_id, needs=NEEDS))
        return len(frames)

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REST_SECONDS):
                    await self._woken.wait()
            self._woken.clear()
            if not self.is_watched:
                self._last = None
                continue
            try:
                await self.look()
            except (OperationalError, InterfaceError, PoolTimeout) as problem:
                log.warning("The live board waits for the database: %s", problem)
            except Exception:
                log.exception("The live board could not look")
            await asyncio.sleep(LOOK_SECONDS)
