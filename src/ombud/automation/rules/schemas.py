"""Shapes of rules: as kept, as given, at work."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from ombud.shared.calendars.schemas import Span
from ombud.shared.personal import Personal
from ombud.teamwork.schemas import DispatchIn
from ombud.tickets.schemas import MacroActions, MacroChange
from ombud.tickets.schemas.values import MAX_TEXT, Subject

EventKind = Literal[
    "ticket_opened",
    "message_received",
    "reply_sent",
    "note_added",
    "ticket_assigned",
    "ticket_moved",
    "ticket_changed",
    "ticket_solved",
    "ticket_reopened",
    "ticket_woke",
    "clock_warned",
    "clock_breached",
    "ticket_dispatched",
    "dispatch_returned",
    "ticket_urged",
    "ticket_withdrawn",
    "stage_entered",
    "stage_late",
    "risk_found",
]
Since = Literal["created", "waiting", "answered", "solved"]
Hours = Literal["any", "open", "closed"]
RunState = Literal["done", "refused", "stopped"]
Name = Annotated[str, Meta(max_length=120)]
People = Annotated[list[int], Meta(max_length=20)]
RuleText = Annotated[str, Meta(max_length=MAX_TEXT)]
# As in conditions: 90m, 12h, 3d, 4w.
Duration = Annotated[str, Meta(pattern=r"^[1-9]\d{0,4}[mhdw]$")]
FieldName = Annotated[str, Meta(pattern=r"^(fields\.)?[a-z][a-z0-9_]{0,39}$")]


class OnEvents(Struct, frozen=True, tag_field="kind", tag="events", forbid_unknown_fields=True):
    """Something happened. ``fields`` narrows ``ticket_changed`` to changes of these; none means any."""

    events: Annotated[list[EventKind], Meta(min_length=1, max_length=20)]
    fields: Annotated[list[FieldName], Meta(max_length=40)] = []


class OnTime(Struct, frozen=True, tag_field="kind", tag="time", forbid_unknown_fields=True):
    """Time passed: since it was opened, since the customer waits, since we answered and they do not, since solved."""

    since: Since
    after: Duration


When = OnEvents | OnTime


class RuleMail(Struct, frozen=True, forbid_unknown_fields=True):
    """A mail to somebody who is not the ticket's customer; the answer comes back to the ticket, for colleagues."""

    address: Annotated[str, Meta(min_length=3, max_length=320)]
    subject: Subject
    text: Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]


class RuleTask(Struct, frozen=True, forbid_unknown_fields=True):
    """What a department is asked for, and how long it has; the ticket stays where it is."""

    team_id: int
    title: Annotated[str, Meta(min_length=1, max_length=200)]
    span: Span
    text: Annotated[str, Meta(max_length=10_000)] = ""


class RuleActions(MacroActions, forbid_unknown_fields=True, omit_defaults=True):
    """What a rule does. ``assignee`` is a person's id or nobody; texts may hold placeholders."""

    reply: RuleText = ""
    note: RuleText = ""
    follower_ids: People = field(default_factory=list)
    macro_id: int | None = None
    checklist_id: int | None = None
    webhook_id: int | None = None
    mail: RuleMail | None = None
    dispatch: DispatchIn | None = None
    task: RuleTask | None = None


class RuleSpec(Struct, forbid_unknown_fields=True):
    """A rule: when, if, then. ``stops``: where it fits, no rule behind it is tried for the same event."""

    when: When
    actions: RuleActions
    name_en: Name = ""
    name_zh: Name = ""
    condition: dict[str, Any] = field(default_factory=lambda: {"all": []})
    hours: Hours = "any"
    stops: bool = False


class RuleProblem(Struct, frozen=True):
    """Something that a rule names and that is gone; until it is mended the rule does nothing."""

    # the field of a condition, or the action
    place: str
    code: Literal["unknown_field", "archived_field", "gone_value", "archived_value"]
    value: int | str | None = None


