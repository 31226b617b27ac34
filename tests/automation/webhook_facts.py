"""Facts that happen in these tests, and the shapes of its fixtures."""

from collections.abc import Awaitable, Callable

from ombud.automation.webhooks import queries
from ombud.automation.webhooks.schemas import NewWebhook, WebhookDelivery
from ombud.shared.database import Database
from ombud.shared.events import Fact

Make = Callable[..., Awaitable[NewWebhook]]
Happen = Callable[..., Awaitable[None]]


class TicketOpened(Fact, frozen=True, kw_only=True):
    priority: int = 2


class NoteAdded(Fact, frozen=True, kw_only=True):
    entry_id: int = 5


OPENED = TicketOpened(ticket_id=10_001, team_id=1)


async def log_of(database: Database, webhook_id: int) -> list[WebhookDelivery]:
    """A webhook's deliveries, oldest first."""
    async with database.transaction() as tx:
        return list(reversed(await queries.deliveries(tx, webhook_id, before=None, limit=1_000)))
