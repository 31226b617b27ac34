"""Shapes of surge plans."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from ombud.tickets.services.prepared import PreparedCount

Level = Literal["none", "blue", "yellow", "orange", "red"]
LEVELS: tuple[Level, ...] = ("none", "blue", "yellow", "orange", "red")
EffectKind = Literal["concurrency", "steps", "priority", "park", "overflow", "breaks"]
EndCause = Literal["time", "switch", "calm"]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Words = Annotated[str, Meta(max_length=1000)]
MOST_AT_A_TIME = 3


class BothWords(Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages; where one is empty the other is shown."""

    en: Words = ""
    zh: Words = ""


class PreparedAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """A question that many have now, and its answer: shown by widgets before anybody talks with them."""

    question: BothWords
    answer: BothWords


class Bound(Struct, frozen=True, forbid_unknown_fields=True):
    """From where on a level holds: any of the three is enough; None: not looked at."""

    # how much more arrives than expected, and at least so many more
    deviation_percent: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    waiting: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    oldest_seconds: Annotated[int, Meta(ge=1, le=86_400)] | None = None


class SurgeThresholds(Struct, frozen=True, forbid_unknown_fields=True):
    """The bounds of the four levels."""

    blue: Bound = Bound(50, 20, 300)
    yellow: Bound = Bound(100, 50, 600)
    orange: Bound = Bound(200, 100, 1200)
    red: Bound = Bound(300, 200, 1800)


class Measures(Struct, frozen=True, forbid_unknown_fields=True):
    """What a plan does."""

    # agents marked as reserve are asked to come; those who accept belong to the teams while it lasts
    calls_reserve: bool = False
    reserve_words: BothWords = BothWords()
    # so many more conversations at a time for each agent
    more_at_a_time: Annotated[int, Meta(ge=0, le=MOST_AT_A_TIME)] = 0
    # skill steps hold so many times as long
    step_times: Annotated[float, Meta(ge=0.1, le=1)] = 1
    # points for urgent work and for the tiers that are named; safety and law stay above
    priority_points: Annotated[int, Meta(ge=0, le=100)] = 0
    priority_tiers: Annotated[list[Annotated[str, Meta(max_length=60)]], Meta(max_length=20)] = []
    # what fits waits until the plan has ended
    park_condition: dict[str, Any] | None = None
    announcement: BothWords = BothWords()
    # shown by widgets with the announcement
    prepared: Annotated[list[PreparedAnswer], Meta(max_length=10)] = []
    # what whoever opens a ticket by chat, form or mail gets by itself
    first_answer: BothWords = BothWords()
    # empty: on every channel
    channel_ids: Annotated[list[int], Meta(max_length=50)] = []
    opens_overflow: bool = False
    blocks_breaks: bool = False


class PlanSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """A plan as it is written down. ``minutes`` is its end: there is no plan without one."""

    name_en: Name
    name_zh: Name
    minutes: Annotated[int, Meta(ge=5, le=1440)]
    # the level that sets it off; None: only the switch
    level: Literal["blue", "yellow", "orange", "red"] | None = None
    # it ends early when the level lay below for so long
    calm_minutes: Annotated[int, Meta(ge=1, le=240)] = 15
    # empty: every team
    team_ids: Annotated[list[int], Meta(max_length=100)] = []
    measures: Measures = field(default_factory=Measures)


class PlanIn(Struct, forbid_unknown_fields=True):
    """A plan as it shall be."""

    spec: PlanSpec


class Rehearsal(Struct):
    """A plan played against a simulated day."""

    id: int
    version: int
    scenario_en: str
    scenario_zh: str
    result: dict[str, Any]
    is_passed: bool
    note: str
    person_id: int | None
    at: datetime


class Plan(Struct):
    """A plan with its last rehearsal."""

    id: int
    version: int
    spec: PlanSpec
    changed_at: datetime
    run_id: int | None = None
    rehearsal: Rehearsal | None = None


class DeskFigures(Struct, frozen=True):
    """How the desk stands: what surge levels go by, and what a board draws."""

    waiting: int = 0
    oldest_seconds: int = 0
    # of the running half hour, and what four same half hours before had on average; None: no weeks to look back on
    arrived: int = 0
    expected: float | None = None
    deviation_percent: int | None = None
    online: int = 0
    in_hand: int = 0
    # answered within the last half hour, and how many of them in their time
    answered: int = 0
    answered_in_time: int = 0
    parked: int = 0


class FigurePoint(Struct):
    """The figures at a moment."""

    at: datetime
    figures: DeskFigures


class Call(Struct):
    """A reserve agent who was called."""

    person_id: int
    name: str
    team_id: int
    called_at: datetime
    answer: Literal["accepted", "declined"] | None
    answered_at: datetime | None


class Effect(Struct):
    """One thing that a run does."""

    kind: str
    team_id: int | None
    value: dict[str, Any]
    ended_at: datetime | None


class Report(Struct, frozen=True):
    """What a run did, and the figures before, at its worst and at its end."""

    before: DeskFigures
    worst: DeskFigures
    after: DeskFigures
    effects: int
    called: int
    accepted: int
    parked: int
    unparked: int
    minutes: int
    first_answers: int = 0
    prepared: list[PreparedCount] = []


class Run(Struct):
    """A plan in force, or one that was."""

    id: int
    plan_id: int
    version: int
    name_en: str
    name_zh: str
    cause: Literal["switch", "threshold"]
    level: Level
    started_at: datetime
    started_by: int | None
    ends_at: datetime
    ended_at: datetime | None
    ended_by: int | None
    end_cause: EndCause | None
    before: DeskFigures
    report: Report | None


class RunDetails(Struct):
    """A run with all that belongs to it."""

    run: Run
    effects: list[Effect]
    calls: list[Call]
    figures: list[FigurePoint]
    first_answers: int
    prepared: list[PreparedCount]


class SurgeBoard(Struct):
    """Everything of the surge page."""

    level: Level
    level_since: datetime | None
    figures: DeskFigures
    thresholds: SurgeThresholds
    plans: list[Plan]
    running: list[Run]
    past: list[Run]


class SwitchIn(Struct, forbid_unknown_fields=True):
    """Put a plan in force, or end it."""

    is_on: bool


class MyCall(Struct):
    """That somebody is asked to come."""

    run_id: int
    team_name: str
    words: BothWords
    name_en: str
    name_zh: str
    called_at: datetime
    ends_at: datetime
    answer: Literal["accepted", "declined"] | None


class MyCalls(Struct):
    """The calls that are open for somebody."""

    items: list[MyCall] = field(default_factory=list)


class CallAnswerIn(Struct, forbid_unknown_fields=True):
    """Come, or not."""

    answer: Literal["accepted", "declined"]


class RehearsalIn(Struct, forbid_unknown_fields=True):
    """Which simulated day the plan is played against."""

    scenario: Annotated[str, Meta(max_length=60)] = "surge"
    note: Annotated[str, Meta(max_length=1000)] = ""
