"""Searching in the browser, in both languages: help, operators with suggestions, marks, tabs, errors, the keyboard."""

import re
from collections.abc import Sequence
from functools import partial

import pytest
from playwright.async_api import Browser, expect

from ombud.accounts.schemas import Locale
from ombud.customers.schemas import OrganisationIn, Sender
from ombud.customers.services.organisations import add_organisation
from ombud.shared.actor import SYSTEM
from ombud.shared.clock import utc_now
from ombud.shared.database import Transaction, execute
from ombud.shared.files import FileStore
from ombud.tickets.schemas import CannedReplyIn, InboundMessage
from ombud.tickets.schemas.post import StoredAttachment
from ombud.tickets.services.canned_replies import add_canned_reply
from ombud.tickets.services.intake.door import Arrival, receive
from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served, until
from tests.tickets.search.papers import BODY, docx, pdf

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]
TEXTS = [
    ("Rosa Marsh", "The washing machine does not work", "It leaks, too. Please refund order AB-2024-0931."),
    ("林晓", "洗衣机不工作", "机器不工作了,请尽快退款,订单号 AB-2024-0932。"),
    ("Tom Reed", "Where is my invoice?", "I asked twice already. The machine itself works well."),
]
# A talk of several pages, in which what is looked for stands far back.
TALK = [f"Line {number} of a long talk" for number in range(120)]
TALK[3] = "The turquoise kettle, 青绿色水壶"
FILES = [
    ("guarantee.pdf", pdf("broken compressor")),
    ("terms.docx", docx(BODY)),
    ("保修单.txt", "保修期两年".encode("gb18030")),
]
PHONE = {"width": 390, "height": 844}


async def stock(served: Served) -> None:
    """Three messages of three customers at the door, one with files, a long talk, and a message for another team."""
    await served.do(partial(add_organisation, data=ACME, by=SYSTEM, now=utc_now()))
    channel = (await served.channel("api", "Shop")).id
    store = FileStore(served.settings.files)
    files = []
    for name, data in FILES:
        kept = await store.put(data)
        kind = "text/plain" if name.endswith("txt") else "application/octet-stream"
        files.append(StoredAttachment(kept.token, name, kind, kept.size, kept.sha256.hex()))
    for place, (name, subject, text) in enumerate(TEXTS):
        await arrive(served, channel, name, text, subject=subject, key=f"c{place}", files=files if place == 1 else [])
    for text in TALK:
        await arrive(served, channel, "Ann Long", text, subject="A long talk", key="long")
    await served.do(lambda tx: execute(tx, "insert into team (name, created_at) values ('Repairs', now())"))
    await arrive(served, channel, "Eve Else", "The secret samovar", subject="Elsewhere", key="else")


ACME = OrganisationIn("Acme 顶好电器", domains=["example.com"])


async def arrive(
    served: Served,
    channel: int,
    name: str,
    text: str,
    *,
    subject: str,
    key: str,
    files: Sequence[StoredAttachment] = (),
) -> None:
    """A message at the door."""
    sender = Sender("external", key, name=name, email=f"{key}@example.com")
    message = InboundMessage(
        sender=sender, text=text, subject=subject, at=utc_now(), conversation=key, attachments=list(files)
    )
    arrival = Arrival(channel, f"{key}{text}", message)
    await served.do(partial(receive, arrivals=[arrival], now=utc_now()))


async def is_indexed(served: Served) -> bool:
    count = len(TEXTS) + len(TALK) + 1
    words = await served.values("select count(*) from entry_words having count(*) = %(count)s", count=count)
    read = await served.values("select count(*) from file_text having count(*) filter (where state = 'done') = 3")
    return bool(words and read)


async def searcher(
    browser: Browser, served: Served, name: str, locale: Locale = "en", *, is_narrow: bool = False, **context: object
) -> Screen:
    await until(lambda: is_indexed(served))
    email = await served.person(name, locale=locale)
    if is_narrow:
        await served.do(partial(narrow, email=email))
    agent = await sign_in(browser, served, email, **context)
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


async def test_hit_leads_to_its_place_far_back_in_the_ticket(served: Served, browser: Browser) -> None:
    agent = await searcher(browser, served, "Jo Jump")
    await ask(agent, "turquoise")
    await agent.page.locator("a.hit.messages").first.click()
    aimed = agent.page.locator("article.aimed")
    await expect(aimed).to_have_count(1)
    await expect(aimed).to_contain_text("The turquoise kettle")
    await expect(aimed).to_be_in_viewport()
    await agent.picture("search-jump")
    await agent.page.go_back()
    await expect(agent.page.locator("a.hit").first).to_be_visible()


ENGLISH = [
    ("AB-2024-0931", "Messages", "Please refund order AB-2024-0931.", 1),
    ("ab-2024*", "Messages", "AB-2024", 2),
    ("ab-2024", "Messages", "", 0),
    ("leaking refunds", "Messages", "It leaks, too.", 1),
    ("compressor", "Attachments", "guarantee.pdf", 1),
    ("guarantee.pdf", "Attachments", "guarantee.pdf", 1),
    ("SN-77-1", "Attachments", "terms.docx", 1),
    ("acme", "Organisations", "Acme 顶好电器", 1),
    ("organisation:acme machine", "Messages", "The machine itself", 1),
    ("rosa", "Customers", "Rosa Marsh", 1),
]
CHINESE = [
    ("AB-2024-0932", "消息", "订单号 AB-2024-0932", 1),
    ("不工作 退款", "消息", "机器不工作了", 1),
    ('"尽快退款"', "消息", "请尽快退款", 1),
    ("保修期", "附件", "保修单.txt", 1),
    ("退款协议", "附件", "terms.docx", 1),
    ("保修单", "附件", "保修单.txt", 1),
    ("顶好", "企业客户", "Acme 顶好电器", 1),
    ("企业:dhdq 不工作", "工单", "洗衣机不工作", 1),
    ("林晓", "客户", "林晓", 1),
    ("状态:未完结 水壶", "消息", "青绿色水壶", 1),
]


