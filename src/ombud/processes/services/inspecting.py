"""The draw for inspection: one in N of the tickets that somebody brings through a stage, and each severe one."""

from datetime import datetime

from ombud.processes.events import InspectionDrawn
from ombud.processes.queries import Run
from ombud.processes.rules import Holds, is_drawn
from ombud.processes.schemas import Stage, Visit
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value
from ombud.shared.events import emit
from ombud.tickets.schemas import LockedTicket
from ombud.tickets.services.timeline import add_change


async def draw(
    tx: Transaction,
    ticket: LockedTicket,
    run: Run,
    stage: Stage,
    visit: Visit,
    holds: Holds,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Count a ticket that somebody brought through a stage, and mark it where it is drawn.

    The draw is no chance: the fifth of theirs is drawn, and anybody can count again which one it was.

    Emits: InspectionDrawn
    """
    is_severe = stage.inspect_when is not None and holds(stage.inspect_when)
    # A customer who confirms by themselves brings it through for whoever holds it.
    person_id = by.person_id or ticket.assignee_id
    if not person_id or (stage.inspect_one_in is None and not is_severe):
        return
    # Two at once must not be the same one of a person's.
    await tx.execute("select from person where id = %(id)s for no key update", {"id": person_id})
    sql = """
        select count(*) + 1 from inspection_mark
        where process_id = %(process)s and stage = %(stage)s and person_id = %(person)s"""
    params = {"process": run.process_id, "stage": stage.key, "person": person_id}
    number = await value(tx, int, sql, params) or 1
    drawn = is_drawn(number, stage.inspect_one_in, is_severe=is_severe)
    sql = """
        insert into inspection_mark (ticket_id, visit_id, person_id, process_id, stage, number, is_drawn, at)
        values (%(ticket)s, %(visit)s, %(person)s, %(process)s, %(stage)s, %(number)s, %(drawn)s, %(now)s)
        returning id"""
    more = {"ticket": ticket.id, "visit": visit.id, "number": number, "drawn": drawn, "now": now}
    mark_id = await value(tx, int, sql, params | more) or 0
    if not drawn:
        return
    told = {"person": person_id, "number": number}
    entry_id = await add_change(tx, ticket, "process.drawn", None, told, by=by, now=now)
    fact = InspectionDrawn(
        ticket_id=ticket.id,
        team_id=ticket.team_id,
        mark_id=mark_id,
        person_id=person_id,
        number=number,
        entry_id=entry_id,
    )
    await emit(tx, fact, by=by, at=now)
