"""The knowledge base in the browser, once in each language: written, sent back, approved, put into an answer."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from ombud.customers.schemas import Sender
from ombud.shared.clock import utc_now
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, receive
from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served
from tests.journeys.spoken import BOTH, Speech

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]
WORDS = {
    "en": ("Return within seven days", "You may return it within seven days.", "Say that it must be unused."),
    "zh": ("七天无理由退货", "签收后七天内可以退货。", "请写明商品须未使用。"),
}


async def stock(served: Served) -> None:
    """An author and somebody who approves for each language, and a customer who asks."""
    await served.person("Author-en")
    await served.person("Chief-en", role="supervisor")
    await served.person("Author-zh", locale="zh-CN")
    await served.person("Chief-zh", role="supervisor", locale="zh-CN")
    shop = await served.channel("api", "Shop")
    arrivals = [Arrival(shop.id, short, question(short)) for short in ("en", "zh")]
    await served.do(lambda tx: receive(tx, arrivals, now=utc_now()))


def question(short: str) -> InboundMessage:
    """What a customer asks."""
    who = Sender("external", short, name=f"Rosa {short}")
    return InboundMessage(sender=who, text="?", subject=f"Question {short}", at=utc_now(), conversation=short)


async def write(screen: Screen, say: Speech, title: str, text: str) -> None:
    """An article begun and written in the editor."""
    page = screen.page
    await screen.button(say("knowledge.new")).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label(say("knowledge.titleOf")).fill(title)
    await dialog.get_by_label(say("knowledge.audience.label")).select_option("public")
    await screen.button(say("knowledge.begin")).click()
    body = page.get_by_role("textbox", name=say("knowledge.body"))
    await expect(body).to_be_visible()
    await body.fill(text)
    await page.get_by_label(say("knowledge.summary")).fill(text)
    await screen.sees(say("knowledge.save.saved"))


@BOTH
async def test_article_is_written_sent_back_approved_and_put_into_an_answer(
    served: Served, browser: Browser, say: Speech
) -> None:
    title, text, note = WORDS[say.short]
    author = await sign_in(browser, served, f"author-{say.short}@desk.example", locale=say.browser)
    await author.page.goto(f"{served.url}/knowledge")
    await write(author, say, title, text)
    await author.picture(f"knowledge-editor-{say.short}")
    await author.button(say("knowledge.askReview")).click()
    await author.sees(say("knowledge.done.asked"))
    chief = await sign_in(browser, served, f"chief-{say.short}@desk.example", locale=say.browser)
    page = chief.page
    await page.goto(f"{served.url}/knowledge")
    await chief.button(re.compile(f"^{say('knowledge.which.review')}")).click()
    await page.get_by_role("link", name=re.compile(title)).click()
    await chief.button(say("knowledge.reject")).click()
    await page.get_by_role("dialog").get_by_role("textbox").fill(note)
    await page.get_by_role("dialog").get_by_role("button", name=say("knowledge.reject")).click()
    await author.sees(say("knowledge.sentBack", note=note))
    await author.page.get_by_role("tab", name=say("knowledge.tab.edit")).click()
    await author.page.get_by_role("textbox", name=say("knowledge.body")).fill(f"{text} {note}")
    await author.sees(say("knowledge.save.saved"))
    await author.button(say("knowledge.askReview")).click()
    await author.sees(say("knowledge.done.asked"))
    await chief.sees(page.locator("article").get_by_text(f"{text} {note}"))
    await chief.button(say("knowledge.publish")).click()
    await chief.sees(say("knowledge.done.published"))
    await page.get_by_role("tab", name=say("knowledge.tab.history")).click()
    await chief.sees(say("knowledge.history.version", n=2))
    await chief.picture(f"knowledge-history-{say.short}")
    await put_into_answer(served, chief, say, title, text)
    assert author.complaints == []
    assert chief.complaints == []


async def put_into_answer(served: Served, screen: Screen, say: Speech, title: str, text: str) -> None:
    """An article found from the composer stands in the answer."""
    page = screen.page
    await page.goto(f"{served.url}/tickets/all")
    await screen.row(f"Question {say.short}").click()
    await screen.button(say("tickets.knowledge.title")).click()
    await page.get_by_placeholder(say("tickets.knowledge.search")).fill(title)
    await page.get_by_role("option", name=re.compile(title)).click()
    await expect(screen.field).to_have_value(re.compile(text))


@BOTH
async def test_table_is_imported_seen_and_undone(served: Served, browser: Browser, say: Speech, tmp_path: Path) -> None:
    table = tmp_path / "faq.csv"
    table.write_text(f"title,body\nOne {say.short},First\n,nothing\n", encoding="utf-8")
    screen = await sign_in(browser, served, f"chief-{say.short}@desk.example", locale=say.browser)
    page = screen.page
    await page.goto(f"{served.url}/knowledge/imports")
    async with page.expect_file_chooser() as chooser:
        await screen.button(say("knowledge.import.choose")).click()
    await (await chooser.value).set_files(table)
    await screen.sees(say("knowledge.import.problem.no_title"))
    await screen.picture(f"knowledge-import-{say.short}")
    await screen.button(say("knowledge.import.run", 1, n=1)).click()
    await screen.sees(say("knowledge.import.state.done"))
    imported = page.url
    await page.get_by_role("link", name=f"One {say.short}").click()
    await page.wait_for_url(re.compile(r"/knowledge/\d+$"))
    await screen.sees(page.locator("article").get_by_text("First"))
    await page.goto(imported)
    await screen.button(say("knowledge.import.undo")).click()
    await screen.sees(say("knowledge.import.state.undone"))
    await page.goto(f"{served.url}/knowledge")
    await screen.sees(page.get_by_role("link", name=re.compile(WORDS["en"][0])))
    await expect(page.get_by_role("link", name=f"One {say.short}")).to_have_count(0)
    assert screen.complaints == []
