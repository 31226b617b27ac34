"""What a kill leaves behind is waited for, stopped or cleared, and never costs a committed row."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ombud.shared.installation import InstallationError
from ombud.shared.postgres import start_server
from ombud.shared.postgres.cluster import Home
from ombud.shared.postgres.leftovers import clear_leftovers, postmaster_pid, processes_of

Ask = Callable[[str, str], list[tuple[object, ...]]]
Quick = Mapping[str, str]
Spawn = Callable[[], "subprocess.Popen[str]"]


def read_numbers(parent: "subprocess.Popen[str]", count: int) -> int:
    assert parent.stdout
    numbers = [int(parent.stdout.readline()) for _ in range(count)]
    return numbers[-1]


def last_number(parent: "subprocess.Popen[str]", so_far: int) -> int:
    assert parent.stdout
    rest = parent.stdout.read().split("\n")[:-1]
    return int(rest[-1]) if rest else so_far


def test_killed_parent_leaves_no_process(
    spawn_parent: Spawn, data_dir: Path, no_process_within: Callable[..., bool]
) -> None:
    parent = spawn_parent()
    read_numbers(parent, 10)
    assert processes_of(data_dir / "cluster")
    parent.kill()
    parent.wait()
    assert no_process_within(data_dir, 5)


def test_killed_parent_loses_no_committed_row(spawn_parent: Spawn, data_dir: Path, ask: Ask) -> None:
    parent = spawn_parent()
    number = read_numbers(parent, 200)
    parent.kill()
    number = last_number(parent, number)
    server = start_server(data_dir)
    try:
        kept = ask(server.url, "select count(*), max(number) from kept")[0]
    finally:
        server.stop()
    # One more row may have been committed whose number was not printed yet.
    assert kept in {(number + 1, number), (number + 2, number + 1)}


def test_killed_server_recovers_every_committed_row(data_dir: Path, ask: Ask) -> None:
    server = start_server(data_dir)
    ask(server.url, "create table kept as select generate_series(1, 1000) as number")
    server.process.kill()
    server.stop()
    again = start_server(data_dir)
    try:
        assert ask(again.url, "select count(*) from kept") == [(1000,)]
    finally:
        again.stop()


def test_start_server_orphan_that_stays_is_stopped_and_replaced(data_dir: Path, quick: Quick, ask: Ask) -> None:
    server = start_server(data_dir, settings=quick)
    # As if its parent had died on a system that tells nobody: it runs on, and the lock is free.
    server.lock.close()
    started = time.monotonic()
    again = start_server(data_dir, settings=quick)
    try:
        assert time.monotonic() - started < 10
        assert server.process.wait(5) == 0
        assert ask(again.url, "select 1") == [(1,)]
    finally:
        again.stop()


def test_start_server_pid_file_of_another_program_is_no_obstacle(data_dir: Path, quick: Quick) -> None:
    server = start_server(data_dir, settings=quick)
    server.process.kill()
    server.stop()
    pid_file = data_dir / "cluster" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    # After a restart of the machine the number belongs to somebody else, who lives.
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    start_server(data_dir, settings=quick).stop()


def test_start_server_stopped_process_says_which_one(
    data_dir: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = start_server(data_dir, settings=quick)
    monkeypatch.setattr("ombud.shared.postgres.leftovers.GOES_BY_ITSELF_SECONDS", 0.1)
    monkeypatch.setattr("ombud.shared.postgres.leftovers.STOPS_WHEN_ASKED_SECONDS", 0.5)
    server.process.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(InstallationError, match=rf"still runs on .*\(process .*{server.process.pid}"):
            clear_leftovers(Home(data_dir))
    finally:
        server.process.send_signal(signal.SIGCONT)
        server.stop()


def test_processes_of_shell_in_the_folder_is_no_server(data_dir: Path, quick: Quick) -> None:
    start_server(data_dir, settings=quick).stop()
    with subprocess.Popen([sys.executable, "-c", "input()"], cwd=data_dir / "cluster", stdin=subprocess.PIPE) as shell:
        assert processes_of(data_dir / "cluster") == []
        shell.kill()


def test_postmaster_pid_reads_only_a_number(tmp_path: Path) -> None:
    assert postmaster_pid(tmp_path) is None
    (tmp_path / "postmaster.pid").write_text("")
    assert postmaster_pid(tmp_path) is None
    (tmp_path / "postmaster.pid").write_text("4711\n/somewhere\n")
    assert postmaster_pid(tmp_path) == 4711
