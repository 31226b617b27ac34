"""Solving a ticket together with the tickets below it."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, execute, row, rows, values
from ombud.shared.errors import Conflict, OmbudError
from ombud.tickets.queries.tickets import status_category
from ombud.tickets.schemas import EntryDetails, SolvedAlong, TicketPatch
from ombud.tickets.schemas.values import DONE_CATEGORIES
from ombud.tickets.services.changes import change_ticket

# Whatever stands below, however many steps; those that the actor does not see are left to the rule for open children.
BELOW = f"""
    with recursive below as (
        select ticket_id as id, 1 as steps from ticket_link where other_id = %(id)s and kind = 'child_of'
        union
        select k.ticket_id, b.steps + 1 from ticket_link k join below b on k.other_id = b.id
        where k.kind = 'child_of' and b.steps < 50)
    select t.id from below b join ticket t on t.id = b.id
    where t.is_open and {seen()}
    order by b.steps desc, t.id limit 200"""


class ChildHeld(Conflict):
    """A child ticket cannot be solved yet. Look at it, then solve this one."""

    code = "child_held"

    def __init__(self, child_id: int, problem: OmbudError) -> None:
        super().__init__(f"#{child_id} cannot be solved yet. {problem.detail}")
        self.child_id = child_id
        self.problem = problem

    def extra(self) -> dict[str, object]:
        """Which child, and why."""
        return {"child_id": self.child_id, "problem": self.problem.code}


async def change_with_children(
    tx: Transaction, ticket_id: int, patch: TicketPatch, *, by: Actor, now: datetime
) -> list[SolvedAlong]:
    """Change a ticket; where it becomes done and ``solve_children`` is set, the open tickets below it before.

    Gives how those stood, so that it can be taken back.

    Raises:
        ChildHeld: one of those cannot be solved.
        OmbudError: whatever ``change_ticket`` refuses.

    Emits: TicketChanged, TicketSolved
    """
    solved: list[SolvedAlong] = []
    if patch.solve_children and isinstance(patch.status_id, int):
        solved = await solve_below(tx, ticket_id, patch.status_id, by=by, now=now)
    await change_ticket(tx, ticket_id, patch, by=by, now=now)
    return solved


async def solve_below(
    tx: Transaction, ticket_id: int, status_id: int, *, by: Actor, now: datetime
) -> list[SolvedAlong]:
    """Give the open tickets below one the status that it will have, the lowest first; nothing if that is not done.

    Gives how they stood, the highest first.

    Raises:
        NotAllowed: the actor may not change tickets.
        ChildHeld: one of them cannot be solved: its form asks for more, or its checklist is open.

    Emits: TicketChanged, TicketSolved
    """
    if await status_category(tx, status_id) not in DONE_CATEGORIES:
        return []
    ids = await lock_below(tx, ticket_id, by=by)
    if ids:
        by.require("tickets.write")
    sql = """
        select id, status_id, snoozed_until, waiting_since from ticket where id = any(%(ids)s::bigint[])
        order by array_position(%(ids)s::bigint[], id) desc"""
    before = await rows(tx, SolvedAlong, sql, {"ids": ids})
    for child_id in ids:
        try:
            await change_ticket(tx, child_id, TicketPatch(status_id=status_id), by=by, now=now)
        except OmbudError as problem:
            raise ChildHeld(child_id, problem) from problem
    return before


async def reopen_along(
    tx: Transaction, solved: Sequence[SolvedAlong], status_id: int, *, by: Actor, now: datetime
) -> None:
    """Let tickets that were solved along stand as before, save those whose status somebody has changed since.

    To be called with their rows locked.

    Emits: TicketChanged
    """
    sql = "select id from ticket where id = any(%(ids)s::bigint[]) and status_id = %(status)s and merged_into_id is null"
    ids = await values(tx, int, sql, {"ids": [one.id for one in solved], "status": status_id})
    for one in (one for one in solved if one.id in ids):
        try:
            await change_ticket(tx, one.id, TicketPatch(status_id=one.status_id), by=by, now=now)
        except OmbudError:
            # It has left the actor's sight, or its old status is gone: it stays solved.
            continue
        until = one.snoozed_until if one.snoozed_until and one.snoozed_until > now else None
        sql = "update ticket set waiting_since = %(waiting)s, snoozed_until = %(until)s where id = %(id)s"
        await execute(tx, sql, {"waiting": one.waiting_since, "until": until, "id": one.id})


async def lock_entry_family(tx: Transaction, ticket_id: int, entry_id: int) -> list[SolvedAlong]:
    """Lock a ticket and those that one of its answers solved along, in the order of numbers; how they stood."""
    sql = "select details from entry where id = %(entry)s and ticket_id = %(ticket)s"
    found = await row(tx, _Details, sql, {"entry": entry_id, "ticket": ticket_id})
    solved = found.details.solved_along if found else []
    if solved:
        sql = "select from ticket where id = any(%(ids)s::bigint[]) order by id for no key update"
        await execute(tx, sql, {"ids": [ticket_id, *(one.id for one in solved)]})
    return solved


class _Details(Struct):
    details: EntryDetails


async def lock_below(tx: Transaction, ticket_id: int, *, by: Actor) -> list[int]:
    """Lock a ticket and the open ones below it that the actor sees, which it gives, the lowest first.

    To be called before the ticket itself is locked: all locks are taken in the order of numbers, the reverse deadlocks.
    """
    ids = await values(tx, int, BELOW, {"id": ticket_id, **by.sight()})
    sql = "select from ticket where id = any(%(ids)s::bigint[]) order by id for no key update"
    await execute(tx, sql, {"ids": [ticket_id, *ids]})
    return ids
