"""What visitors hear live: events of their tickets as frames for their own topic. Notes are never loaded."""

import asyncio
from collections.abc import Sequence
from typing import Any

from msgspec import Struct, convert

from ombud.channels.chat import queries
from ombud.channels.chat.schemas import (
    AgentReadFrame,
    AgentTypingFrame,
    QueueState,
    WaitFrame,
    WidgetMessage,
    WidgetWait,
)
from ombud.realtime.hub import Hub
from ombud.realtime.schemas import EmptyFrame, Frame
from ombud.shared.bus import Bus, Signal
from ombud.shared.database import Database, Transaction
from ombud.shared.events import Event

MESSAGE_EVENTS = frozenset({"message_received", "reply_sent"})
STATE_EVENTS = {"ticket_assigned", "ticket_solved"}
# What was promised in a message shows with it.
PROMISE_EVENTS = frozenset({"promise_made", "promise_moved", "promise_kept", "promise_dropped"})
WANTED = MESSAGE_EVENTS | STATE_EVENTS | PROMISE_EVENTS
TYPING = "typing"
READ = "ticket_read"
WAITS = "waits"


async def visitor_frames(tx: Transaction, events: Sequence[Event]) -> list[Frame]:
    """Frames for visitors: messages of their talk, who took it, that it was closed."""
    wanted = [event for event in events if event.kind in WANTED and event.ticket_id is not None]
    ids = sorted({event.ticket_id or 0 for event in wanted})
    topics = await queries.find_topics(tx, ids) if wanted else {}
    if not topics:
        return []
    ours = [event for event in wanted if event.ticket_id in topics]
    shown = await _messages_of(tx, ours)
    entries = sorted(set(shown.values()))
    messages = await queries.load_messages(tx, entries) if entries else {}
    joined = await queries.joined_tickets(tx, ids)
    hearers = await queries.find_hearers(tx, entries) if joined else {}
    frames = []
    for event in ours:
        entry_id = shown.get(event.seq, 0)
        name, data = _content(event, messages.get(entry_id, (0, None)))
        heard_by = topics[event.ticket_id or 0]
        if event.ticket_id in joined and event.seq in shown:
            heard_by = hearers.get(entry_id, [])
        if data is not None:
            frames += [Frame(name, data, event.seq, topic=topic) for topic in heard_by]
    return frames


async def _messages_of(tx: Transaction, events: Sequence[Event]) -> dict[int, int]:
    """The message that each event shows, new or with other promises, by the event's place."""
    promises = [int(event.data["promise_id"]) for event in events if event.kind in PROMISE_EVENTS]
    made_by = await queries.promising_entries(tx, promises) if promises else {}
    found = {event.seq: int(event.data["entry_id"]) for event in events if event.kind in MESSAGE_EVENTS}
    return found | {
        event.seq: made_by.get(int(event.data["promise_id"]), 0) for event in events if event.kind in PROMISE_EVENTS
    }


def _content(event: Event, found: tuple[int, WidgetMessage | None]) -> tuple[str, Any]:
    if event.kind in MESSAGE_EVENTS | PROMISE_EVENTS:
        ticket_id, message = found
        return "message", message if ticket_id == event.ticket_id else None
    if event.kind == "ticket_solved":
        return "closed", EmptyFrame()
    # Taken by somebody: the wait is over. Given back: the widget asks where it stands by itself.
    return "status", QueueState("assigned") if event.data.get("to_id") else None


class Signals:
    """Passes on what is never kept: an agent types, an agent has read, the place in the queue is another one."""

    def __init__(self, database: Database, bus: Bus, hub: Hub) -> None:
        self._database = database
        self._hub = hub
        self._tasks: set[asyncio.Task[None]] = set()
        bus.listen(TYPING, self._hear_typing)
        bus.listen(READ, self._hear_read)
        bus.listen(WAITS, self._hear_wait)

    def _hear_typing(self, signal: Signal) -> None:
        if signal.payload.get("by") == "person":
            self._later(self._tell_typing(signal.payload))

    def _hear_read(self, signal: Signal) -> None:
        if signal.payload:
            self._later(self._tell_read(signal.payload))

    def _hear_wait(self, signal: Signal) -> None:
        if signal.payload:
            self._later(self._tell_wait(signal.payload))

    def _later(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell_typing(self, payload: dict[str, Any]) -> None:
        async with self._database.transaction() as tx:
            topics = await queries.find_topics(tx, [int(payload["ticket_id"])])
            # The signal carries the name that colleagues know; customers see the display name alone.
            name = await queries.shown_name(tx, int(payload.get("person_id") or 0)) if topics else ""
        self._send(topics, "typing", AgentTypingFrame(name))

    async def _tell_read(self, payload: dict[str, Any]) -> None:
        async with self._database.transaction() as tx:
            topics = await queries.find_topics(tx, [int(payload["ticket_id"])])
        self._send(topics, "read", convert(payload, AgentReadFrame))

    async def _tell_wait(self, payload: dict[str, Any]) -> None:
        async with self._database.transaction() as tx:
            topics = await queries.find_topics(tx, [int(payload["ticket_id"])])
        wait = convert({name: payload[name] for name in WidgetWait.__struct_fields__}, WidgetWait)
        self._send(topics, "wait", WaitFrame(convert(payload["position"], int | None), wait))

    def _send(self, topics: dict[int, list[str]], name: str, data: Struct) -> None:
        for topic in (one for found in topics.values() for one in found):
            self._hub.send(Frame(name, data, topic=topic))


def tell_typing(bus: Bus, place: queries.TypingPlace) -> None:
    """Tell the ticket's agents that its visitor types."""
    payload: dict[str, object] = {"ticket_id": place.ticket_id, "team_id": place.team_id, "brand_id": place.brand_id}
    bus.publish(TYPING, payload | {"by": "customer", "name": place.name, "person_id": None})
