"""Requests for articles: asked by anybody who works here, answered by an article or in words."""

from datetime import datetime

from ombud.knowledge.reports.events import ArticleRequestChanged
from ombud.knowledge.reports.queries.requests import find_request
from ombud.knowledge.reports.rules import fold
from ombud.knowledge.reports.schemas import ArticleRequest, RequestIn, RequestPatch, RequestState
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value
from ombud.shared.errors import Conflict, Invalid, NotAllowed
from ombud.shared.events import emit
from ombud.shared.lines import one_line

MOST_OPEN = 2_000


class TooManyRequests(Conflict):
    """2,000 requests wait. Look whether yours is among them."""

    code = "too_many_requests"


async def ask_for_article(tx: Transaction, data: RequestIn, *, by: Actor, now: datetime) -> ArticleRequest:
    """Ask for an article. Whether the actor sees its ticket is the caller's to know.

    Raises:
        Invalid: it has no title.
        TooManyRequests: 2,000 wait.

    Emits: ArticleRequestChanged
    """
    title = one_line(data.title)
    if not title:
        raise Invalid("Say what is missing.", fields={"title": "required"})
    waiting = "select count(*) from article_request where state in ('open', 'taken')"
    if (await value(tx, int, waiting) or 0) >= MOST_OPEN:
        raise TooManyRequests
    sql = """
        insert into article_request (title, note, locale, ticket_id, search, asked_by, asked_at)
        values (%(title)s, %(note)s, %(locale)s, %(ticket)s, %(search)s, %(by)s, %(now)s) returning id"""
    params = {"title": title, "note": data.note.strip(), "locale": data.locale, "ticket": data.ticket_id, "now": now}
    made = await value(tx, int, sql, params | {"search": fold(data.search), "by": by.person_id or None}) or 0
    await _say(tx, made, data.ticket_id, "made", by=by, now=now)
    return await find_request(tx, made, by=by)


async def change_request(
    tx: Transaction, request_id: int, data: RequestPatch, *, by: Actor, now: datetime
) -> ArticleRequest:
    """Take a request, give it to somebody, answer or decline it, or open it again.

    Raises:
        NotFound: there is none.
        NotAllowed: the actor neither cares for knowledge nor has it.
        Invalid: an answer names no published article, a refusal says no reason, or somebody is not here any more.

    Emits: ArticleRequestChanged
    """
    before = await find_request(tx, request_id, by=by, lock=True)
    if not by.may("knowledge.care") and before.assignee_id != by.person_id:
        raise NotAllowed("Whoever cares for knowledge decides on requests.")
    state: RequestState = data.state or before.state
    assignee = data.assignee_id or before.assignee_id or (by.person_id or None if state == "taken" else None)
    if data.state is None and data.assignee_id is not None and state == "open":
        state = "taken"
    await _check(tx, state, data, before)
    is_done = state in {"answered", "declined"}
    sql = """
        update article_request set state = %(state)s, assignee_id = %(assignee)s, article_id = %(article)s,
            answer = %(answer)s, decided_by = %(by)s, decided_at = %(at)s where id = %(id)s"""
    params = {
        "state": state,
        "assignee": assignee if state != "open" else None,
        "article": (data.article_id or before.article_id) if state == "answered" else None,
        "answer": data.answer.strip() or (before.answer if is_done else ""),
        "by": (by.person_id or None) if is_done else None,
        "at": now if is_done else None,
        "id": request_id,
    }
    await tx.execute(sql, params)
    if (state, assignee) != (before.state, before.assignee_id):
        await _say(tx, request_id, before.ticket_id, state, by=by, now=now)
    return await find_request(tx, request_id, by=by)


async def _check(tx: Transaction, state: RequestState, data: RequestPatch, before: ArticleRequest) -> None:
    if data.assignee_id is not None:
        sql = "select id from person where id = %(id)s and deactivated_at is null"
        if await value(tx, int, sql, {"id": data.assignee_id}) is None:
            raise Invalid("Somebody is not there any more. Choose again.", fields={"assignee_id": "unknown"})
    article = data.article_id or before.article_id
    if state == "answered":
        sql = "select article_id from article_version where article_id = %(id)s and state = 'published' limit 1"
        if article is None or await value(tx, int, sql, {"id": article}) is None:
            raise Invalid("Name the published article that answers it.", fields={"article_id": "required"})
    if state == "declined" and not (data.answer.strip() or before.answer):
        raise Invalid("Say why there will be no article.", fields={"answer": "required"})


async def _say(
    tx: Transaction, request_id: int, ticket_id: int | None, state: str, *, by: Actor, now: datetime
) -> None:
    change = "reopened" if state == "open" else state
    fact = ArticleRequestChanged(request_id=request_id, ticket_id=ticket_id, change=change)  # type: ignore[arg-type]
    await emit(tx, fact, by=by, at=now)
