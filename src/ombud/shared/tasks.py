"""Ending background tasks for sure."""

import asyncio
from collections.abc import Iterable
from typing import Any

# Long enough for a task's own cleaning up, which a second cancellation would cut short.
AGAIN_SECONDS = 3.0


async def end_tasks(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks and wait until all have ended, whatever they raise.

    Before Python 3.12 ``asyncio.wait_for``, which the connection pool uses, can swallow a cancellation that meets its
    result; so it is asked for again until it is heard.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        ended, left = await asyncio.wait(left, timeout=AGAIN_SECONDS)
        for task in ended:
            # Fetched, so that nobody complains about it: an ending task's error has no reader any more.
            if not task.cancelled():
                task.exception()
