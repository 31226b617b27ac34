"""Holds simulated queues against exact values, row by row, as ``ombud eval queueing`` reads them: pure.

A row says arrivals in half an hour, mean handling time, agents and mean patience; or ``M/M/90 with 30 waiting
places, A=84``, which is also played with six kinds of work and two skills an agent.
"""

from collections.abc import Mapping, Sequence
from itertools import permutations
from math import ceil
from statistics import fmean
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ombud.routing.simulation.rules.erlang import QueueValues, queue_values
from ombud.routing.simulation.rules.figures import DayFigures, work_out
from ombud.routing.simulation.rules.replaying import SEED, Play, play_day
from ombud.routing.simulation.rules.spread import Estimate, difference, estimate
from ombud.routing.simulation.schemas import Group, Kind, NeedStep, Scenario, Spell, Words

# Handling times that a queue needs to come to balance; they are not counted.
WARM_UP_HANDLINGS = 20
# Arrivals that a replication counts, where the day is long enough.
ARRIVALS = 8_000
REPLICATIONS = 20
# A row has five figures, a file twenty rows: each interval is widened so that all of a file hold together.
WIDER = 1.75
HALF_HOUR, HOUR, DAY = 1_800.0, 3_600.0, 86_400.0
KINDS = 6
# Beyond so long a wait anybody may take it, where the skill is not asked for to the end.
RELAXED_SECONDS = 20.0
# What never happened in n arrivals may still happen in three of n, 19 times in 20 (the rule of three).
NEVER_SEEN = 3.0
# of exact values in files
ROUNDING = 1e-8
_NAME = Words("Queue", "队列")


class Queue(Struct, frozen=True):
    """One queue: how much arrives, how long it takes, who is there, how long people wait."""

    arrivals_a_second: float
    handling_seconds: float
    agents: int
    patience_seconds: float | None = None
    waiting_places: int | None = None


class Checked(Struct, frozen=True):
    """One figure of one row: what is true, what was simulated, and whether the interval holds the truth."""

    exact: float
    simulated: float
    margin: float

    @property
    def is_right(self) -> bool:
        """Whether the exact value lies within the interval."""
        return abs(self.exact - self.simulated) <= self.margin


def queue_of(row: Mapping[str, Any]) -> Queue:
    """Read a row."""
    if "agents" not in row:
        # Wallace and Whitt: 90 agents, 84 erlang of ten minutes each, 30 waiting places.
        return Queue(84 / 600, 600.0, 90, None, 30)
    patience = row.get("mean_patience_s")
    return Queue(row["calls_per_30min"] / HALF_HOUR, row["aht_s"], row["agents"], patience)


def exact(queue: Queue) -> QueueValues:
    """Work out the exact values of a queue."""
    return queue_values(
        queue.arrivals_a_second,
        1 / queue.handling_seconds,
        queue.agents,
        leaving_rate=1 / queue.patience_seconds if queue.patience_seconds else 0.0,
        places=queue.agents + queue.waiting_places if queue.waiting_places is not None else None,
    )


def scenario_of(queue: Queue, *, kinds: int = 1, skills: int = 2, arrivals: int = ARRIVALS) -> Scenario:
    """Make a day of a queue: one skill, or several kinds, of which each agent knows some.

    Who knows two is spread evenly over all pairs.
    """
    warm_up = WARM_UP_HANDLINGS * queue.handling_seconds
    hours = min(24, ceil((warm_up + arrivals / queue.arrivals_a_second) / HOUR))
    return Scenario(
        _NAME,
        _NAME,
        opens="00:00",
        closes=f"{hours:02}:00",
        profiles={"flat": [1.0]},
        kinds={f"k{number}": _kind(queue, number, kinds, hours) for number in range(kinds)},
        groups=_groups(queue, kinds, skills),
        waiting_places=queue.waiting_places,
        warm_up_minutes=warm_up / 60,
    )


def _kind(queue: Queue, number: int, kinds: int, hours: int) -> Kind:
    patience = Spell(queue.patience_seconds) if queue.patience_seconds else None
    steps = [NeedStep(seconds=DAY, all={f"k{number}": 4})]
    per_day = queue.arrivals_a_second * hours * HOUR / kinds
    return Kind(_NAME, "phone", per_day, "flat", Spell(queue.handling_seconds), patience, steps)


