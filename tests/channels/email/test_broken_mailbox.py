"""A mailbox that cannot work says why, and holds up neither the others nor the worker."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from ombud.channels.email.fetcher import MailFetcher
from ombud.channels.email.smtp import MailSender
from ombud.tickets.schemas import ReplyIn
from ombud.tickets.services.replies import reply
from tests.desk import Desk
from tests.mailserver import ADDRESS, Outside, outside, until

# Stored by an older version, by hand, or typed wrong: dots that make an empty label, and signs that no name has.
BROKEN: list[dict[str, Any]] = [
    {"imap": {"host": "a..b"}, "smtp": {"host": "a..b"}},
    {"imap": {"host": "x\r\ny"}, "smtp": {"host": "x\r\ny"}},
    {"imap": {"host": "mail.example", "port": "many"}, "smtp": {"host": "mail.example", "port": "many"}},
    {"folder": "INBOX\r\nA1 DELETE INBOX", "imap": {"host": "127.0.0.1", "port": 1}, "smtp": {"host": "a..b"}},
]


@pytest.fixture
def world() -> Iterator[Outside]:
    with outside() as running:
        yield running


@pytest.fixture
async def fetching(desk: Desk) -> AsyncIterator[asyncio.Task[None]]:
    parts = desk.parts
    fetcher = MailFetcher(parts.database, parts.bus, parts.files, parts.key_ring, parts.clock)
    task = asyncio.create_task(fetcher.run())
    yield task
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def break_mailbox(desk: Desk, settings: dict[str, Any]) -> int:
    channel = await desk.channel("email", address="broken@desk.example")
    sql = "update channel set settings = settings || %(new)s::jsonb where id = %(id)s"
    await desk.run(sql, new=json.dumps(settings), id=channel)
    return channel


async def answer_on(desk: Desk, channel: int) -> None:
    await desk.deliver(channel, desk.mail(address=f"rosa{channel}@example.com"))
    lu = await desk.person("Lu", everywhere=True)
    async with desk.parts.database.transaction() as tx:
        wanted = ReplyIn("We come.", f"answer-{channel}", force=True)
        await reply(tx, (await desk.tickets())[-1], wanted, by=lu, now=desk.now, undo_seconds=0)


async def health(desk: Desk, channel: int, part: str) -> str:
    sql = "select coalesce(health -> %(part)s ->> 'problem', '') from channel where id = %(id)s"
    return str(await desk.sql(sql, part=part, id=channel))


@pytest.mark.parametrize("settings", BROKEN)
async def test_send_with_a_broken_mailbox_sends_the_others_and_says_why(
    desk: Desk, world: Outside, settings: dict[str, Any]
) -> None:
    broken = await break_mailbox(desk, settings)
    good = await desk.channel("email", address=ADDRESS, smtp=world.smtp_settings())
    await answer_on(desk, broken)
    await answer_on(desk, good)
    sender = MailSender(desk.parts.database, desk.parts.files, desk.parts.key_ring, desk.parts.clock)
    assert await sender.send_due() == 1
    assert len(world.mails) == 1
    assert await health(desk, broken, "smtp")
    assert not await health(desk, good, "smtp")
    # It was never claimed: once the settings are right, it leaves.
    sql = "select state from outbox where channel_id = %(id)s"
    assert await desk.sql(sql, id=broken) == "queued"


@pytest.mark.parametrize("settings", BROKEN)
async def test_fetch_of_a_broken_mailbox_says_why_and_goes_on(
    desk: Desk, fetching: "asyncio.Task[None]", settings: dict[str, Any]
) -> None:
    broken = await break_mailbox(desk, settings)

    async def has_problem() -> bool:
        return bool(await health(desk, broken, "imap"))

    await until(has_problem)
    assert not fetching.done()
