"""Simple questions that are answered by a machine: its rules, its answers, its talks, and how they went."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ombud.shared.personal import Personal

Place = Literal["widget", "help_centre", "mail", "form"]
AnswerState = Literal["answered", "not_sure", "refused", "person"]
TalkState = Literal["talking", "handed_off", "helped", "silent"]
# Why a person has it, or why nothing was sent.
Reason = Literal[
    # the customer wants a person
    "asked",
    "not_helped",
    # nothing above the threshold after asking again; nothing new to say; enough was said
    "unknown",
    "repeated",
    "enough",
    # of the customer and their words
    "risk",
    "angry",
    "important",
    "complaint",
    "attachment",
    "no_question",
    # of the answer that was found; "instruction": its article speaks to a machine
    "instruction",
    "promise",
    "money",
    "topic",
    # of the conversation
    "person_wrote",
    "machine_wrote",
    "silence",
    "late",
    "no_way",
]
AfterSilence = Literal["solve", "hand_off"]
Share = Annotated[float, Meta(ge=0, le=1)]


class Answer(Struct, frozen=True):
    """What the knowledge base says to a question: words of an article, and where they stand.

    ``path`` leads to the article in the help centre. ``is_worded``: a language model put the article's own words
    together; every sentence was checked against them. Without it, ``text`` is taken from the article as it is.
    """

    article_id: int
    version_id: int
    passage_id: int | None
    category_id: int | None
    locale: str
    title: str
    slug: str
    text: str
    confidence: float
    path: str
    is_worded: bool = False
    # of what is kept about the question
    id: int | None = None


class AnswerRule(Struct):
    """Whether questions of a place are answered by a machine, and how.

    ``category_ids`` None: from every article. ``holds``: nobody is given the ticket while the machine talks.
    ``is_strict``: what promises something or names an amount goes to a person, even word for word from an article.
    """

    place: Place
    channel_id: int | None
    channel_name: str
    is_on: bool = False
    threshold: float = 0.8
    category_ids: list[int] | None = None
    most_answers: int = 3
    holds: bool = True
    is_strict: bool = True
    silence_minutes: int = 30
    after_silence: AfterSilence = "solve"
    version: int = 0
    id: int | None = None


class AnswerTopic(Struct):
    """A category of articles that answers may be taken from."""

    id: int
    name_en: str
    name_zh: str


class AnswerRules(Struct):
    """Every place where questions could be answered by a machine, and the topics that there are."""

    items: list[AnswerRule]
    topics: list[AnswerTopic]


class AnswerRuleIn(Struct, forbid_unknown_fields=True):
    """How a place answers; ``version`` is the one that was read, 0 for a place without a rule."""

    version: int
    is_on: bool
    threshold: Share
    category_ids: Annotated[list[int], Meta(min_length=1, max_length=200)] | None = None
    most_answers: Annotated[int, Meta(ge=1, le=10)] = 3
    holds: bool = True
    is_strict: bool = True
    silence_minutes: Annotated[int, Meta(ge=1, le=10_080)] = 30
    after_silence: AfterSilence = "solve"


class MachineTalk(Struct):
    """What the machine and the customer of a ticket have with each other."""

    ticket_id: int
    state: TalkState
    answers: int
    began_at: datetime
    handed_off_at: datetime | None
    reason: Reason | None
    ended_at: datetime | None


class MachineAnswer(Struct):
    """One question: what was found, how sure the machine was, and what came of it."""

    id: int
    place: Place
    ticket_id: int | None
    question_entry_id: int | None
    entry_id: int | None
    locale: str
    question: Personal
    article_id: int | None
    version_id: int | None
    title: str
    slug: str
    confidence: float | None
    threshold: float
    state: AnswerState
    reason: Reason | Literal[""]
    is_worded: bool
    helped: bool | None
    helped_at: datetime | None
    at: datetime


class TicketTalk(Struct):
    """A ticket's talk with the machine, and each of its questions; None where no machine took part."""

    talk: MachineTalk | None
    answers: list[MachineAnswer]


class AnswerQuestionIn(Struct, forbid_unknown_fields=True):
    """A question that somebody tries."""

    text: Annotated[str, Meta(min_length=1, max_length=2_000)]
    locale: Annotated[str, Meta(max_length=35)] = "en"


class TriedAnswer(Struct):
    """What the machine would do with a question; ``choices``: the titles that it would offer, where it is not sure."""

    state: AnswerState
    reason: Reason | Literal[""]
    answer: Answer | None
    confidence: float | None
    threshold: float
    choices: list[str] = []


class AnswerTrialIn(Struct, forbid_unknown_fields=True):
    """How many of the newest solved tickets to try."""

    most: Annotated[int, Meta(ge=10, le=2_000)] = 200


Verdict = Literal["right", "wrong", "open"]


class TriedTicket(Struct):
    """One ticket of a trial: what would have been answered, and whether people answered the same.

    ``open``: nobody can tell, since the answers of people lead to no article.
    """

    ticket_id: int
    question: Personal
    article_id: int | None
    title: str
    confidence: float
    verdict: Verdict
    # other than the confidence: why nothing would have been sent
    reason: Reason | Literal[""] = ""


class AnswerTrialStep(Struct):
    """What a threshold would have meant: ``low`` is the lower end of the 95 % interval of the precision."""

    threshold: float
    answered: int
    right: int
    wrong: int
    open: int
    precision: float | None
    low: float | None


class AnswerTrial(Struct):
    """A trial of the newest solved tickets of a place."""

    id: int
    state: Literal["asked", "done", "failed"]
    asked_at: datetime
    done_at: datetime | None
    most: int
    looked_at: int
    steps: list[AnswerTrialStep]
    # the lowest that is right often enough; None: too few tickets tell
    proposed: float | None
    # right at least so often, by the lower end of the interval
    aim: float
    examples: list[TriedTicket]


class AnswerTrials(Struct):
    """The newest trial of a place, if there was one."""

    newest: AnswerTrial | None


class AnswerCounts(Struct):
    """Figures of one place, article or day.

    ``solved``: solved with nothing but the machine's answers and not reopened, nor written again on, within the days;
    ``due``: of those whose days are over, out of which that share is told.
    """

    asked: int
    answered: int
    helped: int
    not_helped: int
    handed_off: int
    due: int
    solved: int


class PlaceAnswers(Struct):
    """Figures of a place."""

    place: Place
    channel_id: int | None
    name: str
    line: AnswerCounts


class ArticleAnswers(Struct):
    """Figures of an article."""

    article_id: int
    title: str
    line: AnswerCounts


class ReasonCount(Struct):
    """How often talks went to a person for a reason."""

    reason: Reason
    count: int


class AnswerFigures(Struct):
    """How answering went in a period; ``days`` is how long a solved question must stay quiet to count."""

    begins_at: datetime
    ends_at: datetime
    days: int
    total: AnswerCounts
    places: list[PlaceAnswers]
    articles: list[ArticleAnswers]
    reasons: list[ReasonCount]
