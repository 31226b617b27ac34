"""A comparison as text for a terminal."""

from collections.abc import Iterator, Sequence

from ombud.routing.simulation.rules.replaying import Comparison, PolicySide, name_of
from ombud.routing.simulation.rules.spread import Estimate
from ombud.routing.simulation.schemas import Scenario

SHARES = frozenset({"service_level", "skill_match", "abandoned_share", "occupancy"})
INDEXES = frozenset({"fairness"})
LABELS = {
    "service_level": "service level",
    "skill_match": "skill match",
    "fairness": "fairness (Jain)",
    "mean_wait": "mean wait, s",
    "wait_p90": "wait p90, s",
    "abandoned_share": "abandoned",
    "occupancy": "occupancy",
    "strain": "strain an hour",
    "strain_most": "strain, most",
}
_WIDTH = 22


def tell(comparison: Comparison, scenario: Scenario) -> str:
    """Say everything: figures with margins, kinds, groups, differences."""
    return "\n".join(_lines(comparison, scenario))


def _lines(comparison: Comparison, scenario: Scenario) -> Iterator[str]:
    yield f"{scenario.name.en}: {scenario.about.en}"
    yield f"{comparison.replications} replications from seed {comparison.seed}; ± holds 19 times in 20"
    yield ""
    yield _row("", [name_of(one) for one in comparison.sides])
    for name, label in LABELS.items():
        yield _row(label, [_shown(name, one.figures[name]) for one in comparison.sides])
    for name, figures in comparison.against.items():
        yield ""
        yield f"{name_of(comparison.sides[0])} less {name}, replication by replication:"
        for key, label in LABELS.items():
            yield _row(label, [_shown(key, figures[key], signed=True), _verdict(figures[key])])
    for side in comparison.sides:
        yield from _details(side, scenario)


def _row(label: str, cells: Sequence[str]) -> str:
    return f"{label:<{_WIDTH}}" + "".join(f"{one:>{_WIDTH}}" for one in cells)


def _shown(name: str, value: Estimate, *, signed: bool = False) -> str:
    sign = "+" if signed else ""
    if name in SHARES:
        margin = "" if value.margin is None else f" ± {value.margin * 100:.1f}"
        return f"{value.mean * 100:{sign}.1f}{margin} %"
    digits = 3 if name in INDEXES else 1
    margin = "" if value.margin is None else f" ± {value.margin:.{digits}f}"
    return f"{value.mean:{sign}.{digits}f}{margin}"


def _verdict(value: Estimate) -> str:
    if value.margin is None or value.low <= 0 <= value.high:
        return "not told apart"
    return "more" if value.mean > 0 else "less"


def _details(side: PolicySide, scenario: Scenario) -> Iterator[str]:
    yield ""
    yield f"{name_of(side)}: by kind"
    yield _row("", ["arrived", "service level", "mean wait, s", "wait p90, s", "abandoned", "skill match", "left"])
    for key, kind in side.kinds.items():
        cells = [
            *(f"{kind['arrived']:.0f}", f"{kind['service_level'] * 100:.1f} %", f"{kind['mean_wait']:.1f}"),
            *(f"{kind['wait_p90']:.1f}", f"{kind['abandoned']:.0f}", f"{kind['skill_match'] * 100:.1f} %"),
            f"{kind['left']:.0f}",
        ]
        yield _row(scenario.kinds[key].name.en[: _WIDTH - 1], cells)
    yield f"{name_of(side)}: by group"
    yield _row("", ["people", "served", "occupancy", "strain an hour", "strain, most", "missed breaks"])
    for key, group in side.groups.items():
        cells = [
            *(f"{group['people']:.0f}", f"{group['served']:.0f}", f"{group['occupancy'] * 100:.1f} %"),
            *(f"{group['strain']:.1f}", f"{group['strain_most']:.1f}", f"{group['missed_breaks']:.1f}"),
        ]
        yield _row(scenario.groups[key].name.en[: _WIDTH - 1], cells)
