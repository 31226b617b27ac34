"""Facts of supervision: who looked and who decided. Ids only."""

from ombud.shared.events import Fact


class ConversationListened(Fact, frozen=True, kw_only=True):
    """Somebody who leads began to listen in on a conversation. No event of the ticket: nobody on it is told."""

    about_ticket_id: int
    holder_id: int | None


class CapacityChanged(Fact, frozen=True, kw_only=True):
    """Somebody who leads gave an agent another capacity."""

    person_id: int
    from_points: int
    to_points: int


class AgentSuspended(Fact, frozen=True, kw_only=True):
    """Somebody is kept from customers for now; their work went back."""

    person_id: int
    given_back: int


class SuspensionLifted(Fact, frozen=True, kw_only=True):
    """Somebody may talk with customers again."""

    person_id: int
