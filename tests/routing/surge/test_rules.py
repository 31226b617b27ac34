"""Warning levels and what a plan does on a simulated day."""

import pytest

from ombud.routing.surge.effects import Effects, _Row
from ombud.routing.surge.rules import deviation, expected_by_now, is_empty, level_of, rank, relief_of, worst
from ombud.routing.surge.schemas import BothWords, Bound, DeskFigures, Measures, PlanSpec, SurgeThresholds
from ombud.routing.surge.services.runs import effects_of

BOUNDS = SurgeThresholds()


@pytest.mark.parametrize(
    ("figures", "level"),
    [
        (DeskFigures(), "none"),
        (DeskFigures(waiting=19), "none"),
        (DeskFigures(waiting=20), "blue"),
        (DeskFigures(waiting=60), "yellow"),
        (DeskFigures(oldest_seconds=1_300), "orange"),
        (DeskFigures(deviation_percent=300), "red"),
        # the highest of what the figures say
        (DeskFigures(waiting=20, oldest_seconds=700, deviation_percent=250), "orange"),
    ],
)
def test_level_of_is_the_highest_that_any_figure_reaches(figures: DeskFigures, level: str) -> None:
    assert level_of(figures, BOUNDS) == level


def test_level_of_without_bounds_is_none() -> None:
    assert level_of(DeskFigures(waiting=10**6), SurgeThresholds(Bound(), Bound(), Bound(), Bound())) == "none"


@pytest.mark.parametrize(
    ("arrived", "expected", "minute", "found"),
    [
        (40, 10.0, 15, 300),
        (12, 10.0, 15, 0),
        # three instead of none are no surge
        (3, 0.0, 15, 0),
        (30, 0.5, 15, 2900),
        # too early in the half hour, or no weeks to look back on
        (40, 10.0, 3, None),
        (40, None, 15, None),
    ],
)
def test_deviation_is_more_than_chance_or_nothing(
    arrived: int, expected: float | None, minute: float, found: int | None
) -> None:
    assert deviation(arrived, expected, minute) == found


def test_expected_by_now_is_the_share_of_the_half_hour() -> None:
    assert expected_by_now(60, 15) == 30
    assert expected_by_now(None, 15) is None


def test_worst_is_the_moment_with_most_waiting() -> None:
    points = [
        DeskFigures(waiting=3, oldest_seconds=9),
        DeskFigures(waiting=7),
        DeskFigures(waiting=7, oldest_seconds=5),
    ]
    assert worst(points) == points[2]


def test_rank_goes_up_with_the_level() -> None:
    assert [rank(one) for one in ("none", "blue", "yellow", "orange", "red")] == [0, 1, 2, 3, 4]


def test_effects_of_two_plans_the_stronger_counts_and_never_the_sum() -> None:
    found = Effects(
        (
            _Row("concurrency", None, {"more": 1}),
            _Row("concurrency", 7, {"more": 2}),
            _Row("steps", None, {"times": 0.5}),
            _Row("steps", None, {"times": 0.25}),
            _Row("priority", None, {"points": 30, "tiers": ["VIP"]}),
            _Row("priority", None, {"points": 20, "tiers": []}),
        )
    )
    assert found.more_at_a_time([7]) == 2
    assert found.more_at_a_time([8]) == 1
    assert found.step_times(8) == 0.25
    assert found.points(8, priority=4, tier="") == 30
    assert found.points(8, priority=2, tier="VIP") == 30
    assert found.points(8, priority=2, tier="") == 0


def test_effects_of_no_plan_change_nothing() -> None:
    none = Effects()
    assert (none.more_at_a_time([1]), none.step_times(1), none.points(1, priority=4, tier="VIP")) == (0, 1.0, 0.0)
    assert not none.opens_overflow(1)


def test_effects_of_measures_name_only_what_is_done() -> None:
    assert effects_of(Measures()) == {}
    every = Measures(
        more_at_a_time=2,
        step_times=0.5,
        priority_points=10,
        park_condition={"all": []},
        opens_overflow=True,
        blocks_breaks=True,
    )
    assert set(effects_of(every)) == {"concurrency", "steps", "priority", "park", "overflow", "breaks"}


def test_is_empty_without_a_measure_that_acts() -> None:
    assert is_empty(Measures(reserve_words=BothWords("Come"), channel_ids=[1]))
    assert not is_empty(Measures(announcement=BothWords("Long waits")))


def test_relief_of_does_what_the_plan_says() -> None:
    measures = Measures(calls_reserve=True, more_at_a_time=2, step_times=0.5, park_condition={"all": []})
    relief = relief_of(PlanSpec("A", "甲", 90, measures=measures))
    assert (relief.minutes, relief.more_at_a_time, relief.step_times) == (90, 2, 0.5)
    assert relief.reserve_share > 0
    assert relief.stops_low_value
    assert not relief.blocks_breaks
