"""Shapes of processes."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from ombud.shared.calendars.schemas import Span
from ombud.shared.personal import Personal

Key = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,39}$")]
# A stage's key, or '' for none: the end of a process, no stage to go to.
Aim = Annotated[str, Meta(pattern="^([a-z][a-z0-9_]{0,39})?$")]
Name = Annotated[str, Meta(max_length=80)]
Words = Annotated[str, Meta(max_length=1_000)]
Condition = dict[str, Any]
QuestionKind = Literal["text", "long_text", "choice", "yes_no", "number", "date"]
Need = Literal["told", "tasks", "solution", "confirmation"]
Why = Literal["start", "next", "late", "failed", "by_hand", "not_solved"]
Answer = Literal["solved", "not_solved", "unreached"]
HeardBy = Literal["message", "phone", "in_person", "link", "portal"]


def _always() -> Condition:
    return {"all": []}


class QuestionChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """One answer to choose."""

    value: Annotated[str, Meta(min_length=1, max_length=60)]
    name_en: Name
    name_zh: Name


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """A question of a stage's form. Conditions of later stages name its answer as ``answers.<key>``."""

    key: Key
    name_en: Name
    name_zh: Name
    kind: QuestionKind
    is_required: bool = True
    choices: Annotated[list[QuestionChoice], Meta(max_length=50)] = []


