"""Homes for servers, and parents that can be killed."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psycopg
import pytest

from ombud.shared.postgres.cluster import Home
from ombud.shared.postgres.leftovers import processes_of

ROOT = Path(__file__).resolve().parents[3]
QUICK: Mapping[str, str] = {"fsync": "off", "shared_buffers": "32MB"}

PARENT = """
import sys, time
from pathlib import Path
import psycopg
from ombud.shared.postgres import start_server
server = start_server(Path(sys.argv[1]))
with psycopg.connect(server.url, autocommit=True) as connection:
    connection.execute("create table if not exists kept (number int)")
    for number in range(1_000_000):
        connection.execute("insert into kept values (%s)", [number])
        print(number, flush=True)
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder that the server's user can reach, as pytest's own is closed; no process of it survives the test."""
    root = Path(tempfile.mkdtemp(prefix="ombud-test-"))
    root.chmod(0o711)
    yield root / "pg"
    assert ends_within(root / "pg", 5)
    shutil.rmtree(Home(root / "pg").socket_dir, ignore_errors=True)
    shutil.rmtree(root)


@pytest.fixture
def spawn_parent(data_dir: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Start a process that owns a server and commits rows, whose numbers it prints."""
    started: list[subprocess.Popen[str]] = []

    def spawn() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", PARENT, str(data_dir)]
        started.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield spawn
    for process in started:
        process.kill()
        process.communicate()


def ends_within(data_dir: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while processes_of(data_dir / "cluster"):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def no_process_within() -> Callable[[Path, float], bool]:
    """Tell whether all processes of a home have ended within some seconds."""
    return ends_within


@pytest.fixture
def quick() -> Mapping[str, str]:
    """Settings of a server that is only looked at."""
    return QUICK


@pytest.fixture
def ask() -> Callable[[str, str], list[tuple[object, ...]]]:
    """Run one statement on a connection of its own."""

    def run(url: str, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    return run
