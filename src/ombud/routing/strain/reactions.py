"""Customers' messages are read for words that are hard to bear."""

from ombud.routing.strain.services.watching import mark_messages
from ombud.shared.readers import Reader

STRAIN = Reader(
    name="strain",
    react=mark_messages,
    kinds=frozenset({"message_received"}),
)
