"""Answers for later: kept beside the ticket until their time, then sent by the same verb as any other.

They are no entries before: what a visitor's widget reads are entries, and the ticket's turn, preview and clocks
change when an answer is sent.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.accounts.queries.actors import person_actor
from ombud.customers.queries.details import quiet_hours_end
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.clock import Clock
from ombud.shared.database import Database, Transaction, execute, row, rows, value
from ombud.shared.errors import Conflict, Invalid, NotFound, OmbudError
from ombud.shared.events import Fact, emit, emit_all
from ombud.tickets.events import PlannedReplyChanged
from ombud.tickets.queries import tickets as queries
from ombud.tickets.schemas import Entry, PlannedReply, PlannedReplyIn, Recipients, ReplyIn, Undone
from ombud.tickets.services.formatting import take_formatted
from ombud.tickets.services.replies import clean_addresses, refuse_stale, reply, way_out
from ombud.tickets.services.timeline import Told, notify_all
from ombud.tickets.services.uploads import load_files

log = logging.getLogger(__name__)
LONGEST = timedelta(days=366)
MOST = 20
COLUMNS = """
    p.id, p.ticket_id, p.person_id, n.name as person_name, p.send_at, p.state, p.problem, p.reply ->> 'text' as text,
    p.reply ->> 'html' as html, p.reply -> 'to' as to, p.reply -> 'cc' as cc, p.reply -> 'bcc' as bcc,
    (p.reply ->> 'solve')::boolean as solve, p.reply -> 'attachment_ids' as attachment_ids, p.created_at"""
FROM = "from planned_reply p join person n on n.id = p.person_id"


class TooManyPlanned(Conflict):
    """This ticket has many planned answers already. Send or cancel one of them first."""

    code = "too_many_planned"


class _Due(Struct):
    id: int
    ticket_id: int
    person_id: int
    reply: ReplyIn


async def list_planned(tx: Transaction, ticket_id: int, *, by: Actor) -> list[PlannedReply]:
    """A ticket's planned answers, the next one first.

    Raises:
        NotFound: the ticket may not be seen.
    """
    ticket_id = await queries.require_visible(tx, ticket_id, by=by)
    sql = f"select {COLUMNS} {FROM} where p.ticket_id = %(ticket)s order by p.send_at, p.id"
    return await rows(tx, PlannedReply, sql, {"ticket": ticket_id})


async def plan_reply(
    tx: Transaction, ticket_id: int, data: PlannedReplyIn, *, by: Actor, now: datetime
) -> PlannedReply:
    """Keep an answer until its time; the writer's draft goes. The same ``client_key`` twice plans one.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
        Invalid: the time is past, or more than a year away; or a program plans; or there is nothing to say.
        StaleReply: a public message is newer than the newest the writer had seen, and ``force`` is not set.
        Unfilled: a placeholder has no value yet.
        TooManyPlanned: 20 wait already.
        NoWayOut: no channel, or no address, to answer by.
        DoNotContact: the customer must not be contacted by this channel, and no ``contact_reason`` says why.

    Emits: PlannedReplyChanged
    """
    ticket = await queries.lock_visible_ticket(tx, ticket_id, by=by)
    if not by.person_id:
        raise Invalid("A program sends when it wants to.", fields={"send_at": "people_only"})
    known = await list_planned(tx, ticket_id, by=by)
    made = await _find_key(tx, ticket_id, data.reply.client_key)
    if made is not None:
        return next(one for one in known if one.id == made)
    if len(known) >= MOST:
        raise TooManyPlanned
    _check_time(data.send_at, now)
    given = data.reply
    written = await take_formatted(tx, given.text, given.html, given.attachment_ids, ticket_id=ticket_id, by=by)
    clean_addresses([*(given.to or []), *(given.cc or []), *given.bcc])
    await refuse_stale(tx, ticket, given, by=by, now=now)
    await way_out(tx, ticket, given)
    # What was seen now is what the answer is for: newer messages hold it, even if these were passed over.
    seen = ticket.last_message_id or 0
    changes = {"text": written.text, "html": written.html, "force": False, "last_seen_entry_id": seen}
    kept = msgspec.structs.replace(given, **changes)
    sql = """
        insert into planned_reply (ticket_id, person_id, send_at, reply, created_at)
        values (%(ticket)s, %(person)s, %(at)s, %(reply)s, %(now)s) returning id"""
    params = {"ticket": ticket_id, "person": by.person_id, "at": data.send_at, "now": now}
    new = await value(tx, int, sql, params | {"reply": Jsonb(msgspec.to_builtins(kept))}) or 0
    sql = "delete from draft where ticket_id = %(ticket)s and person_id = %(person)s and kind = 'reply'"
    await tx.execute(sql, params)
    await _announce(tx, ticket_id, ticket.team_id, new, "planned", by=by, now=now)
    return await _get(tx, ticket_id, new)


async def _find_key(tx: Transaction, ticket_id: int, client_key: str) -> int | None:
    sql = "select id from planned_reply where ticket_id = %(ticket)s and reply ->> 'client_key' = %(key)s"
    return await value(tx, int, sql, {"ticket": ticket_id, "key": client_key})


def _check_time(at: datetime, now: datetime) -> None:
    if at <= now:
        raise Invalid("Choose a moment in the future.", fields={"send_at": "past"})
    if at > now + LONGEST:
        raise Invalid("Choose a moment within a year.", fields={"send_at": "too_far"})


async def _get(tx: Transaction, ticket_id: int, planned_id: int) -> PlannedReply:
    sql = f"select {COLUMNS} {FROM} where p.id = %(id)s and p.ticket_id = %(ticket)s"
    found = await row(tx, PlannedReply, sql, {"id": planned_id, "ticket": ticket_id})
    if found is None:
        raise NotFound
    return found


async def move_planned(
    tx: Transaction, ticket_id: int, planned_id: int, send_at: datetime, *, by: Actor, now: datetime
) -> PlannedReply:
    """Give a planned answer another time; one that was held goes out then, as it is.

    Raises:
        NotFound: no such planned answer, or the ticket may not be seen.
        Invalid: the time is past, or more than a year away.

    Emits: PlannedReplyChanged
    """
    ticket = await queries.lock_visible_ticket(tx, ticket_id, by=by)
    _check_time(send_at, now)
    # Whoever gives it a time has read what came until now.
    sql = """
        update planned_reply set send_at = %(at)s, state = 'planned', problem = null,
            reply = reply || jsonb_build_object('last_seen_entry_id', %(seen)s::bigint)
        where id = %(id)s and ticket_id = %(ticket)s"""
    params = {"at": send_at, "seen": ticket.last_message_id or 0, "id": planned_id, "ticket": ticket_id}
    if not await execute(tx, sql, params):
        raise NotFound
    await _announce(tx, ticket_id, ticket.team_id, planned_id, "moved", by=by, now=now)
    return await _get(tx, ticket_id, planned_id)


async def cancel_planned(tx: Transaction, ticket_id: int, planned_id: int, *, by: Actor, now: datetime) -> Undone:
    """Take a planned answer away; its text, recipients and files come back for the composer.

    Raises:
        NotFound: no such planned answer (it may have been sent), or the ticket may not be seen.

    Emits: PlannedReplyChanged
    """
    ticket = await queries.lock_visible_ticket(tx, ticket_id, by=by)
    kept = await _take(tx, ticket_id, planned_id)
    await _announce(tx, ticket_id, ticket.team_id, planned_id, "cancelled", by=by, now=now)
    data = kept.reply
    files = await load_files(tx, data.attachment_ids, ticket_id, by=by)
    return Undone(data.text, Recipients(data.to or [], data.cc or [], data.bcc), files, html=data.html)


async def send_planned_now(tx: Transaction, ticket_id: int, planned_id: int, *, by: Actor, now: datetime) -> Entry:
    """Send a planned answer at once, on purpose: newer messages do not hold it. It is the sender's then.

    Raises:
        NotFound: no such planned answer, or the ticket may not be seen.
        OmbudError: whatever ``reply`` refuses.

    Emits: PlannedReplyChanged, ReplySent, TicketSolved
    """
    ticket = await queries.lock_visible_ticket(tx, ticket_id, by=by)
    kept = await _take(tx, ticket_id, planned_id)
    data = msgspec.structs.replace(kept.reply, force=True)
    entry = await reply(tx, ticket_id, data, by=by, now=now, undo_seconds=None)
    await _announce(tx, ticket_id, ticket.team_id, planned_id, "sent", by=by, now=now)
    return entry


async def _take(tx: Transaction, ticket_id: int, planned_id: int) -> _Due:
    """Take the row away under the ticket's lock: whoever has it, sends or cancels it, and nobody else."""
    sql = """
        delete from planned_reply where id = %(id)s and ticket_id = %(ticket)s
        returning id, ticket_id, person_id, reply"""
    found = await row(tx, _Due, sql, {"id": planned_id, "ticket": ticket_id})
    if found is None:
        raise NotFound
    return found


