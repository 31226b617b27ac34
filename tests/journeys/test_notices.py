"""A notice with a quiz in the browser, once in each language: made, barring, passed; a card for one customer only."""

import re

import pytest
from playwright.async_api import Browser, expect

from ombud.customers.schemas import Sender
from ombud.shared.clock import utc_now
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, receive
from tests.journeys.screen import sign_in
from tests.journeys.served import Served, until

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

ONLINE = (
    "select count(*) from presence p join person o on o.id = p.person_id where o.name = %(name)s and p.state = 'online'"
)


async def write_in(served: Served, who: str, text: str) -> int:
    """A customer writes; the ticket's number."""
    shop = await served.channel("api", f"Shop {who}")
    message = InboundMessage(
        sender=Sender("external", who, name=who), text=text, subject=who, at=utc_now(), conversation=who
    )
    await served.do(lambda tx: receive(tx, [Arrival(shop.id, who, message)], now=utc_now()))
    sql = "select id from ticket where subject = %(who)s"

    async def is_there() -> bool:
        return bool(await served.values(sql, who=who))

    await until(is_there)
    return int((await served.values(sql, who=who))[0])


async def test_notice_bars_an_agent_until_they_pass_its_quiz_in_chinese(served: Served, browser: Browser) -> None:
    await served.person("Bao", role="supervisor", locale="zh-CN")
    await served.person("Lin", locale="zh-CN")
    boss = await sign_in(browser, served, "bao@desk.example")
    page = boss.page
    await page.goto(f"{served.url}/notices")
    await boss.button("撰写公告").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("标题（中文）").fill("退货期改为十五天")
    await form.get_by_label("正文（中文）").fill("从今天起，退货期为十五天。")
    await form.get_by_label("坐席").check()
    await form.get_by_label("未读者不能上线").check()
    await form.get_by_role("button", name="添加题目").click()
    await form.get_by_label("题目（中文） 1").fill("退货期是几天？")
    await form.get_by_label("选项（中文） 1.1").fill("十五天")
    await form.get_by_label("选项（中文） 1.2").fill("七天")
    await boss.picture("notice-form-zh")
    await form.get_by_role("button", name="保存草稿").click()
    await boss.button("发布").click()
    await boss.sees("1 人中 0 人已完成")

    lin = await sign_in(browser, served, "lin@desk.example")
    await lin.sees("阅读完成后才能上线。")
    assert await served.values(ONLINE, name="Lin") == [0]
    await lin.page.get_by_role("link", name="去阅读").click()
    await lin.button("我已阅读，去答题").click()
    await lin.page.get_by_role("radio", name="七天").check()
    await lin.button("提交答案").click()
    await lin.sees("答对 0%，需要 100%。")
    await lin.picture("notice-quiz-zh")
    await lin.page.get_by_role("radio", name="十五天").check()
    await lin.button("提交答案").click()
    await lin.sees("已阅读并完成")
    await expect(lin.page.get_by_text("阅读完成后才能上线。")).to_have_count(0)

    async def is_online() -> bool:
        return bool(await served.values(ONLINE, name="Lin") == [1])

    await until(is_online)
    await page.reload()
    await boss.sees("1 人中 1 人已完成")
    await boss.picture("notice-readers-zh")


async def test_guidance_card_shows_for_the_customers_it_fits_and_not_for_others(
    served: Served, browser: Browser
) -> None:
    await served.person("Olga", role="supervisor")
    fitting = await write_in(served, "Rosa", "My manual says batch M-0915 and it leaks.")
    other = await write_in(served, "Omar", "Where is my parcel?")
    screen = await sign_in(browser, served, "olga@desk.example")
    page = screen.page
    await page.goto(f"{served.url}/settings/guidance/new")
    await page.get_by_label("Name", exact=True).fill("Batch M-0915")
    await page.get_by_label("Title", exact=True).last.fill("The manual is wrong")
    await page.get_by_label("Steps, one a line").last.fill("Shut the valve\nSend the picture")
    await page.get_by_label("Wording for the customer").last.fill("Dear {{customer.name}}, please shut the valve.")
    # The condition as the builder keeps it: what it is put together from has its own journeys.
    await screen.button("Try it").click()
    await screen.sees("Fits 2 of 2 tickets today.")
    await screen.button("Create card").click()
    await page.wait_for_url(re.compile(r"/settings/guidance/\d+$"))
    condition = '{"field": "message", "op": "contains", "value": "M-0915"}'
    await served.values("update guidance_card set condition = %(c)s::jsonb returning id", c=condition)

    await page.goto(f"{served.url}/tickets/all/{fitting}")
    card = page.get_by_role("article", name="The manual is wrong")
    await expect(card.get_by_role("listitem").filter(has_text="Shut the valve")).to_be_visible()
    await card.get_by_role("button", name="Put into reply").click()
    await screen.holds("Dear Rosa, please shut the valve.")
    await screen.picture("guidance-card-en")
    await page.goto(f"{served.url}/tickets/all/{other}")
    await expect(page.get_by_role("region", name="Guidance")).to_be_visible()
    await expect(page.get_by_role("article", name="The manual is wrong")).to_have_count(0)
