"""Endpoints of lists, saved views, bulk changes and exports."""

from datetime import UTC, datetime

from litestar import Response, Router, delete, get, patch, post, put
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Stream
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_202_ACCEPTED

from ombud.shared.conditions import parse
from ombud.shared.http import By, Now, Reading, Tx, may
from ombud.shared.spreadsheets import TYPES, FileKind, answer_file
from ombud.tickets.queries.lists import list_tickets
from ombud.views import queries, times
from ombud.views.schemas import (
    BulkIn,
    ExportIn,
    Job,
    JobList,
    JobReport,
    QueryIn,
    SavedView,
    SavedViewCounts,
    SavedViewList,
    Sort,
    TicketPage,
    ViewIn,
    ViewOrder,
    ViewPatch,
)
from ombud.views.services import jobs, views
from ombud.views.times import TimeFilter, TimeReport


@get("/tickets", guards=[may("tickets.read")])
async def get_tickets(
    reading: Reading,
    actor: By,
    now: Now,
    view: FromQuery[str] = "open",
    team_id: FromQuery[int | None] = None,
    status_id: FromQuery[int | None] = None,
    sort: FromQuery[Sort | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> TicketPage:
    """One page of a view: mine, unassigned, open, mentions, snoozed, all, or ``saved:<id>``.

    Shipped views have the newest activity first. A saved view has its own sort, or the one that is asked for; a page
    with ``is_partial`` stopped for time and goes on at ``next``.
    """
    if not view.startswith(views.PREFIX):
        page = await list_tickets(
            reading, view, by=actor, team_id=team_id, status_id=status_id, cursor=cursor, limit=limit
        )
        return TicketPage(page.items, page.next)
    saved = await views.find_view(reading, jobs.view_number(view), by=actor)
    return await queries.list_by_condition(
        reading, parse(saved.condition), sort or saved.sort, by=actor, now=now, cursor=cursor, limit=limit
    )


@post("/tickets/query", guards=[may("tickets.read")], status_code=HTTP_200_OK)
async def post_query(reading: Reading, actor: By, now: Now, data: JSONBody[QueryIn]) -> TicketPage:
    """One page of the tickets that meet a condition, saved nowhere; with their count if asked for."""
    condition = await views.checked_condition(reading, data.condition)
    page = await queries.list_by_condition(
        reading, condition, data.sort, by=actor, now=now, cursor=data.cursor, limit=data.limit
    )
    if data.count:
        page.count, page.is_count_capped = await queries.count_by_condition(reading, condition, by=actor, now=now)
    return page


@get("/saved-views", guards=[may("tickets.read")])
async def get_saved_views(tx: Tx, actor: By) -> SavedViewList:
    """The views that one sees: everybody's, those of one's teams, one's own. ``problems`` says what of one is gone."""
    return SavedViewList(await views.list_views(tx, by=actor))


@get("/saved-views/counts", guards=[may("tickets.read")])
async def get_saved_view_counts(reading: Reading, actor: By, now: Now, state: State) -> SavedViewCounts:
    """How many tickets each saved view holds, counted to 1,000, at most 20 s old; some come with the next call."""
    found = await views.list_views(reading, by=actor)
    return SavedViewCounts(await state.view_counts.of_views(reading, found, by=actor, now=now))


@post("/saved-views", guards=[may("tickets.read")], status_code=HTTP_201_CREATED)
async def post_saved_view(tx: Tx, actor: By, now: Now, data: JSONBody[ViewIn]) -> SavedView:
    """Save a view. One of a team or of everybody needs ``views.manage``."""
    return await views.save_view(tx, data, by=actor, now=now)


@put("/saved-views/order", guards=[may("tickets.read")], status_code=HTTP_200_OK)
async def put_saved_view_order(tx: Tx, actor: By, now: Now, data: JSONBody[ViewOrder]) -> SavedViewList:
    """Put views into an order; those that one may not change stay."""
    await views.order_views(tx, data, by=actor, now=now)
    return SavedViewList(await views.list_views(tx, by=actor))


@patch("/saved-views/{view_id:int}", guards=[may("tickets.read")])
async def patch_saved_view(tx: Tx, actor: By, now: Now, view_id: FromPath[int], data: JSONBody[ViewPatch]) -> SavedView:
    """Change a view; what is left out stays. A shared one needs ``views.manage``."""
    return await views.change_view(tx, view_id, data, by=actor, now=now)


@delete("/saved-views/{view_id:int}", guards=[may("tickets.read")])
async def delete_saved_view(tx: Tx, actor: By, now: Now, view_id: FromPath[int]) -> None:
    """Remove a view. A shared one needs ``views.manage``."""
    await views.remove_view(tx, view_id, by=actor, now=now)


@post("/bulk", guards=[may("tickets.read")], status_code=HTTP_202_ACCEPTED)
async def post_bulk(tx: Tx, actor: By, now: Now, data: JSONBody[BulkIn]) -> Job:
    """Change many tickets in the background, each by the rights and forms that hold for a single one."""
    return await jobs.start_change(tx, data, by=actor, now=now)


@get("/bulk", guards=[may("tickets.read")])
async def get_jobs(tx: Tx, actor: By) -> JobList:
    """One's own last 20 jobs, exports too, newest first."""
    return JobList(await jobs.list_jobs(tx, by=actor))


@get("/bulk/{job_id:int}", guards=[may("tickets.read")])
async def get_job(tx: Tx, actor: By, job_id: FromPath[int]) -> JobReport:
    """One of one's own jobs, with what failed by reason."""
    return await jobs.report_job(tx, job_id, by=actor)


@post("/bulk/{job_id:int}/undo", guards=[may("tickets.read")], status_code=HTTP_202_ACCEPTED)
async def post_undo(tx: Tx, actor: By, now: Now, job_id: FromPath[int]) -> Job:
    """Give back what a change has changed, where nobody changed it since; the report of this job says where not."""
    return await jobs.undo_change(tx, job_id, by=actor, now=now)


@post("/bulk/{job_id:int}/cancel", guards=[may("tickets.read")], status_code=HTTP_200_OK)
async def post_cancel(tx: Tx, actor: By, job_id: FromPath[int]) -> Job:
    """Stop a job; what is done stays done."""
    return await jobs.cancel_job(tx, job_id, by=actor)


@post("/exports", guards=[may("tickets.read")], status_code=HTTP_202_ACCEPTED)
async def post_export(tx: Tx, actor: By, now: Now, data: JSONBody[ExportIn]) -> Job:
    """Write tickets into a CSV or Excel file in the background, in one's own language and time zone."""
    return await jobs.start_export(tx, data, by=actor, now=now)


@get("/exports/{job_id:int}/file", guards=[may("tickets.read")])
async def get_export_file(tx: Tx, actor: By, state: State, job_id: FromPath[int]) -> Stream:
    """The file of one's own export, kept for a week."""
    found = await jobs.find_export(tx, job_id, by=actor)
    kind = TYPES[found.file_name.rpartition(".")[2]]
    headers = {"Content-Disposition": f"attachment; filename={found.file_name}", "Cache-Control": "no-store"}
    return Stream(state.files.chunks(found.file_token), media_type=kind, headers=headers)


@get("/time-spent", guards=[may("tickets.read")])
async def get_time_report(
    reading: Reading,
    actor: By,
    since: FromQuery[datetime],
    until: FromQuery[datetime],
    person_id: FromQuery[int | None] = None,
    team_id: FromQuery[int | None] = None,
) -> TimeReport:
    """Time that people worked on tickets that the actor sees, by person and team, for a period of at most a year."""
    return await times.report_time(reading, TimeFilter(_aware(since), _aware(until), person_id, team_id), by=actor)


@get("/time-spent/file", guards=[may("tickets.read")])
async def get_time_file(
    reading: Reading,
    actor: By,
    since: FromQuery[datetime],
    until: FromQuery[datetime],
    person_id: FromQuery[int | None] = None,
    team_id: FromQuery[int | None] = None,
    kind: FromQuery[FileKind] = "xlsx",
) -> Response[bytes]:
    """The same entry by entry as a CSV or Excel file, in one's own language and time zone."""
    wanted = TimeFilter(_aware(since), _aware(until), person_id, team_id)
    head, cells = await times.list_cells(reading, wanted, by=actor)
    return await answer_file("time", wanted.since, wanted.until, head, cells, kind)


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            post_query,
            get_saved_views,
            get_saved_view_counts,
            post_saved_view,
            put_saved_view_order,
            patch_saved_view,
            delete_saved_view,
            post_bulk,
            get_jobs,
            get_job,
            post_undo,
            post_cancel,
            post_export,
            get_export_file,
            get_time_report,
            get_time_file,
        ],
        tags=["views"],
    )
]
