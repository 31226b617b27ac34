"""The intake worker: claim, thread, write, announce; one transaction a batch."""

import logging
from collections.abc import Sequence
from datetime import datetime

import msgspec
from psycopg import OperationalError

from ombud.customers.services import find_customers, find_or_make_customers
from ombud.shared.actor import SYSTEM
from ombud.shared.clock import Clock
from ombud.shared.database import Database, Transaction, draw_ids, rows, value, values
from ombud.shared.errors import OmbudError
from ombud.shared.events import Fact, emit_all
from ombud.shared.sequencer import BATCH as SEQUENCE_BATCH
from ombud.shared.sequencer import LOCK_INTAKE, sequence_events, try_lock
from ombud.tickets.events import MessageReceived, MessageSetAside, TicketOpened, TicketReopened
from ombud.tickets.queries.redirects import hold_redirects
from ombud.tickets.queries.tickets import lock_visible_ticket
from ombud.tickets.schemas import InboundMessage, Reason
from ombud.tickets.services.changes import give
from ombud.tickets.services.intake import threading, writing
from ombud.tickets.services.intake.plan import ClaimedRow, Growth, Incoming, KnownTicket, NewTicket
from ombud.tickets.services.intake.receipts import settle_receipts
from ombud.tickets.services.intake.sides import take_sides
from ombud.tickets.services.planned import hold_planned
from ombud.tickets.services.policy import reopen_days
from ombud.tickets.services.timeline import Told, notify_all

log = logging.getLogger(__name__)
MAX_BATCH = 500
MAX_ATTEMPTS = 3
RECEIPT_KINDS = frozenset({"bounce", "delivered", "complaint"})


class Taken(msgspec.Struct, frozen=True):
    """What became of a batch: rows settled, and whether its events have their numbers already."""

    rows: int
    is_numbered: bool = False

    def __bool__(self) -> bool:
        return self.rows > 0


async def take_in(database: Database, clock: Clock, *, limit: int = MAX_BATCH) -> Taken:
    """Thread one batch of waiting messages to tickets; no rows are settled when nothing waits.

    A batch that fails is tried again one by one: the poison message gets an attempt and its reason, and after
    three it is set aside for an administrator. It stops nobody.
    """
    try:
        async with database.hot_transaction() as tx:
            return await _take_batch(tx, now=clock.now(), limit=limit)
    except OperationalError:
        raise
    except Exception as problem:  # noqa: BLE001 – whatever one message causes must not stop the others
        log.warning("A batch of intake failed, trying one by one: %s", problem)
        return Taken(await _one_by_one(database, clock, limit=limit))


async def _one_by_one(database: Database, clock: Clock, *, limit: int) -> int:
    async with database.transaction() as tx:
        waiting = await _claim(tx, limit=limit)
    for claimed in waiting:
        await _take_one(database, claimed, now=clock.now())
    return len(waiting)


async def _take_one(database: Database, claimed: ClaimedRow, *, now: datetime) -> None:
    try:
        async with database.transaction() as tx:
            if await try_lock(tx, LOCK_INTAKE):
                await _work(tx, [claimed], now=now)
    except OperationalError:
        raise
    except Exception as problem:
        log.exception("Message %s could not be taken in", claimed.id)
        async with database.transaction() as tx:
            await note_failure(tx, claimed.id, claimed.channel_id, _words_of(problem), now=now)


def _words_of(problem: Exception) -> str:
    return problem.detail if isinstance(problem, OmbudError) else f"{type(problem).__name__}: {problem}"[:500]


async def note_failure(tx: Transaction, inbox_id: int, channel_id: int, problem: str, *, now: datetime) -> None:
    """Count a failed attempt; the third sets the message aside.

    Emits: MessageSetAside
    """
    sql = """
        update inbox set attempts = attempts + 1, problem = %(problem)s,
            state = case when attempts + 1 >= %(max)s then 'set_aside' else state end
        where id = %(id)s returning state"""
    params = {"id": inbox_id, "problem": problem.replace("\x00", ""), "max": MAX_ATTEMPTS}
    if await value(tx, str, sql, params) == "set_aside":
        await emit_all(tx, [MessageSetAside(inbox_id=inbox_id, channel_id=channel_id)], by=SYSTEM, at=now)


async def _take_batch(tx: Transaction, *, now: datetime, limit: int) -> Taken:
    if not await try_lock(tx, LOCK_INTAKE):
        return Taken(0)
    claimed = await _claim(tx, limit=limit)
    if not claimed:
        return Taken(0)
    await _work(tx, claimed, now=now)
    # Numbered in the same commit, if no sequencer is at work: screens hear of it one commit earlier.
    moved = await sequence_events(tx, now=now)
    # Nothing: another sequencer is at work, and may not see these. A full batch: there may be more.
    return Taken(len(claimed), is_numbered=0 < moved < SEQUENCE_BATCH)


async def _claim(tx: Transaction, *, limit: int) -> list[ClaimedRow]:
    sql = """
        select i.id, i.channel_id, i.received_at, i.message::text as message, c.kind, c.brand_id, c.team_id
        from inbox i join channel c on c.id = i.channel_id
        where i.state = 'waiting' order by i.id limit %(limit)s"""
    return await rows(tx, ClaimedRow, sql, {"limit": limit})


async def _work(tx: Transaction, claimed: Sequence[ClaimedRow], *, now: datetime) -> None:
    # Before any row: whoever merges waits for the batch, and the batch for them.
    await hold_redirects(tx)
    everything = [Incoming(row, msgspec.json.decode(row.message, type=InboundMessage)) for row in claimed]
    receipts = [one for one in everything if one.message.kind in RECEIPT_KINDS]
    await settle_receipts(tx, receipts, now=now)
    batch = [one for one in everything if one.message.kind not in RECEIPT_KINDS]
    if batch:
        await _thread(tx, batch, now=now)
    await writing.finish_rows(tx, everything, now=now)


