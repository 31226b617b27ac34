"""Endpoints of the copilot.

They need ``app.state.models`` (Models) and ``app.state.passages`` (PassageIndex).
"""

from litestar import Router, get, post, put
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT

from ombud.assistance.copilot.schemas import (
    CopilotFigures,
    CopilotSteps,
    CopilotSuggestions,
    CopilotText,
    DraftedArticle,
    RewriteIn,
    SuggestIn,
    SuggestionOutcomeIn,
    TicketSummary,
    TranslateIn,
    WriteIn,
)
from ombud.assistance.copilot.services import drafting, outcomes, stepping, suggesting, summing, writing
from ombud.shared.http import SILENT, By, Now, Reading, Tx, may

TICKET = "/tickets/{ticket_id:int}/copilot"


@post(f"{TICKET}/suggestions", guards=[may("tickets.reply")], status_code=HTTP_200_OK, opt=SILENT)
async def post_suggestions(
    actor: By, now: Now, state: State, ticket_id: FromPath[int], data: JSONBody[SuggestIn]
) -> CopilotSuggestions:
    """Passages, scripts and answers of solved tickets that may help; each has its source."""
    return await suggesting.suggest(state.database, state.passages, ticket_id, data, by=actor, now=now)


@put(
    f"{TICKET}/suggestions/{{suggestion_id:int}}/outcome",
    guards=[may("tickets.reply")],
    status_code=HTTP_204_NO_CONTENT,
)
async def put_suggestion_outcome(
    tx: Tx,
    actor: By,
    now: Now,
    ticket_id: FromPath[int],
    suggestion_id: FromPath[int],
    data: JSONBody[SuggestionOutcomeIn],
) -> None:
    """Say that a suggestion went into the answer, or was of no use."""
    await outcomes.decide_suggestion(tx, ticket_id, suggestion_id, data, by=actor, now=now)


@get(f"{TICKET}/summary", guards=[may("tickets.read")])
async def get_summary(reading: Reading, actor: By, now: Now, ticket_id: FromPath[int]) -> TicketSummary:
    """What the ticket is about and what was before, in sentences of its own, each with its entry. At once."""
    return summing.extract(await summing.gather(reading, ticket_id, by=actor, now=now))


@post(f"{TICKET}/summary", guards=[may("tickets.read")], status_code=HTTP_200_OK, opt=SILENT)
async def post_summary(actor: By, state: State, ticket_id: FromPath[int]) -> TicketSummary:
    """The same by a language model; ``problem`` says why it is not."""
    return await summing.summarise(state.models, ticket_id, by=actor)


@get(f"{TICKET}/steps", guards=[may("tickets.read")])
async def get_steps(reading: Reading, actor: By, now: Now, ticket_id: FromPath[int]) -> CopilotSteps:
    """What to do next, by the ticket's process."""
    return await stepping.next_steps(reading, ticket_id, by=actor, now=now)


@post(f"{TICKET}/reply", guards=[may("tickets.reply")], status_code=HTTP_200_OK, opt=SILENT)
async def post_copilot_reply(actor: By, state: State, ticket_id: FromPath[int], data: JSONBody[WriteIn]) -> CopilotText:
    """An answer written by a language model from articles, with the words that it rests on. Nothing is sent."""
    return await writing.write_reply(state.models, state.passages, ticket_id, data, by=actor)


@post(f"{TICKET}/rewrite", guards=[may("tickets.reply")], status_code=HTTP_200_OK, opt=SILENT)
async def post_rewrite(actor: By, state: State, ticket_id: FromPath[int], data: JSONBody[RewriteIn]) -> CopilotText:
    """The agent's text in other words, by a language model."""
    return await writing.rewrite(state.models, ticket_id, data, by=actor)


@post(f"{TICKET}/translation", guards=[may("tickets.read")], status_code=HTTP_200_OK, opt=SILENT)
async def post_translation(
    actor: By, state: State, ticket_id: FromPath[int], data: JSONBody[TranslateIn]
) -> CopilotText:
    """A text or a message in another language, by a language model, with the original."""
    return await writing.translate(state.models, ticket_id, data, by=actor)


@post(f"{TICKET}/article", guards=[may("knowledge.write")], status_code=HTTP_201_CREATED)
async def post_article_draft(actor: By, state: State, ticket_id: FromPath[int]) -> DraftedArticle:
    """A draft of an article from a solved ticket, without anybody's data."""
    return await drafting.draft_article(state.models, ticket_id, by=actor)


@get("/copilot/figures", guards=[may("models.manage")])
async def get_copilot_figures(reading: Reading, now: Now, days: FromQuery[int] = 30) -> CopilotFigures:
    """How often suggestions were shown, adopted and ignored."""
    return await outcomes.figures(reading, days=days, now=now)


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(post_suggestions, put_suggestion_outcome, get_summary, post_summary, get_steps),
            *(post_copilot_reply, post_rewrite, post_translation, post_article_draft, get_copilot_figures),
        ],
        tags=["copilot"],
    )
]
