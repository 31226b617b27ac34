"""Statuses within their categories."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, value
from ombud.shared.errors import Conflict, NotFound
from ombud.shared.events import emit
from ombud.tickets.events import StatusChanged
from ombud.tickets.schemas import Category


class StatusIn(Struct, forbid_unknown_fields=True):
    """A status as entered; both names, because both languages show it."""

    category: Category
    name_en: Annotated[str, Meta(min_length=1, max_length=60)]
    name_zh: Annotated[str, Meta(min_length=1, max_length=60)]
    position: Annotated[int, Meta(ge=0, le=10_000)] = 100
    is_default: bool = False
    is_archived: bool = False


class DefaultStatus(Conflict):
    """Each category needs its default status. Make another one the default first."""

    code = "default_status"


class StatusInUse(Conflict):
    """Open tickets have this status, so its category cannot change. Archive it and add a new one."""

    code = "status_in_use"


async def add_status(tx: Transaction, data: StatusIn, *, by: Actor, now: datetime) -> int:
    """Add a status; gives its id.

    Emits: StatusChanged
    """
    if data.is_default:
        await _clear_default(tx, data.category)
    sql = """
        insert into status (category, name_en, name_zh, position, is_default)
        values (%(category)s, %(name_en)s, %(name_zh)s, %(position)s, %(is_default)s) returning id"""
    made = await value(tx, int, sql, _params(data)) or 0
    await emit(tx, StatusChanged(status_id=made, change="made"), by=by, at=now)
    return made


async def change_status(tx: Transaction, status_id: int, data: StatusIn, *, by: Actor, now: datetime) -> None:
    """Change names, order, default or archive it; tickets keep it.

    Raises:
        NotFound: no such status.
        DefaultStatus: the default of its category would be gone.
        StatusInUse: another category while tickets have it.

    Emits: StatusChanged
    """
    before = await value(tx, str, "select category from status where id = %(id)s for update", {"id": status_id})
    if before is None:
        raise NotFound
    was_default = await value(tx, bool, "select is_default from status where id = %(id)s", {"id": status_id})
    if was_default and (data.is_archived or not data.is_default or data.category != before):
        raise DefaultStatus
    if data.category != before:
        sql = "select exists (select from ticket where status_id = %(id)s)"
        if await value(tx, bool, sql, {"id": status_id}):
            raise StatusInUse
    if data.is_default and not was_default:
        await _clear_default(tx, data.category)
    sql = """
        update status set category = %(category)s, name_en = %(name_en)s, name_zh = %(name_zh)s,
            position = %(position)s,
            is_default = %(is_default)s, archived_at = case when %(archived)s then coalesce(archived_at, %(now)s) end
        where id = %(id)s"""
    await execute(tx, sql, {**_params(data), "archived": data.is_archived, "now": now, "id": status_id})
    await emit(tx, StatusChanged(status_id=status_id, change="changed"), by=by, at=now)


def _params(data: StatusIn) -> dict[str, object]:
    return {
        "category": data.category,
        "name_en": data.name_en,
        "name_zh": data.name_zh,
        "position": data.position,
        "is_default": data.is_default,
    }


async def _clear_default(tx: Transaction, category: str) -> None:
    sql = "update status set is_default = false where category = %(category)s and is_default"
    await tx.execute(sql, {"category": category})
