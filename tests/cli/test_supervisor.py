"""Children are kept alive with growing pauses, and end when they are told to."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ombud.cli import supervisor
from ombud.cli.supervisor import Child, pause_seconds

STUBBORN = "import signal, time\nsignal.signal(15, signal.SIG_IGN)\nprint(1, flush=True)\ntime.sleep(60)"
Make = Callable[[str], Child]


@pytest.fixture
def make() -> Iterator[Make]:
    children: list[Child] = []

    def make_child(program: str) -> Child:
        children.append(Child("part", [sys.executable, "-c", program], dict(os.environ)))
        return children[-1]

    yield make_child
    for child in children:
        child.kill()
        child.wait(5)


def keep_until(child: Child, condition: Callable[[], bool]) -> list[str]:
    notes: list[str] = []
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        notes += filter(None, [child.keep_alive()])
        time.sleep(0.01)
    return notes


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0.1), (1, 0.2), (4, 1.6), (5, 3.0), (1000, 3.0)])
def test_pause_seconds_doubles_up_to_three(failures: int, seconds: float) -> None:
    assert pause_seconds(failures) == pytest.approx(seconds)


def test_keep_alive_living_child_says_nothing(make: Make) -> None:
    child = make("import time; time.sleep(60)")
    child.start()
    assert child.keep_alive() is None
    assert child.is_running


def test_keep_alive_before_the_start_does_nothing(make: Make) -> None:
    child = make("")
    assert child.keep_alive() is None
    assert child.pid is None


def test_keep_alive_killed_child_starts_it_again(make: Make) -> None:
    child = make("import time; time.sleep(60)")
    child.start()
    first = child.pid
    child.kill()
    notes = keep_until(child, lambda: child.pid != first)
    assert notes == ["part ended (signal SIGKILL); starting it again in 0.2 s"]
    assert child.is_running


def test_keep_alive_failing_child_waits_longer_each_time(make: Make) -> None:
    child = make("import sys; sys.exit(3)")
    child.start()
    notes: list[str] = []
    while len(notes) < 3:
        notes += keep_until(child, lambda: not child.is_running)
        notes += filter(None, [child.keep_alive()])
    assert [note.rpartition(" in ")[2] for note in notes[:3]] == ["0.2 s", "0.4 s", "0.8 s"]
    assert "exit code 3" in notes[0]


def test_keep_alive_child_that_lived_starts_at_once(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "HEALTHY_AFTER_SECONDS", 0.0)
    child = make("import sys; sys.exit(3)")
    child.start()
    assert keep_until(child, lambda: not child.is_running) == []
    assert child.keep_alive() == "part ended (exit code 3); starting it again in 0.1 s"


def test_keep_alive_dead_child_takes_its_own_children_along(make: Make, tmp_path: Path) -> None:
    marker = tmp_path / "grandchild"
    program = (
        "import os, subprocess, sys, time\n"
        "grandchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(marker)!r}, 'w').write(str(grandchild.pid))\n"
        "time.sleep(60)"
    )
    child = make(program)
    child.start()
    keep_until(child, lambda: marker.exists() and marker.read_text() != "")
    grandchild = int(marker.read_text())
    assert child.pid
    os.kill(child.pid, signal.SIGKILL)
    keep_until(child, lambda: not is_alive(grandchild))


def test_ask_to_stop_ends_the_child(make: Make) -> None:
    child = make("import time; time.sleep(60)")
    child.start()
    child.ask_to_stop()
    assert child.wait(5)


def test_wait_stubborn_child_gives_up_and_kill_ends_it(make: Make) -> None:
    child = make(STUBBORN)
    child.start()
    time.sleep(0.5)
    child.ask_to_stop()
    assert not child.wait(0.3)
    child.kill()
    assert child.wait(5)


def test_kill_ended_child_is_harmless(make: Make) -> None:
    child = make("")
    child.kill()
    child.start()
    assert child.wait(5)
    child.kill()


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()
