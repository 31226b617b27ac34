"""Checklists: what is to be done on a ticket, in order, by hand or from a template of the desk."""

from datetime import datetime
from typing import Literal

from msgspec import UNSET

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, row, rows, value, values
from ombud.shared.errors import Invalid, NotFound, Unprocessable
from ombud.shared.events import emit
from ombud.shared.lines import one_line
from ombud.tickets.events import ChecklistChanged, ChecklistTemplateChanged
from ombud.tickets.queries.tickets import lock_visible_ticket
from ombud.tickets.schemas import (
    ChecklistIn,
    ChecklistItem,
    ChecklistItemPatch,
    ChecklistTemplate,
    ChecklistTemplateIn,
    LockedTicket,
)

MOST_ITEMS = 100
ITEM = "id, text, position, done_at, done_by"


class TooManyItems(Unprocessable):
    """A checklist holds at most 100 items."""

    code = "checklist_full"


async def list_items(tx: Transaction, ticket_id: int) -> list[ChecklistItem]:
    """A ticket's checklist in its order."""
    sql = f"select {ITEM} from checklist_item where ticket_id = %(ticket)s order by position, id"
    return await rows(tx, ChecklistItem, sql, {"ticket": ticket_id})


async def add_items(
    tx: Transaction, ticket_id: int, data: ChecklistIn, *, by: Actor, now: datetime
) -> list[ChecklistItem]:
    """Add an item, or those of a template that are not there yet, at the end; gives the whole checklist.

    Raises:
        NotFound: the ticket may not be seen.
        Invalid: neither a text nor a template, or a text of blanks.
        Unprocessable: no such template, or too many items.

    Emits: ChecklistChanged
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    present = await list_items(tx, ticket_id)
    known = {one.text for one in present}
    wanted = [text for text in await _texts(tx, data) if data.template_id is None or text not in known]
    if len(present) + len(wanted) > MOST_ITEMS:
        raise TooManyItems
    if wanted:
        sql = """
            insert into checklist_item (ticket_id, text, position, created_at)
            select %(ticket)s, n.text, %(first)s + n.place, %(now)s
            from unnest(%(texts)s::text[]) with ordinality as n (text, place) returning id"""
        first = max((one.position for one in present), default=-1)
        ids = await values(tx, int, sql, {"ticket": ticket_id, "first": first, "now": now, "texts": wanted})
        await _tell(tx, ticket, ids, "added", by=by, now=now)
    return await list_items(tx, ticket_id)


async def _texts(tx: Transaction, data: ChecklistIn) -> list[str]:
    if data.template_id is not None:
        sql = "select items from checklist_template where id = %(id)s"
        found = await value(tx, list, sql, {"id": data.template_id})
        if found is None:
            raise Unprocessable("There is no such checklist any more.", fields={"template_id": "unknown"})
        return list(found)
    return [_checked(data.text or "")]


def _checked(text: str) -> str:
    found = one_line(text)
    if not found:
        raise Invalid("Say what is to be done.", fields={"text": "required"})
    return found


async def change_item(
    tx: Transaction, ticket_id: int, item_id: int, patch: ChecklistItemPatch, *, by: Actor, now: datetime
) -> list[ChecklistItem]:
    """Change an item's text or place, tick it off or open it again; gives the whole checklist.

    Whoever ticked it off first stays the one who did it.

    Raises:
        NotFound: the ticket may not be seen, or has no such item.
        Invalid: a text of blanks.

    Emits: ChecklistChanged
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    items = await list_items(tx, ticket_id)
    item = next((one for one in items if one.id == item_id), None)
    if item is None:
        raise NotFound
    if patch.text is not UNSET and (text := _checked(patch.text)) != item.text:
        await tx.execute("update checklist_item set text = %(text)s where id = %(id)s", {"text": text, "id": item_id})
        await _tell(tx, ticket, [item_id], "changed", by=by, now=now)
    if patch.is_done is not UNSET and patch.is_done != (item.done_at is not None):
        sql = "update checklist_item set done_at = %(at)s, done_by = %(by)s where id = %(id)s"
        done = {"at": now, "by": by.person_id or None} if patch.is_done else {"at": None, "by": None}
        await tx.execute(sql, {**done, "id": item_id})
        await _tell(tx, ticket, [item_id], "done" if patch.is_done else "opened", by=by, now=now)
    if patch.position is not UNSET:
        await _move(tx, ticket, items, item, patch.position, by=by, now=now)
    return await list_items(tx, ticket_id)


