"""A desk with some rows, a sealed secret and a file, and an empty database beside it."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from ombud.config.sealed_key import add_key
from ombud.config.settings import Settings
from ombud.shared.crypto import KeyRing
from ombud.shared.files import FileStore, StoredFile
from tests.config.backups import back_up

DESK = """
    insert into person (email, name, role, created_at) values ('ada@example.com', 'Ada', 'administrator', now());
    insert into customer (name, email, created_at, updated_at)
        select '客户 ' || n, n || '@example.com', now(), now() from generate_series(1, 50) n;
    insert into channel (kind, name, brand_id, team_id, created_at) values ('email', 'Help', 1, 1, now());
    insert into ticket (subject, status_id, category, team_id, customer_id, channel_id, brand_id, created_at,
            activity_at)
        select '洗衣机 ' || n, 1, 'new', 1, n, 1, 1, now(), now() from generate_series(1, 50) n;
    insert into entry (ticket_id, kind, direction, author_kind, at, text, details)
        select id, 'message', 'out', 'person', now(), 'Emoji 🙂 and "quotes"', '{"to": []}' from ticket;
    insert into outbox (channel_id, ticket_id, entry_id, state, not_before, envelope, created_at)
        select 1, ticket_id, id, (array['queued', 'sending', 'sent', 'failed'])[1 + id % 4], now(), '{}', now()
        from entry;
    insert into event (seq, kind, ticket_id, actor_kind, at, data, logged_at)
        select n, 'ticket_opened', 10000 + n, 'system', now(), '{}', now() from generate_series(1, 50) n;
    update event_head set seq = 50;
    insert into reader (name, seq) values ('webhooks', 50);
    insert into session (token_hash, person_id, is_complete, ip, user_agent, created_at, seen_at, expires_at)
        values ('x', 1, true, '', '', now(), now(), now());
    insert into throttle (key, tokens, refilled_at) values ('sign-in:ada', 1, now());
"""


def make_desk(url: str, settings: Settings) -> None:
    """Fill a database."""
    keys = KeyRing.load(settings.key_file)
    with psycopg.connect(url) as connection:
        connection.execute(DESK)
        connection.execute(
            "insert into webhook (id, name, url, secret, kinds, created_by, created_at)"
            " values (1, 'CRM', 'https://crm.example.com/', %s, '{*}', 1, now())",
            [keys.seal(b"whsec_1", place="webhook.secret.1")],
        )


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(data=tmp_path / "desk", database_url=database_url)


@pytest.fixture
async def stored(settings: Settings) -> StoredFile:
    return await FileStore(settings.files).put("附件".encode() * 1_000)


@pytest.fixture
def desk(settings: Settings, database_url: str) -> Settings:
    make_desk(database_url, settings)
    return settings


@pytest.fixture
def empty_url(database_url: str) -> Iterator[str]:
    """The address of a database without anything in it."""
    name = f"empty_{os.getpid()}_{os.urandom(4).hex()}"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} template template0").format(sql.Identifier(name)))
    yield psycopg.conninfo.make_conninfo(database_url, dbname=name)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as one:
        yield one


@pytest.fixture
def target(tmp_path: Path, empty_url: str, desk: Settings) -> Settings:
    """Another installation with the same key and an empty database."""
    other = Settings(data=tmp_path / "other", database_url=empty_url)
    add_key(other, desk.key_file.read_text())
    return other


@pytest.fixture
def backup(desk: Settings, tmp_path: Path, stored: StoredFile) -> Path:
    assert stored.size
    path = tmp_path / "desk.tar"
    back_up(desk, path)
    return path
