"""What whoever leads changes at once: capacity, and keeping somebody from customers for a while."""

from datetime import datetime

from ombud.routing.engine.services import give_back
from ombud.routing.floor.queries import require_led
from ombud.routing.skills.queries import levels_of
from ombud.routing.skills.schemas import LevelChange
from ombud.routing.skills.services.levels import write_levels
from ombud.routing.supervision.events import (
    AgentSuspended,
    CapacityChanged,
    ConversationListened,
    SuspensionLifted,
)
from ombud.routing.supervision.schemas import SkillLevelIn, Suspended
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, value, values
from ombud.shared.errors import Conflict
from ombud.shared.events import emit
from ombud.tickets.queries.tickets import lock_visible_ticket, require_visible
from ombud.tickets.schemas import Reason
from ombud.tickets.services.changes import give
from ombud.tickets.services.planned import hold_planned_of


class NotOneself(Conflict):
    """This is for whoever leads you to decide."""

    code = "not_oneself"


async def listen_in(tx: Transaction, ticket_id: int, *, by: Actor, now: datetime) -> None:
    """Write down that somebody begins to read a conversation live. Nobody on it is told.

    Raises:
        NotFound: the ticket may not be seen.

    Emits: ConversationListened
    """
    ticket_id = await require_visible(tx, ticket_id, by=by)
    holder = await value(tx, int, "select assignee_id from ticket where id = %(id)s", {"id": ticket_id})
    await emit(tx, ConversationListened(about_ticket_id=ticket_id, holder_id=holder), by=by, at=now)


async def change_capacity(tx: Transaction, person_id: int, points: int, *, by: Actor, now: datetime) -> None:
    """Give an agent another capacity at once; what they carry already they keep.

    Raises:
        NotFound: the actor leads none of their teams.

    Emits: CapacityChanged
    """
    await require_led(tx, person_id, by=by)
    before = await value(tx, int, "select capacity_points from person where id = %(id)s for update", {"id": person_id})
    if before == points:
        return
    await tx.execute(
        "update person set capacity_points = %(points)s where id = %(id)s", {"id": person_id, "points": points}
    )
    fact = CapacityChanged(person_id=person_id, from_points=before or 0, to_points=points)
    await emit(tx, fact, by=by, at=now)


async def change_skill(
    tx: Transaction, person_id: int, skill_id: int, data: SkillLevelIn, *, by: Actor, now: datetime
) -> None:
    """Give an agent another level of a skill at once, until the day that was set before.

    Raises:
        NotFound: the actor leads none of their teams.
        Invalid: no such skill, or somebody who is given no work.
        LevelChanged: it is not as the actor saw it.

    Emits: AgentLevelsChanged
    """
    await require_led(tx, person_id, by=by)
    held = (await levels_of(tx, [person_id], today=now.date())).get(person_id, [])
    until = next((one.valid_until for one in held if one.skill_id == skill_id), None)
    change = LevelChange(person_id, skill_id, data.level, until, data.before)
    await write_levels(tx, [change], by=by, now=now)


async def suspend_agent(tx: Transaction, person_id: int, reason: str, *, by: Actor, now: datetime) -> Suspended:
    """Keep somebody from customers at once: their tickets go back to their teams, what they planned to write is held.

    They see why and who will talk with them. Suspending again changes the reason only.

    Raises:
        NotFound: the actor leads none of their teams.
        NotOneself: nobody suspends themselves.

    Emits: AgentSuspended, TicketAssigned, PlannedReplyChanged, NotificationMade
    """
    await require_led(tx, person_id, by=by)
    if person_id == by.person_id:
        raise NotOneself
    sql = """
        insert into agent_routing as a (person_id, suspended_at, suspended_by, suspended_reason)
        values (%(id)s, %(now)s, %(by)s, %(reason)s)
        on conflict (person_id) do update set suspended_reason = excluded.suspended_reason,
            suspended_at = coalesce(a.suspended_at, excluded.suspended_at),
            suspended_by = coalesce(a.suspended_by, excluded.suspended_by)
        returning suspended_at = %(now)s"""
    params = {"id": person_id, "now": now, "by": by.person_id, "reason": reason.strip()}
    if not await value(tx, bool, sql, params):
        return Suspended(0, 0)
    given = await give_back(tx, person_id, reason="suspended", now=now)
    given += await _give_rest(tx, person_id, now=now)
    held = await hold_planned_of(tx, person_id, "writer_suspended", tell=by.person_id or None, now=now)
    await emit(tx, AgentSuspended(person_id=person_id, given_back=given), by=by, at=now)
    return Suspended(given, held)


async def _give_rest(tx: Transaction, person_id: int, *, now: datetime) -> int:
    """What routing does not give back: what waits for the customer, sleeps, or is of a team that takes work by hand."""
    sql = "select id from ticket where assignee_id = %(id)s and is_open order by id"
    held = await values(tx, int, sql, {"id": person_id})
    for ticket_id in held:
        # All of it, also what the actor does not see: a customer must not wait for somebody who may not answer.
        ticket = await lock_visible_ticket(tx, ticket_id, by=SYSTEM)
        await give(tx, ticket, None, reason=Reason("holder_suspended"), by=SYSTEM, now=now)
    return len(held)


async def lift_suspension(tx: Transaction, person_id: int, *, by: Actor, now: datetime) -> None:
    """Let somebody talk with customers again; without a suspension nothing happens.

    Raises:
        NotFound: the actor leads none of their teams.
        NotOneself: nobody lifts their own.

    Emits: SuspensionLifted
    """
    await require_led(tx, person_id, by=by)
    if person_id == by.person_id:
        raise NotOneself
    sql = """
        update agent_routing set suspended_at = null, suspended_by = null, suspended_reason = null
        where person_id = %(id)s and suspended_at is not null returning true"""
    if await value(tx, bool, sql, {"id": person_id}):
        await emit(tx, SuspensionLifted(person_id=person_id), by=by, at=now)
