"""The limit of a page: the same server that the product uses, sending bytes that were ready before anybody asked."""

import asyncio
import sys
from typing import Any

import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server


def page_of(size: int) -> Any:
    """An application that answers everything with one body."""
    body = b"x" * size
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(size).encode())]

    async def app(scope: dict[str, Any], _receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body, "more_body": False})

    return app


async def serve(port: int, size: int) -> None:
    server = Server(
        page_of(size), address="127.0.0.1", port=port, interface=Interfaces.ASGINL, backlog=4_096, log_access=False
    )
    await server.serve()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(int(sys.argv[1]), int(sys.argv[2])))
