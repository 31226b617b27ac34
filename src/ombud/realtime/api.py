"""``GET /api/v1/stream``: the one stream of an agent's browser."""

from typing import Any

from litestar import asgi
from litestar.connection import ASGIConnection
from litestar.types import Receive, Scope, Send

from ombud.realtime.stream import Stream
from ombud.shared.errors import NotAllowed
from ombud.shared.http import may, signed_in_actor


def last_event_id(headers: dict[str, str]) -> int | None:
    """The number after which a client wants to go on; None when it begins, or sends nonsense."""
    given = headers.get("last-event-id", "")
    return int(given) if given.isdecimal() and len(given) < 19 else None  # noqa: PLR2004 – fits a bigint


@asgi("/api/v1/stream", guards=[may("tickets.read")], copy_scope=False)
async def get_stream(scope: Scope, receive: Receive, send: Send) -> None:
    """Server-sent events of everything that the signed-in person may see; ends when the session does.

    With ``?pulse`` an open line alone keeps nobody present: the client asks for ``/me/pulse`` when it hears something.
    """
    connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope, receive)
    actor = await signed_in_actor(connection)
    if actor.session_id is None:
        # A key has no session that could be watched: its stream would outlive it.
        raise NotAllowed("The stream is for people who are signed in. Programs use webhooks.")
    hub = connection.app.state.hub
    stream = Stream(send, actor=actor, has_pulse="pulse" in connection.query_params)
    await stream.begin()
    try:
        await hub.join(stream, last_seq=last_event_id(dict(connection.headers)))
        await stream.wait(receive)
    finally:
        hub.leave(stream)


routers = [get_stream]
