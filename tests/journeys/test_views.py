"""Views used in the browser, once in each language: built, shared, changed in bulk, undone, exported, on a board."""

import json
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from ombud.customers.schemas import Sender
from ombud.shared.clock import utc_now
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, receive
from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served, until

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

SUBJECTS = ["Leaking washer", "Noisy dryer", "Broken kettle"]


async def stock(served: Served) -> None:
    """An administrator for each language, and three tickets on their way in."""
    await served.person("Olga Ops", role="administrator")
    await served.person("Mei Lin", role="administrator", locale="zh-CN")
    shop = await served.channel("api", "Shop")
    arrivals = [Arrival(shop.id, subject, message(subject)) for subject in SUBJECTS]
    await served.do(lambda tx: receive(tx, arrivals, now=utc_now()))


def message(subject: str) -> InboundMessage:
    who = Sender("external", subject, name=subject.split()[1].title())
    return InboundMessage(sender=who, text=f"{subject}, help.", subject=subject, at=utc_now(), conversation=subject)


async def priorities(served: Served) -> list[int]:
    return await served.values("select priority from ticket order by id")


async def begin(served: Served, browser: Browser, email: str) -> Screen:
    async def are_there() -> bool:
        return len(await priorities(served)) == len(SUBJECTS)

    await until(are_there)
    return await sign_in(browser, served, email)


async def share_view(served: Served) -> None:
    """A shared view of machines: the tests of a file may each have a desk of their own."""
    sql = """
        insert into saved_view (name_en, name_zh, scope, owner_id, condition, sort, layout, created_at)
        select 'Devices', '设备', 'all', min(id), %(condition)s::jsonb, 'activity', 'table', now() from person
        returning id"""
    parts = [{"field": "subject", "op": "contains", "value": word} for word in ("washer", "dryer")]
    assert await served.values(sql, condition=json.dumps({"any": parts}))


async def choose(screen: Screen, label: str, text: str) -> None:
    await screen.page.get_by_label(label, exact=True).last.select_option(label=text)


async def test_view_is_built_shared_changed_in_bulk_and_undone(served: Served, browser: Browser) -> None:
    screen = await begin(served, browser, "olga@desk.example")
    page = screen.page
    await screen.button("New view").click()
    dialog = page.get_by_role("dialog")
    await choose(screen, "For whom", "Everybody")
    await dialog.get_by_label("Name in English").fill("Machines")
    await dialog.get_by_label("Name in Chinese").fill("机器")
    await dialog.get_by_role("button", name="Group", exact=True).click()
    await choose(screen, "Field", "Subject")
    await dialog.get_by_label("Value of Subject").fill("washer")
    await dialog.get_by_role("button", name="Condition", exact=True).first.click()
    await choose(screen, "Field", "Subject")
    await dialog.get_by_label("Value of Subject").last.fill("DRYER")
    await dialog.get_by_label("Value of Subject").last.press("Tab")
    await screen.sees("2 tickets")
    await choose(screen, "Look", "Table")
    await screen.picture("views-builder-en")
    await screen.button("Save").click(timeout=5_000)
    await page.wait_for_url("**/views/saved:*")
    await expect(page.locator("tbody tr")).to_have_count(2)

    await page.get_by_label("Choose all on this page").check()
    await screen.sees("2 chosen")
    await screen.button("Priority").click()
    await page.get_by_role("option", name="Urgent", exact=True).click()
    await screen.sees("2 tickets done")
    assert sorted(await priorities(served)) == [2, 4, 4]
    await screen.picture("views-bulk-en")
    await screen.button("Undo").first.click()

    async def is_undone() -> bool:
        return await priorities(served) == [2, 2, 2]

    await until(is_undone)
    assert screen.complaints == []


async def test_view_is_seen_exported_and_moved_on_a_board_in_chinese(
    served: Served, browser: Browser, tmp_path: Path
) -> None:
    await share_view(served)
    screen = await begin(served, browser, "mei@desk.example")
    page = screen.page
    await page.get_by_role("link", name=re.compile("^设备")).click()
    await expect(page.locator("tbody tr")).to_have_count(2)
    await screen.button("导出").click()
    await page.get_by_role("option", name="CSV").click()
    async with page.expect_download() as download:
        await page.get_by_role("link", name=re.compile(r"^tickets-.+\.csv$")).click()
    await (await download.value).save_as(tmp_path / "out.csv")
    text = (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert text.startswith("\ufeff工单号,主题,状态")
    assert "Leaking washer" in text
    assert "Broken kettle" not in text
    await screen.picture("views-table-zh")

    await screen.button("状态看板").click()
    card = page.locator("a.card", has_text="Noisy dryer")
    await card.focus()
    await screen.press("Control+ArrowRight")
    await screen.sees(page.get_by_text(re.compile("现在是")))

    async def is_moved() -> bool:
        sql = "select s.position from ticket t join status s on s.id = t.status_id where t.subject like 'Noisy%%'"
        return await served.values(sql) != await served.values("select min(position) from status")

    await until(is_moved)
    await screen.picture("views-board-zh")
    assert screen.complaints == []
