"""Pure rules of a ticket's form: what is shown, required and allowed for the values it has now.

A field that some rule shows is hidden until such a rule holds. Rules are asked in their order; the last word counts.
``web/agent/src/shared/fields/form.ts`` does the same in the page; both are tested on
``tests/tickets/forms.json``.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from ombud.fields.schemas import Key
from ombud.fields.services.values import is_empty
from ombud.shared.conditions import Context, evaluate, parse

RequiredOn = Literal["never", "save", "solve"]


class FormField(Struct, forbid_unknown_fields=True):
    """A field's place on a form, and when it must have a value."""

    key: Key
    required_on: RequiredOn = "never"


class FormRule(Struct, forbid_unknown_fields=True):
    """Where ``when`` holds: fields to show, to hide, to require and to limit to some choices.

    ``when`` is a condition over the ticket's values; custom fields go by ``fields.<key>``.
    """

    when: dict[str, Any]
    show: list[Key] = []
    hide: list[Key] = []
    require: dict[Key, RequiredOn] = {}
    limit: dict[Key, list[str]] = {}


class FieldState(Struct):
    """How one field stands on the form now."""

    key: str
    is_shown: bool
    required_on: RequiredOn
    allowed: list[str] | None = None


def form_state(
    form: Sequence[FormField], rules: Sequence[FormRule], values: Mapping[str, Any], context: Context
) -> list[FieldState]:
    """How each field of the form stands, in the form's order."""
    shown_by_rule = {key for rule in rules for key in rule.show}
    states = {one.key: FieldState(one.key, one.key not in shown_by_rule, one.required_on) for one in form}
    for rule in rules:
        if evaluate(parse(rule.when), values, context):
            _apply(rule, states)
    return list(states.values())


def _apply(rule: FormRule, states: Mapping[str, FieldState]) -> None:
    for keys, is_shown in ((rule.show, True), (rule.hide, False)):
        for state in (states[key] for key in keys if key in states):
            state.is_shown = is_shown
    for key in rule.require.keys() & states.keys():
        states[key].required_on = rule.require[key]
    for key in rule.limit.keys() & states.keys():
        states[key].allowed = rule.limit[key]


def form_problems(
    states: Sequence[FieldState], values: Mapping[str, Any], *, changed: Sequence[str], is_done: bool
) -> dict[str, str]:
    """What stands against saving these values of custom fields, by key: ``required`` or ``not_allowed``.

    What a form hides is never asked for. A limit binds only values that are new: old ones stay as they were.
    """
    demands = {"save", "solve"} if is_done else {"save"}
    found: dict[str, str] = {}
    for state in states:
        if not state.is_shown:
            continue
        value = values.get(state.key)
        if is_empty(value):
            if state.required_on in demands:
                found[state.key] = "required"
        elif state.key in changed and state.allowed is not None and not _is_allowed(value, state.allowed):
            found[state.key] = "not_allowed"
    return found


def _is_allowed(value: Any, allowed: Sequence[str]) -> bool:
    return all(one in allowed for one in (value if isinstance(value, list) else [value]))
