"""Requests that are being answered, so that a process which is told to stop can wait for their end."""

import asyncio
import logging
from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send

from ombud.shared.tasks import end_tasks

log = logging.getLogger(__name__)


class OpenRequests:
    """Counts the open requests of one process, streams among them."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any] | None] = set()
        self._is_cutting = False
        self._none = asyncio.Event()
        self._none.set()

    def middleware(self, app: ASGIApp) -> ASGIApp:
        """Wrap an application; give the bound method to Litestar's ``middleware``."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            task = asyncio.current_task()
            self._tasks.add(task)
            self._none.clear()
            try:
                await app(scope, receive, send)
            except asyncio.CancelledError:
                if not self._is_cutting:
                    raise
            finally:
                self._tasks.discard(task)
                if not self._tasks:
                    self._none.set()

        return counted

    @property
    def count(self) -> int:
        """How many are open."""
        return len(self._tasks)

    async def end(self, *, within_seconds: float) -> None:
        """Wait for the end of all, and cut off in silence those that still are open after that time."""
        if await self.wait_for_end(within_seconds):
            return
        log.warning("%s requests are cut off", self.count)
        self._is_cutting = True
        await end_tasks([task for task in self._tasks if task is not None])

    async def wait_for_end(self, seconds: float) -> bool:
        """Wait until none is open; False when some still are after that time."""
        try:
            async with asyncio.timeout(seconds):
                await self._none.wait()
        except TimeoutError:
            return False
        return True
