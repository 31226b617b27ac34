"""A real server process on a test's own database, as people start it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.logs import unexpected_tracebacks


@dataclass
class Served:
    """Where a desk is served."""

    address: str
    port: int
    process: "subprocess.Popen[str]"


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[Served]:
    """The web process of a desk on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "OMBUD_DATA": str(tmp_path),
        "OMBUD_PORT": str(port),
        "OMBUD_HOST": "127.0.0.1",
    }
    command = [sys.executable, "-m", "ombud", "serve"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        _wait(f"http://127.0.0.1:{port}/health", process)
        yield Served(f"http://127.0.0.1:{port}", port, process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            _, log = process.communicate(timeout=20)
        finally:
            process.kill()
    assert not unexpected_tracebacks(log)


def _wait(address: str, process: "subprocess.Popen[str]") -> None:
    end = time.monotonic() + 40
    while time.monotonic() < end:
        try:
            if httpx.get(address).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.1)
        assert process.poll() is None, process.communicate()[1]
    pytest.fail("the server did not answer")
