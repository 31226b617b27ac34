"""Shapes of calendars, policies and clocks."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from ombud.shared.calendars.holidays import HolidayTable
from ombud.shared.calendars.schemas import CalendarSpec, DayOff, ExchangedDay, Rest, Span
from ombud.shared.personal import Personal
from ombud.tickets.schemas.values import Category, ChannelKind, Priority

Metric = Literal["first_response", "next_response", "periodic_update", "agent_work", "requester_wait", "resolution"]
AnyMetric = Literal[
    "first_response",
    "next_response",
    "periodic_update",
    "agent_work",
    "requester_wait",
    "resolution",
    "external",
    # started and ended by a verb, without a policy
    "department",
    "task",
    "stage",
    "customer_update",
    "supervision",
    "promise",
]
# Of these nothing is computed from the ticket's history.
BY_HAND = frozenset({"external", "department", "task", "stage", "customer_update", "supervision", "promise"})
ClockState = Literal["running", "resting", "ended"]
Outcome = Literal["met", "dropped"]
Name = Annotated[str, Meta(max_length=80)]
Ids = Annotated[list[int], Meta(max_length=50)]


class Target(Struct, frozen=True, forbid_unknown_fields=True):
    """How soon something is to be done, for tickets of these priorities, tiers and channels; none named means all.

    The clock rests while the ticket is in a state of ``rests_in``.
    """

    metric: Metric
    span: Span
    priorities: Annotated[list[Priority], Meta(max_length=4)] = []
    tiers: Annotated[list[Annotated[str, Meta(min_length=1, max_length=60)]], Meta(max_length=20)] = []
    channels: Annotated[list[ChannelKind], Meta(max_length=4)] = []
    rests_in: Annotated[list[Category], Meta(max_length=6)] = []


class StepTask(Struct, frozen=True, forbid_unknown_fields=True):
    """What a department that a step calls in is asked for, and how long it has; the ticket stays where it is."""

    team_id: int
    title: Annotated[str, Meta(min_length=1, max_length=200)]
    span: Span


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """What happens some time before, at or after a deadline.

    When: ``percent`` of the clock's whole time, or ``minutes`` from the deadline, in the clock's own time, negative
    before it. ``metrics`` empty means every clock. ``keeps_hours``: nobody is told outside of the team's hours.
    ``pages``: those who are told are paged: at once, whatever the hour, and by mail too.
    """

    percent: Annotated[int, Meta(ge=1, le=99)] | None = None
    minutes: Annotated[int, Meta(ge=-100_000, le=100_000)] = 0
    metrics: Annotated[list[Metric], Meta(max_length=6)] = []
    tell: Annotated[list[Literal["holder", "team", "supervisors", "followers"]], Meta(max_length=4)] = []
    tell_people: Ids = []
    add_followers: Ids = []
    raise_priority: bool = False
    team_id: int | None = None
    assignee_id: int | None = None
    task: StepTask | None = None
    pages: bool = False
    keeps_hours: bool = True
    unless_acknowledged: bool = False


class PolicySpec(Struct, frozen=True, forbid_unknown_fields=True):
    """A policy as entered: whom it is for, in which calendar, what it targets, and its escalation chain.

    Of the targets of one metric the first that fits the ticket counts.
    """

    calendar_id: int
    targets: Annotated[list[Target], Meta(min_length=1, max_length=100)]
    name_en: Name = ""
    name_zh: Name = ""
    condition: dict[str, Any] = field(default_factory=lambda: {"all": []})
    steps: Annotated[list[Step], Meta(max_length=20)] = []


class PolicyIn(PolicySpec, frozen=True, forbid_unknown_fields=True):
    """A policy as it is saved."""

    is_archived: bool = False


class Policy(Struct):
    """A policy in its newest version; ``clocks`` run by it, in any version."""

    id: int
    position: int
    version_id: int
    is_archived: bool
    spec: PolicySpec
    changed_at: datetime
    clocks: int = 0


class PolicyList(Struct):
    """Policies in their order, archived ones last."""

    items: list[Policy]


class PolicyOrder(Struct, forbid_unknown_fields=True):
    """Policies in their new order."""

    ids: Annotated[list[int], Meta(max_length=200)]


class CalendarIn(Struct, forbid_unknown_fields=True):
    """A calendar as entered. ``tables`` are shipped holiday tables whose days are taken over."""

    spec: CalendarSpec
    name_en: Name = ""
    name_zh: Name = ""
    tables: Annotated[list[Annotated[str, Meta(max_length=20)]], Meta(max_length=5)] = []
    is_default: bool = False
    is_archived: bool = False


class CalendarRow(Struct):
    """A calendar in its newest version, with the teams whose hours it is."""

    id: int
    name_en: str
    name_zh: str
    is_default: bool
    is_archived: bool
    version_id: int
    spec: CalendarSpec
    changed_at: datetime
    team_ids: list[int] = []


class CalendarList(Struct):
    """Calendars, archived ones last."""

    items: list[CalendarRow]


class HolidayTableList(Struct):
    """The shipped holiday tables."""

    items: list[HolidayTable]


class TeamHours(Struct, forbid_unknown_fields=True):
    """Which calendar a team's hours are; None for the default one."""

    calendar_id: int | None


