"""What a condition surely implies, so that an index can do the work. Wrong would hide tickets: in doubt, nothing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from ombud.fields.schemas import CHOSEN, Field
from ombud.shared.conditions import All, Condition, Context, Leaf, evaluate, resolved
from ombud.tickets.schemas.values import DONE_CATEGORIES, OPEN_CATEGORIES
from ombud.tickets.services.facets import tag_facet


PRIORITIES = (1, 2, 3, 4)


class Narrowing(Struct, frozen=True):
    """Facts that hold for every ticket that meets the condition."""

    # each group: at least one of these facets, all groups
    facets: tuple[tuple[str, ...], ...] = ()
    team_ids: tuple[int, ...] | None = None
    assignee_ids: tuple[int, ...] | None = None
    ticket_ids: tuple[int, ...] | None = None
    # fewer than all there are
    priorities: tuple[int, ...] | None = None
    is_open: bool = False
    is_awake: bool = False
    is_asleep: bool = False
    is_unassigned: bool = False
    is_followed: bool = False
    is_mentioned: bool = False


def narrow(
    condition: Condition, fields: Sequence[Field], status_categories: Mapping[int, str], context: Context
) -> Narrowing:
    """What the outermost ``all`` of a condition implies."""
    certain = list(_certain(condition))
    return Narrowing(
        facets=tuple(group for leaf in certain for group in _facets(leaf, fields)),
        team_ids=_ids(certain, "team", context),
        assignee_ids=_ids(certain, "assignee", context),
        ticket_ids=_ids(certain, "number", context),
        priorities=_priorities(certain, context),
        is_open=any(_is_open(leaf, status_categories) for leaf in certain),
        is_awake=any((leaf.field, leaf.op) == ("snoozed", "is_empty") for leaf in certain),
        is_asleep=any((leaf.field, leaf.op) == ("snoozed", "is_set") for leaf in certain),
        is_followed=any(_is_yes(leaf, "following") for leaf in certain),
        is_mentioned=any(_is_yes(leaf, "mentioned") for leaf in certain),
        is_unassigned=any((leaf.field, leaf.op) == ("assignee", "is_empty") for leaf in certain),
    )


def _certain(condition: Condition) -> Iterator[Leaf]:
    match condition:
        case Leaf():
            yield condition
        case All(parts):
            for part in parts:
                yield from _certain(part)


def _listed(leaf: Leaf) -> list[Any] | None:
    if leaf.op == "is":
        return [leaf.value]
    if leaf.op == "any_of":
        return leaf.value if isinstance(leaf.value, list) else [leaf.value]
    return None


def _ids(certain: Sequence[Leaf], field: str, context: Context) -> tuple[int, ...] | None:
    for leaf in certain:
        listed = _listed(leaf) if leaf.field == field else None
        if listed is None:
            continue
        filled = [resolved(one, context) for one in listed]
        flat = [one for given in filled for one in (given if isinstance(given, list) else [given])]
        return tuple(one for one in flat if isinstance(one, int))
    return None


def _priorities(certain: Sequence[Leaf], context: Context) -> tuple[int, ...] | None:
    asked = [leaf for leaf in certain if leaf.field == "priority"]
    levels = tuple(one for one in PRIORITIES if all(evaluate(leaf, {"priority": one}, context) for leaf in asked))
    return None if levels == PRIORITIES else levels


def _is_yes(leaf: Leaf, field: str) -> bool:
    return (leaf.field, leaf.op) == (field, "is") and leaf.value is True


def _is_open(leaf: Leaf, status_categories: Mapping[int, str]) -> bool:
    if leaf.field == "category" and leaf.op == "none_of":
        return set(DONE_CATEGORIES) <= set(leaf.value)
    if leaf.field == "category" and leaf.op == "is_not":
        return False
    listed = _listed(leaf)
    if not listed:
        return False
    if leaf.field == "category":
        return all(isinstance(one, str) and one.lower() in OPEN_CATEGORIES for one in listed)
    return leaf.field == "status" and all(status_categories.get(one) in OPEN_CATEGORIES for one in listed)


def _facets(leaf: Leaf, fields: Sequence[Field]) -> list[tuple[str, ...]]:
    if leaf.field == "tags":
        named = [tag_facet(one) for one in leaf.value] if leaf.op in {"any_of", "has_all"} else []
        return _grouped(leaf, named)
    if leaf.field == "type":
        return [tuple(f"type:{one}" for one in _listed(leaf) or ())] if _listed(leaf) else []
    known = {f"fields.{field.key}": field for field in fields}
    field = known.get(leaf.field)
    if field is None or (field.kind not in CHOSEN and field.kind != "yes_no"):
        return []
    wanted = [leaf.value] if leaf.op == "under" else _listed(leaf) or (leaf.value if leaf.op == "has_all" else [])
    found = [_facet(field, one) for one in wanted]
    # A value that the definition does not know may still lie in old tickets, in other letters' case: then no index.
    return [] if None in found else _grouped(leaf, [one for one in found if one])


def _grouped(leaf: Leaf, named: Sequence[str]) -> list[tuple[str, ...]]:
    if not named:
        return []
    return [(one,) for one in named] if leaf.op == "has_all" else [tuple(named)]


def _facet(field: Field, value: object) -> str | None:
    if field.kind == "yes_no":
        return f"f:{field.key}={str(value).lower()}"
    same = [one.value for one in field.options.choices if one.value.lower() == str(value).lower()]
    return f"f:{field.key}={same[0]}" if len(same) == 1 else None