class Way(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a stage leads: to another one, or with '' to the end. The first whose condition holds is taken."""

    to: Aim
    when: Condition = field(default_factory=_always)


class StageTask(Struct, frozen=True, forbid_unknown_fields=True):
    """A department that is called in when a stage begins, if the condition holds then."""

    title_en: Name
    title_zh: Name
    span: Span
    team_id: int | None = None
    when: Condition = field(default_factory=_always)
    items: Annotated[list[Annotated[str, Meta(min_length=1, max_length=300)]], Meta(max_length=30)] = []


class Stage(Struct, frozen=True, forbid_unknown_fields=True):
    """A stage.

    It is passed over where ``enters_when`` does not hold. It ends when its questions are answered, ``exit_when`` holds
    and its needs are met: the customer was *told*, the *tasks* are done, a *solution* worked, the customer gave
    *confirmation*. Then the first of its ``ways`` that holds leads on; without one it is the next stage of the list.
    ``team_id`` None: the ticket stays with the team that has it. When its time is over, people are told; beside that
    the priority goes up, or the ticket goes on to ``late_to``.
    """

    key: Key
    name_en: Name
    name_zh: Name
    text_en: Words = ""
    text_zh: Words = ""
    # what customers read of it in the portal; without a name it is no step for them
    customer_name_en: Name = ""
    customer_name_zh: Name = ""
    team_id: int | None = None
    questions: Annotated[list[Question], Meta(max_length=40)] = []
    enters_when: Condition = field(default_factory=_always)
    exit_when: Condition = field(default_factory=_always)
    needs: Annotated[list[Need], Meta(max_length=4)] = []
    ways: Annotated[list[Way], Meta(max_length=10)] = []
    tasks: Annotated[list[StageTask], Meta(max_length=10)] = []
    span: Span | None = None
    raises_priority: bool = False
    late_to: Aim = ""
    # where a customer's "not solved" leads
    not_solved_to: Aim = ""
    # the customer gets a link to confirm by when the stage begins
    asks_by_link: bool = False
    # how long such a link holds
    link_days: Annotated[int, Meta(ge=1, le=90)] = 14
    # how often the customer must hear from us while the stage lasts
    update_every: Span | None = None
    # each Nth that one person brings through the stage is drawn for inspection
    inspect_one_in: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    # where this holds, each one is
    inspect_when: Condition | None = None


class ProcessSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """A process as entered: for which type of tickets, and its stages; the first is where it begins."""

    stages: Annotated[list[Stage], Meta(min_length=1, max_length=30)]
    type_id: int
    name_en: Name = ""
    name_zh: Name = ""
    # so many solutions that failed lead to ``fails_to``
    fails: Annotated[int, Meta(ge=1, le=20)] = 2
    fails_to: Aim = ""


class ProcessIn(Struct, forbid_unknown_fields=True):
    """A process as it is saved."""

    spec: ProcessSpec
    is_archived: bool = False


class Process(Struct):
    """A process in its newest version; ``runs`` tickets are in it, in any version."""

    id: int
    version_id: int
    is_archived: bool
    spec: ProcessSpec
    changed_at: datetime
    versions: int
    runs: int = 0
    # teams of its stages and tasks that are archived
    lost_team_ids: list[int] = []


class ProcessList(Struct):
    """Processes, archived ones last."""

    items: list[Process]


class ProcessVersion(Struct):
    """A version of a process, by whom and since when."""

    id: int
    spec: ProcessSpec
    made_by: int | None
    created_at: datetime


class ProcessVersionList(Struct):
    """Versions, the newest first."""

    items: list[ProcessVersion]


class Example(Struct):
    """A process that ships with Ombud. Its type and its departments are chosen when it is taken over."""

    key: str
    needs_closing: bool
    spec: ProcessSpec


class ExampleList(Struct):
    """The shipped processes."""

    items: list[Example]


class Answers(Struct, forbid_unknown_fields=True):
    """Answers to questions by their keys; null takes one back."""

    answers: Annotated[dict[Key, Any], Meta(max_length=60)]


class AdvanceIn(Struct, forbid_unknown_fields=True):
    """Go on; by hand to a stage of one's choice, whatever this one still needs, with a reason."""

    to: Aim | None = None
    reason: Annotated[str, Meta(max_length=1_000)] = ""
    # the visit that one has on the screen: whoever presses twice leaves one stage, not two
    visit_id: int | None = None


class SolutionIn(Struct, forbid_unknown_fields=True):
    """What is tried; ``force`` tries it again although it failed before."""

    text: Annotated[str, Meta(min_length=1, max_length=500)]
    force: bool = False


class SolutionOutcome(Struct, forbid_unknown_fields=True):
    """Whether it helped."""

    outcome: Literal["worked", "failed"]


class Solution(Struct):
    """A solution that was tried."""

    id: int
    text: Personal
    outcome: Literal["worked", "failed"] | None
    person_id: int | None
    at: datetime


class ConfirmationIn(Struct, forbid_unknown_fields=True):
    """What the customer said, and how it was heard."""

    answer: Answer
    way: Literal["message", "phone", "in_person"]
    words: Annotated[str, Meta(max_length=1_000)] = ""


class ConfirmationLinkIn(Struct, forbid_unknown_fields=True):
    """A link to confirm by: sent to the customer, or given to the agent, who passes it on."""

    way: Literal["message", "given"] = "message"


class GivenLink(Struct):
    """A link to confirm by; ``url`` is told once, and only to who passes it on."""

    url: str | None
    expires_at: datetime | None


class LinkState(Struct):
    """How a link to confirm by stands. ``problem`` says why none was sent."""

    state: Literal["waiting", "sent", "given", "failed"]
    problem: str | None
    made_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


class Confirmation(Struct):
    """A customer's word on a stage."""

    answer: Answer
    words: Personal
    way: HeardBy
    person_id: int | None
    at: datetime


class Visit(Struct):
    """A run's time in a stage."""

    id: int
    stage: str
    team_id: int
    entered_at: datetime
    entered_by: Why
    due_at: datetime | None
    is_late: bool
    ended_at: datetime | None
    ended_by: int | None


class Mark(Struct):
    """A ticket's place in the draw of a person: drawn for inspection, or not."""

    visit_id: int
    person_id: int
    number: int
    is_drawn: bool


class RunView(Struct):
    """A ticket's way through its process. ``problems`` say what the present stage still needs."""

    id: int
    process_id: int
    version_id: int
    is_newest: bool
    spec: ProcessSpec
    answers: dict[str, Any]
    started_at: datetime
    ended_at: datetime | None
    visits: list[Visit]
    confirmations: list[Confirmation]
    # the newest link of the present stage
    link: LinkState | None
    marks: list[Mark]
    problems: dict[str, str]


class ProcessView(Struct):
    """What a ticket's page shows of its process, and the solutions that were tried."""

    run: RunView | None
    solutions: list[Solution]
