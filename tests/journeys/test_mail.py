"""A mail comes in, is answered and answered again, while the agent's page stays open."""

import asyncio
import re
from email.message import EmailMessage

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served, until
from tests.mailserver import ADDRESS, PASSWORD, MailServer, Outside

pytestmark = [
    pytest.mark.journey,
    pytest.mark.needs_dovecot,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),
]
NOTE = "INTERN: she threatened to call a lawyer"


def letter(subject: str, text: str, **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Rosa Müller <rosa@example.com>", ADDRESS, subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


async def connect(served: Served, mailbox: MailServer, world: Outside) -> None:
    servers = {"imap": mailbox.imap_settings(), "smtp": world.smtp_settings()}
    settings = {"address": ADDRESS, "sender_name": "Aqua Service", "signature": "Aqua GmbH", **servers}
    await served.channel("email", "Service mail", secrets={"imap_password": PASSWORD}, **settings)


async def has_mails(world: Outside, count: int) -> float:
    async def is_there() -> bool:
        return len(world.mails) >= count

    return await until(is_there)


def body_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


async def stays_loaded(agent: Screen) -> None:
    assert await agent.page.evaluate("window.wasNotReloaded") is True


async def test_mail_is_answered_and_its_answer_comes_home(
    served: Served, browser: Browser, mailbox: MailServer, world: Outside
) -> None:
    await connect(served, mailbox, world)
    agent = await sign_in(browser, served, await served.person("Ada Agent"))
    page = agent.page
    await page.goto(f"{served.url}/tickets/all")
    await page.evaluate("window.wasNotReloaded = true")
    await agent.sees("No tickets yet")
    await until(lambda: served.values("select 1 from channel where (health->'imap'->>'ok')::boolean"))

    await asyncio.to_thread(
        mailbox.deliver, letter("漏水 / Leak", "My dishwasher leaks.", Message_ID="<one@example.com>")
    )
    print(f"mail delivered -> on the open page: {await agent.sees(agent.row('漏水 / Leak')):.2f} s")
    await agent.row("漏水 / Leak").click()
    await agent.sees(agent.entry("My dishwasher leaks."))

    await agent.write("n", NOTE)
    await agent.sees(agent.entry(NOTE))
    await expect(page.locator("article.note")).to_have_count(1)
    await agent.write("r", "Dear Ms Müller,\n\nwe come tomorrow at nine.")
    await agent.sees(agent.entry("we come tomorrow at nine."))
    print(f"reply -> at the outside (1 s of undo): {await has_mails(world, 1):.2f} s")
    await agent.sees(page.locator("article.out .delivery.sent"))

    answer = world.mails[0]
    assert world.envelopes[0].rcpt_tos == ["rosa@example.com"]
    assert answer["In-Reply-To"] == "<one@example.com>"
    assert "<one@example.com>" in answer["References"]
    assert re.match(r"Re: 漏水 / Leak", answer["Subject"])
    assert "we come tomorrow at nine." in body_of(answer)
    assert "Aqua GmbH" in body_of(answer)

    back = {"In_Reply_To": answer["Message-ID"], "References": f"<one@example.com> {answer['Message-ID']}"}
    quoted = "\n".join(f"> {line}" for line in body_of(answer).splitlines())
    text = f"Nine is fine.\n\nOn Monday, Aqua Service wrote:\n{quoted}\n"
    await asyncio.to_thread(mailbox.deliver, letter(answer["Subject"], text, Message_ID="<two@example.com>", **back))
    print(f"the answer to it -> live in the same ticket: {await agent.sees(agent.entry('Nine is fine.')):.2f} s")
    assert await served.values("select count(*) from ticket") == [1]
    assert await page.locator("article.message").count() == 3
    await expect(agent.entry("Nine is fine.").get_by_role("button", name="Show quoted")).to_be_visible()

    await agent.write("r", "See you then.")
    await has_mails(world, 2)
    assert world.mails[1]["In-Reply-To"] == "<two@example.com>"
    assert answer["Message-ID"] in world.mails[1]["References"]
    sent = b"".join(mail.as_bytes() for mail in world.mails).decode("utf-8", "replace")
    assert NOTE not in sent
    assert "lawyer" not in " ".join(body_of(mail) for mail in world.mails)
    await stays_loaded(agent)
    await agent.picture("mail")
    assert agent.complaints == []
