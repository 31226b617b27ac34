"""Keep child processes alive, and end them all."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence

from ombud.shared.leash import leashed

FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 3.0
HEALTHY_AFTER_SECONDS = 5.0
LOOK_AGAIN_SECONDS = 0.05


def pause_seconds(failures: int) -> float:
    """Say how long to wait before the next start, after so many failures in a row: 0.1 s, doubled, at most 3 s."""
    return min(FIRST_PAUSE_SECONDS * 2.0 ** min(failures, 10), LONGEST_PAUSE_SECONDS)


class Child:
    """One process that is started again when it dies, and that dies with us."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self._command = list(command)
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._failures = 0
        self._started_at = 0.0
        self._start_again_at = 0.0

    @property
    def is_running(self) -> bool:
        """Tell whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The process id, or None before the first start."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process in a group of its own, so that Ctrl-C reaches us first and order is kept."""
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(
            leashed(self._command), env=self._environment, stdin=subprocess.DEVNULL, process_group=0
        )

    def keep_alive(self) -> str | None:
        """Notice a death and start again when its pause is over; gives a line to print when something happened."""
        if self._process is None or self.is_running:
            return None
        if not self._start_again_at:
            return self._note_death(self._process)
        if time.monotonic() >= self._start_again_at:
            self._start_again_at = 0.0
            self.start()
        return None

    def ask_to_stop(self) -> None:
        """Ask the process to end its work and go."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process and all that it started, at once."""
        self._signal(signal.SIGKILL)

    def wait(self, seconds: float) -> bool:
        """Wait for the end; False when it still runs after that time."""
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        return not self.is_running

    def _note_death(self, process: subprocess.Popen[bytes]) -> str:
        # What it had started itself must not hold its port or its claims when the next one comes.
        self.kill()
        now = time.monotonic()
        self._failures = 0 if now - self._started_at >= HEALTHY_AFTER_SECONDS else self._failures + 1
        pause = pause_seconds(self._failures)
        self._start_again_at = now + pause
        return f"{self.name} ended ({_describe(process.returncode)}); starting it again in {pause:.1f} s"

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)


def _describe(code: int) -> str:
    if code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"
