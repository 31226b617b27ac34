"""What a model writes for an agent: an answer from articles, another wording, a translation. Never sent by itself."""

from collections.abc import Callable
from typing import Annotated, Final

from msgspec import Meta, Struct

from ombud.assistance.copilot import queries
from ombud.assistance.copilot.queries import Shown, Spoken, Subject
from ombud.assistance.copilot.schemas import (
    CopilotEvidence,
    CopilotText,
    RewriteIn,
    Tone,
    TranslateIn,
    WriteIn,
)
from ombud.assistance.copilot.services.suggesting import note_shown, question_of
from ombud.assistance.copilot.services.summing import LANGUAGES, language_of, names_of
from ombud.intelligence.models.schemas import About, Outcome, Purpose, Source, Task
from ombud.intelligence.models.services import (
    Models,
    acts,
    all_text,
    amount_problem,
    ask,
    contact_problem,
    customer_problem,
    faithful_problem,
    language_problem,
    link_problem,
    number_problem,
    payload_problem,
    placeholder_problem,
    quote_problem,
    support_problem,
    time_problem,
)
from ombud.knowledge.articles.schemas import Reader, reader_of
from ombud.knowledge.retrieval.queries import find_passages
from ombud.knowledge.retrieval.schemas import Ask, Found, Meant
from ombud.knowledge.retrieval.services import PassageIndex
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.shared.errors import Invalid
from ombud.tickets.queries.tickets import require_visible

PASSAGES: Final = 5
LAST_MESSAGES: Final = 6
LONGEST_MESSAGE: Final = 3_000
REPLY: Final = """\
Write the answer of a customer service agent to the last message of the customer, in {language}, from the articles \
alone. Be short, friendly and plain. Begin with a greeting without a name; no signature. Say nothing that the articles \
do not say; what they leave open, the agent will answer. "evidence" lists the articles that you used: the number of \
each ("article 3" is 3) and some words of it, quoted letter for letter in the article's own language."""
TONES: Final[dict[Tone, str]] = {
    "shorter": "clearly shorter, without losing a fact",
    "warmer": "warmer and more understanding",
    "formal": "more formal and polite",
}
REWRITE: Final = """\
Word the text of a customer service agent anew so that it is {tone}. Keep its language, its meaning and every fact, \
number, name, link and promise in it. Add nothing. "text" is the new wording alone."""
TRANSLATE: Final = """\
Translate the text into {language}. Keep every number, name, link and token as it is. Add nothing, leave nothing out. \
"text" is the translation alone."""


class ModelEvidence(Struct, forbid_unknown_fields=True):
    """What an answer rests on, as a model says it."""

    article: int
    quote: Annotated[str, Meta(min_length=1, max_length=500)]


class ModelReply(Struct, forbid_unknown_fields=True):
    """An answer as a model writes it."""

    text: Annotated[str, Meta(min_length=1, max_length=6_000)]
    evidence: Annotated[list[ModelEvidence], Meta(min_length=1, max_length=8)]


class ModelText(Struct, forbid_unknown_fields=True):
    """A text as a model writes it."""

    text: Annotated[str, Meta(min_length=1, max_length=30_000)]


class NothingToTranslate(Invalid):
    """Give a text, or the id of a message to translate."""

    code = "nothing_to_translate"


async def write_reply(models: Models, index: PassageIndex, ticket_id: int, data: WriteIn, *, by: Actor) -> CopilotText:
    """An answer from articles that customers may read, and from scripts; with the words that it rests on.

    Internal notes and articles for colleagues are never among its sources.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
    """
    async with models.database.statements() as tx:
        subject = await queries.find_subject(tx, ticket_id, by=by)
        messages = await queries.public_messages(tx, subject.id)
    question = question_of(subject, messages)
    meant = await index.meant(models.database, question)
    async with models.database.statements() as tx:
        passages = await _sayable(tx, index, question, meant, subject, by=by)
    if not passages:
        return CopilotText(problem="no_source")
    asked = next((one.text for one in reversed(messages) if one.direction == "in"), subject.subject)
    language = data.language or language_of(asked)
    sources = (
        *(
            Source(f"article {place}", f"{one.title}\n{one.text}", is_ours=True)
            for place, one in enumerate(passages, 1)
        ),
        *(_said(one) for one in messages[-LAST_MESSAGES:]),
    )
    task = Task(
        REPLY.format(language=LANGUAGES[language]), sources, names=names_of(subject, messages), max_tokens=1_200
    )
    ours = sources[: len(passages)]
    others = sources[len(passages) :]

    def check(answer: ModelReply) -> str:
        quoted = (_evidence_problem(one, ours) for one in answer.evidence)
        wrong = next(filter(None, quoted), "")
        return (
            wrong
            or customer_problem(answer.text, (*ours, *_strangers(others)))
            or support_problem(answer.text, all_text(ours))
            or language_problem(answer.text, language)
        )

    outcome = await ask(models, "reply", task, ModelReply, check=check, about=About(subject.id, by.person_id))
    if outcome.value is None:
        return CopilotText(problem=outcome.problem)
    first = passages[outcome.value.evidence[0].article - 1]
    shown = Shown(
        "reply", "model", first.article_id, first.version_id, first.passage_id, exchange_id=outcome.exchange_id
    )
    return CopilotText(
        outcome.value.text,
        suggestion_id=await _note(models, subject.id, shown, by=by),
        evidence=[_evidence(one, passages) for one in outcome.value.evidence],
    )


