"""Shapes of the floor."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ombud.shared.personal import Personal

PresenceState = Literal["online", "away", "offline", "busy", "break", "wrap_up"]
ChosenState = Literal["online", "away", "offline", "busy", "wrap_up"]
BusyReason = Literal["ticket_work", "missed", "system_fault", "arranged"]
ChosenBusyReason = Literal["ticket_work", "system_fault", "arranged"]
BreakReason = Literal["meal", "rest", "restroom", "nursing", "training", "meeting", "coaching"]
RequestState = Literal["asked", "waiting", "granted", "taken", "refused", "withdrawn", "lapsed"]
Level = Literal["blue", "yellow", "orange", "red"]
WrapUpEnd = Literal["ready", "alarm"]
# An open screen shows a sign of life so often, or four times within the silence that is allowed, if that is less.
PULSE_SECONDS = 15

Id = Annotated[int, Meta(ge=1, le=2**53)]
Minutes = Annotated[int, Meta(ge=1, le=480)]
Said = Annotated[str, Meta(max_length=2_000)]
Written = Annotated[str, Meta(min_length=1, max_length=2_000, pattern=r"\S")]


class PresenceFrame(Struct, frozen=True):
    """A colleague came, went or left the desk for a while. Why is between them and whoever leads them."""

    person_id: int
    state: PresenceState


class FloorFrame(Struct, frozen=True):
    """Something of the floor is to be loaded again."""

    what: Literal["me", "breaks", "hands", "alarms", "duty", "rules"]
    team_id: int | None = None


class PresenceIn(Struct, forbid_unknown_fields=True):
    """What a person chooses to be; whoever is busy says why. A break is asked for, not chosen."""

    state: ChosenState
    reason: ChosenBusyReason | None = None
    note: Said = ""
    minutes: Minutes | None = None


class BreakIn(Struct, forbid_unknown_fields=True):
    """A break that somebody asks for; without minutes it is as long as its kind usually is."""

    reason: BreakReason
    minutes: Minutes | None = None


class BreakDecision(Struct, forbid_unknown_fields=True):
    """What becomes of a break that wants approval."""

    is_granted: bool
    refusal: Said = ""


class BreakRule(Struct, frozen=True, forbid_unknown_fields=True):
    """A team's bounds for breaks; None: no bound."""

    minutes_per_shift: Annotated[int, Meta(ge=0, le=600)] | None = None
    times_per_shift: Annotated[int, Meta(ge=0, le=50)] | None = None
    at_most_at_once: Annotated[int, Meta(ge=1, le=1000)] | None = None
    needs_approval: bool = False
    blocked_from: Level | None = None
    wrap_up_ends_by: WrapUpEnd = "ready"


class TeamRule(Struct, frozen=True):
    """A team of a person, its rule for breaks, and its warning level now."""

    team_id: int
    rule: BreakRule
    level: Level | None


class LevelIn(Struct, forbid_unknown_fields=True):
    """The warning level that a team's floor is at; None: all is well."""

    level: Level | None


class Waiting(Struct, frozen=True):
    """Somebody in the queue for a break."""

    id: int
    person_id: int
    reason: BreakReason
    minutes: int
    state: RequestState
    asked_at: datetime
    expires_at: datetime | None
    team_ids: list[int]


class OwnBreak(Struct, frozen=True):
    """Where one's own request for a break stands; ``place`` 1 is next."""

    id: int
    reason: BreakReason
    minutes: int
    state: RequestState
    place: int | None
    waits_for: Literal["approval", "place", "level", "start"]
    expires_at: datetime | None


class Used(Struct, frozen=True):
    """Breaks of this shift that count, and what is left of each bound."""

    minutes: int
    times: int
    minutes_left: int | None
    times_left: int | None


class Suspension(Struct, frozen=True):
    """Why somebody is kept from customers for now, by whom and since when."""

    reason: str
    by_id: int | None
    since: datetime


class MyState(Struct, frozen=True):
    """What one is oneself, since when and until when, with one's break and bounds."""

    state: PresenceState
    reason: str
    note: str
    since: datetime | None
    limit_at: datetime | None
    approved_by: int | None
    asked_break: OwnBreak | None
    refused_break: str | None
    used: Used
    level: Level | None
    suspension: Suspension | None


class StateStretch(Struct, frozen=True):
    """What somebody was from one moment to another; ``to_at`` None: still."""

    state: PresenceState
    reason: str
    from_at: datetime
    to_at: datetime | None
    limit_at: datetime | None
    approved_by: int | None


class StateLog(Struct, frozen=True):
    """A person's states in a span, first to last."""

    items: list[StateStretch]


class BreakList(Struct, frozen=True):
    """The queue for breaks of the teams that one leads."""

    items: list[Waiting]


class FloorRules(Struct, frozen=True):
    """A team's rules of the floor."""

    team_id: int
    breaks: BreakRule
    thresholds: "Thresholds"
    level: Level | None


class FloorRulesList(Struct, frozen=True):
    """Rules of the teams that one leads, and how long any screen may be silent."""

    items: list[FloorRules]
    silence_seconds: int


