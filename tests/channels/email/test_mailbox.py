"""Mailboxes against a real Dovecot and a real SMTP server: fetched once, threaded right, sent exactly once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from ombud.channels.email.connection_test import test_mailbox as try_mailbox
from ombud.channels.email.fetcher import MailFetcher
from ombud.channels.email.outgoing import note_health
from ombud.channels.email.read import read_mails
from ombud.channels.email.smtp import LOST_AFTER, MailSender
from ombud.channels.queries import get_stored_channel, open_secrets
from ombud.channels.schemas import ChannelPatch
from ombud.channels.services import change_channel
from ombud.channels.system_mail import SystemMailer
from ombud.shared.actor import SYSTEM, Actor
from ombud.tickets.schemas import NoteIn, ReplyIn
from ombud.tickets.services.changes import add_note
from ombud.tickets.services.intake.work import take_in
from ombud.tickets.services.replies import reply, retry_reply
from tests.desk import Desk
from tests.mailserver import ADDRESS, PASSWORD, MailServer, Outside, dovecot, outside, until

pytestmark = pytest.mark.needs_dovecot


@pytest.fixture
def server() -> Iterator[MailServer]:
    with dovecot() as running:
        yield running


@pytest.fixture
def world() -> Iterator[Outside]:
    with outside() as running:
        yield running


async def make_mailbox(desk: Desk, *, server: MailServer | None, world: Outside | None, **settings: Any) -> int:
    settings |= {"address": ADDRESS, "sender_name": "Aqua Help", "poll_seconds": 5}
    settings |= {"imap": server.imap_settings()} if server else {}
    settings |= {"smtp": world.smtp_settings()} if world else {}
    channel = await desk.channel("email", **settings)
    async with desk.parts.database.transaction() as tx:
        patch = ChannelPatch(secrets={"imap_password": PASSWORD})
        await change_channel(tx, channel, patch, keys=desk.parts.key_ring, by=SYSTEM, now=desk.now)
    return channel


@pytest.fixture
async def fetching(desk: Desk) -> AsyncIterator[None]:
    parts = desk.parts
    fetcher = MailFetcher(parts.database, parts.bus, parts.files, parts.key_ring, parts.clock)
    task = asyncio.create_task(fetcher.run())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def letter(subject: str, text: str, **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Rosa Müller <rosa@example.com>", ADDRESS, subject
    mail["Message-ID"] = f"<{abs(hash((subject, text)))}@example.com>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


async def take_all(desk: Desk) -> None:
    parts = desk.parts
    while await read_mails(parts.database, parts.files, parts.key_ring, parts.clock):
        pass
    while await take_in(parts.database, parts.clock):
        pass


async def send_all(desk: Desk) -> int:
    parts = desk.parts
    return await MailSender(parts.database, parts.files, parts.key_ring, parts.clock).send_due()


async def answer(desk: Desk, ticket: int, text: str, *, by: Actor, key: str = "answer-1") -> int:
    async with desk.parts.database.transaction() as tx:
        data = ReplyIn(text, key, last_seen_entry_id=10**9)
        return (await reply(tx, ticket, data, by=by, now=desk.now, undo_seconds=0)).id


@pytest.mark.usefixtures("fetching")
async def test_fetch_new_mail_arrives_by_idle_and_once(desk: Desk, server: MailServer) -> None:
    await make_mailbox(desk, server=server, world=None)
    server.deliver(letter("Leak", "It leaks."))
    await until(lambda: desk.sql("select count(*) from inbox"))
    server.deliver(letter("漏水", "净水机又漏水了"))
    await until(lambda: desk.sql("select count(*) = 2 from inbox"), seconds=4)
    await take_all(desk)
    assert [await desk.column(ticket, "subject") for ticket in await desk.tickets()] == ["Leak", "漏水"]
    assert (await desk.sql("select health from channel"))["imap"]["ok"] is True


@pytest.mark.usefixtures("fetching")
async def test_fetch_wrong_password_is_shown_in_health(desk: Desk, server: MailServer) -> None:
    channel = await make_mailbox(desk, server=server, world=None)
    async with desk.parts.database.transaction() as tx:
        patch = ChannelPatch(secrets={"imap_password": "wrong"})
        await change_channel(tx, channel, patch, keys=desk.parts.key_ring, by=SYSTEM, now=desk.now)
    problem = await until(
        lambda: desk.sql("select nullif(health -> 'imap' ->> 'problem', '') from channel"), seconds=20
    )
    assert "Login" in problem or "AUTH" in problem


async def test_read_mail_keeps_html_files_and_people(desk: Desk) -> None:
    channel = await make_mailbox(desk, server=None, world=None)
    mail = letter("Photo", "See the picture.", Cc="Max <max@example.com>")
    mail.add_alternative('<p>See <img src="https://evil.example/x.png"> <script>alert(1)</script></p>', subtype="html")
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="发票.pdf")
    await _arrive(desk, channel, mail.as_bytes())
    [ticket] = await desk.tickets()
    [entry] = await desk.timeline(ticket)
    assert "script" not in (entry.html or "")
    assert entry.details.has_remote_images
    assert [one.address for one in entry.details.cc] == ["max@example.com"]
    assert [one.name for one in entry.attachments] == ["发票.pdf"]


async def _arrive(desk: Desk, channel: int, raw: bytes) -> None:
    await desk.run(
        "insert into inbox (channel_id, key, received_at, raw, state) "
        "values (%(c)s, md5(%(raw)s), %(now)s, %(raw)s, 'unread')",
        c=channel,
        raw=raw,
        now=desk.now,
    )
    await take_all(desk)


async def test_read_mail_without_sender_is_set_aside(desk: Desk) -> None:
    channel = await make_mailbox(desk, server=None, world=None)
    await _arrive(desk, channel, b"Subject: nobody\r\n\r\ntext")
    for _ in range(3):
        await take_all(desk)
    assert await desk.sql("select state from inbox") == "set_aside"
    assert "no sender" in await desk.sql("select problem from inbox")


async def test_reply_threads_in_the_customers_client_and_back(desk: Desk, world: Outside) -> None:
    agent = await desk.person("Lu")
    channel = await make_mailbox(desk, server=None, world=world)
    await _arrive(desk, channel, letter("Leak", "It leaks.").as_bytes())
    [ticket] = await desk.tickets()
    await answer(desk, ticket, "We come tomorrow.", by=agent)
    assert await send_all(desk) == 1
    [mail] = world.mails
    assert mail["To"] == "Rosa Müller <rosa@example.com>"
    assert mail["In-Reply-To"] == mail["References"] == letter("Leak", "It leaks.")["Message-ID"]
    assert mail["Subject"].startswith("Re: Leak [#")
    back = letter("Re: Leak", "Thanks, at 10?", In_Reply_To=mail["Message-ID"], References=mail["Message-ID"])
    await _arrive(desk, channel, back.as_bytes())
    assert await desk.tickets() == [ticket]
    last = next(one for one in reversed(await desk.timeline(ticket)) if one.kind == "message")
    assert (last.text, last.details.is_verified) == ("Thanks, at 10?", True)


@pytest.mark.parametrize("trace", ["plus", "subject"])
async def test_reply_without_references_comes_back_by_other_trace(desk: Desk, world: Outside, trace: str) -> None:
    agent = await desk.person("Lu")
    channel = await make_mailbox(desk, server=None, world=world, threading={"plus_address": True})
    await _arrive(desk, channel, letter("Leak", "It leaks.").as_bytes())
    [ticket] = await desk.tickets()
    await answer(desk, ticket, "We come.", by=agent)
    await send_all(desk)
    back = letter(world.mails[0]["Subject"] if trace == "subject" else "Other", "ok")
    if trace == "plus":
        back.replace_header("To", world.mails[0]["Reply-To"])
    await _arrive(desk, channel, back.as_bytes())
    assert await desk.tickets() == [ticket]


async def test_reply_keeps_cc_and_never_writes_to_ourselves(desk: Desk, world: Outside) -> None:
    agent = await desk.person("Lu")
    channel = await make_mailbox(desk, server=None, world=world)
    await _arrive(desk, channel, letter("Leak", "It leaks.", Cc=f"Max <max@example.com>, {ADDRESS}").as_bytes())
    await answer(desk, (await desk.tickets())[0], "We come.", by=agent)
    await send_all(desk)
    assert world.envelopes[0].rcpt_tos == ["rosa@example.com", "max@example.com"]


async def test_note_never_leaves_whatever_is_sent(desk: Desk, world: Outside) -> None:
    agent = await desk.person("Lu")
    channel = await make_mailbox(desk, server=None, world=world)
    await _arrive(desk, channel, letter("Leak", "It leaks.").as_bytes())
    [ticket] = await desk.tickets()
    async with desk.parts.database.transaction() as tx:
        note = await add_note(tx, ticket, NoteIn("SECRET NOTE", "note-1234"), by=agent, now=desk.now)
    await answer(desk, ticket, "We come.", by=agent)
    await send_all(desk)
    assert all(b"SECRET" not in mail.as_bytes() for mail in world.mails)
    with pytest.raises(Exception, match="outbox"):
        await desk.run(
            "insert into outbox (ticket_id, entry_id, not_before, envelope, created_at) "
            "values (%(t)s, %(e)s, now(), '{}', now())",
            t=ticket,
            e=note.id,
        )


async def test_send_temporary_refusal_is_tried_again_later(desk: Desk, world: Outside) -> None:
    agent = await desk.person("Lu")
    channel = await make_mailbox(desk, server=None, world=world)
    await _arrive(desk, channel, letter("Leak", "It leaks.").as_bytes())
    await answer(desk, (await desk.tickets())[0], "We come.", by=agent)
    world.moods = ["451"]
    await send_all(desk)
    assert await desk.sql("select state from outbox") == "queued"
    assert await send_all(desk) == 0
    desk.later(seconds=31)
    await send_all(desk)
    assert await desk.sql("select state from outbox") == "sent"
    assert len(world.mails) == 1


async def test_send_final_refusal_fails_and_tells_the_writer(desk: Desk, world: Outside) -> None:
    agent = await desk.person("Lu")
    channel = await make_mailbox(desk, server=None, world=world)
    await _arrive(desk, channel, letter("Leak", "It leaks.").as_bytes())
    await answer(desk, (await desk.tickets())[0], "We come.", by=agent)
    world.refused = {"rosa@example.com"}
    await send_all(desk)
    assert await desk.sql("select state from outbox") == "failed"
    assert "no such user" in await desk.sql("select problem from outbox")
    assert await desk.sql("select kind from notification") == "delivery_failed"


async def test_send_unclear_end_is_never_resent_blindly(desk: Desk, world: Outside) -> None:
    agent = await desk.person("Lu")
    channel = await make_mailbox(desk, server=None, world=world)
    await _arrive(desk, channel, letter("Leak", "It leaks.").as_bytes())
    [ticket] = await desk.tickets()
    entry = await answer(desk, ticket, "We come.", by=agent)
    world.moods = ["hang up"]
    await send_all(desk)
    assert await desk.sql("select state from outbox") == "unconfirmed"
    desk.later(days=1)
    assert await send_all(desk) == 0
    async with desk.parts.database.transaction() as tx:
        await retry_reply(tx, ticket, entry, by=agent, now=desk.now)
    await send_all(desk)
    assert await desk.sql("select state from outbox") == "sent"
    # The same Message-ID both times: the other side may tell that it is one mail.
    assert len({mail["Message-ID"] for mail in world.mails}) == 1


async def test_send_row_of_a_dead_sender_becomes_unconfirmed(desk: Desk, world: Outside) -> None:
    agent = await desk.person("Lu")
    channel = await make_mailbox(desk, server=None, world=world)
    await _arrive(desk, channel, letter("Leak", "It leaks.").as_bytes())
    await answer(desk, (await desk.tickets())[0], "We come.", by=agent)
    await desk.run("update outbox set state = 'sending', claimed_at = %(now)s", now=desk.now)
    assert await send_all(desk) == 0
    desk.later(seconds=LOST_AFTER.total_seconds() + 1)
    await send_all(desk)
    assert await desk.sql("select state from outbox") == "unconfirmed"
    assert world.mails == []


async def test_send_by_two_workers_at_once_sends_each_mail_once(desk: Desk, world: Outside) -> None:
    agent = await desk.person("Lu")
    channel = await make_mailbox(desk, server=None, world=world)
    for number in range(12):
        await _arrive(desk, channel, letter(f"Leak {number}", "It leaks.").as_bytes())
    for ticket in await desk.tickets():
        await answer(desk, ticket, f"Answer to {ticket}", by=agent)
    await asyncio.gather(*(send_all(desk) for _ in range(4)))
    assert len(world.mails) == 12
    assert len({mail["Message-ID"] for mail in world.mails}) == 12


async def test_system_mail_is_sealed_until_sent(desk: Desk, world: Outside) -> None:
    await make_mailbox(desk, server=None, world=world)
    mailer = SystemMailer(desk.parts.key_ring)
    async with desk.parts.database.transaction() as tx:
        assert await mailer(tx, to="new@example.com", subject="邀请", text="https://desk/#/link/x", now=desk.now)
    assert b"link" not in await desk.sql("select sealed from outbox")
    await send_all(desk)
    assert "https://desk/#/link/x" in world.mails[0].get_content()
    assert world.mails[0]["Auto-Submitted"] == "auto-generated"
    assert await desk.sql("select sealed from outbox") is None


async def test_system_mail_without_mailbox_says_so(desk: Desk) -> None:
    async with desk.parts.database.transaction() as tx:
        assert not await SystemMailer(desk.parts.key_ring)(tx, to="a@b.c", subject="", text="", now=desk.now)


async def test_system_mail_with_a_sick_mailbox_waits_and_says_so(desk: Desk, world: Outside) -> None:
    mailer = SystemMailer(desk.parts.key_ring)
    sick = await make_mailbox(desk, server=None, world=world)
    async with desk.parts.database.transaction() as tx:
        await note_health(tx, sick, "smtp", "535 no", now=desk.now)
        assert not await mailer(tx, to="new@example.com", subject="邀请", text="link", now=desk.now)
    well = await make_mailbox(desk, server=None, world=world)
    async with desk.parts.database.transaction() as tx:
        assert await mailer(tx, to="new@example.com", subject="邀请", text="link", now=desk.now)
    assert await desk.sql("select array_agg(channel_id order by id) from outbox") == [sick, well]


async def test_connection_test_says_what_is_wrong(desk: Desk, server: MailServer) -> None:
    channel = await make_mailbox(desk, server=server, world=None)
    async with desk.parts.database.transaction() as tx:
        stored = await get_stored_channel(tx, channel)
    good = await try_mailbox(stored, open_secrets(stored, desk.parts.key_ring))
    bad = await try_mailbox(stored, {"imap_password": "wrong"})
    stored.settings["imap"]["port"] = 1
    away = await try_mailbox(stored, {})
    assert good.ok
    assert not bad.ok
    assert "authorisation code" in bad.problem
    assert "host name and port" in away.problem
