"""Wake-ups between processes, gathered for a moment and carried by NOTIFY or NATS, never in a writing transaction.

A wake-up says only that something may be there. Losing one costs latency, never data: every listener
also looks by itself once in a while.
"""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Callable

import msgspec

from ombud.shared.carriers import Carrier
from ombud.shared.tasks import end_tasks

# NOTIFY takes at most 8,000 bytes.
MAX_PAYLOAD_BYTES = 7_000


class Signal(msgspec.Struct, frozen=True):
    """One wake-up: its topic and, for fleeting things such as typing, a small payload."""

    topic: str
    payload: dict[str, object] = {}


class Bus:
    """Wakes listeners in this process at once, and in others through its carrier."""

    def __init__(self, carrier: Carrier, *, interval_seconds: float = 0.001) -> None:
        self._carrier = carrier
        self._interval_seconds = interval_seconds
        self._listeners: dict[str, list[Callable[[Signal], None]]] = defaultdict(list)
        self._pending: dict[str, None] = {}
        self._payloads: list[Signal] = []
        self._something = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        # What this process sends comes back to it; it has been delivered already.
        self._name = secrets.token_hex(8)

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
        receiving = self._carrier.receive(self._hear, self._look)
        self._tasks = [asyncio.create_task(receiving), asyncio.create_task(self._send())]

    async def stop(self) -> None:
        """End both loops."""
        await end_tasks(self._tasks)
        await self._carrier.close()

    def _deliver(self, signal: Signal) -> None:
        for hear in self._listeners.get(signal.topic, ()):
            hear(signal)

    async def _send(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            signals = [Signal(topic) for topic in self._pending] + self._payloads
            self._pending, self._payloads = {}, []
            await self._carrier.send([msgspec.json.encode((self._name, signal)) for signal in signals])
            await asyncio.sleep(self._interval_seconds)

    def _hear(self, message: bytes) -> None:
        name, signal = msgspec.json.decode(message, type=tuple[str, Signal])
        if name != self._name:
            self._deliver(signal)

    def _look(self) -> None:
        # Whatever was missed while nothing was carried: every listener looks once.
        for topic in list(self._listeners):
            self._deliver(Signal(topic))
