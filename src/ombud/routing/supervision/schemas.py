"""Shapes of the live page."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ombud.routing.floor.schemas import Alarm, Hand, Level, PresenceState, Waiting
from ombud.routing.skills.schemas import Held
from ombud.shared.personal import Personal, PersonalCut

DraftKind = Literal["reply", "note"]
Reason = Annotated[str, Meta(min_length=1, max_length=2_000, pattern=r"\S")]
Points = Annotated[int, Meta(ge=0, le=1000)]


class Answered(Struct, frozen=True):
    """First answers that were due in a span: how many, and how many of them came in time."""

    n: int
    in_time: int


class LiveQueue(Struct, frozen=True):
    """A team's queue now. Whoever looks counts the seconds themselves: nothing is sent while nothing changes."""

    team_id: int
    waiting: int
    oldest_at: datetime | None
    in_work: int
    today: Answered
    half_hour: Answered
    level: Level | None


class LiveAgent(Struct, frozen=True):
    """Somebody at work now."""

    person_id: int
    team_ids: list[int]
    state: PresenceState
    reason: str
    note: str
    since: datetime | None
    limit_at: datetime | None
    load_points: int
    capacity_points: int
    chats: int
    others: int
    # since when the longest waiting of their chats waits, of the last hour
    unanswered_at: datetime | None
    is_suspended: bool


class LiveFrame(Struct, frozen=True):
    """What changed in a team; whoever is not named is as before."""

    team_id: int
    queue: LiveQueue | None
    agents: list[LiveAgent]
    gone: list[int]


class Live(Struct, frozen=True):
    """Everything that the live page shows first; then it hears what changes."""

    at: datetime
    queues: list[LiveQueue]
    agents: list[LiveAgent]
    breaks: list[Waiting]
    hands: list[Hand]
    alarms: list[Alarm]


class Adherence(Struct, frozen=True):
    """How far somebody was in their planned hours today: minutes planned until now, and those they were at work in.

    ``is_due``: whether they are to be at work just now.
    """

    person_id: int
    planned_minutes: int
    kept_minutes: int
    percent: int | None
    is_due: bool


class AdherenceList(Struct, frozen=True):
    """Adherence of the people whom one leads."""

    items: list[Adherence]


class LiveTicket(Struct, frozen=True):
    """A conversation as the live page lists it."""

    id: int
    subject: Personal
    customer: str
    channel: str | None
    team_id: int
    assignee_id: int | None
    category: str
    priority: int
    waiting_since: datetime | None
    activity_at: datetime
    preview: PersonalCut


class LiveTicketList(Struct, frozen=True):
    """Conversations of an agent, or of a queue."""

    items: list[LiveTicket]


class Writing(Struct, frozen=True):
    """What an agent has written and not sent yet."""

    person_id: int
    kind: DraftKind
    text: Personal
    updated_at: datetime


class WritingList(Struct, frozen=True):
    """What is being written on a ticket."""

    items: list[Writing]


class CapacityIn(Struct, forbid_unknown_fields=True):
    """How much an agent may carry from now on."""

    capacity_points: Points


class SkillLevelIn(Struct, forbid_unknown_fields=True):
    """The level at which somebody holds a skill from now on; None takes it away. ``before``: what was seen."""

    level: Annotated[int, Meta(ge=1, le=5)] | None
    before: Annotated[int, Meta(ge=0, le=5)] | None = None


class AgentSkills(Struct, frozen=True):
    """What an agent holds."""

    items: list[Held]


class SuspensionIn(Struct, forbid_unknown_fields=True):
    """Why somebody is kept from customers for now; they read it."""

    reason: Reason


class Suspended(Struct, frozen=True):
    """What a suspension brought about: tickets that went back to their teams, planned answers that are held."""

    given_back: int
    held: int
