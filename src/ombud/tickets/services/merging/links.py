"""Links between tickets: related, duplicates, parents and children."""

from datetime import datetime

from msgspec import Struct

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, value
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit
from ombud.tickets.events import TicketLinked, TicketUnlinked
from ombud.tickets.queries.redirects import lock_redirects
from ombud.tickets.queries.tickets import MergedTicket
from ombud.tickets.schemas import LockedTicket
from ombud.tickets.schemas.merge import LinkIn
from ombud.tickets.services.merging import moving
from ombud.tickets.services.timeline import add_change


class SelfLink(Invalid):
    """A ticket cannot be linked to itself. Choose another one."""

    code = "self_link"


class LinkCycle(Conflict):
    """That ticket stands below this one already. A ticket cannot be its own parent."""

    code = "link_cycle"


class HasParent(Conflict):
    """This ticket has another parent. Take that link away first."""

    code = "has_parent"


class _Ends(Struct):
    """Where a link stands, whichever end it is looked at from."""

    ticket_id: int
    other_id: int


def _ends(ticket_id: int, data: LinkIn) -> _Ends:
    # A relation has no direction: it stands once.
    if data.kind == "related":
        return _Ends(min(ticket_id, data.other_id), max(ticket_id, data.other_id))
    return _Ends(ticket_id, data.other_id)


async def link_tickets(tx: Transaction, ticket_id: int, data: LinkIn, *, by: Actor, now: datetime) -> None:
    """Say what a ticket is to another. A link that stands already changes nothing and emits nothing.

    Raises:
        NotFound: one of them does not exist, or ``by`` may not see it.
        SelfLink: both are the same.
        HasParent, LinkCycle: the ticket cannot be a child of that one.

    Emits: TicketLinked
    """
    ticket, other = await _lock_both(tx, ticket_id, data, by=by)
    if data.kind == "child_of":
        await _check_parent(tx, ticket_id, data.other_id)
    ends = _ends(ticket_id, data)
    sql = """
        insert into ticket_link (ticket_id, other_id, kind, created_at)
        values (%(ticket)s, %(other)s, %(kind)s, %(now)s) on conflict do nothing"""
    params = {"ticket": ends.ticket_id, "other": ends.other_id, "kind": data.kind, "now": now}
    if not await execute(tx, sql, params):
        return
    entry_id = await add_change(tx, ticket, f"link_{data.kind}", None, other.id, by=by, now=now)
    await add_change(tx, other, f"linked_{data.kind}", None, ticket.id, by=by, now=now)
    place = {"ticket_id": ticket.id, "team_id": ticket.team_id, "other_id": other.id, "entry_id": entry_id}
    await emit(tx, TicketLinked(**place, link=data.kind), by=by, at=now)


async def unlink_tickets(tx: Transaction, ticket_id: int, data: LinkIn, *, by: Actor, now: datetime) -> None:
    """Take a link away.

    Raises:
        NotFound: there is no such link, or one of the tickets may not be seen.

    Emits: TicketUnlinked
    """
    ticket, other = await _lock_both(tx, ticket_id, data, by=by)
    ends = _ends(ticket_id, data)
    sql = "delete from ticket_link where (ticket_id, other_id, kind) = (%(ticket)s, %(other)s, %(kind)s)"
    if not await execute(tx, sql, {"ticket": ends.ticket_id, "other": ends.other_id, "kind": data.kind}):
        raise NotFound("There is no such link.")
    entry_id = await add_change(tx, ticket, "unlinked", other.id, None, by=by, now=now)
    await add_change(tx, other, "unlinked", ticket.id, None, by=by, now=now)
    place = {"ticket_id": ticket.id, "team_id": ticket.team_id, "other_id": other.id, "entry_id": entry_id}
    await emit(tx, TicketUnlinked(**place, link=data.kind), by=by, at=now)


async def _lock_both(tx: Transaction, ticket_id: int, data: LinkIn, *, by: Actor) -> tuple[LockedTicket, LockedTicket]:
    if ticket_id == data.other_id:
        raise SelfLink
    await lock_redirects(tx)
    locked = await moving.lock_tickets(tx, [ticket_id, data.other_id], by=by)
    for one in locked.values():
        if one.merged_into_id is not None:
            raise MergedTicket(one.merged_into_id)
    return locked[ticket_id], locked[data.other_id]


async def _check_parent(tx: Transaction, ticket_id: int, parent_id: int) -> None:
    sql = "select other_id from ticket_link where ticket_id = %(id)s and kind = 'child_of'"
    present = await value(tx, int, sql, {"id": ticket_id})
    if present is not None and present != parent_id:
        raise HasParent
    sql = """
        with recursive above as (
            select %(parent)s::bigint as id
            union
            select k.other_id from ticket_link k join above a on k.ticket_id = a.id where k.kind = 'child_of')
        select exists (select from above where id = %(id)s)"""
    if await value(tx, bool, sql, {"parent": parent_id, "id": ticket_id}):
        raise LinkCycle
