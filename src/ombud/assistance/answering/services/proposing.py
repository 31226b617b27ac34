"""Answers that are shown before anybody writes to the desk: in the help centre and above a form."""

from datetime import datetime

from msgspec.structs import replace

from ombud.assistance.answering import queries
from ombud.assistance.answering.rules.wishes import is_angry, is_question, language_of, wants_person
from ombud.assistance.answering.schemas import Answer, AnswerQuestionIn, AnswerRule, Place, TriedAnswer
from ombud.assistance.answering.services.finding import Judged, Knowing, judge
from ombud.assistance.answering.services.keeping import keep_question
from ombud.intelligence.risk.services import find_risks
from ombud.knowledge.articles.schemas import Reader
from ombud.shared.database import Database, Transaction
from ombud.shared.errors import NotFound


async def propose(
    database: Database,
    knowing: Knowing,
    question: str,
    place: Place,
    reader: Reader,
    *,
    now: datetime,
    channel_id: int | None = None,
    is_kept: bool = True,
) -> Answer | None:
    """What the desk says to a question by itself; None where the place is off, or it is nothing for a machine.

    A form without a rule of its own goes by that of the help centre. ``is_kept``: the question counts in the figures,
    and the answer has an ``id`` that ``note_helped`` takes.
    """
    async with database.statements() as tx:
        rule = await _rule_for(tx, place, channel_id)
    if rule is None or not rule.is_on or not question.strip():
        return None
    judged = refused(question) or await judge(database, knowing, question, rule, reader, now=now)
    if not is_kept:
        return judged.answer
    async with database.transaction() as tx:
        kept = await keep_question(tx, replace(rule, place=place), judged, question, language_of(question), now=now)
    return replace(judged.answer, id=kept) if judged.answer else None


async def _rule_for(tx: Transaction, place: Place, channel_id: int | None) -> AnswerRule | None:
    rules = await queries.list_rules(tx)
    own = next((one for one in rules if one.channel_id == channel_id and channel_id is not None), None)
    if own is not None and own.is_on:
        return own
    return next((one for one in rules if one.place == "help_centre"), None) if place != "widget" else own


def refused(question: str) -> Judged | None:
    """What keeps a question from a machine, whatever the articles say; None: nothing does."""
    if wants_person(question):
        return Judged("person", "asked")
    if find_risks(question):
        return Judged("person", "risk")
    if is_angry(question):
        return Judged("person", "angry")
    return None if is_question(question) else Judged("not_sure", "no_question")


async def try_question(
    database: Database, knowing: Knowing, rule_channel_id: int | None, data: AnswerQuestionIn, *, now: datetime
) -> TriedAnswer:
    """What a place would do with a question, whether it is on or not; nothing is kept.

    Raises:
        NotFound: there is no such place.
    """
    async with database.statements() as tx:
        rule = await queries.find_rule(tx, rule_channel_id)
    if rule is None:
        raise NotFound
    reader = Reader("public", frozenset(), None)
    judged = refused(data.text) or await judge(database, knowing, data.text, rule, reader, now=now)
    return TriedAnswer(
        judged.state, judged.reason or "", judged.answer, judged.confidence, rule.threshold, list(judged.near)
    )
