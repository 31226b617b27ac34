"""A process that stops waits for the requests that it is answering."""

import asyncio
from typing import Any

import pytest

from ombud.config.open_requests import OpenRequests


class Slow:
    """An application that answers when it is let."""

    def __init__(self, *, fails: bool = False) -> None:
        self.goes = asyncio.Event()
        self._fails = fails

    async def __call__(self, _scope: Any, _receive: Any, _send: Any) -> None:
        await self.goes.wait()
        if self._fails:
            raise ValueError("a bug")


def ask(requests: OpenRequests, app: Slow) -> asyncio.Task[None]:
    async def request() -> None:
        await requests.middleware(app)(None, None, None)  # type: ignore[arg-type]  # the application looks at none

    return asyncio.create_task(request())


async def test_wait_for_end_without_requests_is_at_once() -> None:
    assert await OpenRequests().wait_for_end(0.1)


async def test_wait_for_end_of_two_requests_waits_for_both() -> None:
    requests, first, second = OpenRequests(), Slow(), Slow()
    tasks = [ask(requests, first), ask(requests, second)]
    await asyncio.sleep(0)
    assert requests.count == 2
    first.goes.set()
    assert not await requests.wait_for_end(0.05)
    second.goes.set()
    assert await requests.wait_for_end(1)
    await asyncio.gather(*tasks)


async def test_end_of_requests_that_end_in_time_cuts_nothing_off() -> None:
    requests, app = OpenRequests(), Slow()
    task = ask(requests, app)
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_later(0.05, app.goes.set)
    await requests.end(within_seconds=5)
    assert task.done()
    assert not requests._is_cutting


async def test_end_cuts_off_what_stays_open_in_silence() -> None:
    requests = OpenRequests()
    tasks = [ask(requests, Slow()) for _ in range(3)]
    await asyncio.sleep(0)
    await requests.end(within_seconds=0.01)
    assert [task.cancelled() or task.exception() for task in tasks] == [None] * 3
    assert requests.count == 0


async def test_cancel_of_one_request_is_its_own_affair() -> None:
    requests = OpenRequests()
    task = ask(requests, Slow())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert requests.count == 0


async def test_wait_for_end_request_that_fails_has_ended() -> None:
    requests, app = OpenRequests(), Slow(fails=True)
    task = ask(requests, app)
    await asyncio.sleep(0)
    app.goes.set()
    assert await requests.wait_for_end(1)
    with pytest.raises(ValueError, match="a bug"):
        await task
