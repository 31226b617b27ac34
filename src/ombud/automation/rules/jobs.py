"""The loop of rules on time."""

from ombud.automation.rules.book import Shelf
from ombud.automation.rules.services.due import BATCH, run_due
from ombud.shared.bus import Bus
from ombud.shared.clock import Clock
from ombud.shared.database import Database

LOOK_SECONDS = 5.0


class RuleHand:
    """Moves time rules on; several processes may hold one, each rule is taken by one at a time."""

    def __init__(self, database: Database, bus: Bus, clock: Clock) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._shelf = Shelf()

    async def step(self) -> int:
        """Act on what is due; more than 99 say that there may be more."""
        async with self._database.transaction() as tx:
            book = await self._shelf.book(tx)
            done = await run_due(tx, book, now=self._clock.now()) if book.timed else 0
        if done:
            self._bus.wake("sequence", "outbox")
        return done

    @property
    def full(self) -> int:
        """How many a full step takes."""
        return BATCH
