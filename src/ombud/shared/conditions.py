"""One language for conditions, used by views, by the rules of forms and by automation.

A condition is JSON: ``{"all": [...]}``, ``{"any": [...]}``, ``{"not": {...}}``, or a leaf such as
``{"field": "priority", "op": "is", "value": 3}``. ``parse`` reads it, ``check`` holds it against the fields there are,
``evaluate`` answers for one set of values. ``web/ui/conditions.ts`` does the same in the page; both are tested on
``tests/shared/conditions.json``.

A value that is missing, empty or an empty list satisfies no comparison, only ``is_not``, ``none_of`` and ``is_empty``.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, cast, get_args

from msgspec import Struct

from ombud.shared.errors import Invalid

Kind = Literal["text", "number", "time", "date", "choice", "tree", "many", "yes_no", "person", "team"]
# fmt: off
Op = Literal[
    "is", "is_not", "any_of", "none_of", "has_all", "under", "contains", "begins",
    "less", "more", "between", "before", "after", "within_last", "older_than", "is_empty", "is_set",
]
# fmt: on
MAX_DEPTH = 12
MAX_LEAVES = 100
# What a refusal names where it is no single field.
WHOLE = "condition"
# What the database compares as a whole number.
MAX_NUMBER = 2**63
_ONE_OF: tuple[Op, ...] = ("is", "is_not", "any_of", "none_of")
_ALWAYS: tuple[Op, ...] = ("is_empty", "is_set")
OPS: dict[Kind, tuple[Op, ...]] = {
    "text": ("is", "is_not", "contains", "begins", *_ALWAYS),
    "number": ("is", "is_not", "less", "more", "between", *_ALWAYS),
    "time": ("before", "after", "between", "within_last", "older_than", *_ALWAYS),
    "date": ("is", "before", "after", "between", "within_last", "older_than", *_ALWAYS),
    "choice": (*_ONE_OF, *_ALWAYS),
    "tree": (*_ONE_OF, "under", *_ALWAYS),
    "many": ("any_of", "none_of", "has_all", *_ALWAYS),
    "yes_no": ("is", *_ALWAYS),
    "person": (*_ONE_OF, *_ALWAYS),
    "team": (*_ONE_OF, *_ALWAYS),
}
_UNITS = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
# Between levels of a tree's value: product/washer/drum.
LEVEL = "/"


class Leaf(Struct, frozen=True):
    """One comparison of one field."""

    field: str
    op: Op
    value: Any = None


class All(Struct, frozen=True):
    """Every part holds; no parts hold always."""

    parts: "tuple[Condition, ...]"


class AnyOf(Struct, frozen=True):
    """At least one part holds; no parts hold never."""

    parts: "tuple[Condition, ...]"


class Not(Struct, frozen=True):
    """The part does not hold."""

    part: "Condition"


Condition = Leaf | All | AnyOf | Not


class Context(Struct, frozen=True):
    """What the placeholders ``me`` and ``my_teams`` and the moment stand for."""

    now: datetime
    me: int | None = None
    my_teams: tuple[int, ...] = ()


class BadCondition(Invalid):
    """The condition cannot be used. Mend the part that is named."""

    code = "bad_condition"


def parse(source: object) -> Condition:
    """Read a condition from JSON.

    Raises:
        BadCondition: not of this language, more than 12 levels deep, or more than 100 comparisons.
    """
    condition = _parse(source, MAX_DEPTH)
    if sum(1 for _ in leaves(condition)) > MAX_LEAVES:
        raise BadCondition(
            f"A condition has at most {MAX_LEAVES} comparisons. Split the view in two.", fields={WHOLE: "too_many"}
        )
    return condition


def _parse(source: object, depth: int) -> Condition:
    if depth == 0:
        raise BadCondition(f"A condition is at most {MAX_DEPTH} levels deep. Flatten it.", fields={WHOLE: "too_deep"})
    match source:
        case {"all": list() as parts, **rest} if not rest:
            return All(tuple(_parse(part, depth - 1) for part in parts))
        case {"any": list() as parts, **rest} if not rest:
            return AnyOf(tuple(_parse(part, depth - 1) for part in parts))
        case {"not": part, **rest} if not rest:
            return Not(_parse(part, depth - 1))
        case {"field": str() as field, "op": str() as op, **rest} if not rest.keys() - {"value"}:
            if op not in get_args(Op):
                raise BadCondition(f"There is no comparison {op!r}.", fields={field: "unknown_op"})
            return Leaf(field, cast("Op", op), rest.get("value"))
    raise BadCondition(
        'Expected {"all": […]}, {"any": […]}, {"not": {…}} or {"field", "op", "value"}.', fields={WHOLE: "not_readable"}
    )


def unparse(condition: Condition) -> dict[str, Any]:
    """The condition as JSON again."""
    match condition:
        case All(parts):
            return {"all": [unparse(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [unparse(part) for part in parts]}
        case Not(part):
            return {"not": unparse(part)}
    bare = condition.op in _ALWAYS
    return {"field": condition.field, "op": condition.op} | ({} if bare else {"value": condition.value})


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every comparison, from left to right."""
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case Leaf():
            yield condition


def check(condition: Condition, kinds: Mapping[str, Kind]) -> None:
    """Hold every comparison against the fields that exist.

    Raises:
        BadCondition: a field that does not exist, a comparison that its kind has not, or a value of another shape;
            ``fields`` names each.
    """
    problems = {leaf.field: problem for leaf in leaves(condition) if (problem := _problem(leaf, kinds))}
    if problems:
        named = ", ".join(f"{field}: {problem}" for field, problem in problems.items())
        raise BadCondition(f"The condition cannot be used ({named}).", fields=problems)


