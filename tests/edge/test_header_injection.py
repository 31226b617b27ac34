"""Nothing that anybody can type becomes a second header, command or line of output."""

from typing import Any

import pytest

from ombud.channels.schemas import ChannelIn
from ombud.channels.services import add_channel
from ombud.customers.rules import display_name
from ombud.shared.actor import SYSTEM
from tests.accounts.desk import Browser
from tests.site import Site, client_key, reply_of

BREAKS = ["Eve\r\nBcc: victim@example.com", "Eve\n", "\x85Eve", "Eve\u2028Bcc: x@y.example", "Eve\x1b[2J"]


@pytest.fixture
async def agent(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Ada", role="administrator", everywhere=True))


def mailbox(**settings: Any) -> dict[str, Any]:
    settings = {"address": "help@desk.example"} | settings
    return {"kind": "email", "name": "Help", "brand_id": 1, "team_id": 1, "is_active": False, "settings": settings}


def server(**more: Any) -> dict[str, Any]:
    return {"host": "mail.example.com", "port": 993, "security": "none", "username": "help"} | more


@pytest.mark.parametrize("text", BREAKS)
async def test_mailbox_with_a_break_in_a_setting_is_refused(agent: Browser, text: str) -> None:
    bad = [
        mailbox() | {"name": text},
        mailbox(sender_name=text),
        mailbox(address=f"{text}@desk.example"),
        mailbox(address=f"help@desk{text}.example"),
        mailbox(folder=text),
        mailbox(authserv_id=text),
        mailbox(imap=server(host=text)),
        mailbox(imap=server(username=text)),
        mailbox(smtp=server(host=text)),
        mailbox(smtp=server(username=text)),
    ]
    for data in bad:
        answer = await agent.post("/channels", data)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), data
    assert (await agent.get("/channels")).json()["items"] == []


@pytest.mark.parametrize("text", BREAKS)
async def test_customer_with_a_break_is_refused_from_people_and_programs(site: Site, agent: Browser, text: str) -> None:
    opened = {"subject": "s", "text": "t", "team_id": 1}
    for customer in ({"name": text}, {"email": text}, {"phone": text}):
        answer = await agent.post("/tickets", opened | {"client_key": client_key(), "customer": customer})
        assert answer.status_code == 400, customer
    channel = await site.desk.channel("api")
    program = await site.program(await site.desk.person("Al", role="administrator"), "messages.write")
    for about in ({"name": text}, {"email": text}):
        body = {"customer": {"external_id": "e"} | about, "text": "x"}
        answer = await program.send("POST", f"/channels/{channel}/messages", body, **{"Idempotency-Key": client_key()})
        assert answer.status_code == 400, about
    assert await site.desk.sql("select count(*) from customer") == 0


@pytest.mark.parametrize("text", BREAKS)
def test_display_name_is_one_line_whatever_a_channel_says(text: str) -> None:
    shown = display_name(text, "")
    assert shown.startswith("Eve")
    assert not any(sign in shown for sign in "\r\n\x85\u2028\x1b")


async def test_reply_to_a_customer_of_a_broken_name_still_leaves(site: Site, agent: Browser) -> None:
    ticket = await site.ticket(kind="email")
    await site.desk.run("update customer set name = %(name)s", name=display_name(BREAKS[0], ""))
    sent = await agent.post(f"/tickets/{ticket}/replies", reply_of())
    assert sent.status_code == 201, sent.text


@pytest.mark.parametrize("host", ["a..b", "\u00ad", "x" * 70 + ".example"])
async def test_mailbox_test_with_a_name_that_is_none_says_so(site: Site, agent: Browser, host: str) -> None:
    data = mailbox(imap=server(host=host), smtp=server(host=host))
    async with site.desk.parts.database.transaction() as tx:
        keys = site.desk.parts.key_ring
        made = await add_channel(tx, ChannelIn(**data), keys=keys, by=SYSTEM, now=site.desk.now)
    answer = await agent.post(f"/channels/{made.id}/test")
    assert answer.status_code == 200, answer.text
    assert not answer.json()["ok"]
    assert "host name" in answer.json()["problem"]
