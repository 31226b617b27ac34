"""Other origins may call the widget's paths, and only those: it lives on other people's pages and uses no cookies."""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Retry-After"),
    (b"cross-origin-resource-policy", b"cross-origin"),
]
PREFLIGHT = [
    *HEADERS,
    (b"access-control-allow-methods", b"GET, POST, PUT"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, Last-Event-ID"),
    (b"access-control-max-age", b"86400"),
    (b"content-length", b"0"),
]


def open_to_pages(app: ASGIApp) -> ASGIApp:
    """Answer preflights, and let any origin read the answers, errors included: without cookies no harm is done."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": PREFLIGHT})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return

        async def send_open(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        await app(scope, receive, send_open)

    return call
