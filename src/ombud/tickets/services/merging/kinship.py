"""Parents and children of a ticket that goes into another: the one that goes on takes its place among them.

All of it happens under the one lock of redirects, as every change of links does.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, row, rows
from ombud.shared.events import emit
from ombud.tickets.events import TicketLinked
from ombud.tickets.schemas import EntryDetails, LockedTicket
from ombud.tickets.schemas.merge import Kin
from ombud.tickets.services.timeline import add_entry

_KIN = """
    select k.ticket_id as child_id, k.other_id as parent_id, k.created_at from ticket_link k
    where k.kind = 'child_of' and %(id)s in (k.ticket_id, k.other_id) order by k.ticket_id"""


async def move_kin(
    tx: Transaction, source: LockedTicket, target: LockedTicket, *, by: Actor, now: datetime
) -> list[Kin]:
    """Give the source's children and parent to the target; which links were changed, as they were.

    A target that has a parent keeps it. What would make a circle stays as it is. Where one of the two was the other's
    child, that ends: nothing is its own parent.

    Emits: TicketLinked
    """
    moved: list[Kin] = []
    for kin in await rows(tx, Kin, _KIN, {"id": source.id}):
        if {kin.child_id, kin.parent_id} == {source.id, target.id}:
            await _drop(tx, kin)
            moved.append(kin)
    for kin in await rows(tx, Kin, _KIN, {"id": source.id}):
        new = _turned(kin, source.id, target.id)
        if await _may_stand(tx, new, instead_of=kin):
            await _put(tx, kin, new, by=by, now=now)
            moved.append(kin)
    return moved


async def return_kin(
    tx: Transaction, moved: Sequence[Kin], *, source_id: int, target_id: int, by: Actor, now: datetime
) -> None:
    """Give back what ``move_kin`` moved, save what somebody has changed since.

    Emits: TicketLinked
    """
    # The last first: a child that was the target's parent needs the room that the others leave.
    for kin in reversed(moved):
        if {kin.child_id, kin.parent_id} != {source_id, target_id}:
            now_at = _turned(kin, source_id, target_id)
            if await _stands(tx, now_at) and await _may_stand(tx, kin, instead_of=now_at):
                await _put(tx, now_at, kin, by=by, now=now)
        elif await _may_stand(tx, kin):
            await _insert(tx, kin)


def _turned(kin: Kin, source_id: int, target_id: int) -> Kin:
    """The link with the other ticket in the place of the source."""
    child, parent = (target_id if one == source_id else one for one in (kin.child_id, kin.parent_id))
    return msgspec.structs.replace(kin, child_id=child, parent_id=parent)


async def _stands(tx: Transaction, kin: Kin) -> bool:
    sql = """
        select child_of.created_at from ticket_link child_of
        where (ticket_id, other_id, kind, created_at) = (%(child_id)s, %(parent_id)s, 'child_of', %(created_at)s)"""
    return await row(tx, _At, sql, msgspec.structs.asdict(kin)) is not None


class _At(Struct):
    created_at: datetime


async def _may_stand(tx: Transaction, kin: Kin, *, instead_of: Kin | None = None) -> bool:
    """Whether a link makes neither a second parent nor a circle."""
    sql = """
        with recursive links as (
            select ticket_id, other_id from ticket_link where kind = 'child_of'
                and (ticket_id, other_id) is distinct from (%(old_child)s::bigint, %(old_parent)s::bigint)),
        above as (
            select %(parent_id)s::bigint as id
            union
            select k.other_id from links k join above a on k.ticket_id = a.id)
        select id from above where id = %(child_id)s
        union all select ticket_id from links where ticket_id = %(child_id)s limit 1"""
    old = {"old_child": instead_of and instead_of.child_id, "old_parent": instead_of and instead_of.parent_id}
    return await row(tx, _Id, sql, msgspec.structs.asdict(kin) | old) is None


class _Id(Struct):
    id: int


async def _put(tx: Transaction, old: Kin, new: Kin, *, by: Actor, now: datetime) -> None:
    await _drop(tx, old)
    await _insert(tx, new)
    is_parent_new = old.child_id == new.child_id
    details = EntryDetails(
        field="link_child_of" if is_parent_new else "linked_child_of",
        from_value=old.parent_id if is_parent_new else old.child_id,
        to_value=new.parent_id if is_parent_new else new.child_id,
    )
    told_id = new.child_id if is_parent_new else new.parent_id
    entry_id = await add_entry(tx, told_id, "change", by=by, now=now, details=details)
    team = await row(tx, _Team, "select team_id from ticket where id = %(id)s", {"id": new.child_id})
    if team is not None:
        place = {"ticket_id": new.child_id, "team_id": team.team_id, "other_id": new.parent_id, "entry_id": entry_id}
        await emit(tx, TicketLinked(**place, link="child_of"), by=by, at=now)


class _Team(Struct):
    team_id: int


async def _drop(tx: Transaction, kin: Kin) -> None:
    sql = "delete from ticket_link where (ticket_id, other_id, kind) = (%(child_id)s, %(parent_id)s, 'child_of')"
    await execute(tx, sql, msgspec.structs.asdict(kin))


async def _insert(tx: Transaction, kin: Kin) -> None:
    sql = """
        insert into ticket_link (ticket_id, other_id, kind, created_at)
        values (%(child_id)s, %(parent_id)s, 'child_of', %(created_at)s)"""
    await execute(tx, sql, msgspec.structs.asdict(kin))
