"""A real HTTP server for tests, friendly or not: it answers, waits, pours, breaks off or redirects as it is told."""

import asyncio
import contextlib
import ssl
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Got:
    """One request as it came, and the address on which it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    local_address: str


@dataclass
class Receiver:
    """What it got, and how it answers: by path, else by ``status``."""

    port: int = 0
    status: int = 200
    body: bytes = b"thanks"
    headers: dict[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0
    manner: str = "answer"
    got: list[Got] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)
    open_now: int = 0
    most_open: int = 0

    def url(self, path: str = "/hook", host: str = "127.0.0.1", scheme: str = "http") -> str:
        """An address that leads here."""
        return f"{scheme}://{host}:{self.port}{path}"

    async def wait_for(self, count: int, seconds: float = 10) -> list[Got]:
        """Wait until so many requests have come."""
        async with asyncio.timeout(seconds), self.arrived:
            await self.arrived.wait_for(lambda: len(self.got) >= count)
        return list(self.got)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request and answer it in the manner that was asked for."""
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        try:
            got = await _read(reader, writer)
            async with self.arrived:
                self.got.append(got)
                self.arrived.notify_all()
            await self._answer(got, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open_now -= 1
            writer.close()

    async def _answer(self, got: Got, writer: asyncio.StreamWriter) -> None:
        if self.delay_seconds and not got.path.startswith("/quick"):
            await asyncio.sleep(self.delay_seconds)
        if self.manner == "reset":
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(1, 13, linger)
            writer.transport.abort()
            return
        if self.manner == "silent":
            return
        status = self.statuses.pop(0) if self.statuses else self.status
        lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in self.headers.items())]
        if self.manner == "answer":
            lines.append(f"Content-Length: {len(self.body)}")
        writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        writer.write(self.body)
        await writer.drain()
        await self._go_on(writer)

    async def _go_on(self, writer: asyncio.StreamWriter) -> None:
        while self.manner in {"pour", "dribble"}:
            writer.write(b"x" * 65_536 if self.manner == "pour" else b"x")
            await writer.drain()
            await asyncio.sleep(0 if self.manner == "pour" else 0.05)


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Got:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ")
    pairs = (line.split(": ", 1) for line in head[1:] if ": " in line)
    headers = {name.lower(): value for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Got(method, path, headers, body, str(writer.get_extra_info("sockname")[0]))


@contextlib.asynccontextmanager
async def receiving(host: str = "127.0.0.1", context: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """Run a receiver on a free port."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, host, 0, ssl=context)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
