"""Who has a ticket on the screen. A window says so every few seconds; one that fell silent is gone."""

from datetime import datetime, timedelta

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, rows, value
from ombud.tickets.queries.tickets import require_visible
from ombud.tickets.schemas import Looker, LookingIn
from ombud.tickets.services.drafts import require_person

# A page beats every 8 s and hears of the others by the same call: a killed browser is gone from screens within 28 s.
SILENT_AFTER = timedelta(seconds=20)


async def look(tx: Transaction, ticket_id: int, data: LookingIn, *, by: Actor, now: datetime) -> bool:
    """Note what the actor does on a ticket; whether that is news to others.

    Raises:
        NotFound: the ticket may not be seen.
        PeopleOnly: a program acts.
    """
    await require_visible(tx, ticket_id, by=by)
    require_person(by)
    params = {"ticket": ticket_id, "person": by.person_id, "tab": data.tab, "doing": data.doing, "now": now}
    sql = """
        select doing from looker
        where ticket_id = %(ticket)s and person_id = %(person)s and tab = %(tab)s and at > %(silent)s"""
    before = await value(tx, str, sql, {**params, "silent": now - SILENT_AFTER})
    sql = """
        insert into looker (ticket_id, person_id, tab, doing, at)
        values (%(ticket)s, %(person)s, %(tab)s, %(doing)s, %(now)s)
        on conflict (ticket_id, person_id, tab) do update set doing = excluded.doing, at = excluded.at"""
    await tx.execute(sql, params)
    return before != data.doing


async def look_away(tx: Transaction, ticket_id: int, tab: str, *, by: Actor) -> bool:
    """Note that a window of the actor's shows something else; whether it was there.

    Raises:
        NotFound: the ticket may not be seen.
    """
    await require_visible(tx, ticket_id, by=by)
    sql = "delete from looker where ticket_id = %(ticket)s and person_id = %(person)s and tab = %(tab)s"
    return await execute(tx, sql, {"ticket": ticket_id, "person": by.person_id, "tab": tab}) > 0


async def list_lookers(tx: Transaction, ticket_id: int, *, now: datetime) -> list[Looker]:
    """Who looks at a ticket, each person once with the most that they do there."""
    sql = """
        select l.person_id, p.name,
            case when bool_or(l.doing = 'reply') then 'reply' when bool_or(l.doing = 'note') then 'note'
                else 'looking' end as doing
        from looker l join person p on p.id = l.person_id
        where l.ticket_id = %(ticket)s and l.at > %(silent)s
        group by l.person_id, p.name order by min(l.at), l.person_id"""
    return await rows(tx, Looker, sql, {"ticket": ticket_id, "silent": now - SILENT_AFTER})


async def forget_lookers(tx: Transaction, *, now: datetime) -> None:
    """Remove windows that fell silent."""
    await tx.execute("delete from looker where at < %(silent)s", {"silent": now - SILENT_AFTER})
