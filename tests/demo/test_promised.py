"""Promises in the talk of the demo desk: open, kept, broken and vague ones, as their moments have it."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ombud.demo.loader import load_demo
from ombud.shared.database import Database
from ombud.shared.files import FileStore
from ombud.shared.migrations import apply_migrations
from ombud.shared.postgres import temporary_server

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
SOME = 4_000


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A smaller demo desk, and a way to ask it."""
    with temporary_server(durable=False) as server:
        url = server.url_of("postgres")
        apply_migrations(url)
        asyncio.run(load(url, tmp_path_factory.mktemp("files")))
        connection = psycopg.connect(url, autocommit=True)

        def question(sql: str) -> Any:
            found = connection.execute(sql.encode(), {"now": NOW}).fetchone()
            return found[0] if found else None

        yield question
        connection.close()


async def load(url: str, folder: Path) -> None:
    """Fill the database."""
    database = Database(url)
    await database.open()
    try:
        async with database.transaction() as tx:
            await load_demo(tx, now=NOW, seed=1, keep_file=FileStore(folder).put, tickets=SOME)
    finally:
        await database.close()


def test_the_demo_shows_promises_of_every_state(ask: Any) -> None:
    for status in ("open", "kept", "broken", "vague"):
        assert ask(f"select count(*) from promise where status = '{status}'") > 0, status
    assert ask("select count(*) from promise where status = 'broken' and ended_at is null") > 0


def test_promises_are_of_the_last_days_and_by_colleagues(ask: Any) -> None:
    assert ask("select min(made_at) from promise") > NOW - timedelta(days=5)
    assert ask("select count(*) from promise where made_by is null") == 0
    assert ask("select count(*) from promise p join entry e on e.id = p.entry_id where e.author_id <> p.made_by") == 0


def test_no_promise_contradicts_its_moment(ask: Any) -> None:
    assert ask("select count(*) from promise where status = 'open' and due_at <= %(now)s") == 0
    assert ask("select count(*) from promise where status = 'kept' and ended_at > due_at") == 0
    assert ask("select count(*) from promise where status = 'broken' and due_at > %(now)s") == 0
    assert ask("select count(*) from promise where ended_at > %(now)s") == 0


def test_what_is_still_to_be_done_has_a_clock_and_nothing_else_has(ask: Any) -> None:
    waiting = "select count(*) from promise where ended_at is null and status <> 'vague' and due_at is not null"
    assert ask(waiting) == ask("select count(*) from clock where metric = 'promise'")
    late = "select count(*) from clock where metric = 'promise' and due_at <= %(now)s and breached_at is null"
    assert ask(late) == 0
    assert ask("select count(*) from clock where metric = 'promise' and next_at <= %(now)s") == 0
