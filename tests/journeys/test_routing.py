"""Skills and rules in the browser: made, tried, and seen at work on a ticket that waits; in both languages."""

import re
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from ombud.customers.schemas import Sender
from ombud.shared.clock import utc_now
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, receive
from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served, until

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]
READY = """
    select count(*) from work_wait w join ticket t on t.id = w.ticket_id
    where t.subject = %(subject)s and w.place is not null"""


async def stock(served: Served) -> None:
    """A supervisor for each language, in a team whose people draw their work: it waits, whoever is there."""
    await served.do(lambda tx: tx.execute("update team set routing = 'pull'"))
    await served.person("Wu Min", role="supervisor", locale="zh-CN")
    await served.person("Olga Ops", role="supervisor")


async def write_in(served: Served, subject: str) -> None:
    """A customer writes, and the ticket waits with its score."""
    shop = await served.channel("api", f"Shop {subject}")
    who = Sender("external", subject, name=subject)
    message = InboundMessage(sender=who, text="It leaks.", subject=subject, at=utc_now(), conversation=subject)
    await served.do(lambda tx: receive(tx, [Arrival(shop.id, subject, message)], now=utc_now()))

    async def is_ready() -> Any:
        return (await served.values(READY, subject=subject))[0]

    await until(is_ready, 30)


async def open_ticket(screen: Screen, served: Served, subject: str) -> None:
    await screen.page.goto(f"{served.url}/tickets/unassigned")
    await screen.row(subject).click()


async def test_skill_level_and_rule_are_made_and_tell_why_a_ticket_waits(served: Served, browser: Browser) -> None:
    screen = await sign_in(browser, served, "wu@desk.example")
    page = screen.page
    await page.goto(f"{served.url}/settings/skills")
    await screen.button("添加技能").click()
    await page.get_by_label("中文名称").fill("净水机")
    await screen.button("添加").last.click()
    await screen.sees(page.get_by_role("listitem").filter(has_text="净水机"))
    await page.goto(f"{served.url}/settings/skill-levels")
    cell = page.get_by_role("button", name=re.compile("^Olga Ops, 净水机"))
    await cell.focus()
    await screen.press("2")
    await expect(cell).to_have_accessible_name(re.compile("2 级"))
    await page.goto(f"{served.url}/settings/requirements/new")
    await page.get_by_label("中文名称").fill("净水机工单")
    await screen.button("添加第一步").click()
    await page.get_by_label("技能", exact=True).select_option(label="净水机")
    await screen.button("4 级").click()
    await page.get_by_label("单位", exact=True).select_option(label="小时")
    await screen.button("保存规则").click()
    await page.wait_for_url(re.compile(r"/settings/requirements/\d+$"))
    await screen.button(re.compile("查看符合的工单")).click()
    await screen.sees("第 1 步：0 人具备，其中 0 人在线")
    await screen.picture("routing-rule-zh")
    await screen.button("启用").click()
    await screen.sees("已启用")
    await write_in(served, "漏水")
    await open_ticket(screen, served, "漏水")
    panel = page.get_by_role("region", name="分配", exact=True)
    await screen.sees(panel.get_by_text("净水机 4+"))
    await panel.get_by_label("为何没有分配给…？").select_option(label="Olga Ops")
    await screen.sees(panel.get_by_text("缺少净水机 4+"))
    await screen.picture("routing-ticket-zh")
    sql = """insert into agent_skill (person_id, skill_id, level)
        select p.id, s.id, 4 from person p, skill s where p.name = 'Wu Min'"""
    await served.do(lambda tx: tx.execute(sql))
    await screen.button("领取下一张").click()
    await page.wait_for_url(re.compile(r"/tickets/mine/\d+$"))
    await screen.sees(panel.get_by_text(re.compile("Wu Min")))
    assert screen.complaints == []


async def test_rank_given_by_hand_is_reviewed_by_somebody_else(served: Served, browser: Browser) -> None:
    await write_in(served, "Press")
    screen = await sign_in(browser, served, "olga@desk.example")
    page = screen.page
    await open_ticket(screen, served, "Press")
    panel = page.get_by_role("region", name="Routing", exact=True)
    await panel.get_by_role("button", name="Put first").click()
    await panel.get_by_label("Reason").fill("A journalist waits")
    await panel.get_by_role("button", name="Put first").click()
    await screen.sees(panel.get_by_text("Ranked by hand by Olga Ops: A journalist waits"))
    await page.goto(f"{served.url}/settings/ranked-by-hand")
    await screen.sees("Your own: somebody else reviews it.")
    other = await sign_in(browser, served, "wu@desk.example")
    await other.page.goto(f"{served.url}/settings/ranked-by-hand")
    await other.page.get_by_label("复核意见").fill("合理")
    await other.button("提交复核").click()
    await other.sees("没有待复核的调整")
    await page.reload()
    await page.get_by_text("All", exact=True).click()
    await screen.sees("Wu Min: 合理")
    await screen.picture("routing-ranks-en")
    assert screen.complaints == []
    assert other.complaints == []
