"""Start a program that does not outlive its parent: ``python leash.py SIGNAL PARENT UID GID PROGRAM ARGUMENT…``.

The kernel sends SIGNAL when the parent's thread dies, by ``kill -9`` too. It forgets the wish when a process changes
its user, therefore the user is changed first, and only then the wish is made and the program takes this one's place.
UID and GID are ``-`` to stay who we are. This file is run by path, alone, so that it starts in a few milliseconds.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
KEEP = "-"


def leashed(
    command: Sequence[str],
    *,
    end_signal: signal.Signals = signal.SIGTERM,
    uid: int | None = None,
    gid: int | None = None,
) -> list[str]:
    """Wrap a command so that it ends with this process. Start it from the main thread, which must live on."""
    who = [KEEP if uid is None else str(uid), KEEP if gid is None else str(gid)]
    shim = [sys.executable, "-I", "-S", str(Path(__file__).resolve())]
    return [*shim, str(int(end_signal)), str(os.getpid()), *who, *command]


def _change_user(uid: str, gid: str) -> None:
    if gid != KEEP:
        os.setgroups([])
        os.setgid(int(gid))
    if uid != KEEP:
        os.setuid(int(uid))


def _end_with_parent(end_signal: int, parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, end_signal)
    if os.getppid() != parent:
        # The parent died before the wish was heard.
        sys.exit(1)


def main(arguments: Sequence[str]) -> None:
    """Become the program named in the arguments."""
    end_signal, parent, uid, gid, *command = arguments
    _change_user(uid, gid)
    _end_with_parent(int(end_signal), int(parent))
    os.execvp(command[0], command)  # noqa: S606  # no shell is wanted: the arguments are handed on as they are


if __name__ == "__main__":
    main(sys.argv[1:])
