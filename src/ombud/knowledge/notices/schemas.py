"""Shapes of notices."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ombud.accounts.permissions import Role

NoticeState = Literal["draft", "published", "withdrawn"]
Which = Literal["current", "draft", "past"]
Standing = Literal["draft", "planned", "current", "over", "withdrawn"]
QuestionKind = Literal["single", "multiple"]
Progress = Literal["unread", "opened", "read", "failed", "settled"]
Title = Annotated[str, Meta(max_length=300)]
Body = Annotated[str, Meta(max_length=100_000)]
Line = Annotated[str, Meta(max_length=500)]
Id = Annotated[int, Meta(ge=1, le=2**53)]
Moment = Annotated[datetime, Meta(tz=True)]


class NoticeOption(Struct, forbid_unknown_fields=True):
    """An answer that can be chosen, in one language or both."""

    text_en: Line = ""
    text_zh: Line = ""
    is_right: bool = False


class NoticeQuestion(Struct, forbid_unknown_fields=True):
    """One question: exactly one option is right (single), or at least one (multiple)."""

    kind: QuestionKind
    options: Annotated[list[NoticeOption], Meta(min_length=2, max_length=8)]
    text_en: Line = ""
    text_zh: Line = ""


class NoticeIn(Struct, forbid_unknown_fields=True):
    """A notice as its writer has it; without teams and roles it is for everybody with a seat."""

    from_at: Moment
    title_en: Title = ""
    title_zh: Title = ""
    body_en: Body = ""
    body_zh: Body = ""
    article_id: Id | None = None
    team_ids: Annotated[list[Id], Meta(max_length=200)] = []
    roles: Annotated[list[Role], Meta(max_length=5)] = []
    until_at: Moment | None = None
    blocks_online: bool = False
    pass_percent: Annotated[int, Meta(ge=1, le=100)] = 100
    most_tries: Annotated[int, Meta(ge=1, le=20)] | None = None
    remind_hours: Annotated[int, Meta(ge=1, le=720)] | None = None
    questions: Annotated[list[NoticeQuestion], Meta(max_length=20)] = []
    # which version was changed; None for a new one
    version: int | None = None
    # what it says is another thing now: whoever read it before reads it again
    is_news: bool = False


class NoticeReceipt(Struct):
    """What somebody did with a notice as it is now."""

    progress: Progress = "unread"
    opened_at: datetime | None = None
    read_at: datetime | None = None
    tries: int = 0
    tries_left: int | None = None
    best_percent: int | None = None
    passed_at: datetime | None = None


class NoticeRow(Struct):
    """A notice in a list, with how far its audience is, and how far the reader is."""

    id: int
    title_en: str
    title_zh: str
    from_at: datetime
    until_at: datetime | None
    blocks_online: bool
    state: NoticeState
    version: int
    # counts changes that want to be read anew
    edition: int
    standing: Standing
    questions: int
    # people whom it is for, and who of them is done with it
    people: int
    settled: int
    # None: it is not for the reader
    own: NoticeReceipt | None = None


class Notice(NoticeRow):
    """A notice with all that its writer set; the right options are shown to whoever may write it alone."""

    body_en: str = ""
    body_zh: str = ""
    article_id: int | None = None
    article_title: str | None = None
    team_ids: list[int] = []
    roles: list[Role] = []
    pass_percent: int = 100
    most_tries: int | None = None
    remind_hours: int | None = None
    items: list[NoticeQuestion] = []
    written_by_name: str | None = None
    published_by_name: str | None = None
    published_at: datetime | None = None
    may_write: bool = False


class NoticeList(Struct):
    """Notices, newest first."""

    items: list[NoticeRow]


class OwnNotice(Struct):
    """A notice that the reader must still read."""

    id: int
    title_en: str
    title_zh: str
    from_at: datetime
    until_at: datetime | None
    blocks_online: bool
    edition: int
    questions: int
    own: NoticeReceipt


class OwnNotices(Struct):
    """What the reader has to read, what bars going online first."""

    items: list[OwnNotice]


class NoticeAnswers(Struct, forbid_unknown_fields=True):
    """Which options were chosen, question by question, counted from 0; ``edition`` is what was read."""

    edition: int
    chosen: Annotated[list[Annotated[list[int], Meta(max_length=8)]], Meta(max_length=20)]


class Edition(Struct, forbid_unknown_fields=True):
    """Which edition of a notice was read."""

    edition: int


class Graded(Struct):
    """What a try gave; ``wrong`` are the places of questions that were answered wrongly."""

    percent: int
    is_passed: bool
    wrong: list[int]
    own: NoticeReceipt


class Reader(Struct):
    """Somebody whom a notice is for, and how far they are."""

    person_id: int
    name: str
    staff_number: str
    role: Role
    teams: list[str]
    progress: Progress
    opened_at: datetime | None
    read_at: datetime | None
    tries: int
    best_percent: int | None
    passed_at: datetime | None
    reminders: int
    reminded_at: datetime | None


class ReaderList(Struct):
    """The audience by name, whoever is not done first."""

    items: list[Reader]


class Reminded(Struct):
    """How many were reminded."""

    people: int
