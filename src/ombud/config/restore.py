"""Bring a backup back: all is checked first, the old database is kept until the new one stands, or nothing changes."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg
from msgspec import Struct

from ombud.config.archive import CHUNK_BYTES, DUMP, KEY, Manifest, Progress, open_member, read_manifest, unpack_files
from ombud.config.backup import BEFORE_SCHEMA, count_rows, programs_for, without_password
from ombud.config.sealed_key import add_key, key_ids, open_key, present_key
from ombud.config.settings import Settings
from ombud.shared.installation import InstallationError
from ombud.shared.leash import leashed
from ombud.shared.migrations import apply_migrations, known_migrations

LEAVES_WITHIN_SECONDS = 3.0
LOOK_AGAIN_SECONDS = 0.05
PRECIOUS = ("person", "customer", "ticket")
HELD = "restored from a backup: it may have been sent after the backup was taken"


class Restored(Struct, frozen=True):
    """What a restore did."""

    manifest: Manifest
    files_written: int
    keys_added: list[str]
    held: int
    migrations: list[str]


class Wishes(Struct, frozen=True, kw_only=True):
    """What the operator allows. ``resume_sending`` is for a move: the old desk sent nothing after the backup."""

    replace: bool = False
    without_key: bool = False
    resume_sending: bool = False
    passphrase: str | None = None


def check_backup(path: Path, progress: Progress) -> Manifest:
    """Read and compare the whole backup, before anything is started or touched.

    Raises:
        InstallationError: it is damaged, or a newer version wrote it.
    """
    manifest = read_manifest(path, progress)
    unknown = sorted(set(manifest.migrations) - set(known_migrations()))
    if unknown:
        msg = (
            f"The backup comes from a newer Ombud ({manifest.ombud}, migration {unknown[-1]}). Install that, or newer."
        )
        raise InstallationError(msg)
    return manifest


def restore_backup(
    settings: Settings, url: str, path: Path, manifest: Manifest, wishes: Wishes, *, now: datetime, progress: Progress
) -> Restored:
    """Restore a backup that ``check_backup`` has passed into the database at ``url`` and the data folder.

    Everybody is signed out and unused links are void, because some were perhaps revoked since. What waited to be sent
    is held as unconfirmed, because it was perhaps sent since.

    Raises:
        InstallationError: the database is in use, not empty, or not ours; the key is missing; or a step failed, after
            which the database is as it was.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        _undo_interrupted(connection)
        _check_versions(connection, manifest)
        _check_target(connection, wishes)
        keys_added = _bring_key(settings, path, manifest, wishes)
        files = unpack_files(path, settings.files, progress, total=manifest.file_count)
        with _kept_aside(connection):
            _run_restore(connection, url, path, manifest, progress)
            _compare(connection, manifest)
            held = _make_safe(connection, wishes, now=now)
    return Restored(manifest, files, keys_added, held, apply_migrations(url))


def _check_versions(connection: psycopg.Connection, manifest: Manifest) -> None:
    here = connection.info.server_version // 10_000
    if here < manifest.postgres:
        msg = (
            f"The backup is of PostgreSQL {manifest.postgres}, and this database is {here}, which cannot read it."
            f" Give a database of version {manifest.postgres} or newer, or unset DATABASE_URL and use the private one."
        )
        raise InstallationError(msg)


def _check_target(connection: psycopg.Connection, wishes: Wishes) -> None:
    if not _is_alone(connection):
        msg = "Something is connected to this database. Stop the desk (and psql) first."
        raise InstallationError(msg)
    tables = set(count_rows(connection))
    if tables and "event_head" not in tables:
        msg = "The database holds tables that are not Ombud's. Choose an empty one."
        raise InstallationError(msg)
    rows = {name: _number(connection, f"select count(*) from public.{name}") for name in PRECIOUS if name in tables}
    if any(rows.values()) and not wishes.replace:
        told = ", ".join(f"{count} in {name}" for name, count in rows.items())
        msg = f"The database is not empty ({told}). Take a backup of it, then add --replace to overwrite it."
        raise InstallationError(msg)


def _is_alone(connection: psycopg.Connection) -> bool:
    query = """
        select count(*) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"""
    deadline = time.monotonic() + LEAVES_WITHIN_SECONDS
    # The server needs a moment to notice that a desk was stopped.
    while others := _number(connection, query):
        if time.monotonic() > deadline:
            break
        time.sleep(LOOK_AGAIN_SECONDS)
    return not others


