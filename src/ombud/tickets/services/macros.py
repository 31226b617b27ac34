"""Macros kept for everybody, a team, or oneself."""

from datetime import datetime
from typing import Literal

import msgspec
from psycopg.types.json import Jsonb

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, row, rows, value
from ombud.shared.errors import Invalid, NotFound
from ombud.shared.events import emit
from ombud.tickets.events import MacroChanged
from ombud.tickets.schemas import Macro, MacroActions, MacroIn
from ombud.tickets.services.gone import say_gone
from ombud.tickets.services.scopes import SCOPE, VISIBLE, owner_columns, require_change, seen_by

COLUMNS = f"id, title, actions, text, note, team_id, uses, {SCOPE}"


async def list_macros(tx: Transaction, *, by: Actor) -> list[Macro]:
    """Those the actor may use, the most used first, each with what it names that is gone."""
    sql = f"select {COLUMNS} from macro where {VISIBLE} order by uses desc, title, id limit 500"
    found = await rows(tx, Macro, sql, seen_by(by))
    await say_gone(tx, found)
    return found


async def get_macro(tx: Transaction, macro_id: int, *, by: Actor) -> Macro:
    """One that the actor may use.

    Raises:
        NotFound: there is none.
    """
    sql = f"select {COLUMNS} from macro where id = %(id)s and {VISIBLE}"
    found = await row(tx, Macro, sql, {**seen_by(by), "id": macro_id})
    if found is None:
        raise NotFound
    await say_gone(tx, [found])
    return found


async def add_macro(tx: Transaction, data: MacroIn, *, by: Actor, now: datetime) -> Macro:
    """Keep a macro; only one's own without the permission to manage shared texts.

    Raises:
        NotAllowed: shared, without the permission.
        Invalid: it does nothing, or a team that is not the actor's.

    Emits: MacroChanged
    """
    sql = """
        insert into macro (title, actions, text, note, team_id, person_id, created_at, updated_at)
        values (%(title)s, %(actions)s, %(text)s, %(note)s, %(team)s, %(person)s, %(now)s, %(now)s) returning id"""
    made = await value(tx, int, sql, {**_columns(data, by), "now": now}) or 0
    macro = await get_macro(tx, made, by=by)
    await _announce(tx, macro, "made", by=by, now=now)
    return macro


async def change_macro(tx: Transaction, macro_id: int, data: MacroIn, *, by: Actor, now: datetime) -> Macro:
    """Replace a macro.

    Raises:
        NotFound: there is none for the actor.
        NotAllowed: shared before or after, without the permission.
        Invalid: as for ``add_macro``.

    Emits: MacroChanged
    """
    await _require_mine(tx, macro_id, by=by)
    sql = """
        update macro set title = %(title)s, actions = %(actions)s, text = %(text)s, note = %(note)s,
            team_id = %(team)s, person_id = %(person)s, updated_at = %(now)s where id = %(id)s"""
    await tx.execute(sql, {**_columns(data, by), "now": now, "id": macro_id})
    macro = await get_macro(tx, macro_id, by=by)
    await _announce(tx, macro, "changed", by=by, now=now)
    return macro


async def remove_macro(tx: Transaction, macro_id: int, *, by: Actor, now: datetime) -> None:
    """Remove one.

    Raises:
        NotFound: there is none for the actor.
        NotAllowed: shared, without the permission.

    Emits: MacroChanged
    """
    macro = await _require_mine(tx, macro_id, by=by)
    await execute(tx, "delete from macro where id = %(id)s", {"id": macro_id})
    await _announce(tx, macro, "removed", by=by, now=now)


async def _require_mine(tx: Transaction, macro_id: int, *, by: Actor) -> Macro:
    macro = await get_macro(tx, macro_id, by=by)
    require_change(macro.scope, by=by)
    return macro


def _columns(data: MacroIn, by: Actor) -> dict[str, object]:
    owner = owner_columns(data.scope, data.team_id, by=by)
    if data.actions == MacroActions() and not data.text.strip() and not data.note.strip():
        raise Invalid("Let the macro change something or write a text.", fields={"actions": "required"})
    return {
        "title": data.title.strip(),
        "actions": Jsonb(msgspec.to_builtins(data.actions)),
        "text": data.text,
        "note": data.note,
        **owner,
    }


async def _announce(
    tx: Transaction, macro: Macro, change: Literal["made", "changed", "removed"], *, by: Actor, now: datetime
) -> None:
    fact = MacroChanged(macro_id=macro.id, team_id=macro.team_id, scope=macro.scope, change=change)
    await emit(tx, fact, by=by, at=now)
