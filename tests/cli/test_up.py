"""``ombud up`` starts everything, keeps it alive, and leaves nothing behind."""

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from ombud.cli.up import StopOrders, add_commands
from ombud.shared.migrations import known_migrations
from ombud.shared.postgres.leftovers import postmaster_pid, processes_of

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Up = Callable[..., "Desk"]


class Desk:
    """A running ``ombud up`` whose output is read line by line."""

    def __init__(self, environ: dict[str, str], *options: str) -> None:
        command = [sys.executable, "-P", "-m", "ombud", "up", "--no-build", *options]
        self.process = subprocess.Popen(
            command, cwd="/", env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def wait_for(self, words: str) -> str:
        assert self.process.stdout
        told = []
        for line in self.process.stdout:
            told.append(line)
            if words in line:
                return line
        raise AssertionError("".join(told))

    def children(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=40)
        return self.process.returncode


@pytest.fixture
def up(environ: dict[str, str]) -> Iterator[Up]:
    with contextlib.ExitStack() as desks:

        def start(*options: str, **more: str) -> Desk:
            desk = Desk({**environ, **more}, *options)
            desks.callback(desk.process.communicate)
            desks.callback(desk.process.kill)
            desk.wait_for("Ctrl-C stops")
            return desk

        yield start


def ends_within(seconds: float, *pids: int) -> bool:
    deadline = time.monotonic() + seconds
    while any(is_alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def test_up_migrates_and_names_the_address(up: Up, private_url: str, environ: dict[str, str]) -> None:
    up()
    with psycopg.connect(private_url) as connection:
        row = connection.execute("select count(*) from _yoyo_migration").fetchone()
    assert row == (len(known_migrations()),)
    assert environ["OMBUD_PORT"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_up_stopped_leaves_no_process(up: Up, data: Path, number: signal.Signals) -> None:
    desk = up()
    pids = [*desk.children(), *processes_of(data / "postgres" / "cluster")]
    assert len(pids) > 3
    assert desk.stop(number) == 0
    assert ends_within(1, *pids)


def test_up_killed_leaves_no_process(up: Up, data: Path) -> None:
    desk = up()
    pids = [*desk.children(), *processes_of(data / "postgres" / "cluster")]
    desk.stop(signal.SIGKILL)
    assert ends_within(25, *pids)


def test_up_killed_starts_again_at_once(up: Up) -> None:
    up().stop(signal.SIGKILL)
    started = time.monotonic()
    desk = up()
    assert time.monotonic() - started < 30
    assert desk.stop() == 0


def test_up_killed_database_is_started_again(up: Up, data: Path, private_url: str) -> None:
    desk = up()
    pid = postmaster_pid(data / "postgres" / "cluster")
    assert pid
    os.kill(pid, signal.SIGKILL)
    desk.wait_for("the database ended")
    deadline = time.monotonic() + 5
    while not answers(private_url):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def test_up_twice_on_one_folder_names_the_other(up: Up, run: Run) -> None:
    desk = up()
    done = run("up", "--no-build")
    assert done.returncode == 1
    assert f"(process {desk.process.pid})" in done.stderr


def test_up_demo_has_a_folder_of_its_own(up: Up, data: Path) -> None:
    up("--demo")
    assert (data / "demo" / "postgres" / "cluster").is_dir()
    assert not (data / "postgres").exists()


def test_up_given_database_starts_none(up: Up, data: Path, database_url: str) -> None:
    up(DATABASE_URL=database_url)
    assert not (data / "postgres").exists()


def test_up_taken_port_says_so(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        done = run("up", "--no-build", OMBUD_PORT=str(port))
    assert done.returncode == 1
    assert f"Port {port} of 127.0.0.1 is taken" in done.stderr


def test_up_unknown_host_says_so(run: Run) -> None:
    done = run("up", "--no-build", "--host", "nowhere.invalid")
    assert done.returncode == 2
    assert "OMBUD_HOST=nowhere.invalid" in done.stderr


def test_up_folder_that_cannot_be_made_says_so(run: Run, data: Path) -> None:
    data.write_text("")
    assert "Set OMBUD_DATA to a folder that you may write to" in run("up", "--no-build").stderr


def test_stop_orders_count_each_signal() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    orders = StopOrders()
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
        assert orders.count == 2
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_up_parser_knows_its_options() -> None:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    parsed = parser.parse_args(["up", "--demo", "--port", "80", "--host", "::", "--no-build"])
    assert (parsed.demo, parsed.port, parsed.host, parsed.no_build) == (True, 80, "::", True)
