"""What conditions name that is there no more."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from ombud.fields.queries import list_named_fields
from ombud.fields.schemas import Field
from ombud.shared.conditions import BadCondition, Condition, Kind, Leaf, check, leaves
from ombud.shared.database import Transaction, rows
from ombud.views.fields import kinds_of, name_of
from ombud.views.schemas import ViewProblem


class Present(Struct):
    """What conditions may name now; of each id whether it is archived."""

    # of tickets
    fields: list[Field]
    # of customers and organisations
    record_fields: list[Field]
    status: dict[int, bool]
    type: dict[int, bool]
    team: dict[int, bool]
    brand: dict[int, bool]
    assignee: dict[int, bool]
    # fields that only the one who asks has
    more: dict[str, Kind] = {}

    def named(self) -> list[Field]:
        """Every custom field that a condition may name."""
        return [*self.fields, *self.record_fields]


class _Ids(Struct):
    kind: str
    id: int
    is_archived: bool


async def present_names(tx: Transaction) -> Present:
    """What conditions and actions may name now."""
    sql = """
        select 'status' as kind, id, archived_at is not null as is_archived from status
        union all select 'type', id, archived_at is not null from ticket_type
        union all select 'team', id, archived_at is not null from team
        union all select 'brand', id, false from brand
        union all select 'assignee', id, deactivated_at is not null from person"""
    known: dict[str, dict[int, bool]] = {kind: {} for kind in ("status", "type", "team", "brand", "assignee")}
    for one in await rows(tx, _Ids, sql):
        known[one.kind][one.id] = one.is_archived
    fields = await list_named_fields(tx)
    return Present(
        [one for one in fields if one.subject == "ticket"],
        [one for one in fields if one.subject != "ticket"],
        status=known["status"],
        type=known["type"],
        team=known["team"],
        brand=known["brand"],
        assignee=known["assignee"],
    )


def problems_of(condition: Condition, present: Present) -> list[ViewProblem]:
    """Comparisons that name something that is gone."""
    return [problem for leaf in leaves(condition) for problem in _leaf_problems(leaf, present)]


def _leaf_problems(leaf: Leaf, present: Present) -> Sequence[ViewProblem]:
    kinds = kinds_of(present.named()) | present.more
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
