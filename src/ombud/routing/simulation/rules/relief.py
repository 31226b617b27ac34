"""A surge plan on a simulated day: when it begins and ends, and what it does in between. It leaves no trace."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import floor

from ombud.routing.simulation.rules.cast import MINUTE, seconds_of
from ombud.routing.simulation.rules.floor import Floor
from ombud.routing.simulation.rules.people import Person
from ombud.routing.simulation.schemas import Relief

LOOK_SECONDS = 15.0
# of one more chat at a time
CHAT_POINTS = 2


@dataclass(slots=True)
class ReliefHand:
    """Looks at the queue now and then, and puts a plan in force or takes it back."""

    relief: Relief
    floor: Floor
    is_on: bool = False
    # from, until: the stretches in which it held
    stretches: list[tuple[float, float | None]] = field(default_factory=list)
    _calm_since: float | None = None

    def look(self, waiting: int, oldest_seconds: float) -> bool:
        """Begin or end as the queue asks for; whether it holds now."""
        now = self.floor.timeline.now
        if not self.is_on and self._shall_begin(waiting, oldest_seconds, now):
            self._begin(now)
        elif self.is_on and self._shall_end(waiting, oldest_seconds, now):
            self._end(now)
        return self.is_on

    def _shall_begin(self, waiting: int, oldest_seconds: float, now: float) -> bool:
        relief = self.relief
        if relief.starts is not None and not self.stretches:
            return now >= seconds_of(relief.starts)
        too_many = relief.waiting_over is not None and waiting > relief.waiting_over
        return too_many or (relief.oldest_over_seconds is not None and oldest_seconds > relief.oldest_over_seconds)

    def _shall_end(self, waiting: int, oldest_seconds: float, now: float) -> bool:
        relief = self.relief
        if now >= self.stretches[-1][0] + relief.minutes * MINUTE:
            return True
        many = relief.waiting_over is not None and waiting > relief.waiting_over / 2
        old = relief.oldest_over_seconds is not None and oldest_seconds > relief.oldest_over_seconds / 2
        by_clock = relief.waiting_over is None and relief.oldest_over_seconds is None
        if many or old or by_clock:
            self._calm_since = None
            return False
        self._calm_since = now if self._calm_since is None else self._calm_since
        return now - self._calm_since >= relief.calm_minutes * MINUTE

    def _begin(self, now: float) -> None:
        self.is_on, self._calm_since = True, None
        self.stretches.append((now, None))
        self.floor.blocks_breaks = self.relief.blocks_breaks
        self.floor.wrap_up_times = self.relief.wrap_up_times
        self._raise(self.relief.more_at_a_time)
        reserve = [one for one in self.floor.people.values() if one.member.is_reserve]
        for person in reserve[: floor(len(reserve) * self.relief.reserve_share)]:
            self.floor.timeline.at(now + self.relief.reserve_after_seconds, self._comes(person))

    def _comes(self, person: Person) -> Callable[[], None]:
        return lambda: self.floor.come(person) if self.is_on else None

    def _end(self, now: float) -> None:
        self.is_on = False
        self.stretches[-1] = (self.stretches[-1][0], now)
        self.floor.blocks_breaks = False
        self.floor.wrap_up_times = 1.0
        self._raise(-self.relief.more_at_a_time)
        for person in self.floor.people.values():
            if person.member.is_reserve and person.is_on_shift:
                self.floor.leave(person)

    def _raise(self, more: int) -> None:
        """More at a time for everybody, with the points that it takes; the same number less gives it back."""
        for person in self.floor.people.values():
            for channel in person.agent.limits:
                person.agent.limits[channel] += more
            person.agent.capacity += more * CHAT_POINTS
            self.floor.look_at(person)
