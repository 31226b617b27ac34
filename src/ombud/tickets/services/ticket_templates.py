"""Templates of new tickets, kept for everybody, a team, or oneself."""

from datetime import datetime
from typing import Literal

import msgspec
from psycopg.types.json import Jsonb

from ombud.fields.queries import list_fields
from ombud.fields.services.values import merged_values
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, row, rows, value
from ombud.shared.errors import Invalid, NotFound
from ombud.shared.events import emit
from ombud.tickets.events import TicketTemplateChanged
from ombud.tickets.schemas import TemplateTicket, TicketTemplate, TicketTemplateIn
from ombud.tickets.services.gone import say_gone
from ombud.tickets.services.scopes import SCOPE, VISIBLE, owner_columns, require_change, seen_by

COLUMNS = f"id, title, ticket, team_id, uses, {SCOPE}"


async def list_templates(tx: Transaction, *, by: Actor) -> list[TicketTemplate]:
    """Those the actor may use, the most used first, each with what it names that is gone."""
    sql = f"select {COLUMNS} from ticket_template where {VISIBLE} order by uses desc, title, id limit 500"
    found = await rows(tx, TicketTemplate, sql, seen_by(by))
    await say_gone(tx, found)
    return found


async def get_template(tx: Transaction, template_id: int, *, by: Actor) -> TicketTemplate:
    """One that the actor may use.

    Raises:
        NotFound: there is none.
    """
    sql = f"select {COLUMNS} from ticket_template where id = %(id)s and {VISIBLE}"
    found = await row(tx, TicketTemplate, sql, {**seen_by(by), "id": template_id})
    if found is None:
        raise NotFound
    await say_gone(tx, [found])
    return found


async def add_template(tx: Transaction, data: TicketTemplateIn, *, by: Actor, now: datetime) -> TicketTemplate:
    """Keep a template; only one's own without the permission to manage shared texts.

    Raises:
        NotAllowed: shared, without the permission.
        Invalid: it fills in nothing, a type or team that is not there, a field with a wrong value, or a team that
            is not the actor's.

    Emits: TicketTemplateChanged
    """
    sql = """
        insert into ticket_template (title, ticket, team_id, person_id, created_at, updated_at)
        values (%(title)s, %(ticket)s, %(team)s, %(person)s, %(now)s, %(now)s) returning id"""
    made = await value(tx, int, sql, {**await _columns(tx, data, by), "now": now}) or 0
    template = await get_template(tx, made, by=by)
    await _announce(tx, template, "made", by=by, now=now)
    return template


async def change_template(
    tx: Transaction, template_id: int, data: TicketTemplateIn, *, by: Actor, now: datetime
) -> TicketTemplate:
    """Replace a template.

    Raises:
        NotFound: there is none for the actor.
        NotAllowed: shared before or after, without the permission.
        Invalid: as for ``add_template``.

    Emits: TicketTemplateChanged
    """
    before = await get_template(tx, template_id, by=by)
    require_change(before.scope, by=by)
    sql = """
        update ticket_template set title = %(title)s, ticket = %(ticket)s, team_id = %(team)s, person_id = %(person)s,
            updated_at = %(now)s where id = %(id)s"""
    await tx.execute(sql, {**await _columns(tx, data, by, before.ticket), "now": now, "id": template_id})
    template = await get_template(tx, template_id, by=by)
    await _announce(tx, template, "changed", by=by, now=now)
    return template


async def remove_template(tx: Transaction, template_id: int, *, by: Actor, now: datetime) -> None:
    """Remove one; tickets made from it stay.

    Raises:
        NotFound: there is none for the actor.
        NotAllowed: shared, without the permission.

    Emits: TicketTemplateChanged
    """
    template = await get_template(tx, template_id, by=by)
    require_change(template.scope, by=by)
    await execute(tx, "delete from ticket_template where id = %(id)s", {"id": template_id})
    await _announce(tx, template, "removed", by=by, now=now)


async def count_use(tx: Transaction, template_id: int, *, by: Actor) -> None:
    """A ticket was made from a template.

    Raises:
        NotFound: there is none for the actor.
    """
    await get_template(tx, template_id, by=by)
    await tx.execute("update ticket_template set uses = uses + 1 where id = %(id)s", {"id": template_id})


async def _columns(
    tx: Transaction, data: TicketTemplateIn, by: Actor, before: TemplateTicket | None = None
) -> dict[str, object]:
    # What it named before may be gone since: it can still be renamed, and says what is gone.
    before = before or TemplateTicket()
    owner = owner_columns(data.scope, data.team_id, by=by)
    ticket = data.ticket
    if ticket == TemplateTicket():
        raise Invalid("Fill in something that new tickets begin with.", fields={"ticket": "required"})
    if ticket.type_id != before.type_id:
        await _check_there(tx, "ticket_type", "type_id", ticket.type_id)
    if ticket.team_id != before.team_id:
        await _check_there(tx, "team", "team_id", ticket.team_id)
    if ticket.fields:
        merged_values(await list_fields(tx, "ticket"), before.fields, ticket.fields)
    return {"title": data.title.strip(), "ticket": Jsonb(msgspec.to_builtins(ticket)), **owner}


async def _check_there(tx: Transaction, table: Literal["team", "ticket_type"], name: str, found: int | None) -> None:
    sql = f"select exists (select from {table} where id = %(id)s and archived_at is null)"
    if found is not None and not await value(tx, bool, sql, {"id": found}):
        raise Invalid("It is not there any more, or archived.", fields={name: "unknown"})


async def _announce(
    tx: Transaction,
    template: TicketTemplate,
    change: Literal["made", "changed", "removed"],
    *,
    by: Actor,
    now: datetime,
) -> None:
    fact = TicketTemplateChanged(template_id=template.id, team_id=template.team_id, scope=template.scope, change=change)
    await emit(tx, fact, by=by, at=now)
