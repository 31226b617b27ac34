"""Suggestions for an answer: passages of articles, scripts, and what helped in tickets that were alike."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
from msgspec import structs

from ombud.assistance.copilot import queries
from ombud.assistance.copilot.queries import Shown, Solved, Spoken, Subject
from ombud.assistance.copilot.rules import likeness, search_words, sentences, telling
from ombud.assistance.copilot.schemas import CopilotSuggestion, CopilotSuggestions, SuggestIn
from ombud.intelligence.models.services import PLACEHOLDER, Hiding
from ombud.knowledge.articles.schemas import Reader, reader_of
from ombud.knowledge.retrieval.queries import find_passages
from ombud.knowledge.retrieval.schemas import Ask, Found, Meant
from ombud.knowledge.retrieval.services import PassageIndex
from ombud.shared.actor import Actor
from ombud.shared.database import Database, Transaction, value, values
from ombud.shared.errors import Invalid, UpstreamFailed
from ombud.tickets.search.queries import find, understand

PASSAGES: Final = 4
TICKETS: Final = 3
# What is right once in thirty times only takes the room of what helps.
LEAST_SURE: Final = 0.03
CANDIDATES: Final = 40
COMPARED: Final = 8
LONGEST_ANSWER: Final = 2_000
LONGEST_QUESTION: Final = 1_500
SHORT_QUESTION: Final = 25
# Fewer shared words than this say nothing about two tickets being alike.
ALIKE: Final = 0.25
HIDDEN: Final = "…"
# "Thank you, bye" helped nobody.
SHORTEST_ANSWER: Final = 20


async def suggest(
    database: Database, index: PassageIndex, ticket_id: int, data: SuggestIn, *, by: Actor, now: datetime
) -> CopilotSuggestions:
    """What may go into the answer to a ticket, articles and scripts first; what is shown is counted.

    Solved tickets are those that ``by`` may see at this moment; what they hold of another customer is taken out.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
    """
    async with database.statements() as tx:
        subject = await queries.find_subject(tx, ticket_id, by=by)
        asked = data.text.strip() or question_of(subject, await queries.public_messages(tx, subject.id))
        close = await _alike(tx, subject, asked, by=by, now=now)
    meant = await index.meant(database, asked)
    alike = (await _by_meaning(database, index, meant, close))[:TICKETS]
    async with database.transaction() as tx:
        ask = Ask(text=asked, reader=_narrowed(by, subject), limit=PASSAGES, meant=meant)
        passages = [one for one in await find_passages(tx, index, ask) if one.confidence >= LEAST_SURE]
        public = await _readable_by_customers(tx, [one.article_id for one in passages])
        items = [_of_passage(one, is_public=one.article_id in public) for one in passages]
        items += [_of_ticket(one, score) for one, score in alike]
        for item, passage_id in zip(
            items, [*(one.passage_id for one in passages), *(None for _ in alike)], strict=True
        ):
            item.id = await note_shown(tx, subject.id, _shown(item, passage_id), by=by, now=now)
        return CopilotSuggestions(items, asked[:300], await queries.may_use_model(tx, "reply"))


async def note_shown(tx: Transaction, ticket_id: int, shown: Shown, *, by: Actor, now: datetime) -> int:
    """Count what was shown to a person on a ticket; the same source again is the same suggestion."""
    params = structs.asdict(shown) | {"ticket": ticket_id, "person": by.person_id, "now": now}
    if not by.person_id:
        return 0
    sql = """
        select id from copilot_suggestion
        where ticket_id = %(ticket)s and person_id = %(person)s and kind = %(kind)s and exchange_id is null
            and %(exchange_id)s::bigint is null
            and (passage_id, source_entry_id) is not distinct from (%(passage_id)s::bigint, %(source_entry_id)s::bigint)
        limit 1"""
    known = await value(tx, int, sql, params)
    if known is not None:
        return known
    sql = """
        insert into copilot_suggestion (ticket_id, person_id, kind, made_by, article_id, version_id, passage_id,
            source_ticket_id, source_entry_id, exchange_id, at)
        values (%(ticket)s, %(person)s, %(kind)s, %(made_by)s, %(article_id)s, %(version_id)s, %(passage_id)s,
            %(source_ticket_id)s, %(source_entry_id)s, %(exchange_id)s, %(now)s) returning id"""
    return await value(tx, int, sql, params) or 0


def question_of(subject: Subject, messages: Sequence[Spoken]) -> str:
    """What the customer asks now: what they wrote since our last answer, or their last words; with the subject."""
    asked: list[str] = []
    for one in reversed(messages):
        if one.direction == "in":
            asked.append(one.text)
        elif asked:
            break
    words = "\n".join(reversed(asked)) or subject.subject
    short = telling(words, 6) or words
    # The subject of a long conversation is what it began with, not what is asked now.
    title = f"{subject.subject}\n" if len(short) < SHORT_QUESTION and subject.subject.strip() not in short else ""
    return f"{title}{short}"[:LONGEST_QUESTION]


def without_others(text: str, names: Sequence[str]) -> str:
    """An answer to somebody else without what is theirs: names, numbers, addresses, greetings."""
    bare = "\n".join(sentences(text)) if sentences(text) else text
    hidden = Hiding(names).hide(bare)
    return PLACEHOLDER.sub(HIDDEN, hidden)[:LONGEST_ANSWER].strip()


def _narrowed(by: Actor, subject: Subject) -> Reader:
    reader = reader_of(by)
    return Reader(reader.kind, reader.team_ids, frozenset({subject.brand_id}), sees_all=False)


async def _alike(
    tx: Transaction, subject: Subject, asked: str, *, by: Actor, now: datetime
) -> list[tuple[Solved, float]]:
    """Solved tickets that share words with what is asked, with how much they do; the best first."""
    words = search_words(asked)
    ids = await _matching(tx, words, by=by, now=now)
    solved = await queries.solved_tickets(tx, ids, by=by, but=subject.id)
    scored = [
        (one, likeness(words, f"{one.subject} {one.question}")) for one in solved if len(one.answer) > SHORTEST_ANSWER
    ]
    scored.sort(key=lambda pair: -pair[1])
    return [pair for pair in scored if pair[1] >= ALIKE][:COMPARED]


async def _matching(tx: Transaction, words: Sequence[str], *, by: Actor, now: datetime) -> list[int]:
    """Tickets whose public messages hold some of the words, by the product's own search: only what ``by`` may see."""
    if not words:
        return []
    text = " OR ".join(f'"{one}"' for one in words)
    try:
        search = await understand(tx, text, by=by, now=now)
    except Invalid:
        return []
    found = await find(tx, search, "messages", order="relevant", limit=CANDIDATES)
    titled = await find(tx, search, "tickets", order="relevant", limit=CANDIDATES)
    hits = [*found.items, *titled.items]
    return list(dict.fromkeys(one.ticket.id for one in hits if one.ticket is not None))


