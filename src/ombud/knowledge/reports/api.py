"""Endpoints of what becomes of knowledge."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from litestar import Response, Router, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_204_NO_CONTENT

from ombud.knowledge.articles.queries import find_shown
from ombud.knowledge.articles.schemas import reader_of
from ombud.knowledge.reports import tables
from ombud.knowledge.reports.queries import board as board_queries
from ombud.knowledge.reports.queries import figures
from ombud.knowledge.reports.queries.findings import list_findings
from ombud.knowledge.reports.rules import WORTH, month_span
from ombud.knowledge.reports.schemas import (
    ArticleFiguresList,
    BoardPage,
    FeedbackIn,
    FeedbackList,
    FindingIn,
    FindingKind,
    FindingList,
    KnowledgeHealth,
    SearchReport,
    StaleList,
    StaleWhy,
)
from ombud.knowledge.reports.services import note_feedback
from ombud.knowledge.reports.services.findings import settle_finding
from ombud.shared.database import Transaction, value
from ombud.shared.http import By, Now, Reading, Tx, may
from ombud.shared.periods import period_of
from ombud.shared.spreadsheets import TYPES, Cell, FileKind, write_file

CARE = [may("knowledge.care")]
READ = [may("knowledge.read")]
SHOWN, LONGEST = timedelta(days=30), timedelta(days=400)
Report = Literal["searches", "articles", "stale", "findings", "board"]


def _period(since: datetime | None, until: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    # What happens at this very moment counts.
    end = until or now + timedelta(seconds=1)
    return period_of(since, end, now=now, shown=SHOWN, longest=LONGEST, field="since")


async def _zone(tx: Transaction, person_id: int) -> ZoneInfo:
    sql = "select time_zone from person where id = %(id)s"
    return ZoneInfo(await value(tx, str, sql, {"id": person_id}) or "UTC")


@get("/knowledge/health", guards=CARE)
async def get_health(
    reading: Reading,
    actor: By,
    now: Now,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
) -> KnowledgeHealth:
    """Figures of a period (30 days without one), and what is open now."""
    start, end = _period(since, until, now)
    return await figures.health(reading, since=start, until=end, by=actor, now=now)


@get("/knowledge/reports/searches", guards=CARE)
async def get_searches(
    reading: Reading,
    now: Now,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    only_without: FromQuery[bool] = False,
) -> SearchReport:
    """What was looked for, those without result most often first."""
    start, end = _period(since, until, now)
    return await figures.search_report(reading, since=start, until=end, only_without=only_without)


@get("/knowledge/reports/articles", guards=CARE)
async def get_article_figures(
    reading: Reading,
    actor: By,
    now: Now,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
) -> ArticleFiguresList:
    """Feedback and uses by article."""
    start, end = _period(since, until, now)
    return ArticleFiguresList(await figures.article_figures(reading, since=start, until=end, by=actor))


@get("/knowledge/reports/feedback", guards=CARE)
async def get_feedback(
    reading: Reading,
    actor: By,
    now: Now,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    article_id: FromQuery[int | None] = None,
) -> FeedbackList:
    """Words of feedback, newest first."""
    start, end = _period(since, until, now)
    found = await figures.list_feedback(reading, since=start, until=end, article_id=article_id, by=actor)
    return FeedbackList(found)


@get("/knowledge/reports/stale", guards=CARE)
async def get_stale(reading: Reading, actor: By, now: Now, why: FromQuery[StaleWhy]) -> StaleList:
    """Articles that want looking at for one reason."""
    return StaleList(await figures.list_stale(reading, why, by=actor, now=now))


@get("/knowledge/reports/findings", guards=CARE)
async def get_findings(
    reading: Reading,
    actor: By,
    kind: FromQuery[FindingKind | None] = None,
    is_open: FromQuery[bool] = True,
    article_id: FromQuery[int | None] = None,
) -> FindingList:
    """What quotes a changed article, and articles that contradict each other."""
    return FindingList(await list_findings(reading, by=actor, kind=kind, is_open=is_open, article_id=article_id))


@put("/knowledge/findings/{finding_id:int}/verdict", guards=CARE, status_code=HTTP_204_NO_CONTENT)
async def put_verdict(tx: Tx, actor: By, now: Now, finding_id: FromPath[int], data: JSONBody[FindingIn]) -> None:
    """Say that a finding was mended, or is fine as it is."""
    await settle_finding(tx, finding_id, data.verdict, by=actor, now=now)


@get("/knowledge/board", guards=READ)
async def get_board(reading: Reading, actor: By, now: Now, month: FromQuery[str] = "") -> BoardPage:
    """Contributors of a month such as 2026-11 in the reader's time zone; this month without one."""
    zone = await _zone(reading, actor.person_id)
    name, start, end = month_span(month, zone, now=now)
    return BoardPage(name, zone.key, WORTH, await board_queries.board(reading, since=start, until=end))


@post("/knowledge/articles/{article_id:int}/feedback", guards=READ, status_code=HTTP_204_NO_CONTENT)
async def post_feedback(tx: Tx, actor: By, now: Now, article_id: FromPath[int], data: JSONBody[FeedbackIn]) -> None:
    """Say whether an article helped, and why not."""
    await find_shown(tx, article_id, reader=reader_of(actor), locale=data.locale)
    await note_feedback(tx, article_id, data, place="workspace", by=actor, now=now)


@get("/knowledge/reports/{report:str}/file", guards=CARE)
async def get_report_file(
    reading: Reading,
    actor: By,
    now: Now,
    report: FromPath[Report],
    kind: FromQuery[FileKind] = "csv",
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    month: FromQuery[str] = "",
) -> Response[bytes]:
    """A report as a file for spreadsheets, in the reader's language and time zone."""
    start, end = _period(since, until, now)
    zone = await _zone(reading, actor.person_id)
    if report == "board":
        _, start, end = month_span(month, zone, now=now)
    head, cells = await _table(reading, report, actor, start, end, zone, now)
    titles = tables.words(head, is_chinese=actor.locale == "zh-CN")
    content = await asyncio.to_thread(write_file, titles, cells, kind)
    name = f"knowledge-{report}-{now.astimezone(UTC):%Y%m%d}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=TYPES[kind], headers=headers)


async def _table(
    tx: Transaction, report: Report, by: By, since: datetime, until: datetime, zone: ZoneInfo, now: datetime
) -> tuple[list[str], Sequence[Sequence[Cell]]]:
    is_chinese = by.locale == "zh-CN"
    if report == "searches":
        found = await figures.search_report(tx, since=since, until=until, only_without=False)
        return tables.searches_table(found.items, zone)
    if report == "articles":
        return tables.figures_table(await figures.article_figures(tx, since=since, until=until, by=by))
    if report == "stale":
        stale = [one for why in figures.STALE for one in await figures.list_stale(tx, why, by=by, now=now)]
        return tables.stale_table(stale, is_chinese=is_chinese)
    if report == "findings":
        return tables.findings_table(await list_findings(tx, by=by))
    return tables.board_table(await board_queries.board(tx, since=since, until=until))


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(get_health, get_searches, get_article_figures, get_feedback, get_stale, get_findings, put_verdict),
            *(get_board, post_feedback, get_report_file),
        ],
        tags=["knowledge"],
    )
]
