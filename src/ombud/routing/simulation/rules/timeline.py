"""The simulated clock: what happens when, in order, and nothing in between."""

import heapq
from collections.abc import Callable
from itertools import count


class Timeline:
    """Events in order of time; those of one moment happen before anybody is asked what follows from them."""

    def __init__(self, begins: float) -> None:
        self.now = begins
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()

    def at(self, moment: float, action: Callable[[], None]) -> None:
        """Do something at a moment; what lies in the past is done next."""
        heapq.heappush(self._events, (max(moment, self.now), next(self._numbers), action))

    def run(self, until: float, after_each: Callable[[], None]) -> None:
        """Let time go by until a moment, or until nothing is left to happen."""
        while self._events and self._events[0][0] <= until:
            self.now = self._events[0][0]
            while self._events and self._events[0][0] == self.now:
                heapq.heappop(self._events)[2]()
            after_each()
        self.now = max(self.now, until)
