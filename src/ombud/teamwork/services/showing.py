"""All of teamwork on a ticket, as its page shows it."""

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value
from ombud.teamwork import queries
from ombud.teamwork.schemas import TeamworkView
from ombud.teamwork.services.dispatching import MOST_RETURNS
from ombud.teamwork.services.urging import urges_to_escalate
from ombud.tickets.queries.tickets import require_visible
from ombud.tickets.services.closing import load_closing


async def show_teamwork(tx: Transaction, ticket_id: int, *, by: Actor) -> TeamworkView:
    """Departments, urges, supervision, extensions, tasks and the closing of a ticket.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
    """
    ticket_id = await require_visible(tx, ticket_id, by=by)
    type_id = await value(tx, int, "select type_id from ticket where id = %(id)s", {"id": ticket_id})
    urges = await queries.list_urges(tx, ticket_id)
    withdrawn = "select exists (select from withdrawal where ticket_id = %(id)s)"
    return TeamworkView(
        first_contact_id=await queries.first_contact(tx, ticket_id),
        dispatches=await queries.list_dispatches(tx, ticket_id),
        urges=urges,
        supervision=await queries.open_supervision(tx, ticket_id),
        extensions=await queries.list_extensions(tx, ticket_id),
        tasks=await queries.list_tasks(tx, ticket_id),
        closing=await load_closing(tx, ticket_id, type_id),
        is_withdrawn=bool(await value(tx, bool, withdrawn, {"id": ticket_id})),
        returns_left=max(0, MOST_RETURNS - await queries.count_returns(tx, ticket_id)),
        urges_to_escalate=urges_to_escalate(urges),
    )
