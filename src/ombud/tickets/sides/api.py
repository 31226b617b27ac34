"""Endpoints of side conversations: one door for those who see the ticket, another for those who were asked."""

from litestar import get, post, put
from litestar.datastructures import State, UploadFile
from litestar.params import FromPath, FromQuery, JSONBody, MultipartBody
from litestar.response import Stream
from litestar.status_codes import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from ombud.shared.errors import Invalid
from ombud.shared.http import SHOWN, By, Now, Reading, Tx, file_headers, may
from ombud.tickets.schemas import FileRef
from ombud.tickets.services import uploads
from ombud.tickets.sides import queries, services
from ombud.tickets.sides.schemas import (
    AskedMessageIn,
    AskedThread,
    SideIn,
    SideList,
    SideMessageIn,
    SideStateIn,
    SideThread,
)

SIDES = "/tickets/{ticket_id:int}/sides"
ASKED = "/sides/{side_id:int}"


@get(SIDES, guards=[may("tickets.read")])
async def get_sides(reading: Reading, actor: By, ticket_id: FromPath[int]) -> SideList:
    """The side conversations of a ticket: open ones first, then the newest."""
    return SideList(await services.list_sides(reading, ticket_id, by=actor))


@post(SIDES, guards=[may("tickets.note")], status_code=HTTP_201_CREATED)
async def post_side(
    tx: Tx, actor: By, now: Now, state: State, ticket_id: FromPath[int], data: JSONBody[SideIn]
) -> SideThread:
    """Ask somebody beside the conversation, by mail (with ``tickets.reply``) or in the app; never the customer."""
    undo_seconds = state.settings.undo_seconds
    return await services.open_side(tx, ticket_id, data, by=actor, now=now, undo_seconds=undo_seconds)


@get(f"{SIDES}/{{side_id:int}}", guards=[may("tickets.read")])
async def get_side(
    reading: Reading, actor: By, now: Now, ticket_id: FromPath[int], side_id: FromPath[int]
) -> SideThread:
    """A side conversation with its messages, and whom the next mail goes to."""
    return await services.show_side(reading, ticket_id, side_id, by=actor, now=now)


@post(f"{SIDES}/{{side_id:int}}/messages", guards=[may("tickets.note")], status_code=HTTP_201_CREATED)
async def post_side_message(
    tx: Tx,
    actor: By,
    now: Now,
    state: State,
    ticket_id: FromPath[int],
    side_id: FromPath[int],
    data: JSONBody[SideMessageIn],
) -> SideThread:
    """Write to those who were asked; by mail with ``tickets.reply``. 409 ``side_closed``."""
    undo_seconds = state.settings.undo_seconds
    return await services.write_side(tx, ticket_id, side_id, data, by=actor, now=now, undo_seconds=undo_seconds)


@put(f"{SIDES}/{{side_id:int}}/state", guards=[may("tickets.note")])
async def put_side_state(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], side_id: FromPath[int], data: JSONBody[SideStateIn]
) -> SideThread:
    """Close a side conversation, or open it again; an answer by mail opens it by itself."""
    return await services.change_state(tx, ticket_id, side_id, data, by=actor, now=now)


@get("/sides", guards=[may("tasks.work")])
async def get_asked(reading: Reading, actor: By, closed: FromQuery[bool] = False) -> SideList:
    """Side conversations in which the actor, or a department of theirs, was asked."""
    return SideList(await queries.list_asked(reading, by=actor, closed=closed))


@get(ASKED, guards=[may("tasks.work")])
async def get_asked_side(reading: Reading, actor: By, side_id: FromPath[int]) -> AskedThread:
    """One of them, with all that those who were asked see of its ticket."""
    return await services.show_asked(reading, side_id, by=actor)


@post(f"{ASKED}/messages", guards=[may("tasks.work")], status_code=HTTP_201_CREATED)
async def post_asked_message(
    tx: Tx, actor: By, now: Now, side_id: FromPath[int], data: JSONBody[AskedMessageIn]
) -> AskedThread:
    """Answer as one who was asked. 409 ``side_closed``."""
    return await services.answer_asked(tx, side_id, data, by=actor, now=now)


@put(f"{ASKED}/read", guards=[may("tasks.work")], status_code=HTTP_204_NO_CONTENT)
async def put_asked_read(tx: Tx, actor: By, now: Now, side_id: FromPath[int]) -> None:
    """Take the notifications of it as read."""
    await services.read_asked(tx, side_id, by=actor, now=now)


@post(
    f"{ASKED}/files",
    guards=[may("tasks.work")],
    status_code=HTTP_201_CREATED,
    request_max_body_size=uploads.MAX_UPLOAD_BYTES + 64 * 1024,
)
async def post_asked_file(
    tx: Tx,
    actor: By,
    now: Now,
    state: State,
    side_id: FromPath[int],
    data: MultipartBody[dict[str, UploadFile]],
) -> FileRef:
    """Upload a file (form field ``file``) to send it with an answer."""
    await queries.find_asked(tx, side_id, by=actor)
    upload = data.get("file")
    if not isinstance(upload, UploadFile):
        raise Invalid("Send the file in the form field named file.", fields={"file": "required"})
    return await uploads.keep_upload(tx, state.files, upload.filename, await upload.read(), by=actor, now=now)


@get(f"{ASKED}/files/{{file_id:int}}", guards=[may("tasks.work")])
async def get_asked_file(tx: Tx, actor: By, state: State, side_id: FromPath[int], file_id: FromPath[int]) -> Stream:
    """A file of a side conversation in which the actor was asked."""
    found = await queries.find_asked_file(tx, side_id, file_id, by=actor)
    kind = found.type if found.type in SHOWN else "application/octet-stream"
    return Stream(state.files.chunks(found.token), media_type=kind, headers=file_headers(found.name, found.type))


HANDLERS = [
    *(get_sides, post_side, get_side, post_side_message, put_side_state),
    *(get_asked, get_asked_side, post_asked_message, put_asked_read, post_asked_file, get_asked_file),
]
