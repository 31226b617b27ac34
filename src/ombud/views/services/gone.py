"""What conditions name that is there no more."""

from collections.abc import Mapping, Sequence
from typing import Any

from ombud.fields.schemas import Field
from ombud.shared.conditions import BadCondition, Condition, Kind, Leaf, check, leaves
from ombud.tickets.services.gone import Present
from ombud.views.fields import kinds_of, name_of
from ombud.views.schemas import ViewProblem


def problems_of(condition: Condition, present: Present, more: Mapping[str, Kind] | None = None) -> list[ViewProblem]:
    """Comparisons that name something that is gone. ``more``: fields that only the one who asks has."""
    kinds = kinds_of(present.named()) | (more or {})
    return [problem for leaf in leaves(condition) for problem in _leaf_problems(leaf, present, kinds)]


def _leaf_problems(leaf: Leaf, present: Present, kinds: Mapping[str, Kind]) -> Sequence[ViewProblem]:
    if leaf.field not in kinds:
        return [ViewProblem(leaf.field, "unknown_field")]
    by_name = {name_of(field): field for field in present.named()}
    field = by_name.get(leaf.field)
    if field is not None:
        return [ViewProblem(leaf.field, "archived_field")] if field.is_archived else _gone_choices(leaf, field)
    try:
        check(leaf, kinds)
    except BadCondition:
        return [ViewProblem(leaf.field, "gone_value")]
    known: dict[int, bool] | None = getattr(present, leaf.field, None) if leaf.field != "fields" else None
    if known is None:
        return []
    listed = [one for one in _listed(leaf) if isinstance(one, int)]
    gone = [ViewProblem(leaf.field, "gone_value", one) for one in listed if one not in known]
    return gone + [ViewProblem(leaf.field, "archived_value", one) for one in listed if known.get(one)]


def _gone_choices(leaf: Leaf, field: Field) -> list[ViewProblem]:
    if not field.options.choices:
        return []
    known = {one.value.lower(): one.is_archived for one in field.options.choices}
    words = [one for one in _listed(leaf) if isinstance(one, str)]
    gone = [ViewProblem(leaf.field, "gone_value", one) for one in words if one.lower() not in known]
    return gone + [ViewProblem(leaf.field, "archived_value", one) for one in words if known.get(one.lower())]


def _listed(leaf: Leaf) -> list[Any]:
    return leaf.value if isinstance(leaf.value, list) else [leaf.value]
