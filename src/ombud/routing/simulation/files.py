"""Scenario files: the shipped ones and those of anybody else, read and checked."""

import math
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from ombud.routing.simulation.schemas import Relief, Scenario
from ombud.shared.errors import Invalid

SHIPPED = Path(__file__).parent / "scenarios"
PLANS = Path(__file__).parent / "plans"
MOST_ARRIVALS, MOST_PEOPLE = 200_000, 5_000
# In the order in which they are offered.
NAMES = ("normal_day", "surge", "fewer_people", "missing_skill", "outage")


class WrongScenario(Invalid):
    """A scenario cannot be read, or names something that it does not hold. The detail says what."""

    code = "wrong_scenario"


def read_scenario(name: str) -> Scenario:
    """Read a shipped scenario by its name, or a file by its path.

    Raises:
        WrongScenario: it is not there, no TOML, or does not make sense.
    """
    path = SHIPPED / f"{name}.toml" if name in NAMES else Path(name)
    if path.suffix != ".toml" or not path.is_file():
        msg = f"There is no scenario {name!r}. Shipped are {', '.join(NAMES)}; or give the path of a .toml file."
        raise WrongScenario(msg)
    return parse_scenario(path.read_text(encoding="utf-8"))


def parse_scenario(text: str) -> Scenario:
    """Read a scenario from its text. What it does not say comes from the shipped one that it is ``based_on``.

    Raises:
        WrongScenario: no TOML, or it does not make sense.
    """
    try:
        merged = _merge(text)
        _check_numbers(merged)
        scenario = msgspec.convert(merged, Scenario)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as problem:
        raise WrongScenario(str(problem)) from problem
    for wrong in _problems(scenario):
        raise WrongScenario(wrong)
    return scenario


def read_relief(name: str) -> Relief:
    """Read what a surge plan does: a shipped one by its name, or a file by its path.

    Raises:
        WrongScenario: it is not there, no TOML, or does not make sense.
    """
    path = Path(name) if name.endswith(".toml") else PLANS / f"{name}.toml"
    if not path.is_file():
        there = ", ".join(sorted(one.stem for one in PLANS.glob("*.toml")))
        msg = f"There is no plan {name!r}. Shipped are {there}; or give the path of a .toml file."
        raise WrongScenario(msg)
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Relief)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as problem:
        raise WrongScenario(str(problem)) from problem


def _merge(text: str) -> dict[str, Any]:
    own = tomllib.loads(text)
    base = own.pop("based_on", None)
    if base is None:
        return own
    if base not in NAMES:
        msg = f"`based_on` names {base!r}; shipped are {', '.join(NAMES)}."
        raise WrongScenario(msg)
    below = _merge((SHIPPED / f"{base}.toml").read_text(encoding="utf-8"))
    parts = {key: {**below.get(key, {}), **own.get(key, {})} for key in ("profiles", "kinds", "groups")}
    changes = [*below.get("changes", []), *own.get("changes", [])]
    return {**below, **own, **parts, "changes": changes}


def _check_numbers(value: Any) -> None:
    """Refuse what TOML calls numbers and nobody can count with: inf and nan."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            _check_numbers(one)
    elif isinstance(value, float) and not math.isfinite(value):
        msg = f"{value} is no number to play a day with."
        raise WrongScenario(msg)


def _problems(scenario: Scenario) -> Iterator[str]:
    if scenario.opens >= scenario.closes:
        yield f"It closes at {scenario.closes}, which is not after {scenario.opens}."
    if not scenario.kinds:
        yield "It has no kinds of work."
    for key, kind in scenario.kinds.items():
        weights = scenario.profiles.get(kind.profile, [])
        if sum(weights) <= 0 or min(weights) < 0:
            yield f"Kind {key!r} names the profile {kind.profile!r}, which holds no arrivals, or less than none."
    for key, group in scenario.groups.items():
        if group.starts >= group.ends:
            yield f"Group {key!r} ends at {group.ends}, which is not after {group.starts}."
    yield from _too_much(scenario)
    yield from _wrong_changes(scenario)


def _too_much(scenario: Scenario) -> Iterator[str]:
    """What would fill the memory of whoever plays it."""
    times, people = 1.0, 1.0
    for one in scenario.changes:
        times *= max(one.times, 1.0) if one.what == "arrivals" else 1.0
        people *= max(one.times, 1.0) if one.what == "people" else 1.0
    if sum(one.per_day for one in scenario.kinds.values()) * times > MOST_ARRIVALS:
        yield f"More than {MOST_ARRIVALS} pieces of work would arrive in a day."
    if sum(one.count for one in scenario.groups.values()) * people > MOST_PEOPLE:
        yield f"More than {MOST_PEOPLE} people would work."


def _wrong_changes(scenario: Scenario) -> Iterator[str]:
    skills = {skill for group in scenario.groups.values() for skill in group.skills}
    for change in scenario.changes:
        unknown = [one for one in change.kinds if one not in scenario.kinds]
        if unknown:
            yield f"A change names kinds that are not there: {', '.join(unknown)}."
        if change.starts >= change.ends:
            yield f"A change ends at {change.ends}, which is not after {change.starts}."
        if change.what == "skill" and change.skill not in skills:
            yield f"A change takes the skill {change.skill!r}, which nobody has."