def _bring_key(settings: Settings, path: Path, manifest: Manifest, wishes: Wishes) -> list[str]:
    if manifest.has_key and wishes.passphrase is not None:
        with open_member(path, KEY) as stream:
            return add_key(settings, open_key(stream.read(), wishes.passphrase))
    missing = [one for one in manifest.key_ids if one not in key_ids(present_key(settings))]
    if missing and not wishes.without_key:
        way = "give its passphrase (--ask-passphrase)" if manifest.has_key else f"put it into {settings.key_file}"
        msg = (
            f"The key {missing[0]} that opens the stored passwords is not here: {way}, or add --without-key and enter"
            " the passwords of mailboxes and the secrets of webhooks again."
        )
        raise InstallationError(msg)
    return []


@contextmanager
def _kept_aside(connection: psycopg.Connection) -> Iterator[None]:
    """Move what is there aside, and back if what follows fails."""
    extensions = _extensions(connection)
    with connection.transaction():
        connection.execute(f"alter schema public rename to {BEFORE_SCHEMA}")
        connection.execute("create schema public")
        for name in extensions:
            connection.execute(f"alter extension {name} set schema public")
    try:
        yield
    except BaseException:
        _undo_interrupted(connection)
        raise
    connection.execute(f"drop schema {BEFORE_SCHEMA} cascade")


def _undo_interrupted(connection: psycopg.Connection) -> None:
    # Also after a kill in the middle: the schema that was moved aside tells.
    if not _number(connection, f"select count(*) from pg_namespace where nspname = '{BEFORE_SCHEMA}'"):
        return
    with connection.transaction():
        for name in _extensions(connection):
            connection.execute(f"alter extension {name} set schema {BEFORE_SCHEMA}")
        connection.execute("drop schema public cascade")
        connection.execute(f"alter schema {BEFORE_SCHEMA} rename to public")


def _extensions(connection: psycopg.Connection) -> list[str]:
    query = """
        select quote_ident(e.extname) from pg_extension e join pg_namespace n on n.oid = e.extnamespace
        where n.nspname = 'public'"""
    return [name for (name,) in connection.execute(query)]


def _run_restore(connection: psycopg.Connection, url: str, path: Path, manifest: Manifest, progress: Progress) -> None:
    address, environment = without_password(url)
    options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", "--no-comments"]
    process = subprocess.Popen(
        leashed([programs_for(connection).program("pg_restore"), *options, f"--dbname={address}"]),
        env=environment,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        told = _feed(process, path, manifest.members[DUMP].size, progress)
    finally:
        process.kill()
        process.wait()
    if process.returncode:
        msg = f"pg_restore failed: {told}"
        raise InstallationError(msg)


def _feed(process: subprocess.Popen[bytes], path: Path, size: int, progress: Progress) -> str:
    done = 0
    assert process.stdin is not None and process.stderr is not None  # noqa: S101, PT018 – pipes that were asked for
    with open_member(path, DUMP) as stream:
        try:
            while chunk := stream.read(CHUNK_BYTES):
                process.stdin.write(chunk)
                done += len(chunk)
                progress("database", done, size)
            process.stdin.close()
        except BrokenPipeError:
            # It ended early; its last words say why.
            pass
    told = process.stderr.read().decode(errors="replace").strip()
    process.wait()
    return told


def _compare(connection: psycopg.Connection, manifest: Manifest) -> None:
    found = count_rows(connection)
    wrong = sorted(name for name in {*found, *manifest.tables} if found.get(name) != manifest.tables.get(name))
    if wrong:
        told = ", ".join(f"{name}: {found.get(name)} of {manifest.tables.get(name)}" for name in wrong[:5])
        msg = f"The restored rows are not those of the backup ({told}). Nothing was changed."
        raise InstallationError(msg)


def _make_safe(connection: psycopg.Connection, wishes: Wishes, *, now: datetime) -> int:
    with connection.transaction():
        connection.execute("update public.session set revoked_at = %s where revoked_at is null", [now])
        connection.execute("update public.one_time_link set used_at = %s where used_at is null", [now])
        states = ["sending"] if wishes.resume_sending else ["queued", "sending"]
        query = "update public.outbox set state = 'unconfirmed', problem = %s where state = any(%s)"
        return connection.execute(query, [HELD, states]).rowcount


def _number(connection: psycopg.Connection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
