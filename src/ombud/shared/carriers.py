"""What carries wake-ups between processes: NOTIFY of the database, or a NATS server.

A carrier may lose what it carries, and says so by ``look``: then every listener looks once by itself.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import Protocol
from urllib.parse import urlsplit

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from psycopg import OperationalError

from ombud.shared.database import Database, Transaction, value

log = logging.getLogger(__name__)
CHANNEL = "ombud"
AGAIN_SECONDS = 0.5
Hear = Callable[[bytes], None]
Look = Callable[[], None]


class Carrier(Protocol):
    """Carries short messages, at most 7,000 bytes each, to every process of the installation, the sender included."""

    async def send(self, messages: Sequence[bytes]) -> None:
        """Send, or lose them and say so in the log."""
        ...

    async def receive(self, hear: Hear, look: Look) -> None:
        """Hear until cancelled; connects again by itself."""
        ...

    async def close(self) -> None:
        """End the connections."""
        ...


class NotifyCarrier:
    """LISTEN and NOTIFY, each on a connection of its own, never inside a writing transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Transaction | None = None

    async def send(self, messages: Sequence[bytes]) -> None:
        """Send, or lose them and say so in the log."""
        texts = [message.decode() for message in messages]
        try:
            self._connection = self._connection or await self._database.connect()
            # All in one statement: whoever waits for the last of them would wait for each before it.
            sql = "select pg_notify(%s, text) from unnest(%s::text[]) text"
            await self._connection.execute(sql, (CHANNEL, texts))
        except OperationalError as problem:
            log.warning("The bus lost its connection: %s", problem)
            await self.close()
            await asyncio.sleep(AGAIN_SECONDS)

    async def receive(self, hear: Hear, look: Look) -> None:
        """Hear until cancelled; connects again by itself."""
        while True:
            with contextlib.suppress(OperationalError):
                async with await self._database.connect() as connection:
                    await _follow(connection, hear, look)
            await asyncio.sleep(AGAIN_SECONDS)

    async def close(self) -> None:
        """End the sending connection; the other ends with ``receive``."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


class NatsCarrier:
    """A NATS server, for many nodes: NOTIFY is carried by the database, and to every connection of it.

    The subject holds what names the database (the identifier that its cluster was made with, and its name), so that
    installations may share a server and hear nothing of each other.
    """

    def __init__(self, address: str, database: Database) -> None:
        self._address = address
        self._database = database
        self._client: Client | None = None
        self._subject = ""

    async def send(self, messages: Sequence[bytes]) -> None:
        """Send; while there is no connection they are lost."""
        if self._client is not None:
            try:
                for message in messages:
                    await self._client.publish(self._subject, message)
            except NatsError as problem:
                log.warning("The bus at %s lost a wake-up: %s", self._place(), problem)

    async def receive(self, hear: Hear, look: Look) -> None:
        """Hear until cancelled; connects again by itself."""

        async def heard(message: Msg) -> None:
            hear(message.data)

        async def back() -> None:
            log.info("The bus at %s is back", self._place())
            await self._listen_for_sure(look)

        while True:
            try:
                self._subject = await _subject(self._database)
                client = await nats.connect(
                    self._address,
                    error_cb=self._complain,
                    reconnected_cb=back,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=AGAIN_SECONDS,
                )
                await client.subscribe(self._subject, cb=heard)
                self._client = client
                await self._listen_for_sure(look)
                await asyncio.Event().wait()
            except (NatsError, OSError, OperationalError) as problem:
                await self._complain(problem)
            await asyncio.sleep(AGAIN_SECONDS)

    async def close(self) -> None:
        """End the connection."""
        client, self._client = self._client, None
        if client is not None:
            # In a task of its own: closing cancels what the client waits for, at times its own last step.
            await asyncio.wait([asyncio.create_task(client.close())])

    async def _listen_for_sure(self, look: Look) -> None:
        if self._client is not None:
            # The server has answered: nothing that is sent from now on is missed.
            await self._client.flush()
            look()

    async def _complain(self, problem: Exception) -> None:
        log.warning("The bus at %s does not answer: %r", self._place(), problem)

    def _place(self) -> str:
        # Without the user's name and password.
        return urlsplit(self._address).netloc.rpartition("@")[2]


async def _follow(connection: Transaction, hear: Hear, look: Look) -> None:
    await connection.execute(f"listen {CHANNEL}")
    look()
    async for note in connection.notifies():
        hear(note.payload.encode())


async def _subject(database: Database) -> str:
    async with await database.connect() as connection:
        sql = "select format('ombud.%s.%s', system_identifier, md5(current_database())) from pg_control_system()"
        return await value(connection, str, sql) or CHANNEL
