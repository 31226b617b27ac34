"""Looking up senders' keys: a real name server on loopback, bounded time, and mails that come in whatever it does."""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from ombud.channels.email.parse import records_wanted
from ombud.channels.email.read import read_mails
from ombud.channels.email.resolver import BATCH_SECONDS, MailResolver, policy_names
from ombud.tickets.services.intake.door import MAX_RAW_BYTES
from ombud.tickets.services.intake.work import take_in
from tests.channels.email.nameserver import NameServer, nameserver
from tests.channels.email.signing import RAW, RECORD, signed, zone_texts
from tests.channels.email.test_mailbox import make_mailbox
from tests.desk import Desk

KEY_NAME = "s1._domainkey.qq.com"


@pytest.fixture
async def dns() -> AsyncIterator[NameServer]:
    async with nameserver() as server:
        server.texts |= {KEY_NAME: zone_texts(), "_dmarc.qq.com": ['"v=DMARC1; p=quarantine"']}
        yield server


@pytest.fixture
def resolver(dns: NameServer) -> MailResolver:
    return MailResolver(["127.0.0.1"], dns.port)


async def test_look_up_known_and_unknown_names(dns: NameServer, resolver: MailResolver) -> None:
    dns.texts["_dmarc.two.cn"] = ['"site-verification=1"', '"v=DMARC1; p=none"']
    dns.texts["_dmarc.empty.cn"] = []
    found = await resolver.look_up([KEY_NAME, "_dmarc.no.cn", "_dmarc.two.cn", "_dmarc.empty.cn"])
    wanted = {KEY_NAME: RECORD, "_dmarc.no.cn": None, "_dmarc.two.cn": b"v=DMARC1; p=none", "_dmarc.empty.cn": None}
    assert found == wanted


async def test_look_up_twice_asks_once(dns: NameServer, resolver: MailResolver) -> None:
    assert await resolver.look_up([KEY_NAME, KEY_NAME]) == await resolver.look_up([KEY_NAME])
    assert dns.asked == [KEY_NAME]


@pytest.mark.parametrize(
    "name", ["", ".", "a", "a..b", "x" * 64 + ".cn", "a b.cn", "$(x).cn", "é.cn", ".".join(["a" * 60] * 6)]
)
async def test_look_up_what_is_no_name_asks_nobody(dns: NameServer, resolver: MailResolver, name: str) -> None:
    assert not any((await resolver.look_up([name])).values())
    assert dns.asked == []


async def test_look_up_broken_server_leaves_the_name_out(dns: NameServer, resolver: MailResolver) -> None:
    dns.mood = "broken"
    assert await resolver.look_up([KEY_NAME]) == {}


async def test_look_up_silent_server_is_bounded_and_then_left_alone(dns: NameServer, resolver: MailResolver) -> None:
    dns.mood = "silent"
    start = time.monotonic()
    assert await resolver.look_up([f"_dmarc.d{number}.cn" for number in range(200)]) == {}
    assert time.monotonic() - start < BATCH_SECONDS + 1
    dns.asked.clear()
    assert await resolver.look_up([KEY_NAME]) == {}
    assert dns.asked == []


def test_records_wanted_of_a_signed_mail_are_keys_and_policy() -> None:
    assert records_wanted(signed(), "") == [KEY_NAME, "_dmarc.qq.com"]
    assert records_wanted(signed() + b"", "mx.shop.example") == [KEY_NAME, "_dmarc.qq.com"]


@pytest.mark.parametrize("raw", [RAW, b"", b"\x00" * 50, b"Authentication-Results: mx.shop; dkim=pass\r\n" + signed()])
def test_records_wanted_without_need_are_none(raw: bytes) -> None:
    assert records_wanted(raw, "mx.shop") == []


def test_records_wanted_of_a_hundred_signatures_are_few() -> None:
    raw = b"".join(b"DKIM-Signature: v=1; d=d%d.cn; s=x\r\n" % number for number in range(100)) + RAW
    assert len(records_wanted(raw, "")) == 6


def test_policy_names_go_up_to_the_domain_under_the_top() -> None:
    assert policy_names("a.mail.qq.com") == ["_dmarc.a.mail.qq.com", "_dmarc.mail.qq.com", "_dmarc.qq.com"]
    assert policy_names("") == policy_names("localhost") == []
    assert len(policy_names(".".join("abcdefghij"))) == 4


async def read_one(desk: Desk, resolver: MailResolver | None, raw: bytes, **settings: Any) -> dict[str, str]:
    channel = await make_mailbox(desk, server=None, world=None, **settings)
    parts = desk.parts
    stored = await parts.files.put(raw) if len(raw) > MAX_RAW_BYTES else None
    await desk.run(
        "insert into inbox (channel_id, key, received_at, raw, raw_file, state) "
        "values (%(c)s, 'k', %(now)s, %(raw)s, %(file)s, 'unread')",
        c=channel,
        raw=None if stored else raw,
        file=stored.token if stored else None,
        now=desk.now,
    )
    assert await read_mails(parts.database, parts.files, parts.key_ring, parts.clock, resolver) == 1
    await take_in(parts.database, parts.clock)
    [ticket] = await desk.tickets()
    return (await desk.timeline(ticket))[0].details.authentication


async def test_read_signed_mail_shows_the_result(desk: Desk, resolver: MailResolver) -> None:
    assert await read_one(desk, resolver, signed()) == {"dkim": "pass", "dmarc": "pass"}


async def test_read_large_signed_mail_from_the_store_shows_the_result(desk: Desk, resolver: MailResolver) -> None:
    raw = signed(raw=RAW + b"A line of a long mail.\r\n" * 20_000)
    assert await read_one(desk, resolver, raw) == {"dkim": "pass", "dmarc": "pass"}


async def test_read_forged_mail_shows_the_result(desk: Desk, resolver: MailResolver) -> None:
    assert await read_one(desk, resolver, signed().replace(b"hello", b"HELLO")) == {"dkim": "fail"}


async def test_read_unsigned_mail_asks_nobody(desk: Desk, dns: NameServer, resolver: MailResolver) -> None:
    assert await read_one(desk, resolver, RAW) == {"dkim": "none"}
    assert dns.asked == []


async def test_read_mail_that_our_server_checked_asks_nobody(
    desk: Desk, dns: NameServer, resolver: MailResolver
) -> None:
    raw = b"Authentication-Results: mx.shop; spf=pass; dkim=pass; dmarc=pass\r\n" + signed()
    shown = await read_one(desk, resolver, raw, authserv_id="mx.shop")
    assert shown == {"spf": "pass", "dkim": "pass", "dmarc": "pass"}
    assert dns.asked == []


async def test_read_mail_with_silent_server_comes_in_in_time(
    desk: Desk, dns: NameServer, resolver: MailResolver
) -> None:
    dns.mood = "silent"
    start = time.monotonic()
    assert await read_one(desk, resolver, signed()) == {"dkim": "temperror"}
    assert time.monotonic() - start < BATCH_SECONDS + 2


async def test_read_mail_with_the_check_off_shows_nothing(desk: Desk) -> None:
    assert await read_one(desk, None, signed()) == {}
