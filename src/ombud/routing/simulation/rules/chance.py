"""Chance of a day: arrivals, handling times and patience, drawn before anybody is chosen.

Each kind has streams of its own, seeded by its name: the same work arrives whatever the policy, and a change to one
kind leaves the others as they were.
"""

import math
import random
from collections.abc import Callable, Iterator

from msgspec import Struct

from ombud.routing.simulation.schemas import Spell


class Arrival(Struct, frozen=True):
    """One piece of work as it arrives; seconds since the day began."""

    at: float
    kind: str
    handling_seconds: float
    patience_seconds: float | None
    is_hard: bool
    # decides what the customer says when a call-back is offered
    mood: float


class Stretch(Struct, frozen=True):
    """A while in which work arrives at one rate."""

    starts: float
    ends: float
    per_second: float


class Source(Struct, frozen=True):
    """What chance needs to know of a kind."""

    key: str
    stretches: list[Stretch]
    handling: Spell
    patience: Spell | None
    hard_share: float


def draw_arrivals(sources: list[Source], *, seed: int) -> list[Arrival]:
    """Draw everything that arrives in a day, in order of time."""
    arrivals = [one for source in sources for one in _of_kind(source, seed)]
    return sorted(arrivals, key=lambda one: (one.at, one.kind))


def _of_kind(source: Source, seed: int) -> Iterator[Arrival]:
    times, works, moods = (random.Random(f"{seed}/{source.key}/{part}") for part in ("at", "work", "mood"))  # noqa: S311
    handling = sampler(source.handling, works)
    # None of a kind without patience, so that its other draws stay the same when it gets one.
    patience = sampler(source.patience or source.handling, moods)
    for stretch in source.stretches:
        for at in _times(stretch, times):
            arrival = Arrival(
                at=at,
                kind=source.key,
                handling_seconds=handling(),
                patience_seconds=patience() if source.patience else None,
                is_hard=works.random() < source.hard_share,
                mood=moods.random(),
            )
            yield arrival


def _times(stretch: Stretch, chance: random.Random) -> Iterator[float]:
    """Moments of a Poisson process: exponential gaps."""
    at = stretch.starts
    while stretch.per_second > 0:
        at += chance.expovariate(stretch.per_second)
        if at >= stretch.ends:
            return
        yield at


def sampler(spell: Spell, chance: random.Random) -> Callable[[], float]:
    """Give a function that draws one time after another."""
    mean = spell.mean_seconds
    if spell.law == "fixed":
        return lambda: mean
    if spell.law == "exponential":
        return lambda: chance.expovariate(1 / mean)
    # The lognormal law with this mean and this standard deviation over the mean.
    variance = math.log(1 + spell.spread**2)
    return lambda: chance.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance))
