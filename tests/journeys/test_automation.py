"""Rules in the browser, once in each language: written, tried, switched on, seen at work, changed and given back."""

import re

import pytest
from playwright.async_api import Browser, expect

from ombud.customers.schemas import Sender
from ombud.shared.clock import utc_now
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, receive
from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served, until

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]
RAN = """
    select count(*) from rule_run r join ticket t on t.id = r.ticket_id
    where t.subject = %(subject)s and r.state = 'done'"""


async def stock(served: Served) -> None:
    """An administrator for each language."""
    await served.person("Wu Min", role="administrator", locale="zh-CN")
    await served.person("Olga Ops", role="administrator")


async def write_in(served: Served, subject: str, text: str) -> None:
    """A customer writes."""
    shop = await served.channel("api", f"Shop {subject}")
    who = Sender("external", subject, name=subject)
    message = InboundMessage(sender=who, text=text, subject=subject, at=utc_now(), conversation=subject)
    await served.do(lambda tx: receive(tx, [Arrival(shop.id, subject, message)], now=utc_now()))


async def wait_for(served: Served, sql: str, subject: str) -> None:
    """Wait until a statement counts something of a ticket."""

    async def is_there() -> bool:
        return bool((await served.values(sql, subject=subject))[0])

    await until(is_there, 30)


async def open_ticket(screen: Screen, served: Served, subject: str) -> None:
    await screen.page.goto(f"{served.url}/tickets/all")
    await screen.row(subject).click()


async def test_rule_is_written_tried_and_seen_at_work_in_chinese(served: Served, browser: Browser) -> None:
    await write_in(served, "旧单", "我要退货")
    await wait_for(served, "select count(*) from ticket where subject = %(subject)s", "旧单")
    screen = await sign_in(browser, served, "wu@desk.example")
    page = screen.page
    await page.goto(f"{served.url}/settings/automation/new")
    await page.get_by_label("中文名称").fill("退货优先")
    await page.get_by_label("新建工单").uncheck()
    await page.get_by_label("客户来消息").check()
    await page.get_by_role("button", name="添加条件", exact=True).click()
    await page.get_by_label(re.compile("^消息内容的值")).fill("退货")
    await page.get_by_label("添加操作").select_option(label="设置优先级")
    await page.get_by_label("设置优先级", exact=True).select_option(label="紧急")
    await screen.button(re.compile("试运行")).click()
    await screen.sees(page.get_by_text(re.compile("中有 1 张适用")))
    await screen.picture("automation-rule-zh")
    await screen.button("保存规则").click()
    await page.wait_for_url(re.compile(r"/settings/automation/\d+$"))
    await screen.button("开启").click()
    await screen.sees("已开启")
    await write_in(served, "新单", "请问怎么退货？")
    await wait_for(served, RAN, "新单")
    await open_ticket(screen, served, "新单")
    await screen.sees(
        page.get_by_text(re.compile("规则“退货优先”已执行，因为客户来消息，且消息内容 包含文字 退货：优先级 → 紧急"))
    )
    await screen.picture("automation-ticket-zh")
    assert screen.complaints == []


async def test_example_is_taken_up_changed_and_given_back_in_english(served: Served, browser: Browser) -> None:
    screen = await sign_in(browser, served, "olga@desk.example")
    page = screen.page
    await page.goto(f"{served.url}/settings/automation")
    await screen.button(re.compile("^Take up: Tag messages")).click()
    name = "Tag what speaks of a refund"
    await page.get_by_role("link", name=name).click()
    await page.get_by_label("Stop here").click()
    await screen.button("Save").click()
    await screen.sees("Version 2")
    versions = page.get_by_role("listitem").filter(has_text="Version 1")
    await versions.get_by_role("button", name="Let it hold again").click()
    await screen.sees("as in version 1")
    await screen.button("Switch on").click()
    await expect(page.get_by_text("On", exact=True)).to_be_visible()
    await write_in(served, "Refund", "I want my money back, please.")
    await wait_for(served, RAN, "Refund")
    await open_ticket(screen, served, "Refund")
    await screen.sees(page.get_by_text(re.compile("Rule “Tag what speaks of a refund” ran because the customer wrote")))
    await page.goto(f"{served.url}/settings/automation")
    await screen.sees("1 run this week")
    await screen.picture("automation-list-en")
    assert screen.complaints == []
