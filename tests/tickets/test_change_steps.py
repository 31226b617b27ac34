"""What a change leaves on the timeline, and what of a macro is there no more: told from values alone."""

from typing import Any

import pytest

from ombud.fields.schemas import Choice, Field, FieldKind, FieldOptions
from ombud.tickets.schemas import GonePart, LockedTicket, MacroActions
from ombud.tickets.services.forms import changed_names, field_steps
from ombud.tickets.services.gone import Present, gone_parts


def ticket(**more: Any) -> LockedTicket:
    known: dict[str, Any] = {
        "id": 1,
        "subject": "Machine",
        "status_id": 1,
        "category": "new",
        "priority": 2,
        "team_id": 1,
        "assignee_id": None,
        "customer_id": 1,
        "channel_id": None,
        "brand_id": 1,
        "type_id": None,
        "tags": ["a"],
        "fields": {"size": "L", "count": 0},
        "snoozed_until": None,
        "waiting_since": None,
        "last_message_id": None,
        "load_points": 1,
        "version": 1,
    }
    return LockedTicket(**(known | more))


@pytest.mark.parametrize(
    ("changes", "steps", "names"),
    [
        ({}, [], []),
        ({"priority": 4}, [("priority", 2, 4)], ["priority"]),
        ({"status_id": 3, "tags": []}, [("status", 1, 3), ("tags", ["a"], [])], ["status_id", "tags"]),
        (
            {"fields": {"size": "M", "count": 0}},
            [("fields.size", "L", "M")],
            ["fields.size"],
        ),
        (
            {"fields": {"new": False}, "type_id": 2},
            [("fields.count", 0, None), ("fields.new", None, False), ("fields.size", "L", None), ("type", None, 2)],
            ["fields.count", "fields.new", "fields.size", "type_id"],
        ),
        # zero and nothing are two things
        ({"fields": {"size": "L"}}, [("fields.count", 0, None)], ["fields.count"]),
    ],
)
def test_change_is_told_field_by_field(changes: dict[str, Any], steps: list[Any], names: list[str]) -> None:
    found = field_steps(ticket(), changes)
    assert found == steps
    assert changed_names(found, changes) == names


def field(key: str, kind: FieldKind = "text", *choices: Choice, is_archived: bool = False) -> Field:
    return Field(1, "ticket", key, key, key, kind, FieldOptions(choices=list(choices)), 1, is_archived)


PRESENT = Present(
    fields=[
        field("size"),
        field("old", is_archived=True),
        field("colour", "multi_choice", Choice("red", "Red", "红"), Choice("blue", "Blue", "蓝", is_archived=True)),
    ],
    record_fields=[field("vip")],
    status={1: False, 2: True},
    type={1: False},
    team={1: False, 2: True},
    brand={1: False},
    assignee={7: False, 8: True},
)


@pytest.mark.parametrize(
    ("given", "gone"),
    [
        ({}, []),
        ({"status_id": 1, "team_id": 1, "assignee": 7, "fields": {"size": "L", "colour": ["red"]}}, []),
        ({"assignee": "me"}, []),
        ({"assignee": "nobody"}, []),
        ({"status_id": 2}, [GonePart("status_id", "archived_value", 2)]),
        ({"type_id": 9}, [GonePart("type_id", "gone_value", 9)]),
        ({"assignee": 8}, [GonePart("assignee", "archived_value", 8)]),
        ({"fields": {"nothing": "x"}}, [GonePart("fields.nothing", "unknown_field")]),
        # a field of customers is no field of tickets
        ({"fields": {"vip": "x"}}, [GonePart("fields.vip", "unknown_field")]),
        ({"fields": {"old": "x"}}, [GonePart("fields.old", "archived_field")]),
        (
            {"fields": {"colour": ["red", "blue", "green"]}},
            [
                GonePart("fields.colour", "archived_value", "blue"),
                GonePart("fields.colour", "gone_value", "green"),
            ],
        ),
        ({"fields": {"colour": None}}, []),
        ({"fields": {"colour": [7, None]}}, []),
        (
            {"team_id": 2, "status_id": 9},
            [GonePart("status_id", "gone_value", 9), GonePart("team_id", "archived_value", 2)],
        ),
    ],
)
def test_gone_parts_name_all_that_is_there_no_more(given: dict[str, Any], gone: list[GonePart]) -> None:
    assert gone_parts(MacroActions(**given), PRESENT) == gone
