"""Shapes of the engine's pure core. Times are seconds as floats: POSIX in the product, its own in the simulator."""

from typing import Literal

from msgspec import Struct, field

Policy = Literal["skills", "longest_idle", "round_robin"]


class Need(Struct, frozen=True, rename={"any_of": "any", "all_of": "all"}, omit_defaults=True):
    """What is asked of an agent: one skill at a level or better, or all or any of several needs. Empty: nothing."""

    skill_id: int = 0
    level: int = 1
    any_of: tuple["Need", ...] = ()
    all_of: tuple["Need", ...] = ()


class Step(Struct, frozen=True, omit_defaults=True):
    """What work asks for during some seconds; None: for as long as it waits."""

    need: Need = Need()
    seconds: float | None = None


class Work(Struct, kw_only=True):
    """A piece of work that waits for an agent."""

    id: int
    # the own team first, then the overflow teams opened so far
    team_ids: tuple[int, ...]
    brand_id: int = 0
    customer_id: int = 0
    channel: str = ""
    points: int = 1
    # does not stand in the way of other work
    is_interruptible: bool = False
    score: float = 0.0
    eligible_at: float = 0.0
    steps: tuple[Step, ...] = ()
    # the step that it has reached at least; time moves it on, and never back
    step: int = 0
    refused_by: tuple[int, ...] = ()
    # the agent whom the customer knows; only they, until preferred_until
    preferred_id: int | None = None
    preferred_until: float = 0.0
    is_hard: bool = False


class Agent(Struct, kw_only=True):
    """Somebody who could take work. ``load`` is all of their points, ``firm_load`` those that cannot be put aside."""

    id: int
    team_ids: tuple[int, ...]
    # only what is valid today; level 1 to 5
    skills: dict[int, int] = {}
    capacity: int = 1
    load: int = 0
    firm_load: int = 0
    # concurrent conversations by kind of channel, and how many of them at most
    per_channel: dict[str, int] = {}
    limits: dict[str, int] = {}
    # kinds of channels that they take; None: all
    accepts: frozenset[str] | None = None
    # since when they are idle, and when something was given to them last
    idle_since: float = 0.0
    given_at: float = 0.0
    brand_ids: frozenset[int] | None = None
    # how many pieces of work may come to them just now; None: no bound
    ramp_at_most: int | None = None
    # from 1 (as everybody) to 0 (hard work only where nobody else is)
    hard_share: float = 1.0
    excluded_customers: frozenset[int] = frozenset()
    # work given to them within the fairness window, per hour that they were there
    recent: float = 0.0
    # why nothing is given to them at all; '': they are there
    unavailable: str = ""


class Exclusion(Struct, frozen=True, omit_defaults=True):
    """One reason why an agent does not get a piece of work."""

    code: str
    # what of the present step they lack
    needs: tuple[Need, ...] = ()
    has: float | None = None
    at_most: float | None = None


class Candidate(Struct, frozen=True):
    """An agent who could have taken the work, and what that would have been worth."""

    person_id: int
    value: float
    fit: float
    load: float
    idle_since: float


class Decision(Struct, frozen=True, kw_only=True):
    """One piece of work for one agent, with what was weighed. ``candidates``: the best few, the chosen one first."""

    work_id: int
    person_id: int
    team_id: int
    step: int
    score: float
    value: float
    # how well the agent meets what the work asked for at first, 0 to 1
    fit: float
    load: int
    capacity: int
    idle_since: float
    candidate_count: int
    candidates: tuple[Candidate, ...] = ()
    # agents who were there and may not have it, by the first reason against them; those without room are not counted
    excluded: dict[str, int] = {}


class Weights(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Points that each fact brings when it is at its highest, and what else the score is made of.

    No weight lifts work over the band of safety and law.
    """

    urgency: float = 60.0
    severity: float = 30.0
    people: float = 20.0
    money: float = 15.0
    customer: float = 25.0
    deadline: float = 40.0
    risk: float = 25.0
    contacts: float = 15.0
    # points for each minute of waiting, alike for all
    ageing: float = 0.25
    # where a deadline begins to count
    deadline_minutes: float = 240.0
    # what is worth the full points; they grow with the logarithm
    people_at_most: int = 1_000
    money_at_most_cents: int = 10_000_000
    # worth of a customer by tier, 0 to 1
    tiers: dict[str, float] = field(default_factory=lambda: {"VIP": 1.0})


class Facts(Struct, frozen=True, kw_only=True):
    """What is known of a piece of work when it is scored."""

    # 1 low to 4 urgent
    urgency: int = 2
    # 0 none to 1 the worst
    severity: float = 0.0
    people: int = 0
    money_cents: int = 0
    is_safety: bool = False
    is_law: bool = False
    tier: str = ""
    # until the next deadline or promise; None: none
    due_in_seconds: float | None = None
    waiting_seconds: float = 0.0
    # 0 none to 1 certain: alerts that it becomes a complaint, a loss, a headline
    risk: float = 0.0
    # how often they wrote before somebody took it
    contacts: int = 1


class ScorePart(Struct, frozen=True):
    """What one fact brings."""

    name: str
    # the fact itself, in its own unit
    fact: float
    points: float


class Score(Struct, frozen=True):
    """The priority score and what it is made of. ``band``: 0, or 1 where safety or law is at stake."""

    value: float
    band: int
    parts: tuple[ScorePart, ...]
