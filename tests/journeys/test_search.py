"""Searching in the browser, in both languages: help, operators with suggestions, marks, tabs, errors, the keyboard."""

import re
from functools import partial

import pytest
from playwright.async_api import Browser, expect

from ombud.customers.schemas import Sender
from ombud.shared.clock import utc_now
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, receive
from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served, until

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]
TEXTS = [
    ("Rosa Marsh", "The washing machine does not work", "It leaks, too. Please refund order AB-2024-0931."),
    ("林晓", "洗衣机不工作", "机器不工作了,请尽快退款,订单号 AB-2024-0932。"),
    ("Tom Reed", "Where is my invoice?", "I asked twice already. The machine itself works well."),
]
PHONE = {"width": 390, "height": 844}


async def stock(served: Served) -> None:
    """Three messages of three customers at the door."""
    channel = (await served.channel("api", "Shop")).id
    for place, (name, subject, text) in enumerate(TEXTS):
        sender = Sender("external", f"c{place}", name=name, email=f"c{place}@example.com")
        message = InboundMessage(sender=sender, text=text, subject=subject, at=utc_now(), conversation=f"c{place}")
        arrival = Arrival(channel, f"m{place}", message)
        await served.do(partial(receive, arrivals=[arrival], now=utc_now()))


async def is_indexed(served: Served) -> bool:
    return bool(await served.values("select count(*) from entry_words having count(*) = 3"))


async def searcher(browser: Browser, served: Served, name: str, locale: str = "en", **context: object) -> Screen:
    await until(lambda: is_indexed(served))
    agent = await sign_in(browser, served, await served.person(name, locale=locale), **context)  # type: ignore[arg-type]
    await agent.page.goto(f"{served.url}/search")
    await expect(agent.page.get_by_role("combobox")).to_be_focused()
    return agent


async def ask(agent: Screen, text: str) -> None:
    field = agent.page.get_by_role("combobox")
    await field.fill(text)
    await field.press("Enter")


async def test_agent_searches_with_operators_marks_and_keyboard(served: Served, browser: Browser) -> None:
    agent = await searcher(browser, served, "Sue Seeker")
    page = agent.page
    await agent.sees("What you can search for")
    await agent.picture("search-help")
    await agent.type("sta")
    await expect(page.get_by_role("option", name=re.compile("status:"))).to_be_visible()
    await agent.press("ArrowDown", "Enter")
    await expect(page.get_by_role("combobox")).to_have_value("status:")
    await expect(page.get_by_role("option", name=re.compile("status:open"))).to_be_visible()
    await agent.picture("search-suggestions")
    await agent.type('open "does not work" ')
    await agent.press("Enter")
    marks = page.locator("mark")
    await expect(marks.first).to_have_text("does not work")
    await agent.picture("search-overview")
    await ask(agent, "refund OR invoice")
    await agent.button("Messages").click()
    await expect(page.locator("a.hit")).to_have_count(1)
    await agent.button("Best matches").click()
    await expect(page).to_have_url(re.compile("order=relevant"))
    await page.get_by_role("combobox").press("Escape")
    await page.locator("h1, main").first.click(position={"x": 2, "y": 400})
    await agent.press("j")
    await agent.press("o")
    await expect(page.locator("header.head")).to_contain_text("washing machine")
    await page.goto(f"{served.url}/search")
    await agent.sees("Your latest searches")


async def test_wrong_operator_is_explained_and_mended(served: Served, browser: Browser) -> None:
    agent = await searcher(browser, served, "Wim Wrong")
    await ask(agent, "stauts:open refund")
    await agent.sees("There is no operator “stauts:”.")
    await agent.picture("search-problem")
    await agent.button("status:open").click()
    await expect(agent.page.locator("a.hit").first).to_be_visible()
    await expect(agent.page.get_by_role("combobox")).to_have_value("status:open refund")
    await ask(agent, "zzz:yyy")
    await agent.button("Search for it as plain text").click()
    await agent.sees("Nothing found")
    await agent.picture("search-nothing")


async def test_agent_searches_in_chinese_on_a_phone(served: Served, browser: Browser) -> None:
    agent = await searcher(browser, served, "王搜", "zh-CN", viewport=PHONE)
    await agent.picture("search-help-zh-phone")
    await ask(agent, '"不工作" 状态：未完结 创建:<7天')
    await expect(agent.page.locator("mark").first).to_have_text("不工作")
    await agent.picture("search-zh-phone")
    width = await agent.page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    await ask(agent, "优先级:火急")
    await agent.sees("“优先级:”没有“火急”这个值。")


async def test_list_finds_while_typing_and_leads_to_the_whole_page(served: Served, browser: Browser) -> None:
    agent = await searcher(browser, served, "Lea List")
    await agent.page.goto(f"{served.url}/tickets/all")
    await agent.sees(agent.row("Where is my invoice?"))
    await agent.press("/")
    await expect(agent.page.get_by_role("searchbox")).to_be_focused()
    await agent.type("washing mach")
    await agent.sees("Search everything")
    await agent.sees(agent.row("The washing machine does not work"))
    await expect(agent.row("Where is my invoice?")).to_have_count(0)
    await agent.picture("search-quick")
    await agent.press("Control+Enter")
    await expect(agent.page).to_have_url(re.compile(r"/search\?q=washing"))
