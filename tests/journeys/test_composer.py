"""What agents write with, in both languages: a macro, an answer for later, and a question to a third party."""

import re

import pytest
from playwright.async_api import Browser, expect

from ombud.customers.schemas import Sender
from ombud.shared.actor import SYSTEM
from ombud.shared.clock import utc_now
from ombud.shared.database import Transaction
from ombud.tickets.schemas import InboundMessage, MacroActions, MacroIn
from ombud.tickets.services.intake.door import Arrival, receive
from ombud.tickets.services.macros import add_macro
from tests.journeys.screen import sign_in
from tests.journeys.served import Served

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

WORDS = {
    "en": {
        "text": "My dishwasher leaks",
        "again": "It is worse now",
        "macro": "Refund",
        "search": "Search canned replies",
        "apply": "Apply",
        "done": "“Refund” applied",
        "more": "More ways to send",
        "hour": "In 1 hour",
        "planned": "Planned answer",
        "held": "Held back",
        "anyway": "Send anyway",
        "forward": "Forward",
        "to": "To",
        "third": "wrote to parts@maker.example",
    },
    "zh-CN": {
        "text": "洗碗机漏水",
        "again": "现在更严重了",
        "macro": "退款",
        "search": "搜索快捷回复",
        "apply": "应用",
        "done": "已应用“退款”",
        "more": "更多发送方式",
        "hour": "1 小时后",
        "planned": "定时回复",
        "held": "已暂停",
        "anyway": "仍然发送",
        "forward": "转发",
        "to": "收件人",
        "third": "写给 parts@maker.example",
    },
}


async def write_in(served: Served, channel: int, text: str, who: str) -> None:
    async def give(tx: Transaction) -> None:
        sender = Sender("external", who, name="Rosa")
        message = InboundMessage(sender=sender, text=text, at=utc_now(), conversation=who)
        await receive(tx, [Arrival(channel, f"{who}-{text}", message)], now=utc_now())

    await served.do(give)


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
async def test_macro_planned_answer_and_forward(served: Served, browser: Browser, locale: str) -> None:
    words = WORDS[locale]
    channel = await served.channel("api", f"Shop {locale}")
    await served.channel("email", f"Mail {locale}", address=f"help-{locale.lower()}@desk.example")
    await write_in(served, channel.id, words["text"], f"rosa-{locale}")
    actions = MacroActions(priority=4, assignee="me", add_tags=["refund"])
    macro = MacroIn(words["macro"], actions, text="Dear {{customer.name}}", note="Noted", scope="all")
    await served.do(lambda tx: add_macro(tx, macro, by=SYSTEM, now=utc_now()))
    agent = await sign_in(browser, served, await served.person(f"Ada{locale[:2]} Lin", locale=locale))  # type: ignore[arg-type]
    page = agent.page
    await page.goto(f"{served.url}/tickets/all")
    await agent.row(words["text"]).click()
    await agent.sees(agent.entry(words["text"]))

    await page.locator("textarea").fill("/")
    await page.get_by_placeholder(words["search"]).or_(page.get_by_label(words["search"])).first.wait_for()
    await page.get_by_role("option", name=words["macro"]).first.click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("refund")
    await agent.picture(f"composer-macro-{locale}")
    await dialog.get_by_role("button", name=words["apply"]).click()
    await agent.sees(words["done"])
    await expect(page.locator("section.composer textarea")).to_have_value("Dear Rosa")
    await agent.sees(agent.entry("Noted"))

    await page.get_by_role("button", name=words["more"]).click()
    await page.get_by_text(words["hour"]).click()
    planned = page.get_by_role("article", name=words["planned"])
    await agent.sees(planned)
    await expect(page.locator("section.composer textarea")).to_have_value("")
    await write_in(served, channel.id, words["again"], f"rosa-{locale}")
    await expect(planned).to_contain_text(words["held"], timeout=15_000)
    await agent.picture(f"composer-held-{locale}")
    await planned.get_by_role("button", name=words["anyway"]).click()
    await expect(planned).to_have_count(0)
    await agent.sees(agent.entry("Dear Rosa"))

    await page.get_by_role("tab", name=words["forward"]).click()
    named = page.locator(".label", has_text=re.compile(f"^{words['to']}$"))
    await page.locator(".addresses").filter(has=named).locator("input").fill("parts@maker.example")
    await agent.field.fill("Do you have this part?")
    await agent.picture(f"composer-forward-{locale}")
    await page.locator("section.composer button.main").click()
    await agent.sees(page.locator("article.side"))
    await expect(page.locator("article.side")).to_contain_text(words["third"])
    await agent.picture(f"composer-side-{locale}")
