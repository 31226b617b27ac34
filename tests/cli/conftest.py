"""Data folders, free ports and the program as somebody types it."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ombud.shared.postgres import url_of
from ombud.shared.postgres.leftovers import processes_of

ROOT = Path(__file__).resolve().parents[2]
SHUTDOWN_SECONDS = 20
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that the server's user can reach."""
    root = Path(tempfile.mkdtemp(prefix="ombud-cli-"))
    root.chmod(0o711)
    yield root / "data"
    deadline = time.monotonic() + SHUTDOWN_SECONDS
    while any(processes_of(cluster) for cluster in root.rglob("cluster")) and time.monotonic() < deadline:
        time.sleep(0.05)
    shutil.rmtree(root)


@pytest.fixture
def environ(data: Path) -> dict[str, str]:
    """The environment of a command that works on that folder and on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    source = f"{ROOT / 'src'}:{ROOT}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OMBUD_")}
    kept.pop("DATABASE_URL", None)
    return {**kept, "PYTHONPATH": source, "OMBUD_DATA": str(data), "OMBUD_PORT": port}


@pytest.fixture
def run(environ: dict[str, str]) -> Run:
    """Run ``ombud`` with arguments and wait for its end."""

    def run_program(*arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-P", "-m", "ombud", *arguments]
        return subprocess.run(
            command, cwd="/", env={**environ, **more}, check=False, capture_output=True, text=True, timeout=60
        )

    return run_program


@pytest.fixture
def private_url(data: Path) -> str:
    """The address that the private database of the folder has."""
    return url_of(data / "postgres")
