"""Shapes of what the copilot proposes."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from ombud.intelligence.models.schemas import Problem
from ombud.shared.personal import Personal
from ombud.tickets.schemas.values import Category

Kind = Literal["article", "script", "ticket", "reply", "rewrite", "translation"]
MadeBy = Literal["product", "model"]
Tone = Literal["shorter", "warmer", "formal"]
Language = Literal["zh-CN", "en"]
StepKind = Literal[
    "reply",
    "questions",
    "told",
    "tasks",
    "solution",
    "confirmation",
    "outcome",
    "promise",
    "condition",
    "advance",
    "assign",
    "type",
    "solve",
]
PointKind = Literal["problem", "latest", "reply", "note", "tried", "promise"]

Text = Annotated[str, Meta(max_length=20_000)]


class SuggestIn(Struct, forbid_unknown_fields=True):
    """What to look for; without words, what the customer asks."""

    text: Annotated[str, Meta(max_length=2_000)] = ""


class CopilotSuggestion(Struct):
    """Something that may go into the answer, with where it is from.

    ``confidence`` of articles says how often such a passage was the right one; of tickets how alike they are.
    """

    id: int
    kind: Kind
    made_by: MadeBy
    title: Personal
    text: Personal
    confidence: float
    # the headings above a passage
    heading: str = ""
    locale: str = ""
    article_id: int | None = None
    version_id: int | None = None
    slug: str = ""
    # false: colleagues may read it, customers may not
    is_public: bool = True
    ticket_id: int | None = None
    entry_id: int | None = None
    solved_at: datetime | None = None


class CopilotSuggestions(Struct):
    """The best first. ``asked`` is what was looked for."""

    items: list[CopilotSuggestion]
    asked: Personal
    has_model: bool


class SuggestionOutcomeIn(Struct, forbid_unknown_fields=True):
    """Whether a suggestion was of use."""

    state: Literal["adopted", "ignored"]


class SummaryPoint(Struct):
    """One thing that a summary says, with the entry that says it."""

    kind: PointKind
    text: Personal
    entry_id: int | None = None
    at: datetime | None = None
    author: str = ""


class PastTicket(Struct):
    """A ticket of the customer's past, and how it ended."""

    ticket_id: int
    subject: Personal
    category: Category
    created_at: datetime
    solved_at: datetime | None
    # the beginning of the last answer
    answer: Personal


class CustomerPast(Struct):
    """The customer's past, as far as the reader may see it."""

    tickets: int
    open_tickets: int
    contacts_30: int
    items: list[PastTicket]


class TicketSummary(Struct):
    """What a ticket is about, and what was before. ``problem``: why no model wrote it."""

    made_by: MadeBy
    points: list[SummaryPoint]
    history: CustomerPast
    messages: int
    problem: Problem | None = None


class CopilotStep(Struct):
    """Something to do next; ``names`` are questions, a stage, a task or a solution, in both languages."""

    kind: StepKind
    names_en: list[str] = field(default_factory=list)
    names_zh: list[str] = field(default_factory=list)
    at: datetime | None = None
    id: int | None = None


class CopilotSteps(Struct):
    """What to do next, the most pressing first, and the stage that asks for it."""

    items: list[CopilotStep]
    stage_en: str = ""
    stage_zh: str = ""


class WriteIn(Struct, forbid_unknown_fields=True):
    """Write an answer; in the customer's language unless another is named."""

    language: Language | None = None


class RewriteIn(Struct, forbid_unknown_fields=True):
    """A text that an agent wrote, and how it should sound."""

    text: Annotated[str, Meta(min_length=1, max_length=20_000)]
    tone: Tone


class TranslateIn(Struct, forbid_unknown_fields=True):
    """A text to translate, or an entry of the timeline."""

    language: Language
    text: Text = ""
    entry_id: int | None = None


class CopilotEvidence(Struct):
    """Words of a source that an answer rests on."""

    quote: Personal
    title: str
    article_id: int | None = None
    slug: str = ""


class CopilotText(Struct):
    """What a model wrote, or why it did not. The original stays beside it."""

    text: Personal = ""
    original: Personal = ""
    problem: Problem | None = None
    suggestion_id: int | None = None
    evidence: list[CopilotEvidence] = field(default_factory=list)


class DraftedArticle(Struct):
    """A draft in the knowledge base, made of a solved ticket."""

    article_id: int
    made_by: MadeBy
    problem: Problem | None = None


class CopilotFigure(Struct):
    """How often a kind of suggestion was shown, adopted and ignored."""

    kind: Kind
    made_by: MadeBy
    shown: int
    adopted: int
    ignored: int


class CopilotFigures(Struct):
    """Figures of some days."""

    days: int
    items: list[CopilotFigure]
