"""The machine that answers in a chat, as the chat knows it: it stands above this room, and the assembly puts it in."""

from datetime import datetime
from typing import Protocol

from ombud.channels.chat import queries
from ombud.channels.chat.queries import Place
from ombud.shared.database import Transaction
from ombud.shared.errors import NotFound


class Machine(Protocol):
    """Who answers simple questions, and hears whether that helped."""

    async def is_answering(self, tx: Transaction, channel_id: int) -> bool:
        """Whether a chat answers by itself."""

    async def say_helped(self, tx: Transaction, entry_id: int, *, helped: bool, now: datetime) -> None:
        """Note what the visitor says of an answer."""


async def say_helped(
    tx: Transaction, place: Place, entry_id: int, machine: Machine, *, helped: bool, now: datetime
) -> None:
    """Note what a visitor says of an answer that a machine gave them.

    Raises:
        NotFound: it is no answer of a machine's in their own talk.
    """
    if place.customer_id is None:
        raise NotFound
    found = await queries.list_messages(tx, place, after=entry_id - 1, limit=1)
    if not found or found[0].id != entry_id or found[0].machine is None:
        raise NotFound
    await machine.say_helped(tx, entry_id, helped=helped, now=now)
