"""Ticket types: what kind of matter a ticket is, with the form it fills in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct
from psycopg.types.json import Jsonb

from ombud.fields.queries import list_fields
from ombud.fields.schemas import Field, Name
from ombud.fields.services.values import CONDITION_KIND
from ombud.shared.actor import Actor
from ombud.shared.conditions import Kind, check, parse
from ombud.shared.database import Transaction, row, rows
from ombud.shared.errors import Invalid, NotFound
from ombud.shared.events import emit
from ombud.tickets.events import TicketTypeChanged
from ombud.tickets.forms import FormField, FormRule

# What a form's rules may ask of a ticket beside its custom fields.
RULE_KINDS: dict[str, Kind] = {
    "priority": "number",
    "status": "choice",
    "category": "choice",
    "team": "team",
    "brand": "choice",
    "channel": "choice",
    "tags": "many",
    "tier": "choice",
}
TYPE = "id, name_en, name_zh, form, rules, position, needs_closing, archived_at is not null as is_archived"


class TicketTypeIn(Struct, forbid_unknown_fields=True):
    """A type as entered."""

    name_en: Name
    name_zh: Name
    form: Annotated[list[FormField], Meta(max_length=100)] = []
    rules: Annotated[list[FormRule], Meta(max_length=100)] = []
    position: Annotated[int, Meta(ge=0, le=10_000)] = 100
    is_archived: bool = False
    # whether it is closed only with cause, responsibility, verdict, compensation and follow-up said
    needs_closing: bool = False


class TicketType(Struct):
    """A type with its form."""

    id: int
    name_en: str
    name_zh: str
    form: list[FormField]
    rules: list[FormRule]
    position: int
    is_archived: bool
    needs_closing: bool = False


async def list_types(tx: Transaction) -> list[TicketType]:
    """All types in their order, archived ones last, because old tickets show them."""
    sql = f"select {TYPE} from ticket_type order by archived_at is not null, position, id"
    return await rows(tx, TicketType, sql)


async def find_type(tx: Transaction, type_id: int) -> TicketType | None:
    """One type; None if there is no such."""
    return await row(tx, TicketType, f"select {TYPE} from ticket_type where id = %(id)s", {"id": type_id})


async def add_type(tx: Transaction, data: TicketTypeIn, *, by: Actor, now: datetime) -> TicketType:
    """Add a type.

    Raises:
        Invalid: the form or a rule names a field that does not exist, or a rule's condition cannot be used.

    Emits: TicketTypeChanged
    """
    await _check(tx, data)
    sql = f"""
        insert into ticket_type (name_en, name_zh, form, rules, position, needs_closing, created_at)
        values (%(name_en)s, %(name_zh)s, %(form)s, %(rules)s, %(position)s, %(needs_closing)s, %(now)s)
        returning {TYPE}"""
    return await _written(tx, sql, data, {"now": now}, change="made", by=by, now=now)


async def change_type(tx: Transaction, type_id: int, data: TicketTypeIn, *, by: Actor, now: datetime) -> TicketType:
    """Replace a type's names, form and rules, or archive it; tickets keep it.

    Raises:
        NotFound: no such type.
        Invalid: as for ``add_type``.

    Emits: TicketTypeChanged
    """
    await _check(tx, data)
    sql = f"""
        update ticket_type set name_en = %(name_en)s, name_zh = %(name_zh)s, form = %(form)s, rules = %(rules)s,
            position = %(position)s, needs_closing = %(needs_closing)s,
            archived_at = case when %(is_archived)s then coalesce(archived_at, %(now)s) end
        where id = %(id)s returning {TYPE}"""
    return await _written(tx, sql, data, {"id": type_id, "now": now}, change="changed", by=by, now=now)


async def _written(
    tx: Transaction,
    sql: str,
    data: TicketTypeIn,
    more: dict[str, Any],
    *,
    change: Literal["made", "changed"],
    by: Actor,
    now: datetime,
) -> TicketType:
    params = msgspec.structs.asdict(data) | more
    params |= {"form": Jsonb(msgspec.to_builtins(data.form)), "rules": Jsonb(msgspec.to_builtins(data.rules))}
    written = await row(tx, TicketType, sql, params)
    if written is None:
        raise NotFound
    await emit(tx, TicketTypeChanged(type_id=written.id, change=change), by=by, at=now)
    return written


async def _check(tx: Transaction, data: TicketTypeIn) -> None:
    fields = await list_fields(tx, "ticket")
    keys = [one.key for one in data.form]
    unknown = sorted(set(keys) - {field.key for field in fields})
    if unknown:
        raise Invalid(f"There is no field {', '.join(unknown)}.", fields=dict.fromkeys(unknown, "unknown_field"))
    if len(keys) != len(set(keys)):
        raise Invalid("A field stands on a form once.", fields={"form": "field_twice"})
    for number, rule in enumerate(data.rules, 1):
        check(parse(rule.when), rule_kinds(fields))
        named = {*rule.show, *rule.hide, *rule.require, *rule.limit}
        if named - set(keys):
            raise Invalid(
                f"Rule {number} names fields that are not on the form: {', '.join(sorted(named - set(keys)))}.",
                fields=dict.fromkeys(sorted(named - set(keys)), "not_on_form"),
            )


def rule_kinds(fields: Sequence[Field]) -> dict[str, Kind]:
    """What the conditions of forms may name, with how each compares."""
    return RULE_KINDS | {f"fields.{field.key}": CONDITION_KIND[field.kind] for field in fields}
