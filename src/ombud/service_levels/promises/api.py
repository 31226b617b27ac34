"""Endpoints of promises: offered while writing, kept on tickets, listed and counted."""

from datetime import UTC, datetime

from litestar import Response, Router, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from msgspec import Struct

from ombud.service_levels.promises import queries
from ombud.service_levels.promises.schemas import (
    PromiseEndIn,
    PromiseFigures,
    PromiseIn,
    PromiseMoveIn,
    PromiseOfferIn,
    PromiseOffers,
    PromiseRow,
    WatchedPromises,
)
from ombud.service_levels.promises.services import ending
from ombud.service_levels.promises.services.figures import Period, figures, list_cells
from ombud.service_levels.promises.services.offering import offer_promises
from ombud.service_levels.promises.services.showing import show_promises
from ombud.shared.http import By, Now, Reading, Tx, may
from ombud.shared.spreadsheets import FileKind, answer_file

TICKET = "/tickets/{ticket_id:int}"


class PromiseList(Struct):
    """A page of promises and the cursor of the next; None at the end."""

    items: list[PromiseRow]
    next: str | None


@post(f"{TICKET}/promise-offers", guards=[may("tickets.reply")], status_code=HTTP_200_OK)
async def post_offers(
    reading: Reading, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[PromiseOfferIn]
) -> PromiseOffers:
    """What a text would promise if it were sent, with what speaks against it. Nothing is saved."""
    return await offer_promises(reading, ticket_id, data, by=actor, now=now)


@get(f"{TICKET}/promises", guards=[may("tickets.read")])
async def get_ticket_promises(reading: Reading, actor: By, ticket_id: FromPath[int]) -> WatchedPromises:
    """What was promised on a ticket, what is still to be done first."""
    return await show_promises(reading, ticket_id, by=actor)


@post(f"{TICKET}/promises", guards=[may("tickets.write")], status_code=HTTP_201_CREATED)
async def post_promise(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[PromiseIn]
) -> WatchedPromises:
    """Record a promise that was made on the phone, in person or by note."""
    await ending.add_promise(tx, ticket_id, data, by=actor, now=now)
    return await show_promises(tx, ticket_id, by=actor)


@put(f"{TICKET}/promises/{{promise_id:int}}/moment", guards=[may("tickets.write")])
async def put_moment(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], promise_id: FromPath[int], data: JSONBody[PromiseMoveIn]
) -> WatchedPromises:
    """Give a promise another moment, with the reason."""
    await ending.move_promise(tx, ticket_id, promise_id, data, by=actor, now=now)
    return await show_promises(tx, ticket_id, by=actor)


@put(f"{TICKET}/promises/{{promise_id:int}}/end", guards=[may("tickets.write")])
async def put_promise_end(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], promise_id: FromPath[int], data: JSONBody[PromiseEndIn]
) -> WatchedPromises:
    """Say that a promise was kept, or that the customer does without it."""
    await ending.end_promise(tx, ticket_id, promise_id, data, by=actor, now=now)
    return await show_promises(tx, ticket_id, by=actor)


@get("/promises", guards=[may("tickets.read")])
async def get_promises(
    reading: Reading,
    actor: By,
    now: Now,
    which: FromQuery[queries.ListState] = "open",
    team_id: FromQuery[int | None] = None,
    person_id: FromQuery[int | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> PromiseList:
    """Promises on tickets that one sees, the next deadline first; with ``all`` the newest first."""
    wanted = queries.Wanted(which, team_id, person_id)
    found = await queries.list_promises(reading, wanted, by=actor, now=now, cursor=cursor, limit=limit)
    return PromiseList(found.items, found.next)


@get("/promises/figures", guards=[may("teamwork.lead")])
async def get_promise_figures(
    reading: Reading,
    actor: By,
    since: FromQuery[datetime],
    until: FromQuery[datetime],
    person_id: FromQuery[int | None] = None,
    team_id: FromQuery[int | None] = None,
) -> PromiseFigures:
    """Promises kept and broken by person and team, for a period of at most a year."""
    return await figures(reading, Period(_aware(since), _aware(until), person_id, team_id), by=actor)


@get("/promises/file", guards=[may("teamwork.lead")])
async def get_promise_file(
    reading: Reading,
    actor: By,
    since: FromQuery[datetime],
    until: FromQuery[datetime],
    person_id: FromQuery[int | None] = None,
    team_id: FromQuery[int | None] = None,
    kind: FromQuery[FileKind] = "xlsx",
) -> Response[bytes]:
    """The same promise by promise as a CSV or Excel file, in one's own language and time zone."""
    wanted = Period(_aware(since), _aware(until), person_id, team_id)
    head, cells = await list_cells(reading, wanted, by=actor)
    return await answer_file("promises", wanted.since, wanted.until, head, cells, kind)


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(post_offers, get_ticket_promises, post_promise, put_moment, put_promise_end),
            *(get_promises, get_promise_figures, get_promise_file),
        ],
        tags=["promises"],
    )
]
