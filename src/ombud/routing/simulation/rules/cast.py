"""Who is there and what arrives when, worked out of a scenario and its changes."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import floor

from msgspec import Struct

from ombud.routing.simulation.rules.chance import Source, Stretch
from ombud.routing.simulation.schemas import Change, Group, Kind, Scenario

HOUR = 3_600
MINUTE = 60


class Rest(Struct, frozen=True):
    """A break as it is planned for one person."""

    starts: float
    seconds: float


class Member(Struct, frozen=True):
    """One person of a group."""

    id: int
    group: str
    skills: dict[str, int]
    starts: float
    ends: float
    rests: list[Rest]
    capacity: int
    limits: dict[str, int]
    wrap_up_seconds: float
    is_reserve: bool


class Cast(Struct, frozen=True):
    """A scenario, ready to be played; moments are seconds since midnight."""

    scenario: Scenario
    opens: float
    closes: float
    counts_from: float
    members: list[Member]
    sources: list[Source]
    outages: list[tuple[float, float]]


def seconds_of(clock: str) -> float:
    """Seconds since midnight of ``08:30``."""
    hours, minutes = clock.split(":")
    return int(hours) * HOUR + int(minutes) * MINUTE


def set_up(scenario: Scenario) -> Cast:
    """Work out people, rates and outages of a scenario."""
    opens, closes = seconds_of(scenario.opens), seconds_of(scenario.closes)
    return Cast(
        scenario=scenario,
        opens=opens,
        closes=closes,
        counts_from=opens + scenario.warm_up_minutes * MINUTE,
        members=_members(scenario),
        sources=[_source(scenario, key, kind, opens, closes) for key, kind in scenario.kinds.items()],
        outages=[(seconds_of(one.starts), seconds_of(one.ends)) for one in _changes(scenario, "outage")],
    )


def handling_times(cast: Cast, kind: str, at: float) -> float:
    """By how much the handling of a kind is longer or shorter at a moment."""
    return _product(_changes(cast.scenario, "handling"), kind, at)


def _changes(scenario: Scenario, what: str) -> list[Change]:
    return [one for one in scenario.changes if one.what == what]


def _product(changes: Sequence[Change], kind: str, at: float) -> float:
    times = 1.0
    for one in changes:
        if (not one.kinds or kind in one.kinds) and seconds_of(one.starts) <= at < seconds_of(one.ends):
            times *= one.times
    return times


def _members(scenario: Scenario) -> list[Member]:
    taken = {one.skill for one in _changes(scenario, "skill")}
    share = 1.0
    for one in _changes(scenario, "people"):
        share *= one.times
    counts = _remaining({key: one.count for key, one in scenario.groups.items() if not one.is_reserve}, share)
    members: list[Member] = []
    for key, group in scenario.groups.items():
        for place in range(counts.get(key, group.count)):
            members.append(_member(len(members) + 1, key, group, place, taken))
    return members


def _remaining(counts: dict[str, int], share: float) -> dict[str, int]:
    """Of each group its share, rounded so that the sum is right: five per cent of forty people are two."""
    wanted = round(sum(counts.values()) * share)
    kept = {key: floor(one * share) for key, one in counts.items()}
    by_rest = sorted(counts, key=lambda key: (kept[key] - counts[key] * share, key))
    for key in by_rest[: max(0, wanted - sum(kept.values()))]:
        kept[key] += 1
    return kept


def _member(number: int, key: str, group: Group, place: int, taken: set[str | None]) -> Member:
    return Member(
        id=number,
        group=key,
        skills={skill: level for skill, level in group.skills.items() if skill not in taken},
        starts=seconds_of(group.starts),
        ends=seconds_of(group.ends),
        rests=[
            Rest(seconds_of(one.at) + place * one.stagger_minutes * MINUTE, one.minutes * MINUTE)
            for one in group.breaks
        ],
        capacity=group.capacity,
        limits=dict(group.limits),
        wrap_up_seconds=group.wrap_up_seconds,
        is_reserve=group.is_reserve,
    )


def _source(scenario: Scenario, key: str, kind: Kind, opens: float, closes: float) -> Source:
    stretches = list(_stretches(scenario, key, kind, opens, closes))
    return Source(key, stretches, kind.handling, kind.patience, kind.hard_share)


def _stretches(scenario: Scenario, key: str, kind: Kind, opens: float, closes: float) -> Iterator[Stretch]:
    weights = scenario.profiles[kind.profile]
    length = (closes - opens) / len(weights)
    changes = _changes(scenario, "arrivals")
    # A change may begin within an interval: rates change at its moments, too.
    edges = {seconds_of(moment) for one in changes for moment in (one.starts, one.ends)}
    for number, weight in enumerate(weights):
        starts, ends = opens + number * length, opens + (number + 1) * length
        rate = kind.per_day * weight / sum(weights) / length
        cuts = [starts, *sorted(edge for edge in edges if starts < edge < ends), ends]
        for start, end in pairwise(cuts):
            yield Stretch(start, end, rate * _product(changes, key, start))