async def _by_meaning(
    database: Database, index: PassageIndex, meant: Meant | None, found: list[tuple[Solved, float]]
) -> list[tuple[Solved, float]]:
    """The same by words and meaning together; by words alone where there is no model for meaning."""
    async with database.statements() as tx:
        embedder = await index.meaning.embedder(tx)
    if meant is None or embedder is None or embedder.name != meant.made_by or not found:
        return found
    try:
        vectors = await embedder.passages([f"{one.subject}\n{one.question}"[:600] for one, _ in found])
    except UpstreamFailed:
        return found
    near = np.asarray(vectors @ meant.vector)
    mixed = [(one, (score + _spread(float(near[place]))) / 2) for place, (one, score) in enumerate(found)]
    return sorted(mixed, key=lambda pair: -pair[1])


def _spread(cosine: float) -> float:
    # Vectors of this family lie between 0.75 (nothing in common) and 0.95 (the same).
    return min(max((cosine - 0.75) / 0.2, 0.0), 1.0)


async def _readable_by_customers(tx: Transaction, article_ids: Sequence[int]) -> set[int]:
    sql = "select id from article where id = any(%(ids)s::bigint[]) and audience in ('public', 'customers')"
    return set(await values(tx, int, sql, {"ids": list(article_ids)}))


def _of_passage(one: Found, *, is_public: bool) -> CopilotSuggestion:
    return CopilotSuggestion(
        id=0,
        kind="script" if one.kind == "script" else "article",
        made_by="product",
        title=one.title,
        text=one.text,
        confidence=round(one.confidence, 3),
        heading=one.heading,
        locale=one.locale,
        article_id=one.article_id,
        version_id=one.version_id,
        slug=one.slug,
        is_public=is_public or one.kind == "script",
    )


def _of_ticket(one: Solved, score: float) -> CopilotSuggestion:
    return CopilotSuggestion(
        id=0,
        kind="ticket",
        made_by="product",
        title=one.subject,
        text=without_others(one.answer, [one.customer]),
        confidence=round(score, 3),
        ticket_id=one.ticket_id,
        entry_id=one.entry_id,
        solved_at=one.solved_at,
    )


def _shown(item: CopilotSuggestion, passage_id: int | None) -> Shown:
    return Shown(
        item.kind,
        item.made_by,
        item.article_id,
        item.version_id,
        passage_id,
        item.ticket_id,
        item.entry_id,
    )