class IcalIn(Struct, forbid_unknown_fields=True):
    """An iCalendar file as text."""

    text: Annotated[str, Meta(min_length=1, max_length=1_000_000)]


class IcalDays(Struct):
    """What an iCalendar file says; ``skipped`` events are no whole days."""

    days_off: list[DayOff]
    exchanged: list[ExchangedDay]
    skipped: int


class TrialIn(Struct, forbid_unknown_fields=True):
    """A calendar to try: from when, and how long. ``days_from`` asks for the open hours of 42 days, too."""

    spec: CalendarSpec
    start: Annotated[datetime, Meta(tz=True)]
    span: Span
    tables: Annotated[list[Annotated[str, Meta(max_length=20)]], Meta(max_length=5)] = []
    days_from: date | None = None


class TrialDay(Struct):
    """A day of a calendar: open from minute to minute of its wall; more than 1,440 is the next morning."""

    on: date
    open: list[tuple[int, int]]
    kind: Literal["plain", "off", "exchanged", "special"]
    name_en: str = ""
    name_zh: str = ""


class Trial(Struct):
    """When it is due there; ``is_beyond_table`` where holidays are not known that far ahead."""

    due_at: datetime
    is_beyond_table: bool
    is_open_at_start: bool
    week_minutes: int
    days: list[TrialDay] = []


class Clock(Struct):
    """A clock as it is kept."""

    id: int
    ticket_id: int
    metric: AnyMetric
    round: int
    label: str
    policy_version_id: int | None
    calendar_version_id: int | None
    span: Span | None
    state: ClockState
    outcome: Outcome | None
    started_at: datetime
    ended_at: datetime | None
    rests: list[Rest]
    due_at: datetime | None
    breached_at: datetime | None
    fired: list[int]
    next_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: int | None


class NextStep(Struct):
    """What comes next on a clock."""

    at: datetime
    what: Literal["step", "breach"]
    step: Step | None = None


class ClockView(Struct):
    """A clock as the ticket's page shows it.

    ``left_seconds`` is of the clock's own time, at this moment: it passes only while ``is_counting``, negative once
    overdue. A resting clock says in which state it rests; a running one that does not count says when it opens.
    """

    id: int
    metric: AnyMetric
    round: int
    label: str
    state: ClockState
    outcome: Outcome | None
    span: Span | None
    started_at: datetime
    ended_at: datetime | None
    due_at: datetime | None
    breached_at: datetime | None
    left_seconds: int | None
    is_counting: bool
    opens_at: datetime | None
    rests_in: list[Category]
    next: NextStep | None
    is_beyond_table: bool
    acknowledged_at: datetime | None
    acknowledged_by: int | None
    policy_id: int | None
    policy_name_en: str
    policy_name_zh: str
    calendar_name_en: str
    calendar_name_zh: str
    calendar_zone: str
    # an external deadline that lies before ours
    is_before_ours: bool = False


class ClockList(Struct):
    """A ticket's clocks, the next deadline first, ended ones last."""

    items: list[ClockView]


class DeadlineIn(Struct, forbid_unknown_fields=True):
    """A deadline from outside: of a card, a court, an authority."""

    label: Annotated[str, Meta(min_length=1, max_length=120)]
    due_at: Annotated[datetime, Meta(tz=True)]


class DeadlineEnd(Struct, forbid_unknown_fields=True):
    """How a deadline from outside ended: kept, or not needed any more."""

    outcome: Outcome


class PreviewIn(Struct, forbid_unknown_fields=True):
    """A policy to try on open tickets before it is saved; ``policy_id`` is the one that it would replace."""

    spec: PolicySpec
    policy_id: int | None = None


class Matched(Struct):
    """A ticket that a policy would have, and its targets."""

    ticket_id: int
    subject: Personal
    due_at: datetime | None
    metric: Metric | None


class Preview(Struct):
    """What a policy would take: of the newest open tickets, how many were looked at and how many are its own."""

    looked_at: int
    matched: int
    items: list[Matched]


class Moved(Struct):
    """How the next deadline of a ticket would move."""

    ticket_id: int
    subject: Personal
    before: datetime | None
    after: datetime | None


class ApplicationPreview(Struct):
    """What applying the present policies to open tickets would change, seen on some of them."""

    open_tickets: int
    looked_at: int
    changed: int
    newly_overdue: int
    items: list[Moved]


class ClockJob(Struct):
    """How far the application to open tickets is."""

    id: int
    state: Literal["running", "done", "failed"]
    total: int
    done: int
    changed: int
    created_at: datetime
    ended_at: datetime | None


class ClockJobList(Struct):
    """The last applications, newest first."""

    items: list[ClockJob]