async def _announce(
    tx: Transaction,
    ticket_id: int,
    team_id: int,
    planned_id: int,
    change: Literal["planned", "moved", "held", "cancelled", "sent"],
    *,
    by: Actor,
    now: datetime,
) -> None:
    fact = PlannedReplyChanged(ticket_id=ticket_id, team_id=team_id, planned_reply_id=planned_id, change=change)
    await emit(tx, fact, by=by, at=now)


async def send_planned(database: Database, clock: Clock) -> int:
    """Send the planned answers whose time has come, each in its own transaction; how many were sent or held.

    One whose customer has quiet hours waits for their end. One that cannot be sent any more is held, and its writer
    told: somebody wrote since, the writer has left, the form asks for more, there is no way out.

    Emits: PlannedReplyChanged, ReplySent, TicketSolved, NotificationMade
    """
    sql = """
        select id, ticket_id, person_id, reply from planned_reply
        where state = 'planned' and send_at <= %(now)s order by send_at, id limit 100"""
    async with database.transaction() as tx:
        due = await rows(tx, _Due, sql, {"now": clock.now()})
    for one in due:
        await _send_one(database, one, now=clock.now())
    return len(due)


async def _send_one(database: Database, due: _Due, *, now: datetime) -> None:
    try:
        async with database.transaction() as tx:
            writer = await person_actor(tx, due.person_id)
            if writer is None:
                raise Conflict("The writer has left.")
            writer.require("tickets.reply")
            ticket = await queries.lock_visible_ticket(tx, due.ticket_id, by=writer)
            if not await _is_due(tx, due.id, now=now):
                return
            quiet_until = await quiet_hours_end(tx, ticket.customer_id, now=now)
            if quiet_until is not None:
                await _let_sleep(tx, due, ticket.team_id, quiet_until, now=now)
                return
            kept = await _take(tx, due.ticket_id, due.id)
            await reply(tx, due.ticket_id, kept.reply, by=writer, now=now, undo_seconds=None)
            await _announce(tx, due.ticket_id, ticket.team_id, due.id, "sent", by=writer, now=now)
    except OmbudError as problem:
        log.info("Planned reply %s is held: %s", due.id, problem.code)
        async with database.transaction() as tx:
            await hold_planned(tx, [due.ticket_id], problem.code, only_ids=[due.id], now=now)


