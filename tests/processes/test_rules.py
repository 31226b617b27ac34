"""Is it a process, where does a stage lead, what is an answer."""

from typing import Any

import msgspec
import pytest

from ombud.processes.rules import begin, exits, find_problems, is_answer, is_drawn, lead, solution_key, stage_of
from ombud.processes.schemas import Condition, ProcessSpec, Question
from ombud.processes.services.definitions import shipped

NEVER: dict[str, Any] = {"any": []}


def stage(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "name_en": key, "name_zh": key} | more


def spec(*stages: dict[str, Any], **more: Any) -> ProcessSpec:
    return msgspec.convert({"type_id": 1, "name_en": "P", "stages": list(stages)} | more, ProcessSpec)


def holds(condition: Condition) -> bool:
    return condition != NEVER


def found(*stages: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    return list(find_problems(spec(*stages, **more)))


def test_find_problems_in_a_plain_list_finds_none() -> None:
    assert found(stage("a"), stage("b"), stage("c")) == []


@pytest.mark.parametrize(
    ("stages", "problem"),
    [
        ([stage("a"), stage("a")], ("a", "twice")),
        ([stage("a", ways=[{"to": "x"}])], ("a", "leads_nowhere")),
        ([stage("a", late_to="x")], ("a", "leads_nowhere")),
        ([stage("a", ways=[{"to": "a"}])], ("a", "no_exit")),
        ([stage("a"), stage("b", ways=[{"to": "a"}])], ("a", "no_exit")),
        ([stage("a", ways=[{"to": ""}]), stage("b")], ("b", "never_reached")),
    ],
)
def test_find_problems_in_what_is_no_process_names_the_stage(
    stages: list[dict[str, Any]], problem: tuple[str, str]
) -> None:
    assert problem in found(*stages)


def test_find_problems_counts_a_jump_as_reaching_and_not_as_an_exit() -> None:
    up = stage("up")
    assert found(stage("a", late_to="up", ways=[{"to": ""}]), up) == []
    assert found(stage("a", ways=[{"to": ""}]), up, fails_to="up") == []
    assert ("a", "no_exit") in found(stage("a", ways=[{"to": "a"}], late_to="up"), up)


def test_find_problems_in_questions_of_one_key_names_it() -> None:
    asked = {"questions": [{"key": "q", "name_en": "Q", "name_zh": "问", "kind": "text"}]}
    assert found(stage("a", **asked), stage("b", **asked)) == [("q", "question_twice")]


def test_exits_stop_at_a_way_that_is_always_open() -> None:
    made = spec(stage("a", ways=[{"to": "c", "when": NEVER}, {"to": "b"}]), stage("b"), stage("c"))
    assert exits(made, made.stages[0]) == ["c", "b"]
    assert exits(made, made.stages[1]) == ["c"]
    assert exits(made, made.stages[2]) == [""]


def test_lead_takes_the_first_way_that_holds_and_passes_over_what_is_not_entered() -> None:
    made = spec(
        stage("a", ways=[{"to": "c", "when": NEVER}]),
        stage("b", enters_when=NEVER, ways=[{"to": "d"}]),
        stage("c"),
        stage("d"),
    )
    assert lead(made, made.stages[0], holds) == "d"
    assert lead(made, made.stages[3], holds) == ""


def test_begin_passes_over_a_first_stage_that_is_not_entered() -> None:
    assert begin(spec(stage("a", enters_when=NEVER), stage("b")), holds) == "b"
    assert begin(spec(stage("a", enters_when=NEVER)), holds) == ""


def test_lead_in_a_ring_of_stages_that_nobody_enters_ends() -> None:
    ring = spec(
        stage("a", ways=[{"to": "b"}]),
        stage("b", enters_when=NEVER, ways=[{"to": "c"}]),
        stage("c", enters_when=NEVER, ways=[{"to": "b"}]),
    )
    assert lead(ring, ring.stages[0], holds) == ""


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("text", "word", 3),
        ("choice", "red", "blue"),
        ("yes_no", False, "no"),
        ("number", 2.5, True),
        ("date", "2026-11-23", "Monday"),
    ],
)
def test_is_answer_knows_each_kind(kind: Any, good: Any, bad: Any) -> None:
    choices = [{"value": "red", "name_en": "Red", "name_zh": "红"}] if kind == "choice" else []
    asked = msgspec.convert({"key": "q", "name_en": "Q", "name_zh": "问", "kind": kind, "choices": choices}, Question)
    assert is_answer(asked, good)
    assert not is_answer(asked, bad)


def test_solution_key_knows_the_same_again_whatever_its_signs() -> None:
    assert solution_key("Reset  the Sensor!") == solution_key("reset the sensor")
    assert solution_key("重置 传感器。") == solution_key("重置传感器")
    assert solution_key("replace the seal") != solution_key("reset the sensor")


def test_is_drawn_takes_each_fifth_and_each_severe_one() -> None:
    assert [number for number in range(1, 12) if is_drawn(number, 5, is_severe=False)] == [5, 10]
    assert is_drawn(1, 5, is_severe=True)
    assert not is_drawn(5, None, is_severe=False)


@pytest.mark.parametrize("example", shipped(), ids=lambda one: one.key)
def test_shipped_process_is_one_and_speaks_both_languages(example: Any) -> None:
    assert list(find_problems(example.spec)) == []
    for one in example.spec.stages:
        assert one.name_en, one.key
        assert one.name_zh, one.key
        assert all(asked.name_en and asked.name_zh for asked in one.questions), one.key
        assert all(task.title_en and task.title_zh for task in one.tasks), one.key
    assert stage_of(example.spec, "analysis") or stage_of(example.spec, "review")


def test_shipped_processes_are_the_four_of_the_practice() -> None:
    assert [one.key for one in shipped()] == ["technical_complaint", "refund", "vip_complaint", "product_incident"]
