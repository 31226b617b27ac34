"""Facts that happen in these tests, and the shapes of its fixtures."""

from collections.abc import Awaitable, Callable

from ombud.automation.webhooks.schemas import NewWebhook
from ombud.shared.events import Fact

Make = Callable[..., Awaitable[NewWebhook]]
Happen = Callable[..., Awaitable[None]]


class TicketOpened(Fact, frozen=True, kw_only=True):
    priority: int = 2


class NoteAdded(Fact, frozen=True, kw_only=True):
    entry_id: int = 5
