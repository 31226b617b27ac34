"""Shapes of the engine's endpoints and frames."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from ombud.routing.engine.schemas.core import Exclusion, Need, ScorePart
from ombud.shared.personal import Personal, PersonalCut

Reason = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S")]
OfferState = Literal["open", "accepted", "missed", "declined", "withdrawn"]


class Offer(Struct):
    """Work on an agent's screen. The count-down ends at ``expires_at``; ``seconds`` is what is left of it now."""

    id: int
    ticket_id: int
    subject: Personal
    customer_name: str
    team_id: int
    channel_kind: str
    priority: int
    preview: PersonalCut
    offered_at: datetime
    expires_at: datetime
    seconds: float


class OfferList(Struct):
    """Offers that wait for one's answer, the oldest first."""

    items: list[Offer]


class OfferFrame(Struct, frozen=True):
    """An offer was made, or is over."""

    offer_id: int
    state: OfferState
    ticket_id: int | None


class DeclineIn(Struct, forbid_unknown_fields=True):
    """Why work is left to others."""

    reason: Reason


class Taken(Struct):
    """The ticket that is one's own now; None: nothing waits that one could take."""

    ticket_id: int | None


class DecisionLine(Struct):
    """A line of the record: what happened to work, to whom it went, and what was weighed."""

    id: int
    kind: str
    at: datetime
    team_id: int
    person_id: int | None
    person_name: str | None
    step: int | None
    score: float | None
    details: dict[str, Any]


class Override(Struct):
    """A rank that somebody gave by hand, and what was said of it afterwards."""

    id: int
    ticket_id: int
    subject: Personal
    score: float
    score_before: float | None
    reason: str
    person_id: int
    person_name: str
    at: datetime
    ended_at: datetime | None = None
    reviewed_by_name: str | None = None
    reviewed_at: datetime | None = None
    review: str = ""


class OverrideList(Struct):
    """Ranks given by hand, the newest first."""

    items: list[Override]


class OverrideIn(Struct, forbid_unknown_fields=True):
    """Where a ticket is to stand: before all others of its team, behind them, or at a score. And why."""

    reason: Reason
    place: Literal["first", "last"] | None = None
    score: Annotated[float, Meta(ge=0, le=100_000)] | None = None


class ReviewIn(Struct, forbid_unknown_fields=True):
    """What is said afterwards of a rank given by hand."""

    review: Reason


class Ahead(Struct):
    """A ticket that goes first, and by which parts of the score: only those in which it has more."""

    ticket_id: int
    subject: Personal
    score: float
    more: list[ScorePart]


class AskedStep(Struct):
    """What the work asks for during some seconds; None: for as long as it waits."""

    need: Need
    seconds: float | None


class Explanation(Struct):
    """Why a ticket waits, or is where it is: its score in parts, its rank, its step, its teams, what happened so far.

    ``band`` 1: safety or law is at stake. ``rank``: 1 is the next of its team. ``ahead``: those right before it.
    """

    ticket_id: int
    state: Literal["waiting", "offered", "assigned", "manual", "idle"]
    score: float | None = None
    band: int = 0
    parts: list[ScorePart] = []
    rank: int | None = None
    waiting: int = 0
    ahead: list[Ahead] = []
    eligible_at: datetime | None = None
    rule_id: int | None = None
    steps: list[AskedStep] = []
    step: int = 0
    step_ends_at: datetime | None = None
    team_ids: list[int] = []
    preferred_id: int | None = None
    preferred_until: datetime | None = None
    offered_to: int | None = None
    stuck_reason: str | None = None
    stuck_since: datetime | None = None
    override: Override | None = None
    lines: list[DecisionLine] = []


class PersonExplanation(Struct):
    """Why a person does, or does not, get a ticket; without exclusions they are a candidate, at this place."""

    ticket_id: int
    person_id: int
    person_name: str
    is_waiting: bool
    exclusions: list[Exclusion]
    fit: float
    value: float | None = None
    place: int | None = None
    candidates: int = 0
    # better ones first: who would get it now
    better: list[int] = []


class StuckGroup(Struct):
    """Waiting work of a team that nobody can take, by its reason."""

    team_id: int
    reason: str
    count: int
    since: datetime
    ticket_ids: list[int]


class StuckList(Struct):
    """Work that nobody can take, the oldest first."""

    items: list[StuckGroup]
