"""The rules' reader of the log: which rules an event sets off, and since when tickets wait for their customers."""

from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from ombud.automation.rules.book import Shelf
from ombud.automation.rules.schemas import EventKind
from ombud.automation.rules.services.due import note_answers
from ombud.automation.rules.services.running import occasion_of, try_rules
from ombud.shared.database import Transaction
from ombud.shared.events import Event
from ombud.shared.readers import Reader
from ombud.views.services.asking import words_of

SHELF = Shelf()
# Events whose entry holds words that somebody wrote.
_WRITTEN = frozenset({"message_received", "reply_sent", "note_added"})


async def follow_rules(tx: Transaction, events: Sequence[Event], now: datetime) -> None:
    """Let rules hear events, one after the other, in the order of the log.

    Emits: RuleRan, and whatever the verbs of rules emit
    """
    await note_answers(tx, events)
    book = await SHELF.book(tx)
    heard = [one for one in events if one.ticket_id is not None and one.kind in book.by_kind]
    if not heard:
        return
    values = await book.asked.load(tx, {one.ticket_id for one in heard if one.ticket_id is not None})
    words = await words_of(tx, {one.data["entry_id"] for one in heard if one.kind in _WRITTEN})
    touched: set[int] = set()
    for event in heard:
        ticket_id = event.ticket_id or 0
        if ticket_id in touched:
            values |= await book.asked.load(tx, [ticket_id])
        if ticket_id not in values:
            continue
        occasion = occasion_of(event, words.get(event.data.get("entry_id", 0)) if event.kind in _WRITTEN else None)
        if await try_rules(tx, book, book.by_kind[event.kind], occasion, values[ticket_id], now):
            touched.add(ticket_id)


RULES = Reader(
    name="rules",
    react=follow_rules,
    kinds=frozenset(get_args(EventKind)) | {"reply_undone", "ticket_merged"},
    batch_size=100,
    wakes=("sequence", "outbox"),
)
