"""Endpoints around tickets: drafts, read marks, notifications, canned replies, statuses, intake problems."""

import re
from typing import Annotated

from litestar import Response, delete, get, patch, post, put
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_201_CREATED, HTTP_204_NO_CONTENT
from msgspec import Meta, Struct

from ombud.shared.errors import Invalid, NotFound
from ombud.shared.http import By, Now, Tx, may, signed_in
from ombud.shared.paging import Paged
from ombud.tickets.queries.tickets import list_statuses
from ombud.tickets.schemas import (
    CannedReply,
    CannedReplyIn,
    Draft,
    DraftIn,
    DraftKept,
    InboxProblem,
    Notification,
    Rendering,
    Status,
)
from ombud.tickets.services import canned_replies, drafts, problems, statuses

EntryId = Annotated[int, Meta(ge=0, le=2**62)]
DraftVersion = Annotated[int, Meta(ge=0, le=2**31 - 1)]
# side-7: of the side conversation 7; side-0: of one that is not begun yet
KINDS = r"^(reply|note|forward|side-[0-9]{1,18})$"
DraftKind = Annotated[str, Meta(pattern=KINDS)]


class ReadIn(Struct, forbid_unknown_fields=True):
    """Up to which entry a person has read."""

    entry_id: EntryId


class NotificationsReadIn(Struct, forbid_unknown_fields=True):
    """Up to which notification a person has read."""

    up_to_id: EntryId


class RenderingIn(Struct, forbid_unknown_fields=True):
    """For which ticket placeholders are filled."""

    ticket_id: int


class StatusList(Struct):
    """All statuses in their order."""

    items: list[Status]


class CannedReplyList(Struct):
    """Canned replies, the most used first."""

    items: list[CannedReply]


def _draft_kind(kind: str) -> str:
    # A text in the path is not held against its pattern by the framework.
    if re.fullmatch(KINDS, kind) is None:
        raise Invalid("There is no such kind of draft.", fields={"kind": "unknown"})
    return kind


@get("/tickets/{ticket_id:int}/drafts/{kind:str}", guards=[may("tickets.note")])
async def get_draft(tx: Tx, actor: By, ticket_id: FromPath[int], kind: FromPath[DraftKind]) -> Draft | None:
    """The actor's own draft on a ticket, null when there is none."""
    return await drafts.find_draft(tx, ticket_id, _draft_kind(kind), by=actor)


@put("/tickets/{ticket_id:int}/drafts/{kind:str}", guards=[may("tickets.note")])
async def put_draft(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], kind: FromPath[DraftKind], data: JSONBody[DraftIn]
) -> DraftKept:
    """Keep what the composer holds; an empty text removes the draft. 409 ``draft_changed`` carries another window's."""
    return DraftKept(await drafts.keep_draft(tx, ticket_id, _draft_kind(kind), data, by=actor, now=now))


@delete("/tickets/{ticket_id:int}/drafts/{kind:str}", guards=[may("tickets.note")])
async def delete_draft(
    tx: Tx,
    actor: By,
    ticket_id: FromPath[int],
    kind: FromPath[DraftKind],
    version: FromQuery[DraftVersion | None] = None,
) -> None:
    """Throw the draft away, if ``version`` is given only as long as it is that one."""
    await drafts.drop_draft(tx, ticket_id, _draft_kind(kind), by=actor, version=version)


@put("/tickets/{ticket_id:int}/read", guards=[may("tickets.read")], status_code=HTTP_204_NO_CONTENT)
async def put_read(tx: Tx, actor: By, now: Now, state: State, ticket_id: FromPath[int], data: JSONBody[ReadIn]) -> None:
    """Remember up to where the actor has read; a chat's visitor sees it."""
    await drafts.mark_read(tx, ticket_id, data.entry_id, by=actor, now=now)
    payload: dict[str, object] = {"ticket_id": ticket_id, "entry_id": data.entry_id, "at": now.isoformat()}
    state.bus.publish("ticket_read", payload)


@get("/notifications", guards=[signed_in])
async def get_notifications(
    tx: Tx, actor: By, cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 30
) -> Paged[Notification]:
    """The actor's notifications, newest first."""
    return await drafts.list_notifications(tx, by=actor, cursor=cursor, limit=limit)


@put("/notifications/read", guards=[signed_in], status_code=HTTP_204_NO_CONTENT)
async def put_notifications_read(tx: Tx, actor: By, now: Now, data: JSONBody[NotificationsReadIn]) -> None:
    """Mark the actor's notifications as read, up to one."""
    await drafts.read_notifications(tx, data.up_to_id, by=actor, now=now)


@get("/canned-replies", guards=[may("tickets.read")])
async def get_canned_replies(tx: Tx, actor: By, q: FromQuery[str] = "") -> CannedReplyList:
    """Canned replies that the actor may use, those that hold a text if one is given."""
    return CannedReplyList(await canned_replies.list_canned_replies(tx, q[:100], by=actor))


