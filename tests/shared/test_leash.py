"""A leashed program ends with its parent, by whatever end the parent takes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ombud.shared.leash import leashed

ROOT = Path(__file__).resolve().parents[2]
PARENT = """
import subprocess, sys
from ombud.shared.leash import leashed
child = subprocess.Popen(leashed([sys.executable, "-c", "import time; print('here', flush=True); time.sleep(60)"]))
print(child.pid, flush=True)
child.wait()
"""


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def ends_soon(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not is_alive(pid)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_leashed_parent_dies_ends_the_child(end: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        told = [parent.stdout.readline().strip() for _ in range(2)]
        pid = int(next(line for line in told if line.isdecimal()))
        assert is_alive(pid)
        parent.send_signal(end)
        parent.wait()
        assert ends_soon(pid)


def test_leashed_keeps_arguments_and_exit_code() -> None:
    program = "import sys; print(sys.argv[1:]); sys.exit(7)"
    done = subprocess.run(leashed([sys.executable, "-c", program, "a b", "", "洗"]), check=False, capture_output=True)
    assert done.returncode == 7
    assert done.stdout.decode().strip() == "['a b', '', '洗']"


def test_leashed_is_the_program_itself_not_its_parent() -> None:
    with subprocess.Popen(
        leashed([sys.executable, "-c", "import os; print(os.getpid())"]), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert int(process.stdout.read()) == process.pid


def test_leashed_parent_gone_before_it_starts_runs_nothing(tmp_path: Path) -> None:
    command = leashed(["/bin/sh", "-c", f"touch '{tmp_path}/ran'"])
    place = command.index(str(os.getpid()))
    command[place] = "999999999"
    assert subprocess.run(command, check=False).returncode == 1
    assert not (tmp_path / "ran").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
def test_leashed_other_user_has_no_way_back() -> None:
    program = "import os; print(os.getresuid(), os.getresgid(), os.getgroups())"
    done = subprocess.run(
        leashed(["/usr/bin/python3", "-c", program], uid=65534, gid=65534), check=True, capture_output=True
    )
    assert done.stdout.decode().strip() == "(65534, 65534, 65534) (65534, 65534, 65534) []"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
def test_leashed_other_user_still_hears_of_the_parents_death() -> None:
    program = PARENT.replace('time.sleep(60)"])', 'time.sleep(60)"], uid=65534, gid=65534)').replace(
        "[sys.executable, ", "['/usr/bin/python3', "
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        told = [parent.stdout.readline().strip() for _ in range(2)]
        pid = int(next(line for line in told if line.isdecimal()))
        assert Path(f"/proc/{pid}").stat().st_uid == 65534
        parent.kill()
        parent.wait()
        assert ends_soon(pid)


def test_leashed_unknown_program_says_so() -> None:
    done = subprocess.run(leashed(["/no/such/program"]), check=False, capture_output=True, text=True)
    assert done.returncode != 0
    assert "/no/such/program" in done.stderr or "No such file" in done.stderr
