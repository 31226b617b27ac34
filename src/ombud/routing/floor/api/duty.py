"""Endpoints of the duty log and of hand-overs."""

import asyncio
from datetime import datetime
from typing import Literal

from litestar import Response, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_201_CREATED

from ombud.routing.floor.api.span import checked_span
from ombud.routing.floor.schemas import (
    Acceptance,
    DutyLog,
    DutyNote,
    DutyNoteIn,
    Handover,
    HandoverIn,
    Proposal,
)
from ombud.routing.floor.services import duty
from ombud.routing.floor.services.duty_file import list_cells
from ombud.shared.http import By, Now, Reading, Tx, may
from ombud.shared.spreadsheets import TYPES, write_file

DAYS = 92


@get("/duty", guards=[may("floor.lead")])
async def get_duty(
    reading: Reading,
    actor: By,
    since: FromQuery[datetime],
    until: FromQuery[datetime],
    team_id: FromQuery[int | None] = None,
) -> DutyLog:
    """The duty log of a span of at most 92 days, open matters of any age, and hand-overs."""
    since, until = checked_span(since, until, days=DAYS)
    return await duty.read_log(reading, since=since, until=until, team_id=team_id, by=actor)


@get("/duty/file", guards=[may("floor.lead")])
async def get_duty_file(
    reading: Reading,
    actor: By,
    since: FromQuery[datetime],
    until: FromQuery[datetime],
    team_id: FromQuery[int | None] = None,
    kind: FromQuery[Literal["csv", "xlsx"]] = "xlsx",
) -> Response[bytes]:
    """The same as a CSV or Excel file, in one's own language and time zone."""
    since, until = checked_span(since, until, days=DAYS)
    found = await duty.read_log(reading, since=since, until=until, team_id=team_id, by=actor)
    head, cells = await list_cells(reading, found, by=actor)
    content = await asyncio.to_thread(write_file, head, cells, kind)
    headers = {
        "Content-Disposition": f"attachment; filename=duty-log-{since:%Y%m%d}-{until:%Y%m%d}.{kind}",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=TYPES[kind], headers=headers)


@post("/duty/notes", guards=[may("floor.lead")], status_code=HTTP_201_CREATED)
async def post_duty_note(tx: Tx, actor: By, now: Now, data: JSONBody[DutyNoteIn]) -> DutyNote:
    """Write something into the duty log."""
    return await duty.write_note(tx, data, by=actor, now=now)


@put("/duty/notes/{duty_note_id:int}/end", guards=[may("floor.lead")])
async def put_note_end(tx: Tx, actor: By, now: Now, duty_note_id: FromPath[int]) -> DutyNote:
    """Say that an open matter is done."""
    return await duty.finish_note(tx, duty_note_id, by=actor, now=now)


@get("/duty/proposal", guards=[may("floor.lead")])
async def get_proposal(reading: Reading, actor: By, now: Now, team_id: FromQuery[int]) -> Proposal:
    """What the next duty manager of a team should hear of."""
    return await duty.propose_handover(reading, team_id, by=actor, now=now)


@post("/duty/handovers", guards=[may("floor.lead")], status_code=HTTP_201_CREATED)
async def post_handover(tx: Tx, actor: By, now: Now, data: JSONBody[HandoverIn]) -> Handover:
    """Hand a shift over."""
    return await duty.hand_over(tx, data, by=actor, now=now)


@put("/duty/handovers/{handover_id:int}/items/{item_id:int}/acceptance", guards=[may("floor.lead")])
async def put_item_acceptance(
    tx: Tx, actor: By, now: Now, handover_id: FromPath[int], item_id: FromPath[int], data: JSONBody[Acceptance]
) -> Handover:
    """Take over one matter; with the last one the hand-over is accepted."""
    return await duty.accept_item(tx, handover_id, item_id, data, by=actor, now=now)


@put("/duty/handovers/{handover_id:int}/acceptance", guards=[may("floor.lead")])
async def put_handover_acceptance(tx: Tx, actor: By, now: Now, handover_id: FromPath[int]) -> Handover:
    """Accept a hand-over that has no open matters."""
    return await duty.accept_handover(tx, handover_id, by=actor, now=now)


handlers = [
    *(get_duty, get_duty_file, post_duty_note, put_note_end, get_proposal),
    *(post_handover, put_item_acceptance, put_handover_acceptance),
]
