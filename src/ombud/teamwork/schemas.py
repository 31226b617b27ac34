"""Shapes of teamwork."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ombud.shared.calendars.schemas import Span
from ombud.shared.personal import Personal
from ombud.tickets.schemas import FileRef
from ombud.tickets.schemas.values import Category
from ombud.tickets.services.closing import Closing

Reason = Annotated[str, Meta(min_length=1, max_length=1_000)]
Note = Annotated[str, Meta(max_length=2_000)]
Line = Annotated[str, Meta(min_length=1, max_length=300)]
TaskState = Literal["asked", "accepted", "done", "returned", "withdrawn"]
DispatchOutcome = Literal["done", "returned", "moved_on", "withdrawn"]


class DispatchIn(Struct, forbid_unknown_fields=True):
    """Which department gets the ticket, what for, and how long it has once it has accepted."""

    team_id: int
    span: Span
    note: Note = ""


class ReasonIn(Struct, forbid_unknown_fields=True):
    """Why."""

    reason: Reason


class UrgeIn(Struct, forbid_unknown_fields=True):
    """What the customer said when they asked again."""

    words: Reason


class SupervisionIn(Struct, forbid_unknown_fields=True):
    """How often a report is due, and what the manager wants to see."""

    span: Span
    note: Note = ""


class ExtensionIn(Struct, forbid_unknown_fields=True):
    """Until when a department needs, and why."""

    reason: Reason
    due_at: Annotated[datetime, Meta(tz=True)]


class ExtensionDecision(Struct, forbid_unknown_fields=True):
    """Whether more time is granted. The customer is told: by this ``message``, or by hand (``told_by_hand``)."""

    is_granted: bool
    message: Annotated[str, Meta(max_length=5_000)] = ""
    told_by_hand: bool = False


class Dispatch(Struct):
    """A ticket with a department: since when, accepted or not, until when, and how it ended."""

    id: int
    team_id: int
    from_team_id: int
    note: Personal
    span: Span
    dispatched_by: int | None
    dispatched_at: datetime
    accept_due_at: datetime
    accepted_by: int | None
    accepted_at: datetime | None
    due_at: datetime | None
    first_due_at: datetime | None
    ended_at: datetime | None
    outcome: DispatchOutcome | None
    return_reason: str


class Urge(Struct):
    """One time that the customer asked again."""

    number: int
    words: Personal
    has_escalated: bool
    made_by: int | None
    at: datetime


class Supervision(Struct):
    """A manager who watches the ticket; the next report's deadline is a clock."""

    id: int
    person_id: int
    span: Span
    note: str
    reports: int
    began_at: datetime


class Extension(Struct):
    """More time that was asked for."""

    id: int
    reason: Personal
    due_before: datetime
    due_wanted: datetime
    asked_by: int | None
    asked_at: datetime
    state: Literal["asked", "granted", "refused"]
    decided_by: int | None
    decided_at: datetime | None
    told: Literal["message", "by_hand"] | None


class TaskItem(Struct):
    """Something to do in a task."""

    id: int
    text: str
    done_at: datetime | None
    done_by_name: str | None


class TaskWord(Struct):
    """What somebody said in a task."""

    id: int
    text: Personal
    person_name: str
    at: datetime


class TaskFile(FileRef):
    """A file of a task; an answer came from the department."""

    is_answer: bool = False


class TaskIn(Struct, forbid_unknown_fields=True):
    """What a department is asked for: everything that it will see stands here."""

    team_id: int
    title: Line
    span: Span
    text: Annotated[str, Meta(max_length=10_000)] = ""
    items: Annotated[list[Line], Meta(max_length=30)] = []
    file_ids: Annotated[list[int], Meta(max_length=20)] = []
    assignee_id: int | None = None
    # the title in both languages, where it is known in both
    title_en: Annotated[str, Meta(max_length=300)] = ""
    title_zh: Annotated[str, Meta(max_length=300)] = ""


class TaskResult(Struct, forbid_unknown_fields=True):
    """What came out, with files."""

    result: Annotated[str, Meta(min_length=1, max_length=10_000)]
    file_ids: Annotated[list[int], Meta(max_length=20)] = []


class TaskWordIn(Struct, forbid_unknown_fields=True):
    """A question or an answer within a task."""

    text: Annotated[str, Meta(min_length=1, max_length=5_000)]


class TaskItemPatch(Struct, forbid_unknown_fields=True):
    """Whether something is done."""

    is_done: bool


class Task(Struct):
    """A task, with all that its department sees of the ticket."""

    id: int
    ticket_id: int
    team_id: int
    team_name: str
    assignee_id: int | None
    assignee_name: str | None
    made_by_name: str | None
    title: Personal
    # of a task that a process gave, in both languages; else ''
    title_en: str
    title_zh: str
    text: Personal
    span: Span
    state: TaskState
    made_at: datetime
    accepted_at: datetime | None
    due_at: datetime
    ended_at: datetime | None
    result: Personal
    items: list[TaskItem] = []
    files: list[TaskFile] = []
    words: list[TaskWord] = []


class TaskList(Struct):
    """Tasks, the next deadline first, ended ones last."""

    items: list[Task]


class TeamworkView(Struct):
    """All of teamwork on a ticket that its page shows."""

    first_contact_id: int | None
    dispatches: list[Dispatch]
    urges: list[Urge]
    supervision: Supervision | None
    extensions: list[Extension]
    tasks: list[Task]
    closing: Closing
    is_withdrawn: bool
    # how often the ticket may still be returned
    returns_left: int
    urges_to_escalate: int


class FirstContact(Struct):
    """A ticket that the person took first, wherever it is now."""

    ticket_id: int
    subject: Personal
    category: Category
    team_id: int
    brand_id: int
    team_name: str
    urges: int
    at: datetime
    activity_at: datetime
    due_at: datetime | None
    is_visible: bool = False


class FirstContactList(Struct):
    """Tickets one is answerable for, the oldest open first."""

    items: list[FirstContact]


class DepartmentFigures(Struct):
    """A department's figures of a period; rates are counts over counts, never kept."""

    team_id: int
    team_name: str
    dispatched: int
    accepted: int
    accepted_in_time: int
    returned: int
    moved_on: int
    extended: int
    done: int
    done_in_time: int
    tasks_due: int
    tasks_in_time: int


class TeamworkFigures(Struct):
    """Teamwork of a period, in the teams that one sees."""

    starts_at: datetime
    ends_at: datetime
    tickets: int
    urged: int
    urges: int
    escalated: int
    supervised: int
    withdrawn: int
    departments: list[DepartmentFigures]
