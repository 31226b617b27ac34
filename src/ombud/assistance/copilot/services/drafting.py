"""A draft of an article from a solved ticket, for people to finish: question and answer, without anybody's data."""

from html import escape
from typing import Annotated, Final

from msgspec import Meta, Struct

from ombud.assistance.copilot import queries
from ombud.assistance.copilot.queries import Spoken, Subject
from ombud.assistance.copilot.rules import telling
from ombud.assistance.copilot.schemas import DraftedArticle
from ombud.assistance.copilot.services.suggesting import without_others
from ombud.assistance.copilot.services.summing import LANGUAGES, language_of, names_of
from ombud.intelligence.models.schemas import About, Source, Task
from ombud.intelligence.models.services import Models, ask, customer_problem, language_problem, quote_problem
from ombud.intelligence.personal_data.services import find_personal_data
from ombud.knowledge.articles.schemas import ArticleIn, ArticleWords
from ombud.knowledge.articles.services import make_article
from ombud.shared.actor import Actor
from ombud.shared.errors import Conflict

LONGEST_MESSAGE: Final = 3_000
DONE: Final = frozenset({"solved", "closed"})
INSTRUCTIONS: Final = """\
Write a draft of a knowledge base article from a solved customer service conversation, in {language}: a title that \
names the question as many customers would ask it, the question in one or two sentences, and the answer from what the \
agent said, as short plain paragraphs. Leave out everything that concerns this customer only: names, numbers, orders, \
goodwill. "quote" is a part of the agent's answer, letter for letter."""


class NotSolvedYet(Conflict):
    """An article is made of a ticket that is solved. Solve it first."""

    code = "ticket_not_solved"


class NothingAnswered(Conflict):
    """Nobody of ours answered on this ticket: there is nothing to make an article of."""

    code = "nothing_answered"


class ModelArticle(Struct, forbid_unknown_fields=True):
    """An article as a model writes it."""

    title: Annotated[str, Meta(min_length=3, max_length=200)]
    question: Annotated[str, Meta(min_length=3, max_length=1_000)]
    answer: Annotated[str, Meta(min_length=3, max_length=8_000)]
    quote: Annotated[str, Meta(min_length=1, max_length=500)]


async def draft_article(models: Models, ticket_id: int, *, by: Actor) -> DraftedArticle:
    """Make a draft for colleagues; without a model from the telling sentences of both sides.

    Raises:
        NotAllowed: ``by`` may not write articles.
        NotFound: the ticket does not exist, or ``by`` may not see it.
        NotSolvedYet: it is still open.
        NothingAnswered: nobody answered.

    Emits: ArticleChanged
    """
    by.require("knowledge.write")
    async with models.database.statements() as tx:
        subject = await queries.find_subject(tx, ticket_id, by=by)
        messages = await queries.public_messages(tx, subject.id)
    if subject.category not in DONE:
        raise NotSolvedYet
    said = [one for one in messages if one.direction == "out" and one.author_kind in {"person", "api_key"}]
    if not said:
        raise NothingAnswered
    names = names_of(subject, messages)
    answer = max(said[-3:], key=lambda one: (len(one.text), one.id))
    locale = language_of(answer.text)
    outcome = await ask(
        models,
        "article",
        Task(
            INSTRUCTIONS.format(language=LANGUAGES[locale]),
            tuple(_source(one) for one in messages),
            names=names,
            max_tokens=2_500,
        ),
        ModelArticle,
        check=lambda found: _problem(found, messages, locale),
        about=About(subject.id, by.person_id),
    )
    words = _written(outcome.value) if outcome.value else _extracted(subject, messages, answer, names)
    data = ArticleIn(kind="article", locale=locale, words=words, brand_id=subject.brand_id, audience="agents")
    async with models.database.transaction() as tx:
        made = await make_article(tx, data, by=by, now=models.clock.now())
    return DraftedArticle(made, "model" if outcome.value else "product", outcome.problem)


def _source(one: Spoken) -> Source:
    is_ours = one.direction == "out"
    return Source("agent" if is_ours else "customer", one.text[:LONGEST_MESSAGE], is_ours=is_ours)


def _problem(found: ModelArticle, messages: list[Spoken], locale: str) -> str:
    sources = [_source(one) for one in messages]
    whole = f"{found.title}\n{found.question}\n{found.answer}"
    if any(not one.is_suspect for one in find_personal_data(whole)):
        return "It contains personal data."
    ours = "\n".join(one.text for one in sources if one.is_ours)
    return (
        quote_problem(found.quote, ours) or customer_problem(whole, sources) or language_problem(found.answer, locale)
    )


def _written(found: ModelArticle) -> ArticleWords:
    return ArticleWords(found.title, f"<p>{escape(found.question)}</p>{_paragraphs(found.answer)}")


def _extracted(subject: Subject, messages: list[Spoken], answer: Spoken, names: tuple[str, ...]) -> ArticleWords:
    asked = next((one.text for one in messages if one.direction == "in"), subject.subject)
    question = without_others(telling(asked, 3) or asked, names)
    title = without_others(subject.subject, names)[:200] or question[:80]
    return ArticleWords(title, f"<p>{escape(question)}</p>{_paragraphs(without_others(answer.text, names))}")


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(one.strip())}</p>" for one in text.split("\n") if one.strip())
