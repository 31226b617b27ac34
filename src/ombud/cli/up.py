"""``ombud up``: the whole desk on one machine, database included."""

import argparse
import asyncio
import contextlib
import fcntl
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ombud.cli.commands import Commands
from ombud.cli.supervisor import LOOK_AGAIN_SECONDS, Child
from ombud.config.first_start import prepare_desk
from ombud.config.settings import Settings, WrongSetting
from ombud.shared.crypto import KeyRing
from ombud.shared.errors import OmbudError
from ombud.shared.installation import InstallationError
from ombud.shared.migrations import apply_migrations
from ombud.shared.postgres import Server, start_server

STOP_WITHIN_SECONDS = 20.0
ANSWERS_WITHIN_SECONDS = 30.0
PORT_FREE_WITHIN_SECONDS = 5.0
PARTS = (("web", "--web"), ("worker", "--work"), ("background", "--background"))
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def add_commands(commands: Commands) -> None:
    """Add ``up``."""
    parser = commands.add_parser("up", help="start the whole desk on this machine")
    parser.add_argument("--demo", action="store_true", help="a living desk to look at, with a data folder of its own")
    parser.add_argument("--host", help="address to listen on, in place of OMBUD_HOST")
    parser.add_argument("--port", type=int, help="port to listen on, in place of OMBUD_PORT")
    parser.add_argument("--no-build", action="store_true", help="do not build the pages (the launcher's option)")
    parser.set_defaults(run=run_up)


def run_up(arguments: argparse.Namespace) -> int:
    """Start database and processes, keep them alive until told to stop, and stop the database last."""
    settings = Settings.from_env().listening(host=arguments.host, port=arguments.port)
    if arguments.demo:
        settings = settings.for_demo()
    orders = StopOrders()
    with _only_one_desk(settings.data):
        _check_key(settings)
        _wait_for_port(settings, orders)
        with _database(settings) as desk:
            if not orders.count:
                _run_desk(desk, orders)
    return 0


class StopOrders:
    """Counts the signals that ask us to stop: the first is a request, the second an order."""

    def __init__(self) -> None:
        self.count = 0
        for number in STOP_SIGNALS:
            signal.signal(number, self._hear)

    def _hear(self, _number: int, _frame: object) -> None:
        self.count += 1


class Desk:
    """The database and the processes of one installation."""

    def __init__(self, settings: Settings, server: Server | None) -> None:
        self.settings = settings
        self.server = server
        environment = {**os.environ, **settings.environment()}
        command = [sys.executable, "-P", "-m", "ombud", "serve"]
        self.children = [Child(name, [*command, option], environment) for name, option in PARTS]

    def keep_alive(self) -> None:
        """Start again whatever died."""
        if self.server and not self.server.is_running:
            _say("the database ended; starting it again")
            self.server.stop()
            self.server = start_server(self.settings.postgres_home)
        for child in self.children:
            note = child.keep_alive()
            if note:
                _say(note)

    def stop_children(self, orders: StopOrders) -> None:
        """Ask all to stop, wait, and end those that do not, or all at once on a second order."""
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_WITHIN_SECONDS
        while any(child.is_running for child in self.children):
            if orders.count > 1 or time.monotonic() > deadline:
                break
            time.sleep(LOOK_AGAIN_SECONDS)
        for child in self.children:
            child.kill()
            child.wait(STOP_WITHIN_SECONDS)


@contextlib.contextmanager
def _only_one_desk(data: Path) -> Iterator[None]:
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "up.lock").open("a+")
    except OSError as error:
        msg = f"{data} cannot be used: {error.strerror}. Set OMBUD_DATA to a folder that you may write to."
        raise InstallationError(msg) from error
    with lock:
        _hold(lock.fileno(), data)
        yield


def _check_key(settings: Settings) -> None:
    # Said once, here: the processes would only die of it again and again.
    is_lost = not settings.key and not settings.key_file.exists() and (settings.postgres_home / "cluster").exists()
    if is_lost:
        _say(f"the key {settings.key_file} is gone, a new one is made; what the old one sealed: ombud doctor")
    try:
        KeyRing.load(settings.key_file, text=settings.key)
    except OmbudError as error:
        msg = f"{error.detail} Put back the key that you keep apart, then start again."
        raise InstallationError(msg) from None
    except OSError as error:
        msg = f"{settings.key_file} cannot be read: {error.strerror}. It must belong to the user who runs Ombud."
        raise InstallationError(msg) from error


def _wait_for_port(settings: Settings, orders: StopOrders) -> None:
    # The processes of a killed desk need a moment to let go of it.
    deadline = time.monotonic() + PORT_FREE_WITHIN_SECONDS
    while not _is_port_free(settings.host, settings.port):
        if time.monotonic() > deadline or orders.count:
            msg = f"Port {settings.port} of {settings.host} is taken. Choose another: ombud up --port 8701"
            raise InstallationError(msg)
        time.sleep(LOOK_AGAIN_SECONDS)


def _is_port_free(host: str, port: int) -> bool:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        msg = f"OMBUD_HOST={host}: {error.strerror}."
        raise WrongSetting(msg) from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except PermissionError:
            msg = f"Port {port} is for root only. Choose one above 1023, or put a proxy in front."
            raise WrongSetting(msg) from None
        except OSError:
            return False
    return True


def _hold(lock: int, data: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(lock, 20, 0).decode()
        msg = f"Ombud already runs on {data} (process {holder}). Stop it first, or set OMBUD_DATA to another folder."
        raise InstallationError(msg) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)


@contextlib.contextmanager
def _database(settings: Settings) -> Iterator[Desk]:
    started = time.monotonic()
    server = None if settings.database_url else start_server(settings.postgres_home)
    desk = Desk(settings.using(server.url) if server else settings, server)
    try:
        applied = apply_migrations(desk.settings.database_url)
        _say(f"database ready in {time.monotonic() - started:.1f} s, {len(applied)} migrations applied")
        yield desk
    finally:
        if desk.server:
            desk.server.stop()
        _say("stopped")


def _run_desk(desk: Desk, orders: StopOrders) -> None:
    lines = asyncio.run(prepare_desk(desk.settings))
    for child in desk.children:
        child.start()
    _await_web(desk, orders)
    for line in lines:
        _say(line)
    _say(f"open {desk.settings.address} – Ctrl-C stops")
    try:
        while not orders.count:
            desk.keep_alive()
            time.sleep(LOOK_AGAIN_SECONDS)
        _say("stopping")
    finally:
        desk.stop_children(orders)


def _await_web(desk: Desk, orders: StopOrders) -> None:
    """Wait until the pages answer: whoever is told an address opens it at once."""
    end = time.monotonic() + ANSWERS_WITHIN_SECONDS
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(desk.settings.host, desk.settings.host)  # noqa: S104 – compared
    while not orders.count and time.monotonic() < end:
        desk.keep_alive()
        with contextlib.suppress(OSError), socket.create_connection((host, desk.settings.port), timeout=1):
            return
        time.sleep(LOOK_AGAIN_SECONDS)


def _say(line: str) -> None:
    print(f"ombud: {line}", flush=True)
