"""Requests for articles and uses of articles, from tickets that the actor sees."""

from datetime import datetime

from ombud.knowledge.articles.queries import find_shown
from ombud.knowledge.articles.schemas import reader_of
from ombud.knowledge.reports.queries.requests import Shown, find_request
from ombud.knowledge.reports.queries.requests import list_requests as list_any
from ombud.knowledge.reports.schemas import ArticleRequest, RequestIn, RequestPatch, Use, UseIn
from ombud.knowledge.reports.services import note_use
from ombud.knowledge.reports.services.requests import ask_for_article, change_request
from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, execute, value, values
from ombud.shared.errors import Invalid, NotFound
from ombud.tickets.queries.tickets import require_visible


async def ask(tx: Transaction, data: RequestIn, *, by: Actor, now: datetime) -> ArticleRequest:
    """Ask for an article, from a ticket or from a search without result.

    Raises:
        NotFound: the ticket may not be seen.
        Invalid, TooManyRequests: as for any request.

    Emits: ArticleRequestChanged
    """
    if data.ticket_id is not None:
        data.ticket_id = await require_visible(tx, data.ticket_id, by=by)
    return await ask_for_article(tx, data, by=by, now=now)


async def list_requests(
    tx: Transaction, which: Shown, *, by: Actor, ticket_id: int | None = None
) -> list[ArticleRequest]:
    """Requests; tickets that the actor may not see are not named.

    Raises:
        NotFound: requests of a ticket are asked for, and it may not be seen.
    """
    if ticket_id is not None:
        ticket_id = await require_visible(tx, ticket_id, by=by)
    return await _without_unseen(tx, await list_any(tx, which, by=by, ticket_id=ticket_id), by=by)


async def decide(tx: Transaction, request_id: int, data: RequestPatch, *, by: Actor, now: datetime) -> ArticleRequest:
    """Take, assign, answer, decline or reopen a request.

    Raises:
        NotFound: there is none.
        NotAllowed: it is not the actor's to decide.
        Invalid: an answer without an article that they may read, a refusal without a reason.

    Emits: ArticleRequestChanged
    """
    if data.article_id is not None:
        await find_shown(tx, data.article_id, reader=reader_of(by), locale=by.locale)
    changed = await change_request(tx, request_id, data, by=by, now=now)
    return (await _without_unseen(tx, [changed], by=by))[0]


async def see_request(tx: Transaction, request_id: int, *, by: Actor, now: datetime) -> ArticleRequest:
    """One request; what told the actor of it is read.

    Raises:
        NotFound: there is none.
    """
    found = await find_request(tx, request_id, by=by)
    sql = """
        update notification set read_at = %(now)s
        where request_id = %(id)s and person_id = %(me)s and read_at is null"""
    await execute(tx, sql, {"id": request_id, "me": by.person_id, "now": now})
    return (await _without_unseen(tx, [found], by=by))[0]


async def _without_unseen(tx: Transaction, found: list[ArticleRequest], *, by: Actor) -> list[ArticleRequest]:
    ids = [one.ticket_id for one in found if one.ticket_id is not None]
    sql = f"select t.id from ticket t where t.id = any(%(ids)s::bigint[]) and {seen()}"
    known = set(await values(tx, int, sql, {"ids": ids, **by.sight()})) if ids else set()
    for one in found:
        one.ticket_id = one.ticket_id if one.ticket_id in known else None
    return found


async def use_article(tx: Transaction, data: UseIn, *, by: Actor, now: datetime) -> None:
    """Note that the actor put an article into an answer on a ticket; of an answer that was sent, once.

    Raises:
        NotFound: the ticket may not be seen, the article not be read, or the answer is not the actor's on this ticket.
        Invalid: no ticket is named.
    """
    if data.ticket_id is None:
        raise Invalid("Name the ticket.", fields={"ticket_id": "required"})
    ticket_id = await require_visible(tx, data.ticket_id, by=by)
    shown = await find_shown(tx, data.article_id, reader=reader_of(by), locale=by.locale)
    if data.entry_id is not None and not await _is_own_answer(tx, ticket_id, data.entry_id, by=by):
        raise NotFound
    use = Use(
        article_id=shown.id,
        version_id=data.version_id or shown.version_id,
        ticket_id=ticket_id,
        entry_id=data.entry_id,
        person_id=by.person_id or None,
    )
    await note_use(tx, [use], now=now)


async def _is_own_answer(tx: Transaction, ticket_id: int, entry_id: int, *, by: Actor) -> bool:
    sql = """
        select exists (select from public_entry e where e.id = %(entry)s and e.ticket_id = %(ticket)s
            and e.direction = 'out' and e.author_kind = %(kind)s and e.author_id = %(author)s)"""
    params = {"entry": entry_id, "ticket": ticket_id, "kind": by.kind, "author": by.id}
    return bool(await value(tx, bool, sql, params))