def _groups(queue: Queue, kinds: int, skills: int) -> dict[str, Group]:
    """Groups of the same size, one for each choice of so many kinds, a first and others."""
    choices = list(permutations(range(kinds), min(skills, 2))) if skills < kinds else [tuple(range(kinds))]
    size, rest = divmod(queue.agents, len(choices))
    return {
        f"g{number}": Group(_NAME, size + (number < rest), {f"k{one}": 5 for one in choice}, "00:00", "24:00")
        for number, choice in enumerate(choices)
    }


def check_row(
    row: Mapping[str, Any], *, replications: int = REPLICATIONS, seed: int = SEED, arrivals: int = ARRIVALS
) -> dict[str, Checked]:
    """Simulate a row and hold each of its figures against the exact one."""
    queue = queue_of(row)
    days = play_queue(queue, replications=replications, seed=seed, arrivals=arrivals)
    truth = exact(queue)
    figures = {
        "p_wait": (truth.p_wait, [one.all.p_wait for one in days]),
        "asa": (truth.mean_wait, [one.all.mean_wait for one in days]),
        "p_abandon": (truth.p_abandon, [one.all.abandoned_share for one in days]),
        "p_block": (truth.p_block, [one.all.blocked / one.all.arrived for one in days]),
        "occupancy": (truth.occupancy, [one.occupancy for one in days]),
    }
    never = NEVER_SEEN / sum(one.all.arrived for one in days)
    return {name: _checked(float(row.get(name, value)), seen, never) for name, (value, seen) in figures.items()}


def play_queue(
    queue: Queue,
    *,
    kinds: int = 1,
    replications: int = REPLICATIONS,
    seed: int = SEED,
    arrivals: int = ARRIVALS,
) -> list[DayFigures]:
    """Play a queue with the router of the product."""
    scenario = scenario_of(queue, kinds=kinds, arrivals=arrivals)
    return [work_out(play_day(scenario, Play("skills", None, seed + number))) for number in range(replications)]


class SkillValues(Struct, frozen=True):
    """Mean waits of 90 agents in seconds: who know all six kinds (exact), two of them for good, or two at first."""

    pooled: float
    strict: Estimate
    relaxed: Estimate
    # the share of work that somebody with the skill got, where others may have it after a while
    relaxed_match: float


def check_skills(*, replications: int = REPLICATIONS, seed: int = SEED, arrivals: int = ARRIVALS) -> SkillValues:
    """Hold 90 agents who know two of six kinds each against the queue in which everybody knows all.

    All meet the same chance, so that what is simulated is the difference; it is added to the exact value. Once work
    asks for its skill as long as it waits, and once for ``RELAXED_SECONDS``, after which anybody may have it.

    Source: Wallace and Whitt 2005: two skills are nearly as good as all.
    """
    queue = queue_of({})

    def play(skills: int, seconds: float = DAY) -> list[DayFigures]:
        scenario = _asking_for(scenario_of(queue, kinds=KINDS, skills=skills, arrivals=arrivals), seconds)
        return [work_out(play_day(scenario, Play("skills", None, seed + number))) for number in range(replications)]

    pooled = [one.all.mean_wait for one in play(KINDS)]
    strict = difference([one.all.mean_wait for one in play(2)], pooled)
    days = play(2, RELAXED_SECONDS)
    relaxed = difference([one.all.mean_wait for one in days], pooled)
    truth = exact(queue).mean_wait
    return SkillValues(
        truth,
        Estimate(truth + strict.mean, strict.margin),
        Estimate(truth + relaxed.mean, relaxed.margin),
        fmean(one.all.skill_match for one in days),
    )


def _asking_for(scenario: Scenario, seconds: float) -> Scenario:
    kinds = {
        key: replace(one, steps=[replace(step, seconds=seconds) for step in one.steps])
        for key, one in scenario.kinds.items()
    }
    return replace(scenario, kinds=kinds)


def _checked(truth: float, seen: Sequence[float], never: float) -> Checked:
    found = estimate(seen)
    return Checked(truth, found.mean, WIDER * (found.margin or 0.0) + never + ROUNDING)
