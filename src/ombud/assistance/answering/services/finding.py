"""From a question to what may be said of it: the best article's own words, or why nothing is said."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from msgspec import Struct
from msgspec.structs import replace

from ombud.assistance.answering import queries
from ombud.assistance.answering.rules.saying import Said, adds_figures, names_amount, say_with_summary
from ombud.assistance.answering.rules.wishes import language_of
from ombud.assistance.answering.schemas import Answer, AnswerRule, AnswerState, Reason
from ombud.intelligence.models.services import find_injections
from ombud.knowledge.articles.schemas import Reader
from ombud.knowledge.retrieval.queries import find_passages
from ombud.knowledge.retrieval.schemas import Ask, Found, Meant
from ombud.service_levels.promises.services.offering import names_money, promises_in
from ombud.shared.database import Database, Transaction, row, value, values

LOOKED_AT: Final = 5
LONGEST_QUESTION: Final = 2_000
# Articles to choose from: at most so many, none below this share of the best one's score, and none at all where even
# the best is as unlikely as this.
MOST_OFFERED: Final = 3
NEARLY: Final = 0.5
WORTH_OFFERING: Final = 0.08
# Scripts are what agents say.
TOLD_KINDS: Final = frozenset({"article", "faq"})


class Worder(Protocol):
    """Puts the words of an article together for one question; a language model, where there is one."""

    async def word(self, *, question: str, title: str, text: str, locale: str) -> str | None:
        """The answer in the source's own figures; None without a model, or where what it said is not in the source."""


class Knowing(Struct, frozen=True):
    """What answers come from: the passages in this process, and perhaps a model that puts them into words.

    ``index`` is what ``find_passages`` takes; the assembly makes it.
    """

    index: Any
    worder: Worder | None = None


class Judged(Struct, frozen=True):
    """What came of a question: an answer, or why there is none; ``best`` is what was found all the same.

    ``near``: titles of articles, one of which is meant more likely than not, where none is sure.
    """

    state: AnswerState
    reason: Reason | None = None
    answer: Answer | None = None
    best: Found | None = None
    near: tuple[str, ...] = ()

    @property
    def confidence(self) -> float | None:
        """Of the best passage."""
        return self.best.confidence if self.best else None


def path_of(slug: str, locale: str) -> str:
    """Where an article is read in the help centre."""
    return f"/help/{locale}/articles/{slug}"


async def meant_by(database: Database, knowing: Knowing, question: str) -> Meant | None:
    """The meaning of a text; to be asked outside of a transaction."""
    found: Meant | None = await knowing.index.meant(database, question[:LONGEST_QUESTION])
    return found


async def judge(
    database: Database,
    knowing: Knowing,
    question: str,
    rule: AnswerRule,
    reader: Reader,
    *,
    now: datetime,
    said_ids: Collection[int] = (),
) -> Judged:
    """What a place would answer to a question, and why not; articles in ``said_ids`` were said before.

    Call it outside of a transaction: what a question means, and the words of an answer, may be asked of somebody
    else's machine for seconds. No connection is held meanwhile.
    """
    asked = question[:LONGEST_QUESTION]
    meant = await meant_by(database, knowing, asked)
    ask = Ask(text=asked, locale=language_of(asked), reader=reader, limit=LOOKED_AT, meant=meant)
    async with database.statements() as tx:
        judged = await _find(tx, knowing, ask, rule, said_ids, now=now)
    return await _put_into_words(knowing, asked, judged, rule, now=now)


async def _find(
    tx: Transaction, knowing: Knowing, ask: Ask, rule: AnswerRule, said_ids: Collection[int], *, now: datetime
) -> Judged:
    found = await find_passages(tx, knowing.index, ask)
    told = [one for one in found if one.kind in TOLD_KINDS]
    meant = await _asked_for(tx, told, ask.text)
    best = next((one for one in told if one.article_id in meant), told[0] if told else None)
    if best is None or (best.confidence < rule.threshold and best.article_id not in meant):
        return Judged("not_sure", "unknown", best=best, near=await _near(tx, told, ask, said_ids))
    if best.article_id in said_ids:
        # Whoever asks the same again was not helped by it, and the next best is a guess.
        return Judged("not_sure", "repeated", best=best)
    return await _weigh(tx, ask, best, rule, now=now)


async def _asked_for(tx: Transaction, told: Sequence[Found], text: str) -> set[int]:
    """Articles whose title, or a question that customers ask for them, was said as it stands there."""
    sql = """
        select distinct article_id from passage where article_id = any(%(ids)s::bigint[]) and is_question
            and rtrim(lower(text), %(signs)s) = rtrim(lower(%(text)s), %(signs)s)"""
    params = {"ids": [one.article_id for one in told], "text": text.strip(), "signs": " ?!.？！。"}
    return set(await values(tx, int, sql, params)) if told else set()