async def rewrite(models: Models, ticket_id: int, data: RewriteIn, *, by: Actor) -> CopilotText:
    """The agent's own text in other words; every fact of it stays, none is added.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
    """
    subject, names = await _known(models, ticket_id, by=by)
    source = Source("text", data.text, is_ours=True)

    def check(answer: ModelText) -> str:
        if data.tone == "shorter" and len(answer.text) >= len(data.text):
            return "It is not shorter."
        return (
            _nothing_new(answer.text, source)
            or number_problem(data.text, answer.text)
            or language_problem(answer.text, language_of(data.text))
        )

    task = Task(REWRITE.format(tone=TONES[data.tone]), (source,), names=names, max_tokens=_room(data.text))
    return await _text(models, "rewrite", "rewrite", subject, task, check, original=data.text, by=by)


async def translate(models: Models, ticket_id: int, data: TranslateIn, *, by: Actor) -> CopilotText:
    """A text, or a message of the ticket, in another language; the original is given back with it.

    Raises:
        NotFound: the ticket or the message does not exist, or ``by`` may not see it.
        NothingToTranslate: neither a text nor a message.
    """
    subject, names = await _known(models, ticket_id, by=by)
    text = data.text
    if data.entry_id is not None:
        async with models.database.statements() as tx:
            text = (await queries.one_message(tx, subject.id, data.entry_id)).text
    if not text.strip():
        raise NothingToTranslate
    source = Source("text", text, is_ours=data.entry_id is None)

    def check(answer: ModelText) -> str:
        return (
            payload_problem(answer.text, [source])
            or placeholder_problem(answer.text)
            or faithful_problem(answer.text, text)
            or language_problem(answer.text, data.language)
        )

    task = Task(TRANSLATE.format(language=LANGUAGES[data.language]), (source,), names=names, max_tokens=_room(text))
    return await _text(models, "translate", "translation", subject, task, check, original=text, by=by)


async def _text(
    models: Models,
    purpose: Purpose,
    kind: str,
    subject: Subject,
    task: Task,
    check: Callable[[ModelText], str],
    *,
    original: str,
    by: Actor,
) -> CopilotText:
    about = About(subject.id, by.person_id)
    outcome: Outcome[ModelText] = await ask(models, purpose, task, ModelText, check=check, about=about)
    if outcome.value is None:
        return CopilotText(original=original, problem=outcome.problem)
    shown = Shown(kind, "model", exchange_id=outcome.exchange_id)
    noted = await _note(models, subject.id, shown, by=by)
    return CopilotText(outcome.value.text, original, suggestion_id=noted)


async def _known(models: Models, ticket_id: int, *, by: Actor) -> tuple[Subject, tuple[str, ...]]:
    async with models.database.statements() as tx:
        subject = await queries.find_subject(tx, await require_visible(tx, ticket_id, by=by), by=by)
        return subject, names_of(subject, await queries.public_messages(tx, subject.id))


async def _note(models: Models, ticket_id: int, shown: Shown, *, by: Actor) -> int | None:
    async with models.database.transaction() as tx:
        return await note_shown(tx, ticket_id, shown, by=by, now=models.clock.now()) or None


async def _sayable(
    tx: Transaction, index: PassageIndex, asked: str, meant: Meant | None, subject: Subject, *, by: Actor
) -> list[Found]:
    """Passages whose words may be said to a customer: what customers may read, and scripts."""
    brand = frozenset({subject.brand_id})
    customer = Reader("customer", frozenset(), brand)
    public = await find_passages(tx, index, Ask(text=asked, reader=customer, limit=PASSAGES, meant=meant))
    reader = reader_of(by)
    internal = Reader("agent", reader.team_ids, brand)
    scripts = await find_passages(tx, index, Ask(text=asked, reader=internal, limit=PASSAGES, meant=meant))
    known = {one.passage_id for one in public}
    return [*public, *(one for one in scripts if one.kind == "script" and one.passage_id not in known)][:PASSAGES]


def _said(one: Spoken) -> Source:
    return Source("customer" if one.direction == "in" else "agent", one.text[:LONGEST_MESSAGE], is_ours=False)


def _strangers(sources: tuple[Source, ...]) -> tuple[Source, ...]:
    # What we said before binds us no further: it was said for its moment.
    return tuple(Source(one.name, one.text) for one in sources)


def _evidence_problem(one: ModelEvidence, ours: tuple[Source, ...]) -> str:
    if not 1 <= one.article <= len(ours):
        return f"There is no article {one.article}."
    return quote_problem(one.quote, ours[one.article - 1].text)


def _evidence(one: ModelEvidence, passages: list[Found]) -> CopilotEvidence:
    found = passages[one.article - 1]
    return CopilotEvidence(one.quote, found.title, found.article_id, found.slug)


def _nothing_new(text: str, source: Source) -> str:
    original = source.text
    if acts(text) - acts(original):
        return "It offers what the original does not."
    return (
        payload_problem(text, [source])
        or placeholder_problem(text)
        or link_problem(text, original)
        or contact_problem(text, original)
        or amount_problem(text, original)
        or time_problem(text, original)
        or number_problem(text, original)
    )


def _room(text: str) -> int:
    return min(8_000, 300 + 2 * len(text))
