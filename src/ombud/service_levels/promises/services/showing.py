"""A ticket's promises as its page shows them."""

from ombud.service_levels.promises import queries
from ombud.service_levels.promises.schemas import WatchedPromises
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.tickets.queries.tickets import require_visible


async def show_promises(tx: Transaction, ticket_id: int, *, by: Actor) -> WatchedPromises:
    """All promises of a ticket, those to be done first.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
    """
    return WatchedPromises(await queries.list_of_ticket(tx, await require_visible(tx, ticket_id, by=by)))
