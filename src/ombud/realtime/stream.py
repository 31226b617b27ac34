"""One open stream. While nothing happens it holds no task but the one that waits for its end."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from ombud.realtime.schemas import ByeReason, Frame, bye
from ombud.shared.actor import Actor

Send = Callable[[Any], Awaitable[None]]
Receive = Callable[[], Awaitable[Any]]
# A reader who is this far behind is cut off; it comes back with its last number and catches up.
MAX_PENDING_BYTES = 1024 * 1024
CLOSE_SECONDS = 2
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Stream:
    """A client that listens: an agent's browser, or a visitor's widget by its topic."""

    __slots__ = (
        "_bye",
        "_drain",
        "_ended",
        "_pending",
        "_send",
        "_size",
        "_task",
        "actor",
        "has_pulse",
        "held",
        "topic",
    )

    def __init__(
        self, send: Send, *, actor: Actor | None = None, topic: str | None = None, has_pulse: bool = False
    ) -> None:
        self.actor = actor
        # The client shows its signs of life itself.
        self.has_pulse = has_pulse
        self.topic = topic
        # Frames that came while the client still catches up; None once it is live.
        self.held: list[bytes] | None = []
        self._send = send
        self._pending: list[bytes] = []
        self._size = 0
        self._drain: asyncio.Task[None] | None = None
        self._task: asyncio.Task[Any] | None = None
        self._ended = False
        self._bye = b""

    @property
    def hidden(self) -> frozenset[str]:
        """Kinds of personal data that are hidden from who listens; a visitor reads their own words."""
        return frozenset() if self.actor is None else self.actor.hidden_kinds

    def hears(self, frame: Frame) -> bool:
        """Whether a frame for a team is for this stream, by the rights of this moment."""
        if self.actor is None or frame.team_id is None:
            return False
        is_elsewhere = frame.unless_team_id is not None and self.actor.sees_team(frame.unless_team_id)
        if frame.needs is not None:
            return self.actor.may(frame.needs) and self.actor.sees_team(frame.team_id)
        # Nothing has the number 0.
        return self.actor.sees(frame.team_id, frame.brand_id or 0) and not is_elsewhere

    def push(self, chunk: bytes) -> None:
        """Send something as soon as the client takes it; a client that takes nothing for long is cut off."""
        if self._ended:
            return
        if self.held is not None:
            self.held.append(chunk)
            return
        self._pending.append(chunk)
        self._size += len(chunk)
        if self._size > MAX_PENDING_BYTES:
            self.end()
        elif self._drain is None:
            self._drain = asyncio.create_task(self._flush())

    def go_live(self, replay: list[bytes]) -> None:
        """Send what was missed, then what came meanwhile, and be live from now on."""
        held, self.held = self.held or [], None
        for chunk in [*replay, *held]:
            self.push(chunk)

    async def _flush(self) -> None:
        try:
            while self._pending and not self._ended:
                chunk, self._pending, self._size = b"".join(self._pending), [], 0
                await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
        except Exception:  # noqa: BLE001 – the client is gone, in whatever way the server says so
            self.end()
        finally:
            self._drain = None

    def end(self, reason: ByeReason | None = None) -> None:
        """End the stream from our side."""
        if self._ended:
            return
        self._bye = bye(reason) if reason else b""
        self._ended = True
        if self._task is not None:
            self._task.cancel()

    async def begin(self) -> None:
        """Send the headers."""
        await self._send({"type": "http.response.start", "status": 200, "headers": HEADERS})

    async def wait(self, receive: Receive) -> None:
        """Live until the client leaves or ``end`` is called."""
        self._task = asyncio.current_task()
        try:
            while not self._ended:
                if (await receive())["type"] == "http.disconnect":
                    return
        except asyncio.CancelledError:
            if not self._ended:
                raise
        finally:
            self._ended = True
            if self._drain is not None:
                self._drain.cancel()
        await self._close()

    async def _close(self) -> None:
        try:
            # Nothing of what is still pending: its last number would hide from the client that the rest never came.
            # A client that takes nothing any more must not keep its stream open by that.
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._send({"type": "http.response.body", "body": self._bye, "more_body": False})
        except Exception:  # noqa: BLE001 – gone already
            return
