"""What can be said of rules without asking anybody: whether they hold, why, and whether they would wake each other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec

from ombud.automation.rules.schemas import OnEvents, RuleActions, RuleSpec, SpecChange
from ombud.shared.conditions import (
    All,
    AnyOf,
    Condition,
    Context,
    Leaf,
    Not,
    evaluate,
    leaves,
    unparse,
)

Values = Mapping[str, Any]
Test = Callable[[Values, Context], bool]
MOST_REASONS = 8
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_ANY_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
_PLACEHOLDERS = frozenset({"me", "my_teams"})
# How an action's column is named by conditions.
_SETS = {"status_id": "status", "priority": "priority", "team_id": "team", "type_id": "type"}


def compiled(condition: Condition) -> Test:
    """The condition as a function of ``folded`` values, for 500 rules an event; answers as ``evaluate`` does."""
    match condition:
        case All(parts):
            return _every([compiled(part) for part in parts])
        case AnyOf(parts):
            return _some([compiled(part) for part in parts])
        case Not(part):
            inner = compiled(part)
            return lambda values, context: not inner(values, context)
    return _leaf_test(condition)


def _every(tests: list[Test]) -> Test:
    # Loops, because a generator costs as much as three comparisons.
    def test(values: Values, context: Context) -> bool:
        for one in tests:  # noqa: SIM110 – see above
            if not one(values, context):
                return False
        return True

    return test


def _some(tests: list[Test]) -> Test:
    def test(values: Values, context: Context) -> bool:
        for one in tests:  # noqa: SIM110 – see above
            if one(values, context):
                return True
        return False

    return test


def folded(values: dict[str, Any]) -> dict[str, Any]:
    """The values with texts and lists of them in lower case beside them: once an event, not once a rule."""
    more: dict[str, Any] = {}
    for name, one in values.items():
        if isinstance(one, str):
            more[f"~{name}"] = one.lower()
        elif isinstance(one, list):
            more[f"~{name}"] = frozenset(part.lower() if isinstance(part, str) else part for part in one)
    return values | more


def _leaf_test(leaf: Leaf) -> Test:
    field, op, want = leaf.field, leaf.op, leaf.value
    made: Test | None = None
    if op in {"is", "is_not"} and isinstance(want, int | float):
        made = _equality(field, want, is_not=op == "is_not")
    elif op in {"more", "less"} and isinstance(want, int | float):
        made = _order(field, want, is_more=op == "more")
    elif op in {"is", "is_not"} and _is_plain(want):
        made = _equality(f"~{field}", want.lower(), is_not=op == "is_not")
    elif op == "contains" and _is_plain(want):
        made = _containing(f"~{field}", want.lower())
    elif op in {"any_of", "none_of"} and isinstance(want, list) and all(_is_plain(one) for one in want):
        made = _meeting(f"~{field}", frozenset(one.lower() for one in want), is_none=op == "none_of")
    elif op in {"within_last", "older_than"} and isinstance(want, str):
        made = _aging(field, length_of(want).total_seconds(), is_older=op == "older_than")
    return made or (lambda values, context: evaluate(leaf, values, context))


def _is_plain(want: object) -> bool:
    return isinstance(want, str) and want != "" and want not in _PLACEHOLDERS


def _equality(name: str, want: object, *, is_not: bool) -> Test:
    if is_not:
        return lambda values, _: values.get(name) != want
    return lambda values, _: values.get(name) == want


def _order(name: str, want: float, *, is_more: bool) -> Test:
    def test(values: Values, _: Context) -> bool:
        have = values.get(name)
        return have is not None and (have > want if is_more else have < want)

    return test


def _containing(name: str, want: str) -> Test:
    def test(values: Values, _: Context) -> bool:
        have = values.get(name)
        return have is not None and want in have

    return test


def _meeting(name: str, want: frozenset[str], *, is_none: bool) -> Test:
    def test(values: Values, _: Context) -> bool:
        have = values.get(name)
        if have is None:
            return is_none
        meets = have in want if isinstance(have, str) else not want.isdisjoint(have)
        return meets != is_none

    return test


def _aging(name: str, seconds: float, *, is_older: bool) -> Test:
    def test(values: Values, context: Context) -> bool:
        have = values.get(name)
        if not have:
            return False
        at, now = _moment(have), context.now.timestamp()
        return at < now - seconds if is_older else now - seconds <= at <= now

    return test


@lru_cache(maxsize=4_096)
def _moment(written: str) -> float:
    moment = datetime.fromisoformat(written)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def because(condition: Condition, values: Values, context: Context) -> list[dict[str, Any]]:
    """The comparisons that made a condition hold, in the language of conditions; at most eight."""
    return [unparse(one) for one in _reasons(condition, values, context)][:MOST_REASONS]


def _reasons(condition: Condition, values: Values, context: Context) -> Iterator[Condition]:
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                if evaluate(part, values, context):
                    yield from _reasons(part, values, context)
        case _:
            yield condition


def settled(actions: RuleActions) -> dict[str, Any]:
    """What fields surely are after a rule's actions, by their names in conditions."""
    found = {name: one for column, name in _SETS.items() if (one := getattr(actions, column)) is not None}
    if actions.assignee is not None:
        found["assignee"] = None if actions.assignee == "nobody" else actions.assignee
    if actions.dispatch is not None:
        found |= {"team": actions.dispatch.team_id, "assignee": None}
    return found | {f"fields.{key}": one for key, one in actions.fields.items()}


