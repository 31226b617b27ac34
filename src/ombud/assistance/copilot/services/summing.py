"""The summary of a ticket and of its customer's past: sentences of theirs and of ours, each with its entry.

A model, where there is one, puts it into better words; each of its points must quote the entry that it rests on.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct

from ombud.assistance.copilot import queries
from ombud.assistance.copilot.queries import Promised, Spoken, Subject
from ombud.assistance.copilot.rules import is_chinese, search_words, telling
from ombud.assistance.copilot.schemas import CustomerPast, Language, PointKind, SummaryPoint, TicketSummary
from ombud.intelligence.models.schemas import About, Source, Task
from ombud.intelligence.models.services import (
    Models,
    all_text,
    ask,
    language_problem,
    link_problem,
    number_problem,
    payload_problem,
    quote_problem,
)
from ombud.processes.queries import list_solutions
from ombud.processes.schemas import Solution
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction

PAST: Final = 5
ANSWER_START: Final = 240
POINT_LENGTH: Final = 400
LONGEST_ENTRY: Final = 3_000
INSTRUCTIONS: Final = """\
Summarise a customer service ticket for a colleague who takes it over. Write at most six points, each one short \
sentence: what the customer wants, what was found out, what was tried, what was promised, what is open. Each point \
names the entry it rests on ("entry 12" is 12) and quotes some words of it, letter for letter. Write in {language}."""
LANGUAGES: Final[dict[Language, str]] = {"zh-CN": "Chinese", "en": "English"}


class ModelPoint(Struct, forbid_unknown_fields=True):
    """A point as a model writes it."""

    entry: int
    text: Annotated[str, Meta(min_length=1, max_length=400)]
    quote: Annotated[str, Meta(min_length=1, max_length=400)]


class ModelSummary(Struct, forbid_unknown_fields=True):
    """A summary as a model writes it."""

    points: Annotated[list[ModelPoint], Meta(min_length=1, max_length=6)]


class Material(Struct):
    """All that a summary is made of."""

    subject: Subject
    messages: list[Spoken]
    notes: list[Spoken]
    solutions: list[Solution]
    promises: list[Promised]
    history: CustomerPast


async def gather(tx: Transaction, ticket_id: int, *, by: Actor, now: datetime) -> Material:
    """What a summary is made of, as far as ``by`` may see it.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
    """
    subject = await queries.find_subject(tx, ticket_id, by=by)
    counts = await queries.past_counts(tx, subject.customer_id, by=by, but=subject.id, now=now)
    past = await queries.past_tickets(tx, subject.customer_id, by=by, but=subject.id, limit=PAST)
    for one in past:
        one.answer = telling(one.answer, 2)[:ANSWER_START]
    return Material(
        subject,
        await queries.public_messages(tx, subject.id),
        await queries.internal_notes(tx, subject.id),
        await list_solutions(tx, subject.id),
        await queries.open_promises(tx, subject.id),
        CustomerPast(*counts, past),
    )


def extract(found: Material) -> TicketSummary:
    """The summary without a model: telling sentences, each with its entry."""
    asked = [one for one in found.messages if one.direction == "in"]
    said = [one for one in found.messages if one.direction == "out" and one.author_kind in {"person", "api_key"}]
    words = search_words(found.subject.subject)
    points = [_point("problem", asked[0], 3, words)] if asked else []
    points += [SummaryPoint("tried", one.text[:POINT_LENGTH], at=one.at) for one in found.solutions]
    points += [_point("reply", said[-1], 2, words)] if said else []
    points += [_point("note", one, 2, words) for one in found.notes[-2:]]
    points += [_point("latest", asked[-1], 2, words)] if len(asked) > 1 else []
    points += [SummaryPoint("promise", one.text[:POINT_LENGTH], at=one.due_at) for one in found.promises]
    return TicketSummary("product", [one for one in points if one.text], found.history, len(found.messages))


async def summarise(models: Models, ticket_id: int, *, by: Actor) -> TicketSummary:
    """The summary by a model, or without one where there is none or its answer does not stand.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
    """
    now = models.clock.now()
    async with models.database.statements() as tx:
        found = await gather(tx, ticket_id, by=by, now=now)
    plain = extract(found)
    entries = {one.id: one for one in (*found.messages, *found.notes)}
    if not entries:
        return plain
    sources = tuple(_source(one) for one in sorted(entries.values(), key=lambda one: one.id))
    language: Language = "zh-CN" if by.locale == "zh-CN" else "en"
    task = Task(
        INSTRUCTIONS.format(language=LANGUAGES[language]),
        sources,
        names=names_of(found.subject, list(entries.values())),
        max_tokens=900,
    )

    def check(answer: ModelSummary) -> str:
        return next(filter(None, (_problem(one, entries, sources, language) for one in answer.points)), "")

    about = About(found.subject.id, by.person_id)
    outcome = await ask(models, "summary", task, ModelSummary, check=check, about=about)
    if outcome.value is None:
        plain.problem = outcome.problem
        return plain
    points = [_written(one, entries[one.entry]) for one in outcome.value.points]
    return TicketSummary("model", points, found.history, len(found.messages))


def names_of(subject: Subject, entries: Sequence[Spoken]) -> tuple[str, ...]:
    """Names that are known to be those of people."""
    return tuple(dict.fromkeys(filter(None, (subject.customer, *(one.author for one in entries)))))


def language_of(text: str) -> Language:
    """The language that somebody writes, of the two that the product speaks."""
    return "zh-CN" if is_chinese(text) else "en"


def _source(one: Spoken) -> Source:
    who = "internal note" if one.kind == "note" else "customer" if one.direction == "in" else "agent"
    return Source(f"entry {one.id} {who}", one.text[:LONGEST_ENTRY], is_ours=one.direction == "out")


def _problem(point: ModelPoint, entries: dict[int, Spoken], sources: Sequence[Source], language: str) -> str:
    entry = entries.get(point.entry)
    if entry is None:
        return f"There is no entry {point.entry}."
    everything = all_text(sources)
    return (
        quote_problem(point.quote, entry.text)
        or payload_problem(point.text, sources)
        or link_problem(point.text, everything)
        or number_problem(point.text, everything)
        or language_problem(point.text, language)
    )


def _written(point: ModelPoint, entry: Spoken) -> SummaryPoint:
    kind: PointKind = "note" if entry.kind == "note" else "problem" if entry.direction == "in" else "reply"
    return SummaryPoint(kind, point.text, entry.id, entry.at, entry.author or "")


def _point(kind: PointKind, one: Spoken, most: int, words: Sequence[str]) -> SummaryPoint:
    return SummaryPoint(kind, telling(one.text, most, words)[:POINT_LENGTH], one.id, one.at, one.author or "")
