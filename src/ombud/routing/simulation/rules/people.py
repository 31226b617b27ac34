"""People of a simulated day: on shift or not, at rest, with work in hand; and how their time went."""

from dataclasses import dataclass, field

from ombud.routing.engine.schemas import Agent, Work
from ombud.routing.simulation.rules.cast import Member, Rest
from ombud.routing.simulation.rules.chance import Arrival
from ombud.routing.simulation.schemas import Kind

# A hard conversation weighs as much as three others; each that follows another hard one weighs one more.
HARD_WEIGHT, IN_A_ROW_WEIGHT, MISSED_BREAK_WEIGHT = 3.0, 1.0, 3.0


@dataclass(slots=True)
class Meter:
    """Adds up how long something held, within the time that counts."""

    seconds: float = 0.0
    since: float | None = None

    def turn(self, *, on: bool, now: float) -> None:
        """Begin or stop counting; saying the same again changes nothing."""
        if on and self.since is None:
            self.since = now
        elif not on and self.since is not None:
            self.seconds += now - self.since
            self.since = None

    def restart(self, now: float) -> None:
        """Forget what was counted before the time that counts."""
        self.seconds = 0.0
        if self.since is not None:
            self.since = now

    def read(self, now: float) -> float:
        """Seconds until now."""
        return self.seconds + (now - self.since if self.since is not None else 0.0)


@dataclass(slots=True, eq=False)
class Item:
    """One piece of work, from its arrival to its end."""

    arrival: Arrival
    kind: Kind
    work: Work
    state: str = "waiting"
    person: "Person | None" = None
    began_at: float | None = None
    ended_at: float | None = None
    # of its handling, while it stands still
    left_seconds: float = 0.0
    finishes_at: float = 0.0
    # an event of an older token says nothing any more
    token: int = 0
    is_matched: bool = False
    is_parked: bool = False
    is_called_back: bool = False

    @property
    def waited(self) -> float:
        """How long it waited until it was begun or given up."""
        until = self.began_at if self.began_at is not None else self.ended_at
        return (until if until is not None else self.arrival.at) - self.arrival.at


@dataclass(slots=True, eq=False)
class Person:
    """One person of the day."""

    member: Member
    agent: Agent
    is_on_shift: bool = False
    rest_until: float | None = None
    rests_due: list[Rest] = field(default_factory=list)
    firm: dict[int, Item] = field(default_factory=dict)
    soft: dict[int, Item] = field(default_factory=dict)
    duty: Meter = field(default_factory=Meter)
    busy: Meter = field(default_factory=Meter)
    served: int = 0
    hard: int = 0
    hard_run: int = 0
    longest_hard_run: int = 0
    run_points: float = 0.0
    missed_breaks: int = 0
    # on duty and busy, as it stood when the day closed
    duty_seconds: float = 0.0
    busy_seconds: float = 0.0

    @property
    def has_work(self) -> bool:
        """Whether something is in hand."""
        return bool(self.firm or self.soft)

    @property
    def is_ready(self) -> bool:
        """Whether they may be given work, as far as their state goes."""
        return self.is_on_shift and self.rest_until is None and not self.rests_due

    @property
    def strain(self) -> float:
        """Points of strain so far: hard work, hard work in a row, breaks that were not taken."""
        return self.served + (HARD_WEIGHT - 1) * self.hard + self.run_points + MISSED_BREAK_WEIGHT * self.missed_breaks

    def note_begun(self, *, is_hard: bool) -> None:
        """Count one more conversation into strain."""
        self.served += 1
        self.hard += is_hard
        self.hard_run = self.hard_run + 1 if is_hard else 0
        self.run_points += IN_A_ROW_WEIGHT if self.hard_run > 1 else 0
        self.longest_hard_run = max(self.longest_hard_run, self.hard_run)
