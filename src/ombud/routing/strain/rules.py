"""The load of the last hours by documented weights. Pure."""

from collections.abc import Sequence

from ombud.routing.strain.schemas import Load, LoadPart, Mark, Talk, Weight
from ombud.routing.strain.words import ABUSE, ANGER

HOURS = 4
WINDOW_MINUTES = HOURS * 60
# As much of a text is read.
MOST_TEXT = 4_000
LONG_MINUTES, LONG_MESSAGES = 45, 20
# So long without a break is as it should be; each further ten minutes count.
WITHOUT_BREAK_MINUTES, STEP_MINUTES = 120, 10
# Abuse, or several words of anger, make a conversation hard.
HARD_ANGER = 2
WEIGHTS = (
    Weight("anger", 6, 30),
    Weight("abuse", 12, 36),
    Weight("length", 4, 16),
    Weight("in_a_row", 6, 24),
    Weight("no_break", 1.5, 24),
)
FULL = 100.0
# Whoever was above the bound comes down below it by this much before it is over: no flutter.
BELOW = 10


def mark(text: str) -> Mark:
    """Count the words of a message that are hard to read."""
    read = text[:MOST_TEXT]
    return Mark(len(ANGER.findall(read)), len(ABUSE.findall(read)))


def is_hard(anger: int, abuse: int) -> bool:
    """Whether a conversation, or work that waits, is hard."""
    return abuse > 0 or anger >= HARD_ANGER


def load_of(talks: Sequence[Talk], minutes_without_break: float) -> Load:
    """The load from 0 to 100: each cause by its weight, fading evenly over the hours that are looked at.

    Conversations in a row count from the second hard one, backwards from the newest.
    """
    known = sorted((one for one in talks if one.age_minutes < WINDOW_MINUTES), key=_age)
    counts: dict[str, list[float]] = {one.name: [] for one in WEIGHTS}
    row_goes_on = True
    for place, one in enumerate(known):
        fresh = 1 - max(one.age_minutes, 0) / WINDOW_MINUTES
        hard = is_hard(one.anger, one.abuse)
        row_goes_on = row_goes_on and hard
        for name, holds in (
            ("anger", one.anger > 0),
            ("abuse", one.abuse > 0),
            ("length", one.minutes > LONG_MINUTES or one.messages > LONG_MESSAGES),
            ("in_a_row", row_goes_on and place > 0),
        ):
            counts[name] += [fresh] if holds else []
    beyond = max(minutes_without_break - WITHOUT_BREAK_MINUTES, 0) // STEP_MINUTES
    counts["no_break"] = [1.0] * int(beyond)
    parts = [_part(one, counts[one.name]) for one in WEIGHTS]
    shown = [one for one in parts if one.count]
    return Load(min(FULL, round(sum(one.points for one in shown), 1)), shown)


def _age(one: Talk) -> float:
    return one.age_minutes


def _part(weight: Weight, times: Sequence[float]) -> LoadPart:
    return LoadPart(weight.name, len(times), round(min(weight.most, weight.each * sum(times)), 1))


def stays_high(load: float, bound: int, *, was_high: bool) -> bool:
    """Whether the load is above the bound, or was and has not come down far enough."""
    return load >= bound or (was_high and load > bound - BELOW)
