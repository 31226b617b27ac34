"""Keeps the demo desk alive: customers who write in by the real door, colleagues who come, go and answer."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from psycopg import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

from ombud.demo.colleagues import Shift
from ombud.demo.guests import Guest, Receive, invite_guest
from ombud.demo.material import read_material
from ombud.demo.post import Post
from ombud.shared.clock import Clock
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Database, value

log = logging.getLogger(__name__)
GUESTS = 2
# Between two messages of any customer; between two answers of any colleague; between two who get up or sit down.
SPEAKS_SECONDS = (20.0, 60.0)
WORKS_SECONDS = (15.0, 45.0)
MOVES_SECONDS = (60.0, 180.0)
TURNS_SECONDS = (240.0, 480.0)
BEATS_SECONDS = (20.0, 20.0)
CARRIES_SECONDS = (1.0, 2.0)
Span = tuple[float, float]


class LiveDesk:
    """The simulation. ``wake`` tells the other processes that something was written; `pace` below 1 is faster."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        receive: Receive,
        wake: Callable[..., None],
        *,
        key_ring: KeyRing,
        you: int,
        seed: int = 7,
        pace: float = 1.0,
    ) -> None:
        self._database, self._clock, self._receive, self._wake = database, clock, receive, wake
        self._rng = random.Random(seed)
        self._pace = pace
        self._shift = Shift(you, self._rng)
        self._guests: list[Guest] = []
        self._busy: set[int] = set()
        self._post = Post(key_ring, self._rng)

    async def run(self) -> None:
        """Live until cancelled; a database that is away is waited for."""
        await self._try("shift", self._sit_down)
        await self._try("floor", self._settle)
        loops = (
            self._every(SPEAKS_SECONDS, "guests", self.speak),
            self._every(WORKS_SECONDS, "colleagues", self.work),
            self._every(MOVES_SECONDS, "presence", self._change_places),
            self._every(TURNS_SECONDS, "breaks", self._take_turns),
            self._every(BEATS_SECONDS, "heartbeat", self._beat),
            self._every(CARRIES_SECONDS, "post", self.carry),
        )
        async with asyncio.TaskGroup() as group:
            for loop in loops:
                group.create_task(loop)

    async def speak(self) -> None:
        """Let one guest write; a guest who is content leaves and another one comes."""
        now = self._clock.now()
        self._guests = [one for one in self._guests if not one.is_content]
        async with self._database.transaction() as tx:
            if len(self._guests) < GUESTS:
                guest = await invite_guest(tx, read_material(), self._rng, self._busy, now=now)
                self._guests += [guest] if guest else []
            waiting = self._rng.sample(self._guests, len(self._guests))
            for guest in waiting:
                if await guest.act(tx, self._receive, now=now):
                    return

    async def work(self) -> None:
        """Let one colleague answer."""
        async with self._database.transaction() as tx:
            for guest in self._guests:
                await guest.find_ticket(tx)
            has_worked = await self._shift.work(tx, self._guests, now=self._clock.now())
        if has_worked:
            self._wake("sequence", "outbox")

    async def carry(self) -> None:
        """Carry the mails of the demo's mailboxes, and let customers write back."""
        now = self._clock.now()
        async with self._database.transaction() as tx:
            moved = await self._post.carry(tx, now=now)
        async with self._database.transaction() as tx:
            moved += await self._post.answer(tx, self._receive, now=now)
        if moved:
            self._wake("sequence")

    async def _sit_down(self) -> None:
        async with self._database.transaction() as tx:
            await self._shift.sit_down(tx, now=self._clock.now())
        self._wake("sequence")

    async def _settle(self) -> None:
        async with self._database.transaction() as tx:
            await self._shift.settle(tx, now=self._clock.now())
        self._wake("sequence")

    async def _take_turns(self) -> None:
        async with self._database.transaction() as tx:
            await self._shift.take_turns(tx, now=self._clock.now())
        self._wake("sequence")

    async def _beat(self) -> None:
        async with self._database.transaction() as tx:
            await self._shift.beat(tx, now=self._clock.now())

    async def _change_places(self) -> None:
        async with self._database.transaction() as tx:
            await self._shift.change_places(tx, now=self._clock.now())
        self._wake("sequence")

    async def _every(self, span: Span, name: str, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(self._rng.uniform(*span) * self._pace)
            await self._try(name, step)

    async def _try(self, name: str, step: Callable[[], Awaitable[None]]) -> None:
        try:
            await step()
        except (OperationalError, InterfaceError, PoolTimeout) as problem:
            log.warning("The demo's %s wait for the database: %s", name, problem)
        except Exception:
            log.exception("The demo's %s failed and go on", name)


async def find_you(database: Database) -> int:
    """The signed-in person of the demo desk: its first administrator."""
    async with database.transaction() as tx:
        sql = "select id from person where role = 'administrator' and deactivated_at is null order by id limit 1"
        return await value(tx, int, sql) or 0
