"""A whole desk as it runs: the web process and the worker on a test's database, with the built pages."""

import asyncio
import contextlib
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from ombud.accounts.permissions import Role
from ombud.accounts.schemas import Locale, NewPerson
from ombud.accounts.services.links import make_sign_in_link
from ombud.accounts.services.people import add_person
from ombud.channels.schemas import Channel, ChannelIn
from ombud.channels.services import add_channel
from ombud.config.settings import Settings
from ombud.shared.actor import SYSTEM
from ombud.shared.clock import utc_now
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Database, Transaction, values
from tests.logs import unexpected_tracebacks
from tests.mailserver import free_port

T = TypeVar("T")
# Long, for a machine that is busy with other things: it is no measure of the start (that is `bench crash`).
START_SECONDS = 90.0
# A window closed in the middle of an answer has nobody to be told; a message that is set aside says why.
EXPECTED_TROUBLE = re.compile(r"Exception caught after response started|Message \d+ could not be taken in")
ALL_TEAMS = "select id from team where archived_at is null order by id"


async def until(check: Callable[[], Awaitable[Any]], seconds: float = 15) -> float:
    """Wait until something holds; gives the seconds it took."""
    begin = time.monotonic()
    while not await check():
        assert time.monotonic() - begin < seconds, "it did not come to pass"
        await asyncio.sleep(0.02)
    return time.monotonic() - begin


@dataclass
class Served:
    """The processes of one desk, and short ways to fill its database."""

    settings: Settings
    database: Database
    folder: Path
    running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where people reach it."""
        return self.settings.address

    async def start(self, *parts: str) -> None:
        """Start some or all of them, and wait until the desk answers."""
        environment = {**os.environ, **self.settings.environment()}
        for part in parts:
            with (self.folder / f"{part}.log").open("ab") as log:
                command = [sys.executable, "-P", "-m", "ombud", "serve", f"--{part}"]
                self.running[part] = await asyncio.create_subprocess_exec(
                    *command, env=environment, stdout=log, stderr=log
                )
        async with httpx.AsyncClient() as client:
            await until(lambda: self._answers(client), START_SECONDS)

    async def _answers(self, client: httpx.AsyncClient) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return (await client.get(f"{self.url}/health")).is_success
        return False

    async def end(self, *parts: str, by: signal.Signals = signal.SIGTERM) -> None:
        """Stop or kill some of the processes."""
        for part in parts:
            self.running[part].send_signal(by)
        for part in parts:
            await asyncio.wait_for(self.running.pop(part).wait(), 15)

    async def do(self, verb: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run a verb in a transaction of its own."""
        async with self.database.transaction() as tx:
            return await verb(tx)

    async def values(self, sql: str, **params: object) -> list[Any]:
        """The first column of a statement."""
        return await self.do(lambda tx: values(tx, object, sql, params))

    async def person(self, name: str, *, role: Role = "agent", locale: Locale = "en") -> str:
        """Add somebody who is in every team, and give their address."""
        email = f"{name.partition(' ')[0].lower()}@desk.example"
        teams: list[int] = await self.values(ALL_TEAMS)
        wanted = NewPerson(email, name, role, teams, sees_all_teams=True, locale=locale)
        await self.do(lambda tx: add_person(tx, wanted=wanted, by=SYSTEM, now=utc_now()))
        return email

    async def link(self, email: str) -> str:
        """A link that signs somebody in once."""
        return await self.do(lambda tx: make_sign_in_link(tx, email=email, address=self.url, now=utc_now()))

    async def channel(self, kind: Any, name: str, *, secrets: dict[str, str] | None = None, **settings: Any) -> Channel:
        """Add a channel of the first brand and team."""
        keys = KeyRing.load(self.settings.key_file)
        data = ChannelIn(kind, name, 1, 1, settings, secrets or {})
        return await self.do(lambda tx: add_channel(tx, data, keys=keys, by=SYSTEM, now=utc_now()))

    def log_of(self, part: str) -> str:
        """What a process has said so far."""
        return (self.folder / f"{part}.log").read_text(errors="replace")


@contextlib.asynccontextmanager
async def served_desk(database_url: str, folder: Path, **settings: Any) -> AsyncIterator[Served]:
    """Run a desk until the end of the block; a traceback in its logs is a failure."""
    chosen = Settings(data=folder, database_url=database_url, port=free_port(), **{"undo_seconds": 1, **settings})
    database = Database(database_url, max_connections=4)
    await database.open()
    desk = Served(chosen, database, folder)
    try:
        yield desk
    finally:
        with contextlib.suppress(ProcessLookupError):
            await desk.end(*desk.running)
        await database.close()
    for part in ("web", "work", "background"):
        assert not unexpected_tracebacks(desk.log_of(part), EXPECTED_TROUBLE)
