"""Shapes of skills, levels, settings of agents and teams, requirement rules and weights."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from ombud.accounts.schemas import RoutingMode
from ombud.routing.engine.schemas import Step, Weights
from ombud.shared.personal import Personal
from ombud.tickets.schemas.values import ChannelKind

SkillKind = Literal["language", "product", "channel", "process", "certificate", "other"]
Name = Annotated[str, Meta(max_length=80)]
Level = Annotated[int, Meta(ge=1, le=5)]
Seconds = Annotated[int, Meta(ge=0, le=604_800)]
Channels = Annotated[list[ChannelKind], Meta(max_length=4)]
Limits = dict[ChannelKind, Annotated[int, Meta(ge=0, le=100)]]


class SkillIn(Struct, forbid_unknown_fields=True):
    """A skill as entered. ``version``: the one that was read; None where it is new."""

    kind: SkillKind
    name_en: Name = ""
    name_zh: Name = ""
    is_archived: bool = False
    version: int | None = None


class Skill(Struct):
    """A skill, how many active people hold it today, and how many rules ask for it."""

    id: int
    kind: SkillKind
    name_en: str
    name_zh: str
    version: int
    is_archived: bool
    people: int = 0
    rules: int = 0


class SkillList(Struct):
    """Skills by kind and name, archived ones last."""

    items: list[Skill]


class Held(Struct):
    """A skill that a person holds; ``is_over``: its day has passed, so that it does not count."""

    skill_id: int
    level: int
    valid_until: date | None = None
    is_over: bool = False


class PersonLevels(Struct):
    """A row of the matrix: an agent with all that they hold."""

    person_id: int
    name: str
    team_ids: list[int]
    held: list[Held] = []


class LevelChange(Struct, forbid_unknown_fields=True):
    """One cell of the matrix; ``level`` None takes the skill away.

    ``before``, where it is given, is the level that the writer saw, 0 for none: another one refuses the change.
    """

    person_id: int
    skill_id: int
    level: Level | None
    valid_until: date | None = None
    before: Annotated[int, Meta(ge=0, le=5)] | None = None


class LevelChanges(Struct, forbid_unknown_fields=True):
    """Cells to be written together: all or none."""

    items: Annotated[list[LevelChange], Meta(min_length=1, max_length=2_000)]


class LevelsWritten(Struct):
    """How many cells are others now."""

    changed: int


class TableIn(Struct, forbid_unknown_fields=True):
    """A table of levels as CSV text; ``is_trial``: nothing is written."""

    text: Annotated[str, Meta(min_length=1, max_length=2_000_000)]
    is_trial: bool = True


class TableProblem(Struct):
    """A cell or a row of a table that cannot be used."""

    line: int
    code: Literal["unknown_person", "unknown_skill", "bad_level", "bad_day", "twice"]
    text: str


class TableRead(Struct):
    """What a table would change, or has changed; with problems nothing is written."""

    people: int
    changed: int
    problems: list[TableProblem] = []


class AgentSettings(Struct, forbid_unknown_fields=True):
    """What an agent takes. ``accepts`` None: every channel; ``calendar_id`` None: their teams' hours."""

    capacity_points: Annotated[int, Meta(ge=0, le=1_000)] = 12
    limits: Limits = {}
    accepts: Channels | None = None
    wrap_up_seconds: Annotated[int, Meta(ge=0, le=3_600)] = 0
    ramp_seconds: Annotated[int, Meta(ge=0, le=7_200)] = 0
    calendar_id: int | None = None
    is_reserve: bool = False


class AgentRoutingIn(Struct, forbid_unknown_fields=True):
    """Settings as they are saved. ``version``: the one that was read, 0 for the defaults."""

    settings: AgentSettings
    version: int


class Excluded(Struct):
    """A customer whose work an agent is never given."""

    customer_id: int
    customer_name: str
    reason: str
    by_name: str | None
    at: datetime


class AgentRouting(Struct):
    """An agent's settings, customers kept from them, and whether they are kept from customers."""

    person_id: int
    name: str
    team_ids: list[int]
    version: int
    settings: AgentSettings
    excluded: list[Excluded] = []
    suspended_at: datetime | None = None


class ExclusionIn(Struct, forbid_unknown_fields=True):
    """Why an agent is not given a customer's work."""

    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class Overflow(Struct, forbid_unknown_fields=True):
    """A team that helps out: when work has waited so long, so much waits, and so many are free over there."""

    to_team_id: int
    after_seconds: Seconds = 300
    min_waiting: Annotated[int, Meta(ge=0, le=100_000)] = 0
    min_free: Annotated[int, Meta(ge=0, le=10_000)] = 0
    is_outsourced: bool = False


