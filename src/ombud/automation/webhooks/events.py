"""What webhooks announce of themselves."""

from ombud.shared.events import Fact


class WebhookCreated(Fact, frozen=True, kw_only=True):
    """Somebody gave a new receiver."""

    webhook_id: int


class WebhookChanged(Fact, frozen=True, kw_only=True):
    """Somebody changed a receiver, its secret included."""

    webhook_id: int


class WebhookRemoved(Fact, frozen=True, kw_only=True):
    """Somebody took a receiver away."""

    webhook_id: int


class WebhookPaused(Fact, frozen=True, kw_only=True):
    """A receiver failed for days on end and gets nothing more until somebody starts it again."""

    webhook_id: int
