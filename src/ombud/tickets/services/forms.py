"""The form of a ticket's type, held against a change before it is written."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from ombud.fields.queries import list_fields
from ombud.fields.schemas import Field
from ombud.fields.services.values import comparable
from ombud.shared.actor import Actor
from ombud.shared.conditions import Context
from ombud.shared.database import Transaction, row, value
from ombud.shared.errors import Unprocessable
from ombud.tickets.forms import form_problems, form_state
from ombud.tickets.schemas import LockedTicket
from ombud.tickets.schemas.values import DONE_CATEGORIES
from ombud.tickets.services.facets import ticket_facets, write_facets
from ombud.tickets.services.types import TicketType, find_type

# What a change of a ticket leaves on its timeline: the field's name, the old value, the new one.
Step = tuple[str, Any, Any]


class FieldsMissing(Unprocessable):
    """The ticket's form asks for more. Fill in the fields that are named."""

    code = "fields_missing"


class ItemsOpen(Unprocessable):
    """The checklist is not done. Tick off what is left, or take it off, then solve the ticket."""

    code = "checklist_open"


async def _refuse_open_items(tx: Transaction, ticket: LockedTicket) -> None:
    sql = """
        select count(*) from checklist_item where ticket_id = %(id)s and done_at is null
            and (select value = 'true' from setting where name = 'checklist_holds')"""
    left = await value(tx, int, sql, {"id": ticket.id})
    if left:
        raise ItemsOpen(f"{left} items of the checklist are not done.", fields={"checklist": str(left)})


def field_steps(ticket: LockedTicket, changes: Mapping[str, Any]) -> list[Step]:
    """The steps of a change; each custom field is one of its own, named ``fields.<key>``."""
    steps: list[Step] = []
    for name, new in changes.items():
        if name == "fields":
            keys = sorted(ticket.fields.keys() | new.keys())
            changed = [key for key in keys if ticket.fields.get(key) != new.get(key)]
            steps += [(f"fields.{key}", ticket.fields.get(key), new.get(key)) for key in changed]
        else:
            steps.append((name.removesuffix("_id"), getattr(ticket, name), new))
    return steps


def changed_names(steps: Sequence[Step], changes: Mapping[str, Any]) -> list[str]:
    """Names of what changed, as events tell it: columns, and custom fields as ``fields.<key>``."""
    custom = {name for name, _, _ in steps if name.startswith("fields.")}
    return sorted(custom | (changes.keys() - {"fields"}))


async def check_form(
    tx: Transaction, ticket: LockedTicket, changes: Mapping[str, Any], category: str, *, by: Actor, now: datetime
) -> None:
    """Refuse a change that the form of the ticket's type does not allow.

    A form is asked when its fields or the type change, and when the ticket is done; anything else passes, so that
    an old ticket can still be assigned after its form became stricter.

    Raises:
        FieldsMissing: fields that must have a value have none.
        Unprocessable: no such type, or a value that the form does not allow now.
        ItemsOpen: the ticket would be done while its checklist is not, and the desk's rule holds it open.
    """
    type_id = changes.get("type_id", ticket.type_id)
    becomes_done = category in DONE_CATEGORIES and ticket.category not in DONE_CATEGORIES
    if becomes_done:
        await _refuse_open_items(tx, ticket)
    if type_id is None or not (becomes_done or changes.keys() & {"fields", "type_id"}):
        return
    kind = await find_type(tx, type_id)
    if kind is None or (kind.is_archived and "type_id" in changes):
        raise Unprocessable("There is no such type, or it is archived.", fields={"type_id": "unknown"})
    if not kind.form:
        return
    values = changes.get("fields", ticket.fields)
    changed = [name.removeprefix("fields.") for name, _, _ in field_steps(ticket, changes)]
    facts = await _facts(tx, ticket, changes, category)
    _raise_problems(kind, await list_fields(tx, "ticket"), values, facts, changed, by=by, now=now)


def _raise_problems(
    kind: TicketType,
    fields: Sequence[Field],
    values: Mapping[str, Any],
    facts: Mapping[str, Any],
    changed: Sequence[str],
    *,
    by: Actor,
    now: datetime,
) -> None:
    named = {f"fields.{key}": value for key, value in comparable(fields, values).items()}
    context = Context(now, by.person_id, tuple(sorted(by.team_ids or ())))
    archived = {field.key for field in fields if field.is_archived}
    states = [one for one in form_state(kind.form, kind.rules, {**facts, **named}, context) if one.key not in archived]
    is_done = facts["category"] in DONE_CATEGORIES
    problems = form_problems(states, values, changed=changed, is_done=is_done)
    if not problems:
        return
    names = {field.key: field.name_en for field in fields}
    listed = ", ".join(names[key] for key in problems)
    if "required" in problems.values():
        raise FieldsMissing(f"The form asks for more: {listed}.", fields=problems)
    raise Unprocessable(f"The form does not allow this value now: {listed}.", fields=problems)


class _Side(Struct):
    tier: str
    channel: str


async def _facts(tx: Transaction, ticket: LockedTicket, changes: Mapping[str, Any], category: str) -> dict[str, Any]:
    sql = """
        select c.tier, coalesce((select kind from channel where id = %(channel)s), '') as channel
        from customer c where c.id = %(customer)s"""
    side = await row(tx, _Side, sql, {"channel": ticket.channel_id, "customer": ticket.customer_id})
    return {
        "priority": changes.get("priority", ticket.priority),
        "status": changes.get("status_id", ticket.status_id),
        "category": category,
        "team": ticket.team_id,
        "brand": ticket.brand_id,
        "channel": side.channel if side else "",
        "tags": changes.get("tags", ticket.tags),
        "tier": side.tier if side else "",
    }


async def refresh_facets(tx: Transaction, ticket: LockedTicket, changes: Mapping[str, Any]) -> None:
    """Write the facets of a ticket as it stands after a change."""
    tags, kind = changes.get("tags", ticket.tags), changes.get("type_id", ticket.type_id)
    values = changes.get("fields", ticket.fields)
    fields = await list_fields(tx, "ticket") if values else []
    await write_facets(tx, ticket.id, ticket_facets(tags, kind, fields, values))
