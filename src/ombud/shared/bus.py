"""Wake-ups between processes: coalesced NOTIFY on a connection of its own, never inside a writing transaction.

A wake-up says only that something may be there. Losing one costs latency, never data: every listener
also looks by itself once in a while.
"""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Callable

import msgspec
from psycopg import OperationalError

from ombud.shared.database import Database, Transaction
from ombud.shared.tasks import end_tasks

log = logging.getLogger(__name__)
CHANNEL = "ombud"
# NOTIFY takes at most 8,000 bytes.
MAX_PAYLOAD_BYTES = 7_000


class Signal(msgspec.Struct, frozen=True):
    """One wake-up: its topic and, for fleeting things such as typing, a small payload."""

    topic: str
    payload: dict[str, object] = {}


class Bus:
    """Wakes listeners in this process at once and in others through the database."""

    def __init__(self, database: Database, *, interval_seconds: float = 0.001) -> None:
        self._database = database
        self._interval_seconds = interval_seconds
        self._listeners: dict[str, list[Callable[[Signal], None]]] = defaultdict(list)
        self._pending: dict[str, None] = {}
        self._payloads: list[Signal] = []
        self._something = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        # What this process sends comes back to it by NOTIFY; it has been delivered already.
        self._own_pid = 0

    def listen(self, topic: str, hear: Callable[[Signal], None]) -> None:
        """Call ``hear`` for each wake-up of a topic, whichever process sent it; it must not block."""
        self._listeners[topic].append(hear)

    def wake(self, *topics: str) -> None:
        """Tell everybody that a topic may have news. Call it after the commit."""
        for topic in topics:
            self._deliver(Signal(topic))
            self._pending[topic] = None
        self._something.set()

    def publish(self, topic: str, payload: dict[str, object]) -> None:
        """Send something fleeting, such as typing, to all processes; it is not kept."""
        signal = Signal(topic, payload)
        if len(msgspec.json.encode(signal)) > MAX_PAYLOAD_BYTES:
            return
        self._deliver(signal)
        self._payloads.append(signal)
        self._something.set()

    async def start(self) -> None:
        """Begin to listen and to send."""
        self._tasks = [asyncio.create_task(self._receive()), asyncio.create_task(self._send())]

    async def stop(self) -> None:
        """End both loops."""
        await end_tasks(self._tasks)

    def _deliver(self, signal: Signal) -> None:
        for hear in self._listeners.get(signal.topic, ()):
            hear(signal)

    async def _send(self) -> None:
        connection: Transaction | None = None
        while True:
            await self._something.wait()
            self._something.clear()
            signals = [Signal(topic) for topic in self._pending] + self._payloads
            self._pending, self._payloads = {}, []
            try:
                connection = connection or await self._database.connect()
                self._own_pid = connection.info.backend_pid
                texts = [msgspec.json.encode((self._own_pid, signal)).decode() for signal in signals]
                # All in one statement: whoever waits for the last of them would wait for each before it.
                await connection.execute("select pg_notify(%s, text) from unnest(%s::text[]) text", (CHANNEL, texts))
            except OperationalError as problem:
                log.warning("The bus lost its connection: %s", problem)
                await _drop(connection)
                connection = None
                await asyncio.sleep(0.5)
            await asyncio.sleep(self._interval_seconds)

    async def _receive(self) -> None:
        while True:
            with contextlib.suppress(OperationalError):
                connection = await self._database.connect()
                try:
                    await self._hear(connection)
                finally:
                    await connection.close()
            await asyncio.sleep(0.5)

    async def _hear(self, connection: Transaction) -> None:
        await connection.execute(f"listen {CHANNEL}")
        # Whatever was missed while the connection was down: every listener looks once.
        for topic in list(self._listeners):
            self._deliver(Signal(topic))
        async for note in connection.notifies():
            pid, signal = msgspec.json.decode(note.payload, type=tuple[int, Signal])
            if pid != self._own_pid:
                self._deliver(signal)


async def _drop(connection: Transaction | None) -> None:
    if connection is not None:
        await connection.close()