def _problem(leaf: Leaf, kinds: Mapping[str, Kind]) -> str | None:
    kind = kinds.get(leaf.field)
    if kind is None:
        return "unknown_field"
    if leaf.op not in OPS[kind]:
        return "unknown_op"
    return None if leaf.op in _ALWAYS or _fits(leaf.op, kind, leaf.value) else "bad_value"


def _fits(op: Op, kind: Kind, value: object) -> bool:
    if op in {"within_last", "older_than"}:
        return isinstance(value, str) and _seconds(value) is not None
    if op in {"any_of", "none_of", "has_all"}:
        is_teams = kind == "team" and value == "my_teams"
        return is_teams or (isinstance(value, list) and bool(value) and all(_is_one(kind, one) for one in value))
    if op == "between":
        return isinstance(value, list) and len(value) == 2 and all(_is_one(kind, one) for one in value)  # noqa: PLR2004
    return _is_one(kind, value)


def _is_one(kind: Kind, value: object) -> bool:
    return _SHAPES.get(kind, _is_text)(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_moment(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < MAX_NUMBER


_SHAPES: dict[Kind, Callable[[object], bool]] = {
    "number": lambda value: _is_id(value) or (isinstance(value, float) and abs(value) < MAX_NUMBER),
    "yes_no": lambda value: isinstance(value, bool),
    "person": lambda value: value == "me" or _is_id(value),
    "team": _is_id,
    "time": _is_moment,
    "date": _is_moment,
    "choice": lambda value: _is_id(value) or _is_text(value),
    "many": lambda value: _is_id(value) or _is_text(value),
}


def evaluate(condition: Condition, values: Mapping[str, Any], context: Context) -> bool:
    """Whether the condition holds for these values; a field that is not among them counts as empty."""
    match condition:
        case All(parts):
            return all(evaluate(part, values, context) for part in parts)
        case AnyOf(parts):
            return any(evaluate(part, values, context) for part in parts)
        case Not(part):
            return not evaluate(part, values, context)
    have = values.get(condition.field)
    # Only people and teams are placeholders, and they are numbers: a text may well hold the word "me".
    want = resolved(condition.value, context) if isinstance(have, int) else condition.value
    return _COMPARE[condition.op](have, want, context)


def resolved(value: Any, context: Context) -> Any:
    """A comparison's value with its placeholders filled in."""
    if value == "me":
        return context.me
    if value == "my_teams":
        return list(context.my_teams)
    if isinstance(value, list):
        return [context.me if one == "me" else one for one in value]
    return value


def since(duration: str, context: Context) -> datetime:
    """The moment that lies a duration such as ``90m``, ``12h``, ``7d`` or ``4w`` before now."""
    return context.now - timedelta(seconds=_seconds(duration) or 0)


def _seconds(duration: str) -> int | None:
    found = re.fullmatch(r"(\d{1,5})([mhdw])", duration)
    return int(found[1]) * _UNITS[found[2]] if found else None


def _is_empty(have: Any) -> bool:
    return have is None or have in ("", [], ())


def _folded(value: Any) -> Any:
    # The database and the page fold by lower case, too.
    return value.lower() if isinstance(value, str) else value


def _same(have: Any, want: Any) -> bool:
    return not _is_empty(have) and _folded(have) == _folded(want)


def _meets(have: Any, want: Sequence[Any]) -> bool:
    mine = have if isinstance(have, list | tuple) else [have]
    return any(_same(one, other) for one in mine for other in want)


def _has_all(have: Any, want: Sequence[Any]) -> bool:
    return not _is_empty(have) and all(_meets(have, [one]) for one in want)


def _is_under(have: Any, want: str) -> bool:
    return not _is_empty(have) and (_folded(have) + LEVEL).startswith(_folded(want) + LEVEL)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Context], bool]:
    def answer(have: Any, want: Any, _: Context) -> bool:
        return not _is_empty(have) and compare(_comparable(have), _comparable(want))

    return answer


def _comparable(value: Any) -> Any:
    if isinstance(value, list):
        return [_comparable(one) for one in value]
    if not isinstance(value, str):
        return value
    moment = datetime.fromisoformat(value)
    # A date and a moment compare by the moment's day in UTC; two of a kind compare as they are.
    return moment.timestamp() if moment.tzinfo else datetime.fromisoformat(f"{moment.isoformat()}+00:00").timestamp()


def _is_recent(have: Any, want: str, context: Context) -> bool:
    return not _is_empty(have) and since(want, context).timestamp() <= _comparable(have) <= context.now.timestamp()


_COMPARE: dict[str, Callable[[Any, Any, Context], bool]] = {
    "is": lambda have, want, _: _same(have, want),
    "is_not": lambda have, want, _: not _same(have, want),
    "any_of": lambda have, want, _: _meets(have, want),
    "none_of": lambda have, want, _: not _meets(have, want),
    "has_all": lambda have, want, _: _has_all(have, want),
    "under": lambda have, want, _: _is_under(have, want),
    "contains": lambda have, want, _: not _is_empty(have) and _folded(want) in _folded(have),
    "begins": lambda have, want, _: not _is_empty(have) and _folded(have).startswith(_folded(want)),
    "less": _ordered(lambda have, want: have < want),
    "more": _ordered(lambda have, want: have > want),
    "between": _ordered(lambda have, want: want[0] <= have <= want[1]),
    "before": _ordered(lambda have, want: have < want),
    "after": _ordered(lambda have, want: have > want),
    "within_last": _is_recent,
    "older_than": lambda have, want, context: (
        not _is_empty(have) and _comparable(have) < since(want, context).timestamp()
    ),
    "is_empty": lambda have, _want, _: _is_empty(have),
    "is_set": lambda have, _want, _: not _is_empty(have),
}
