"""What a merge does to teamwork: departments and managers stop; tasks, urges and deadlines from outside go along.

All of it comes back when the merge is taken back. The ledger serves the rooms above, too.
"""

from datetime import datetime
from typing import Literal, TypeVar

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.service_levels.services.keeping import refresh_deadline
from ombud.service_levels.services.own_clocks import (
    StoppedClock,
    carry_clocks,
    restart_clocks,
    return_clocks,
    stop_clocks,
)
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, rows, value, values
from ombud.shared.events import Event
from ombud.tickets.schemas import LockedTicket
from ombud.tickets.services.merging.moving import lock_tickets

ROOM = "teamwork"
AnyStruct = TypeVar("AnyStruct", bound=Struct)
MERGES = frozenset({"ticket_merged", "ticket_unmerged"})


class Urged(Struct):
    """An urge that went along, and which one it was."""

    id: int
    number: int


class Stopped(Struct):
    """What a merge stopped and carried of a ticket's teamwork."""

    dispatch_id: int | None
    supervision_id: int | None
    stopped: list[StoppedClock]
    task_ids: list[int]
    carried: list[int]
    urges: list[Urged] = []


async def lock_merged(tx: Transaction, event: Event) -> tuple[LockedTicket, LockedTicket]:
    """The source and the target of a merge, or of its end, under row locks."""
    source_id, target_id = int(event.data["source_id"]), event.ticket_id or 0
    locked = await lock_tickets(tx, [source_id, target_id], by=SYSTEM)
    return locked[source_id], locked[target_id]


async def keep(tx: Transaction, room: str, source_id: int, target_id: int, kept: Struct, *, now: datetime) -> None:
    """Keep what taking a merge back will need."""
    sql = """
        insert into merged_work (room, source_id, target_id, kept, at)
        values (%(room)s, %(source)s, %(target)s, %(kept)s, %(now)s) on conflict do nothing"""
    params = {"room": room, "source": source_id, "target": target_id, "kept": Jsonb(msgspec.to_builtins(kept))}
    await tx.execute(sql, params | {"now": now})


async def take_back(
    tx: Transaction, room: str, source_id: int, shape: type[AnyStruct], *, now: datetime
) -> AnyStruct | None:
    """What was kept of a merge; it is taken back now."""
    sql = """
        update merged_work set undone_at = %(now)s
        where room = %(room)s and source_id = %(source)s and undone_at is null returning kept"""
    return await value(tx, shape, sql, {"room": room, "source": source_id, "now": now})


async def follow_merge(tx: Transaction, event: Event, *, now: datetime) -> None:
    """Stop or carry what teamwork has on a ticket that went into another one, or give it back.

    Emits: ClockDropped, ClockResumed
    """
    source, target = await lock_merged(tx, event)
    if event.kind == "ticket_merged":
        await keep(tx, ROOM, source.id, target.id, await _stop(tx, source, target, now=now), now=now)
    else:
        kept = await take_back(tx, ROOM, source.id, Stopped, now=now)
        if kept is not None:
            await _give_back(tx, kept, source, target, now=now)
    for one in (source, target):
        await refresh_deadline(tx, one.id)


async def _stop(tx: Transaction, source: LockedTicket, target: LockedTicket, *, now: datetime) -> Stopped:
    metrics: tuple[Literal["department"], Literal["supervision"]] = ("department", "supervision")
    params: dict[str, object] = {"source": source.id, "target": target.id, "now": now}
    sql = """
        update dispatch set ended_at = %(now)s, outcome = 'moved_on'
        where ticket_id = %(source)s and ended_at is null returning id"""
    dispatch_id = await value(tx, int, sql, params)
    sql = "update supervision set ended_at = %(now)s where ticket_id = %(source)s and ended_at is null returning id"
    supervision_id = await value(tx, int, sql, params)
    stopped = await stop_clocks(tx, source, metrics, now=now)
    sql = "update task set ticket_id = %(target)s where ticket_id = %(source)s returning id"
    tasks = sorted(await values(tx, int, sql, params))
    carried = [
        *await carry_clocks(tx, "task", source.id, target.id),
        *await carry_clocks(tx, "external", source.id, target.id),
    ]
    return Stopped(dispatch_id, supervision_id, stopped, tasks, carried, await _carry_urges(tx, source, target))


async def _carry_urges(tx: Transaction, source: LockedTicket, target: LockedTicket) -> list[Urged]:
    """Count a ticket's urges on the other one, behind its own; gives them as they were."""
    sql = "select id, number from urge where ticket_id = %(source)s order by number"
    params = {"source": source.id, "target": target.id}
    found = await rows(tx, Urged, sql, params)
    if found:
        sql = """
            update urge u set ticket_id = %(target)s, number = n.last + u.number
            from (select coalesce(max(number), 0) as last from urge where ticket_id = %(target)s) n
            where u.ticket_id = %(source)s"""
        await tx.execute(sql, params)
    return found


async def _return_urges(tx: Transaction, urges: list[Urged], source_id: int, target_id: int) -> None:
    """Count urges where the customer made them; those that stay close up."""
    sql = """
        update urge u set ticket_id = %(source)s, number = n.number
        from unnest(%(ids)s::bigint[], %(numbers)s::int[]) as n (id, number)
        where u.id = n.id and u.ticket_id = %(target)s"""
    params: dict[str, object] = {"source": source_id, "target": target_id}
    await tx.execute(sql, params | {"ids": [one.id for one in urges], "numbers": [one.number for one in urges]})
    # Through numbers that nobody has: each row is checked by itself.
    sql = """
        update urge u set number = -n.place
        from (select id, row_number() over (order by number) as place from urge where ticket_id = %(target)s) n
        where u.id = n.id and u.number <> n.place"""
    await tx.execute(sql, params)
    await tx.execute("update urge set number = -number where ticket_id = %(target)s and number < 0", params)


async def _give_back(
    tx: Transaction, kept: Stopped, source: LockedTicket, target: LockedTicket, *, now: datetime
) -> None:
    params: dict[str, object] = {"source": source.id, "target": target.id, "tasks": kept.task_ids}
    for table, more, row_id in (
        ("dispatch", ", outcome = null", kept.dispatch_id),
        ("supervision", "", kept.supervision_id),
    ):
        # Somebody was quicker, and has begun it anew: that holds.
        sql = f"""
            update {table} set ended_at = null{more} where id = %(id)s and not exists (
                select from {table} o where o.ticket_id = %(source)s and o.ended_at is null)"""
        await tx.execute(sql, params | {"id": row_id})
    sql = "update task set ticket_id = %(source)s where id = any(%(tasks)s) and ticket_id = %(target)s"
    await tx.execute(sql, params)
    if kept.urges:
        await _return_urges(tx, kept.urges, source.id, target.id)
    await return_clocks(tx, kept.carried, target.id, source.id)
    await restart_clocks(tx, source, kept.stopped, now=now)
