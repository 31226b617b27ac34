"""The worker's hand for questions: looks at what came, ends what is silent, tries earlier tickets."""

import logging

from ombud.assistance.answering.reactions import TOPIC
from ombud.assistance.answering.services.ending import end_silent_talks, let_late_go
from ombud.assistance.answering.services.finding import Knowing
from ombud.assistance.answering.services.trying import fail_trial, try_next
from ombud.assistance.answering.services.turning import Next, Scene, answer_next, judge_next, next_message, put_off
from ombud.shared.bus import Bus
from ombud.shared.clock import Clock
from ombud.shared.database import Database

log = logging.getLogger(__name__)

__all__ = ["TOPIC", "AnsweringHand"]


class AnsweringHand:
    """Several may work at once: each takes another message."""

    def __init__(self, database: Database, bus: Bus, clock: Clock, knowing: Knowing, address: str) -> None:
        self._database, self._bus, self._clock = database, bus, clock
        self._scene = Scene(knowing, address)

    async def step(self) -> int:
        """Look at one message; 0 when none wants it. One that fails gets another try, and in the end a person."""
        found: Next | None = None
        try:
            async with self._database.transaction() as tx:
                found = await next_message(tx, now=self._clock.now())
            if found is None:
                return 0
            judged = await judge_next(self._database, self._scene, found, now=self._clock.now())
            async with self._database.transaction() as tx:
                await answer_next(tx, self._scene, found, judged, now=self._clock.now())
        except Exception:
            log.exception("A question could not be looked at")
            async with self._database.transaction() as tx:
                await put_off(tx, found.entry_id if found else None, now=self._clock.now())
            return 0
        self._bus.wake("sequence", "routing", "outbox")
        return 1

    async def keep_up(self) -> int:
        """End talks in which nothing is heard; give to the queue what was held too long."""
        async with self._database.transaction() as tx:
            now = self._clock.now()
            changed = await end_silent_talks(tx, now=now) + await let_late_go(tx, now=now)
        if changed:
            self._bus.wake("sequence", "routing")
        return 0

    async def try_tickets(self) -> int:
        """Try earlier tickets where somebody asked for it; 0 where nobody did."""
        try:
            done = await try_next(self._database, self._scene.knowing, clock=self._clock)
        except Exception:
            log.exception("A trial of earlier tickets failed")
            async with self._database.transaction() as tx:
                done = await fail_trial(tx, now=self._clock.now())
        if done:
            self._bus.wake("sequence")
        return 0
