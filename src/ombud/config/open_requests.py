"""Requests that are being answered, so that a process which is told to stop can wait for their end."""

import asyncio

from litestar.types import ASGIApp, Receive, Scope, Send


class OpenRequests:
    """Counts the open requests of one process, streams among them."""

    def __init__(self) -> None:
        self.count = 0
        self._none = asyncio.Event()
        self._none.set()

    def middleware(self, app: ASGIApp) -> ASGIApp:
        """Wrap an application; give the bound method to Litestar's ``middleware``."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            self.count += 1
            self._none.clear()
            try:
                await app(scope, receive, send)
            finally:
                self.count -= 1
                if not self.count:
                    self._none.set()

        return counted

    async def wait_for_end(self, seconds: float) -> bool:
        """Wait until none is open; False when some still are after that time."""
        try:
            async with asyncio.timeout(seconds):
                await self._none.wait()
        except TimeoutError:
            return False
        return True
