"""The load under which processes are killed: customers, visitors and agents who insist until they are acknowledged."""

import asyncio
import contextlib
import random
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from benchmarks._desk import HOST, Agent, free_port
from benchmarks._http import Client, Frame, Gone, frames

ATTEMPT_SECONDS = 10.0
AGAIN_SECONDS = 0.1
CLIENT_ERROR = 400
SERVER_ERROR = 500
# Each entry is told by one of these, once.
TELLING = {"message_received", "reply_sent", "note_added"}
FLEETING = {"typing", "read", "reset", "bye"}


class Refused(Exception):
    """An answer that no kill explains."""


@dataclass
class Talk:
    """One side of one conversation: what it wrote and what was acknowledged, in this order."""

    name: str
    acknowledged: list[str] = field(default_factory=list)
    count: int = 0

    def next_text(self) -> str:
        """The next text: its number says where it belongs."""
        self.count += 1
        return f"{self.name} {self.count:06}"


@dataclass
class Load:
    """Everybody who writes; paused as one."""

    port: int
    going: asyncio.Event = field(default_factory=asyncio.Event)
    busy: int = 0
    attempts: int = 0
    talks: list[Talk] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def add(self, step: Callable[[], Awaitable[None]], *, pause: float) -> None:
        """Let somebody act again and again."""
        self.tasks.append(asyncio.create_task(self._run(step, pause)))

    def talk(self, name: str) -> Talk:
        """A new talk."""
        made = Talk(name)
        self.talks.append(made)
        return made

    async def settle(self) -> None:
        """Let everybody finish what they are at, and begin nothing new."""
        self.going.clear()
        while self.busy:
            self._raise_problems()
            await asyncio.sleep(0.01)
        self._raise_problems()

    async def stop(self) -> None:
        """End everybody."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def _raise_problems(self) -> None:
        for task in self.tasks:
            if task.done():
                task.result()

    async def _run(self, step: Callable[[], Awaitable[None]], pause: float) -> None:
        while True:
            await self.going.wait()
            self.busy += 1
            try:
                await step()
            finally:
                self.busy -= 1
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))

    async def insist(self, client: Client, method: str, path: str, data: Any, headers: Mapping[str, str]) -> Any:
        """Send the same again until it is acknowledged.

        Raises:
            Refused: the other side is there and says no.
        """
        while True:
            self.attempts += 1
            with contextlib.suppress(*Gone):
                async with asyncio.timeout(ATTEMPT_SECONDS):
                    answer = await client.request(method, path, data, headers)
                if answer.status < CLIENT_ERROR:
                    return answer.json() if answer.body else None
                if answer.status < SERVER_ERROR:
                    msg = f"{method} {path}: {answer.status} {answer.body[:300]!r}"
                    raise Refused(msg)
            await asyncio.sleep(AGAIN_SECONDS)

    def add_customer(self, number: int, channel_id: int, key: str) -> None:
        """A customer of the API channel, who writes one message after the other."""
        talk, client = self.talk(f"customer {number}"), Client(HOST, self.port)
        customer = {"external_id": f"customer-{number}", "name": f"Customer {number}"}

        async def write() -> None:
            text = talk.next_text()
            headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": str(uuid.uuid4())}
            data = {"customer": customer, "text": text}
            await self.insist(client, "POST", f"/api/v1/channels/{channel_id}/messages", data, headers)
            talk.acknowledged.append(text)

        self.add(write, pause=0.06)

    async def add_visitor(self, number: int, public_key: str) -> dict[str, str]:
        """A visitor with a widget, seldom enough for the limits of strangers; gives the headers of their requests."""
        talk, client = self.talk(f"visitor {number}"), Client(HOST, self.port)
        headers = {"X-Forwarded-For": f"10.1.{number // 250}.{number % 250 + 1}"}
        begun = await self.insist(client, "POST", f"/widget/v1/{public_key}/visitors", {}, headers)
        headers["Authorization"] = f"Bearer {begun['visitor_token']}"

        async def write() -> None:
            text = talk.next_text()
            data = {"client_key": str(uuid.uuid4()), "text": text}
            await self.insist(client, "POST", "/widget/v1/messages", data, headers)
            talk.acknowledged.append(text)

        self.add(write, pause=4.0)
        return headers

    def add_answers(self, agent: Agent, ticket_ids: list[int], name: str) -> None:
        """An agent who answers on some tickets."""
        client, talks = Client(HOST, self.port), {one: self.talk(f"{name} on {one}") for one in ticket_ids}

        async def answer() -> None:
            ticket_id, talk = random.choice(list(talks.items()))
            text = talk.next_text()
            data = {"text": text, "client_key": str(uuid.uuid4()), "force": True}
            await self.insist(client, "POST", f"/api/v1/tickets/{ticket_id}/replies", data, agent.headers)
            talk.acknowledged.append(text)

        self.add(answer, pause=0.1)


@dataclass
class Follower:
    """Somebody who holds a stream and comes back with the last number they heard."""

    port: int
    path: str
    headers: dict[str, str]
    topic: str = ""
    begun_at: int = -1
    last_id: int = -1
    entries: set[int] = field(default_factory=set)
    heard: Counter[tuple[int | None, str, Any]] = field(default_factory=Counter)
    reordered: int = 0
    resets: int = 0
    resumed: int = 0

    async def follow(self) -> None:
        """Listen until cancelled."""
        client = Client(HOST, self.port)
        while True:
            with contextlib.suppress(*Gone):
                resume = {"Last-Event-ID": str(self.last_id)} if self.last_id >= 0 else {}
                reader = await client.open_stream(self.path, {**self.headers, **resume})
                self.resumed += bool(resume)
                async for frame in frames(reader):
                    self.hear(frame)
            client.close()
            await asyncio.sleep(AGAIN_SECONDS)

    def hear(self, frame: Frame) -> None:
        """Take one frame."""
        self.resets += frame.event == "reset"
        if frame.id is not None:
            self.reordered += frame.id < self.last_id
            self.last_id = frame.id
        if frame.event == "hello":
            self.begun_at = self.last_id if self.begun_at < 0 else self.begun_at
        elif frame.event not in FLEETING:
            self._note(frame)

    def _note(self, frame: Frame) -> None:
        found = frame.data.get("entries") or ([frame.data] if frame.event == "message" else [])
        self.entries.update(one["id"] for one in found)
        kind = frame.data.get("kind") if frame.event == "ticket" else frame.event
        if kind in TELLING or kind == "message":
            self.heard.update((None, kind, one["id"]) for one in found)
        elif kind == "notification":
            self.heard[None, kind, frame.data["id"]] += 1
        elif frame.id is not None:
            thing = frame.data.get("ticket", frame.data).get("id") or frame.data.get("state")
            self.heard[frame.id, str(kind), thing] += 1

    @property
    def doubled(self) -> int:
        """Frames that came more than once, by what they tell: an entry, a notification, a change by its number."""
        return sum(count - 1 for count in self.heard.values())


class Outside:
    """The SMTP server of the world: it counts each mail by its Message-ID."""

    def __init__(self) -> None:
        self.port = free_port()
        self.received: Counter[str] = Counter()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        """Take a mail."""
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        self.received[str(message_from_bytes(content)["Message-ID"]).strip(" <>")] += 1
        return "250 taken"


@contextlib.contextmanager
def outside() -> Iterator[Outside]:
    """Run the outside until the end of the block."""
    world = Outside()
    controller = Controller(world, hostname=HOST, port=world.port)
    controller.start()
    try:
        yield world
    finally:
        controller.stop()


@contextlib.asynccontextmanager
async def following(followers: list[Follower]) -> AsyncIterator[None]:
    """All of them listen while inside."""
    tasks = [asyncio.create_task(one.follow()) for one in followers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
