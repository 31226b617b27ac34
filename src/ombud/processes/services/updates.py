"""How often the customer must hear from us: only a person's message to them counts."""

from datetime import datetime

from ombud.processes import queries
from ombud.processes.events import StageLate
from ombud.processes.queries import Run
from ombud.processes.rules import stage_of
from ombud.service_levels.services.own_clocks import OwnClock, end_clock, start_clock
from ombud.shared.actor import SYSTEM
from ombud.shared.calendars.opening import NeverOpen
from ombud.shared.calendars.schemas import Span
from ombud.shared.database import Transaction, value
from ombud.shared.events import emit
from ombud.teamwork.queries import members
from ombud.teamwork.services.words import owners, tell
from ombud.tickets.schemas import LockedTicket
from ombud.tickets.services.timeline import add_change


def _clock(ticket: LockedTicket, number: int) -> OwnClock:
    return OwnClock(ticket.id, ticket.team_id, "customer_update", number)


async def _numbers(tx: Transaction, ticket: LockedTicket) -> int:
    sql = "select coalesce(max(round), 0) from clock where ticket_id = %(id)s and metric = 'customer_update'"
    return await value(tx, int, sql, {"id": ticket.id}) or 0


async def _is_owed(tx: Transaction, ticket: LockedTicket) -> bool:
    sql = """
        select exists (select from clock where ticket_id = %(id)s and metric = 'customer_update'
            and state <> 'ended')"""
    return bool(await value(tx, bool, sql, {"id": ticket.id}))


async def owe_update(tx: Transaction, ticket: LockedTicket, run: Run, span: Span, *, now: datetime) -> None:
    """Owe the customer word within a span, unless it is owed already.

    Emits: ClockStarted
    """
    if await _is_owed(tx, ticket):
        return
    number = await _numbers(tx, ticket) + 1
    try:
        await start_clock(tx, _clock(ticket, number), span, label="", by=SYSTEM, now=now)
    except NeverOpen:
        return
    await tx.execute("update process_run set updates = updates + 1 where id = %(id)s", {"id": run.id})


async def stop_updates(tx: Transaction, ticket: LockedTicket, run: Run, *, now: datetime) -> None:
    """Owe the customer no word any more.

    Emits: ClockDropped
    """
    del run
    await end_clock(tx, _clock(ticket, await _numbers(tx, ticket)), "dropped", by=SYSTEM, now=now)


async def hear_reply(tx: Transaction, ticket: LockedTicket, *, at: datetime, now: datetime) -> None:
    """The customer was written to: that word is given, and the next one is owed from then.

    Emits: ClockMet, ClockStarted
    """
    run = await queries.open_run(tx, ticket.id)
    visit = await queries.open_visit(tx, run.id) if run else None
    stage = stage_of(run.spec, visit.stage) if run and visit else None
    if run is None or stage is None or stage.update_every is None:
        return
    if await end_clock(tx, _clock(ticket, await _numbers(tx, ticket)), "met", by=SYSTEM, now=at):
        await owe_update(tx, ticket, run, stage.update_every, now=max(at, run.started_at))
    del now


async def tell_owed(tx: Transaction, ticket: LockedTicket, *, is_late: bool, now: datetime) -> None:
    """Remind whoever answers for the ticket that the customer must hear from us; late, the supervisors, too.

    Emits: StageLate, NotificationMade
    """
    run = await queries.open_run(tx, ticket.id)
    if run is None or not await _is_owed(tx, ticket):
        return
    what = "update_late" if is_late else "update_soon"
    entry_id = await add_change(tx, ticket, f"process.{what}", None, {}, by=SYSTEM, now=now)
    people = await owners(tx, ticket)
    if is_late:
        people += await members(tx, ticket.team_id, "supervisors")
        fact = StageLate(
            ticket_id=ticket.id, team_id=ticket.team_id, run_id=run.id, metric="customer_update", entry_id=entry_id
        )
        await emit(tx, fact, by=SYSTEM, at=now)
    await tell(tx, ticket, people, entry_id, by=SYSTEM, now=now)