async def _move(
    tx: Transaction,
    ticket: LockedTicket,
    items: list[ChecklistItem],
    item: ChecklistItem,
    place: int,
    *,
    by: Actor,
    now: datetime,
) -> None:
    ids = [one.id for one in items if one.id != item.id]
    ids.insert(place, item.id)
    if ids == [one.id for one in items]:
        return
    sql = """
        update checklist_item i set position = n.place
        from unnest(%(ids)s::bigint[]) with ordinality as n (id, place) where i.id = n.id"""
    await tx.execute(sql, {"ids": ids})
    await _tell(tx, ticket, [item.id], "changed", by=by, now=now)


async def remove_item(
    tx: Transaction, ticket_id: int, item_id: int, *, by: Actor, now: datetime
) -> list[ChecklistItem]:
    """Take an item off; one that is gone already is no error. Gives what is left.

    Raises:
        NotFound: the ticket may not be seen.

    Emits: ChecklistChanged
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    sql = "delete from checklist_item where id = %(id)s and ticket_id = %(ticket)s"
    if await execute(tx, sql, {"id": item_id, "ticket": ticket_id}):
        await _tell(tx, ticket, [item_id], "removed", by=by, now=now)
    return await list_items(tx, ticket_id)


async def _tell(
    tx: Transaction,
    ticket: LockedTicket,
    ids: list[int],
    change: Literal["added", "done", "opened", "changed", "removed"],
    *,
    by: Actor,
    now: datetime,
) -> None:
    fact = ChecklistChanged(ticket_id=ticket.id, team_id=ticket.team_id, item_ids=ids, change=change)
    await emit(tx, fact, by=by, at=now)


async def list_templates(tx: Transaction) -> list[ChecklistTemplate]:
    """Checklists to take items from, by name."""
    return await rows(tx, ChecklistTemplate, "select id, name, items from checklist_template order by lower(name), id")


async def add_template(tx: Transaction, data: ChecklistTemplateIn, *, by: Actor, now: datetime) -> ChecklistTemplate:
    """Add a checklist to take items from.

    Emits: ChecklistTemplateChanged
    """
    sql = """
        insert into checklist_template (name, items, created_at, updated_at)
        values (%(name)s, %(items)s, %(now)s, %(now)s) returning id, name, items"""
    made = await row(tx, ChecklistTemplate, sql, {**_params(data), "now": now})
    if made is None:
        raise NotFound
    await emit(tx, ChecklistTemplateChanged(template_id=made.id, change="made"), by=by, at=now)
    return made


async def change_template(
    tx: Transaction, template_id: int, data: ChecklistTemplateIn, *, by: Actor, now: datetime
) -> ChecklistTemplate:
    """Change a template; tickets keep the items that they took from it.

    Raises:
        NotFound: no such template.

    Emits: ChecklistTemplateChanged
    """
    sql = """
        update checklist_template set name = %(name)s, items = %(items)s, updated_at = %(now)s where id = %(id)s
        returning id, name, items"""
    changed = await row(tx, ChecklistTemplate, sql, {**_params(data), "now": now, "id": template_id})
    if changed is None:
        raise NotFound
    await emit(tx, ChecklistTemplateChanged(template_id=template_id, change="changed"), by=by, at=now)
    return changed


async def remove_template(tx: Transaction, template_id: int, *, by: Actor, now: datetime) -> None:
    """Remove a template; tickets keep the items that they took from it.

    Raises:
        NotFound: no such template.

    Emits: ChecklistTemplateChanged
    """
    if not await execute(tx, "delete from checklist_template where id = %(id)s", {"id": template_id}):
        raise NotFound
    await emit(tx, ChecklistTemplateChanged(template_id=template_id, change="removed"), by=by, at=now)


def _params(data: ChecklistTemplateIn) -> dict[str, object]:
    name = one_line(data.name)
    if not name:
        raise Invalid("Give the checklist a name.", fields={"name": "required"})
    return {"name": name, "items": list(dict.fromkeys(_checked(one) for one in data.items))}
