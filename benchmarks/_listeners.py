"""A process that holds thousands of streams on raw sockets and notes when each event came."""

import re
import resource
import selectors
import socket
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection

# Frames are not parsed: the time at which an entry was written and the number of entries are all that is asked.
ENTRY_AT = re.compile(rb'"direction":"in","author".*?"at":"([^"]+)"')
AT_ONCE = 50
RECEIVE_BYTES = 1 << 16
LOOK_SECONDS = 0.05


class Ear:
    """Reads all streams of one process."""

    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()
        self.waits: list[float] = []
        self.entries = 0
        self.hellos = 0
        self.closed = 0

    def open(self, host: str, port: int, cookies: Sequence[str]) -> None:
        """Open a stream for each cookie, some at a time."""
        for start in range(0, len(cookies), AT_ONCE):
            for cookie in cookies[start : start + AT_ONCE]:
                connection = socket.create_connection((host, port))
                head = f"GET /api/v1/stream HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookie}\r\n\r\n"
                connection.sendall(head.encode())
                connection.setblocking(False)  # noqa: FBT003 – the socket's own way
                self.selector.register(connection, selectors.EVENT_READ)
            while self.hellos < min(start + AT_ONCE, len(cookies)) and not self.closed:
                self.hear(LOOK_SECONDS)

    def hear(self, seconds: float) -> None:
        """Take what is there, waiting at most so long."""
        for key, _ in self.selector.select(seconds):
            connection = key.fileobj
            assert isinstance(connection, socket.socket)
            data = connection.recv(RECEIVE_BYTES)
            if not data:
                self.closed += 1
                self.selector.unregister(connection)
                continue
            self.note(data, datetime.now(UTC))

    def note(self, data: bytes, now: datetime) -> None:
        """Count what a piece of a stream holds."""
        self.hellos += data.count(b"event: hello")
        found = ENTRY_AT.findall(data)
        self.entries += len(found)
        self.waits.extend((now - datetime.fromisoformat(at.decode())).total_seconds() for at in found)


def listen(host: str, port: int, cookies: Sequence[str], pipe: Connection) -> None:
    """Hold the streams until told to stop; tells the seconds to open all, then what was heard."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    ear, started = Ear(), time.perf_counter()
    ear.open(host, port, cookies)
    pipe.send({"seconds": time.perf_counter() - started, "hellos": ear.hellos})
    while not pipe.poll():
        ear.hear(LOOK_SECONDS)
    pipe.send({"waits": ear.waits, "entries": ear.entries, "closed": ear.closed})
