"""Service levels in the browser, once in each language: a calendar tried, a policy made, a clock watched and broken."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import Browser, expect

from ombud.customers.schemas import Sender
from ombud.shared.clock import utc_now
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, receive
from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served, until

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]


async def stock(served: Served) -> None:
    """A supervisor for each language."""
    await served.person("Wu Min", role="administrator", locale="zh-CN")
    await served.person("Olga Ops", role="administrator")


async def write_in(served: Served, subject: str) -> None:
    """A customer writes."""
    shop = await served.channel("api", f"Shop {subject}")
    who = Sender("external", subject, name=subject)
    message = InboundMessage(sender=who, text="Please help.", subject=subject, at=utc_now(), conversation=subject)
    await served.do(lambda tx: receive(tx, [Arrival(shop.id, subject, message)], now=utc_now()))


async def wait_for(served: Served, sql: str, subject: str) -> None:
    """Wait until a statement counts something of a ticket."""

    async def is_there() -> bool:
        return bool((await served.values(sql, subject=subject))[0])

    await until(is_there)


async def watch(screen: Screen, served: Served, subject: str) -> None:
    """Open the ticket once its clock runs."""
    await write_in(served, subject)
    await wait_for(served, "select count(*) from ticket where due_at is not null and subject = %(subject)s", subject)
    await screen.page.goto(f"{served.url}/tickets/unassigned")
    await screen.row(subject).click()


async def let_it_pass(served: Served, subject: str) -> None:
    """The promised time is over: its start is laid into the past, as if half a day had gone by."""
    past = {"at": utc_now() - timedelta(hours=12), "subject": subject}
    mine = "(select id from ticket where subject = %(subject)s)"
    await served.values("update ticket set created_at = %(at)s where subject = %(subject)s returning id", **past)
    await served.values(f"update entry set at = %(at)s where ticket_id in {mine} returning id", **past)
    sets = "due_at = %(at)s, next_at = %(at)s, started_at = %(at)s"
    await served.values(f"update clock set {sets} where ticket_id in {mine} returning id", **past)
    await wait_for(served, f"select count(*) from clock where breached_at is not null and ticket_id in {mine}", subject)


async def test_calendar_and_policy_are_made_and_a_clock_is_watched_in_chinese(served: Served, browser: Browser) -> None:
    screen = await sign_in(browser, served, "wu@desk.example")
    page = screen.page
    await page.goto(f"{served.url}/settings/calendars/new")
    await page.get_by_label("中文名称").fill("办公时间")
    await screen.button(re.compile("^采用法定节假日")).click()
    await page.get_by_label("起算时间").fill("2026-09-30T17:30")
    await page.get_by_label("时长", exact=True).fill("3")
    await page.get_by_label("单位", exact=True).select_option(label="工作日")
    # Three working days over the National Day holidays, with the Saturday that was exchanged.
    await screen.sees("2026年10月10日 23:59")
    await screen.picture("levels-calendar-zh")
    await screen.button("创建服务日历").click()
    await page.wait_for_url("**/settings/calendars")
    await screen.sees("天节假日")
    await screen.sees("默认")

    await page.goto(f"{served.url}/settings/service-policies/new")
    await page.get_by_label("中文名称").fill("标准时效")
    await screen.button("用未结工单试运行").click()
    await screen.sees("命中 0 件")
    await screen.picture("levels-policy-zh")
    await screen.button("创建时效策略").click()
    await page.wait_for_url("**/settings/service-policies")
    await screen.sees("首响 2 工作小时")

    await watch(screen, served, "漏水")
    clocks = page.get_by_role("region", name="时效")
    await expect(clocks.get_by_text("首次响应", exact=True)).to_be_visible()
    await expect(clocks.get_by_text("标准时效 · 办公时间").first).to_be_visible()
    await clocks.get_by_role("button", name="添加外部时限").click()
    await clocks.get_by_label("时限事由").fill("开庭")
    await clocks.get_by_label("到期时间").fill(f"{utc_now() + timedelta(days=2):%Y-%m-%d}T10:00")
    await clocks.get_by_role("button", name="开始跟踪").click()
    await expect(clocks.get_by_text("开庭", exact=True)).to_be_visible()
    await screen.picture("levels-ticket-zh")
    await clocks.get_by_role("button", name="开庭：已按时完成").click()
    await expect(clocks.get_by_text("已结束 1 项")).to_be_visible()
    assert screen.complaints == []


async def test_clock_is_broken_acknowledged_and_met_late_in_english(served: Served, browser: Browser) -> None:
    # The tests of a file may share a desk: only this one's policy is to count.
    await served.values("update service_policy set archived_at = now() returning id")
    screen = await sign_in(browser, served, "olga@desk.example")
    page = screen.page
    await page.goto(f"{served.url}/settings/calendars/new")
    await page.get_by_label("English name").fill("Always")
    for _ in range(2):
        await page.get_by_role("button", name="Remove hours of Monday").first.click()
    await page.get_by_role("button", name="More hours on Monday").click()
    await page.get_by_label("Monday, from").fill("00:00")
    await page.get_by_label("Monday, to").fill("00:00")
    await screen.button("Same as Monday on all days").click()
    await screen.button("Make the calendar").click()
    await page.wait_for_url("**/settings/calendars")
    await page.goto(f"{served.url}/settings/service-policies/new")
    await page.get_by_label("English name").fill("Quick")
    await page.get_by_label("Calendar", exact=True).select_option(label="Always")
    await screen.button("Make the policy").click()
    await page.wait_for_url("**/settings/service-policies")
    await expect(page.get_by_role("link", name="Quick")).to_be_visible()
    await screen.picture("levels-policies-en")

    await watch(screen, served, "Noisy dryer")
    clocks = page.get_by_role("region", name="Deadlines")
    await expect(clocks.get_by_text("Quick · Always").first).to_be_visible()
    await let_it_pass(served, "Noisy dryer")
    await expect(clocks.get_by_text(re.compile("overdue$")).first).to_be_visible(timeout=15_000)
    await clocks.get_by_role("button", name="I see to it").first.click()
    await screen.sees("Olga Ops sees to it")
    await screen.picture("levels-overdue-en")
    await screen.write("r", "We are on it.")
    await expect(clocks.get_by_text(re.compile(r"^\d+ ended$"))).to_be_visible(timeout=15_000)
    await clocks.get_by_text(re.compile(r"^\d+ ended$")).click()
    await expect(clocks.get_by_text("Met, late").first).to_be_visible()
    assert screen.complaints == []
