"""A model server for tests: OpenAI's protocol over real HTTP on loopback, deterministic, friendly or not.

It says what it is told to say, in order; then what ``speak`` makes of the messages. It checks keys, refuses forms that
it does not know, streams, breaks off, talks nonsense, waits, and asks to come back later.
"""

import asyncio
import contextlib
import json
import struct
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Manner = Literal["answer", "reset", "silent", "half", "pour"]
CHUNK = 7


@dataclass(frozen=True)
class Say:
    """One answer: a text of the model, or a raw body; with a status, headers, a delay and a manner."""

    text: str = ""
    status: int = 200
    raw: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0
    manner: Manner = "answer"
    finish: str = "stop"
    # the code of an error, as OpenAI names them
    code: str = ""
    usage: bool = True


def nothing(_: dict[str, Any]) -> str:
    """Where nothing is scripted: an answer that is no answer to anything."""
    return "I am a parrot."


@dataclass
class ModelServer:
    """What it was asked, and how it answers."""

    port: int = 0
    key: str = ""
    forms: frozenset[str] = frozenset({"json_schema", "json_object", "text"})
    speak: Callable[[dict[str, Any]], str] = nothing
    script: list[Say] = field(default_factory=list)
    got: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    dimensions: int = 4
    busy: int = 0
    most_busy: int = 0

    @property
    def url(self) -> str:
        """The address of its API."""
        return f"http://127.0.0.1:{self.port}/v1"

    def say(self, *answers: str | Say) -> None:
        """Answer these next, in order."""
        self.script += [one if isinstance(one, Say) else Say(one) for one in answers]

    def sent(self) -> str:
        """Everything that reached it, as one text."""
        return json.dumps(self.got, ensure_ascii=False)

    def instructions(self, number: int = -1) -> str:
        """The system's message of a request."""
        return str(self.got[number]["messages"][0]["content"])

    def data(self, number: int = -1) -> str:
        """The user's first message of a request."""
        return str(self.got[number]["messages"][1]["content"])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request and answer it."""
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        try:
            path, headers, body = await _read(reader)
            asked = json.loads(body)
            self.got.append(asked)
            self.headers.append(headers)
            await self._answer(writer, path, headers, asked)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.busy -= 1
            writer.close()

    async def _answer(
        self, writer: asyncio.StreamWriter, path: str, headers: dict[str, str], asked: dict[str, Any]
    ) -> None:
        if self.key and headers.get("authorization") != f"Bearer {self.key}":
            return await _send(writer, Say(status=401, code="invalid_api_key", text="Incorrect API key provided."))
        form = asked.get("response_format", {}).get("type", "text")
        if form not in self.forms:
            return await _send(writer, Say(status=400, text=f"response_format {form} is not supported"))
        if path.endswith("/embeddings"):
            return await _send(writer, self.script.pop(0) if self.script else self._vectors(asked))
        said = self.script.pop(0) if self.script else Say(self.speak(asked))
        await asyncio.sleep(said.delay_seconds)
        if said.raw is None and said.status == 200 and asked.get("stream"):
            return await _stream(writer, said, include_usage=bool(asked.get("stream_options")))
        return await _send(writer, said if said.raw is not None or said.status != 200 else _whole(said, asked))

    def _vectors(self, asked: dict[str, Any]) -> Say:
        texts = asked["input"]
        rows = [
            {"object": "embedding", "index": place, "embedding": [float(len(one))] * self.dimensions}
            for place, one in enumerate(texts)
        ]
        usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
        found = {"object": "list", "data": rows, "model": asked["model"], "usage": usage}
        return Say(raw=json.dumps(found).encode())


def _whole(said: Say, asked: dict[str, Any]) -> Say:
    message = {"role": "assistant", "content": said.text}
    found: dict[str, Any] = {
        "id": "chat-1",
        "object": "chat.completion",
        "created": 0,
        "model": asked["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": said.finish}],
    }
    if said.usage:
        found["usage"] = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    return Say(raw=json.dumps(found).encode(), headers=said.headers, manner=said.manner)


async def _send(writer: asyncio.StreamWriter, said: Say) -> None:
    body = said.raw
    if body is None:
        body = json.dumps({"error": {"message": said.text, "code": said.code or None, "type": "error"}}).encode()
    if said.manner == "reset":
        writer.get_extra_info("socket").setsockopt(1, 13, struct.pack("ii", 1, 0))
        writer.transport.abort()
        return
    if said.manner == "silent":
        return
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), **said.headers}
    writer.write(_head(said.status, headers))
    writer.write(body[: len(body) // 2] if said.manner == "half" else body)
    await writer.drain()


async def _stream(writer: asyncio.StreamWriter, said: Say, *, include_usage: bool) -> None:
    writer.write(_head(200, {"Content-Type": "text/event-stream"}))
    base = {"id": "chat-1", "object": "chat.completion.chunk", "created": 0, "model": "m"}
    end = len(said.text) // 2 if said.manner == "half" else len(said.text)
    for place in range(0, end, CHUNK):
        delta = {"content": said.text[place : min(place + CHUNK, end)]}
        await _event(writer, {**base, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    while said.manner == "pour":
        await _event(writer, {**base, "choices": [{"index": 0, "delta": {"content": "x" * 60_000}}]})
    if said.manner == "half":
        return
    await _event(writer, {**base, "choices": [{"index": 0, "delta": {}, "finish_reason": said.finish}]})
    if include_usage:
        usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
        await _event(writer, {**base, "choices": [], "usage": usage})
    writer.write(b"data: [DONE]\n\n")
    await writer.drain()


async def _event(writer: asyncio.StreamWriter, found: dict[str, Any]) -> None:
    writer.write(f"data: {json.dumps(found)}\n\n".encode())
    await writer.drain()


def _head(status: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode()


async def _read(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.split(": ", 1) for line in head[1:] if ": " in line)
    headers = {name.lower(): value for name, value in pairs}
    return head[0].split(" ")[1], headers, await reader.readexactly(int(headers.get("content-length", "0")))


@contextlib.asynccontextmanager
async def serving_model() -> AsyncIterator[ModelServer]:
    """Run one on a free port of loopback."""
    model = ModelServer()
    server = await asyncio.start_server(model.serve, "127.0.0.1", 0, limit=2**20)
    model.port = server.sockets[0].getsockname()[1]
    try:
        yield model
    finally:
        server.close()


@contextlib.contextmanager
def serving_model_beside() -> Iterator[ModelServer]:
    """Run one in a thread of its own, for tests that drive a browser."""
    model, loop, ready = ModelServer(), asyncio.new_event_loop(), threading.Event()

    async def serve(stop: asyncio.Event) -> None:
        server = await asyncio.start_server(model.serve, "127.0.0.1", 0, limit=2**20)
        model.port = server.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        server.close()

    stop = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(serve(stop),), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield model
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
