"""What work asks for: met, in part, what is missing, and how time makes it content with less."""

from collections.abc import Mapping
from itertools import product

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.routing.engine.rules.needs import fit, is_met, missing, skill_ids, step_at, step_ends_at
from ombud.routing.engine.schemas import Need, Step
from tests.routing.engine.rules.floors import NEEDS, SKILLS, step, work

GERMAN, WASHERS, LAW = 1, 2, 3
BOTH = Need(all_of=(Need(GERMAN, 3), Need(WASHERS, 2)))
EITHER = Need(any_of=(Need(LAW, 4), BOTH))


@pytest.mark.parametrize(
    ("need", "skills", "expected"),
    [
        (Need(), {}, True),
        (Need(GERMAN, 3), {GERMAN: 3}, True),
        (Need(GERMAN, 3), {GERMAN: 2}, False),
        (Need(GERMAN, 3), {}, False),
        (BOTH, {GERMAN: 5, WASHERS: 2}, True),
        (BOTH, {GERMAN: 5}, False),
        (EITHER, {LAW: 4}, True),
        (EITHER, {GERMAN: 3, WASHERS: 5}, True),
        (EITHER, {LAW: 3, GERMAN: 3}, False),
    ],
)
def test_is_met_and_or_and_levels_as_written(need: Need, skills: Mapping[int, int], expected: object) -> None:
    assert is_met(need, skills) is expected


@given(NEEDS, SKILLS)
def test_fit_is_whole_exactly_where_the_need_is_met(need: Need, skills: dict[int, int]) -> None:
    assert 0 <= fit(need, skills) <= 1
    assert (fit(need, skills) > 1 - 1e-9) == is_met(need, skills)
    assert (missing(need, skills) == ()) == is_met(need, skills)


@given(NEEDS, SKILLS, st.integers(1, 4))
def test_fit_never_falls_with_a_better_skill(need: Need, skills: dict[int, int], skill: int) -> None:
    better = {**skills, skill: 5}
    assert fit(need, better) >= fit(need, skills) - 1e-9


@given(NEEDS, SKILLS)
def test_missing_what_is_missing_learned_meets_the_need(need: Need, skills: dict[int, int]) -> None:
    learned = dict(skills)
    for lack, skill in product(missing(need, skills), range(1, 5)):
        learned[skill] = 5 if skill in set(skill_ids(lack)) else learned.get(skill, 0)
    assert is_met(need, learned)


def test_missing_names_the_parts_of_all_and_the_whole_of_a_choice() -> None:
    assert missing(BOTH, {GERMAN: 3}) == (Need(WASHERS, 2),)
    assert missing(EITHER, {GERMAN: 3}) == (EITHER,)


def test_step_at_moves_on_by_time_to_anybody() -> None:
    asks = (step((GERMAN, 3), seconds=60), step((GERMAN, 1), seconds=30))
    one = work(eligible_at=100, steps=asks)
    assert [step_at(one, now) for now in (100, 159, 160, 189, 190, 9_999)] == [0, 0, 1, 1, 2, 2]


def test_step_at_without_end_stays_at_its_step() -> None:
    one = work(steps=(step((GERMAN, 3), seconds=60), step((LAW, 5))))
    assert step_at(one, 10**9) == 1


def test_step_at_clock_going_back_keeps_the_step() -> None:
    one = work(eligible_at=100, steps=(step((GERMAN, 3), seconds=60),), step=1)
    assert step_at(one, -(10**9)) == 1


@pytest.mark.parametrize(("number", "expected"), [(0, 160), (1, 190), (2, None)])
def test_step_ends_at_sums_the_steps_so_far(number: int, expected: float | None) -> None:
    steps = (step((GERMAN, 3), seconds=60), step((GERMAN, 1), seconds=30))
    assert step_ends_at(steps, number, 100) == expected
    assert step_ends_at((*steps, Step()), 2, 100) is None


def test_need_reads_the_json_of_rules() -> None:
    text = b'[{"need":{"all":[{"skill_id":1,"level":3},{"any":[{"skill_id":3,"level":4}]}]},"seconds":60}]'
    [read] = msgspec.json.decode(text, type=list[Step])
    assert read == Step(Need(all_of=(Need(1, 3), Need(any_of=(Need(3, 4),)))), 60)
    assert msgspec.json.encode([read]) == text.replace(b":60}", b":60.0}")
