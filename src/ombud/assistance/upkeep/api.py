"""Endpoints of requests for articles, quotes and wordings."""

from litestar import Router, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from ombud.assistance.upkeep.schemas import QuoteList, TargetIn, TargetList
from ombud.assistance.upkeep.services import quotes, requests, wordings
from ombud.knowledge.reports.queries.requests import Shown
from ombud.knowledge.reports.schemas import ArticleRequest, RequestIn, RequestList, RequestPatch, UseIn
from ombud.shared.http import By, Now, Reading, Tx, may

REQUEST = "/article-requests/{request_id:int}"
TARGETS = "/knowledge/articles/{article_id:int}/wording-targets"


@get("/article-requests", guards=[may("knowledge.read")])
async def get_requests(
    reading: Reading, actor: By, which: FromQuery[Shown] = "open", ticket_id: FromQuery[int | None] = None
) -> RequestList:
    """Requests for articles: open, done, or those of the reader; of one ticket if it is named."""
    return RequestList(await requests.list_requests(reading, which, by=actor, ticket_id=ticket_id))


@post("/article-requests", guards=[may("knowledge.write")], status_code=HTTP_201_CREATED)
async def post_request(tx: Tx, actor: By, now: Now, data: JSONBody[RequestIn]) -> ArticleRequest:
    """Ask for an article, from a ticket or from a search without result."""
    return await requests.ask(tx, data, by=actor, now=now)


@get(REQUEST, guards=[may("knowledge.read")])
async def get_request(tx: Tx, actor: By, now: Now, request_id: FromPath[int]) -> ArticleRequest:
    """One request; what told the reader of it is read."""
    return await requests.see_request(tx, request_id, by=actor, now=now)


@patch(REQUEST, guards=[may("knowledge.write")])
async def patch_request(
    tx: Tx, actor: By, now: Now, request_id: FromPath[int], data: JSONBody[RequestPatch]
) -> ArticleRequest:
    """Take, assign, answer, decline or reopen a request; for whoever cares for knowledge and whom it was given to."""
    return await requests.decide(tx, request_id, data, by=actor, now=now)


@post("/article-uses", guards=[may("tickets.reply")], status_code=HTTP_204_NO_CONTENT)
async def post_use(tx: Tx, actor: By, now: Now, data: JSONBody[UseIn]) -> None:
    """Note that an article was put into an answer on a ticket."""
    await requests.use_article(tx, data, by=actor, now=now)


@get("/knowledge/articles/{article_id:int}/quotes", guards=[may("knowledge.read")])
async def get_quotes(reading: Reading, actor: By, article_id: FromPath[int]) -> QuoteList:
    """Places that quote an article now: by link, block or sentence."""
    return QuoteList(await quotes.list_quotes(reading, article_id, by=actor))


@get(TARGETS, guards=[may("guidance.manage")])
async def get_targets(reading: Reading, actor: By, article_id: FromPath[int]) -> TargetList:
    """Places that say an article's wording."""
    return TargetList(await wordings.list_targets(reading, article_id, by=actor))


@post(TARGETS, guards=[may("guidance.manage")], status_code=HTTP_201_CREATED)
async def post_target(tx: Tx, actor: By, now: Now, article_id: FromPath[int], data: JSONBody[TargetIn]) -> TargetList:
    """Let a place say an article's wording, now and after each publication. 409 ``already_tied``."""
    return TargetList(await wordings.tie(tx, article_id, data, by=actor, now=now))


@delete(f"{TARGETS}/{{target_id:int}}", guards=[may("guidance.manage")], status_code=HTTP_204_NO_CONTENT)
async def delete_target(tx: Tx, actor: By, now: Now, article_id: FromPath[int], target_id: FromPath[int]) -> None:
    """Let a place go; it keeps its text."""
    await wordings.release(tx, article_id, target_id, by=actor, now=now)


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(get_requests, post_request, get_request, patch_request, post_use, get_quotes),
            *(get_targets, post_target, delete_target),
        ],
        tags=["knowledge"],
    )
]
