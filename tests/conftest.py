"""What all tests share: a real PostgreSQL with a database of its own for each test, and the real parts outside.

One server runs for the whole run, in the process that also collects the workers' results; it dies with it. Each test
that asks for ``database_url`` gets a copy of a migrated template: a thousand files, which take 30 ms in memory and up
to a second on a slow disk, so the server lies in memory where there is room (truncating took as long and left the
sequences and settings of the test before). OMBUD_TEST_PG=15 takes Debian's server in place of the wheel's.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql

from ombud.shared.database import Database, Transaction
from ombud.shared.migrations import apply_migrations
from ombud.shared.postgres import Server, find_binaries, temporary_server
from tests.desk import Desk, desk_on
from tests.natsserver import PROGRAM_PATH, NatsServer
from tests.site import Site

TEMPLATE = "template_ombud"
ADDRESS = "OMBUD_TEST_SERVER"
# Marker → the program that a test so marked drives for real.
REAL_PARTS = {"journey": "chromium", "needs_dovecot": "dovecot", "needs_nats": "nats-server"}
MEMORY = Path("/dev/shm")  # noqa: S108  # the server makes a folder of its own there
MEMORY_NEEDED = 3 << 30

# Properties are about truth: how quickly a busy machine finds examples says nothing of it.
settings.register_profile("ombud", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ombud")

_numbers = count()
_run = contextlib.ExitStack()
# Databases of tests that are over.
_used: list[str] = []


def pytest_configure_node(node: Any) -> None:
    """Start the server before the first worker, and tell each where it is."""
    node.workerinput["database_server"] = _start_once()


def pytest_configure(config: pytest.Config) -> None:
    """Learn in a worker where the server is."""
    workerinput = getattr(config, "workerinput", {})
    _keep_compiled()
    if workerinput:
        os.environ[ADDRESS] = workerinput["database_server"]


def _keep_compiled() -> None:
    """Have the processes that tests start compile each module once for the run, not once for each process."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if "PYTHONPYCACHEPREFIX" not in os.environ:
        os.environ["PYTHONPYCACHEPREFIX"] = _run.enter_context(tempfile.TemporaryDirectory(prefix="ombud-compiled-"))


def pytest_unconfigure() -> None:
    """Stop the server with the run."""
    _run.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that touch the database, so that they can be run on another version of it."""
    for item in items:
        if "database_url" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.database)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what drives a program that is not here; in CI that is a failure."""
    for marker, program in REAL_PARTS.items():
        if item.get_closest_marker(marker) and not shutil.which(program, path=PROGRAM_PATH):
            reason = f"{program} is not installed here"
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)


@pytest.fixture
def nats_server(tmp_path: Path) -> Iterator[NatsServer]:
    """A NATS server of one test."""
    server = NatsServer(tmp_path / "nats.log")
    yield server
    server.kill()


@pytest.fixture
def database_url() -> Iterator[str]:
    """The address of a migrated, empty database that belongs to this test alone."""
    with _new_database() as address:
        yield address


@pytest.fixture(scope="module")
def module_database_url() -> Iterator[str]:
    """The address of a migrated, empty database that belongs to this file of tests."""
    with _new_database() as address:
        yield address


@contextlib.contextmanager
def _new_database() -> Iterator[str]:
    server = _start_once()
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        while _used:
            # Now, not at the end of its test: PostgreSQL waits 100 ms for connections that are just being closed.
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(_used.pop())))
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(TEMPLATE)))
    yield server.replace("/postgres?", f"/{name}?")
    _used.append(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open pool on the test's own database."""
    pool = Database(database_url, max_connections=8)
    await pool.open()
    yield pool
    await pool.close()


@pytest.fixture
async def tx(database: Database) -> AsyncIterator[Transaction]:
    """One transaction for the whole test, committed at its end."""
    async with database.transaction() as transaction:
        yield transaction


def _start_once() -> str:
    if ADDRESS not in os.environ:
        major = os.environ.get("OMBUD_TEST_PG")
        binaries = find_binaries(int(major) if major else None)
        has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_NEEDED
        within = MEMORY if has_room and os.access(MEMORY, os.W_OK) else None
        server = _run.enter_context(temporary_server(durable=False, binaries=binaries, within=within))
        _make_template(server)
        os.environ[ADDRESS] = server.url_of("postgres")
        _run.callback(os.environ.pop, ADDRESS, None)
    return os.environ[ADDRESS]


def _make_template(server: Server) -> None:
    with psycopg.connect(server.url_of("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    apply_migrations(server.url_of(TEMPLATE))


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """The parts of a desk on the test's own database, its clock standing still."""
    async with desk_on(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def site(desk: Desk) -> Site:
    """The whole web application on the desk."""
    return Site.of(desk)
