"""Try earlier tickets: what would have been answered, and whether people answered the same.

A ticket tells by its agents' answers: searched for in the knowledge base, they lead to the article that they speak of.
Where an agent put an article into the answer, that says it outright.
"""

from datetime import datetime
from typing import Literal

import msgspec
from psycopg.types.json import Jsonb

from ombud.assistance.answering import queries
from ombud.assistance.answering.events import AnswerTrialEnded
from ombud.assistance.answering.queries import Past, TrialRow
from ombud.assistance.answering.rules.judging import AIM, proposed, steps_of
from ombud.assistance.answering.schemas import (
    AnswerRule,
    AnswerRuleIn,
    AnswerTrial,
    AnswerTrialIn,
    AnswerTrials,
    Reason,
    TriedTicket,
    Verdict,
)
from ombud.assistance.answering.services.finding import Judged, Knowing, judge, meant_by
from ombud.assistance.answering.services.proposing import refused
from ombud.assistance.answering.services.ruling import change_rule
from ombud.knowledge.articles.schemas import Reader
from ombud.knowledge.retrieval.queries import find_passages
from ombud.knowledge.retrieval.schemas import Ask
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.clock import Clock
from ombud.shared.database import Database, Transaction, execute, values
from ombud.shared.errors import NotFound
from ombud.shared.events import emit

# An agent's words speak of an article from here on.
SURE = 0.5
EXAMPLES = 60
SHOWN = 160


async def ask_trial(
    tx: Transaction, channel_id: int | None, data: AnswerTrialIn, *, by: Actor, now: datetime
) -> AnswerTrials:
    """Have the newest solved tickets of a place tried; one that is asked for already is waited for.

    Raises:
        NotFound: there is no such place.
    """
    rule = await queries.find_rule(tx, channel_id)
    if rule is None:
        raise NotFound
    if rule.id is None:
        # A rule with the defaults, off: the trial needs something to belong to.
        defaults = AnswerRuleIn(version=0, is_on=False, threshold=rule.threshold)
        rule = await change_rule(tx, channel_id, defaults, by=by, now=now)
    sql = """
        insert into answer_trial (rule_id, asked_by, asked_at, most) values (%(rule)s, %(by)s, %(now)s, %(most)s)
        on conflict (rule_id) where state = 'asked' do nothing"""
    params = {"rule": rule.id, "by": by.person_id or None, "now": now, "most": data.most}
    await tx.execute(sql, params)
    return await show_trials(tx, channel_id)


async def show_trials(tx: Transaction, channel_id: int | None) -> AnswerTrials:
    """The newest trial of a place.

    Raises:
        NotFound: there is no such place.
    """
    rule = await queries.find_rule(tx, channel_id)
    if rule is None:
        raise NotFound
    found = await queries.newest_trial(tx, rule.id) if rule.id else None
    return AnswerTrials(_shown(found) if found else None)


def _shown(found: TrialRow) -> AnswerTrial:
    steps = steps_of(found.tried)
    telling = [one for one in found.tried if one.verdict == "wrong"] + [
        one for one in found.tried if one.verdict != "wrong"
    ]
    return AnswerTrial(
        found.id,
        found.state,
        found.asked_at,
        found.done_at,
        found.most,
        found.looked_at,
        steps,
        proposed(steps),
        AIM,
        sorted(telling[:EXAMPLES], key=lambda one: -one.confidence),
    )


async def try_next(database: Database, knowing: Knowing, *, clock: Clock) -> int:
    """Try what was asked for first, ticket by ticket; 0 where nothing was.

    Emits: AnswerTrialEnded
    """
    async with database.transaction() as tx:
        trial = await queries.take_trial(tx)
        rule = await queries.rule_of(tx, trial.rule_id) if trial else None
        past = await queries.past_tickets(tx, rule.channel_id, most=trial.most) if trial and rule else []
    if trial is None or rule is None:
        return 0
    # Short transactions: a trial of hundreds takes a minute and holds nothing up.
    tried = [await _try(database, knowing, rule, one, now=clock.now()) for one in past]
    now = clock.now()
    async with database.transaction() as tx:
        sql = """
            update answer_trial set state = 'done', done_at = %(now)s, looked_at = %(count)s, tried = %(tried)s
            where id = %(id)s and state = 'asked'"""
        params = {"now": now, "count": len(tried), "tried": Jsonb(msgspec.to_builtins(tried)), "id": trial.id}
        await tx.execute(sql, params)
        await emit(tx, AnswerTrialEnded(trial_id=trial.id), by=SYSTEM, at=now)
    return 1


async def fail_trial(tx: Transaction, *, now: datetime) -> int:
    """Say that the trial that was to be tried next failed, so that somebody may ask again; how many."""
    sql = """
        update answer_trial set state = 'failed', done_at = %(now)s
        where id = (select min(id) from answer_trial where state = 'asked')"""
    return await execute(tx, sql, {"now": now})


async def _try(database: Database, knowing: Knowing, rule: AnswerRule, one: Past, *, now: datetime) -> TriedTicket:
    reader = Reader("public", frozenset(), frozenset({one.brand_id}))
    open_to_all = msgspec.structs.replace(rule, threshold=0.0)
    # Which article is what counts here: nobody pays a model for words that nobody reads.
    plain = msgspec.structs.replace(knowing, worder=None)
    judged = refused(one.question) or await judge(database, plain, one.question, open_to_all, reader, now=now)
    best = judged.best
    verdict: Verdict = "open"
    if best is not None:
        verdict = await _verdict(database, knowing, one, best.article_id, reader)
    return TriedTicket(
        one.ticket_id,
        one.question[:SHOWN],
        best.article_id if best else None,
        best.title if best else "",
        best.confidence if best else 0.0,
        verdict,
        _why_not(judged),
    )


def _why_not(judged: Judged) -> Reason | Literal[""]:
    if judged.answer is not None or judged.reason is None:
        return ""
    return judged.reason


async def _verdict(database: Database, knowing: Knowing, one: Past, article_id: int, reader: Reader) -> Verdict:
    async with database.statements() as tx:
        used = await _used(tx, one.ticket_id)
    if used:
        return "right" if article_id in used else "wrong"
    meant = await meant_by(database, knowing, one.reply)
    async with database.statements() as tx:
        found = await find_passages(tx, knowing.index, Ask(text=one.reply, reader=reader, limit=3, meant=meant))
    sure = [hit for hit in found if hit.confidence >= SURE]
    if not sure:
        return "open"
    return "right" if article_id in {hit.article_id for hit in sure} else "wrong"


async def _used(tx: Transaction, ticket_id: int) -> list[int]:
    """Articles that agents put into answers on a ticket."""
    return await values(
        tx,
        int,
        "select distinct article_id from article_use where ticket_id = %(id)s and person_id is not null",
        {"id": ticket_id},
    )
