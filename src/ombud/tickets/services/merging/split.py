"""Splitting: chosen messages and notes get a ticket of their own. Merging that one back takes the split back."""

from datetime import datetime

from msgspec import Struct

from ombud.customers.queries import is_customer_visible
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows, value
from ombud.shared.errors import Invalid, NotFound
from ombud.shared.events import emit
from ombud.tickets.events import TicketSplit
from ombud.tickets.queries.redirects import lock_redirects
from ombud.tickets.queries.tickets import MergedTicket
from ombud.tickets.rules import load_points
from ombud.tickets.schemas import LockedTicket
from ombud.tickets.schemas.merge import Kept, SplitIn
from ombud.tickets.services.changes import checked_subject
from ombud.tickets.services.merging import moving
from ombud.tickets.services.merging.merge import write_shift
from ombud.tickets.services.timeline import add_change


class NothingLeft(Invalid):
    """Something has to stay on the ticket. Choose fewer messages, or change its subject or customer instead."""

    code = "nothing_left"


async def split_ticket(tx: Transaction, ticket_id: int, data: SplitIn, *, by: Actor, now: datetime) -> int:
    """Move messages and notes with their files into a new ticket that is linked to this one; gives its id.

    Raises:
        NotFound: the ticket, the customer or the team does not exist for ``by``.
        MergedTicket: another ticket goes on in its place.
        Invalid: an entry is no message or note of this ticket, or the subject is blank.
        NothingLeft: no message or note would stay.

    Emits: TicketSplit
    """
    subject = checked_subject(data.subject)
    await lock_redirects(tx)
    ticket = (await moving.lock_tickets(tx, [ticket_id], by=by))[ticket_id]
    if ticket.merged_into_id is not None:
        raise MergedTicket(ticket.merged_into_id)
    entry_ids = await _checked_entries(tx, ticket, data.entry_ids)
    team_id = await _checked_team(tx, ticket, data.team_id, by=by)
    customer_id = await _checked_customer(tx, ticket, data.customer_id, by=by)
    kept = Kept(before=await moving.standing_of(tx, ticket_id))
    new_id = await _open(tx, ticket, subject, team_id=team_id, customer_id=customer_id, now=now)
    kept.client_keys = await moving.move_entries(tx, entry_ids, to=new_id)
    await _set_waits(tx, ticket, new_id)
    kept.after = await moving.standing_of(tx, ticket_id)
    await write_shift(tx, "split", ticket_id, new_id, entry_ids, kept, now=now)
    await _link(tx, new_id, ticket_id, now=now)
    await moving.touch(tx, [ticket_id, new_id], now=now)
    entry_id = await add_change(tx, ticket, "split_to", None, new_id, by=by, now=now)
    made = (await moving.lock_tickets(tx, [new_id], by=by))[new_id]
    await add_change(tx, made, "split_from", None, ticket_id, by=by, now=now)
    fact = TicketSplit(
        ticket_id=ticket_id, team_id=ticket.team_id, new_id=new_id, entry_id=entry_id, customer_id=customer_id
    )
    await emit(tx, fact, by=by, at=now)
    return new_id


class _Chosen(Struct):
    chosen: list[int]
    left: int


async def _checked_entries(tx: Transaction, ticket: LockedTicket, wanted: list[int]) -> list[int]:
    sql = """
        select coalesce(array_agg(id order by id) filter (where id = any(%(ids)s)), '{}') as chosen,
            count(*) filter (where id <> all(%(ids)s)) as left
        from entry where ticket_id = %(ticket)s and kind in ('message', 'note') and undone_at is null"""
    found = await row(tx, _Chosen, sql, {"ids": wanted, "ticket": ticket.id})
    if found is None or len(found.chosen) != len(set(wanted)):
        raise Invalid("Choose messages and notes of this ticket.", fields={"entry_ids": "unknown"})
    if not found.left:
        raise NothingLeft
    return found.chosen


async def _checked_team(tx: Transaction, ticket: LockedTicket, team_id: int | None, *, by: Actor) -> int:
    if team_id is None:
        return ticket.team_id
    sql = "select id from team where id = %(id)s and archived_at is null"
    if not by.sees_team(team_id) or await value(tx, int, sql, {"id": team_id}) is None:
        raise NotFound("There is no such team, or you do not belong to it.")
    return team_id


async def _checked_customer(tx: Transaction, ticket: LockedTicket, customer_id: int | None, *, by: Actor) -> int:
    if customer_id is None or customer_id == ticket.customer_id:
        return ticket.customer_id
    if not await is_customer_visible(tx, customer_id, by=by):
        raise NotFound("There is no such customer.")
    return customer_id


async def _open(
    tx: Transaction, ticket: LockedTicket, subject: str, *, team_id: int, customer_id: int, now: datetime
) -> int:
    # Somebody else's ticket has no way out on the first one's chat or mailbox thread but the brand's.
    sql = """
        insert into ticket (subject, status_id, category, priority, team_id, customer_id, channel_id, brand_id,
                            load_points, assignee_id, created_at, activity_at)
        select %(subject)s, s.id, s.category, %(priority)s, %(team)s, %(customer)s, %(channel)s, %(brand)s,
               %(points)s, %(holder)s, %(now)s, %(now)s
        from status s where s.category = 'open' and s.is_default returning id"""
    kind = await value(tx, str, "select kind from channel where id = %(id)s", {"id": ticket.channel_id})
    is_same_customer = customer_id == ticket.customer_id
    params = {
        "subject": subject,
        "priority": ticket.priority,
        "team": team_id,
        "customer": customer_id,
        "channel": ticket.channel_id if is_same_customer or kind == "email" else None,
        "brand": ticket.brand_id,
        "points": load_points(kind),
        "holder": ticket.assignee_id if team_id == ticket.team_id else None,
        "now": now,
    }
    new_id = await value(tx, int, sql, params) or 0
    if is_same_customer:
        sql = """
            insert into ticket_conversation (ticket_id, channel_id, key)
            select %(new)s, channel_id, key from ticket_conversation where ticket_id = %(old)s"""
        await tx.execute(sql, {"new": new_id, "old": ticket.id})
    return new_id


class _Wait(Struct):
    id: int
    since: datetime | None


async def _set_waits(tx: Transaction, ticket: LockedTicket, new_id: int) -> None:
    """Who waits since when follows from what stands where; without a wait before, nobody waits now."""
    if ticket.waiting_since is None:
        return
    sql = """
        select t.id, (select min(i.at) from public_entry i where i.ticket_id = t.id and i.direction = 'in'
            and coalesce(i.details ->> 'kind', 'normal') = 'normal' and not exists (
                select from public_entry o where o.ticket_id = t.id and o.direction = 'out'
                    and o.author_kind <> 'system' and o.id > i.id)) as since
        from unnest(%(ids)s::bigint[]) as t (id)"""
    found = await rows(tx, _Wait, sql, {"ids": [ticket.id, new_id]})
    waits = {one.id: one.since for one in found}
    sql = "update ticket set waiting_since = %(since)s where id = %(id)s"
    await tx.execute(sql, {"since": waits[new_id], "id": new_id})
    if waits[ticket.id] is None:
        await tx.execute(sql, {"since": None, "id": ticket.id})


async def _link(tx: Transaction, new_id: int, ticket_id: int, *, now: datetime) -> None:
    sql = """
        insert into ticket_link (ticket_id, other_id, kind, created_at)
        values (%(new)s, %(old)s, 'split_from', %(now)s)"""
    await tx.execute(sql, {"new": new_id, "old": ticket_id, "now": now})
