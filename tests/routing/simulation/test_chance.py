"""Chance of simulated days: the right means, the same for the same seed, and one stream for each kind."""

import random
from statistics import fmean, stdev

import pytest

from ombud.routing.simulation.rules.chance import Source, Stretch, draw_arrivals, sampler
from ombud.routing.simulation.rules.spread import difference, estimate, fairness, quantile
from ombud.routing.simulation.schemas import Law, Spell

HOUR = 3_600.0
SEEDED = random.Random


def source(key: str = "a", *, per_hour: float = 100, patience: Spell | None = None) -> Source:
    return Source(key, [Stretch(0, HOUR, per_hour / HOUR)], Spell(60), patience, 0.25)


@pytest.mark.parametrize(("law", "spread"), [("exponential", 1.0), ("lognormal", 0.5), ("lognormal", 2.0)])
def test_sampler_draws_the_mean_and_the_spread(law: Law, spread: float) -> None:
    draw = sampler(Spell(300, law, spread), SEEDED(1))
    drawn = [draw() for _ in range(40_000)]
    assert fmean(drawn) == pytest.approx(300, rel=0.03)
    assert stdev(drawn) / fmean(drawn) == pytest.approx(spread, rel=0.1)


def test_sampler_of_a_fixed_time_is_that_time() -> None:
    assert sampler(Spell(42, "fixed"), SEEDED(1))() == 42


def test_draw_arrivals_twice_with_one_seed_is_the_same() -> None:
    assert draw_arrivals([source()], seed=7) == draw_arrivals([source()], seed=7)
    assert draw_arrivals([source()], seed=7) != draw_arrivals([source()], seed=8)


def test_draw_arrivals_follow_the_rate_of_each_stretch() -> None:
    stretches = [Stretch(0, HOUR, 2.0), Stretch(HOUR, 2 * HOUR, 0.0), Stretch(2 * HOUR, 3 * HOUR, 0.5)]
    arrivals = draw_arrivals([Source("a", stretches, Spell(60), None, 0)], seed=1)
    counts = [sum(start * HOUR <= one.at < (start + 1) * HOUR for one in arrivals) for start in range(3)]
    assert counts[1] == 0
    assert counts[0] == pytest.approx(7_200, rel=0.05)
    assert counts[2] == pytest.approx(1_800, rel=0.1)


def test_draw_arrivals_of_one_kind_do_not_change_those_of_another() -> None:
    alone = draw_arrivals([source("a")], seed=1)
    both = draw_arrivals([source("a"), source("b", per_hour=500)], seed=1)
    assert [one for one in both if one.kind == "a"] == alone


def test_draw_arrivals_with_patience_keeps_times_and_handling() -> None:
    without, with_it = (draw_arrivals([source(patience=one)], seed=1) for one in (None, Spell(30)))
    assert [(one.at, one.handling_seconds) for one in without] == [(one.at, one.handling_seconds) for one in with_it]
    assert all(one.patience_seconds is None for one in without)
    assert all(one.patience_seconds for one in with_it)


def test_draw_arrivals_makes_the_share_of_hard_ones() -> None:
    arrivals = draw_arrivals([source(per_hour=20_000)], seed=3)
    assert fmean(one.is_hard for one in arrivals) == pytest.approx(0.25, abs=0.02)


def test_estimate_of_known_values_has_the_margin_of_students_t() -> None:
    found = estimate([10.0, 12.0, 14.0])
    assert found.mean == 12
    # 4.303 x 2 / sqrt(3)
    assert found.margin == pytest.approx(4.969, abs=0.001)
    assert found.low == pytest.approx(7.031, abs=0.001)
    assert found.high == pytest.approx(16.969, abs=0.001)


def test_estimate_of_one_value_has_no_margin() -> None:
    assert estimate([5.0]).margin is None


def test_estimate_holds_the_truth_19_times_in_20() -> None:
    chance = SEEDED(5)
    held = 0
    for _ in range(2_000):
        found = estimate([chance.gauss(3, 1) for _ in range(6)])
        held += found.low <= 3 <= found.high
    assert held / 2_000 == pytest.approx(0.95, abs=0.02)


def test_difference_of_pairs_is_surer_than_of_its_sides() -> None:
    ours, theirs = [1.0, 5.0, 9.0], [0.0, 4.1, 7.9]
    found = difference(ours, theirs)
    assert found.mean == pytest.approx(1.0)
    assert (found.margin or 0) < (estimate(ours).margin or 0)


@pytest.mark.parametrize(
    ("shares", "index"), [([1, 1, 1], 1.0), ([3, 0, 0], 1 / 3), ([2, 1], 0.9), ([0, 0], 1.0), ([0.5], 1.0)]
)
def test_fairness_is_one_for_the_same_and_less_for_others(shares: list[float], index: float) -> None:
    assert fairness(shares) == pytest.approx(index)


@pytest.mark.parametrize(("share", "value"), [(0.5, 2), (0.9, 4), (0.25, 1), (1.0, 4)])
def test_quantile_is_the_value_that_so_many_lie_at_or_below(share: float, value: float) -> None:
    assert quantile([4, 1, 3, 2], share) == value
    assert quantile([], share) == 0