class TeamSettings(Struct, forbid_unknown_fields=True):
    """How work reaches the people of a team."""

    routing: RoutingMode = "push"
    offer_seconds: Annotated[int, Meta(ge=5, le=600)] = 30
    offered_channels: Channels = []
    fairness_minutes: Annotated[int, Meta(ge=1, le=1_440)] = 60
    anyone_after_seconds: Seconds = 120
    interruptible_channels: Channels = field(default_factory=lambda: ["email", "form", "api"])
    preferred_seconds: Annotated[int, Meta(ge=0, le=86_400)] = 0
    overflow: Annotated[list[Overflow], Meta(max_length=20)] = []


class TeamRoutingIn(Struct, forbid_unknown_fields=True):
    """Settings as they are saved. ``version``: the one that was read, 0 for the defaults."""

    settings: TeamSettings
    version: int


class TeamRouting(Struct):
    """A team's settings."""

    team_id: int
    name: str
    version: int
    settings: TeamSettings


class TeamRoutingList(Struct):
    """Settings of all teams at work."""

    items: list[TeamRouting]


class SkillNeed(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a step: a skill at a level or higher, or (one deep) several of which all or any are needed."""

    skill_id: int | None = None
    level: Level = 1
    all: "Annotated[list[SkillNeed], Meta(min_length=1, max_length=10)] | None" = None
    any: "Annotated[list[SkillNeed], Meta(min_length=1, max_length=10)] | None" = None


class SkillStep(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom work waits for; exactly one of ``all`` and ``any`` is given.

    ``seconds`` None: as long as its team waits before anybody may have its work.
    """

    seconds: Annotated[int, Meta(ge=1, le=604_800)] | None = None
    all: Annotated[list[SkillNeed], Meta(min_length=1, max_length=10)] | None = None
    any: Annotated[list[SkillNeed], Meta(min_length=1, max_length=10)] | None = None


class RequirementSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule as entered: which work, and its steps. After the last step anybody of the team may have it."""

    steps: Annotated[list[SkillStep], Meta(max_length=10)]
    name_en: Name = ""
    name_zh: Name = ""
    condition: dict[str, Any] = field(default_factory=lambda: {"all": []})


class RequirementIn(Struct, forbid_unknown_fields=True):
    """A rule as it is saved. ``version``: the one that was read; None where it is new."""

    spec: RequirementSpec
    is_on: bool = False
    version: int | None = None


class RequirementProblem(Struct):
    """Something that a rule names and that is gone."""

    place: str
    code: str
    value: Any = None


class Requirement(Struct):
    """A requirement rule in its newest version, with what it names that is gone."""

    id: int
    position: int
    is_on: bool
    version: int
    spec: RequirementSpec
    changed_at: datetime
    problems: list[RequirementProblem] = []


class RequirementList(Struct):
    """Rules in their order: the first that fits work counts."""

    items: list[Requirement]


class RequirementOrder(Struct, forbid_unknown_fields=True):
    """Rules in their new order."""

    ids: Annotated[list[int], Meta(max_length=500)]


class RequirementVersion(Struct):
    """A rule as it was."""

    version: int
    spec: RequirementSpec
    restored: int | None
    person_name: str | None
    at: datetime


class RequirementVersions(Struct):
    """Versions of a rule, newest first."""

    items: list[RequirementVersion]


class RequirementRollBack(Struct, forbid_unknown_fields=True):
    """The version that is to hold again, and the one that was read."""

    to: int
    version: int


class RequirementTrialIn(Struct, forbid_unknown_fields=True):
    """A rule to try in its place of the order; ``rule_id`` None: behind all others."""

    spec: RequirementSpec
    rule_id: int | None = None


class StepSupply(Struct):
    """How many active people of the teams of the fitting work meet a step, and how many of them are online."""

    able: int
    online: int


class Fits(Struct):
    """A waiting ticket that a rule would count for."""

    ticket_id: int
    subject: Personal
    team_id: int


class RequirementTrial(Struct):
    """Which of the waiting tickets that one sees a rule would count for, and who could take them by step."""

    looked_at: int
    matched: int
    items: list[Fits]
    supply: list[StepSupply] = []


class Required(Struct, frozen=True):
    """What a ticket asks for: by which version of which rule, and its steps."""

    rule_id: int
    version: int
    steps: tuple[Step, ...]


class ScoreWeights(Struct):
    """How much each part of the priority score counts, since when and by whom; ``id`` 0: as the program ships it."""

    id: int
    weights: Weights
    at: datetime | None = None
    by_name: str | None = None


class WeightsIn(Struct, forbid_unknown_fields=True):
    """Weights as they are saved, and the number of those that were read."""

    weights: Weights
    read_id: int


class ScorePreviewIn(Struct, forbid_unknown_fields=True):
    """Weights to try on the work that waits."""

    weights: Weights


class MovedTicket(Struct):
    """A waiting ticket with its place in the order and its score, as they are and as they would be."""

    ticket_id: int
    subject: Personal
    before: int
    after: int
    score_before: float
    score_after: float
    # 1 where safety or law is at stake: above all others, whatever the weights
    band: int


class ScorePreview(Struct):
    """How the order of the waiting work that one sees would change; the first in their new order."""

    looked_at: int
    moved: int
    items: list[MovedTicket]
