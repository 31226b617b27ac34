"""Endpoints of the API channel, for programs with an API key."""

from typing import Annotated, Any

from litestar import Request, Router, get, post, put
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody
from litestar.status_codes import HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT

from ombud.channels.api_channel import queries, services
from ombud.channels.api_channel.schemas import (
    MAX_BODY_BYTES,
    Accepted,
    ClientMessage,
    DeliveryIn,
    OutgoingList,
    Receipt,
)
from ombud.shared.http import SILENT, By, Now, Tx, may

IdempotencyKey = Annotated[
    str,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=8,
        max_length=200,
        description="Your own key of this message: the same key again is the same message.",
    ),
]


@post(
    "/channels/{channel_id:int}/messages",
    guards=[may("messages.write")],
    status_code=HTTP_202_ACCEPTED,
    operation_id="hand_in_message",
    summary="Hand in a customer's message (scope messages.write)",
    request_max_body_size=MAX_BODY_BYTES,
    opt=SILENT,
)
async def post_message(
    request: Request[Any, Any, Any],
    state: State,
    actor: By,
    now: Now,
    channel_id: FromPath[int],
    data: JSONBody[ClientMessage],
    idempotency_key: IdempotencyKey,
) -> Accepted:
    """Hand in a message; it is kept when this answers. 422 ``bad_fields`` names each field with its problem.

    Repeating it with its key gives the same receipt. 422 ``idempotency_key_reused`` for another message under it.
    """
    raw = await request.body()
    return await services.accept_message(
        state.database, state.door, channel_id, data, key=idempotency_key, raw=raw, by=actor, now=now
    )


@get(
    "/receipts/{receipt_id:int}",
    guards=[may("messages.write")],
    operation_id="get_receipt",
    summary="What became of a message (scope messages.write)",
)
async def get_receipt(tx: Tx, actor: By, receipt_id: FromPath[int]) -> Receipt:
    """``waiting``, ``done`` with ticket and entry, or ``set_aside`` for an administrator to look at."""
    return await queries.find_receipt(tx, receipt_id, by=actor)


@get(
    "/channels/{channel_id:int}/outgoing",
    guards=[may("outgoing.read")],
    operation_id="list_outgoing",
    summary="Answers to deliver (scope outgoing.read)",
)
async def get_outgoing(
    tx: Tx, actor: By, now: Now, channel_id: FromPath[int], after: FromQuery[int] = 0, limit: FromQuery[int] = 50
) -> OutgoingList:
    """Answers with a greater id, and any that were never handed out, oldest first; they count as sent from now on."""
    return await services.hand_out(tx, channel_id, after=after, limit=limit, by=actor, now=now)


@put(
    "/channels/{channel_id:int}/outgoing/{outbox_id:int}/delivery",
    guards=[may("outgoing.read")],
    status_code=HTTP_204_NO_CONTENT,
    operation_id="put_delivery",
    summary="Report a delivery (scope outgoing.read)",
)
async def put_delivery(
    tx: Tx, actor: By, now: Now, channel_id: FromPath[int], outbox_id: FromPath[int], data: JSONBody[DeliveryIn]
) -> None:
    """Say whether an answer was delivered; saying it twice is harmless."""
    await services.note_delivery(tx, channel_id, outbox_id, data, by=actor, now=now)


routers = [
    Router("/api/v1", route_handlers=[post_message, get_receipt, get_outgoing, put_delivery], tags=["api channel"])
]
