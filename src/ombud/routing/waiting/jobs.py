"""Looks at who waits every few seconds, and at once when something happens; tells the customers on their line."""

from ombud.routing.waiting.services.telling import tell_waits
from ombud.shared.bus import Bus
from ombud.shared.clock import Clock
from ombud.shared.database import Database

# Fleeting: whoever misses it asks again by itself.
TOPIC = "waits"


class WaitTeller:
    """The worker's hand for those who wait."""

    def __init__(self, database: Database, bus: Bus, clock: Clock) -> None:
        self._database, self._bus, self._clock = database, bus, clock

    async def step(self) -> int:
        """Bring what is told up to date and tell it; 0, for there is nothing left to do."""
        async with self._database.transaction() as tx:
            told = await tell_waits(tx, now=self._clock.now())
        for ticket_id, wait in told:
            self._bus.publish(
                TOPIC,
                {
                    "ticket_id": ticket_id,
                    "basis": wait.basis,
                    "position": wait.position,
                    "low_seconds": wait.low_seconds,
                    "high_seconds": wait.high_seconds,
                },
            )
        return 0
