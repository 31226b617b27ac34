"""Shapes of simulated days: scenarios as they are read."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Law = Literal["exponential", "lognormal", "fixed"]
Policy = Literal["skills", "longest_idle", "round_robin"]
POLICIES: tuple[Policy, ...] = ("skills", "longest_idle", "round_robin")

Seconds = Annotated[float, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Level = Annotated[int, Meta(ge=1, le=5)]
ClockTime = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """The same in both languages."""

    en: str
    zh: str


class Spell(Struct, frozen=True, forbid_unknown_fields=True):
    """A time that chance decides. ``spread`` is the standard deviation over the mean, of the lognormal law."""

    mean_seconds: Annotated[float, Meta(gt=0)]
    law: Law = "exponential"
    spread: Annotated[float, Meta(gt=0)] = 1.0


class NeedStep(Struct, frozen=True, forbid_unknown_fields=True):
    """Who may take it for so many seconds: all of these skills at least at their level, and one of those."""

    seconds: Annotated[float, Meta(gt=0)]
    all: dict[str, Level] = {}
    any: dict[str, Level] = {}


class Kind(Struct, frozen=True, forbid_unknown_fields=True):
    """A sort of work that arrives."""

    name: Words
    channel: str
    per_day: Annotated[float, Meta(ge=0)]
    profile: str
    handling: Spell
    # None: it waits as long as it takes, as a mail does
    patience: Spell | None = None
    steps: list[NeedStep] = []
    points: Annotated[int, Meta(ge=1)] = 1
    # answered within so many seconds counts into the service level
    target_seconds: Seconds = 60
    severity: Literal["low", "normal", "high", "critical"] = "normal"
    is_vip: bool = False
    is_safety: bool = False
    is_interruptible: bool = False
    # how many of them are hard for whoever takes them: anger, abuse
    hard_share: Share = 0
    # may be stopped by a surge plan
    is_low_value: bool = False
    is_call_back_possible: bool = False


class Break(Struct, frozen=True, forbid_unknown_fields=True):
    """A break of a shift; each next person of the group takes it ``stagger_minutes`` later."""

    at: ClockTime
    minutes: Annotated[float, Meta(gt=0)]
    stagger_minutes: Annotated[float, Meta(ge=0)] = 0


class Group(Struct, frozen=True, forbid_unknown_fields=True):
    """People with the same skills and the same shift."""

    name: Words
    count: Annotated[int, Meta(ge=0)]
    skills: dict[str, Level]
    starts: ClockTime
    ends: ClockTime
    breaks: list[Break] = []
    capacity: Annotated[int, Meta(ge=0)] = 1
    limits: dict[str, int] = {}
    wrap_up_seconds: Seconds = 0
    # comes only when a surge plan calls
    is_reserve: bool = False


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    """What is different from the day that a scenario is based on.

    ``arrivals`` and ``handling`` are multiplied by ``times`` between ``starts`` and ``ends``, for the kinds named in
    ``kinds`` (none: all). ``people`` leaves ``times`` of each group. ``skill`` takes one from everybody. ``outage``:
    nobody can work between the two moments, and what is in hand stands still.
    """

    what: Literal["arrivals", "handling", "people", "skill", "outage"]
    times: Annotated[float, Meta(ge=0)] = 1
    starts: ClockTime = "00:00"
    ends: ClockTime = "24:00"
    kinds: list[str] = []
    skill: str | None = None


class Scenario(Struct, frozen=True, forbid_unknown_fields=True):
    """A day. Kinds and groups carry a key, by which changes name them."""

    name: Words
    about: Words
    opens: ClockTime = "08:00"
    closes: ClockTime = "20:00"
    # weights of arrivals: as many intervals of the same length as the list has numbers
    profiles: dict[str, list[float]] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    changes: list[Change] = []
    # whoever lacks the skills that were asked for first needs so many times as long
    unskilled_times: Annotated[float, Meta(ge=1)] = 1.0
    # each other piece of work in hand makes the next one so much longer
    slowdown: Annotated[float, Meta(ge=0)] = 0.0
    # None: everybody may wait
    waiting_places: int | None = None
    # arrivals of the first minutes fill the desk and are not counted
    warm_up_minutes: Annotated[float, Meta(ge=0)] = 0


class Relief(Struct, frozen=True, forbid_unknown_fields=True):
    """What a surge plan does, as far as a simulated day can show it.

    It begins at ``starts``, or when ``waiting_over`` wait or the oldest waits ``oldest_over_seconds``. It ends after
    ``minutes``, or when less than half of what began it waits for ``calm_minutes``.
    """

    starts: ClockTime | None = None
    waiting_over: int | None = None
    oldest_over_seconds: float | None = None
    minutes: Annotated[float, Meta(gt=0)] = 120
    calm_minutes: Annotated[float, Meta(ge=0)] = 15
    # how many of the reserve come, and how long after the call
    reserve_share: Share = 0
    reserve_after_seconds: Seconds = 300
    # so many more at a time in each channel that has a limit, and points of capacity for them
    more_at_a_time: Annotated[int, Meta(ge=0, le=5)] = 0
    # steps hold so many times as long
    step_times: Annotated[float, Meta(gt=0, le=1)] = 1
    wrap_up_times: Annotated[float, Meta(ge=0, le=1)] = 1
    stops_low_value: bool = False
    blocks_breaks: bool = False
    # on top of the score of gold customers and critical work
    priority_points: Annotated[float, Meta(ge=0, le=100)] = 0
    # after so long a wait a call-back is offered; so many take it
    call_back_after_seconds: Seconds | None = None
    call_back_share: Share = 0
    # an assumption of whoever plays it: so many read the announcement and need nobody
    announcement_share: Share = 0
