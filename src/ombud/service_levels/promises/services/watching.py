"""Promises whose moment nears or passes: who hears of it, and that they are broken; and promises of merged tickets."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.service_levels.promises.events import PromiseBroken
from ombud.service_levels.promises.services.lines import write_line
from ombud.service_levels.services.keeping import refresh_deadline
from ombud.service_levels.services.telling import Notice, tell
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, row, rows, values
from ombud.shared.events import emit
from ombud.tickets.queries.tickets import visible_mentions
from ombud.tickets.schemas import LockedTicket


class _Watched(Struct):
    id: int
    words: str
    due_at: datetime | None
    made_by: int | None
    status: str


async def hear_clock(tx: Transaction, ticket: LockedTicket, clock_id: int, *, is_late: bool, now: datetime) -> None:
    """Remind of a promise before its moment; behind it the promise is broken, and the supervisors hear of it, too.

    Emits: PromiseBroken, NotificationMade
    """
    sql = """
        select p.id, p.words, p.due_at, p.made_by, p.status from clock k join promise p on p.id = k.round
        where k.id = %(id)s and k.metric = 'promise' and k.state <> 'ended'"""
    one = await row(tx, _Watched, sql, {"id": clock_id})
    if one is None or one.status != "open" or one.due_at is None:
        return
    if is_late:
        await _break(tx, ticket, one, now=now)
    await _remind(tx, ticket, one, clock_id, is_late=is_late, now=now)


async def _break(tx: Transaction, ticket: LockedTicket, one: _Watched, *, now: datetime) -> None:
    await tx.execute("update promise set status = 'broken' where id = %(id)s", {"id": one.id})
    line = await write_line(
        tx, ticket, "broken", one.id, {"words": one.words, "due_at": one.due_at}, by=SYSTEM, now=now
    )
    fact = PromiseBroken(ticket_id=ticket.id, team_id=ticket.team_id, promise_id=one.id, entry_id=line)
    await emit(tx, fact, by=SYSTEM, at=now)


async def _remind(
    tx: Transaction, ticket: LockedTicket, one: _Watched, clock_id: int, *, is_late: bool, now: datetime
) -> None:
    people = [one.made_by, ticket.assignee_id]
    if is_late or not any(people):
        sql = """
            select m.person_id from membership m join person p on p.id = m.person_id
            where m.team_id = %(team)s and p.deactivated_at is null and (p.role = 'supervisor' or not %(leads)s)
            order by m.person_id limit 50"""
        people += await values(tx, int, sql, {"team": ticket.team_id, "leads": is_late})
    wanted = sorted({person for person in people if person})
    seeing = await visible_mentions(tx, wanted, ticket) if wanted else []
    kind = "overdue" if is_late else "due_soon"
    notices = [Notice(person, clock_id, ticket.id, ticket.team_id, kind, keeps_hours=True) for person in seeing]
    await tell(tx, notices, now=now)


class _Moved(Struct):
    id: int
    before: int
    after: int


async def follow_tickets(tx: Transaction, ticket_ids: Sequence[int]) -> None:
    """Take promises along where their tickets were merged, parted again or split: with their message, if they have one.

    Whatever is where it belongs stays; doing it twice changes nothing.
    """
    sql = """
        with placed as (
            select p.id, p.ticket_id as before, coalesce(e.ticket_id, h.merged_into_id, h.id) as after
            from promise p join ticket h on h.id = p.home_ticket_id left join entry e on e.id = p.entry_id
            where p.ticket_id = any(%(ids)s))
        update promise p set ticket_id = n.after from placed n
        where p.id = n.id and n.before <> n.after returning p.id, n.before, n.after"""
    moved = await rows(tx, _Moved, sql, {"ids": list(ticket_ids)})
    if not moved:
        return
    sql = """
        update clock k set ticket_id = p.ticket_id from promise p
        where k.metric = 'promise' and k.round = p.id and p.id = any(%(ids)s)"""
    await tx.execute(sql, {"ids": [one.id for one in moved]})
    for ticket_id in sorted({one.before for one in moved} | {one.after for one in moved}):
        await refresh_deadline(tx, ticket_id)
