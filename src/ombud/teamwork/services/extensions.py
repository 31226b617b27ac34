"""More time for a department (延期申请): asked before its deadline, granted or refused, told to the customer."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from ombud.service_levels.services.own_clocks import move_clock
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, value
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit
from ombud.teamwork import queries
from ombud.teamwork.events import ExtensionChanged
from ombud.teamwork.schemas import ExtensionDecision, ExtensionIn
from ombud.teamwork.services.dispatching import NotDispatched, required, work_clock
from ombud.teamwork.services.words import note, tell
from ombud.tickets.queries.tickets import lock_visible_ticket
from ombud.tickets.schemas import LockedTicket, ReplyIn
from ombud.tickets.services.replies import reply

FARTHEST = timedelta(days=366)


class TooLateToAsk(Conflict):
    """The deadline has passed. More time is asked for before it."""

    code = "extension_too_late"


class AskedAlready(Conflict):
    """More time was asked for already and is not decided yet."""

    code = "extension_asked"


class DecidedAlready(Conflict):
    """Somebody has decided this already."""

    code = "extension_decided"


class OwnRequest(Conflict):
    """Who asks for more time does not grant it. Let somebody else decide."""

    code = "extension_own"


class _Asked(Struct):
    id: int
    ticket_id: int
    dispatch_id: int
    asked_by: int | None
    due_before: datetime
    due_wanted: datetime
    state: str


async def ask_extension(tx: Transaction, ticket_id: int, data: ExtensionIn, *, by: Actor, now: datetime) -> None:
    """Ask for more time for the department that has accepted a ticket.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        NotDispatched: no department has accepted it.
        TooLateToAsk: its deadline has passed.
        AskedAlready: a request waits.
        Invalid: the new moment is no later one, or the reason is blank.

    Emits: ExtensionChanged, NotificationMade
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    reason = required(data.reason)
    found = await queries.open_dispatch(tx, ticket_id)
    if found is None or found.due_at is None:
        raise NotDispatched
    if now > found.due_at:
        raise TooLateToAsk
    if not found.due_at < data.due_at < now + FARTHEST:
        word = "not_later" if data.due_at <= found.due_at else "too_far"
        raise Invalid("Choose a moment after the present deadline, at most a year ahead.", fields={"due_at": word})
    waiting = "select exists (select from extension where dispatch_id = %(id)s and state = 'asked')"
    if await value(tx, bool, waiting, {"id": found.id}):
        raise AskedAlready
    sql = """
        insert into extension (ticket_id, dispatch_id, reason, due_before, due_wanted, asked_by, asked_at)
        values (%(ticket)s, %(dispatch)s, %(reason)s, %(before)s, %(wanted)s, %(by)s, %(now)s) returning id"""
    params = {"ticket": ticket_id, "dispatch": found.id, "reason": reason, "before": found.due_at, "now": now}
    made = await value(tx, int, sql, params | {"wanted": data.due_at, "by": by.person_id or None}) or 0
    told: dict[str, str | None] = {"reason": reason, "due_at": data.due_at.isoformat()}
    people = [found.dispatched_by, *(await queries.members(tx, ticket.team_id, "supervisors"))]
    await _tell(tx, ticket, made, "asked", told, people, by=by, now=now)


async def decide_extension(
    tx: Transaction, ticket_id: int, extension_id: int, data: ExtensionDecision, *, by: Actor, now: datetime
) -> None:
    """Grant more time, or refuse it. Granted, the clock has the new deadline, and the customer is told of it.

    Raises:
        NotFound: no such request on a ticket that ``by`` may see.
        DecidedAlready: somebody has.
        OwnRequest: who asked decides.
        Invalid: it is granted, and nobody tells the customer.

    Emits: ExtensionChanged, ClockMoved, ReplySent, NotificationMade
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    one = await _find(tx, ticket_id, extension_id)
    if one.state != "asked":
        raise DecidedAlready
    if by.person_id and by.person_id == one.asked_by:
        raise OwnRequest
    message = data.message.strip()
    if data.is_granted and not (message or data.told_by_hand):
        raise Invalid(
            "Tell the customer: write the message, or say that they were told.", fields={"message": "required"}
        )
    told = ("message" if message else "by_hand") if message or data.told_by_hand else None
    state: Literal["granted", "refused"] = "granted" if data.is_granted else "refused"
    sql = """
        update extension set state = %(state)s, decided_by = %(by)s, decided_at = %(now)s, told = %(told)s
        where id = %(id)s"""
    params = {"id": one.id, "state": state, "by": by.person_id or None, "now": now, "told": told}
    await tx.execute(sql, params)
    if data.is_granted:
        await _extend(tx, ticket, one, by=by, now=now)
    words = {"due_at": one.due_wanted.isoformat(), "before": one.due_before.isoformat(), "told": told}
    await _tell(tx, ticket, one.id, state, words, [one.asked_by], by=by, now=now)
    if message:
        answer = ReplyIn(message, f"extension-{one.id}", force=True)
        await reply(tx, ticket_id, answer, by=by, now=now, undo_seconds=None)


async def _find(tx: Transaction, ticket_id: int, extension_id: int) -> _Asked:
    sql = """
        select id, ticket_id, dispatch_id, asked_by, due_before, due_wanted, state from extension
        where id = %(id)s and ticket_id = %(ticket)s for update"""
    one = await row(tx, _Asked, sql, {"id": extension_id, "ticket": ticket_id})
    if one is None:
        raise NotFound
    return one


async def _extend(tx: Transaction, ticket: LockedTicket, one: _Asked, *, by: Actor, now: datetime) -> None:
    found = await queries.open_dispatch(tx, ticket.id)
    if found is None or found.id != one.dispatch_id:
        raise NotDispatched
    await move_clock(tx, work_clock(ticket.id, found), one.due_wanted, by=by, now=now)
    sql = """
        update dispatch set due_at = %(due)s, first_due_at = coalesce(first_due_at, due_at) where id = %(id)s"""
    await tx.execute(sql, {"id": found.id, "due": one.due_wanted})


async def _tell(
    tx: Transaction,
    ticket: LockedTicket,
    extension_id: int,
    change: Literal["asked", "granted", "refused"],
    words: dict[str, str | None],
    people: list[int | None],
    *,
    by: Actor,
    now: datetime,
) -> None:
    entry_id = await note(tx, ticket, f"extension_{change}", words, by=by, now=now)
    fact = ExtensionChanged(
        ticket_id=ticket.id, team_id=ticket.team_id, extension_id=extension_id, entry_id=entry_id, change=change
    )
    await emit(tx, fact, by=by, at=now)
    await tell(tx, ticket, people, entry_id, by=by, now=now)
