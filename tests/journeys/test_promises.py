"""Promises in the browser, once in each language: offered while writing, watched, kept, broken, listed and counted."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Locator, expect

from ombud.customers.schemas import Sender
from ombud.shared.clock import utc_now
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, receive
from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served, until

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]
COUNT = """
    select count(*) from promise p join ticket t on t.id = p.ticket_id
    where t.subject = %(subject)s and p.status = %(status)s"""
# A busy machine reads its log a little later.
PATIENCE_MS = 20_000


async def stock(served: Served) -> None:
    """A supervisor for each language."""
    await served.person("Wu Min", role="supervisor", locale="zh-CN")
    await served.person("Olga Ops", role="supervisor")


async def write_in(served: Served, subject: str) -> None:
    """A customer writes, and the ticket is there."""
    shop = await served.channel("api", f"Shop {subject}")
    who = Sender("external", subject, name=subject)
    message = InboundMessage(sender=who, text="Please help.", subject=subject, at=utc_now(), conversation=subject)
    await served.do(lambda tx: receive(tx, [Arrival(shop.id, subject, message)], now=utc_now()))

    async def is_there() -> bool:
        return bool((await served.values("select count(*) from ticket where subject = %(s)s", s=subject))[0])

    await until(is_there, 30)


async def has(served: Served, subject: str, status: str, number: int = 1) -> None:
    """Wait until a ticket has so many promises in a state."""

    async def is_so() -> bool:
        return bool((await served.values(COUNT, subject=subject, status=status))[0] == number)

    await until(is_so, 30)


async def open_ticket(screen: Screen, served: Served, subject: str) -> None:
    await screen.page.goto(f"{served.url}/tickets/all")
    await screen.row(subject).click()


async def let_it_pass(served: Served, subject: str, words: str) -> None:
    """The moment of a promise is over: it is laid into the past."""
    which = (
        "select p.id from promise p join ticket t on t.id = p.ticket_id where t.subject = %(s)s and p.words like %(w)s"
    )
    past = {"at": utc_now() - timedelta(seconds=1), "s": subject, "w": f"%{words}%"}
    await served.values(f"update promise set due_at = %(at)s where id in ({which}) returning id", **past)
    mine = f"metric = 'promise' and round in ({which})"
    await served.values(f"update clock set due_at = %(at)s, next_at = %(at)s where {mine} returning id", **past)


def offer(offers: Locator, words: str) -> Locator:
    return offers.locator("li", has_text=words)


async def test_promise_is_doubted_made_safe_sent_and_kept_in_chinese(served: Served, browser: Browser) -> None:
    await write_in(served, "漏水")
    screen = await sign_in(browser, served, "wu@desk.example")
    page = screen.page
    await open_ticket(screen, served, "漏水")
    clocks = page.get_by_role("region", name="时效", exact=True)
    await clocks.get_by_role("button", name="添加外部时限").click()
    await clocks.get_by_label("时限事由").fill("开庭")
    await clocks.get_by_label("到期时间").fill(f"{utc_now() + timedelta(days=4):%Y-%m-%d}T10:00")
    await clocks.get_by_role("button", name="开始跟踪").click()
    await expect(clocks.get_by_text("开庭", exact=True)).to_be_visible()

    field = page.get_by_role("textbox", name="回复客户")
    await page.locator(".composer").wait_for()
    await screen.press("r")
    await expect(field).to_be_focused()
    await screen.type("您好，我们会在10个工作日内给您答复。")
    offers = page.get_by_role("region", name="本回复中的承诺")
    await expect(offers.get_by_text(re.compile("晚于本工单的外部时限：开庭"))).to_be_visible(timeout=PATIENCE_MS)
    await screen.picture("promises-doubt-zh")
    await offers.get_by_role("button", name=re.compile("^改为")).click()
    await screen.holds("您好，我们会在1个工作日内给您回复。")
    await expect(offer(offers, "1个工作日内")).to_be_visible(timeout=PATIENCE_MS)
    await screen.press("Control+End")
    await screen.type("我们会尽快安排。")
    await expect(offer(offers, "尽快").get_by_text("没有说明时限")).to_be_visible(timeout=PATIENCE_MS)
    await screen.picture("promises-offer-zh")
    await screen.press("Alt+p")
    await expect(offers.get_by_text("将跟踪 1 项承诺")).to_be_visible()
    await screen.press("Control+Enter", "Escape")
    await has(served, "漏水", "open")
    await has(served, "漏水", "vague")

    panel = page.get_by_role("region", name="承诺", exact=True)
    await expect(panel.get_by_text("我们会在1个工作日内给您回复")).to_be_visible(timeout=PATIENCE_MS)
    await screen.sees(page.get_by_text(re.compile("^Wu Min 承诺 .*24:00 前")))
    await screen.picture("promises-panel-zh")
    await page.goto(f"{served.url}/promises")
    await page.get_by_role("link", name=re.compile("漏水")).click()
    await panel.get_by_role("button", name=re.compile("^已兑现：")).click()
    await has(served, "漏水", "kept")
    await expect(
        panel.get_by_text("此工单尚无承诺。").or_(panel.get_by_text(re.compile("^已结束或模糊 2 项")))
    ).to_have_count(2)
    await page.goto(f"{served.url}/promises")
    await page.get_by_role("button", name="全部", exact=True).click()
    await screen.sees("已兑现")
    await screen.picture("promises-list-zh")
    assert screen.complaints == []


async def test_promise_is_given_another_time_broken_and_done_late_in_english(served: Served, browser: Browser) -> None:
    await write_in(served, "Noisy dryer")
    screen = await sign_in(browser, served, "olga@desk.example")
    page = screen.page
    await open_ticket(screen, served, "Noisy dryer")
    await screen.compose("r")
    await screen.type("We will call you within 24 hours. We will refund you within 5 working days.")
    offers = page.get_by_role("region", name="Promises in this reply")
    call, refund = offer(offers, "call you"), offer(offers, "refund you")
    await expect(refund.get_by_text(re.compile("24:00"))).to_be_visible(timeout=PATIENCE_MS)
    await call.get_by_role("button", name="Change the time").click()
    later = utc_now() + timedelta(days=3)
    await call.get_by_label("By when").fill(f"{later:%Y-%m-%d}T15:00")
    await call.get_by_role("button", name="Set", exact=True).click()
    await expect(call.get_by_text("time changed")).to_be_visible()
    await refund.get_by_role("button", name="No promise").click()
    await expect(refund.get_by_text("is no promise")).to_be_visible()
    await screen.picture("promises-offer-en")
    await refund.get_by_role("button", name="It is a promise").click()
    await screen.compose("r")
    await screen.press("Control+Enter", "Escape")
    await has(served, "Noisy dryer", "open", 2)

    panel = page.get_by_role("region", name="Promises", exact=True)
    await expect(panel.get_by_text(re.compile("call you within 24 hours"))).to_be_visible(timeout=PATIENCE_MS)
    await expect(panel.get_by_text(re.compile("15:00"))).to_be_visible()
    await panel.get_by_role("button", name="Add a promise").click()
    await panel.get_by_label("What was promised").fill("Send the filter")
    await panel.get_by_label("By when").fill(f"{later:%Y-%m-%d}T18:00")
    await panel.get_by_role("button", name="Watch it").click()
    await expect(panel.get_by_text("Send the filter")).to_be_visible()
    await panel.get_by_role("button", name="Another time: Send the filter").click()
    await panel.get_by_label("By when instead").fill(f"{later:%Y-%m-%d}T19:00")
    await panel.get_by_label(re.compile("^Why, and what")).fill("The part is late")
    await panel.get_by_role("button", name="Change the time").click()
    await expect(panel.get_by_text(re.compile("The part is late"))).to_be_visible()

    await let_it_pass(served, "Noisy dryer", "refund")
    await has(served, "Noisy dryer", "broken")
    await expect(panel.get_by_text(re.compile("overdue$")).first).to_be_visible(timeout=PATIENCE_MS)
    await screen.button(re.compile(r"^\d+ changes$")).click()
    await screen.sees(page.get_by_text(re.compile("^Promise broken")), 20)
    await screen.picture("promises-broken-en")
    await page.goto(f"{served.url}/promises")
    await page.get_by_role("button", name="Overdue", exact=True).click()
    await expect(page.get_by_role("cell", name="Broken").first).to_be_visible()
    await expect(page.get_by_role("cell", name="0 % (0 of 1)").first).to_be_visible()
    await screen.picture("promises-list-en")
    await page.get_by_role("link", name=re.compile("Noisy dryer")).first.click()
    await panel.get_by_role("button", name=re.compile("^Done after all")).click()
    await expect(panel.get_by_text(re.compile(r"^1 ended or vague"))).to_be_visible(timeout=PATIENCE_MS)
    assert screen.complaints == []