class SilenceIn(Struct, forbid_unknown_fields=True):
    """How long a screen may be silent before whoever sits there counts as gone, and their live work goes on."""

    seconds: Annotated[int, Meta(ge=20, le=600)]


Count = Annotated[int, Meta(ge=1, le=100_000)]
Seconds = Annotated[int, Meta(ge=5, le=7 * 86_400)]


class Thresholds(Struct, frozen=True, forbid_unknown_fields=True):
    """From where on the floor of a team alarms; None: never."""

    waiting: Count | None = 30
    oldest_seconds: Seconds | None = 1_800
    service_level_percent: Annotated[int, Meta(ge=1, le=100)] | None = 80
    idle_seconds: Seconds | None = 900
    overtime_seconds: Annotated[int, Meta(ge=0, le=86_400)] | None = 60
    missed_offers: Annotated[int, Meta(ge=1, le=100)] | None = 2
    unanswered_seconds: Seconds | None = 60
    hand_seconds: Seconds | None = 120


AlarmKind = Literal[
    "waiting",
    "oldest",
    "service_level",
    "wrap_up",
    "idle",
    "overtime",
    "missed",
    "unanswered",
    "hand",
]


class Alarm(Struct, frozen=True):
    """Something on the floor that wants a look; seconds, tickets or percent by its kind."""

    id: int
    team_id: int
    kind: AlarmKind
    person_id: int | None
    ticket_id: int | None
    measured: int
    threshold: int
    raised_at: datetime
    acknowledged_by: int | None
    acknowledged_at: datetime | None
    ended_at: datetime | None


class AlarmList(Struct, frozen=True):
    """Alarms, the newest first."""

    items: list[Alarm]


class HandIn(Struct, forbid_unknown_fields=True):
    """A hand that is raised: to the team leader or to whoever knows more, perhaps over a ticket."""

    ticket_id: Id | None = None
    wants: Literal["leader", "expert"] = "leader"
    question: Said = ""


class WordIn(Struct, forbid_unknown_fields=True):
    """Something that colleagues say to each other."""

    text: Written


class Word(Struct, frozen=True):
    """Something that was said between colleagues; no customer ever sees it."""

    id: int
    hand_id: int | None
    ticket_id: int | None
    from_id: int
    to_id: int
    text: Personal
    at: datetime
    read_at: datetime | None


class WordList(Struct, frozen=True):
    """What was said, first to last."""

    items: list[Word]


class Hand(Struct, frozen=True):
    """A raised hand."""

    id: int
    person_id: int
    team_id: int
    ticket_id: int | None
    subject: Personal | None
    wants: Literal["leader", "expert"]
    question: Personal
    raised_at: datetime
    taken_by: int | None
    taken_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: Literal["answered", "withdrawn"] | None
    words: list[Word]


class HandList(Struct, frozen=True):
    """Raised hands, the longest waiting first, and the median seconds to an answer in the last 7 days."""

    items: list[Hand]
    answer_seconds: float | None
    answered: int


DutyKind = Literal["note", "round", "fault", "vip", "weather"]
ItemKind = Literal["open", "promise", "fault", "vip", "weather", "other"]


class DutyNoteIn(Struct, forbid_unknown_fields=True):
    """Something for the duty log; an open matter goes into each hand-over until it is done."""

    team_id: Id
    kind: DutyKind
    text: Written
    ticket_id: Id | None = None
    is_open: bool = False


class DutyNote(Struct, frozen=True):
    """A note of the duty log."""

    id: int
    team_id: int
    kind: DutyKind
    ticket_id: int | None
    text: Personal
    author_id: int
    at: datetime
    is_open: bool
    done_by: int | None
    done_at: datetime | None


class DutyItemIn(Struct, forbid_unknown_fields=True):
    """A matter to hand over."""

    kind: ItemKind
    text: Written
    ticket_id: Id | None = None
    due_at: datetime | None = None


class HandoverIn(Struct, forbid_unknown_fields=True):
    """A shift that is handed over."""

    team_id: Id
    items: Annotated[list[DutyItemIn], Meta(max_length=200)]
    summary: Said = ""


class DutyItem(Struct, frozen=True):
    """A matter that is handed over, and who accepted it."""

    id: int
    kind: ItemKind
    ticket_id: int | None
    text: Personal
    due_at: datetime | None
    accepted_by: int | None
    accepted_at: datetime | None
    remark: str


class Handover(Struct, frozen=True):
    """A hand-over; it is accepted when each of its items is."""

    id: int
    team_id: int
    from_id: int
    summary: str
    made_at: datetime
    accepted_by: int | None
    accepted_at: datetime | None
    items: list[DutyItem]


class Acceptance(Struct, forbid_unknown_fields=True):
    """What the next duty manager adds to a matter."""

    remark: Said = ""


class DutyLog(Struct, frozen=True):
    """The duty log of some days, the newest first, and its hand-overs."""

    notes: list[DutyNote]
    handovers: list[Handover]


class Proposal(Struct, frozen=True):
    """What the next duty manager should hear of: open matters, promises due, faults, important customers."""

    items: list[DutyItemIn]
