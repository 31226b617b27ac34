"""Promises of messages: recorded once they stand on the timeline, taken back with them, kept by later ones."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from ombud.service_levels.promises import queries
from ombud.service_levels.promises.contact import is_contact, is_kept_by
from ombud.service_levels.promises.events import PromiseKept, PromiseMade, PromiseUndone
from ombud.service_levels.promises.queries import Row, Said
from ombud.service_levels.promises.rules import recognise
from ombud.service_levels.promises.schemas import Promise, PromiseKind, Way
from ombud.service_levels.promises.services.hours import hours_for
from ombud.service_levels.promises.services.lines import clock_of, hide_lines, write_line
from ombud.service_levels.services.own_clocks import end_clock, start_clock_until
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, execute, value
from ombud.shared.events import emit
from ombud.tickets.schemas import LockedTicket, PromiseChoice

MOST_WORDS = 500


class Draft(msgspec.Struct, frozen=True):
    """A promise that is about to be kept in mind."""

    way: Way
    words: str
    kind: str
    due_at: datetime | None
    made_at: datetime
    made_by: int | None
    entry_id: int | None = None
    place: int = 0


async def record_message(tx: Transaction, ticket: LockedTicket, said: Said, *, by: Actor, now: datetime) -> int:
    """Record the promises of a message as its writer decided; how many are new. A second time records nothing.

    Emits: PromiseMade, ClockStarted
    """
    calendar, zone = await hours_for(tx, ticket.team_id, said.author_id)
    found = recognise(said.text, sent_at=said.at, tz=zone, calendar=calendar)
    count = 0
    for place, one in enumerate(decided(said, found)):
        if one is not None:
            count += await record(tx, ticket, msgspec.structs.replace(one, place=place), by=by, now=now) is not None
    return count


def decided(said: Said, found: Sequence[Promise]) -> list[Draft | None]:
    """The promises of a message with what its writer decided about them; None for those that are none.

    A moment that had passed before the message went out is not what its writer meant: the recognised one holds.
    """
    choices = {one.words: one for one in msgspec.convert(said.choices, list[PromiseChoice])}
    drafts: list[Draft | None] = []
    for one in found:
        words = said.text[one.start : one.end]
        choice = choices.get(words)
        if choice is not None and choice.is_dropped:
            drafts.append(None)
            continue
        chosen = choice.due_at if choice is not None and choice.due_at and choice.due_at > said.at else None
        kind = PromiseKind.FIXED if chosen else one.kind
        due_at = chosen or one.due_at
        drafts.append(Draft("message", words[:MOST_WORDS], kind.value, due_at, said.at, said.author_id, said.id))
    return drafts


async def record(tx: Transaction, ticket: LockedTicket, draft: Draft, *, by: Actor, now: datetime) -> int | None:
    """Record one promise and watch it; gives its id, None if it was known already.

    Emits: PromiseMade, ClockStarted
    """
    sql = """
        insert into promise (ticket_id, home_ticket_id, entry_id, place, way, kind, words, is_contact, due_at,
            first_due_at, made_by, team_id, made_at, status)
        values (%(ticket)s, %(ticket)s, %(entry)s, %(place)s, %(way)s, %(kind)s, %(words)s, %(contact)s, %(due)s,
            %(due)s, %(made_by)s, %(team)s, %(made_at)s, %(status)s)
        on conflict (entry_id, place) where entry_id is not null do nothing returning id"""
    is_vague = draft.kind == "vague" and draft.due_at is None
    params: dict[str, Any] = {
        "ticket": ticket.id,
        "entry": draft.entry_id,
        "place": draft.place,
        "way": draft.way,
        "kind": draft.kind,
        "words": draft.words,
        "contact": is_contact(draft.words),
        "due": draft.due_at,
        "made_by": draft.made_by,
        "team": ticket.team_id,
        "made_at": draft.made_at,
        "status": "vague" if is_vague else "open",
    }
    promise_id = await value(tx, int, sql, params)
    if promise_id is None or is_vague:
        return promise_id
    await watch(tx, ticket, promise_id, draft.words, draft.due_at, started_at=draft.made_at, by=by, now=now)
    told = {"words": draft.words, "due_at": draft.due_at, "way": draft.way, "person": draft.made_by}
    line = await write_line(tx, ticket, "made", promise_id, told, by=by, now=now)
    fact = PromiseMade(
        ticket_id=ticket.id,
        team_id=ticket.team_id,
        promise_id=promise_id,
        entry_id=line,
        way=draft.way,
        has_moment=draft.due_at is not None,
    )
    await emit(tx, fact, by=by, at=now)
    return promise_id


async def watch(
    tx: Transaction,
    ticket: LockedTicket,
    promise_id: int,
    words: str,
    due_at: datetime | None,
    *,
    started_at: datetime,
    by: Actor,
    now: datetime,
) -> None:
    """Let a clock run until a promise is due, if it names a moment.

    Emits: ClockStarted
    """
    if due_at is not None:
        which = clock_of(ticket, promise_id)
        await start_clock_until(tx, which, due_at, label=words, started_at=started_at, by=by, now=now)


async def keep_by_message(tx: Transaction, ticket: LockedTicket, said: Said, *, now: datetime) -> None:
    """Mark promises of word from us as kept by a message that gives it.

    One that promises word again does not give it: somebody decides whether the first promise was kept.

    Emits: PromiseKept, ClockMet
    """
    again = await queries.by_entry(tx, said.id)
    if any(one.is_contact and one.status != "undone" for one in again):
        return
    for one in await queries.waiting_of(tx, ticket.id):
        is_other = one.entry_id != said.id and one.made_at < said.at
        if one.is_contact and is_other and one.due_at and is_kept_by(one.made_at, one.due_at, said.at):
            await _keep(tx, ticket, one, said, now=now)


async def _keep(tx: Transaction, ticket: LockedTicket, one: Row, said: Said, *, now: datetime) -> None:
    sql = """
        update promise set status = 'kept', ended_at = %(at)s, ended_by = %(by)s, kept_entry_id = %(entry)s
        where id = %(id)s and status = 'open'"""
    params = {"at": said.at, "by": said.author_id, "entry": said.id, "id": one.id}
    if not await execute(tx, sql, params):
        return
    # The clock is met when the message was written, however much later its reader comes by.
    await end_clock(tx, clock_of(ticket, one.id), "met", by=SYSTEM, now=said.at)
    line = await write_line(tx, ticket, "kept", one.id, {"words": one.words, "is_by_message": True}, by=SYSTEM, now=now)
    fact = PromiseKept(
        ticket_id=ticket.id,
        team_id=ticket.team_id,
        promise_id=one.id,
        entry_id=line,
        is_late=False,
        is_by_message=True,
    )
    await emit(tx, fact, by=SYSTEM, at=now)


async def undo_message(tx: Transaction, ticket: LockedTicket, entry_id: int, *, now: datetime) -> None:
    """Take back what a message did that was taken back itself: its promises are none, those it kept are open again.

    Emits: PromiseUndone, ClockDropped, ClockStarted
    """
    for one in await queries.by_entry(tx, entry_id):
        if one.status == "undone":
            continue
        sql = "update promise set status = 'undone', ended_at = %(now)s, kept_entry_id = null where id = %(id)s"
        await tx.execute(sql, {"now": now, "id": one.id})
        await end_clock(tx, clock_of(ticket, one.id), "dropped", by=SYSTEM, now=now)
        await hide_lines(tx, ticket.id, one.id, ["made", "moved", "kept"], now=now)
        await _tell(tx, ticket, one.id, "made", now=now)
    for one in await queries.kept_by_entry(tx, entry_id):
        sql = """
            update promise set status = 'open', ended_at = null, ended_by = null, kept_entry_id = null
            where id = %(id)s"""
        await tx.execute(sql, {"id": one.id})
        await hide_lines(tx, ticket.id, one.id, ["kept"], now=now)
        await watch(tx, ticket, one.id, one.words, one.due_at, started_at=one.made_at, by=SYSTEM, now=now)
        await _tell(tx, ticket, one.id, "kept", now=now)


async def _tell(tx: Transaction, ticket: LockedTicket, promise_id: int, change: Any, *, now: datetime) -> None:
    fact = PromiseUndone(ticket_id=ticket.id, team_id=ticket.team_id, promise_id=promise_id, change=change)
    await emit(tx, fact, by=SYSTEM, at=now)
