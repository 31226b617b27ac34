"""Arithmetic of warning levels and reports. No database, no clock."""

from collections.abc import Sequence

from ombud.routing.simulation.schemas import Relief
from ombud.routing.surge.schemas import (
    LEVELS,
    BothWords,
    Bound,
    DeskFigures,
    Level,
    Measures,
    PlanSpec,
    SurgeThresholds,
)

# So many more than expected must have come: three instead of one is chance, no surge.
LEAST_MORE = 10
# The first minutes of a half hour say too little about the rest of it.
LEAST_SHARE = 1 / 6


def expected_by_now(average: float | None, minute_of_half_hour: float) -> float | None:
    """What should have come in the running half hour so far, by the average of the same one in past weeks."""
    return None if average is None else average * max(minute_of_half_hour, 0.0) / 30


def deviation(arrived: int, expected: float | None, minute_of_half_hour: float) -> int | None:
    """By how many per cent more came than expected; None where nothing can be said yet."""
    if expected is None or minute_of_half_hour < 30 * LEAST_SHARE:
        return None
    if arrived - expected < LEAST_MORE:
        return 0
    return round(100 * (arrived / max(expected, 1.0) - 1))


def level_of(figures: DeskFigures, thresholds: SurgeThresholds) -> Level:
    """The highest level that any of the figures reaches."""
    bounds: dict[Level, Bound] = {
        "blue": thresholds.blue,
        "yellow": thresholds.yellow,
        "orange": thresholds.orange,
        "red": thresholds.red,
    }
    return next((level for level in reversed(LEVELS[1:]) if _reaches(figures, bounds[level])), "none")


def _reaches(figures: DeskFigures, bound: Bound) -> bool:
    pairs = (
        (figures.deviation_percent, bound.deviation_percent),
        (figures.waiting, bound.waiting),
        (figures.oldest_seconds, bound.oldest_seconds),
    )
    return any(has is not None and least is not None and has >= least for has, least in pairs)


def rank(level: Level) -> int:
    """0 for none to 4 for red."""
    return LEVELS.index(level)


def worst(points: Sequence[DeskFigures]) -> DeskFigures:
    """The moment with most waiting, and among those the longest wait."""
    return max(points, key=lambda one: (one.waiting, one.oldest_seconds))


def relief_of(spec: PlanSpec) -> Relief:
    """What a plan does on a simulated day, beginning when its queue is long; what cannot be shown is left out."""
    measures = spec.measures
    return Relief(
        waiting_over=20,
        oldest_over_seconds=180,
        minutes=spec.minutes,
        calm_minutes=spec.calm_minutes,
        reserve_share=0.9 if measures.calls_reserve else 0,
        reserve_after_seconds=420,
        more_at_a_time=measures.more_at_a_time,
        step_times=measures.step_times,
        priority_points=measures.priority_points,
        stops_low_value=measures.park_condition is not None,
        blocks_breaks=measures.blocks_breaks,
    )


def is_empty(measures: Measures) -> bool:
    """Whether a plan would do nothing."""
    return measures == Measures(reserve_words=measures.reserve_words, channel_ids=measures.channel_ids)


def is_said(words: BothWords) -> bool:
    """Whether there is a text, if in one language only."""
    return bool(words.en.strip() or words.zh.strip())


def source(run_id: int) -> str:
    """How what a run makes in other rooms is known."""
    return f"surge_run/{run_id}"
