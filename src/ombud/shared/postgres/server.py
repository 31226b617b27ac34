"""Start and stop the private server."""

import contextlib
import fcntl
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from ombud.shared.installation import InstallationError
from ombud.shared.leash import leashed
from ombud.shared.postgres.account import Account, can_reach, choose_account
from ombud.shared.postgres.binaries import Binaries, binaries_for, find_binaries
from ombud.shared.postgres.cluster import DATABASE, Home, check_version, make_cluster, take_socket_dir
from ombud.shared.postgres.leftovers import clear_leftovers
from ombud.shared.postgres.tuning import FORGETFUL, machine_settings

READY_WITHIN_SECONDS = 120.0
STOPS_WITHIN_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.01
STATUS_LINE = 7
TOLD_BYTES = 2000
TOLD_LINES = 8
# What PostgreSQL says when its log goes on in the file, and first in that file.
HANDED_OVER = "redirecting log output"
FIRST_WORDS = "starting PostgreSQL"


@dataclass(frozen=True)
class Server:
    """A running server that belongs to this process and ends with it."""

    data_dir: Path
    socket_dir: Path
    url: str
    binaries: Binaries
    process: subprocess.Popen[bytes]
    lock: IO[bytes]

    @property
    def is_running(self) -> bool:
        """Tell whether the server's first process lives."""
        return self.process.poll() is None

    def url_of(self, database: str) -> str:
        """Build the address of another database of this server."""
        return Home(self.data_dir).url(database)

    def stop(self) -> None:
        """Stop: open transactions are rolled back, what was committed is on disk. Stopping twice is harmless."""
        if self.is_running:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOPS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            # Committed rows are safe in the log; the next start reads them back.
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
        self.lock.close()


def start_server(
    data_dir: Path, *, settings: Mapping[str, str] | None = None, binaries: Binaries | None = None
) -> Server:
    """Start a server on a folder of its own, made if need be, and see to its database ``ombud``.

    It ends when the calling process ends, however that happens; therefore it is started from the main thread.

    Raises:
        InstallationError: it cannot be started; the message says why and what to do.
    """
    if threading.current_thread() is not threading.main_thread():
        msg = "Start the database from the main thread: it ends with the thread that started it."
        raise InstallationError(msg)
    home = Home(data_dir.absolute())
    lock = _take_lock(home)
    try:
        return _start_locked(home, lock, settings or {}, binaries or find_binaries())
    except BaseException:
        lock.close()
        raise


def url_of(data_dir: Path) -> str:
    """Give the address that the server of a folder has whenever it runs."""
    return Home(data_dir.absolute()).url()


def running_url(data_dir: Path) -> str | None:
    """Give the address of the server that another process of ours runs on the folder, or None."""
    home = Home(data_dir.absolute())
    return home.url() if _is_ready(home) and _is_locked(home) else None


@contextlib.contextmanager
def temporary_server(
    *,
    settings: Mapping[str, str] | None = None,
    durable: bool = True,
    binaries: Binaries | None = None,
    within: Path | None = None,
) -> Iterator[Server]:
    """Run a server on a new folder that is removed afterwards, made ``within`` another.

    Not durable is faster, for tests.
    """
    root = Path(tempfile.mkdtemp(prefix="ombud-", dir=within))
    root.chmod(0o711)
    try:
        chosen = {**({} if durable else FORGETFUL), **(settings or {})}
        server = start_server(root / "pg", settings=chosen, binaries=binaries)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(Home(root / "pg").socket_dir, ignore_errors=True)
        shutil.rmtree(root, ignore_errors=True)


def _take_lock(home: Home) -> IO[bytes]:
    try:
        home.root.mkdir(parents=True, exist_ok=True)
        lock = home.lock.open("ab")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        msg = f"Another Ombud works on {home.root}. Stop it first, or set OMBUD_DATA to another folder."
        raise InstallationError(msg) from None
    except OSError as error:
        msg = f"{home.root} cannot be used: {error.strerror}. Set OMBUD_DATA to a folder that you may write to."
        raise InstallationError(msg) from error
    return lock


def _is_locked(home: Home) -> bool:
    with home.lock.open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _start_locked(home: Home, lock: IO[bytes], settings: Mapping[str, str], found: Binaries) -> Server:
    account = choose_account(home.cluster)
    if not can_reach(account, home.cluster):
        msg = (
            f"PostgreSQL runs as the user {account.name}, who cannot enter {home.root}. "
            "Set OMBUD_DATA to a folder outside of closed ones, such as /var/lib/ombud."
        )
        raise InstallationError(msg)
    check_version(home, found)
    binaries = binaries_for(account, found, home.root)
    clear_leftovers(home)
    make_cluster(home, account, binaries)
    take_socket_dir(home, account)
    process = _launch(home, account, binaries, {**machine_settings(), **settings})
    server = Server(home.root, home.socket_dir, home.url(), binaries, process, lock)
    try:
        _wait_until_ready(home, process)
        _make_database(home)
    except BaseException:
        server.stop()
        raise
    return server


def _launch(home: Home, account: Account, binaries: Binaries, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    options = [f"--{name}={value}" for name, value in settings.items()]
    where = ["-D", str(home.cluster), f"--unix_socket_directories={_quoted(home.socket_dir)}"]
    command = [binaries.program("postgres"), *where, "--unix_socket_permissions=0700", *options]
    with home.start_log.open("wb") as told:
        return subprocess.Popen(
            leashed(command, end_signal=signal.SIGINT, uid=account.switch_uid, gid=account.switch_gid),
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=told,
            cwd="/",
            # A group of its own: Ctrl-C on the terminal is for us, and the database stops last.
            process_group=0,
        )


def _quoted(folder: Path) -> str:
    return '"' + str(folder).replace('"', '""') + '"'


def _wait_until_ready(home: Home, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while not _is_ready(home):
        if process.poll() is not None:
            msg = f"PostgreSQL did not start: {_last_words(home)}"
            raise InstallationError(msg)
        if time.monotonic() > deadline:
            msg = f"PostgreSQL was not ready within {READY_WITHIN_SECONDS:.0f} s: {_last_words(home)}"
            raise InstallationError(msg)
        time.sleep(LOOK_AGAIN_SECONDS)


def _is_ready(home: Home) -> bool:
    # The pid file's last line is where PostgreSQL says so to its own pg_ctl: no connection is spent on asking.
    try:
        return (home.cluster / "postmaster.pid").read_text().splitlines()[STATUS_LINE].strip() == "ready"
    except (FileNotFoundError, NotADirectoryError, PermissionError, IndexError):
        return False


def _last_words(home: Home) -> str:
    """What was said at this start; the log of a day also holds the starts before it."""
    told = home.start_log.read_text(errors="replace").strip()
    logs = sorted((home.cluster / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
    if logs and (not told or HANDED_OVER in told):
        whole = logs[-1].read_text(errors="replace")
        told = whole[max(whole.rfind(FIRST_WORDS), 0) :]
    lines = told.strip()[-TOLD_BYTES:].splitlines()
    return "\n".join(lines[-TOLD_LINES:])


def _make_database(home: Home) -> None:
    with psycopg.connect(home.url("postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
