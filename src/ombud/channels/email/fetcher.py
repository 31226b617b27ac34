"""Watches every mailbox: a thread each for the blocking protocol, one process at a time for each mailbox."""

import asyncio
import logging
import threading
from collections.abc import Coroutine, Sequence
from concurrent.futures import CancelledError
from typing import Any, TypeVar

import msgspec
from imap_tools import BaseMailBox
from imap_tools.errors import ImapToolsError
from psycopg import InterfaceError, OperationalError
from psycopg.types.json import Jsonb
from psycopg_pool import PoolTimeout

from ombud.channels.email import imap
from ombud.channels.email.outgoing import note_health
from ombud.channels.queries import StoredChannel, list_active_channels, open_secrets
from ombud.channels.settings import EmailSettings
from ombud.shared.bus import Bus
from ombud.shared.clock import Clock
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Database, Transaction
from ombud.shared.errors import OmbudError
from ombud.shared.files import FileStore
from ombud.tickets.services.intake.door import MAX_RAW_BYTES, Arrival, receive

log = logging.getLogger(__name__)
LOOK_FOR_CHANNELS_SECONDS = 3
FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 120.0
LOCK_CLASS = 7_100
T = TypeVar("T")


class Watch:
    """One mailbox, fetched by one thread until told to stop."""

    def __init__(self, fetcher: "MailFetcher", channel: StoredChannel) -> None:
        self.channel = channel
        self._fetcher = fetcher
        self._settings = msgspec.convert(channel.settings, EmailSettings)
        self._stop = threading.Event()
        self._loop = asyncio.get_running_loop()
        self.task = asyncio.create_task(self._run())

    def stop(self) -> None:
        """Ask the thread to end; it notices within a second."""
        self._stop.set()

    async def _run(self) -> None:
        lock = await self._fetcher.lock(self.channel.id)
        if lock is None:
            return
        try:
            await asyncio.to_thread(self._watch)
        finally:
            await lock.close()

    def _watch(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._stop.is_set():
            try:
                self._stay_connected()
                pause = FIRST_PAUSE_SECONDS
            except CancelledError:
                return
            except (OSError, ImapToolsError, imap.ProtocolError, ValueError, OmbudError) as problem:
                log.warning("Mailbox %s: %s", self.channel.name, problem)
                self._tell(imap.in_words(problem))
                self._stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _stay_connected(self) -> None:
        password = self._fetcher.password(self.channel)
        mailbox = imap.open_mailbox(self._settings.imap, password, self._settings.folder)
        try:
            self._tell("")
            while not self._stop.is_set():
                self._fetch(mailbox)
                imap.wait_for_news(mailbox, self._settings, self._stop.is_set)
        finally:
            imap.close(mailbox)

    def _fetch(self, mailbox: BaseMailBox) -> None:
        folder = self._settings.folder
        validity = imap.uid_validity(mailbox, folder)
        cursor = self._wait_for(self._fetcher.cursor_of(self.channel.id))
        if cursor.uid_validity != validity:
            cursor = imap.MailboxCursor(validity, 0)
        uids = imap.new_uids(mailbox, cursor)
        for start in range(0, len(uids), imap.BATCH):
            batch = uids[start : start + imap.BATCH]
            mails = [mail for mail in (imap.fetch_mail(mailbox, uid) for uid in batch) if mail is not None]
            self._wait_for(self._fetcher.keep(self.channel.id, validity, batch[-1], mails))
            imap.flag_seen(mailbox, [mail.uid for mail in mails])
        if not cursor.last_uid and not uids:
            # Nothing was unseen: whatever comes from now on is new.
            self._wait_for(self._fetcher.keep(self.channel.id, validity, imap.highest_uid(mailbox, folder), []))

    def _tell(self, problem: str) -> None:
        self._wait_for(self._fetcher.note(self.channel.id, problem))

    def _wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class MailFetcher:
    """Keeps one watch for each active mailbox and follows changes of their settings."""

    def __init__(self, database: Database, bus: Bus, files: FileStore, key_ring: KeyRing, clock: Clock) -> None:
        self._database = database
        self._bus = bus
        self._files = files
        self._key_ring = key_ring
        self._clock = clock
        self._watches: dict[int, Watch] = {}

    async def run(self) -> None:
        """Watch until cancelled."""
        try:
            while True:
                try:
                    await self.follow_settings()
                except (OperationalError, InterfaceError, PoolTimeout) as problem:
                    # The worker ends with its first loop that does: an outage of the database must not be one.
                    log.warning("Mailboxes wait for the database: %s", problem)
                await asyncio.sleep(LOOK_FOR_CHANNELS_SECONDS)
        finally:
            for watch in self._watches.values():
                watch.stop()
            await asyncio.gather(*(watch.task for watch in self._watches.values()), return_exceptions=True)

    async def follow_settings(self) -> None:
        """Start watches of new mailboxes, end those of removed ones, renew those whose settings changed."""
        async with self._database.transaction() as tx:
            channels = {one.id: one for one in await list_active_channels(tx, "email")}
        wanted = {key: one for key, one in channels.items() if one.settings.get("imap", {}).get("host")}
        for channel_id, watch in list(self._watches.items()):
            present = wanted.get(channel_id)
            is_same = present is not None and _told(present) == _told(watch.channel)
            if watch.task.done() or not is_same:
                watch.stop()
                del self._watches[channel_id]
        for channel_id, channel in wanted.items():
            if channel_id not in self._watches:
                await self._begin(channel_id, channel)

    async def _begin(self, channel_id: int, channel: StoredChannel) -> None:
        try:
            self._watches[channel_id] = Watch(self, channel)
        except msgspec.ValidationError as problem:
            # Settings of an older version that this one would not take any more: said there, and the others go on.
            await self.note(channel_id, f"Correct the settings: {problem}")

    async def lock(self, channel_id: int) -> Transaction | None:
        """The right to fetch a mailbox, held by a connection; None while another process has it."""
        connection = await self._database.connect()
        found = await connection.execute("select pg_try_advisory_lock(%s, %s)", (LOCK_CLASS, channel_id))
        row = await found.fetchone()
        if row and row[0]:
            return connection
        await connection.close()
        return None

    def password(self, channel: StoredChannel) -> str:
        """The mailbox's password."""
        return open_secrets(channel, self._key_ring).get("imap_password", "")

    async def cursor_of(self, channel_id: int) -> imap.MailboxCursor:
        """Up to where the mailbox was fetched."""
        async with self._database.transaction() as tx:
            found = await tx.execute("select cursor from channel where id = %(id)s", {"id": channel_id})
            row = await found.fetchone()
        return msgspec.convert(row[0] if row else {}, imap.MailboxCursor)

    async def keep(self, channel_id: int, validity: int, last_uid: int, mails: Sequence[imap.FetchedMail]) -> None:
        """Put mails at the door and move the cursor, in one commit; only then may they be flagged."""
        arrivals = [await self._arrival(channel_id, validity, mail) for mail in mails]
        cursor = Jsonb(msgspec.to_builtins(imap.MailboxCursor(validity, last_uid)))
        async with self._database.transaction() as tx:
            if arrivals:
                await receive(tx, arrivals, now=self._clock.now())
            await tx.execute(
                "update channel set cursor = %(cursor)s where id = %(id)s", {"cursor": cursor, "id": channel_id}
            )
        if arrivals:
            self._bus.wake("mail")

    async def _arrival(self, channel_id: int, validity: int, mail: imap.FetchedMail) -> Arrival:
        key = f"{validity}:{mail.uid}"
        if len(mail.raw) <= MAX_RAW_BYTES:
            return Arrival(channel_id, key, None, raw=mail.raw)
        stored = await self._files.put(mail.raw)
        return Arrival(channel_id, key, None, raw_file=stored.token)

    async def note(self, channel_id: int, problem: str) -> None:
        """Remember how the connection went."""
        async with self._database.transaction() as tx:
            await note_health(tx, channel_id, "imap", problem, now=self._clock.now())


def _told(channel: StoredChannel) -> tuple[object, ...]:
    return (channel.settings, channel.secrets, channel.is_active)