@pytest.mark.parametrize(("locale", "cases"), [("en", ENGLISH), ("zh-CN", CHINESE)])
async def test_agent_finds_everything_by_its_words(
    served: Served, browser: Browser, locale: Locale, cases: list[tuple[str, str, str, int]]
) -> None:
    name = {"en": "Vic Various", "zh-CN": "佟寻"}[locale]
    agent = await searcher(browser, served, name, locale)
    await served.do(employ)
    for query, kind, text, count in cases:
        await ask(agent, query)
        await agent.page.get_by_role("button", name=kind, exact=True).click()
        await expect(agent.page.locator("a.hit"), query).to_have_count(count)
        if count:
            await expect(agent.page.locator("a.hit").first).to_contain_text(text)
            await expect(agent.page.locator("a.hit mark").first).to_be_visible()
    await agent.picture(f"search-found-{locale}")


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
async def test_searcher_finds_only_what_their_teams_hold(served: Served, browser: Browser, locale: Locale) -> None:
    name = {"en": "Nil Narrow", "zh-CN": "小范"}[locale]
    agent = await searcher(browser, served, name, locale, is_narrow=True)
    await ask(agent, "samovar")
    await agent.sees({"en": "Nothing found", "zh-CN": "没有找到"}[locale])
    await ask(agent, "kettle")
    await expect(agent.page.locator("a.hit").first).to_be_visible()


async def employ(tx: Transaction) -> None:
    """Customers belong to the organisation."""
    sql = "update customer set organisation_id = (select id from organisation) where name in ('Tom Reed', '林晓')"
    await execute(tx, sql)


async def narrow(tx: Transaction, email: str) -> None:
    """Leave somebody in the first team only, and put the secret into the other one."""
    await execute(tx, "update person set sees_all_teams = false where email = %(email)s", {"email": email})
    sql = "delete from membership where team_id <> 1 and person_id = (select id from person where email = %(email)s)"
    await execute(tx, sql, {"email": email})
    await execute(
        tx, "update ticket set team_id = (select id from team where name = 'Repairs') where subject = 'Elsewhere'"
    )


async def test_tags_are_found_by_their_initials_while_typing(served: Served, browser: Browser) -> None:
    agent = await searcher(browser, served, "拼音", "zh-CN")
    await served.do(lambda tx: execute(tx, "insert into tag (name, created_at) values ('退款', now())"))
    await agent.type("标签:tk")
    await expect(agent.page.get_by_role("option", name="标签:退款")).to_be_visible()
    await agent.press("ArrowDown", "Enter")
    await expect(agent.page.get_by_role("combobox")).to_have_value(re.compile("^标签:退款"))
    await ask(agent, "负责人:py 独角兽")
    await agent.sees("没有找到")
    await ask(agent, "x" * 10_000)
    await agent.sees("搜索内容过长")


NOTE = "内部备注：客户催促，已经同意退款"


async def test_notes_are_found_and_canned_replies_by_their_initials(served: Served, browser: Browser) -> None:
    agent = await searcher(browser, served, "单笔记", "zh-CN")
    page = agent.page
    made = CannedReplyIn("退款说明", "退款将在三个工作日内到账。", scope="all")
    await served.do(lambda tx: add_canned_reply(tx, made, by=SYSTEM, now=utc_now()))
    [ticket] = await served.values("select min(id) from ticket")
    await page.goto(f"{served.url}/tickets/all/{ticket}")
    await page.locator(".composer").wait_for()
    await agent.press("n")
    await expect(page.get_by_role("textbox", name="内部备注")).to_be_focused()
    await agent.type(NOTE)
    await agent.press("Control+Enter")
    await agent.sees(agent.entry(NOTE))
    await agent.press("Escape", "r")
    reply = page.get_by_role("textbox", name="回复客户")
    await expect(reply).to_be_focused()
    await page.keyboard.type("/")
    await expect(page.get_by_role("combobox", name="搜索快捷回复")).to_be_focused()
    await page.keyboard.type("tk")
    await page.get_by_role("option", name=re.compile("退款说明")).wait_for()
    await agent.picture("canned-by-initials")
    await agent.press("Enter")
    await agent.holds("退款将在三个工作日内到账。", reply)

    async def is_known() -> bool:
        sql = "select 1 from entry e join entry_words w on w.entry_id = e.id where e.text = %(note)s"
        return bool(await served.values(sql, note=NOTE))

    await until(is_known)
    await page.goto(f"{served.url}/search")
    await ask(agent, "催促 退款")
    await page.get_by_role("button", name="备注", exact=True).click()
    await expect(page.locator("a.hit")).to_have_count(1)
    await expect(page.locator("a.hit mark").first).to_be_visible()
    for theme in ("light", "dark"):
        await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        await agent.picture(f"search-notes-{theme}")
    assert agent.complaints == []