async def _near(tx: Transaction, told: Sequence[Found], ask: Ask, said_ids: Collection[int]) -> tuple[str, ...]:
    if not told or told[0].confidence < WORTH_OFFERING:
        return ()
    likely = [one for one in told if one.score >= NEARLY * told[0].score and one.article_id not in said_ids]
    shown = [await _in_language(tx, one, language_of(ask.text)) for one in likely[:MOST_OFFERED]]
    return tuple(one.title for one in shown)


async def _weigh(tx: Transaction, ask: Ask, best: Found, rule: AnswerRule, *, now: datetime) -> Judged:
    category = (await queries.categories_of(tx, [best.article_id])).get(best.article_id)
    if rule.category_ids is not None and category not in rule.category_ids:
        return Judged("refused", "topic", best=best)
    best = await _in_language(tx, best, language_of(ask.text))
    summary = await value(tx, str, "select summary from article_version where id = %(id)s", {"id": best.version_id})
    if find_injections(f"{best.title}\n{summary}\n{best.text}"):
        # Such an article was written to be obeyed, not to be read: a person looks at it first.
        return Judged("refused", "instruction", best=best)
    said = say_with_summary(summary or "", best.text, ask.text, binds=lambda text: binds(text, rule, now))
    if not said.text:
        return Judged("refused", _why(said, best.text), best=best)
    answer = Answer(
        article_id=best.article_id,
        version_id=best.version_id,
        passage_id=best.passage_id,
        category_id=category,
        locale=best.locale,
        title=best.title,
        slug=best.slug,
        text=said.text,
        confidence=best.confidence,
        path=path_of(best.slug, best.locale),
    )
    return Judged("answered", answer=answer, best=best)


def binds(text: str, rule: AnswerRule, now: datetime) -> bool:
    """Whether a sentence promises something to whoever reads it; how a rule is told binds where the place is strict."""
    found = promises_in(text, now=now)
    if rule.is_strict:
        return bool(found) or names_money(text) or names_amount(text)
    return any(kind != "on_event" for kind, _ in found)


def _why(said: Said, text: str) -> Reason:
    if not said.is_bound:
        return "unknown"
    return "money" if names_money(text) or names_amount(text) else "promise"


async def _put_into_words(knowing: Knowing, asked: str, judged: Judged, rule: AnswerRule, *, now: datetime) -> Judged:
    """The answer as a model says it; as it is where the model adds a promise or a figure, or says nothing."""
    answer, best = judged.answer, judged.best
    if knowing.worder is None or answer is None or best is None:
        return judged
    text = await knowing.worder.word(question=asked, title=best.title, text=best.text, locale=language_of(asked))
    if not text or adds_figures(text, f"{best.title} {best.text}") or binds(text, rule, now):
        return judged
    known = {words for _, words in promises_in(best.text, now=now)}
    if any(words not in known for _, words in promises_in(text, now=now)):
        # A rule may be told in other words by nobody but people.
        return judged
    return replace(judged, answer=replace(answer, text=text, is_worded=True))


class _Elsewhere(Struct):
    id: int
    version_id: int
    locale: str
    title: str
    text: str


async def _in_language(tx: Transaction, best: Found, locale: str) -> Found:
    """The same place of the article in the customer's language, if it is published in it."""
    if _tongue(best.locale) == _tongue(locale):
        return best
    sql = """
        select p.id, p.version_id, p.locale, v.title, p.text
        from passage p join article_version v on v.id = p.version_id
        where p.article_id = %(article)s and split_part(lower(p.locale), '-', 1) = %(tongue)s and v.state = 'published'
            and not p.is_question
        order by abs(p.position - (select o.position from passage o where o.id = %(passage)s)), p.position limit 1"""
    params = {"article": best.article_id, "tongue": _tongue(locale), "passage": best.passage_id}
    other = await row(tx, _Elsewhere, sql, params)
    if other is None:
        return best
    best.passage_id, best.version_id, best.locale = other.id, other.version_id, other.locale
    best.title, best.text = other.title, other.text
    return best


def _tongue(locale: str) -> str:
    return locale.lower().partition("-")[0]


def question_of(subject: str, text: str) -> str:
    """A mail as a question: its subject says as much as its text."""
    parts: Sequence[str] = [subject.strip(), text.strip()]
    return "\n".join(part for part in parts if part)
