"""Solving a ticket together with the tickets below it."""

from datetime import datetime

from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, execute, values
from ombud.shared.errors import Conflict, OmbudError
from ombud.tickets.queries.tickets import status_category
from ombud.tickets.schemas import TicketPatch
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
) -> None:
    """Change a ticket; where it becomes done and ``solve_children`` is set, the open tickets below it before.

    Raises:
        ChildHeld: one of those cannot be solved.
        OmbudError: whatever ``change_ticket`` refuses.

    Emits: TicketChanged, TicketSolved
    """
    if patch.solve_children and isinstance(patch.status_id, int):
        await solve_below(tx, ticket_id, patch.status_id, by=by, now=now)
    await change_ticket(tx, ticket_id, patch, by=by, now=now)


async def solve_below(tx: Transaction, ticket_id: int, status_id: int, *, by: Actor, now: datetime) -> None:
    """Give the open tickets below one the status that it will have, the lowest first; nothing if that is not done.

    Raises:
        NotAllowed: the actor may not change tickets.
        ChildHeld: one of them cannot be solved: its form asks for more, or its checklist is open.

    Emits: TicketChanged, TicketSolved
    """
    if await status_category(tx, status_id) not in DONE_CATEGORIES:
        return
    ids = await lock_below(tx, ticket_id, by=by)
    if ids:
        by.require("tickets.write")
    for child_id in ids:
        try:
            await change_ticket(tx, child_id, TicketPatch(status_id=status_id), by=by, now=now)
        except OmbudError as problem:
            raise ChildHeld(child_id, problem) from problem


async def lock_below(tx: Transaction, ticket_id: int, *, by: Actor) -> list[int]:
    """Lock a ticket and the open ones below it that the actor sees, which it gives, the lowest first.

    To be called before the ticket itself is locked: all locks are taken in the order of numbers, the reverse deadlocks.
    """
    ids = await values(tx, int, BELOW, {"id": ticket_id, **by.sight()})
    sql = "select from ticket where id = any(%(ids)s::bigint[]) order by id for no key update"
    await execute(tx, sql, {"ids": [ticket_id, *ids]})
    return ids
