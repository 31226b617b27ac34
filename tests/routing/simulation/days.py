"""Small days for tests."""

from typing import Any

from ombud.routing.simulation.rules.day import Day
from ombud.routing.simulation.rules.driving import PolicyRouter, score_item
from ombud.routing.simulation.rules.people import Item
from ombud.routing.simulation.schemas import Group, Kind, NeedStep, Relief, Scenario, Spell, Words

NAME = Words("Name", "名称")


def kind(**given: Any) -> Kind:
    """A kind of 60 pieces an hour, each of 60 s."""
    usual: dict[str, Any] = {"name": NAME, "channel": "chat", "per_day": 60, "profile": "flat", "handling": Spell(60)}
    return Kind(**{**usual, **given})


def group(count: int = 1, **given: Any) -> Group:
    """People who are there all the time."""
    usual: dict[str, Any] = {"name": NAME, "count": count, "skills": {"any": 3}, "starts": "09:00", "ends": "10:00"}
    return Group(**{**usual, **given})


def scenario(kinds: dict[str, Kind] | None = None, groups: dict[str, Group] | None = None, **given: Any) -> Scenario:
    """An hour from nine to ten."""
    return Scenario(
        NAME,
        NAME,
        **{"opens": "09:00", "closes": "10:00", "profiles": {"flat": [1.0]}, **given},
        kinds=kinds or {"a": kind()},
        groups=groups or {"g": group(2)},
    )


def play(one: Scenario, *, seed: int = 1, relief: Relief | None = None, policy: Any = "skills") -> Day:
    """Play it with the router of the product."""
    return Day(one, PolicyRouter(policy), score_item, seed=seed, relief=relief).play()


def states(day: Day) -> dict[str, int]:
    """How the work of a day ended."""
    found: dict[str, int] = {}
    for item in day.items:
        found[item.state] = found.get(item.state, 0) + 1
    return found


def of(day: Day, key: str) -> list[Item]:
    """The work of one kind."""
    return [one for one in day.items if one.arrival.kind == key]


def step(seconds: float, **levels: int) -> NeedStep:
    """A step that asks for all of these."""
    return NeedStep(seconds, all=levels)
