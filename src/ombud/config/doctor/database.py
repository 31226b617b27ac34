"""The database itself: version, encoding, durability, schema, clocks, and whether the key opens what is stored."""

from datetime import datetime, timedelta

import psycopg

from ombud.config.doctor.findings import Finding, bad, ok, warn
from ombud.config.sealed_key import present_key
from ombud.config.settings import Settings
from ombud.shared.crypto import KeyMissing, KeyRing
from ombud.shared.errors import OmbudError
from ombud.shared.installation import InstallationError
from ombud.shared.migrations import known_migrations, pending_migrations

OLDEST_VERSION = 150_000
DURABLE_SETTINGS = ("fsync", "full_page_writes", "synchronous_commit")
SKEW_WARN, SKEW_BAD = timedelta(seconds=2), timedelta(seconds=60)
FUTURE = timedelta(minutes=5)
SANE_YEARS = range(2025, 2100)
FULL_SHARE = 0.8
# Where sealed secrets lie; the place that each is bound to is table.column.id.
SEALED = {
    "person.totp_secret": "select id, totp_secret from person where totp_secret is not null",
    "channel.secrets": "select id, secrets from channel where secrets is not null and deleted_at is null",
    "webhook.secret": "select id, secret from webhook",
    "outbox.sealed": "select id, sealed from outbox where sealed is not null limit 1000",
}


def check_database(connection: psycopg.Connection, settings: Settings, *, now: datetime) -> list[Finding]:
    """What can be asked of any PostgreSQL."""
    return [
        _version(connection),
        _encoding(connection),
        *_durability(connection),
        _connections(connection),
        *_clocks(connection, now=now),
        _migrations(settings.database_url),
    ]


def check_secrets(connection: psycopg.Connection, settings: Settings) -> list[Finding]:
    """Whether the key that is here opens every stored secret."""
    sealed = [
        (f"{place}.{row_id}", bytes(secret))
        for place, query in SEALED.items()
        for row_id, secret in connection.execute(query)
    ]
    text = present_key(settings)
    if not text.strip():
        missing = bad("key", "key_missing", count=len(sealed), path=str(settings.key_file))
        return [missing] if sealed else [ok("key", "key_none_yet")]
    try:
        keys = KeyRing.load(settings.key_file, text=text)
    except OmbudError:
        # Said already by the check of the file.
        return []
    closed = [place for place, secret in sealed if not _opens(keys, secret, place)]
    if not closed:
        return [ok("secrets", "secrets_ok", count=len(sealed))]
    count, total, path = len(closed), len(sealed), str(settings.key_file)
    return [bad("secrets", "secrets_closed", count=count, total=total, first=closed[0], path=path)]


def _opens(keys: KeyRing, secret: bytes, place: str) -> bool:
    try:
        keys.open(secret, place=place)
    except KeyMissing:
        return False
    return True


def _version(connection: psycopg.Connection) -> Finding:
    version = str(_show(connection, "server_version")).partition(" ")[0]
    if connection.info.server_version < OLDEST_VERSION:
        return bad("database", "version_old", version=version)
    return ok("database", "version_ok", version=version)


def _encoding(connection: psycopg.Connection) -> Finding:
    encoding = _show(connection, "server_encoding")
    if encoding != "UTF8":
        return bad("encoding", "encoding_wrong", encoding=encoding)
    return ok("encoding", "encoding_ok")


def _durability(connection: psycopg.Connection) -> list[Finding]:
    is_off = [name for name in DURABLE_SETTINGS if _show(connection, name) == "off"]
    found = [bad("durability", "durable_not", setting=name) for name in is_off]
    checked = _show(connection, "data_checksums") == "on"
    checksums = ok("checksums", "checksums_ok") if checked else warn("checksums", "checksums_off")
    return [*(found or [ok("durability", "durable_ok")]), checksums]


def _connections(connection: psycopg.Connection) -> Finding:
    row = connection.execute("select count(*) from pg_stat_activity where backend_type = 'client backend'").fetchone()
    used, most = int(row[0]) if row else 0, int(_show(connection, "max_connections"))
    level = warn if used > most * FULL_SHARE else ok
    return level("connections", "connections_full" if level is warn else "connections_ok", used=used, most=most)


def _clocks(connection: psycopg.Connection, *, now: datetime) -> list[Finding]:
    if now.year not in SANE_YEARS:
        return [bad("clock", "clock_absurd", year=now.year)]
    row = connection.execute("select clock_timestamp()").fetchone()
    skew = abs(row[0] - now) if row else timedelta()
    if skew > SKEW_WARN:
        level = bad if skew > SKEW_BAD else warn
        return [level("clock", "clock_skewed", seconds=round(skew.total_seconds()))]
    newest = _newest_event(connection)
    if newest and newest - now > FUTURE:
        return [bad("clock", "clock_went_back", seconds=round((newest - now).total_seconds()))]
    return [ok("clock", "clock_ok", seconds=max(1, round(skew.total_seconds())))]


def _newest_event(connection: psycopg.Connection) -> datetime | None:
    row = connection.execute("select to_regclass('public.event') is not null").fetchone()
    if not row or not row[0]:
        return None
    newest = connection.execute("select logged_at from event order by seq desc limit 1").fetchone()
    return newest[0] if newest else None


def _migrations(url: str) -> Finding:
    try:
        pending = pending_migrations(url)
    except InstallationError as problem:
        return bad("schema", "migrations_newer", problem=str(problem))
    if pending:
        return bad("schema", "migrations_pending", count=len(pending), first=pending[0])
    return ok("schema", "migrations_ok", count=len(known_migrations()))


def _show(connection: psycopg.Connection, name: str) -> str:
    row = connection.execute("select current_setting(%s)", [name]).fetchone()
    return str(row[0]) if row else ""
