"""The priority score: each fact in its points, and safety and law above all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.routing.engine.rules import score
from ombud.routing.engine.rules.fitness import BAND, band
from ombud.routing.engine.schemas import Facts, Weights

FACTS = st.builds(
    Facts,
    urgency=st.integers(1, 4),
    severity=st.floats(0, 1),
    people=st.integers(0, 10**6),
    money_cents=st.integers(0, 10**12),
    tier=st.sampled_from(["", "VIP"]),
    due_in_seconds=st.none() | st.floats(-1e6, 1e6),
    waiting_seconds=st.floats(0, 1e8),
    risk=st.floats(0, 1),
    contacts=st.integers(0, 50),
)
WEIGHTS = st.builds(Weights, **dict.fromkeys(("urgency", "people", "customer", "ageing"), st.floats(0, 1_000)))


def points(**facts: object) -> dict[str, float]:
    return {one.name: round(one.points, 2) for one in score(Facts(**facts), Weights()).parts}  # type: ignore[arg-type]


@given(FACTS, FACTS, WEIGHTS)
def test_score_safety_and_law_are_above_whatever_the_weights(one: Facts, other: Facts, weights: Weights) -> None:
    quiet = Facts(is_law=True) if one.urgency > 2 else Facts(is_safety=True)
    assert score(quiet, weights).value > score(other, weights).value
    assert (band(score(quiet, weights).value), band(score(other, weights).value)) == (1, 0)


@given(FACTS, WEIGHTS)
def test_score_is_the_sum_of_its_parts(facts: Facts, weights: Weights) -> None:
    found = score(facts, weights)
    assert found.value == pytest.approx(min(sum(one.points for one in found.parts), BAND - 1))


@pytest.mark.parametrize(
    ("worse", "name"),
    [
        ({"urgency": 4}, "urgency"),
        ({"severity": 1.0}, "severity"),
        ({"people": 300}, "people"),
        ({"money_cents": 500_000}, "money"),
        ({"tier": "VIP"}, "customer"),
        ({"due_in_seconds": 60.0}, "deadline"),
        ({"risk": 0.5}, "risk"),
        ({"contacts": 4}, "contacts"),
        ({"waiting_seconds": 600.0}, "waiting"),
    ],
)
def test_score_each_fact_lifts_by_its_own_part(worse: dict[str, object], name: str) -> None:
    assert points(**worse)[name] > points().get(name, 0)
    assert {**points(**worse), name: 0} == {**points(), name: 0}


def test_score_deadline_grows_as_it_comes_near_and_stays_when_it_is_past() -> None:
    due = [points(due_in_seconds=minutes * 60.0).get("deadline", 0) for minutes in (600, 240, 120, 0, -60)]
    assert due == [0, 0, 20, 40, 40]


def test_score_ageing_lifts_old_work_over_new_of_a_higher_urgency() -> None:
    old = score(Facts(urgency=2, waiting_seconds=3 * 3_600), Weights()).value
    assert old > score(Facts(urgency=3), Weights()).value
    assert old < score(Facts(urgency=2, waiting_seconds=3 * 3_600 + 60), Weights()).value


def test_score_waiting_of_a_clock_gone_back_counts_as_none() -> None:
    assert score(Facts(waiting_seconds=-500.0), Weights()) == score(Facts(), Weights())
