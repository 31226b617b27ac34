"""What can be said of rules without a database: conditions compiled, loops seen, versions compared."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.automation.rules import rules
from ombud.automation.rules.schemas import RuleSpec
from ombud.shared.conditions import Context, evaluate, parse

CONTEXT = Context(now=datetime(2026, 11, 23, 9, tzinfo=UTC))
NAMES = st.sampled_from(["priority", "subject", "tags", "status", "away", "open"])
WORDS = st.sampled_from(["", "Refund", "refund now", "REFUND", "退款", "me"])
ANY = st.one_of(st.none(), st.integers(0, 4), WORDS, st.booleans(), st.lists(WORDS, max_size=3))
LEAVES = st.one_of(
    st.builds(
        lambda name, op, value: {"field": name, "op": op, "value": value},
        NAMES,
        st.sampled_from(["is", "is_not"]),
        st.one_of(st.integers(0, 4), WORDS, st.booleans()),
    ),
    st.builds(lambda value: {"field": "subject", "op": "contains", "value": value}, WORDS),
    st.builds(lambda value: {"field": "tags", "op": "any_of", "value": value}, st.lists(WORDS, min_size=1)),
    st.builds(lambda name, op: {"field": name, "op": op}, NAMES, st.sampled_from(["is_set", "is_empty"])),
    st.builds(
        lambda op, value: {"field": "subject", "op": op, "value": value},
        st.sampled_from(["any_of", "none_of"]),
        st.lists(WORDS, min_size=1),
    ),
    st.builds(
        lambda op, value: {"field": "priority", "op": op, "value": value},
        st.sampled_from(["more", "less"]),
        st.integers(0, 4),
    ),
    st.builds(
        lambda op, value: {"field": "created", "op": op, "value": value},
        st.sampled_from(["within_last", "older_than"]),
        st.sampled_from(["3h", "2d"]),
    ),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.builds(lambda some: {"all": some}, st.lists(parts, max_size=3)),
        st.builds(lambda some: {"any": some}, st.lists(parts, max_size=3)),
        st.builds(lambda one: {"not": one}, parts),
    ),
    max_leaves=8,
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "priority": st.one_of(st.none(), st.integers(0, 4)),
        "status": st.integers(0, 4),
        "subject": st.one_of(st.none(), WORDS),
        "tags": st.lists(WORDS, max_size=3),
        "open": st.booleans(),
        "created": st.sampled_from([None, "2026-11-23T07:00:00+00:00", "2026-11-22T01:00:00+08:00", "2027-01-01"]),
    },
)


def spec(when: Any, actions: dict[str, Any], condition: Any = None, **more: Any) -> RuleSpec:
    kind = {"kind": "events", "events": when} if isinstance(when, list) else when
    return msgspec.convert({"when": kind, "actions": actions, "condition": condition or {"all": []}} | more, RuleSpec)


@given(CONDITIONS, VALUES)
def test_compiled_condition_answers_as_evaluate_does(source: Any, values: dict[str, Any]) -> None:
    condition = parse(source)
    assert rules.compiled(condition)(rules.folded(values), CONTEXT) == evaluate(condition, values, CONTEXT)


@given(CONDITIONS, VALUES)
def test_condition_that_holds_is_never_said_to_be_impossible(source: Any, values: dict[str, Any]) -> None:
    condition = parse(source)
    known = {name: one for name, one in values.items() if name in {"priority", "status"}}
    holds = evaluate(condition, values, CONTEXT)
    there = values.get("tags", [])
    possible, may_fail = rules._possible(condition, known, (there, ()))
    assert possible or not holds
    assert may_fail or holds


@given(CONDITIONS, VALUES)
def test_reasons_of_a_condition_hold_themselves(source: Any, values: dict[str, Any]) -> None:
    condition = parse(source)
    if evaluate(condition, values, CONTEXT):
        found = rules.because(condition, values, CONTEXT)
        assert len(found) <= rules.MOST_REASONS
        assert all(evaluate(parse(one), values, CONTEXT) for one in found)


NOT_URGENT = {"field": "priority", "op": "is_not", "value": 4}


@pytest.mark.parametrize(
    ("when", "actions", "condition", "kind"),
    [
        (["note_added"], {"note": "Hi"}, None, "note_added"),
        (["reply_sent"], {"reply": "Hi"}, None, "reply_sent"),
        (["ticket_moved"], {"team_id": 2}, None, "ticket_moved"),
        (["ticket_moved"], {"team_id": 2}, {"not": {"field": "team", "op": "is", "value": 2}}, None),
        (["ticket_changed"], {"priority": 4}, None, "ticket_changed"),
        (["ticket_changed"], {"priority": 4}, NOT_URGENT, None),
        (
            ["ticket_changed"],
            {"priority": 4},
            {"any": [NOT_URGENT, {"field": "tier", "op": "is_set"}]},
            "ticket_changed",
        ),
        (["ticket_changed"], {"add_tags": ["x"]}, {"field": "tags", "op": "none_of", "value": ["X"]}, None),
        (["ticket_changed"], {"remove_tags": ["x"]}, {"field": "tags", "op": "any_of", "value": ["x"]}, None),
        (["ticket_changed"], {"add_tags": ["x"]}, {"field": "tags", "op": "none_of", "value": ["y"]}, "ticket_changed"),
        (["ticket_changed"], {"fields": {"k": "a"}}, {"field": "fields.k", "op": "is_empty"}, None),
        (["ticket_changed"], {"assignee": "nobody"}, None, None),
        (["ticket_assigned"], {"assignee": "nobody"}, {"field": "assignee", "op": "is_set"}, None),
        (["ticket_opened", "message_received"], {"note": "Hi", "priority": 4}, None, None),
        ({"kind": "time", "since": "created", "after": "1h"}, {"note": "Hi"}, None, None),
    ],
)
def test_wakes_itself_sees_what_would_set_it_off(
    when: Any, actions: dict[str, Any], condition: Any, kind: str | None
) -> None:
    one = spec(when, actions, condition)
    assert rules.wakes_itself(one, parse(one.condition)) == kind


def test_wakes_itself_looks_at_the_fields_that_it_listens_to() -> None:
    when = {"kind": "events", "events": ["ticket_changed"], "fields": ["priority"]}
    one = spec(when, {"add_tags": ["x"]})
    assert rules.wakes_itself(one, parse(one.condition)) is None


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        (({"priority": 4}, NOT_URGENT), ({"priority": 1}, {"field": "priority", "op": "is", "value": 4}), "priority"),
        (({"priority": 4}, NOT_URGENT), ({"priority": 1}, {"field": "priority", "op": "is", "value": 2}), None),
        (({"priority": 4}, NOT_URGENT), ({"priority": 4}, NOT_URGENT), None),
        (({"add_tags": ["x"]}, None), ({"remove_tags": ["X"]}, None), "tags"),
        (({"add_tags": ["x"]}, None), ({"remove_tags": ["y"]}, None), None),
        (({"team_id": 1}, None), ({"priority": 1}, None), None),
    ],
)
def test_wake_each_other_sees_rules_that_go_round(first: Any, second: Any, field: str | None) -> None:
    one, other = (spec(["ticket_changed"], actions, condition) for actions, condition in (first, second))
    seen = rules.wake_each_other(one, parse(one.condition), other, parse(other.condition))
    assert seen == field


@pytest.mark.parametrize(
    ("one", "other", "field"),
    [
        (spec(["ticket_opened"], {"priority": 4}), spec(["ticket_opened"], {"priority": 1}), "priority"),
        (spec(["ticket_opened"], {"priority": 4}, stops=True), spec(["ticket_opened"], {"priority": 1}), None),
        (spec(["ticket_opened"], {"priority": 4}), spec(["note_added"], {"priority": 1}), None),
        (
            spec(["ticket_opened"], {"priority": 4}, {"field": "tier", "op": "is", "value": "gold"}),
            spec(["ticket_opened"], {"priority": 1}, {"field": "tier", "op": "is", "value": "base"}),
            None,
        ),
    ],
)
def test_overrules_names_the_field_that_both_may_set(one: RuleSpec, other: RuleSpec, field: str | None) -> None:
    assert rules.overrules(one, parse(one.condition), other, parse(other.condition)) == field


def test_changes_between_versions_name_each_part() -> None:
    before = spec(["ticket_opened"], {"priority": 4}, name_en="A")
    after = spec(["ticket_solved"], {"note": "Hi"}, name_en="A", stops=True)
    paths = {one.path for one in rules.changes_between(before, after)}
    assert paths == {"when", "stops", "actions.priority", "actions.note"}
    assert rules.changes_between(before, before) == []


@pytest.mark.parametrize(
    ("duration", "length"),
    [("90m", timedelta(minutes=90)), ("3d", timedelta(days=3)), ("4w", timedelta(weeks=4)), ("1h", timedelta(hours=1))],
)
def test_length_of_reads_durations(duration: str, length: timedelta) -> None:
    assert rules.length_of(duration) == length
