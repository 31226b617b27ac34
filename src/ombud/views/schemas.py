"""Shapes of views and of jobs over many tickets."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from ombud.fields.schemas import FieldValues
from ombud.tickets.schemas import Priority, TicketRow
from ombud.tickets.schemas.values import Tags

Sort = Literal[
    "activity", "activity_oldest", "created", "created_oldest", "priority", "waiting", "due", "number", "number_oldest"
]
Scope = Literal["own", "team", "all"]
Layout = Literal["list", "table", "board"]
Name = Annotated[str, Meta(max_length=80)]
Column = Annotated[str, Meta(pattern=r"^(fields\.)?[a-z][a-z0-9_]{0,39}$")]
Columns = Annotated[list[Column], Meta(max_length=40)]
TicketIds = Annotated[list[int], Meta(max_length=10_000)]


class ViewIn(Struct, forbid_unknown_fields=True):
    """A view as entered; one of the two names is enough."""

    condition: dict[str, Any]
    name_en: Name = ""
    name_zh: Name = ""
    scope: Scope = "own"
    team_id: int | None = None
    sort: Sort = "activity"
    columns: Columns = []
    layout: Layout = "list"


class ViewPatch(Struct, forbid_unknown_fields=True):
    """Changes to a view; what is left out stays."""

    condition: dict[str, Any] | UnsetType = UNSET
    name_en: Name | UnsetType = UNSET
    name_zh: Name | UnsetType = UNSET
    scope: Scope | UnsetType = UNSET
    team_id: int | UnsetType | None = UNSET
    sort: Sort | UnsetType = UNSET
    columns: Columns | UnsetType = UNSET
    layout: Layout | UnsetType = UNSET


class ViewProblem(Struct, frozen=True):
    """A comparison that names something that is gone; the view works on and stays editable."""

    field: str
    code: Literal["unknown_field", "archived_field", "gone_value", "archived_value"]
    # the value that is gone; null where the field is
    value: int | str | None = None


class SavedView(Struct):
    """A saved view."""

    id: int
    name_en: str
    name_zh: str
    scope: Scope
    owner_id: int
    team_id: int | None
    condition: dict[str, Any]
    sort: Sort
    columns: list[str]
    layout: Layout
    position: int
    can_change: bool = False
    problems: list[ViewProblem] = []


class SavedViewList(Struct):
    """The views that a person sees, in the order of the side bar."""

    items: list[SavedView]


class ViewOrder(Struct, forbid_unknown_fields=True):
    """Views in their new order; others stay behind them."""

    ids: Annotated[list[int], Meta(max_length=500)]


class SavedViewCount(Struct, frozen=True):
    """How many tickets a view holds: exactly, or at least as many where ``is_capped``."""

    id: int
    count: int
    is_capped: bool


class SavedViewCounts(Struct):
    """Counts of the saved views."""

    items: list[SavedViewCount]


class QueryIn(Struct, forbid_unknown_fields=True):
    """A condition to look at without saving it."""

    condition: dict[str, Any]
    sort: Sort = "activity"
    cursor: str | None = None
    limit: int = 50
    # how many there are, too, counted to 1,000
    count: bool = False


class TicketPage(Struct):
    """A page of tickets. ``is_partial``: time was over at ``searched_to``; ``next`` goes on from there."""

    items: list[TicketRow]
    next: str | None = None
    is_partial: bool = False
    searched_to: datetime | None = None
    count: int | None = None
    is_count_capped: bool = False
    # time that people worked on these tickets, where they did; lists of saved views and conditions have it
    spent_seconds: dict[int, int] = {}
    # names of what custom fields hold by number, as far as the reader may know them
    customer_names: dict[int, str] = {}
    file_names: dict[int, str] = {}


class Selection(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Which tickets: these, all of a view, or all that meet a condition, save some."""

    ids: TicketIds | None = None
    view: str | None = None
    condition: dict[str, Any] | None = None
    except_ids: TicketIds = []


class MacroUse(Struct, forbid_unknown_fields=True):
    """A macro for each ticket. Its text, with the ticket's own words, is sent, kept as one's draft, or left out."""

    id: int
    text: Literal["send", "draft", "leave"] = "draft"


class Changes(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What is done to each ticket; what is left out stays."""

    status_id: int | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    team_id: int | UnsetType = UNSET
    assignee_id: int | UnsetType | None = UNSET
    add_tags: Tags = []
    remove_tags: Tags = []
    type_id: int | UnsetType | None = UNSET
    fields: FieldValues = {}
    snooze_until: Annotated[datetime, Meta(tz=True)] | UnsetType | None = UNSET
    # where the status solves: the open tickets below, too
    solve_children: bool = False
    macro: MacroUse | UnsetType = UNSET


class BulkIn(Struct, forbid_unknown_fields=True):
    """A change of many tickets."""

    selection: Selection
    changes: Changes


class ExportIn(Struct, forbid_unknown_fields=True):
    """Tickets as a table, by their numbers; without columns all of them."""

    selection: Selection
    columns: Columns = []
    format: Literal["csv", "xlsx"] = "xlsx"


JobKind = Literal["change", "undo", "export"]
JobState = Literal["queued", "running", "done", "cancelled", "failed"]


class Job(Struct):
    """A job over many tickets and how far it is; ``file_name`` is set when an export is ready."""

    id: int
    kind: JobKind
    state: JobState
    total: int
    done: int
    failed: int
    is_collected: bool
    is_cancelled: bool
    problem: str | None
    file_name: str | None
    undoes_id: int | None
    can_undo: bool
    created_at: datetime
    ended_at: datetime | None


class JobFailure(Struct):
    """Tickets that a job could not change, by reason."""

    code: str
    detail: str
    count: int
    # some of them
    ticket_ids: list[int]


class JobReport(Job):
    """A job with the reasons of what failed."""

    failures: list[JobFailure] = []


class JobList(Struct):
    """One's own last jobs, newest first."""

    items: list[Job]


class JobFrame(Struct, frozen=True):
    """How far a job of the stream's person is."""

    id: int
    kind: JobKind
    state: JobState
    total: int
    done: int
    failed: int
