"""Plays a scenario several times with each policy, and says how they differ and how sure that is."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from ombud.routing.simulation.rules.day import Day
from ombud.routing.simulation.rules.driving import PolicyRouter, score_item
from ombud.routing.simulation.rules.figures import Bar, DayFigures, GroupFigures, KindFigures, work_out
from ombud.routing.simulation.rules.spread import Estimate, difference, estimate
from ombud.routing.simulation.schemas import Policy, Relief, Scenario

SEED = 20_261_122
# The figures of a whole day, by the names under which they are shown.
HEADLINES: Mapping[str, Callable[[DayFigures], float]] = {
    "service_level": lambda day: day.all.service_level,
    "skill_match": lambda day: day.all.skill_match,
    "fairness": lambda day: day.fairness,
    "mean_wait": lambda day: day.all.mean_wait,
    "wait_p90": lambda day: day.all.wait_p90,
    "abandoned_share": lambda day: day.all.abandoned_share,
    "occupancy": lambda day: day.occupancy,
    "strain": lambda day: day.strain,
    "strain_most": lambda day: day.strain_most,
}


class PolicySide(Struct, frozen=True):
    """One policy, without or with a surge plan, over all replications."""

    policy: Policy
    is_relieved: bool
    figures: dict[str, Estimate]
    kinds: dict[str, dict[str, float]]
    groups: dict[str, dict[str, float]]
    bars: list[Bar]
    relieved_minutes: float


class Comparison(Struct, frozen=True):
    """Ours and what it is measured against, with the settings. ``against`` holds ours less theirs."""

    scenario: str
    replications: int
    seed: int
    sides: list[PolicySide]
    against: dict[str, dict[str, Estimate]]


class Ask(Struct, frozen=True):
    """What is to be played."""

    scenario: Scenario
    policies: list[Policy]
    replications: int = 5
    seed: int = SEED
    relief: Relief | None = None
    # the first policy once more with the relief, beside it without
    is_relief_compared: bool = False


class Play(Struct, frozen=True):
    """One replication of one side."""

    policy: Policy
    relief: Relief | None
    seed: int


def plays_of(ask: Ask) -> list[Play]:
    """List what must be played, side by side."""
    sides = [(policy, None if ask.is_relief_compared else ask.relief) for policy in ask.policies]
    if ask.is_relief_compared:
        sides.append((ask.policies[0], ask.relief))
    return [Play(policy, relief, ask.seed + number) for policy, relief in sides for number in range(ask.replications)]


def play_day(scenario: Scenario, play: Play) -> Day:
    """Play one replication."""
    return Day(scenario, PolicyRouter(play.policy), score_item, seed=play.seed, relief=play.relief).play()


def play_all(ask: Ask) -> Iterator[DayFigures]:
    """Play everything, one replication after another, so that whoever asks can show how far it is."""
    for one in plays_of(ask):
        yield work_out(play_day(ask.scenario, one))


def compare(ask: Ask, figures: Sequence[DayFigures]) -> Comparison:
    """Put the figures of all plays beside each other."""
    plays, count = plays_of(ask), ask.replications
    groups = [figures[number : number + count] for number in range(0, len(plays), count)]
    sides = [_side(plays[number * count], days) for number, days in enumerate(groups)]
    first = groups[0]
    against = {name_of(sides[number]): _against(first, days) for number, days in enumerate(groups) if number}
    return Comparison(ask.scenario.name.en, count, ask.seed, sides, against)


def name_of(side: PolicySide) -> str:
    """How a side is called in tables."""
    return f"{side.policy}+plan" if side.is_relieved else side.policy


def _against(ours: Sequence[DayFigures], theirs: Sequence[DayFigures]) -> dict[str, Estimate]:
    return {
        name: difference([read(one) for one in ours], [read(one) for one in theirs]) for name, read in HEADLINES.items()
    }


def _side(play: Play, days: Sequence[DayFigures]) -> PolicySide:
    return PolicySide(
        policy=play.policy,
        is_relieved=play.relief is not None,
        figures={name: estimate([read(one) for one in days]) for name, read in HEADLINES.items()},
        kinds={key: _means([one.kinds[key] for one in days], KindFigures) for key in days[0].kinds},
        groups={
            key: _means([one.groups[key] for one in days if key in one.groups], GroupFigures) for key in days[0].groups
        },
        bars=[_mean_bar(several) for several in zip(*(one.bars for one in days), strict=True)],
        relieved_minutes=sum(one.relieved_minutes for one in days) / len(days),
    )


def _means(rows: Sequence[Struct], kind: type[Struct]) -> dict[str, float]:
    return {name: sum(getattr(one, name) for one in rows) / len(rows) for name in kind.__struct_fields__}


def _mean_bar(bars: Sequence[Bar]) -> Bar:
    count = len(bars)
    judged = [one.service_level for one in bars if one.service_level is not None]
    return Bar(
        minute=bars[0].minute,
        arrived=sum(one.arrived for one in bars) / count,
        waiting=sum(one.waiting for one in bars) / count,
        in_hand=sum(one.in_hand for one in bars) / count,
        on_duty=sum(one.on_duty for one in bars) / count,
        service_level=sum(judged) / len(judged) if judged else None,
    )
