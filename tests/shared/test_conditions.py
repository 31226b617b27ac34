"""Conditions: what holds, what cannot be used, what survives a round trip."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.shared.conditions import (
    MAX_DEPTH,
    MAX_LEAVES,
    OPS,
    BadCondition,
    Context,
    Kind,
    check,
    evaluate,
    leaves,
    parse,
    unparse,
)

SHARED = json.loads((Path(__file__).parent / "conditions.json").read_text())
CONTEXT = Context(datetime.fromisoformat(SHARED["now"]), SHARED["me"], tuple(SHARED["my_teams"]))
KINDS: dict[str, Kind] = {
    "subject": "text",
    "priority": "number",
    "tags": "many",
    "assignee": "person",
    "team": "team",
    "product": "tree",
    "region": "choice",
    "urgent": "yes_no",
    "created": "time",
    "bought_on": "date",
}
LEAF = {"field": "priority", "op": "is", "value": 3}


def conditions() -> st.SearchStrategy[dict[str, Any]]:
    """Conditions of the cases' comparisons, nested at random."""
    bare = st.sampled_from([case for case, _ in SHARED["cases"] if "field" in case])
    return st.recursive(
        bare,
        lambda part: st.one_of(
            st.lists(part, max_size=3).map(lambda parts: {"all": parts}),
            st.lists(part, max_size=3).map(lambda parts: {"any": parts}),
            part.map(lambda one: {"not": one}),
        ),
        max_leaves=12,
    )


@pytest.mark.parametrize(("source", "holds"), SHARED["cases"], ids=[json.dumps(one[0]) for one in SHARED["cases"]])
def test_evaluate_each_shared_case_gives_its_answer(source: object, holds: bool) -> None:
    assert evaluate(parse(source), SHARED["values"], CONTEXT) is holds


@given(conditions())
def test_evaluate_a_negation_gives_the_opposite(source: dict[str, Any]) -> None:
    plain, negated = parse(source), parse({"not": source})
    assert evaluate(plain, SHARED["values"], CONTEXT) is not evaluate(negated, SHARED["values"], CONTEXT)


@given(st.lists(conditions(), max_size=4))
def test_evaluate_all_and_any_obey_de_morgan(sources: list[dict[str, Any]]) -> None:
    every = parse({"not": {"all": sources}})
    some = parse({"any": [{"not": one} for one in sources]})
    assert evaluate(every, SHARED["values"], CONTEXT) is evaluate(some, SHARED["values"], CONTEXT)


@given(conditions())
def test_unparse_what_was_parsed_gives_the_same(source: dict[str, Any]) -> None:
    assert parse(unparse(parse(source))) == parse(source)


@pytest.mark.parametrize(
    "source",
    [
        *(None, [], "priority", 3, {}, {"all": {}}, {"all": [], "any": []}, {"not": []}),
        *({"field": "priority"}, {"field": 3, "op": "is"}, {"field": "priority", "op": "like", "value": 1}),
        {"field": "priority", "op": "is", "value": 1, "extra": 2},
    ],
    ids=json.dumps,
)
def test_parse_what_is_no_condition_is_refused(source: object) -> None:
    with pytest.raises(BadCondition):
        parse(source)


def test_parse_too_deep_or_too_many_is_refused() -> None:
    deep: dict[str, Any] = LEAF
    for _ in range(MAX_DEPTH - 1):
        deep = {"not": deep}
    assert [leaf.field for leaf in leaves(parse(deep))] == ["priority"]
    with pytest.raises(BadCondition, match="levels deep"):
        parse({"not": deep})
    with pytest.raises(BadCondition, match="at most 100"):
        parse({"all": [LEAF] * (MAX_LEAVES + 1)})


@pytest.mark.parametrize(
    ("leaf", "problem"),
    [
        ({"field": "colour", "op": "is", "value": 1}, "unknown_field"),
        ({"field": "priority", "op": "contains", "value": "x"}, "unknown_op"),
        ({"field": "priority", "op": "is", "value": "three"}, "bad_value"),
        ({"field": "priority", "op": "is", "value": True}, "bad_value"),
        ({"field": "priority", "op": "between", "value": [1]}, "bad_value"),
        ({"field": "created", "op": "before", "value": "yesterday"}, "bad_value"),
        ({"field": "created", "op": "within_last", "value": "7"}, "bad_value"),
        ({"field": "tags", "op": "any_of", "value": []}, "bad_value"),
        ({"field": "tags", "op": "any_of", "value": "vip"}, "bad_value"),
        ({"field": "assignee", "op": "is", "value": "you"}, "bad_value"),
        ({"field": "team", "op": "is", "value": "my_teams"}, "bad_value"),
        ({"field": "urgent", "op": "is", "value": 1}, "bad_value"),
        ({"field": "subject", "op": "contains", "value": 5}, "bad_value"),
        ({"field": "product", "op": "under", "value": None}, "bad_value"),
    ],
    ids=lambda one: json.dumps(one) if isinstance(one, dict) else one,
)
def test_check_what_does_not_fit_names_the_field(leaf: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadCondition) as raised:
        check(parse({"all": [LEAF, {"not": leaf}]}), KINDS)
    assert raised.value.fields == {leaf["field"]: problem}


def test_check_every_kind_and_op_has_a_value_that_fits() -> None:
    one: dict[Kind, object] = {"number": 1, "yes_no": True, "person": "me", "team": 1, "date": "2026-01-01"}
    one |= {"time": "2026-01-01T00:00:00Z"}
    for kind, ops in OPS.items():
        for op in ops:
            value = one.get(kind, "x")
            if op in {"any_of", "none_of", "has_all"}:
                value = [value]
            elif op == "between":
                value = [value, value]
            elif op in {"within_last", "older_than"}:
                value = "7d"
            check(parse({"field": "it", "op": op, "value": value}), {"it": kind})


def test_check_the_shared_cases_of_known_fields_all_pass() -> None:
    for source, _ in SHARED["cases"]:
        condition = parse(source)
        if all(leaf.field in KINDS for leaf in leaves(condition)):
            check(condition, KINDS)
