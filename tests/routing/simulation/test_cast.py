"""Who is there on a simulated day and how much arrives: every figure computed by hand beside it."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.routing.engine.schemas import Need, Step
from ombud.routing.simulation.rules.cast import _remaining, handling_times, seconds_of, set_up
from ombud.routing.simulation.rules.driving import relax, steps_of
from ombud.routing.simulation.rules.spread import Estimate, fairness, quantile
from ombud.routing.simulation.rules.telling import _shown, _verdict
from ombud.routing.simulation.rules.timeline import Timeline
from ombud.routing.simulation.schemas import Break, Change, NeedStep
from tests.routing.simulation.days import group, kind, scenario


def rates(**given: Any) -> list[tuple[float, float, float]]:
    """Stretches of the only kind: minutes from nine, and pieces an hour."""
    [source] = set_up(scenario(**given)).sources
    nine = seconds_of("09:00")
    return [
        ((one.starts - nine) / 60, (one.ends - nine) / 60, round(one.per_second * 3_600, 6)) for one in source.stretches
    ]


@pytest.mark.parametrize(("clock", "seconds"), [("00:00", 0), ("08:30", 30_600), ("24:00", 86_400)])
def test_seconds_of_a_clock_begin_at_midnight(clock: str, seconds: float) -> None:
    assert seconds_of(clock) == seconds


def test_set_up_spreads_a_day_over_its_profile() -> None:
    # 60 in the hour, a quarter of them in the first half and three quarters in the second
    assert rates(profiles={"flat": [1, 3]}) == [(0, 30, 30), (30, 60, 90)]


def test_set_up_changes_a_rate_at_its_very_moment() -> None:
    change = Change("arrivals", 3, "09:10", "09:40")
    assert rates(changes=[change]) == [(0, 10, 60), (10, 40, 180), (40, 60, 60)]


def test_set_up_of_changes_that_overlap_multiplies_them() -> None:
    changes = [Change("arrivals", 2, "09:00", "09:30"), Change("arrivals", 0.5, "09:15", "10:00")]
    assert rates(changes=changes) == [(0, 15, 120), (15, 30, 60), (30, 60, 30)]


def test_set_up_leaves_kinds_alone_that_a_change_does_not_name() -> None:
    kinds = {"a": kind(), "b": kind()}
    cast = set_up(scenario(kinds, changes=[Change("arrivals", 2, kinds=["b"])]))
    assert [one.stretches[0].per_second * 3_600 for one in cast.sources] == pytest.approx([60, 120])


def test_handling_takes_longer_within_its_moments_only() -> None:
    cast = set_up(scenario(changes=[Change("handling", 1.5, "09:10", "09:20", ["a"])]))
    moments = [seconds_of(one) for one in ("09:09", "09:10", "09:19", "09:20")]
    assert [handling_times(cast, "a", at) for at in moments] == [1, 1.5, 1.5, 1]
    assert handling_times(cast, "other", moments[1]) == 1


@pytest.mark.parametrize(
    ("counts", "share", "left"),
    [
        ({"a": 30, "b": 10}, 0.95, {"a": 29, "b": 9}),
        ({"a": 3}, 0.5, {"a": 2}),
        ({"a": 1, "b": 1, "c": 1}, 1 / 3, {"a": 1, "b": 0, "c": 0}),
        ({"a": 10}, 0, {"a": 0}),
        ({"a": 2}, 2, {"a": 4}),
        ({}, 0.5, {}),
    ],
)
def test_remaining_people_add_up_to_the_share_of_all(
    counts: dict[str, int], share: float, left: dict[str, int]
) -> None:
    assert _remaining(counts, share) == left


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 50), max_size=6), st.floats(0, 1))
def test_remaining_people_are_never_more_than_before_and_their_sum_is_right(
    counts: dict[str, int], share: float
) -> None:
    left = _remaining(counts, share)
    assert sum(left.values()) == round(sum(counts.values()) * share)
    assert all(0 <= left[key] <= counts[key] for key in counts)


def test_members_take_their_breaks_one_after_the_other_and_lose_a_skill_that_is_taken() -> None:
    people = group(3, skills={"any": 3, "rare": 5}, breaks=[Break("09:30", 10, 5)])
    reserve = group(2, is_reserve=True)
    changes = [Change("skill", skill="rare"), Change("people", 0.5)]
    cast = set_up(scenario(groups={"g": people, "r": reserve}, changes=changes))
    # half of three is two; whoever comes only when called is not counted
    assert [(one.id, one.group) for one in cast.members] == [(1, "g"), (2, "g"), (3, "r"), (4, "r")]
    assert [one.skills for one in cast.members[:2]] == [{"any": 3}] * 2
    half = seconds_of("09:30")
    assert [one.rests[0].starts for one in cast.members[:2]] == [half, half + 300]


def test_steps_ask_for_all_and_for_one_of_the_choice() -> None:
    ids = {"a": 1, "b": 2, "c": 3}
    asked = kind(steps=[NeedStep(30, all={"a": 3}), NeedStep(60, all={"a": 1}, any={"b": 2, "c": 4}), NeedStep(5)])
    choice = Need(any_of=(Need(2, 2), Need(3, 4)))
    assert steps_of(asked, ids) == (
        Step(Need(1, 3), 30),
        Step(Need(all_of=(Need(1, 1), choice)), 60),
        Step(Need(), 5),
    )


def test_relaxed_steps_last_as_many_times_as_long_and_endless_ones_stay_endless() -> None:
    assert relax((Step(Need(1), 30), Step()), 0.5) == (Step(Need(1), 15), Step())


def test_timeline_does_what_is_due_in_order_and_the_past_next() -> None:
    heard: list[tuple[float, str]] = []
    asked: list[float] = []
    line = Timeline(100)

    def say(word: str, *then: tuple[float, str]) -> None:
        heard.append((line.now, word))
        for at, other in then:
            line.at(at, partial(say, other))

    line.at(120, lambda: say("late"))
    line.at(110, lambda: say("first", (50, "from the past"), (130, "too far")))
    line.at(110, lambda: say("second"))
    line.run(125, lambda: asked.append(line.now))
    assert heard == [(110, "first"), (110, "second"), (110, "from the past"), (120, "late")]
    # those of one moment happen before anybody is asked what follows
    assert asked == [110, 120]
    assert line.now == 125


@given(st.lists(st.floats(0, 1_000), min_size=1, max_size=20))
def test_fairness_lies_between_one_share_and_all_and_grows_with_no_scale(shares: Sequence[float]) -> None:
    found = fairness(shares)
    assert 1 / len(shares) - 1e-9 <= found <= 1 + 1e-9
    assert fairness([one * 8 for one in shares]) == pytest.approx(found)


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=30), st.floats(0.01, 1))
def test_quantile_has_so_many_at_or_below_it_and_is_the_least_that_has(values: list[int], share: float) -> None:
    found = quantile(values, share)
    below = sum(one <= found for one in values)
    assert below >= share * len(values) - 1e-9
    assert sum(one < found for one in values) < share * len(values) + 1e-9


@pytest.mark.parametrize(
    ("name", "value", "shown", "verdict"),
    [
        ("service_level", Estimate(0.8, 0.02), "80.0 ± 2.0 %", "more"),
        ("service_level", Estimate(-0.05, None), "-5.0 %", "not told apart"),
        ("fairness", Estimate(0.9876, 0.001), "0.988 ± 0.001", "more"),
        ("mean_wait", Estimate(-12.34, 1.2), "-12.3 ± 1.2", "less"),
        ("mean_wait", Estimate(1, 1), "1.0 ± 1.0", "not told apart"),
    ],
)
def test_figures_are_told_with_what_they_are_sure_of(name: str, value: Estimate, shown: str, verdict: str) -> None:
    assert _shown(name, value) == shown
    assert _verdict(value) == verdict
