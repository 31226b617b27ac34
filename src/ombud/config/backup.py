"""Take a backup while the desk runs: one snapshot of the database, then the files, which are written once."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import IsolationLevel, conninfo, sql

import ombud
from ombud.config.archive import DUMP, FILES, KEY, ArchiveWriter, Manifest, Progress, stored_files, write_archive
from ombud.config.sealed_key import key_ids, present_key, seal_key
from ombud.config.settings import Settings
from ombud.shared.installation import InstallationError
from ombud.shared.leash import leashed
from ombud.shared.migrations import applied_migrations
from ombud.shared.postgres import Binaries, find_binaries

# Throwaway rows: buckets of limits, and the lock of a migration that may be under way.
WITHOUT_ROWS = ("throttle", "yoyo_lock")
# Where a restore keeps what was there until it is done.
BEFORE_SCHEMA = "ombud_before_restore"
COMPRESSION = "gzip:3"
LOOK_AGAIN_SECONDS = 0.2


def take_backup(
    settings: Settings, url: str, path: Path, *, passphrase: str | None, now: datetime, progress: Progress
) -> Manifest:
    """Write one file that holds database and files, and the key if there is a passphrase for it.

    Raises:
        InstallationError: the database was never set up, its programs are missing, or the file cannot be written.
    """
    key = present_key(settings)
    with write_archive(path.absolute()) as archive, _snapshot(url) as connection:
        tables = count_rows(connection)
        _add_dump(connection, url, path.absolute(), archive, progress)
        _add_files(settings.files, archive, progress)
        if passphrase is not None:
            archive.add_bytes(KEY, seal_key(key, passphrase))
        manifest = Manifest(
            ombud=ombud.__version__,
            made_at=now,
            postgres=connection.info.server_version // 10_000,
            migrations=applied_migrations(url),
            key_ids=key_ids(key),
            event_seq=_event_seq(connection),
            tables=tables,
            members=archive.members,
        )
        archive.finish(manifest)
    return manifest


def count_rows(connection: psycopg.Connection) -> dict[str, int]:
    """Rows of every table of ours, partitions counted with their parent."""
    query = """
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition order by 1"""
    names = [name for (name,) in connection.execute(query) if name not in WITHOUT_ROWS]
    counts: dict[str, int] = {}
    for name in names:
        row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier("public", name))).fetchone()
        counts[name] = int(row[0]) if row else 0
    return counts


def programs_for(connection: psycopg.Connection) -> Binaries:
    """The programs of the server's own version, else the newest: an older pg_dump refuses, a newer one serves.

    Raises:
        InstallationError: there are none at all.
    """
    try:
        return find_binaries(connection.info.server_version // 10_000)
    except InstallationError:
        return find_binaries()


def without_password(url: str) -> tuple[str, dict[str, str]]:
    """An address for a command line, which everybody can read, and the environment that holds the rest."""
    parts = {key: str(value) for key, value in conninfo.conninfo_to_dict(url).items() if value is not None}
    password = parts.pop("password", None)
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    return conninfo.make_conninfo(**parts), environment


@contextlib.contextmanager
def _snapshot(url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(url) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("select to_regclass('public.event_head') is not null").fetchone()
        if not row or not row[0]:
            msg = "There is nothing to back up: this database was never set up. Run: ombud up"
            raise InstallationError(msg)
        yield connection


def _add_dump(connection: psycopg.Connection, url: str, path: Path, archive: ArchiveWriter, progress: Progress) -> None:
    row = connection.execute("select pg_export_snapshot(), pg_database_size(current_database())").fetchone()
    snapshot, size = row or ("", 0)
    dump = path.with_name(f".{path.name}.{os.getpid()}.dump")
    try:
        _run_dump(connection, url, str(snapshot), dump, progress, int(size))
        archive.add_file(DUMP, dump)
    finally:
        dump.unlink(missing_ok=True)


def _run_dump(
    connection: psycopg.Connection, url: str, snapshot: str, dump: Path, progress: Progress, size: int
) -> None:
    address, environment = without_password(url)
    skipped = [f"--exclude-table-data={name}" for name in WITHOUT_ROWS]
    options = ["--format=custom", f"--compress={_compression(connection)}", "--no-owner", "--no-privileges"]
    command = [programs_for(connection).program("pg_dump"), *options, *skipped, f"--exclude-schema={BEFORE_SCHEMA}"]
    dump.touch(0o600)
    process = subprocess.Popen(
        leashed([*command, f"--snapshot={snapshot}", f"--file={dump}", f"--dbname={address}"]),
        env=environment,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        while process.poll() is None:
            progress("database", dump.stat().st_size, size)
            time.sleep(LOOK_AGAIN_SECONDS)
        told = process.stderr.read().decode(errors="replace") if process.stderr else ""
    finally:
        process.kill()
        process.wait()
    if process.returncode:
        msg = f"pg_dump failed: {told.strip()}"
        raise InstallationError(msg)


def _compression(connection: psycopg.Connection) -> str:
    # Programs before 16 know only the number.
    return COMPRESSION if programs_for(connection).major >= 16 else COMPRESSION.partition(":")[2]  # noqa: PLR2004 – said above


def _add_files(folder: Path, archive: ArchiveWriter, progress: Progress) -> None:
    found = list(stored_files(folder))
    for number, (name, path) in enumerate(found, 1):
        # A file may be removed while we run; the dump that we hold then speaks of a file that is gone anyway.
        with contextlib.suppress(FileNotFoundError):
            archive.add_file(FILES + name, path)
        progress("files", number, len(found))


def _event_seq(connection: psycopg.Connection) -> int:
    row = connection.execute("select seq from public.event_head").fetchone()
    return int(row[0]) if row else 0
