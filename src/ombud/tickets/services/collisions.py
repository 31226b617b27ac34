"""Fields that somebody else changed while one was deciding: nothing is overwritten unseen."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, rows
from ombud.shared.errors import Conflict
from ombud.tickets.schemas import Author, Collision, LockedTicket


class FieldChanged(Conflict):
    """A colleague changed this field meanwhile. Look at their value, then keep it or set yours on purpose."""

    code = "field_changed"

    def __init__(self, changed: Sequence[Collision]) -> None:
        super().__init__()
        self.changed = changed

    def extra(self) -> dict[str, object]:
        """The fields that have another value than the one seen, each with who changed it and when."""
        return {"changed": msgspec.to_builtins(self.changed)}


async def refuse_unseen(
    tx: Transaction, ticket: LockedTicket, seen: Mapping[str, Any], changes: Mapping[str, Any], *, by: Actor
) -> None:
    """Refuse a change of fields whose present value is not the one that the actor saw, unless they set it themselves.

    Only fields that would really change are compared: two who want the same agree, and two who change different
    fields never meet.

    Raises:
        FieldChanged: somebody else changed one of them since.
    """
    present = _present(ticket, changes)
    unseen = [name for name in present if name in seen and _differ(seen[name], present[name])]
    changed = [await _last_change(tx, ticket.id, name, present[name]) for name in unseen]
    others = [one for one in changed if one.by is None or (one.by.kind, one.by.id) != (by.kind, by.id)]
    if others:
        raise FieldChanged(others)


def _present(ticket: LockedTicket, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The present values of what a change would change: columns by name, custom fields as ``fields.<key>``."""
    present = {name: getattr(ticket, name) for name in changes if name != "fields"}
    new = changes.get("fields", ticket.fields)
    keys = [key for key in sorted(ticket.fields.keys() | new.keys()) if ticket.fields.get(key) != new.get(key)]
    return present | {f"fields.{key}": ticket.fields.get(key) for key in keys}


def _differ(seen: Any, now: Any) -> bool:
    if isinstance(seen, list) and isinstance(now, list):
        return sorted(map(str, seen)) != sorted(map(str, now))
    return bool(seen != now)


class _Change(msgspec.Struct):
    at: datetime
    by: Author


async def _last_change(tx: Transaction, ticket_id: int, name: str, value: Any) -> Collision:
    sql = """
        select e.at, jsonb_build_object('kind', e.author_kind, 'id', e.author_id, 'name', coalesce(p.name, '')) as by
        from entry e left join person p on e.author_kind = 'person' and p.id = e.author_id
        where e.ticket_id = %(ticket)s and e.kind = 'change' and e.details ->> 'field' = %(field)s
        order by e.id desc limit 1"""
    field = name if name.startswith("fields.") else name.removesuffix("_id")
    found = await rows(tx, _Change, sql, {"ticket": ticket_id, "field": field})
    return Collision(name, value, found[0].by if found else None, found[0].at if found else None)
