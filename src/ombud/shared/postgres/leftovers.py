"""Servers that outlived their parent, and the files that dead ones left."""

import contextlib
import os
import signal
import time
from pathlib import Path

from ombud.shared.installation import InstallationError
from ombud.shared.postgres.cluster import Home

GOES_BY_ITSELF_SECONDS = 3.0
STOPS_WHEN_ASKED_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.05


def clear_leftovers(home: Home) -> None:
    """See that nobody works on the cluster, so that it may be started.

    A server whose parent was killed shuts itself down; it is waited for, and told to when it does not. A pid file
    goes only when no process of the cluster lives: with it we would remove PostgreSQL's own guard.

    Raises:
        InstallationError: a process of the cluster does not end.
    """
    if not _wait_for_end(home, GOES_BY_ITSELF_SECONDS):
        _ask_to_stop(home)
        if not _wait_for_end(home, STOPS_WHEN_ASKED_SECONDS):
            pids = ", ".join(map(str, processes_of(home.cluster)))
            msg = f"PostgreSQL still runs on {home.cluster} (process {pids}) and does not stop. End it, then try again."
            raise InstallationError(msg)
    (home.cluster / "postmaster.pid").unlink(missing_ok=True)


def processes_of(cluster: Path) -> list[int]:
    """List the processes that work in the cluster's folder; every process of a server does, from its first moment."""
    return [pid for pid in _all_processes() if _works_in(pid, cluster)]


def postmaster_pid(cluster: Path) -> int | None:
    """Read which process leads the server, by its pid file."""
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
        return int((cluster / "postmaster.pid").read_text().splitlines()[0])
    return None


def _all_processes() -> list[int]:
    proc = Path("/proc")
    return [int(entry.name) for entry in proc.iterdir() if entry.name.isdecimal()] if proc.exists() else []


def _works_in(pid: int, cluster: Path) -> bool:
    # A shell whose user happens to stand in the folder is no server.
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == cluster and Path(f"/proc/{pid}/exe").readlink().name == "postgres"
    except OSError:
        return False


def _wait_for_end(home: Home, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while processes_of(home.cluster):
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_AGAIN_SECONDS)
    return True


def _ask_to_stop(home: Home) -> None:
    leader = postmaster_pid(home.cluster)
    if leader in processes_of(home.cluster):
        with contextlib.suppress(ProcessLookupError):
            os.kill(leader, signal.SIGINT)
