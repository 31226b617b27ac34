"""Endpoints of the portal: pages and forms that work without scripts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, get_args

from litestar import Response, get, post
from litestar.datastructures import State, UploadFile
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from ombud.channels.forms.services import MAX_FILES, FileRefused, keep_file
from ombud.portal.customer import queries, services
from ombud.portal.customer.schemas import OwnTicket, TicketQuery, Whose
from ombud.portal.customer.schemas import State as TicketState
from ombud.portal.customer.sessions import end_sessions as end
from ombud.portal.customer.showing import Visit, account_page, list_page, ticket_page, visit_of
from ombud.portal.edge import AnyRequest, Link, limited, moved, told
from ombud.portal.words import WORDS
from ombud.processes.confirmation.services import is_asked, take_word
from ombud.shared.clock import known_zone
from ombud.shared.database import Transaction
from ombud.shared.errors import Invalid, LimitReached, NotFound
from ombud.shared.http import Now, anybody, file_headers
from ombud.shared.throttle import Limit, take
from ombud.tickets.schemas import StoredAttachment
from ombud.tickets.services.customer_export import TooMuch

MESSAGES = Limit("portal_messages", 20, 600)
WORDS_SAID = Limit("portal_words", 20, 600)
EXPORTS = Limit("portal_exports", 5, 3_600)
MAX_MESSAGE_BYTES = 55 * 1024 * 1024
MAX_SMALL_BYTES = 50_000
LONGEST_SEARCH = 100
TicketId = FromPath[int]


def paths(rest: str) -> list[str]:
    """Paths of pages under the site of the host, and under each site by its key."""
    return [f"{prefix}{rest}" for prefix in ("/portal", "/portal/s/{site:str}")]


@get(paths(""), guards=[anybody], include_in_schema=False)
async def get_tickets(
    request: AnyRequest,
    state: State,
    site: FromPath[str] = "",
    q: FromQuery[str] = "",
    show: FromQuery[str] = "",
    whose: FromQuery[str] = "",
    before: FromQuery[int] = 0,
) -> Response[bytes]:
    """The customer's tickets, and their organisation's if they may see these."""
    visit = await visit_of(request, state, site)
    if isinstance(visit, Response):
        return visit
    query = TicketQuery(
        " ".join(q.split())[:LONGEST_SEARCH].replace("\x00", ""),
        show if show in get_args(TicketState) else "",  # type: ignore[arg-type]  # just looked at
        whose if whose in get_args(Whose) else "",  # type: ignore[arg-type]  # just looked at
        max(0, min(before, 2**62)),
    )
    async with state.database.statements() as tx:
        sight = await queries.sight_of(tx, visit.me, query.whose)
        found = await queries.list_tickets(tx, sight, query)
    return list_page(visit, sight, query, found)


@get(paths("/tickets/{ticket_id:int}"), guards=[anybody], include_in_schema=False)
async def get_ticket(
    request: AnyRequest, state: State, ticket_id: TicketId, site: FromPath[str] = "", done: FromQuery[str] = ""
) -> Response[bytes]:
    """A ticket: what was said, how far it is, what was promised."""
    visit = await visit_of(request, state, site)
    return visit if isinstance(visit, Response) else await _show(visit, ticket_id, done)


async def _show(visit: Visit, ticket_id: int, done: str = "", *, problem: str = "", said: str = "") -> Response[bytes]:
    async with visit.state.database.statements() as tx:
        sight = await queries.sight_of(tx, visit.me)
        try:
            ticket = await queries.find_ticket(tx, sight, ticket_id)
        except NotFound:
            return _lost(visit)
        return await ticket_page(
            tx, visit, sight, ticket, done=done, problem=problem, said=said, now=visit.state.clock.now()
        )


def _lost(visit: Visit) -> Response[bytes]:
    words = WORDS[visit.locale]
    links = [Link(words["my_tickets"], visit.place.portal)]
    return told(visit.place, visit.locale, "not_found", 404, words["tickets_none"], links=links, section="portal")


@asynccontextmanager
async def _in_hand(
    visit: Visit, limit: Limit, ticket_id: int, *, now: datetime
) -> AsyncIterator[tuple[Transaction, OwnTicket]]:
    """A ticket that the customer may see, in a transaction of its own, counted against a limit.

    Raises:
        LimitReached: they did this too often.
        NotFound: there is no such ticket for them.
    """
    async with visit.state.database.transaction() as tx:
        await take(tx, limit, str(visit.me.session_id), now=now)
        sight = await queries.sight_of(tx, visit.me)
        yield tx, await queries.find_ticket(tx, sight, ticket_id)


@post(
    paths("/tickets/{ticket_id:int}/messages"),
    guards=[anybody],
    include_in_schema=False,
    request_max_body_size=MAX_MESSAGE_BYTES,
    status_code=200,
)
async def post_message(
    request: AnyRequest, state: State, now: Now, ticket_id: TicketId, site: FromPath[str] = ""
) -> Response[bytes]:
    """Write on a ticket, with files; ``reopen`` says that it is not solved."""
    visit = await visit_of(request, state, site, is_form=True)
    if isinstance(visit, Response):
        return visit
    text, is_reopening = visit.said("text"), bool(visit.said("reopen"))
    try:
        async with _in_hand(visit, MESSAGES, ticket_id, now=now) as (tx, ticket):
            if is_reopening and text.strip() and await is_asked(tx, ticket.id):
                words = text.strip()[: services.LONGEST_WORDS]
                await take_word(tx, ticket.id, "not_solved", words, by=visit.me.actor, now=now)
        files = await _files(visit)
        arrival = services.arrival_of(visit.place, visit.me, ticket, text, files, key=visit.said("key"), now=now)
        stands_on = await services.deliver(state, arrival)
    except (NotFound, services.NoWayIn):
        # The page shows no form where nothing can be written: this one was open while that was changed.
        return _lost(visit)
    except LimitReached as limit:
        return limited(visit.place, visit.locale, limit.retry_after_seconds)
    except services.EmptyMessage:
        problem = "words_problem" if is_reopening else "empty_problem"
        return await _show(visit, ticket_id, problem=problem)
    except FileRefused:
        return await _show(visit, ticket_id, problem="files_problem", said=text)
    state.bus.wake("sequence", "clocks", "confirmations")
    done = "reopened" if is_reopening else "answer_sent"
    where = stands_on or ticket_id
    return moved(f"{visit.place.portal}/tickets/{where}?done={done if stands_on else 'answer_on_its_way'}#talk")


async def _files(visit: Visit) -> list[StoredAttachment]:
    """The files of a form, kept.

    Raises:
        FileRefused: one of them is not taken, or there are too many.
    """
    given = [one for one in visit.form.getall("files", []) if isinstance(one, UploadFile) and one.filename]
    if len(given) > MAX_FILES:
        raise FileRefused
    return [await keep_file(visit.state.files, one.filename, await one.read()) for one in given]


@post(
    paths("/tickets/{ticket_id:int}/solved"),
    guards=[anybody],
    include_in_schema=False,
    request_max_body_size=MAX_SMALL_BYTES,
    status_code=200,
)
async def post_solved(
    request: AnyRequest, state: State, now: Now, ticket_id: TicketId, site: FromPath[str] = ""
) -> Response[bytes]:
    """Say that it is solved."""
    visit = await visit_of(request, state, site, is_form=True)
    if isinstance(visit, Response):
        return visit
    try:
        async with _in_hand(visit, WORDS_SAID, ticket_id, now=now) as (tx, ticket):
            is_done = ticket.merged_into_id is None and await services.say_solved(tx, visit.me, ticket, now=now)
    except NotFound:
        return _lost(visit)
    except LimitReached as limit:
        return limited(visit.place, visit.locale, limit.retry_after_seconds)
    state.bus.wake("sequence", "clocks", "confirmations")
    done = "solved_done" if is_done else "solved_noted"
    return moved(f"{visit.place.portal}/tickets/{ticket_id}?done={done}")


@post(
    paths("/tickets/{ticket_id:int}/appraisal"),
    guards=[anybody],
    include_in_schema=False,
    request_max_body_size=MAX_SMALL_BYTES,
    status_code=200,
)
async def post_appraisal(
    request: AnyRequest, state: State, now: Now, ticket_id: TicketId, site: FromPath[str] = ""
) -> Response[bytes]:
    """Say how well it was handled."""
    visit = await visit_of(request, state, site, is_form=True)
    if isinstance(visit, Response):
        return visit
    score = visit.said("score")
    try:
        async with _in_hand(visit, WORDS_SAID, ticket_id, now=now) as (tx, ticket):
            number = int(score) if score in {"1", "2", "3", "4", "5"} else 0
            await services.appraise(tx, visit.me, ticket, number, visit.said("words"), now=now)
    except NotFound:
        return _lost(visit)
    except LimitReached as limit:
        return limited(visit.place, visit.locale, limit.retry_after_seconds)
    except (Invalid, services.NotAppraisable):
        return moved(f"{visit.place.portal}/tickets/{ticket_id}")
    state.bus.wake("sequence")
    return moved(f"{visit.place.portal}/tickets/{ticket_id}?done=appraised")


@get(paths("/files/{token:str}/{name:str}"), guards=[anybody], include_in_schema=False)
async def get_file(
    request: AnyRequest,
    state: State,
    token: FromPath[str],
    name: FromPath[str],  # noqa: ARG001 – for the reader
    site: FromPath[str] = "",
) -> Response[bytes] | Stream:
    """A file of a message that the customer may read."""
    visit = await visit_of(request, state, site)
    if isinstance(visit, Response):
        return visit
    async with state.database.statements() as tx:
        try:
            found = await queries.find_file(tx, await queries.sight_of(tx, visit.me), token[:100])
        except NotFound:
            return _lost(visit)
    headers = file_headers(found.name, found.type)
    return Stream(state.files.chunks(found.token), media_type=found.type, headers=headers)


@get(paths("/account"), guards=[anybody], include_in_schema=False)
async def get_account(
    request: AnyRequest, state: State, now: Now, site: FromPath[str] = "", done: FromQuery[str] = ""
) -> Response[bytes]:
    """Language, time zone, data, and where they are signed in."""
    visit = await visit_of(request, state, site)
    if isinstance(visit, Response):
        return visit
    return await account_page(visit, done=done, problem="", now=now)


@post(
    paths("/account"),
    guards=[anybody],
    include_in_schema=False,
    request_max_body_size=MAX_SMALL_BYTES,
    status_code=200,
)
async def post_account(request: AnyRequest, state: State, now: Now, site: FromPath[str] = "") -> Response[bytes]:
    """Change language and time zone."""
    visit = await visit_of(request, state, site, is_form=True)
    if isinstance(visit, Response):
        return visit
    zone, locale = visit.said("time_zone").strip(), visit.said("locale")
    if zone and known_zone(zone) is None:
        return await account_page(visit, done="", problem="zone_problem", now=now)
    async with state.database.transaction() as tx:
        locale = locale if locale in WORDS else visit.locale
        await services.change_account(tx, visit.me, locale=locale, time_zone=zone)
    return moved(f"{visit.place.portal}/account?done=saved&lang={locale}")


@post(
    paths("/account/export"),
    guards=[anybody],
    include_in_schema=False,
    request_max_body_size=MAX_SMALL_BYTES,
    status_code=200,
)
async def post_export(request: AnyRequest, state: State, now: Now, site: FromPath[str] = "") -> Response[bytes]:
    """The customer's data as a file; only shortly after signing in."""
    visit = await visit_of(request, state, site, is_form=True)
    if isinstance(visit, Response):
        return visit
    if not visit.me.is_fresh(now):
        links = [Link(WORDS[visit.locale]["sign_in"], f"{visit.place.portal}/sign-in?done=again&lang={visit.locale}")]
        return told(visit.place, visit.locale, "again", 403, links=links, section="portal")
    try:
        async with state.database.transaction() as tx:
            await take(tx, EXPORTS, str(visit.me.session_id), now=now)
            document = await services.export_own(tx, visit.me, now=now)
    except LimitReached as limit:
        return limited(visit.place, visit.locale, limit.retry_after_seconds)
    except TooMuch:
        return await account_page(visit, done="", problem="export_large", now=now)
    state.bus.wake("sequence")
    headers = {
        "Content-Disposition": f"attachment; filename=my-data-{now:%Y-%m-%d}.json",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(document, media_type="application/json", headers=headers)


@post(
    paths("/sign-out"),
    guards=[anybody],
    include_in_schema=False,
    request_max_body_size=MAX_SMALL_BYTES,
    status_code=200,
)
async def post_sign_out(request: AnyRequest, state: State, now: Now, site: FromPath[str] = "") -> Response[bytes]:
    """Sign out here, or everywhere."""
    visit = await visit_of(request, state, site, is_form=True)
    if isinstance(visit, Response):
        return visit
    async with state.database.transaction() as tx:
        await end(tx, visit.me, everywhere=bool(visit.said("everywhere")), now=now)
    state.bus.wake("sequence")
    return visit.leaving()


HANDLERS: list[Any] = [
    get_tickets,
    get_ticket,
    post_message,
    post_solved,
    post_appraisal,
    get_file,
    get_account,
    post_account,
    post_export,
    post_sign_out,
]
