"""A ticket's process as its page shows it."""

from datetime import datetime

from ombud.processes import queries
from ombud.processes.schemas import ProcessView, RunView
from ombud.processes.services.running import find_needs, holding
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, value
from ombud.tickets.queries.tickets import LOCKED, require_visible
from ombud.tickets.schemas import LockedTicket


async def show_process(tx: Transaction, ticket_id: int, *, by: Actor, now: datetime) -> ProcessView:
    """The process that a ticket goes through, or went through last, and the solutions that were tried.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
    """
    ticket_id = await require_visible(tx, ticket_id, by=by)
    ticket = await row(tx, LockedTicket, f"select {LOCKED} from ticket where id = %(id)s", {"id": ticket_id})
    run = await queries.last_run(tx, ticket_id)
    solutions = await queries.list_solutions(tx, ticket_id)
    if run is None or ticket is None:
        return ProcessView(None, solutions)
    visits = await queries.list_visits(tx, run.id)
    present = next((one for one in visits if one.ended_at is None), None)
    problems = {}
    if present is not None:
        problems = await find_needs(tx, ticket, run, present, await holding(tx, ticket, run, now=now))
    newest = "select max(id) = %(version)s from process_version where process_id = %(process)s"
    params = {"version": run.version_id, "process": run.process_id}
    view = RunView(
        id=run.id,
        process_id=run.process_id,
        version_id=run.version_id,
        is_newest=bool(await value(tx, bool, newest, params)),
        spec=run.spec,
        answers=run.answers,
        started_at=run.started_at,
        ended_at=run.ended_at,
        visits=visits,
        confirmations=await queries.confirmations(tx, run.id),
        link=await queries.last_link(tx, present.id) if present else None,
        marks=await queries.marks(tx, run.id),
        problems=problems,
    )
    return ProcessView(view, solutions)
