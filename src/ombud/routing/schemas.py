"""Shapes of routing."""

from datetime import datetime

from msgspec import Struct


class WaitingTicket(Struct):
    """A ticket that waits for an agent."""

    id: int
    team_id: int
    brand_id: int
    load_points: int


class Candidate(Struct):
    """An agent who is online, with room for work. Changes while a batch is decided."""

    person_id: int
    team_ids: list[int]
    capacity_points: int
    load_points: int
    idle_since: datetime
    # None: every brand
    brand_ids: list[int] | None = None

    def takes(self, ticket: WaitingTicket) -> bool:
        """Whether there is room for the ticket, and its brand is theirs."""
        is_theirs = self.brand_ids is None or ticket.brand_id in self.brand_ids
        return is_theirs and self.load_points + ticket.load_points <= self.capacity_points


class Decision(Struct, frozen=True):
    """One ticket for one agent, with what was weighed."""

    ticket_id: int
    team_id: int
    person_id: int
    candidates: int
    load_points: int
    capacity_points: int
    idle_since: datetime
