"""How much strangers may do. Each limit is per visitor or per address; whoever passes it hears when to come back."""

from datetime import datetime

from ombud.channels.chat.tokens import Visitor
from ombud.shared.database import Transaction
from ombud.shared.throttle import Limit, take, take_all

VISITORS = Limit("chat.visitors", 30, 300)
MESSAGES = Limit("chat.messages", 20, 60)
ADDRESS_MESSAGES = Limit("chat.address_messages", 120, 60)
FILES = Limit("chat.files", 10, 120)
ADDRESS_FILES = Limit("chat.address_files", 40, 300)
SIGNALS = Limit("chat.signals", 120, 60)
CALLBACKS = Limit("chat.callbacks", 10, 300)
PREPARED = Limit("chat.prepared", 200, 60)
STREAMS = Limit("chat.streams", 60, 60)
MAILS = "chat.mails"
"""Mails to a typed address in a day; how many is a setting of the widget."""


async def take_message(tx: Transaction, visitor: Visitor, address: str, *, now: datetime) -> None:
    """Use up one message of a visitor and of their address.

    Raises:
        LimitReached: too many.
    """
    await take_all(tx, [(MESSAGES, visitor.public_id), (ADDRESS_MESSAGES, address)], now=now)


def mails_a_day(count: int) -> Limit:
    """The limit of mails to one typed address."""
    return Limit(MAILS, count, 86_400)


async def take_file(tx: Transaction, visitor: Visitor, address: str, *, now: datetime) -> None:
    """Use up one upload of a visitor and of their address.

    Raises:
        LimitReached: too many.
    """
    await take(tx, FILES, visitor.public_id, now=now)
    await take(tx, ADDRESS_FILES, address, now=now)
