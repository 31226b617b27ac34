"""Where stages lead, whom they name, and which answers they miss: the laws of walking through a process."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.processes.rules import END, begin, find_problems, is_always, jumps, lead, stage_of, teams_of, unanswered
from ombud.processes.schemas import Condition, ProcessSpec

NEVER: dict[str, Any] = {"any": []}
ALWAYS: dict[str, Any] = {"all": []}
KEYS = ["a", "b", "c", "d"]


def spec(*stages: dict[str, Any], **more: Any) -> ProcessSpec:
    named = [{"name_en": one["key"], "name_zh": one["key"]} | one for one in stages]
    return msgspec.convert({"type_id": 1, "name_en": "P", "stages": named} | more, ProcessSpec)


def holds(condition: Condition) -> bool:
    return condition != NEVER


WAYS = st.lists(
    st.builds(
        lambda to, when: {"to": to, "when": when}, st.sampled_from([*KEYS, ""]), st.sampled_from([ALWAYS, NEVER])
    ),
    max_size=2,
)
STAGES = st.lists(
    st.builds(lambda ways, enters: {"ways": ways, "enters_when": enters}, WAYS, st.sampled_from([ALWAYS, NEVER])),
    min_size=1,
    max_size=4,
).map(lambda found: [one | {"key": key} for one, key in zip(found, KEYS, strict=False)])


@given(STAGES)
def test_lead_from_any_stage_ends_at_one_that_is_entered_or_at_the_end(stages: list[dict[str, Any]]) -> None:
    made = spec(*stages)
    for one in made.stages:
        key = lead(made, one, holds)
        found = stage_of(made, key)
        assert key == END or found is None or holds(found.enters_when)


@given(STAGES)
def test_process_without_problems_comes_to_its_end_from_every_stage(stages: list[dict[str, Any]]) -> None:
    made = spec(*stages)
    if list(find_problems(made)):
        return
    # where every way is open that may ever be, somebody who always goes on is never caught
    for one in made.stages:
        seen, waiting = set(), [one.key]
        while waiting:
            key = waiting.pop()
            stage = stage_of(made, key)
            if stage is not None and key not in seen:
                seen.add(key)
                waiting += [way.to for way in stage.ways] or [_next(made, key)]
                waiting += [] if any(is_always(way.when) for way in stage.ways) else [_next(made, key)]
            if key == END:
                seen.add(END)
        assert END in seen


def _next(made: ProcessSpec, key: str) -> str:
    keys = [one.key for one in made.stages]
    place = keys.index(key) + 1
    return keys[place] if place < len(keys) else END


@pytest.mark.parametrize(("enters", "first"), [([ALWAYS], "a"), ([NEVER, ALWAYS], "b"), ([NEVER, NEVER], END)])
def test_begin_is_the_first_stage_that_is_entered(enters: list[dict[str, Any]], first: str) -> None:
    stages = [{"key": key, "enters_when": one} for key, one in zip(KEYS, enters, strict=False)]
    assert begin(spec(*stages), holds) == first


def test_jumps_are_the_ways_out_of_a_stage_that_is_not_done() -> None:
    made = spec({"key": "a", "late_to": "b", "not_solved_to": "a"}, {"key": "b"}, fails_to="b")
    assert jumps(made, made.stages[0]) == ["b", "a", "b"]
    assert jumps(spec({"key": "a"}), made.stages[1]) == []


@pytest.mark.parametrize(
    ("condition", "always"), [(ALWAYS, True), (NEVER, False), ({}, False), ({"all": [ALWAYS]}, False)]
)
def test_is_always_is_the_empty_condition_alone(condition: dict[str, Any], *, always: bool) -> None:
    assert is_always(condition) is always


def test_teams_of_a_process_are_those_of_its_stages_and_of_their_tasks_each_once() -> None:
    task = {"team_id": 2, "title_en": "x", "title_zh": "某", "span": {"amount": 1, "unit": "working_hours"}}
    made = spec({"key": "a", "team_id": 5, "tasks": [task, task]}, {"key": "b", "team_id": 5}, {"key": "c"})
    assert teams_of(made) == [2, 5]


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ({}, ["must", "also"]),
        ({"must": "", "also": None}, ["must", "also"]),
        ({"must": False, "also": 0}, []),
        ({"must": "x", "may": ""}, ["also"]),
    ],
)
def test_unanswered_are_required_questions_without_any_answer(answers: dict[str, Any], missing: list[str]) -> None:
    asked = [
        {"key": key, "name_en": key, "name_zh": key, "kind": "text", "is_required": key != "may"}
        for key in ("must", "may", "also")
    ]
    assert unanswered(spec({"key": "a", "questions": asked}).stages[0], answers) == missing
