"""A real Dovecot with one mailbox, and an SMTP server that plays the outside world; both on loopback."""

import asyncio
import contextlib
import grp
import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

DOVECOT = shutil.which("dovecot", path="/usr/sbin:/usr/bin:/sbin")
ADDRESS = "help@desk.example"
PASSWORD = "open-sesame"

CONFIG = """
protocols = imap lmtp
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_login_user = {login}
default_internal_group = {group}
first_valid_uid = 0
last_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{folder}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
auth_username_format = %Lu
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
protocol lmtp {{
  postmaster_address = postmaster@desk.example
}}
"""


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class MailServer:
    """A running Dovecot."""

    imap_port: int
    lmtp_port: int
    folder: Path

    def deliver(self, message: EmailMessage | bytes, to: str = ADDRESS) -> None:
        """Put a mail into a mailbox as a mail server would."""
        raw = message if isinstance(message, bytes) else message.as_bytes()
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as lmtp:
            lmtp.sendmail("sender@example.com", [to], raw)

    def imap_settings(self) -> dict[str, Any]:
        """How Ombud fetches from it."""
        return {"host": "127.0.0.1", "port": self.imap_port, "security": "none", "username": ADDRESS}


@contextlib.contextmanager
def dovecot() -> Iterator[MailServer]:
    """Run Dovecot in a folder of its own until the end of the block."""
    # Its sockets lie deep in it, and a socket's path may have 107 characters: test folders are too long.
    short = tempfile.TemporaryDirectory(prefix="dovecot-", ignore_cleanup_errors=True)
    with short as folder, _running(Path(folder)) as server:
        yield server


@contextlib.contextmanager
def _running(folder: Path) -> Iterator[MailServer]:
    # Started by root it wants users of its own; started by anybody else it runs as that user.
    is_root = os.getuid() == 0
    user = pwd.getpwnam("dovecot") if is_root else pwd.getpwuid(os.getuid())
    ports = {"imap": free_port(), "lmtp": free_port()}
    for name in ("run", "state", "mail"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    if is_root:
        shutil.chown(folder / "mail", user.pw_uid, user.pw_gid)
        for parent in (folder, *folder.parents):
            parent.chmod(parent.stat().st_mode | 0o111)
    config = folder / "dovecot.conf"
    config.write_text(
        CONFIG.format(
            folder=folder,
            user=user.pw_name,
            login="dovenull" if is_root else user.pw_name,
            group=grp.getgrgid(user.pw_gid).gr_name,
            uid=user.pw_uid,
            gid=user.pw_gid,
            password=PASSWORD,
            **ports,
        )
    )
    process = subprocess.Popen([str(DOVECOT), "-F", "-c", str(config)])
    try:
        _wait_for(ports["imap"])
        yield MailServer(ports["imap"], ports["lmtp"], folder)
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError


@dataclass
class Outside:
    """An SMTP server that keeps what it is given, and misbehaves on request."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    # what to do with the next mails: "" take it, "451"/"550" refuse, "hang up" take it and say nothing
    moods: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient."""
        if address in self.refused:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail, in the mood of the moment."""
        mood = self.moods.pop(0) if self.moods else ""
        if mood and mood != "hang up":
            return f"{mood} not now"
        self.envelopes.append(envelope)
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        self.mails.append(message_from_bytes(content, policy=policy.default))
        if mood == "hang up":
            cast("asyncio.WriteTransport", server.transport).abort()
        return "250 taken"

    def smtp_settings(self) -> dict[str, Any]:
        """How Ombud sends to it."""
        return {"host": "127.0.0.1", "port": self.port, "security": "none", "username": ""}


@contextlib.contextmanager
def outside() -> Iterator[Outside]:
    """Run the outside's SMTP server until the end of the block."""
    world = Outside(free_port())
    controller = Controller(world, hostname="127.0.0.1", port=world.port)
    controller.start()
    try:
        yield world
    finally:
        controller.stop()


async def until(check: Any, seconds: float = 10) -> Any:
    """Wait until a coroutine function gives something true, and give it back."""
    for _ in range(int(seconds / 0.05)):
        found = await check()
        if found:
            return found
        await asyncio.sleep(0.05)
    raise TimeoutError("it did not happen in time")
