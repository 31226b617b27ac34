"""What a merge does to a process: the run of the ticket that goes stops where it is; solutions tried go along."""

from datetime import datetime

from msgspec import Struct

from ombud.processes.queries import open_run
from ombud.service_levels.services.keeping import refresh_deadline
from ombud.service_levels.services.own_clocks import StoppedClock, restart_clocks, stop_clocks
from ombud.shared.database import Transaction, values
from ombud.shared.events import Event
from ombud.teamwork.services.merging import MERGES, keep, lock_merged, take_back
from ombud.tickets.schemas import LockedTicket

__all__ = ["MERGES", "follow_merge"]
ROOM = "processes"


class Stopped(Struct):
    """What a merge stopped and carried of a ticket's process."""

    run_id: int | None
    visit_ids: list[int]
    solution_ids: list[int]
    stopped: list[StoppedClock]


async def follow_merge(tx: Transaction, event: Event, *, now: datetime) -> None:
    """Stop the process of a ticket that went into another one, or let it go on where it was.

    Emits: ClockDropped, ClockResumed
    """
    source, target = await lock_merged(tx, event)
    if event.kind == "ticket_merged":
        await keep(tx, ROOM, source.id, target.id, await _stop(tx, source, target, now=now), now=now)
    else:
        kept = await take_back(tx, ROOM, source.id, Stopped, now=now)
        if kept is not None:
            await _give_back(tx, kept, source, target, now=now)
    await refresh_deadline(tx, source.id)


async def _stop(tx: Transaction, source: LockedTicket, target: LockedTicket, *, now: datetime) -> Stopped:
    run = await open_run(tx, source.id)
    params: dict[str, object] = {"source": source.id, "target": target.id, "now": now, "run": run.id if run else None}
    sql = "update process_run set ended_at = %(now)s, outcome = 'dropped' where id = %(run)s"
    await tx.execute(sql, params)
    sql = "update stage_visit set ended_at = %(now)s where run_id = %(run)s and ended_at is null returning id"
    visits = await values(tx, int, sql, params)
    sql = "update solution_tried set ticket_id = %(target)s where ticket_id = %(source)s returning id"
    solutions = sorted(await values(tx, int, sql, params))
    stopped = await stop_clocks(tx, source, ("stage", "customer_update"), now=now)
    return Stopped(run.id if run else None, visits, solutions, stopped)


async def _give_back(
    tx: Transaction, kept: Stopped, source: LockedTicket, target: LockedTicket, *, now: datetime
) -> None:
    params: dict[str, object] = {"source": source.id, "target": target.id, "run": kept.run_id}
    sql = "update solution_tried set ticket_id = %(source)s where id = any(%(ids)s) and ticket_id = %(target)s"
    await tx.execute(sql, params | {"ids": kept.solution_ids})
    # Another type since has begun a process of its own: that one holds.
    if await open_run(tx, source.id) is not None:
        return
    await tx.execute("update process_run set ended_at = null, outcome = null where id = %(run)s", params)
    sql = "update stage_visit set ended_at = null where id = any(%(ids)s)"
    await tx.execute(sql, {"ids": kept.visit_ids})
    await restart_clocks(tx, source, kept.stopped, now=now)