@post("/canned-replies", guards=[may("tickets.reply")], status_code=HTTP_201_CREATED)
async def post_canned_reply(tx: Tx, actor: By, now: Now, data: JSONBody[CannedReplyIn]) -> CannedReply:
    """Keep a text for reuse; shared ones need canned_replies.manage."""
    return await canned_replies.add_canned_reply(tx, data, by=actor, now=now)


@patch("/canned-replies/{reply_id:int}", guards=[may("tickets.reply")])
async def patch_canned_reply(
    tx: Tx, actor: By, now: Now, reply_id: FromPath[int], data: JSONBody[CannedReplyIn]
) -> CannedReply:
    """Replace a canned reply."""
    return await canned_replies.change_canned_reply(tx, reply_id, data, by=actor, now=now)


@delete("/canned-replies/{reply_id:int}", guards=[may("tickets.reply")])
async def delete_canned_reply(tx: Tx, actor: By, now: Now, reply_id: FromPath[int]) -> None:
    """Remove a canned reply."""
    await canned_replies.remove_canned_reply(tx, reply_id, by=actor, now=now)


@post("/canned-replies/{reply_id:int}/rendering", guards=[may("tickets.reply")])
async def post_rendering(tx: Tx, actor: By, reply_id: FromPath[int], data: JSONBody[RenderingIn]) -> Rendering:
    """Fill the placeholders for a ticket; those without a value are named, never left out silently."""
    return await canned_replies.render_canned_reply(tx, reply_id, data.ticket_id, by=actor)


@get("/statuses", guards=[signed_in])
async def get_statuses(tx: Tx) -> StatusList:
    """All statuses, archived ones too, because old tickets show them."""
    return StatusList(await list_statuses(tx))


async def _status(tx: Tx, status_id: int) -> Status:
    for one in await list_statuses(tx):
        if one.id == status_id:
            return one
    raise NotFound


@post("/statuses", guards=[may("statuses.manage")], status_code=HTTP_201_CREATED)
async def post_status(tx: Tx, actor: By, now: Now, data: JSONBody[statuses.StatusIn]) -> Status:
    """Add a status within a category."""
    return await _status(tx, await statuses.add_status(tx, data, by=actor, now=now))


@patch("/statuses/{status_id:int}", guards=[may("statuses.manage")])
async def patch_status(
    tx: Tx, actor: By, now: Now, status_id: FromPath[int], data: JSONBody[statuses.StatusIn]
) -> Status:
    """Change a status; each category keeps one default."""
    await statuses.change_status(tx, status_id, data, by=actor, now=now)
    return await _status(tx, status_id)


@get("/intake/problems", guards=[may("intake.manage")])
async def get_problems(
    tx: Tx, actor: By, cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50
) -> Paged[InboxProblem]:
    """Messages that intake put aside, with their reason."""
    return await problems.list_problems(tx, by=actor, cursor=cursor, limit=limit)


@get("/intake/problems/{inbox_id:int}/raw", guards=[may("intake.manage")])
async def get_problem_raw(tx: Tx, actor: By, state: State, inbox_id: FromPath[int]) -> Response[bytes]:
    """The original of a message, as it came."""
    found = await problems.get_raw(tx, inbox_id, by=actor)
    data = await state.files.get(found.raw_file) if found.raw_file else found.raw or (found.message or "").encode()
    headers = {"Content-Disposition": f'attachment; filename="message-{inbox_id}.eml"'}
    headers["X-Content-Type-Options"] = "nosniff"
    return Response(data, media_type="application/octet-stream", headers=headers)


@post("/intake/problems/{inbox_id:int}/retry", guards=[may("intake.manage")], status_code=HTTP_204_NO_CONTENT)
async def post_problem_retry(tx: Tx, actor: By, state: State, inbox_id: FromPath[int]) -> None:
    """Let intake try a message again."""
    await problems.retry_problem(tx, inbox_id, by=actor)
    state.bus.wake("intake")


@delete("/intake/problems/{inbox_id:int}", guards=[may("intake.manage")])
async def delete_problem(tx: Tx, actor: By, inbox_id: FromPath[int]) -> None:
    """Take a message off the list; its original stays."""
    await problems.dismiss_problem(tx, inbox_id, by=actor)


HANDLERS = [
    get_draft,
    put_draft,
    delete_draft,
    put_read,
    get_notifications,
    put_notifications_read,
    get_canned_replies,
    post_canned_reply,
    patch_canned_reply,
    delete_canned_reply,
    post_rendering,
    get_statuses,
    post_status,
    patch_status,
    get_problems,
    get_problem_raw,
    post_problem_retry,
    delete_problem,
]
