"""Mails that were told how long it takes: over when somebody has answered."""

from ombud.routing.waiting.services.mails import end_mails
from ombud.shared.readers import Reader

WAITING = Reader(
    name="waiting",
    react=end_mails,
    kinds=frozenset({"reply_sent", "ticket_solved"}),
)