def may_hold(condition: Condition, known: Values, *, tags: tuple[Sequence[str], Sequence[str]] = ((), ())) -> bool:
    """Whether a condition may hold where some fields are known and nothing is known of the others.

    ``tags`` are those that surely are there, and those that surely are not.
    """
    return _possible(condition, known, tags)[0]


def _possible(condition: Condition, known: Values, tags: tuple[Sequence[str], Sequence[str]]) -> tuple[bool, bool]:
    """Whether it may be true, and whether it may be false."""
    match condition:
        case All(parts):
            each = [_possible(part, known, tags) for part in parts]
            return all(one[0] for one in each), any(one[1] for one in each)
        case AnyOf(parts):
            each = [_possible(part, known, tags) for part in parts]
            return any(one[0] for one in each), all(one[1] for one in each)
        case Not(part):
            is_true, is_false = _possible(part, known, tags)
            return is_false, is_true
    return _possible_leaf(condition, known, tags)


def _possible_leaf(leaf: Leaf, known: Values, tags: tuple[Sequence[str], Sequence[str]]) -> tuple[bool, bool]:
    if leaf.field == "tags":
        return _possible_tags(leaf, *tags)
    if leaf.field not in known:
        return True, True
    if leaf.op in {"within_last", "older_than"}:
        return True, True
    holds = evaluate(leaf, known, Context(now=_ANY_MOMENT))
    return holds, not holds


def _possible_tags(leaf: Leaf, there: Sequence[str], gone: Sequence[str]) -> tuple[bool, bool]:
    have, lost = {one.lower() for one in there}, {one.lower() for one in gone}
    want = {str(one).lower() for one in leaf.value} if isinstance(leaf.value, list) else set()
    if leaf.op == "is_set":
        return True, not have
    if leaf.op == "is_empty":
        return not have, True
    if leaf.op == "has_all":
        return not want & lost, not want <= have
    some, none = bool(want - lost), not want & have
    return (some, none) if leaf.op == "any_of" else (none, some)


def _holds_after(spec: RuleSpec, condition: Condition, other: RuleActions | None = None) -> bool:
    actions = other or spec.actions
    return may_hold(condition, settled(actions), tags=(actions.add_tags, actions.remove_tags))


