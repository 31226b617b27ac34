"""Which values a definition takes, and how they are compared: pure."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from ombud.fields.schemas import CHOSEN, Field, FieldOptions
from ombud.shared.conditions import Kind
from ombud.shared.errors import Unprocessable

MAX_TEXT_LENGTH = 20_000
# How conditions compare each kind of field; money by its amount in the smallest unit.
CONDITION_KIND: dict[str, Kind] = {
    "text": "text",
    "long_text": "text",
    "number": "number",
    "money": "number",
    "date": "date",
    "choice": "choice",
    "tree": "tree",
    "multi_choice": "many",
    "customer": "number",
    "file": "number",
    "yes_no": "yes_no",
}


ADDRESS_LIKE = re.compile(
    r"address|street|addr$|postcode|zip|id_?number|passport|地址|住址|街道|邮编|身份证|护照", re.IGNORECASE
)


class BadFields(Unprocessable):
    """Some fields do not take these values. Mend those that are named."""

    code = "bad_fields"

    @classmethod
    def of(cls, problems: dict[str, str]) -> "BadFields":
        """The refusal that names each problem by the key of its field."""
        named = ", ".join(f"{key}: {problem}" for key, problem in problems.items())
        return cls(f"Some fields do not take these values ({named}).", fields=problems)


def merged_values(
    fields: Sequence[Field], before: Mapping[str, Any], given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """The values after a change, and the keys that really changed; null or an empty value takes one away.

    Raises:
        BadFields: unknown or archived fields, or values that their definitions do not take; ``fields`` names each.
    """
    known = {field.key: field for field in fields}
    problems = {key: found for key, new in given.items() if (found := _problem(known.get(key), new, before.get(key)))}
    if problems:
        raise BadFields.of(problems)
    after = {**before, **{key: tidied(new) for key, new in given.items()}}
    after = {key: new for key, new in after.items() if not is_empty(new)}
    return after, sorted(key for key in given if before.get(key) != after.get(key))


def is_place(key: str) -> bool:
    """Whether a field says where somebody lives or who they are, by its key: shown after an identity check alone."""
    return bool(ADDRESS_LIKE.search(key))


def is_empty(value: object) -> bool:
    """Whether a value counts as none; false and zero are values."""
    return value is None or value in ("", [])


def tidied(value: Any) -> Any:
    """A value as it is kept: texts without blanks around them."""
    return value.replace("\x00", "").strip() if isinstance(value, str) else value


def _problem(field: Field | None, value: Any, before: Any) -> str | None:
    if field is None:
        return "unknown_field"
    tidy = tidied(value)
    if is_empty(tidy) or _is_same(tidy, before):
        return None
    if field.is_archived:
        return "archived"
    return _CHECKS[field.kind](tidy, field.options)


def _is_same(value: Any, before: Any) -> bool:
    # To Python true is 1: in a field of numbers it is no number all the same.
    return bool(value == before) and json.dumps(value, sort_keys=True) == json.dumps(before, sort_keys=True)


def _text(value: Any, options: FieldOptions) -> str | None:
    if not isinstance(value, str):
        return "not_a_text"
    if len(value) > (options.max_length or MAX_TEXT_LENGTH):
        return "too_long"
    return None if not options.pattern or re.fullmatch(options.pattern, value.strip()) else "bad_format"


def _number(value: Any, options: FieldOptions) -> str | None:
    # Whatever is no number at all is not within its bounds either.
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 2**53:
        return "not_a_number"
    if options.decimals is not None and round(value, options.decimals) != value:
        return "too_many_decimals"
    return _bounds(value, options)


def _bounds(value: float, options: FieldOptions) -> str | None:
    if options.minimum is not None and value < options.minimum:
        return "too_small"
    return "too_large" if options.maximum is not None and value > options.maximum else None


def _money(value: Any, options: FieldOptions) -> str | None:
    match value:
        case {"amount_cents": int() as amount, "currency": str() as currency, **rest} if not rest:
            if currency != options.currency:
                return "other_currency"
            return "not_a_number" if isinstance(amount, bool) or abs(amount) > 2**53 else _bounds(amount, options)
    return "not_money"


def _date(value: Any, _: FieldOptions) -> str | None:
    try:
        return None if date.fromisoformat(value).isoformat() == value else "not_a_date"
    except (TypeError, ValueError):
        return "not_a_date"


def _choice(value: Any, options: FieldOptions) -> str | None:
    offered = {one.value for one in options.choices if not one.is_archived}
    return None if isinstance(value, str) and value in offered else "unknown_choice"


def _choices(value: Any, options: FieldOptions) -> str | None:
    if not isinstance(value, list) or len(value) != len({repr(one) for one in value}):
        return "not_a_list"
    return next((problem for one in value if (problem := _choice(one, options))), None)


def _id(value: Any, _: FieldOptions) -> str | None:
    return None if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**62 else "not_an_id"


def _yes_no(value: Any, _: FieldOptions) -> str | None:
    return None if isinstance(value, bool) else "not_yes_or_no"


_CHECKS: dict[str, Callable[[Any, FieldOptions], str | None]] = {
    "text": _text,
    "long_text": _text,
    "number": _number,
    "date": _date,
    "choice": _choice,
    "tree": _choice,
    "multi_choice": _choices,
    "money": _money,
    "customer": _id,
    "file": _id,
    "yes_no": _yes_no,
}


def facets_of(fields: Sequence[Field], values: Mapping[str, Any]) -> list[str]:
    """What lists compare for equality: one facet a chosen value, a tree's value with all levels above it."""
    kinds = {field.key: field.kind for field in fields}
    found: list[str] = []
    for key, value in values.items():
        if kinds.get(key) == "yes_no":
            found.append(f"f:{key}={str(value).lower()}")
        elif kinds.get(key) in CHOSEN:
            each = value if isinstance(value, list) else _levels(value)
            found += [f"f:{key}={one}" for one in each]
    return found


def _levels(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]


def comparable(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as conditions compare them."""
    money = {field.key for field in fields if field.kind == "money"}
    return {key: value["amount_cents"] if key in money else value for key, value in values.items()}


def options_problem(kind: str, options: FieldOptions) -> str | None:
    """What is wrong with a definition's options, as a stable word; None if nothing is."""
    values = [one.value for one in options.choices]
    if kind in CHOSEN and not values:
        return "no_choices"
    if len(values) != len(set(values)):
        return "choice_twice"
    if kind == "tree" and any(_levels(one)[-2] not in values for one in values if "/" in one):
        return "no_such_branch"
    if options.minimum is not None and options.maximum is not None and options.minimum > options.maximum:
        return "minimum_above_maximum"
    try:
        re.compile(options.pattern)
    except re.error:
        return "bad_pattern"
    return None
