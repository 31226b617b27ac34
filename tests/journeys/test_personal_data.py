"""Risks and personal data in the browser: marked, masked, shown on request, blacked out, and brought back."""

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
ID_NUMBER, MASKED = "11010519491231002X", "110***********002X"
SAID = f"我叫王小明，身份证{ID_NUMBER}，电话 13800131234。再不退款我就打12315投诉！"
# A busy machine reads its log a little later.
PATIENCE_MS = 20_000


async def stock(served: Served) -> None:
    """A supervisor who reads Chinese, an administrator who reads English, and a message."""
    await served.person("Wu Min", role="supervisor", locale="zh-CN")
    await served.person("Ada Root", role="administrator")
    shop = await served.channel("api", "Shop")
    message = InboundMessage(
        sender=Sender("external", "w1", name="王小明"), text=SAID, subject="退款", at=utc_now(), conversation="w1"
    )
    await served.do(lambda tx: receive(tx, [Arrival(shop.id, "w1", message)], now=utc_now()))


async def open_ticket(screen: Screen, served: Served) -> None:
    """Show the ticket once its message was looked at for risks."""

    async def is_looked_at() -> bool:
        return bool((await served.values("select count(*) from risk_alert"))[0])

    await until(is_looked_at, 30)
    await screen.page.goto(f"{served.url}/tickets/all")
    await screen.row("退款").click()


async def test_supervisor_reads_what_is_hidden_and_blacks_it_out_in_chinese(served: Served, browser: Browser) -> None:
    screen = await sign_in(browser, served, "wu@desk.example")
    page = screen.page
    await open_ticket(screen, served)
    entry = page.locator("article.message")
    await expect(entry.locator("mark.personal", has_text=MASKED)).to_be_visible(timeout=PATIENCE_MS)
    await expect(entry.locator("mark.risk", has_text="12315")).to_be_visible()
    await expect(page.get_by_role("region", name="风险预警")).to_contain_text("媒体或监管投诉")
    await screen.picture("personal-zh")

    await entry.get_by_role("button", name="查看完整内容").click()
    await expect(entry.locator("mark.personal", has_text=ID_NUMBER)).to_be_visible(timeout=PATIENCE_MS)
    await entry.get_by_role("button", name="重新隐藏").click()
    await expect(entry).not_to_contain_text(ID_NUMBER)

    field = page.get_by_role("textbox", name="回复客户")
    await page.locator(".composer").wait_for()
    await screen.press("r")
    await expect(field).to_be_focused()
    await screen.type("你是不是有病？")
    await expect(page.get_by_text("这些用语可能冒犯客户")).to_be_visible(timeout=PATIENCE_MS)
    await field.fill("")

    await entry.hover()
    await entry.get_by_role("button", name="涂黑").click()
    dialog = page.get_by_role("dialog", name="涂黑")
    await dialog.get_by_role("button", name=re.compile("身份证号")).click()
    await dialog.get_by_label("原因（记入历史）").fill("客户要求")
    await screen.picture("redact-zh")
    await dialog.get_by_role("button", name="涂黑", exact=True).click()
    await expect(dialog).to_be_hidden(timeout=PATIENCE_MS)
    await expect(entry).to_contain_text("身份证■■■", timeout=PATIENCE_MS)
    await expect(page.get_by_text("涂黑了：身份证号")).to_be_visible(timeout=PATIENCE_MS)
    await expect(page.get_by_role("region", name="已涂黑")).to_contain_text("客户要求")
    texts = await served.values("select text from entry where text like %(id)s", id=f"%{ID_NUMBER}%")
    assert texts == []
    assert screen.complaints == []


async def test_administrator_sees_who_read_it_and_brings_it_back_in_english(served: Served, browser: Browser) -> None:
    screen = await sign_in(browser, served, "ada@desk.example")
    page = screen.page
    await page.goto(f"{served.url}/settings/personal-data")
    await expect(page.get_by_text(re.compile("Wu Min · ticket #"))).to_be_visible(timeout=PATIENCE_MS)
    show = page.get_by_label("Agents see in full: Identity number")
    await show.check()
    await expect(show).to_be_enabled(timeout=PATIENCE_MS)
    await expect(show).to_be_checked()
    await screen.picture("personal-settings-en")

    await open_ticket(screen, served)
    block = page.get_by_role("region", name="Blacked out")
    await block.get_by_role("button", name="Open the original").click()
    await block.get_by_label("Why must it be read?").fill("court order")
    await block.get_by_role("button", name="Open", exact=True).click()
    await expect(block.get_by_text(ID_NUMBER)).to_be_visible(timeout=PATIENCE_MS)
    await block.get_by_role("button", name="Bring it back").click()
    await expect(page.locator("article.message")).to_contain_text(MASKED, timeout=PATIENCE_MS)
    await expect(block).to_contain_text("brought back", timeout=PATIENCE_MS)
    assert await served.values("select reason from redaction_opening") == ["court order"]
    assert screen.complaints == []
