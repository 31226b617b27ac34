"""Fetching: one thread for each mailbox, woken by IDLE, with polling where a server's IDLE is missing or lies.

A mail is flagged as seen only after it stands at the door; its delivery key is UIDVALIDITY and UID, so that fetching
it again is a no-op.
"""

import contextlib
import logging
import ssl
import time
from collections.abc import Callable
from imaplib import IMAP4

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.consts import MailMessageFlags
from imap_tools.errors import ImapToolsError
from msgspec import Struct

from ombud.channels.settings import EmailSettings, ServerSettings

log = logging.getLogger(__name__)
# What the protocol's library raises when a server does not keep to it.
ProtocolError = IMAP4.error
BATCH = 20
# Servers may end an IDLE after 29 minutes; many providers do much sooner, so it is renewed often.
IDLE_SECONDS = 240
TIMEOUT_SECONDS = 30
MAX_MAIL_BYTES = 60_000_000
HEAD_BYTES = 200_000


class MailboxCursor(Struct, frozen=True):
    """Up to where a mailbox was fetched; numbers of another UIDVALIDITY mean nothing."""

    uid_validity: int = 0
    last_uid: int = 0


class FetchedMail(Struct, frozen=True):
    """A mail as the server gave it; of an oversized one only its beginning."""

    uid: int
    raw: bytes
    size: int

    @property
    def is_cut(self) -> bool:
        """Whether only the beginning was fetched."""
        return self.size > MAX_MAIL_BYTES


def open_mailbox(server: ServerSettings, password: str, folder: str) -> BaseMailBox:
    """Connect, sign in and open a folder; blocks, so call it in a thread.

    Raises:
        OSError, imap_tools errors: it did not work.
    """
    context = ssl.create_default_context()
    if server.host in {"127.0.0.1", "localhost", "::1"}:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    mailbox: BaseMailBox
    if server.security == "tls":
        mailbox = MailBox(server.host, server.port, timeout=TIMEOUT_SECONDS, ssl_context=context)
    elif server.security == "starttls":
        mailbox = MailBoxStartTls(server.host, server.port, timeout=TIMEOUT_SECONDS, ssl_context=context)
    else:
        mailbox = MailBoxUnencrypted(server.host, server.port, timeout=TIMEOUT_SECONDS)
    mailbox.login(server.username, password, initial_folder=None)
    _say_who_we_are(mailbox)
    mailbox.folder.set(folder)
    return mailbox


def _say_who_we_are(mailbox: BaseMailBox) -> None:
    # 163 and 126 refuse to open a folder for clients that do not introduce themselves (RFC 2971).
    if "ID" in mailbox.client.capabilities:
        mailbox.client.xatom("ID", '("name" "Ombud" "vendor" "Ombud")')


def uid_validity(mailbox: BaseMailBox, folder: str) -> int:
    """The number under which the folder's UIDs are valid."""
    return int(mailbox.folder.status(folder, ["UIDVALIDITY"])["UIDVALIDITY"])


def new_uids(mailbox: BaseMailBox, cursor: MailboxCursor) -> list[int]:
    """UIDs behind the cursor, rising; for a fresh cursor only unseen ones: a desk starts without its past."""
    criteria = f"UID {cursor.last_uid + 1}:*" if cursor.last_uid else "UNSEEN"
    # A range ending in * always names the last mail, even one that we have.
    return sorted(uid for uid in (int(one) for one in mailbox.uids(criteria)) if uid > cursor.last_uid)


def highest_uid(mailbox: BaseMailBox, folder: str) -> int:
    """The last UID that the folder has given out."""
    return int(mailbox.folder.status(folder, ["UIDNEXT"])["UIDNEXT"]) - 1


def fetch_mail(mailbox: BaseMailBox, uid: int) -> FetchedMail | None:
    """One mail, without flagging it; None when it is gone meanwhile."""
    size = _size(mailbox, uid)
    if size is None:
        return None
    part = f"BODY.PEEK[]<0.{HEAD_BYTES}>" if size > MAX_MAIL_BYTES else "BODY.PEEK[]"
    _, answer = mailbox.client.uid("FETCH", str(uid), f"({part})")
    for one in answer:
        if isinstance(one, tuple):
            return FetchedMail(uid, one[1], size)
    return None


def _size(mailbox: BaseMailBox, uid: int) -> int | None:
    _, answer = mailbox.client.uid("FETCH", str(uid), "(RFC822.SIZE)")
    for one in answer:
        if isinstance(one, bytes) and b"RFC822.SIZE" in one:
            return int(one.rpartition(b"RFC822.SIZE ")[2].split(b")")[0].split()[0])
    return None


def flag_seen(mailbox: BaseMailBox, uids: list[int]) -> None:
    """Tell the server that we have these mails."""
    if uids:
        mailbox.flag([str(uid) for uid in uids], [MailMessageFlags.SEEN], value=True)


def can_idle(mailbox: BaseMailBox) -> bool:
    """Whether the server says that it can tell us of new mail."""
    return "IDLE" in mailbox.client.capabilities


def wait_for_news(mailbox: BaseMailBox, settings: EmailSettings, stopped: Callable[[], bool]) -> None:
    """Wait until something is new, or until it is time to look anyway."""
    if not can_idle(mailbox):
        _nap(settings.poll_seconds, stopped)
        return
    # Providers exist whose IDLE stays silent: look after the poll interval in any case.
    rest = min(settings.poll_seconds, IDLE_SECONDS)
    mailbox.idle.start()  # type: ignore[no-untyped-call]  # imap-tools leaves it untyped
    try:
        while rest > 0 and not stopped():
            if mailbox.idle.poll(timeout=min(rest, 1)):
                return
            rest -= 1
    finally:
        mailbox.idle.stop()  # type: ignore[no-untyped-call]  # as above


def _nap(seconds: int, stopped: Callable[[], bool]) -> None:
    for _ in range(seconds):
        if stopped():
            return
        time.sleep(1)


def in_words(problem: Exception) -> str:
    """A connection's problem as an administrator reads it."""
    return f"{type(problem).__name__}: {problem}"[:500]


def close(mailbox: BaseMailBox) -> None:
    """Say good-bye if the server still listens."""
    with contextlib.suppress(OSError, ImapToolsError, ProtocolError):
        mailbox.logout()