async def _thread(tx: Transaction, batch: list[Incoming], *, now: datetime) -> None:
    references = await threading.find_references(tx, batch)
    beside = await threading.find_sides(tx, batch, references)
    threading.mark_sides(batch, references, beside)
    senders = [one.message.sender for one in batch if not one.is_side]
    customers = await find_or_make_customers(tx, senders, now=now)
    # A third party who answers is no customer by that; one who is known anyway stays who they are.
    customers |= await find_customers(tx, [one.message.sender for one in batch if one.is_side])
    for one in batch:
        customer = customers.get(one.message.sender.key)
        one.customer_id = customer.customer_id if customer else None
        one.dismissed = "the sender is blocked" if customer and customer.is_blocked else ""
    threading.drop_doubles(batch, references)
    wanted = [one for one in batch if not one.dismissed]
    if not wanted:
        return
    conversations = await threading.find_conversations(tx, wanted)
    targets = threading.candidates(wanted, references, beside, conversations)
    targets = await threading.follow_redirects(tx, wanted, targets)
    known = await threading.lock_tickets(tx, list(targets.values()))
    # Asked for only where a ticket may come back: each answer that a batch waits for holds up every screen.
    days = await reopen_days(tx) if any(one.category == "solved" for one in known.values()) else 0
    opened = await threading.choose_tickets(tx, wanted, targets, known, now=now, reopen_days=days)
    await _own_openers(tx, opened, now=now)
    await _write(tx, [one for one in wanted if not one.dismissed], opened, known, now=now)


async def _own_openers(tx: Transaction, opened: Sequence[NewTicket], *, now: datetime) -> None:
    """Whoever opens a ticket is its customer, even if they seemed to answer as a third party."""
    strangers = [one.first for one in opened if one.first.customer_id is None]
    made = await find_or_make_customers(tx, [one.message.sender for one in strangers], now=now)
    for one in strangers:
        one.customer_id = made[one.message.sender.key].customer_id


async def _write(
    tx: Transaction,
    batch: list[Incoming],
    opened: list[NewTicket],
    known: dict[int, KnownTicket],
    *,
    now: datetime,
) -> None:
    if not batch:
        return
    for one, entry_id in zip(batch, await draw_ids(tx, "entry", len(batch)), strict=True):
        one.entry_id = entry_id
    sides = [one for one in batch if one.is_side]
    conversation = [one for one in batch if not one.is_side]
    growths = writing.grow(conversation, known)
    await writing.write_new_tickets(tx, opened, growths, now=now)
    await writing.write_entries(tx, batch)
    await writing.update_tickets(tx, [one for one in growths if one.ticket_id in known])
    # Each fact has its customer as actor; a batch is announced in the order of arrival.
    await emit_all(tx, _facts(conversation, opened, growths), by=SYSTEM, at=now)
    await take_sides(tx, sides, known, now=now)
    await _tell_holders(tx, growths, known, now=now)
    await hold_planned(tx, [one.ticket_id for one in growths if one.from_customer], "customer_wrote", now=now)


def _facts(batch: Sequence[Incoming], opened: Sequence[NewTicket], growths: Sequence[Growth]) -> list[Fact]:
    teams = {growth.ticket_id: growth.team_id for growth in growths}
    reopened = {growth.messages[0].entry_id for growth in growths if growth.reopens}
    openings = {one.first.entry_id: one for one in opened}
    facts: list[Fact] = []
    for one in batch:
        place = {"ticket_id": one.ticket_id, "team_id": teams[one.ticket_id]}
        if one.entry_id in openings:
            other = openings[one.entry_id].follow_up_of
            facts.append(
                TicketOpened(**place, customer_id=one.writer_id, channel_id=one.row.channel_id, follow_up_of=other)
            )
        if one.entry_id in reopened:
            facts.append(TicketReopened(**place, entry_id=one.entry_id))
        facts.append(
            MessageReceived(
                **place,
                entry_id=one.entry_id,
                customer_id=one.writer_id,
                channel_id=one.row.channel_id,
                is_automatic=one.is_automatic,
            )
        )
    return facts


async def _tell_holders(
    tx: Transaction, growths: Sequence[Growth], known: dict[int, KnownTicket], *, now: datetime
) -> None:
    held = {}
    for one in growths:
        ticket = known.get(one.ticket_id)
        if one.from_customer and ticket is not None and ticket.assignee_id is not None:
            held[one.ticket_id] = (one, ticket.assignee_id)
    if not held:
        return
    there = await _who_is_there(tx, {holder for _, holder in held.values()}, now=now)
    told = []
    for growth, holder in held.values():
        is_live = growth.messages[-1].row.kind == "chat"
        if (growth.reopens or (growth.resumes and is_live)) and holder not in there:
            # Somebody who is not there gets no work: a reopened ticket or a live chat goes back to its team.
            locked = await lock_visible_ticket(tx, growth.ticket_id, by=SYSTEM)
            await give(tx, locked, None, reason=Reason("holder_not_there"), by=SYSTEM, now=now)
        else:
            told.append(Told(holder, growth.ticket_id, growth.team_id, growth.messages[-1].entry_id))
    await notify_all(tx, "customer_replied", told, by=SYSTEM, now=now)


async def _who_is_there(tx: Transaction, people: set[int], *, now: datetime) -> set[int]:
    sql = """
        select person_id from present
        where person_id = any(%(ids)s) and state = 'online' and there_until > %(now)s"""
    return set(await values(tx, int, sql, {"ids": sorted(people), "now": now}))
