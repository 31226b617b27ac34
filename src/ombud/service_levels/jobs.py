"""The hand of the clocks: one loop that sleeps until something is due, and takes it to the second."""

import asyncio
import logging
from datetime import datetime

from psycopg import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

from ombud.service_levels.queries import next_moment
from ombud.service_levels.services.applying import apply_part
from ombud.service_levels.services.firing import fire_due
from ombud.service_levels.services.telling import Pager, tell_waiting
from ombud.shared.bus import Bus
from ombud.shared.clock import Clock
from ombud.shared.database import Database

log = logging.getLogger(__name__)
# A clock that began meanwhile is seen after this long at the latest, whether or not anybody wakes us.
LOOK_AGAIN_SECONDS = 1.0
# What another process holds at this moment is tried again after this long.
SHORTEST_SECONDS = 0.05


class ClockHand:
    """Takes what is due, and applies policies to open tickets where somebody asked for it."""

    def __init__(self, database: Database, bus: Bus, clock: Clock, pager: Pager) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._pager = pager

    async def run(self, woken: asyncio.Event) -> None:
        """Work until cancelled; woken by the topic ``clocks``."""
        await asyncio.gather(self._firing(woken), self._applying())

    async def _firing(self, woken: asyncio.Event) -> None:
        while True:
            woken.clear()
            pause = await self._step()
            try:
                async with asyncio.timeout(pause):
                    await woken.wait()
            except TimeoutError:
                pass

    async def _step(self) -> float:
        try:
            return self._pause(await self.take_due())
        except (OperationalError, InterfaceError, PoolTimeout) as problem:
            log.warning("The clocks wait for the database: %s", problem)
        except Exception:
            # The boundary of the job: one odd clock must not stop the others for good.
            log.exception("Taking what is due failed and goes on")
        return LOOK_AGAIN_SECONDS

    async def take_due(self) -> datetime | None:
        """Take everything that is due now; gives when the next thing is."""
        done = 0
        while took := await self._take():
            done += took
        if done:
            self._bus.wake("sequence")
        async with self._database.statements() as connection:
            return await next_moment(connection)

    async def _take(self) -> int:
        now = self._clock.now()
        fired = await fire_due(self._database, self._pager, now=now)
        async with self._database.transaction() as tx:
            return fired + await tell_waiting(tx, now=now)

    def _pause(self, at: datetime | None) -> float:
        if at is None:
            return LOOK_AGAIN_SECONDS
        return min(max((at - self._clock.now()).total_seconds(), SHORTEST_SECONDS), LOOK_AGAIN_SECONDS)

    async def _applying(self) -> None:
        while True:
            try:
                done = await apply_part(self._database, now=self._clock.now())
            except (OperationalError, InterfaceError, PoolTimeout) as problem:
                log.warning("Applying policies waits for the database: %s", problem)
                done = 0
            except Exception:
                log.exception("Applying policies failed and goes on")
                done = 0
            if done:
                self._bus.wake("sequence", "clocks")
            # Whoever waits goes first.
            await asyncio.sleep(0 if done else LOOK_AGAIN_SECONDS)
