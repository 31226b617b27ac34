"""What a rule's actions bring about, and which rules they would wake: told from its words alone."""

from typing import Any

import msgspec
import pytest

from ombud.automation.rules import rules
from ombud.automation.rules.schemas import RuleActions, RuleSpec
from ombud.shared.conditions import parse


def actions(**given: Any) -> RuleActions:
    return msgspec.convert(given, RuleActions)


def spec(*events: str, fields: list[str] | None = None, **given: Any) -> RuleSpec:
    when = {"kind": "events", "events": list(events)} | ({"fields": fields} if fields else {})
    return msgspec.convert({"when": when, "actions": given or {"note": "x"}, "condition": {"all": []}}, RuleSpec)


@pytest.mark.parametrize(
    ("given", "brought"),
    [
        ({"priority": 4}, {"ticket_changed": {"priority"}}),
        ({"status_id": 3, "type_id": 2}, {"ticket_changed": {"status_id", "type_id"}}),
        ({"fields": {"k": None}}, {"ticket_changed": {"fields.k"}}),
        ({"remove_tags": ["x"]}, {"ticket_changed": {"tags"}}),
        ({"snooze_minutes": 5}, {"ticket_changed": {"snoozed_until"}}),
        ({"assignee": "nobody"}, {"ticket_assigned": set()}),
        ({"team_id": 2}, {"ticket_moved": set()}),
        ({"reply": "Hi", "note": "Hi"}, {"reply_sent": set(), "note_added": set()}),
        ({}, {}),
    ],
)
def test_emitted_names_each_event_that_actions_bring_about(given: dict[str, Any], brought: dict[str, set[str]]) -> None:
    assert rules.emitted(actions(**given)) == brought


@pytest.mark.parametrize(
    ("given", "after"),
    [
        ({"priority": 4, "team_id": 2}, {"priority": 4, "team": 2}),
        ({"assignee": "nobody"}, {"assignee": None}),
        ({"assignee": 7, "status_id": 3}, {"assignee": 7, "status": 3}),
        ({"fields": {"k": "a", "l": None}}, {"fields.k": "a", "fields.l": None}),
        ({"note": "x", "add_tags": ["a"]}, {}),
    ],
)
def test_settled_is_what_fields_are_afterwards(given: dict[str, Any], after: dict[str, Any]) -> None:
    assert rules.settled(actions(**given)) == after


@pytest.mark.parametrize(
    ("listener", "given", "kind"),
    [
        (spec("ticket_changed"), {"priority": 4}, "ticket_changed"),
        (spec("ticket_changed", fields=["priority", "tags"]), {"add_tags": ["x"]}, "ticket_changed"),
        (spec("ticket_changed", fields=["status_id"]), {"priority": 4}, None),
        (spec("note_added", "ticket_moved"), {"team_id": 2}, "ticket_moved"),
        (spec("message_received"), {"reply": "Hi", "priority": 1}, None),
    ],
)
def test_woken_by_listens_to_events_and_to_fields(listener: RuleSpec, given: dict[str, Any], kind: str | None) -> None:
    assert rules.woken_by(listener, actions(**given)) == kind


@pytest.mark.parametrize(
    ("source", "known", "tags", "may"),
    [
        ({"field": "priority", "op": "is", "value": 4}, {"priority": 4}, ((), ()), True),
        ({"field": "priority", "op": "is", "value": 4}, {"priority": 3}, ((), ()), False),
        ({"field": "priority", "op": "is", "value": 4}, {}, ((), ()), True),
        ({"not": {"field": "priority", "op": "is", "value": 4}}, {"priority": 4}, ((), ()), False),
        ({"all": []}, {}, ((), ()), True),
        ({"any": []}, {}, ((), ()), False),
        ({"field": "created", "op": "older_than", "value": "2d"}, {"created": None}, ((), ()), True),
        ({"field": "tags", "op": "any_of", "value": ["X"]}, {}, ((), ("x",)), False),
        ({"field": "tags", "op": "any_of", "value": ["X", "y"]}, {}, ((), ("x",)), True),
        ({"field": "tags", "op": "none_of", "value": ["x"]}, {}, (("X",), ()), False),
        ({"field": "tags", "op": "has_all", "value": ["x", "y"]}, {}, (("x",), ("y",)), False),
        ({"field": "tags", "op": "has_all", "value": ["x", "y"]}, {}, (("x",), ()), True),
        ({"field": "tags", "op": "is_empty"}, {}, (("x",), ()), False),
        ({"field": "tags", "op": "is_set"}, {}, ((), ("x",)), True),
        ({"not": {"field": "tags", "op": "is_set"}}, {}, (("x",), ()), False),
    ],
)
def test_may_hold_is_sure_only_of_what_is_known(source: Any, known: Any, tags: Any, *, may: bool) -> None:
    assert rules.may_hold(parse(source), known, tags=tags) is may


def test_named_in_finds_fields_at_every_depth() -> None:
    deep = {"any": [{"field": "a", "op": "is_set"}, {"not": {"all": [{"field": "b", "op": "is_empty"}]}}]}
    assert rules.named_in(parse(deep)) == {"a", "b"}
