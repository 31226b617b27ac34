"""Time that people worked on a ticket, entered by hand or measured by their page."""

from datetime import datetime

from msgspec import Struct

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows, value
from ombud.shared.errors import NotAllowed, NotFound
from ombud.shared.events import emit
from ombud.shared.lines import one_line
from ombud.tickets.events import TimeSpentChanged
from ombud.tickets.queries.tickets import lock_visible_ticket
from ombud.tickets.schemas import TimeIn, TimeSpent
from ombud.tickets.services.drafts import require_person


async def list_time(tx: Transaction, ticket_id: int) -> list[TimeSpent]:
    """Time spent on a ticket, newest first."""
    sql = """
        select s.id, s.person_id, p.name, s.seconds, s.way, s.note, s.at
        from time_spent s join person p on p.id = s.person_id
        where s.ticket_id = %(ticket)s order by s.at desc, s.id desc"""
    return await rows(tx, TimeSpent, sql, {"ticket": ticket_id})


async def spend_time(tx: Transaction, ticket_id: int, data: TimeIn, *, by: Actor, now: datetime) -> None:
    """Enter time of the actor's; the same ``client_key`` again changes nothing.

    Raises:
        NotFound: the ticket may not be seen.
        PeopleOnly: a program acts.

    Emits: TimeSpentChanged
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    require_person(by)
    sql = """
        insert into time_spent (ticket_id, person_id, seconds, way, note, at, client_key)
        values (%(ticket)s, %(person)s, %(seconds)s, %(way)s, %(note)s, %(now)s, %(key)s)
        on conflict (ticket_id, client_key) do nothing returning id"""
    params: dict[str, object] = {"ticket": ticket_id, "person": by.person_id, "seconds": data.seconds, "way": data.way}
    params |= {"note": one_line(data.note), "now": now, "key": data.client_key}
    made = await value(tx, int, sql, params)
    if made is None:
        return
    fact = TimeSpentChanged(
        ticket_id=ticket.id,
        team_id=ticket.team_id,
        time_id=made,
        person_id=by.person_id,
        seconds=data.seconds,
        change="added",
    )
    await emit(tx, fact, by=by, at=now)


class _Entered(Struct):
    person_id: int
    seconds: int


async def remove_time(tx: Transaction, ticket_id: int, time_id: int, *, by: Actor, now: datetime) -> None:
    """Take one's own entry away.

    Raises:
        NotFound: the ticket may not be seen, or has no such entry.
        NotAllowed: it is a colleague's.

    Emits: TimeSpentChanged
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    sql = "select person_id, seconds from time_spent where id = %(id)s and ticket_id = %(ticket)s"
    entered = await row(tx, _Entered, sql, {"id": time_id, "ticket": ticket_id})
    if entered is None:
        raise NotFound
    if entered.person_id != by.person_id:
        raise NotAllowed("Time is taken away by whoever entered it.")
    await tx.execute("delete from time_spent where id = %(id)s", {"id": time_id})
    fact = TimeSpentChanged(
        ticket_id=ticket.id,
        team_id=ticket.team_id,
        time_id=time_id,
        person_id=entered.person_id,
        seconds=entered.seconds,
        change="removed",
    )
    await emit(tx, fact, by=by, at=now)
