"""A call or a mail that was promised to somebody who waited: watched like whatever an agent promises."""

from datetime import datetime

from msgspec import convert

from ombud.service_levels.promises import queries
from ombud.service_levels.promises.schemas import PromiseEndIn
from ombud.service_levels.promises.services.ending import end_promise
from ombud.service_levels.promises.services.recording import Draft, record
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction
from ombud.shared.events import Event
from ombud.tickets.schemas import LockedTicket

# Our next message keeps the mail; that the call was made somebody says.
WORDS = {
    "call": {"en": "We will call you back", "zh-CN": "我们会给您回电"},
    "mail": {"en": "We will answer you by mail", "zh-CN": "我们会用邮件回复您"},
}
AFTER_ALL = "客户选择继续等待 / The customer waits after all"


async def promise_callback(tx: Transaction, ticket: LockedTicket, event: Event, *, now: datetime) -> None:
    """Record that a call or a mail was promised, in the customer's language.

    Emits: PromiseMade, ClockStarted
    """
    words = WORDS[event.data["way"]]
    due_at = convert(event.data["due_at"], datetime)
    said = words.get(event.data["locale"], words["en"])
    await record(tx, ticket, Draft("note", said, "fixed", due_at, event.at, None), by=SYSTEM, now=now)


async def drop_callback(tx: Transaction, ticket: LockedTicket, event: Event, *, now: datetime) -> None:
    """Drop the promise of a customer who waits after all; a broken one stays broken.

    Emits: PromiseDropped, ClockDropped
    """
    words = set(WORDS[event.data["way"]].values())
    for one in await queries.waiting_of(tx, ticket.id):
        if one.way == "note" and one.made_by is None and one.words in words:
            await end_promise(tx, ticket.id, one.id, PromiseEndIn("dropped", AFTER_ALL), by=SYSTEM, now=now)
