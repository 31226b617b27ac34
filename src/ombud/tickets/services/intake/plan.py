"""What intake works with: claimed rows, known tickets, and what shall become of them. No database here."""

from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct

from ombud.tickets.rules import is_too_old_to_reopen, preview_of
from ombud.tickets.schemas import Category, InboundMessage
from ombud.tickets.sides.schemas import MailSide

# A customer's message turns these back into work.
RESUMED = frozenset({"waiting", "solved"})


class ClaimedRow(Struct):
    """An inbox row with what its channel says of it."""

    id: int
    channel_id: int
    received_at: datetime
    message: str
    kind: str
    brand_id: int
    team_id: int


class KnownTicket(Struct):
    """A ticket that a message may join, as it stands now."""

    id: int
    category: Category
    status_id: int
    team_id: int
    assignee_id: int | None
    customer_id: int
    solved_at: datetime | None
    # customers of tickets that were merged into it
    joined_customer_ids: list[int] = []

    def knows(self, customer_id: int | None) -> bool:
        """Whether this customer wrote it, or one that was merged into it."""
        return customer_id == self.customer_id or customer_id in self.joined_customer_ids


@dataclass
class Incoming:
    """One message on its way through a batch."""

    row: ClaimedRow
    message: InboundMessage
    # None: a third party, who is no customer
    customer_id: int | None = None
    ticket_id: int = 0
    entry_id: int = 0
    is_proven: bool = True
    # found by a hint only: valid if the ticket knows the customer
    is_hinted: bool = False
    # what it answers beside the customer's conversation: for colleagues only
    side: MailSide | None = None
    # set when nothing is to be made of it: the reason that an administrator reads
    dismissed: str = ""
    duplicate_of: int | None = None

    @property
    def writer_id(self) -> int:
        """The customer who wrote it; 0 for a third party."""
        return self.customer_id or 0

    @property
    def is_side(self) -> bool:
        """Whether it belongs beside the conversation."""
        return self.side is not None

    @property
    def is_automatic(self) -> bool:
        """Machine mail: it neither reopens a ticket nor lets a customer wait."""
        return self.message.kind != "normal"


@dataclass
class NewTicket:
    """A ticket that a batch opens."""

    id: int
    first: Incoming
    follow_up_of: int | None = None


@dataclass
class Growth:
    """What a batch adds to one ticket."""

    ticket_id: int
    team_id: int
    messages: list[Incoming] = field(default_factory=list)
    # the customer's turn is over: the ticket is work again
    resumes: bool = False
    # it had been solved
    reopens: bool = False

    @property
    def from_customer(self) -> list[Incoming]:
        """Messages that a person wrote."""
        return [one for one in self.messages if not one.is_automatic]

    @property
    def waiting_since(self) -> datetime | None:
        """Since when the customer waits, if a person wrote."""
        return next((one.row.received_at for one in self.messages if not one.is_automatic), None)

    @property
    def preview(self) -> str:
        """The newest message on one line."""
        return preview_of(self.messages[-1].message.text)


def joinable(ticket: KnownTicket, *, now: datetime, reopen_days: int) -> bool:
    """Whether a message still belongs to this ticket; else it opens a new one that is linked to it."""
    return not is_too_old_to_reopen(ticket.category, ticket.solved_at, now=now, reopen_days=reopen_days)