def emitted(actions: RuleActions) -> dict[str, set[str]]:
    """Kinds of events that actions bring about, with the fields that ``ticket_changed`` would name."""
    changed = {column for column in ("status_id", "priority", "type_id") if getattr(actions, column) is not None}
    changed |= {f"fields.{key}" for key in actions.fields}
    changed |= {"tags"} if actions.add_tags or actions.remove_tags else set()
    changed |= {"snoozed_until"} if actions.snooze_minutes else set()
    found: dict[str, set[str]] = {"ticket_changed": changed} if changed else {}
    for kind, is_given in (
        ("ticket_assigned", actions.assignee is not None),
        ("ticket_moved", actions.team_id is not None or actions.dispatch is not None),
        ("ticket_dispatched", actions.dispatch is not None),
        ("reply_sent", bool(actions.reply)),
        ("note_added", bool(actions.note)),
    ):
        if is_given:
            found[kind] = set()
    return found


def woken_by(spec: RuleSpec, actions: RuleActions) -> str | None:
    """The kind of event by which actions would wake a rule, if there is one."""
    if not isinstance(spec.when, OnEvents):
        return None
    for kind, fields in emitted(actions).items():
        if kind not in spec.when.events:
            continue
        if kind != "ticket_changed" or not spec.when.fields or fields & set(spec.when.fields):
            return kind
    return None


def wakes_itself(spec: RuleSpec, condition: Condition) -> str | None:
    """The kind of event by which a rule would wake itself with its condition still holding; None where it cannot."""
    kind = woken_by(spec, spec.actions)
    return kind if kind is not None and _holds_after(spec, condition) else None


def wake_each_other(one: RuleSpec, first: Condition, other: RuleSpec, second: Condition) -> str | None:
    """The field that two rules would change for each other without end; None where they would not."""
    mine, theirs = settled(one.actions), settled(other.actions)
    fights = next((name for name in mine if name in theirs and mine[name] != theirs[name]), None)
    mine_tags = {tag.lower() for tag in one.actions.add_tags} & {tag.lower() for tag in other.actions.remove_tags}
    their_tags = {tag.lower() for tag in one.actions.remove_tags} & {tag.lower() for tag in other.actions.add_tags}
    fights = fights or ("tags" if mine_tags or their_tags else None)
    if fights is None or not woken_by(other, one.actions) or not woken_by(one, other.actions):
        return None
    goes_on = _holds_after(other, second, one.actions) and _holds_after(one, first, other.actions)
    return fights if goes_on else None


def overrules(one: RuleSpec, first: Condition, other: RuleSpec, second: Condition) -> str | None:
    """The field that two rules may set differently on the same event; None where they cannot both fit."""
    if not isinstance(one.when, OnEvents) or not isinstance(other.when, OnEvents) or one.stops:
        return None
    mine, theirs = settled(one.actions), settled(other.actions)
    field = next((name for name in mine if name in theirs and mine[name] != theirs[name]), None)
    both = set(one.when.events) & set(other.when.events)
    return field if field and both and may_hold(second, _required(first)) else None


def _required(condition: Condition) -> dict[str, Any]:
    """Values that a condition asks for: those of its comparisons that must all hold."""
    parts = condition.parts if isinstance(condition, All) else (condition,)
    return {one.field: one.value for one in parts if isinstance(one, Leaf) and one.op == "is"}


def named_in(condition: Condition) -> set[str]:
    """Fields that a condition names."""
    return {leaf.field for leaf in leaves(condition)}


def changes_between(before: RuleSpec, after: RuleSpec) -> list[SpecChange]:
    """What two versions of a rule have differently, by parts: names, when, condition, hours, and each action."""
    old, new = _parts(before), _parts(after)
    paths = [*old, *(path for path in new if path not in old)]
    return [SpecChange(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path)]


def _parts(spec: RuleSpec) -> dict[str, Any]:
    whole: dict[str, Any] = msgspec.to_builtins(spec)
    actions = whole.pop("actions")
    return whole | {f"actions.{name}": one for name, one in actions.items()}


def length_of(duration: str) -> timedelta:
    """How long 90m, 12h, 3d or 4w are."""
    return timedelta(**{_UNITS[duration[-1]]: int(duration[:-1])})
