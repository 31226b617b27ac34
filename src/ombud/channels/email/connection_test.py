"""Whether a mailbox's servers let us in, in words that say what to mend."""

import asyncio
import ssl

import msgspec
from aiosmtplib import SMTPAuthenticationError, SMTPException
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

from ombud.channels.email import imap, smtp
from ombud.channels.queries import StoredChannel
from ombud.channels.schemas import ConnectionTest
from ombud.channels.settings import EmailSettings


async def test_mailbox(channel: StoredChannel, secrets: dict[str, str]) -> ConnectionTest:
    """Try IMAP and SMTP; nothing is fetched or sent."""
    settings = msgspec.convert(channel.settings, EmailSettings)
    problems = {
        "imap": await _try_imap(settings, secrets) if settings.imap.host else "",
        "smtp": await _try_smtp(settings, secrets) if settings.smtp.host else "",
    }
    whole = "; ".join(f"{part.upper()}: {problem}" for part, problem in problems.items() if problem)
    return ConnectionTest(ok=not whole, problem=whole, details={"problems": problems})


async def _try_imap(settings: EmailSettings, secrets: dict[str, str]) -> str:
    def attempt() -> None:
        imap.close(imap.open_mailbox(settings.imap, secrets.get("imap_password", ""), settings.folder))

    try:
        await asyncio.to_thread(attempt)
    except MailboxLoginError:
        return "The server refuses user name or password. QQ and 163 want an authorisation code (授权码) in its place."
    except MailboxFolderSelectError:
        return f"There is no folder {settings.folder!r}."
    except (OSError, ImapToolsError, imap.ProtocolError, ValueError) as problem:
        return in_words(problem)
    return ""


async def _try_smtp(settings: EmailSettings, secrets: dict[str, str]) -> str:
    try:
        connection = await smtp.open_connection(settings.smtp, secrets.get("smtp_password", ""))
    except SMTPAuthenticationError:
        return "The server refuses user name or password. QQ and 163 want an authorisation code (授权码) in its place."
    except (SMTPException, OSError, TimeoutError, ValueError) as problem:
        return in_words(problem)
    connection.close()
    return ""


def in_words(problem: Exception) -> str:
    """A connection's problem and what to try."""
    if isinstance(problem, ssl.SSLError):
        return (
            f"Encryption failed ({getattr(problem, 'reason', None) or problem}). Try another security setting or port."
        )
    if isinstance(problem, UnicodeError):
        return "This is no host name. Check it for dots and signs that do not belong there."
    if isinstance(problem, TimeoutError):
        return "The server does not answer. Check host name, port and firewall."
    return f"{type(problem).__name__}: {problem}. Check host name and port."
