"""Endpoints of answering: where it is on, what it did on a ticket, how earlier tickets would have gone, its figures."""

from datetime import datetime, timedelta
from typing import Annotated

from litestar import Response, Router, get, post, put
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED
from msgspec import Meta

from ombud.assistance.answering.schemas import (
    AnswerFigures,
    AnswerQuestionIn,
    AnswerRule,
    AnswerRuleIn,
    AnswerRules,
    AnswerTrialIn,
    AnswerTrials,
    TicketTalk,
    TriedAnswer,
)
from ombud.assistance.answering.services.figures import show_figures, table_of
from ombud.assistance.answering.services.proposing import try_question
from ombud.assistance.answering.services.ruling import change_rule
from ombud.assistance.answering.services.showing import show_rules, show_talk
from ombud.assistance.answering.services.trying import ask_trial, show_trials
from ombud.shared.http import By, Now, Reading, Tx, may
from ombud.shared.periods import period_of
from ombud.shared.spreadsheets import FileKind, answer_file

Moment = Annotated[datetime, Meta(tz=True)]
SHOWN, LONGEST, QUIET_DAYS = timedelta(days=28), timedelta(days=370), 7
# The help centre has no channel: its place in an address.
HELP_CENTRE = 0
RULE = "/answering/rules/{channel_id:int}"


@get("/answering/rules", guards=[may("answering.manage")])
async def get_answer_rules(reading: Reading) -> AnswerRules:
    """Where questions could be answered by a machine, and where they are."""
    return await show_rules(reading)


@put(RULE, guards=[may("answering.manage")])
async def put_answer_rule(
    tx: Tx, actor: By, now: Now, channel_id: FromPath[int], data: JSONBody[AnswerRuleIn]
) -> AnswerRule:
    """Say how a channel answers; 0 is the help centre. 409 ``answer_rule_changed`` if it is not what was read."""
    return await change_rule(tx, channel_id or None, data, by=actor, now=now)


@post(f"{RULE}/question", guards=[may("answering.manage")], status_code=HTTP_200_OK)
async def post_answer_question(
    state: State, now: Now, channel_id: FromPath[int], data: JSONBody[AnswerQuestionIn]
) -> TriedAnswer:
    """What a place would say to a question, whether it is on or not. Nothing is kept."""
    return await try_question(state.database, state.knowing, channel_id or None, data, now=now)


@get(f"{RULE}/trial", guards=[may("answering.manage")])
async def get_answer_trial(reading: Reading, channel_id: FromPath[int]) -> AnswerTrials:
    """What would have been answered on earlier tickets, by threshold, beside what people answered."""
    return await show_trials(reading, channel_id or None)


@post(f"{RULE}/trial", guards=[may("answering.manage")], status_code=HTTP_202_ACCEPTED)
async def post_answer_trial(
    tx: Tx, actor: By, now: Now, channel_id: FromPath[int], data: JSONBody[AnswerTrialIn]
) -> AnswerTrials:
    """Have the newest solved tickets tried; it takes a while."""
    return await ask_trial(tx, channel_id or None, data, by=actor, now=now)


@get("/answering/figures", guards=[may("teamwork.lead")])
async def get_answer_figures(
    reading: Reading,
    now: Now,
    since: FromQuery[Moment | None] = None,
    until: FromQuery[Moment | None] = None,
    days: FromQuery[int] = QUIET_DAYS,
    channel_id: FromQuery[int | None] = None,
) -> AnswerFigures:
    """How answering went (the last 28 days if none are named): what stayed solved for so many days, and why not."""
    start, end = period_of(since, until, now=now, shown=SHOWN, longest=LONGEST, field="since")
    return await show_figures(reading, since=start, until=end, days=days, channel_id=channel_id, now=now)


@get("/answering/figures/file", guards=[may("teamwork.lead")])
async def get_answer_figures_file(
    reading: Reading,
    actor: By,
    now: Now,
    since: FromQuery[Moment | None] = None,
    until: FromQuery[Moment | None] = None,
    days: FromQuery[int] = QUIET_DAYS,
    kind: FromQuery[FileKind] = "xlsx",
) -> Response[bytes]:
    """The same as a table."""
    start, end = period_of(since, until, now=now, shown=SHOWN, longest=LONGEST, field="since")
    found = await show_figures(reading, since=start, until=end, days=days, channel_id=None, now=now)
    head, cells = table_of(found, actor.locale if actor.locale == "zh-CN" else "en")
    return await answer_file("answering", start, end, head, cells, kind)


@get("/tickets/{ticket_id:int}/machine-talk", guards=[may("tickets.read")])
async def get_machine_talk(reading: Reading, actor: By, ticket_id: FromPath[int]) -> TicketTalk:
    """What a machine and the customer said to each other, how sure it was, from which article, and why it stopped."""
    return await show_talk(reading, ticket_id, by=actor)


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(get_answer_rules, put_answer_rule, post_answer_question, get_answer_trial, post_answer_trial),
            *(get_answer_figures, get_answer_figures_file, get_machine_talk),
        ],
        tags=["answering"],
    )
]
