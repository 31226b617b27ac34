"""Loops of a process that works: each steps when it is woken or when its time has come, and survives the database."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any

from psycopg import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

from ombud.config.parts import Parts
from ombud.shared.bus import Signal
from ombud.shared.tasks import end_tasks

log = logging.getLogger(__name__)
Step = Callable[[], Awaitable[int]]
# A lost wake-up costs at most this long.
LOOK_AGAIN_SECONDS = 1.0
# As ``full``: one step is all, however much it did.
ONCE = sys.maxsize


def _setter(event: asyncio.Event) -> Callable[[Signal], None]:
    return lambda _: event.set()


class Loops:
    """The loops of one process. Several processes may run the same: locks let one at a time do what only one may."""

    def __init__(self, name: str, parts: Parts, topics: Iterable[str]) -> None:
        self.parts = parts
        self._name = name
        self._wakes = {topic: asyncio.Event() for topic in topics}
        for topic, event in self._wakes.items():
            parts.bus.listen(topic, _setter(event))

    def _loops(self) -> Sequence[Coroutine[Any, Any, None]]:
        """All that runs side by side; each goes on without end."""
        raise NotImplementedError

    async def run_until(self, stop: asyncio.Event) -> None:
        """Work until told to stop; what is under way is finished or rolled back.

        Raises:
            Exception: what ended a loop by itself: a bug, told to whoever starts us again.
        """
        tasks = [asyncio.create_task(one) for one in self._loops()]
        log.info("The %s is ready", self._name)
        ended, _ = await asyncio.wait([asyncio.create_task(stop.wait()), *tasks], return_when=asyncio.FIRST_COMPLETED)
        await end_tasks(tasks)
        for one in ended:
            one.result()

    async def _loop(self, name: str, step: Step, *, full: int = 1, wakes: Sequence[str] = ()) -> None:
        """Step whenever woken, and at once again after ``full``: fewer were all, and whoever adds more wakes us.

        ``wakes`` are topics that hear of each step that did something.
        """
        woken = self._wakes[name]
        while True:
            try:
                async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                    await woken.wait()
            except TimeoutError:
                pass
            woken.clear()
            await self._run_dry(name, step, full=full, wakes=wakes)

    async def _every(self, seconds: float, name: str, step: Step, *, full: int = 1, wakes: Sequence[str] = ()) -> None:
        """Step by time alone, first at once."""
        while True:
            await self._run_dry(name, step, full=full, wakes=wakes)
            await asyncio.sleep(seconds)

    async def _run_dry(self, name: str, step: Step, *, full: int = 1, wakes: Sequence[str] = ()) -> None:
        try:
            done = full
            while done >= full:
                done = await step()
                if done and wakes:
                    self.parts.bus.wake(*wakes)
        except (OperationalError, InterfaceError, PoolTimeout) as problem:
            log.warning("%s waits for the database: %s", name, problem)
            await asyncio.sleep(0.3)
        except Exception:
            log.exception("%s failed and goes on", name)
            await asyncio.sleep(0.5)
