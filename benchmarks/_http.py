"""A small HTTP/1.1 client over raw connections: a load generator that costs little beside what it measures."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec

Gone = (ConnectionError, asyncio.IncompleteReadError, OSError, EOFError, TimeoutError)
LIMIT = 4 * 1024 * 1024


class Answer(msgspec.Struct, frozen=True):
    """Status and body of an answer."""

    status: int
    body: bytes

    def json(self) -> Any:
        """The body read as JSON."""
        return msgspec.json.decode(self.body)


class Client:
    """One kept-alive connection; opened anew when it was lost. Requests on it go one after another."""

    def __init__(self, host: str, port: int, headers: Mapping[str, str] | None = None) -> None:
        self.host = host
        self.port = port
        self.headers = dict(headers or {})
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def request(
        self, method: str, path: str, data: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request and read its answer; raises one of ``Gone`` when the other side went away."""
        body = b"" if data is None else data if isinstance(data, bytes) else msgspec.json.encode(data)
        try:
            reader, writer = await self._connect()
            writer.write(self._head(method, path, body, headers or {}) + body)
            status, fields = await read_head(reader)
            return Answer(status, await _read_body(reader, status, fields))
        except BaseException:
            # Half an answer may still come on this connection: it is of no use any more.
            self.close()
            raise

    async def open_stream(self, path: str, headers: Mapping[str, str] | None = None) -> asyncio.StreamReader:
        """Begin a stream; its frames are read by ``frames``. Raises ConnectionError when it is refused."""
        reader, writer = await self._connect()
        writer.write(self._head("GET", path, b"", headers or {}))
        status, _ = await read_head(reader)
        if status != 200:  # noqa: PLR2004  # the one good answer
            self.close()
            msg = f"the stream was refused: {status}"
            raise ConnectionError(msg)
        return reader

    def close(self) -> None:
        """Let go of the connection."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self.host, self.port, limit=LIMIT)
        return self._reader, self._writer

    def _head(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        fields = {"Host": f"{self.host}:{self.port}", **self.headers, **headers}
        if body or method != "GET":
            fields |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode()


async def read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """Status and fields of an answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
    return int(head[0].split(" ", 2)[1]), fields


async def _read_body(reader: asyncio.StreamReader, status: int, fields: Mapping[str, str]) -> bytes:
    if status in {204, 304}:
        return b""
    if fields.get("transfer-encoding") == "chunked":
        return b"".join([chunk async for chunk in chunks(reader)])
    return await reader.readexactly(int(fields.get("content-length", "0")))


async def chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """The chunks of a chunked body until its end."""
    while True:
        size = int((await reader.readuntil(b"\r\n")).strip(), 16)
        data = await reader.readexactly(size + 2)
        if not size:
            return
        yield data[:-2]


class Frame(msgspec.Struct, frozen=True):
    """One server-sent event."""

    event: str
    data: Any
    id: int | None


async def frames(reader: asyncio.StreamReader) -> AsyncIterator[Frame]:
    """The frames of a stream until it ends; comments are left out."""
    rest = b""
    with contextlib.suppress(asyncio.IncompleteReadError):
        async for chunk in chunks(reader):
            *whole, rest = (rest + chunk).split(b"\n\n")
            for frame in filter(None, map(parse_frame, whole)):
                yield frame


def parse_frame(block: bytes) -> Frame | None:
    """A block of lines as a frame; None for a comment."""
    fields = dict(line.split(b": ", 1) for line in block.split(b"\n") if b": " in line and not line.startswith(b":"))
    if b"data" not in fields:
        return None
    number = int(fields[b"id"]) if b"id" in fields else None
    return Frame(fields.get(b"event", b"message").decode(), msgspec.json.decode(fields[b"data"]), number)
