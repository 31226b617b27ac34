"""Endpoints of what leaves a ticket otherwise than by a plain reply: planned answers and forwarded messages."""

from litestar import delete, get, patch, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from msgspec import Struct

from ombud.shared.http import By, Now, Tx, may
from ombud.tickets.schemas import Entry, ForwardIn, PlannedReply, PlannedReplyIn, PlannedReplyPatch, Undone
from ombud.tickets.services import forwards, planned


class PlannedReplyList(Struct):
    """Planned answers, the next one first."""

    items: list[PlannedReply]


@get("/tickets/{ticket_id:int}/planned-replies", guards=[may("tickets.read")])
async def get_planned_replies(tx: Tx, actor: By, ticket_id: FromPath[int]) -> PlannedReplyList:
    """Answers that go out later, and those that are held."""
    return PlannedReplyList(await planned.list_planned(tx, ticket_id, by=actor))


@post("/tickets/{ticket_id:int}/planned-replies", guards=[may("tickets.reply")], status_code=HTTP_201_CREATED)
async def post_planned_reply(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[PlannedReplyIn]
) -> PlannedReply:
    """Keep an answer until its time. A newer message of the customer holds it."""
    return await planned.plan_reply(tx, ticket_id, data, by=actor, now=now)


@patch("/tickets/{ticket_id:int}/planned-replies/{planned_id:int}", guards=[may("tickets.reply")])
async def patch_planned_reply(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], planned_id: FromPath[int], data: JSONBody[PlannedReplyPatch]
) -> PlannedReply:
    """Give it another time; a held one goes out then, as it is."""
    return await planned.move_planned(tx, ticket_id, planned_id, data.send_at, by=actor, now=now)


@delete(
    "/tickets/{ticket_id:int}/planned-replies/{planned_id:int}",
    guards=[may("tickets.reply")],
    status_code=HTTP_200_OK,
)
async def delete_planned_reply(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], planned_id: FromPath[int]
) -> Undone:
    """Cancel it; the text comes back for the composer. 404 when it has been sent."""
    return await planned.cancel_planned(tx, ticket_id, planned_id, by=actor, now=now)


@post(
    "/tickets/{ticket_id:int}/planned-replies/{planned_id:int}/sending",
    guards=[may("tickets.reply")],
    status_code=HTTP_201_CREATED,
)
async def post_planned_sending(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], planned_id: FromPath[int]
) -> Entry:
    """Send it at once, on purpose; newer messages do not hold it."""
    return await planned.send_planned_now(tx, ticket_id, planned_id, by=actor, now=now)


@post("/tickets/{ticket_id:int}/forwards", guards=[may("tickets.reply")], status_code=HTTP_201_CREATED)
async def post_forward(
    tx: Tx, actor: By, now: Now, state: State, ticket_id: FromPath[int], data: JSONBody[ForwardIn]
) -> Entry:
    """Mail chosen messages to a third party; its answer comes back as a side entry, never to the customer."""
    return await forwards.forward(tx, ticket_id, data, by=actor, now=now, undo_seconds=state.settings.undo_seconds)


@delete("/tickets/{ticket_id:int}/forwards/{entry_id:int}", guards=[may("tickets.reply")], status_code=HTTP_200_OK)
async def delete_forward(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], entry_id: FromPath[int]) -> Undone:
    """Take back a forwarded mail that still waits. 409 ``already_sent`` when it has left."""
    return await forwards.undo_forward(tx, ticket_id, entry_id, by=actor, now=now)


HANDLERS = [
    get_planned_replies,
    post_planned_reply,
    patch_planned_reply,
    delete_planned_reply,
    post_planned_sending,
    post_forward,
    delete_forward,
]
