"""Sending: one mailbox's mails, one after another, each claimed before and settled after its SMTP dialogue."""

import asyncio
import logging
import ssl
from datetime import timedelta

import aiosmtplib
import msgspec
from aiosmtplib import SMTPException, SMTPResponseException

from ombud.channels.email.compose import compose_mail, envelope_recipients
from ombud.channels.email.outgoing import (
    ClaimedMail,
    build_mail,
    claim_mail,
    has_due_mail,
    note_health,
    note_refused,
    note_sent,
    note_unconfirmed,
    sweep_lost,
)
from ombud.channels.email.read import PURPOSE
from ombud.channels.queries import StoredChannel, list_active_channels, open_secrets
from ombud.channels.settings import EmailSettings, ServerSettings
from ombud.shared.clock import Clock
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Database
from ombud.shared.errors import OmbudError
from ombud.shared.files import FileStore

log = logging.getLogger(__name__)
CONNECT_SECONDS = 20
DATA_SECONDS = 90
# Longer than any dialogue may last: whoever says "sending" after this is dead.
LOST_AFTER = timedelta(seconds=CONNECT_SECONDS * 2 + DATA_SECONDS + 30)
FINAL_CODE = 500


class Unclear(Exception):
    """The mail was handed over, and no answer came."""


class Refused(Exception):
    """The other side, or our connection to it, surely has not taken the mail."""

    def __init__(self, problem: str, *, is_final: bool) -> None:
        super().__init__(problem)
        self.is_final = is_final


async def open_connection(server: ServerSettings, password: str) -> aiosmtplib.SMTP:
    """Connect and sign in.

    Raises:
        SMTPException, OSError, TimeoutError: it did not work; nothing was sent.
    """
    is_local = server.host in {"127.0.0.1", "localhost", "::1"}
    context = ssl.create_default_context()
    if is_local:
        # A server on this machine has a certificate of its own making.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    smtp = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.security == "tls",
        start_tls=server.security == "starttls",
        tls_context=context,
        timeout=CONNECT_SECONDS,
    )
    await smtp.connect()
    if server.username:
        await smtp.login(server.username, password)
    return smtp


async def hand_over(smtp: aiosmtplib.SMTP, sender: str, recipients: list[str], message: bytes) -> str:
    """One SMTP dialogue; gives the refused recipients in words, '' when all were taken.

    Raises:
        Refused: the mail was surely not taken.
        Unclear: it was handed over and no answer came.
    """
    refused = []
    try:
        await smtp.mail(sender)
        for recipient in recipients:
            try:
                await smtp.rcpt(recipient)
            except SMTPResponseException as problem:
                refused.append(f"{recipient}: {problem.code} {problem.message}")
                last_code = problem.code
        if len(refused) == len(recipients):
            raise Refused("; ".join(refused), is_final=last_code >= FINAL_CODE)
    except SMTPResponseException as problem:
        raise Refused(f"{problem.code} {problem.message}", is_final=problem.code >= FINAL_CODE) from problem
    except (SMTPException, OSError, TimeoutError) as problem:
        raise Refused(str(problem) or type(problem).__name__, is_final=False) from problem
    try:
        await smtp.data(message, timeout=DATA_SECONDS)
    except SMTPResponseException as problem:
        raise Refused(f"{problem.code} {problem.message}", is_final=problem.code >= FINAL_CODE) from problem
    except (SMTPException, OSError, TimeoutError) as problem:
        # The data may have arrived whole: sending it again could make two of it.
        raise Unclear(str(problem) or type(problem).__name__) from problem
    return "; ".join(refused)


class MailSender:
    """Sends what is due, mailbox by mailbox, at the same time for all of them."""

    def __init__(self, database: Database, files: FileStore, key_ring: KeyRing, clock: Clock) -> None:
        self._database = database
        self._files = files
        self._key_ring = key_ring
        self._clock = clock

    async def send_due(self) -> int:
        """Send all that is due now; how many mails were settled."""
        async with self._database.transaction() as tx:
            now = self._clock.now()
            lost = await sweep_lost(tx, before=now - LOST_AFTER, now=now)
            channels = await list_active_channels(tx, "email")
            due = [one for one in channels if await has_due_mail(tx, one.id, now=now)]
        sent = await asyncio.gather(*(self._send_all(one) for one in due))
        return lost + sum(sent)

    async def _send_all(self, channel: StoredChannel) -> int:
        try:
            settings = msgspec.convert(channel.settings, EmailSettings)
            if not settings.smtp.host:
                return 0
            secrets = open_secrets(channel, self._key_ring)
            smtp = await open_connection(settings.smtp, secrets.get("smtp_password", ""))
        except (SMTPException, OSError, TimeoutError, ValueError, msgspec.ValidationError, OmbudError) as problem:
            # Whatever is wrong with one mailbox is told there and holds up no other.
            await self._note(channel.id, f"{type(problem).__name__}: {problem}")
            return 0
        await self._note(channel.id, "")
        count = 0
        try:
            while await self._send_next(channel, settings, smtp):
                count += 1
        finally:
            smtp.close()
        return count

    async def _note(self, channel_id: int, problem: str) -> None:
        async with self._database.transaction() as tx:
            await note_health(tx, channel_id, "smtp", problem, now=self._clock.now())

    async def _send_next(self, channel: StoredChannel, settings: EmailSettings, smtp: aiosmtplib.SMTP) -> bool:
        if not smtp.is_connected:
            return False
        key = self._key_ring.derive(PURPOSE)
        domain = settings.address.rpartition("@")[2] or "localhost"
        async with self._database.transaction() as tx:
            claimed = await claim_mail(tx, channel.id, key, domain, now=self._clock.now())
        if claimed is None:
            return False
        await self._settle(claimed, settings, smtp, key)
        return True

    async def _settle(self, claimed: ClaimedMail, settings: EmailSettings, smtp: aiosmtplib.SMTP, key: bytes) -> None:
        try:
            async with self._database.transaction() as tx:
                now = self._clock.now()
                mail = await build_mail(tx, claimed, settings, self._files, self._key_ring, key=key, now=now)
            message = compose_mail(mail).as_bytes()
            problem = await hand_over(smtp, settings.address, envelope_recipients(mail), message)
        except Unclear as unclear:
            async with self._database.transaction() as tx:
                await note_unconfirmed(tx, claimed, str(unclear), now=self._clock.now())
        except Refused as refused:
            async with self._database.transaction() as tx:
                await note_refused(tx, claimed, str(refused), is_final=refused.is_final, now=self._clock.now())
            await self._reset(smtp)
        except (ValueError, OmbudError) as wrong:
            async with self._database.transaction() as tx:
                await note_refused(tx, claimed, str(wrong), is_final=True, now=self._clock.now())
        else:
            async with self._database.transaction() as tx:
                await note_sent(tx, claimed, problem, now=self._clock.now())

    async def _reset(self, smtp: aiosmtplib.SMTP) -> None:
        try:
            await smtp.rset()
        except (SMTPException, OSError, TimeoutError):
            smtp.close()
