"""The whole examination, in the order in which things depend on each other."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec
import psycopg
from psycopg.rows import dict_row

from ombud.channels.queries import StoredChannel, open_secrets
from ombud.channels.schemas import ConnectionTest
from ombud.config.doctor.database import check_database, check_secrets
from ombud.config.doctor.desk import check_desk, check_store
from ombud.config.doctor.findings import Finding, bad, ok
from ombud.config.doctor.machine import check_machine
from ombud.config.sealed_key import present_key
from ombud.config.settings import Settings
from ombud.shared.crypto import KeyRing
from ombud.shared.errors import OmbudError

TestMailbox = Callable[[StoredChannel, dict[str, str]], Awaitable[ConnectionTest]]
CONNECT_SECONDS = 5


def examine(
    settings: Settings, url: str | None, *, now: datetime, test_mailbox: TestMailbox | None = None
) -> list[Finding]:
    """Look at everything; ``url`` None means that there is no database yet.

    With ``test_mailbox`` each active mailbox is tried now, in place of what its worker noted last.
    """
    found = [ok("settings", "settings_ok"), *check_machine(settings)]
    if url is None:
        return [*found, _absent(settings)]
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS) as connection:
            return [*found, *_inside(connection, settings.using(url), now=now, test_mailbox=test_mailbox)]
    except psycopg.OperationalError as problem:
        return [*found, bad("database", "database_away", problem=str(problem).strip().splitlines()[0])]


def _absent(settings: Settings) -> Finding:
    # The key alone comes before the database when a backup is restored into a new folder; that is no loss.
    is_used = settings.postgres_home.exists() or (settings.files.exists() and any(settings.files.iterdir()))
    if is_used:
        return bad("database", "database_gone", path=str(settings.postgres_home))
    return ok("database", "database_none_yet")


def _inside(
    connection: psycopg.Connection, settings: Settings, *, now: datetime, test_mailbox: TestMailbox | None
) -> list[Finding]:
    found = check_database(connection, settings, now=now)
    if any(finding.check == "schema" and finding.level == "bad" for finding in found):
        # The rest asks for tables that are not there or not ours to read.
        return found
    desk = check_desk(connection, now=now)
    if test_mailbox:
        tried = asyncio.run(_try_mailboxes(_mailboxes(connection), settings, test_mailbox, now=now))
        desk = [*tried, *(finding for finding in desk if finding.check != "mail")]
    return [*found, *check_secrets(connection, settings), *check_store(connection, settings.files), *desk]


def _mailboxes(connection: psycopg.Connection) -> list[StoredChannel]:
    query = """
        select id, kind, name, public_key, brand_id, team_id, is_active, health, settings, secrets, cursor, created_at
        from channel where kind = 'email' and is_active and deleted_at is null order by id"""
    with connection.cursor(row_factory=dict_row) as cursor:
        return [msgspec.convert(row, StoredChannel) for row in cursor.execute(query)]


async def _try_mailboxes(
    mailboxes: list[StoredChannel], settings: Settings, test_mailbox: TestMailbox, *, now: datetime
) -> list[Finding]:
    tried = await asyncio.gather(*(_try(one, settings, test_mailbox, now=now) for one in mailboxes))
    return list(tried) or [ok("mail", "mail_none")]


async def _try(mailbox: StoredChannel, settings: Settings, test_mailbox: TestMailbox, *, now: datetime) -> Finding:
    try:
        keys = KeyRing.load(settings.key_file, text=present_key(settings))
        answer = await test_mailbox(mailbox, open_secrets(mailbox, keys))
        problem = answer.problem
    except OmbudError as error:
        problem = error.detail
    if not problem:
        return ok("mail", "mail_ok", name=mailbox.name)
    return bad("mail", "mail_failing", name=mailbox.name, part="--connect", since=f"{now:%H:%M}", problem=problem)
