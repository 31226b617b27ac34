"""Forms by the cases that the page's twin is tested on as well."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ombud.shared.conditions import Context
from ombud.tickets.forms import FieldState, FormField, FormRule, form_problems, form_state

SHARED = json.loads((Path(__file__).parent / "forms.json").read_text())
CONTEXT = Context(datetime.fromisoformat(SHARED["now"]))


def states_of(case: dict[str, Any]) -> list[FieldState]:
    form = msgspec.convert(SHARED["form"], list[FormField])
    rules = msgspec.convert(SHARED["rules"], list[FormRule])
    values = {f"fields.{key}": value for key, value in case["values"].items()}
    return form_state(form, rules, values | case.get("facts", {}), CONTEXT)


@pytest.mark.parametrize("case", SHARED["cases"], ids=lambda case: case["name"])
def test_form_state_by_shared_cases_shows_and_limits_alike(case: dict[str, Any]) -> None:
    states = states_of(case)
    assert [state.key for state in states if state.is_shown] == case["shown"]
    limits = {state.key: state.allowed for state in states if state.allowed is not None}
    assert limits == case.get("allowed", {})


@pytest.mark.parametrize("case", SHARED["cases"], ids=lambda case: case["name"])
def test_form_problems_by_shared_cases_are_the_same(case: dict[str, Any]) -> None:
    changed, is_done = case.get("changed", []), case.get("is_done", False)
    assert form_problems(states_of(case), case["values"], changed=changed, is_done=is_done) == case["problems"]