class RuleFigures(Struct, frozen=True):
    """How often a rule ran."""

    day: int = 0
    week: int = 0
    # of the week: refused by a verb, or stopped by the loop budget
    failed: int = 0
    last_at: datetime | None = None


class RuleWarning(Struct, frozen=True):
    """What two rules may do to each other; the later of them in the order has the last word."""

    code: Literal["overruled"]
    rule_id: int
    field: str


class Rule(Struct):
    """A rule with what is to be known of it."""

    id: int
    is_on: bool
    position: int
    version: int
    example: str | None
    spec: RuleSpec
    changed_at: datetime
    figures: RuleFigures = RuleFigures()
    problems: list[RuleProblem] = []
    warnings: list[RuleWarning] = []


class RuleList(Struct):
    """All rules in the order in which they are tried."""

    items: list[Rule]


class RuleIn(Struct, forbid_unknown_fields=True):
    """A new rule; it is off unless said otherwise."""

    spec: RuleSpec
    is_on: bool = False


class RulePatch(Struct, forbid_unknown_fields=True):
    """Changes to a rule. ``reaches_back``: where a time rule is switched on, also for what was due before."""

    spec: RuleSpec | UnsetType = UNSET
    is_on: bool | UnsetType = UNSET
    reaches_back: bool = False


class RuleOrder(Struct, forbid_unknown_fields=True):
    """Rules in their new order; others stay behind them."""

    ids: Annotated[list[int], Meta(max_length=1_000)]


class RollBack(Struct, forbid_unknown_fields=True):
    """The version that is to hold again."""

    version: int


class SpecChange(Struct):
    """One part of a rule that another version has differently; null where it has none."""

    path: str
    before: Any
    after: Any


class RuleVersion(Struct):
    """A rule as it was, with what it changed against the version before."""

    version: int
    spec: RuleSpec
    restored: int | None
    person_name: str | None
    at: datetime
    changes: list[SpecChange] = []


class RuleVersions(Struct):
    """Versions of a rule, newest first."""

    items: list[RuleVersion]


class RuleRun(Struct):
    """A rule at work on one ticket."""

    id: int
    rule_id: int
    version: int
    ticket_id: int
    subject: Personal
    state: RunState
    cause: str
    problem: str | None
    detail: str | None
    at: datetime


class DryRunIn(Struct, forbid_unknown_fields=True):
    """A rule to try on the newest tickets, saved or not."""

    spec: RuleSpec
    last: Annotated[int, Meta(ge=1, le=1_000)] = 200


class DryMatch(Struct):
    """A ticket that a rule would act on: why, what would change, and what would be written."""

    ticket_id: int
    subject: Personal
    because: list[dict[str, Any]]
    changes: list[MacroChange]
    reply: str = ""
    note: str = ""
    # what else it would do, in the words of Told.did
    will: list[str] = []
    # why it would do nothing here after all
    problem: str | None = None
    detail: str | None = None


class DryRun(Struct):
    """What a rule would do on the newest tickets; the first matches in detail. Nothing was done."""

    looked_at: int
    matched: int
    items: list[DryMatch]
    problems: list[RuleProblem] = []


class Told(Struct, omit_defaults=True):
    """What the timeline keeps of a run: the entry's new value."""

    rule_id: int
    version: int
    name_en: str
    name_zh: str
    state: RunState
    cause: str
    # the comparisons that held, in the language of conditions
    because: list[dict[str, Any]] = []
    changes: list[MacroChange] = []
    # replied, noted, mailed, followed, checklist, dispatched, tasked, webhook
    did: list[str] = []
    problem: str | None = None
    detail: str | None = None


ExampleKey = Literal["close_after_days", "remind_customer", "ask_opinion", "vip_first", "keyword_tag"]


class ExampleIn(Struct, forbid_unknown_fields=True):
    """Which of the rules that ship is to be taken up."""

    key: ExampleKey
