"""A whole desk in this process: web application, worker and hub on the test's own database."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx
import jwt
import pytest

from ombud.channels.schemas import Channel, ChannelIn
from ombud.channels.services import add_channel
from ombud.config.background import Background
from ombud.config.parts import Parts
from ombud.config.settings import Settings
from ombud.config.worker import Worker
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, execute, row, value, values
from ombud.tickets.schemas import NoteIn, ReplyIn
from ombud.tickets.services.changes import add_note
from ombud.tickets.services.replies import reply
from tests.site import app_on

SECRET = "a-secret-of-the-host-page-of-32-bytes-or-more"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


@dataclass
class Desk:
    """What tests do with the desk, in few words."""

    parts: Parts
    client: httpx.AsyncClient
    app: Any
    channels: dict[str, Channel] = field(default_factory=dict)

    @property
    def now(self) -> Any:
        return self.parts.clock.now()

    async def add_channel(self, kind: Any, **settings: Any) -> Channel:
        secrets = {"identity_secret": SECRET} if kind == "chat" else {}
        async with self.parts.database.transaction() as tx:
            wanted = ChannelIn(kind, f"a {kind}", 1, 1, settings, secrets)
            made = await add_channel(tx, wanted, keys=self.parts.key_ring, by=SYSTEM, now=self.now)
        self.channels[kind] = made
        return made

    async def sql(self, shape: Any, statement: str, **params: Any) -> Any:
        async with self.parts.database.transaction() as tx:
            return await value(tx, shape, statement, params)

    async def column(self, shape: Any, statement: str, **params: Any) -> list[Any]:
        async with self.parts.database.transaction() as tx:
            return await values(tx, shape, statement, params)

    async def row(self, shape: Any, statement: str, **params: Any) -> Any:
        async with self.parts.database.transaction() as tx:
            return await row(tx, shape, statement, params)

    async def execute(self, statement: str, **params: Any) -> int:
        async with self.parts.database.transaction() as tx:
            return await execute(tx, statement, params)

    async def write(self, verb: Callable[[Transaction], Any]) -> Any:
        """Run one verb of an agent and let the log know."""
        async with self.parts.database.transaction() as tx:
            done = await verb(tx)
        self.parts.bus.wake("sequence")
        return done

    async def answer(self, ticket_id: int, text: str = "We look into it", **more: Any) -> Any:
        data = ReplyIn(text, f"answer-{time.monotonic_ns()}", force=True, **more)
        return await self.write(lambda tx: reply(tx, ticket_id, data, by=SYSTEM, now=self.now, undo_seconds=0))

    async def note(self, ticket_id: int, text: str, **more: Any) -> Any:
        data = NoteIn(text, f"note-{time.monotonic_ns()}", **more)
        return await self.write(lambda tx: add_note(tx, ticket_id, data, by=SYSTEM, now=self.now))

    async def settled(self) -> None:
        """Until nothing waits at the door and every event is numbered and sent."""
        self.parts.bus.wake("intake")
        statement = """
            select count(*) from (select from inbox where state in ('waiting', 'unread')
                                  union all select from event_new) as waiting"""
        await eventually(lambda: self._is_none(statement))

        async def is_read() -> bool:
            head = await self.sql(int, "select seq from event_head")
            return bool(self.app.state.hub.cursor >= head)

        await eventually(is_read)

    async def _is_none(self, statement: str) -> bool:
        self.parts.bus.wake("sequence")
        return bool(await self.sql(int, statement) == 0)


async def eventually(check: Callable[[], Any], seconds: float = 10) -> None:
    """Wait until something holds; fails after some seconds."""
    end = time.monotonic() + seconds
    while not await check():
        assert time.monotonic() < end, "it did not come to pass"
        await asyncio.sleep(0.02)


def sign(**claims: Any) -> str:
    """A host page's signature."""
    return jwt.encode({"exp": int(time.time()) + 600, **claims}, claims.pop("secret", SECRET), algorithm="HS256")


async def _serve(app: Any, ready: asyncio.Event, stop: asyncio.Event) -> None:
    # A task of its own: the application's life must end in the task in which it began.
    async with app.lifespan():
        ready.set()
        await stop.wait()


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    parts = Parts.build(Settings(data=tmp_path, database_url=database_url), max_connections=8)
    app = app_on(parts)
    ready, stop, rest = asyncio.Event(), asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(_serve(app, ready, stop))
    await asyncio.wait([serving, asyncio.create_task(ready.wait())], return_when=asyncio.FIRST_COMPLETED)
    working = [asyncio.create_task(loops(parts).run_until(rest)) for loops in (Worker, Background)]
    # The library's own test client runs the application in another thread; bus and pool belong to one loop.
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(cast("Any", app)), base_url="http://desk.test"
    ) as client:
        yield Desk(parts, client, app)
    rest.set()
    await asyncio.gather(*working)
    stop.set()
    await serving
