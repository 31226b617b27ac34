"""Reads of requests for articles."""

from typing import Literal

from ombud.knowledge.reports.schemas import ArticleRequest
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows
from ombud.shared.errors import NotFound

Shown = Literal["open", "done", "own"]
WHICH: dict[Shown, str] = {
    "open": "r.state in ('open', 'taken')",
    "done": "r.state in ('answered', 'declined')",
    "own": "(r.asked_by = %(me)s or r.assignee_id = %(me)s)",
}
COLUMNS = """
    r.id, r.title, r.note, r.locale, r.ticket_id, r.search, r.state, r.assignee_id, s.name as assignee_name,
    r.article_id, (select v.title from article_version v where v.article_id = r.article_id
        order by v.state = 'published' desc, v.locale = %(locale)s desc, v.id desc limit 1) as article_title,
    r.answer, r.asked_by as asked_by_id, coalesce(k.name, 'Ombud') as asked_by_name, r.asked_at,
    d.name as decided_by_name, r.decided_at"""
FROM = """
    from article_request r left join person s on s.id = r.assignee_id left join person k on k.id = r.asked_by
    left join person d on d.id = r.decided_by"""


async def list_requests(
    tx: Transaction, which: Shown, *, by: Actor, ticket_id: int | None = None, limit: int = 500
) -> list[ArticleRequest]:
    """Requests, open ones first, the oldest first; of one ticket if it is named."""
    sql = f"""
        select {COLUMNS} {FROM} where {WHICH[which] if ticket_id is None else "true"}
            and (%(ticket)s::bigint is null or r.ticket_id = %(ticket)s)
        order by r.state not in ('open', 'taken'), coalesce(r.decided_at, r.asked_at) desc, r.id limit %(limit)s"""
    if which == "open":
        sql = sql.replace("coalesce(r.decided_at, r.asked_at) desc", "r.asked_at")
    params = {"me": by.person_id, "locale": by.locale, "ticket": ticket_id, "limit": limit}
    return await rows(tx, ArticleRequest, sql, params)


async def find_request(tx: Transaction, request_id: int, *, by: Actor, lock: bool = False) -> ArticleRequest:
    """One request.

    Raises:
        NotFound: there is none.
    """
    sql = f"select {COLUMNS} {FROM} where r.id = %(id)s {'for no key update of r' if lock else ''}"
    found = await row(tx, ArticleRequest, sql, {"id": request_id, "locale": by.locale})
    if found is None:
        raise NotFound
    return found
