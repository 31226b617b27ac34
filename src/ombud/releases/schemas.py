"""Shapes of release notes."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

ReleaseKind = Literal["release", "change"]
ItemKind = Literal["answers", "scripts", "training", "test_cases", "other"]
Decision = Literal["go", "no_go"]
Standing = Literal["coming", "live", "past"]
Line = Annotated[str, Meta(min_length=1, max_length=300)]
Words = Annotated[str, Meta(max_length=20_000)]
Said = Annotated[str, Meta(min_length=1, max_length=5_000)]
Moment = Annotated[datetime, Meta(tz=True)]


class ReleaseItemIn(Struct, forbid_unknown_fields=True):
    """Something that must be ready, who sees to it, and by when."""

    kind: ItemKind
    text: Line
    owner_id: int
    due_at: Moment


class ReleaseIn(Struct, forbid_unknown_fields=True):
    """A release or change as its team announces it."""

    kind: ReleaseKind
    title: Line
    team_id: int
    owner_id: int
    live_at: Moment
    summary: Words = ""
    impact: Words = ""
    items: Annotated[list[ReleaseItemIn], Meta(max_length=50)] = []


class ReleasePatch(Struct, forbid_unknown_fields=True):
    """What is different; what is left out stays."""

    title: Line | UnsetType = UNSET
    summary: Words | UnsetType = UNSET
    impact: Words | UnsetType = UNSET
    owner_id: int | UnsetType = UNSET
    live_at: Moment | UnsetType = UNSET


class ReleaseItemPatch(Struct, forbid_unknown_fields=True):
    """What is different of an item, or that it is done."""

    text: Line | UnsetType = UNSET
    owner_id: int | UnsetType = UNSET
    due_at: Moment | UnsetType = UNSET
    is_done: bool | UnsetType = UNSET


class ReleaseDecisionIn(Struct, forbid_unknown_fields=True):
    """Go or no-go; a no-go, and a go in spite of an open list, say why."""

    decision: Decision
    reason: Annotated[str, Meta(max_length=2_000)] = ""


class CallOffIn(Struct, forbid_unknown_fields=True):
    """Why it does not come at all."""

    reason: Annotated[str, Meta(min_length=1, max_length=2_000)]


class ReleaseQuestionIn(Struct, forbid_unknown_fields=True):
    """What somebody wants to know about it."""

    text: Said


class ReleaseQuestionPatch(Struct, forbid_unknown_fields=True):
    """Who answers it, and by when."""

    owner_id: int | UnsetType = UNSET
    due_at: Moment | UnsetType = UNSET


class ReleaseAnswerIn(Struct, forbid_unknown_fields=True):
    """The answer, which everybody reads."""

    answer: Said


class ReleaseItem(Struct):
    """Something that must be ready."""

    id: int
    kind: ItemKind
    text: str
    owner_id: int
    owner_name: str
    due_at: datetime
    done_at: datetime | None
    done_by_name: str | None


class ReleaseQuestion(Struct):
    """A question, and its answer when there is one."""

    id: int
    text: str
    asked_by_name: str
    asked_at: datetime
    owner_id: int
    owner_name: str
    due_at: datetime
    answer: str | None
    answered_by_name: str | None
    answered_at: datetime | None


class ReleaseRow(Struct):
    """A note in a list: what it is, how ready, and whether the reader has read it."""

    id: int
    kind: ReleaseKind
    title: str
    team_id: int
    team_name: str
    owner_id: int
    owner_name: str
    live_at: datetime
    decision: Decision | None
    called_off_at: datetime | None
    announced_at: datetime
    items_done: int
    items_all: int
    questions_open: int
    is_read: bool
    standing: Standing = "coming"
    # announced later than two weeks before it goes live
    is_short: bool = False


class Release(ReleaseRow):
    """A note with its readiness list and its questions."""

    summary: str = ""
    impact: str = ""
    announced_by_name: str | None = None
    decided_by_name: str | None = None
    decided_at: datetime | None = None
    decision_reason: str = ""
    called_off_reason: str = ""
    readers: int = 0
    # people with a seat, who are to read it
    seats: int = 0
    items: list[ReleaseItem] = []
    questions: list[ReleaseQuestion] = []
    may_write: bool = False


class ReleaseList(Struct):
    """Notes, the next to go live first; past ones last in time first."""

    items: list[ReleaseRow]
