"""What macros, templates, rules and views name that is there no more."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from ombud.fields.queries import list_named_fields
from ombud.fields.schemas import Field
from ombud.shared.database import Transaction, rows
from ombud.tickets.schemas import GonePart, Macro, MacroActions, TemplateTicket, TicketTemplate

# What they give tickets, and what each is a number of.
_NAMED = {"status_id": "status", "type_id": "type", "team_id": "team", "assignee": "assignee"}


class Present(Struct):
    """What conditions and actions may name now; of each id whether it is archived."""

    # of tickets
    fields: list[Field]
    # of customers and organisations
    record_fields: list[Field]
    status: dict[int, bool]
    type: dict[int, bool]
    team: dict[int, bool]
    brand: dict[int, bool]
    assignee: dict[int, bool]

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


def gone_parts(actions: MacroActions | TemplateTicket, present: Present) -> list[GonePart]:
    """What actions name that is gone or archived: a status, a type, a team, a person, a field or a choice of one."""
    found: list[GonePart] = []
    for place, kind in _NAMED.items():
        wanted, known = getattr(actions, place, None), getattr(present, kind)
        if isinstance(wanted, int) and wanted not in known:
            found.append(GonePart(place, "gone_value", wanted))
        elif isinstance(wanted, int) and known[wanted]:
            found.append(GonePart(place, "archived_value", wanted))
    fields = {one.key: one for one in present.fields}
    return found + [part for key, new in actions.fields.items() for part in _field_parts(key, new, fields.get(key))]


def _field_parts(key: str, new: Any, field: Field | None) -> Iterable[GonePart]:
    if field is None:
        return [GonePart(f"fields.{key}", "unknown_field")]
    if field.is_archived:
        return [GonePart(f"fields.{key}", "archived_field")]
    if not field.options.choices:
        return []
    known = {one.value: one.is_archived for one in field.options.choices}
    words = [one for one in (new if isinstance(new, list) else [new]) if isinstance(one, str)]
    return [
        GonePart(f"fields.{key}", "archived_value" if one in known else "gone_value", one)
        for one in words
        if known.get(one, True)
    ]


async def say_gone(tx: Transaction, found: Sequence[Macro | TicketTemplate]) -> None:
    """Let macros or templates say what they name that is gone."""
    present = await present_names(tx) if found else None
    for one in found:
        actions = one.actions if isinstance(one, Macro) else one.ticket
        one.problems = gone_parts(actions, present) if present else []
