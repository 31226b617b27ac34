"""What a ticket's page shows of working together, read in one go."""

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value
from ombud.tickets.queries.tickets import require_visible
from ombud.tickets.schemas import Together
from ombud.tickets.services.together.checklists import list_items
from ombud.tickets.services.together.followers import list_followers
from ombud.tickets.services.together.time_spent import list_time


async def get_together(tx: Transaction, ticket_id: int, *, by: Actor) -> Together:
    """Followers, checklist and time of a ticket.

    Raises:
        NotFound: the ticket may not be seen.
    """
    ticket_id = await require_visible(tx, ticket_id, by=by)
    followers = await list_followers(tx, ticket_id)
    spent = await list_time(tx, ticket_id)
    sql = "select exists (select from shared_draft where ticket_id = %(id)s)"
    return Together(
        followers=followers,
        is_following=any(one.person_id == by.person_id for one in followers),
        checklist=await list_items(tx, ticket_id),
        time=spent,
        total_seconds=sum(one.seconds for one in spent),
        has_shared_draft=await value(tx, bool, sql, {"id": ticket_id}) or False,
    )
