"""Bring a database's schema to what this code knows, by the ordered SQL files of ``migrations/``."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import conninfo
from yoyo import read_migrations
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI

from ombud.shared.installation import InstallationError

# Any number that no other program is likely to lock with: "ombud" in hexadecimal.
ADVISORY_LOCK = 0x6F6D627564
HISTORY = "_yoyo_migration"
STALE_LOCK = "yoyo_lock"
FIRST = "0001.ground.sql"
PACKAGE = Path(__file__).resolve().parents[1]


def migrations_folder() -> Path:
    """Find the SQL files: inside the installed package, else at the root of the checkout.

    Raises:
        InstallationError: they are in neither place.
    """
    for folder in (PACKAGE, *PACKAGE.parents):
        if (folder / "migrations" / FIRST).exists():
            return folder / "migrations"
    msg = "The SQL files of the schema are missing: this installation is not complete. Install Ombud again."
    raise InstallationError(msg)


def known_migrations(folder: Path | None = None) -> list[str]:
    """List the names of the migrations that this code brings, in order."""
    return sorted(path.stem for path in (folder or migrations_folder()).glob("[0-9]*.sql"))


def applied_migrations(url: str) -> list[str]:
    """List the names of the migrations that the database has had, in order."""
    with psycopg.connect(url, autocommit=True) as connection:
        return _applied(connection)


def pending_migrations(url: str, folder: Path | None = None) -> list[str]:
    """List what ``apply_migrations`` would do.

    Raises:
        InstallationError: the database was written by a newer version.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        return _pending(connection, folder)


def check_schema(url: str) -> None:
    """Refuse to work on a schema that is not this code's own.

    Raises:
        InstallationError: it is older or newer; the message says what to do.
    """
    pending = pending_migrations(url)
    if pending:
        msg = f"The database lacks {len(pending)} migrations, the first is {pending[0]}. Run: ombud migrate"
        raise InstallationError(msg)


def apply_migrations(url: str, folder: Path | None = None) -> list[str]:
    """Apply what is pending, each file in a transaction of its own, and give the names; many at once are safe.

    Raises:
        InstallationError: the database was written by a newer version, or a file fails.
    """
    with psycopg.connect(url, autocommit=True) as guard, _only_one(guard):
        pending = _pending(guard, folder)
        if pending:
            _break_stale_lock(guard)
            _apply(url, folder or migrations_folder())
        return pending


def _pending(connection: psycopg.Connection, folder: Path | None) -> list[str]:
    known, applied = known_migrations(folder), _applied(connection)
    unknown = [name for name in applied if name not in known]
    if unknown:
        msg = f"The database was written by a newer Ombud (migration {unknown[-1]}). Install that version, or newer."
        raise InstallationError(msg)
    return [name for name in known if name not in applied]


def _applied(connection: psycopg.Connection) -> list[str]:
    if not _has_table(connection, HISTORY):
        return []
    rows = connection.execute("SELECT migration_id FROM _yoyo_migration ORDER BY migration_id").fetchall()
    return [name for (name,) in rows]


def _has_table(connection: psycopg.Connection, name: str) -> bool:
    row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [name]).fetchone()
    return bool(row and row[0])


@contextlib.contextmanager
def _only_one(connection: psycopg.Connection) -> Iterator[None]:
    connection.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
    try:
        yield
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])


def _break_stale_lock(connection: psycopg.Connection) -> None:
    # yoyo's own lock is a row, which survives a kill. Ours is the lock that counts, so any row is a dead one's.
    if _has_table(connection, STALE_LOCK):
        connection.execute("DELETE FROM yoyo_lock")


def _apply(url: str, folder: Path) -> None:
    parts = {key: str(value) for key, value in conninfo.conninfo_to_dict(url).items() if value is not None}
    address = DatabaseURI("postgresql+psycopg", None, None, None, None, parts.pop("dbname", ""), parts)
    backend = PostgresqlPsycopgBackend(address, HISTORY)
    try:
        backend.init_database()
        backend.apply_migrations(backend.to_apply(read_migrations(str(folder))))
    except psycopg.Error as error:
        msg = f"A migration failed and was taken back: {error}"
        raise InstallationError(msg) from error
    finally:
        backend.connection.close()