async def _let_sleep(tx: Transaction, due: _Due, team_id: int, until: datetime, *, now: datetime) -> None:
    """The customer's quiet hours are not for planned answers: it goes out when they end."""
    sql = "update planned_reply set send_at = %(until)s, problem = 'quiet_hours' where id = %(id)s"
    await execute(tx, sql, {"until": until, "id": due.id})
    await _announce(tx, due.ticket_id, team_id, due.id, "moved", by=SYSTEM, now=now)


async def _is_due(tx: Transaction, planned_id: int, *, now: datetime) -> bool:
    """Asked anew under the ticket's lock: it may have been cancelled, moved or sent since."""
    sql = """
        select exists (select from planned_reply where id = %(id)s and state = 'planned' and send_at <= %(now)s)"""
    return bool(await value(tx, bool, sql, {"id": planned_id, "now": now}))


class _Held(Struct):
    id: int
    ticket_id: int
    team_id: int
    person_id: int


async def hold_planned(
    tx: Transaction, ticket_ids: Sequence[int], problem: str, *, now: datetime, only_ids: Sequence[int] | None = None
) -> None:
    """Hold the planned answers of tickets and tell their writers, who decide what becomes of them.

    Emits: PlannedReplyChanged, NotificationMade
    """
    sql = """
        update planned_reply p set state = 'held', problem = %(problem)s from ticket t
        where t.id = p.ticket_id and p.ticket_id = any(%(tickets)s) and p.state = 'planned'
            and (%(only)s::bigint[] is null or p.id = any(%(only)s))
        returning p.id, p.ticket_id, t.team_id, p.person_id"""
    params = {"problem": problem, "tickets": list(ticket_ids), "only": None if only_ids is None else list(only_ids)}
    await _tell_held(tx, await rows(tx, _Held, sql, params), now=now)


async def hold_planned_of(tx: Transaction, person_id: int, problem: str, *, tell: int | None, now: datetime) -> int:
    """Hold everything that somebody has planned to write; they are told, and whoever decides instead. How many.

    Emits: PlannedReplyChanged, NotificationMade
    """
    sql = """
        update planned_reply p set state = 'held', problem = %(problem)s from ticket t
        where t.id = p.ticket_id and p.person_id = %(person)s and p.state = 'planned'
        returning p.id, p.ticket_id, t.team_id, p.person_id"""
    held = await rows(tx, _Held, sql, {"problem": problem, "person": person_id})
    await _tell_held(tx, held, now=now)
    if tell is not None:
        told = [Told(tell, one.ticket_id, one.team_id, None) for one in held]
        await notify_all(tx, "others_reply_held", told, by=SYSTEM, now=now)
    return len(held)


async def _tell_held(tx: Transaction, held: Sequence[_Held], *, now: datetime) -> None:
    if not held:
        return
    facts: list[Fact] = [
        PlannedReplyChanged(ticket_id=one.ticket_id, team_id=one.team_id, planned_reply_id=one.id, change="held")
        for one in held
    ]
    await emit_all(tx, facts, by=SYSTEM, at=now)
    told = [Told(one.person_id, one.ticket_id, one.team_id, None) for one in held]
    await notify_all(tx, "reply_held", told, by=SYSTEM, now=now)
