"""A simulated day: work arrives, waits, is given by the router of the product, and ends."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ombud.routing.engine.schemas import Agent, Decision, Step, Work
from ombud.routing.simulation.rules.cast import Cast, handling_times, set_up
from ombud.routing.simulation.rules.chance import Arrival, draw_arrivals
from ombud.routing.simulation.rules.driving import relax, steps_of, work_of
from ombud.routing.simulation.rules.floor import Floor
from ombud.routing.simulation.rules.people import Item, Person
from ombud.routing.simulation.rules.relief import LOOK_SECONDS, ReliefHand
from ombud.routing.simulation.rules.timeline import Timeline
from ombud.routing.simulation.schemas import Kind, Relief, Scenario

# Who is still in hand at closing time is served for at most so long.
LAST_SECONDS = 4 * 3_600.0
RESCORE_SECONDS = 15.0
# a step has surely run out so much later, however sums of fractions are rounded
A_MOMENT = 1e-6

Router = Callable[[Sequence[Work], Sequence[Agent], float], Sequence[Decision]]
Scorer = Callable[[Item, float], float]


@dataclass(frozen=True, slots=True)
class Sample:
    """How it stood at one moment."""

    at: float
    waiting: int
    in_hand: int
    on_duty: int


class Day:
    """One replication. ``play`` it, then read ``items`` and ``floor``."""

    def __init__(self, scenario: Scenario, router: Router, scorer: Scorer, *, seed: int, relief: Relief | None) -> None:
        self.cast: Cast = set_up(scenario)
        self.router, self.scorer = router, scorer
        self.timeline = Timeline(min([self.cast.opens, *(one.starts for one in self.cast.members)]))
        self.skill_ids = _skill_ids(scenario)
        self.floor = Floor(self.cast, self.timeline, self.skill_ids)
        self.hand = ReliefHand(relief, self.floor) if relief else None
        self.items: list[Item] = []
        self.samples: list[Sample] = []
        self.waiting: dict[int, Item] = {}
        self.parked: dict[int, Item] = {}
        self.closed_at = self.cast.closes
        self._scored_at = 0.0
        self._steps = {key: steps_of(kind, self.skill_ids) for key, kind in scenario.kinds.items()}
        for number, arrival in enumerate(draw_arrivals(self.cast.sources, seed=seed)):
            self.timeline.at(arrival.at, self._arriver(number + 1, arrival))
        self.timeline.at(self.cast.opens, self._look)

    def play(self) -> "Day":
        """Let the day go by, and what was in hand at its end."""
        self.timeline.run(self.cast.closes, self._route)
        self.floor.close_books()
        self.closed_at = self.timeline.now
        self.timeline.run(self.cast.closes + LAST_SECONDS, self._route)
        return self

    def _arriver(self, number: int, arrival: Arrival) -> Callable[[], None]:
        return lambda: self._arrive(number, arrival)

    def _arrive(self, number: int, arrival: Arrival) -> None:
        scenario, now = self.cast.scenario, self.timeline.now
        kind = scenario.kinds[arrival.kind]
        item = Item(arrival, kind, work_of(number, arrival, kind, self._steps_now(arrival.kind)))
        self.items.append(item)
        if self._reads_and_leaves(item):
            item.state, item.ended_at = "informed", now
            return
        item.work.score = self._score_of(item, now)
        self.waiting[number] = item
        self._plan_wakes(item)
        if self._is_relieved and kind.is_low_value and self.hand and self.hand.relief.stops_low_value:
            self._park(item)
        if arrival.patience_seconds is not None:
            self.timeline.at(now + arrival.patience_seconds, lambda: self._give_up(item))
        self._plan_call_back(item)

    def _reads_and_leaves(self, item: Item) -> bool:
        """Whether the announcement is all that they needed; who is in danger always speaks to somebody."""
        share = self.hand.relief.announcement_share if self._is_relieved and self.hand else 0.0
        return not item.kind.is_safety and not item.kind.is_vip and item.arrival.mood > 1 - share

    @property
    def _is_relieved(self) -> bool:
        return self.hand is not None and self.hand.is_on

    def _steps_now(self, key: str) -> tuple[Step, ...]:
        times = self.hand.relief.step_times if self._is_relieved and self.hand else 1.0
        return relax(self._steps[key], times) if times < 1 else self._steps[key]

    def _plan_wakes(self, item: Item) -> None:
        """Look again whenever a step has run out: others may take it then."""
        at = item.arrival.at
        for step in item.work.steps:
            at += step.seconds or 0.0
            self.timeline.at(at + A_MOMENT, _nothing)

    def _give_up(self, item: Item) -> None:
        if item.state == "waiting" and not item.is_called_back:
            item.state, item.ended_at = "abandoned", self.timeline.now
            self.waiting.pop(item.work.id, None)

    def _plan_call_back(self, item: Item) -> None:
        after = self.hand.relief.call_back_after_seconds if self.hand else None
        if after is not None and item.kind.is_call_back_possible:
            self.timeline.at(self.timeline.now + after, lambda: self._offer_call_back(item))

    def _offer_call_back(self, item: Item) -> None:
        if self._is_relieved and self.hand and item.state == "waiting":
            item.is_called_back = item.arrival.mood < self.hand.relief.call_back_share

    def _park(self, item: Item) -> None:
        self.waiting.pop(item.work.id, None)
        self.parked[item.work.id] = item

    def _look(self) -> None:
        now = self.timeline.now
        if self.hand:
            firm = [one for one in self.waiting.values() if not one.work.is_interruptible and not one.is_called_back]
            was_on = self.hand.is_on
            oldest = max((now - one.arrival.at for one in firm), default=0.0)
            if self.hand.look(len(firm), oldest) != was_on:
                self._turn()
        people = self.floor.people.values()
        in_hand = sum(len(one.firm) + len(one.soft) for one in people)
        on_duty = sum(one.is_on_shift and one.rest_until is None for one in people)
        self.samples.append(Sample(now, len(self.waiting), in_hand, on_duty))
        if now < self.cast.closes:
            self.timeline.at(now + LOOK_SECONDS, self._look)

    def _turn(self) -> None:
        """A plan was put in force or taken back: steps of what waits, and low-value work."""
        for item in self.waiting.values():
            item.work.steps = self._steps_now(item.arrival.kind)
            self._plan_wakes(item)
        self._turn_low_value()

    def _turn_low_value(self) -> None:
        if self._is_relieved and self.hand and self.hand.relief.stops_low_value:
            for item in [one for one in self.waiting.values() if one.kind.is_low_value]:
                self._park(item)
        elif not self._is_relieved:
            self.waiting.update(self.parked)
            self.parked.clear()

    def _route(self) -> None:
        if self.waiting and self.floor.free:
            now = self.timeline.now
            self._score(now)
            works, agents = _with_room([one.work for one in self.waiting.values()], self.floor.free.values())
            for decision in self.router(works, agents, now) if works else ():
                self._give(self.waiting.pop(decision.work_id), self.floor.people[decision.person_id])
        self._turn_away()

    def _turn_away(self) -> None:
        """Send away who finds all waiting places taken: the newest."""
        places = self.cast.scenario.waiting_places
        while places is not None and len(self.waiting) > places:
            item = self.waiting.pop(next(reversed(self.waiting)))
            item.state, item.ended_at = "blocked", self.timeline.now

    def _score(self, now: float) -> None:
        if now - self._scored_at >= RESCORE_SECONDS:
            self._scored_at = now
            for item in self.waiting.values():
                item.work.score = self._score_of(item, now)

    def _score_of(self, item: Item, now: float) -> float:
        is_lifted = self._is_relieved and (item.kind.is_vip or item.kind.severity == "critical")
        return self.scorer(item, now) + (self.hand.relief.priority_points if is_lifted and self.hand else 0.0)

    def _give(self, item: Item, person: Person) -> None:
        scenario, now = self.cast.scenario, self.timeline.now
        item.is_matched = meets(person, item.kind)
        seconds = item.arrival.handling_seconds * handling_times(self.cast, item.arrival.kind, now)
        seconds *= 1 if item.is_matched else scenario.unskilled_times
        seconds *= 1 + scenario.slowdown * len(person.firm)
        self.floor.begin(person, item, seconds)


def _with_room(works: list[Work], people: Iterable[Person]) -> tuple[list[Work], list[Agent]]:
    """Leave out what nobody has room for, and who has room for nothing: the router would say the same, later."""
    shapes = {(one.channel, one.points, one.is_interruptible) for one in works}
    rooms = {one.agent.id: [shape for shape in shapes if _has_room(one.agent, *shape)] for one in people}
    taken = {shape for found in rooms.values() for shape in found}
    open_works = [one for one in works if (one.channel, one.points, one.is_interruptible) in taken]
    return open_works, [one.agent for one in people if rooms[one.agent.id]]


def _has_room(agent: Agent, channel: str, points: int, is_interruptible: bool) -> bool:  # part of a shape
    used = agent.load if is_interruptible else agent.firm_load
    most = agent.limits.get(channel)
    return used + points <= agent.capacity and (most is None or agent.per_channel.get(channel, 0) < most)


def _nothing() -> None:
    """Let time stop here: what waits is looked at again."""


def meets(person: Person, kind: Kind) -> bool:
    """Whether a person has what the first step of a kind asks for."""
    if not kind.steps:
        return True
    first, skills = kind.steps[0], person.member.skills
    has_all = all(skills.get(name, 0) >= level for name, level in first.all.items())
    return has_all and (not first.any or any(skills.get(name, 0) >= level for name, level in first.any.items()))


def _skill_ids(scenario: Scenario) -> dict[str, int]:
    names = {name for group in scenario.groups.values() for name in group.skills}
    names |= {name for kind in scenario.kinds.values() for step in kind.steps for name in (*step.all, *step.any)}
    return {name: number for number, name in enumerate(sorted(names), 1)}
