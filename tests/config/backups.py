"""Short words for the tests of backup and restore."""

from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from ombud.config.archive import Manifest
from ombud.config.backup import count_rows, take_backup
from ombud.config.restore import Restored, Wishes, check_backup, restore_backup
from ombud.config.settings import Settings

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
PASSPHRASE = "correct horse battery"
# What a restore changes on purpose.
MADE_SAFE = {"session", "one_time_link", "outbox"}


def silent(_step: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def back_up(settings: Settings, path: Path, passphrase: str | None = None) -> Manifest:
    return take_backup(settings, settings.database_url, path, passphrase=passphrase, now=NOW, progress=silent)


def bring_back(settings: Settings, path: Path, **wishes: object) -> Restored:
    manifest = check_backup(path, silent)
    wanted = Wishes(**wishes)  # type: ignore[arg-type]
    return restore_backup(settings, settings.database_url, path, manifest, wanted, now=NOW, progress=silent)


def content(url: str) -> dict[str, str | None]:
    """A digest of all rows of every table."""
    found: dict[str, str | None] = {}
    with psycopg.connect(url) as connection:
        for name in set(count_rows(connection)) - MADE_SAFE:
            query = sql.SQL("select md5(string_agg(t::text, '|' order by t::text)) from {} t").format(
                sql.Identifier(name)
            )
            found[name] = (connection.execute(query).fetchone() or (None,))[0]
    return found


def scalar(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        return (connection.execute(query).fetchone() or (None,))[0]
