"""Shapes of feedback, searches, requests, findings and the board."""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

Place = Literal["workspace", "widget", "help_centre", "portal", "mail", "form"]
FeedbackReason = Literal["", "wrong", "outdated", "unclear", "incomplete", "other"]
RequestState = Literal["open", "taken", "answered", "declined"]
FindingKind = Literal["quote", "contradiction"]
FoundKind = Literal["article", "block", "canned_reply", "macro", "guidance_card", "script_variant", "notice"]
How = Literal["link", "block", "variable", "sentence", "numbers"]
Verdict = Literal["changed", "fine"]
StaleWhy = Literal["review", "translation", "unhelpful", "unused"]
Credit = Literal["written", "changed", "translated", "reviewed", "helped", "used", "requests"]
Line = Annotated[str, Meta(min_length=1, max_length=300)]
Note = Annotated[str, Meta(max_length=2_000)]
Locale = Annotated[str, Meta(max_length=35, pattern=r"^[A-Za-z0-9-]*$")]
Id = Annotated[int, Meta(ge=1, le=2**53)]


class FeedbackIn(Struct, forbid_unknown_fields=True):
    """Whether an article helped; whoever says no may say why."""

    helped: bool
    locale: Locale = ""
    version_id: Id | None = None
    reason: FeedbackReason = ""
    note: Note = ""


class Use(Struct, frozen=True, kw_only=True):
    """An article that was put into an answer."""

    article_id: int
    version_id: int | None = None
    variant_id: int | None = None
    ticket_id: int | None = None
    entry_id: int | None = None
    person_id: int | None = None
    place: Place = "workspace"


class UseIn(Struct, forbid_unknown_fields=True):
    """An article that an agent put into an answer on a ticket; ``entry_id`` is the answer, once it was sent."""

    article_id: Id
    version_id: Id | None = None
    ticket_id: Id | None = None
    entry_id: Id | None = None


class Searched(Struct):
    """What was looked for in a period, and how often nothing was found."""

    text: str
    folded: str
    times: int
    without_result: int
    places: list[str]
    locales: list[str]
    last_at: datetime
    # an open or answered request for it
    request_id: int | None
    request_state: RequestState | None


class SearchReport(Struct):
    """Searches of a period, those without result first."""

    searches: int
    without_result: int
    items: list[Searched]


class ArticleFigures(Struct):
    """What became of an article in a period; ``helped_rate`` is None without feedback."""

    article_id: int
    title: str
    kind: str
    owner_name: str | None
    helped: int
    not_helped: int
    helped_rate: float | None
    uses: int
    # how often each reason was given
    reasons: dict[str, int]


class ArticleFiguresList(Struct):
    """Articles with feedback or uses, the most used first."""

    items: list[ArticleFigures]


class FeedbackRow(Struct):
    """One word of feedback."""

    id: int
    article_id: int
    title: str
    locale: str
    place: Place
    helped: bool
    reason: FeedbackReason
    note: str
    person_name: str | None
    at: datetime


class FeedbackList(Struct):
    """Feedback, newest first."""

    items: list[FeedbackRow]


class StaleArticle(Struct):
    """An article that wants looking at, and why."""

    article_id: int
    title: str
    kind: str
    locale: str
    owner_id: int | None
    owner_name: str | None
    why: StaleWhy
    # the day it was to be reviewed by, or since when it is so
    since: date | None
    # helped and not helped where that is why
    helped: int = 0
    not_helped: int = 0


class StaleList(Struct):
    """Articles that want looking at, the longest first."""

    items: list[StaleArticle]


class KnowledgeFinding(Struct):
    """Two passages to look at; ``title`` is the article's whose change it follows, ``found_title`` the other's."""

    id: int
    kind: FindingKind
    article_id: int | None
    title: str
    locale: str
    source: str
    found_kind: FoundKind
    found_id: int
    found_title: str
    found_locale: str
    how: How
    passage: str
    found_passage: str
    at: datetime
    settled_at: datetime | None
    settled_by_name: str | None
    verdict: Verdict | None
    # the script that a variant belongs to
    found_script_id: int | None = None


class FindingList(Struct):
    """Findings, newest first."""

    items: list[KnowledgeFinding]


class FindingIn(Struct, forbid_unknown_fields=True):
    """What somebody who looked at a finding says."""

    verdict: Verdict


class RequestIn(Struct, forbid_unknown_fields=True):
    """An article that somebody misses."""

    title: Line
    note: Note = ""
    locale: Locale = ""
    ticket_id: Id | None = None
    # what was looked for in vain
    search: Annotated[str, Meta(max_length=300)] = ""


class RequestPatch(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Who sees to it, or how it ends: by an article, or by words that say why there is none."""

    state: RequestState | None = None
    assignee_id: Id | None = None
    article_id: Id | None = None
    answer: Note = ""


class ArticleRequest(Struct):
    """A request for an article, with where it stands."""

    id: int
    title: str
    note: str
    locale: str
    ticket_id: int | None
    search: str
    state: RequestState
    assignee_id: int | None
    assignee_name: str | None
    article_id: int | None
    article_title: str | None
    answer: str
    asked_by_id: int | None
    asked_by_name: str
    asked_at: datetime
    decided_by_name: str | None
    decided_at: datetime | None


class RequestList(Struct):
    """Requests, open ones first, the oldest first."""

    items: list[ArticleRequest]


class Contributor(Struct):
    """What somebody did for knowledge in a month; ``points`` are the sum of counts times what each is worth."""

    place: int
    person_id: int
    name: str
    points: int
    counts: dict[Credit, int]


class BoardPage(Struct):
    """The month's contributors, and what each credit is worth."""

    month: str
    time_zone: str
    worth: dict[Credit, int]
    items: list[Contributor]


class KnowledgeHealth(Struct):
    """Figures of a period, and what is open now."""

    since: datetime
    until: datetime
    published: dict[str, int]
    locales: dict[str, int]
    searches: int
    without_result: int
    helped: int
    not_helped: int
    uses: int
    # tickets that were answered with an article
    tickets: int
    requests_open: int
    requests_answered: int
    quotes_open: int
    contradictions_open: int
    stale: dict[StaleWhy, int]
