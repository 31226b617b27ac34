"""Followers of a ticket: people who hear of it without holding it."""

from datetime import datetime
from typing import Literal

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, rows
from ombud.shared.errors import NotAllowed, Unprocessable
from ombud.shared.events import emit
from ombud.tickets.events import FollowersChanged
from ombud.tickets.queries.tickets import lock_visible_ticket, visible_mentions
from ombud.tickets.schemas import Follower, LockedTicket
from ombud.tickets.services.drafts import require_person
from ombud.tickets.services.timeline import notify


class CannotFollow(Unprocessable):
    """That person cannot see the ticket. Choose somebody of its team."""

    code = "cannot_follow"


async def add_follower(tx: Transaction, ticket_id: int, person_id: int, *, by: Actor, now: datetime) -> None:
    """Let somebody follow a ticket, oneself or a colleague, who is told; following twice changes nothing.

    Raises:
        NotFound: the ticket may not be seen.
        PeopleOnly: a program acts.
        NotAllowed: a colleague is added by somebody who may not write notes.
        CannotFollow: the person does not see the ticket.

    Emits: FollowersChanged
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    require_person(by)
    is_own = person_id == by.person_id
    if not is_own:
        by.require("tickets.note")
    if not await visible_mentions(tx, [person_id], ticket):
        raise CannotFollow
    if not await start_following(tx, ticket, person_id, "own" if is_own else "added", by=by, now=now):
        return
    await notify(tx, [person_id], "follower_added", ticket, entry_id=None, by=by, now=now)


async def start_following(
    tx: Transaction,
    ticket: LockedTicket,
    person_id: int,
    way: Literal["own", "added", "mention"],
    *,
    by: Actor,
    now: datetime,
) -> bool:
    """Write down a follower who is known to see the ticket; whether they are new.

    Emits: FollowersChanged
    """
    sql = """
        insert into follower (ticket_id, person_id, way, since) values (%(ticket)s, %(person)s, %(way)s, %(now)s)
        on conflict do nothing"""
    if not await execute(tx, sql, {"ticket": ticket.id, "person": person_id, "way": way, "now": now}):
        return False
    fact = FollowersChanged(ticket_id=ticket.id, team_id=ticket.team_id, person_id=person_id, change="added")
    await emit(tx, fact, by=by, at=now)
    return True


async def remove_follower(tx: Transaction, ticket_id: int, person_id: int, *, by: Actor, now: datetime) -> None:
    """End somebody's following, one's own or a colleague's; ending it twice changes nothing.

    Raises:
        NotFound: the ticket may not be seen.
        NotAllowed: a colleague is removed by somebody who may not write notes.

    Emits: FollowersChanged
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    if person_id != by.person_id and not by.may("tickets.note"):
        raise NotAllowed
    sql = "delete from follower where ticket_id = %(ticket)s and person_id = %(person)s"
    if not await execute(tx, sql, {"ticket": ticket_id, "person": person_id}):
        return
    fact = FollowersChanged(ticket_id=ticket.id, team_id=ticket.team_id, person_id=person_id, change="removed")
    await emit(tx, fact, by=by, at=now)


async def follow_mentioned(
    tx: Transaction, ticket: LockedTicket, person_ids: list[int], *, by: Actor, now: datetime
) -> None:
    """Let those whom a note names follow its ticket, unless they have switched that off.

    Emits: FollowersChanged
    """
    sql = """
        select id from person where id = any(%(ids)s)
            and coalesce(preferences ->> 'follow_on_mention', 'true') <> 'false' order by id"""
    found = await (await tx.execute(sql, {"ids": person_ids})).fetchall()
    for (person_id,) in found:
        await start_following(tx, ticket, person_id, "mention", by=by, now=now)


async def list_followers(tx: Transaction, ticket_id: int) -> list[Follower]:
    """Who follows a ticket, by name."""
    sql = """
        select f.person_id, p.name, f.way, f.since from follower f join person p on p.id = f.person_id
        where f.ticket_id = %(ticket)s and p.deactivated_at is null order by lower(p.name), p.id"""
    return await rows(tx, Follower, sql, {"ticket": ticket_id})
