"""Steps, who meets them, and tables of levels."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.routing.engine.rules.needs import is_met
from ombud.routing.skills.rules import engine_steps, needs_of, problem_of, read_table, skill_by_name, skills_named
from ombud.routing.skills.schemas import Skill, SkillNeed, SkillStep

WASHER, CHINESE, GAS = SkillNeed(1, 3), SkillNeed(2, 2), SkillNeed(3, 5)
BOTH = SkillStep(60, all=[WASHER, CHINESE])
EITHER = SkillStep(seconds=60, any=[WASHER, CHINESE])
NESTED = SkillStep(60, all=[CHINESE, SkillNeed(any=[WASHER, GAS])])


def does_meet(step: SkillStep, held: dict[int, int]) -> bool:
    return is_met(engine_steps([step])[0].need, held)


@pytest.mark.parametrize(
    ("step", "held", "does"),
    [
        (BOTH, {1: 3, 2: 2}, True),
        (BOTH, {1: 5}, False),
        (BOTH, {1: 2, 2: 5}, False),
        (EITHER, {2: 2}, True),
        (EITHER, {1: 2, 2: 1}, False),
        (NESTED, {2: 3, 3: 5}, True),
        (NESTED, {2: 3, 3: 4, 1: 2}, False),
        (NESTED, {1: 5, 3: 5}, False),
    ],
)
def test_engine_steps_ask_for_all_or_any_of_the_levels(step: SkillStep, held: dict[int, int], does: bool) -> None:
    assert does_meet(step, held) is does
    assert engine_steps([step])[0].seconds == 60


def test_engine_steps_without_a_time_last_as_long_as_the_team_says() -> None:
    assert engine_steps([SkillStep(all=[WASHER])])[0].seconds is None


levels = st.dictionaries(st.integers(1, 4), st.integers(1, 5))
needs = st.builds(SkillNeed, skill_id=st.integers(1, 4), level=st.integers(1, 5))
parts = needs | st.builds(lambda each: SkillNeed(any=each), st.lists(needs, min_size=1, max_size=3))
steps = st.builds(lambda each: SkillStep(60, all=each), st.lists(parts, min_size=1, max_size=4))


@given(steps, levels, st.integers(1, 4))
def test_engine_steps_with_a_better_level_are_met_as_before(step: SkillStep, held: dict[int, int], skill: int) -> None:
    assert does_meet(step, held | {skill: 5}) >= does_meet(step, held)


def test_needs_of_a_nested_step_are_named_from_left_to_right() -> None:
    assert list(needs_of(NESTED)) == [CHINESE, WASHER, GAS]
    assert skills_named([BOTH, NESTED]) == {1, 2, 3}


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (NESTED, None),
        (SkillStep(60), "one_of"),
        (SkillStep(60, all=[WASHER], any=[WASHER]), "one_of"),
        (SkillStep(60, all=[SkillNeed()]), "nothing"),
        (SkillStep(60, all=[SkillNeed(1, any=[GAS])]), "nothing"),
        (SkillStep(60, all=[SkillNeed(any=[SkillNeed(all=[GAS])])]), "too_deep"),
        (SkillStep(60, all=[SkillNeed(any=[GAS] * 10)] * 4), "too_many"),
    ],
)
def test_problem_of_a_step_says_what_cannot_be_read(step: SkillStep, problem: str | None) -> None:
    assert problem_of(step) == problem


def test_read_table_with_levels_days_and_empty_cells_gives_them() -> None:
    table = read_table("\ufeffemail,name,Washer,中文\nlin@x.cn,Lin,3 2027-01-31,\n,,,\nbo@x.cn,Bo,5,1\n")
    assert table.problems == []
    cells = [(one.person, one.skill, one.level, one.valid_until) for one in table.cells]
    assert cells == [
        ("lin@x.cn", "Washer", 3, date(2027, 1, 31)),
        ("lin@x.cn", "中文", None, None),
        ("bo@x.cn", "Washer", 5, None),
        ("bo@x.cn", "中文", 1, None),
    ]


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("name,Washer\nLin,3", 1, "unknown_person"),
        ("", 1, "unknown_person"),
        ("email,Washer\nlin@x.cn,6", 2, "bad_level"),
        ("email,Washer\nlin@x.cn,good", 2, "bad_level"),
        ("email,Washer\nlin@x.cn,³", 2, "bad_level"),
        ("email,Washer\nlin@x.cn,3 soon", 2, "bad_day"),
        ("email,Washer\nlin@x.cn,3\nLIN@x.cn,4", 3, "twice"),
    ],
)
def test_read_table_that_is_wrong_names_line_and_reason(text: str, line: int, code: str) -> None:
    assert [(one.line, one.code) for one in read_table(text).problems] == [(line, code)]


@given(st.text(max_size=200))
def test_read_table_of_any_text_never_fails(text: str) -> None:
    table = read_table(text.replace("\0", ""))
    assert all(one.level is None or 1 <= one.level <= 5 for one in table.cells)


def test_read_table_with_a_mark_that_is_never_closed_says_so_and_does_not_fail() -> None:
    table = read_table('email,"C-1\n' + "lu@desk.example,3\n" * 10_000)
    assert (table.cells, [one.code for one in table.problems]) == ([], ["unknown_person"])


def test_skill_by_name_knows_both_languages_and_no_archived_one() -> None:
    live = Skill(1, "product", "Washer", "洗衣机", 1, is_archived=False)
    gone = Skill(2, "product", "Dryer", "", 1, is_archived=True)
    found = skill_by_name([live, gone])
    assert set(found) == {"washer", "洗衣机"}
