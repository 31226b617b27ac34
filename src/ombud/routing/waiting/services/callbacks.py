"""A call or a mail instead of waiting: asked for by the customer, promised by us, taken back by the customer."""

from datetime import datetime

from ombud.routing.waiting import queries
from ombud.routing.waiting.events import CallbackAsked, CallbackWithdrawn
from ombud.routing.waiting.rules import callback_due, masked
from ombud.routing.waiting.schemas import Callback, Wait, Way
from ombud.routing.waiting.services.telling import look_at
from ombud.shared.actor import SYSTEM
from ombud.shared.calendars.opening import Calendar, NeverOpen
from ombud.shared.calendars.schemas import ALWAYS
from ombud.shared.database import Transaction, execute
from ombud.shared.errors import Conflict
from ombud.shared.events import emit
from ombud.tickets.queries.tickets import lock_visible_ticket
from ombud.tickets.schemas.values import DONE_CATEGORIES
from ombud.tickets.services.timeline import add_change


class NotWaiting(Conflict):
    """Nobody waits here any more: write again, or wait for the answer."""

    code = "not_waiting"


class NoHours(Conflict):
    """Nobody can say when somebody is there. Leave a message."""

    code = "no_hours"


async def ask_callback(
    tx: Transaction, ticket_id: int, way: Way, contact: str, *, locale: str, opens_at: datetime | None, now: datetime
) -> Callback:
    """Note that a customer wants a call or a mail; the same wish again changes nothing, another one takes its place.

    ``opens_at``: when the chat opens, where it is closed. The moment that is said is a promise.

    Raises:
        NotFound: there is no such ticket.
        NotWaiting: somebody has taken it, or it is done.
        NoHours: the team's calendar has no open hour.

    Emits: CallbackAsked, CallbackWithdrawn
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=SYSTEM)
    if ticket.assignee_id is not None or ticket.category in DONE_CATEGORIES:
        raise NotWaiting
    before = await queries.callback_of(tx, ticket.id)
    if before is not None and (before.way, before.contact) == (way, contact):
        return before
    if before is not None:
        await withdraw_callback(tx, ticket.id, now=now)
    wait = await queries.told_of(tx, ticket.id) or (await look_at(tx, [ticket.team_id], now=now)).wait(
        ticket.team_id, 1
    )
    due_at = await _due(tx, ticket.team_id, wait, max(now, opens_at or now))
    made = Callback(way, contact, due_at)
    sql = """
        insert into callback_offer (ticket_id, way, contact, locale, asked_at, due_at)
        values (%(ticket)s, %(way)s, %(contact)s, %(locale)s, %(now)s, %(due)s)"""
    params = {"ticket": ticket.id, "way": way, "contact": contact, "locale": locale, "now": now, "due": due_at}
    await tx.execute(sql, params)
    told = {"way": way, "contact": masked(way, contact), "due_at": due_at}
    entry_id = await add_change(tx, ticket, "waiting.asked", None, told, by=SYSTEM, now=now)
    fact = CallbackAsked(
        ticket_id=ticket.id, team_id=ticket.team_id, way=way, due_at=due_at, entry_id=entry_id, locale=locale
    )
    await emit(tx, fact, by=SYSTEM, at=now)
    return made


async def _due(tx: Transaction, team_id: int, wait: Wait, start: datetime) -> datetime:
    hours = await queries.hours_of_teams(tx, [team_id])
    try:
        return callback_due(wait, hours.get(team_id) or Calendar(ALWAYS), now=start)
    except NeverOpen as problem:
        raise NoHours from problem


async def withdraw_callback(tx: Transaction, ticket_id: int, *, now: datetime) -> None:
    """Note that a customer waits after all; without such a wish nothing happens.

    Raises:
        NotFound: there is no such ticket.

    Emits: CallbackWithdrawn
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=SYSTEM)
    before = await queries.callback_of(tx, ticket.id)
    sql = "update callback_offer set withdrawn_at = %(now)s where ticket_id = %(id)s and withdrawn_at is null"
    if before is None or not await execute(tx, sql, {"now": now, "id": ticket.id}):
        return
    told = {"way": before.way, "contact": masked(before.way, before.contact)}
    entry_id = await add_change(tx, ticket, "waiting.withdrawn", None, told, by=SYSTEM, now=now)
    fact = CallbackWithdrawn(ticket_id=ticket.id, team_id=ticket.team_id, way=before.way, entry_id=entry_id)
    await emit(tx, fact, by=SYSTEM, at=now)
