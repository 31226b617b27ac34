"""How waiting work keeps its order, when it wants a look, which teams open, and how agents come back to full pace."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.routing.engine.rules.waiting import (
    OverflowRule,
    faded,
    next_look,
    next_overflow,
    opened_teams,
    place,
    present,
    ramp_room,
    score_at,
    with_ends,
)
from ombud.routing.engine.schemas import Need, Step, Weights
from tests.routing.engine.rules.floors import step, work

WEIGHTS = Weights()
HELP = OverflowRule(2, 300.0, min_waiting=3, min_free=1)
MORE = OverflowRule(3, 600.0)


@given(st.floats(0, 1_000), st.floats(0, 1e9), st.floats(0, 1e6))
def test_place_gives_the_score_back_at_its_moment_and_grows_from_there(score: float, at: float, later: float) -> None:
    kept = place(score, at, WEIGHTS)
    assert score_at(kept, at, WEIGHTS) == pytest.approx(score, abs=1e-3)
    assert score_at(kept, at + later, WEIGHTS) == pytest.approx(score + WEIGHTS.ageing * later / 60, abs=1e-3)


@given(st.floats(0, 500), st.floats(0, 500), st.floats(0, 1e6), st.floats(0, 1e6))
def test_place_orders_two_pieces_of_work_alike_at_every_moment(one: float, other: float, at: float, now: float) -> None:
    first, second = place(one, at, WEIGHTS), place(other, at, WEIGHTS)
    before = first - second
    assert score_at(first, now, WEIGHTS) - score_at(second, now, WEIGHTS) == pytest.approx(before, abs=1e-6)


@pytest.mark.parametrize(
    ("waited", "waiting", "free", "expected"),
    [
        (299, 9, 9, (1,)),
        (300, 2, 9, (1,)),
        (300, 3, 0, (1,)),
        (300, 3, 1, (1, 2)),
        (600, 3, 1, (1, 2, 3)),
        (600, 0, 0, (1, 3)),
    ],
)
def test_opened_teams_each_when_all_its_conditions_hold(
    waited: float, waiting: int, free: int, expected: tuple[int, ...]
) -> None:
    assert opened_teams((1,), [HELP, MORE], waited=waited, waiting=waiting, free={2: free}) == expected


def test_opened_teams_stay_open_when_the_rush_is_over() -> None:
    assert opened_teams((1, 2), [HELP, MORE], waited=301, waiting=0, free={}) == (1, 2)


@pytest.mark.parametrize(
    ("teams", "waited", "expected"),
    [((1,), 0, 300), ((1, 2), 0, 600), ((1, 2, 3), 0, None), ((1,), 9_000, 5), ((1,), 298, 5)],
)
def test_next_overflow_waits_for_the_next_team_and_looks_again_soon_where_only_agents_lack(
    teams: tuple[int, ...], waited: float, expected: float | None
) -> None:
    assert next_overflow(teams, [HELP, MORE], waited=waited) == expected


def look(due_in: float | None = None, overflow_in: float | None = None, **more: Any) -> float | None:
    return next_look(work(**more), now=1_000.0, due_in=due_in, overflow_in=overflow_in, weights=WEIGHTS)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (look(), None),
        (look(steps=(step((1, 3), seconds=60),), eligible_at=1_000), 1_060),
        (look(steps=(step((1, 3)),), eligible_at=1_000), None),
        (look(preferred_id=7, preferred_until=1_030), 1_030),
        (look(preferred_id=7, preferred_until=999), None),
        (look(overflow_in=45), 1_045),
        (look(due_in=240 * 60 + 500), 1_500),
        (look(due_in=3_600), 1_060),
        (look(due_in=20), 1_020),
        (look(due_in=-1), None),
        (look(due_in=20, overflow_in=5), 1_005),
    ],
)
def test_next_look_is_the_first_moment_at_which_anything_is_to_be_done(
    found: float | None, expected: float | None
) -> None:
    assert found == expected


def test_with_ends_gives_the_teams_time_to_steps_without_one() -> None:
    steps = (step((1, 3), seconds=30), step((1, 1)))
    assert [one.seconds for one in with_ends(steps, 120.0)] == [30, 120]
    assert with_ends((), 120.0) == ()


def test_present_is_what_the_step_asks_for_and_nothing_after_the_last() -> None:
    one = work(eligible_at=0, steps=(Step(Need(1, 4), 60), Step(Need(1, 2), 60)))
    assert [present(one, now) for now in (0, 60, 120)] == [Need(1, 4), Need(1, 2), Need()]


@pytest.mark.parametrize(
    ("online", "load", "expected"),
    [(0, 0, 1), (0, 1, 0), (150, 0, 3), (150, 3, 0), (150, 9, 0), (599, 0, 8), (600, 0, None), (-50, 0, 1)],
)
def test_ramp_room_grows_from_one_to_all_that_they_can_carry(online: float, load: int, expected: int | None) -> None:
    assert ramp_room(online_seconds=online, ramp_seconds=600, capacity=8, load=load) == expected


def test_ramp_room_without_a_ramp_is_unbounded() -> None:
    assert ramp_room(online_seconds=0, ramp_seconds=0, capacity=8, load=0) is None


def test_faded_loses_two_thirds_in_a_window_and_nothing_while_the_clock_goes_back() -> None:
    assert faded(9, 3_600, 3_600) == pytest.approx(9 / 2.71828, rel=1e-4)
    assert faded(9, -500, 3_600) == 9
    assert faded(9, 3_600 * 20, 3_600) < 0.001
