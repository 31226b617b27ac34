"""A newcomer with a question: search, article, contact form, ticket, portal, solved; in Chinese and in English."""

import re
import time
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from ombud.demo.knowledge import make_knowledge
from ombud.knowledge.retrieval.services import count_passages, index_missed
from ombud.portal.schemas import InBoth, Look, PortalSitePatch
from ombud.portal.services import change_site
from ombud.shared.actor import SYSTEM
from ombud.shared.clock import utc_now
from ombud.shared.database import Transaction
from ombud.tickets.schemas import NoteIn
from ombud.tickets.services.changes import add_note
from tests.journeys.screen import Screen, open_window
from tests.journeys.served import Served, until
from tests.journeys.test_screens import problems_of
from tests.mailserver import Outside

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]
SETTINGS = {"undo_seconds": 0}
SECRET = "SECRET-4711 of ours alone"

# What a newcomer asks, and the article that answers it.
QUESTIONS = {
    "en": [
        ("How long does it take until I get my money back?", "refund-times"),
        ("I paid twice for one order", "charged-twice"),
        ("my parcel says delivered but it is not here", "parcel-late-or-lost"),
    ],
    "zh-CN": [
        ("退款一般几天能到账", "refund-times"),
        ("一个订单扣了我两次钱", "charged-twice"),
        ("显示已签收但是我没收到货", "parcel-late-or-lost"),
    ],
}
WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "no": "No",
        "reason": "Something is missing",
        "give": "Send",
        "thanks_not": "we will improve it",
        "ask": "Send us your question",
        "name": "Your name",
        "email": "Your e-mail",
        "text": "Your message",
        "next": "Go on",
        "proposed": "Perhaps this answers your question",
        "anyway": "No, send my message",
        "thanks": "Your message has arrived",
        "follow": re.compile("sign in with the same address"),
        "link": "Send me a link",
        "sent": "Look into your mailbox",
        "enter": "Sign in now",
        "tickets": "My tickets",
        "message": "Your message",
        "send": "Send",
        "arrived": "Your message has arrived",
        "solved": "Yes, it is solved",
        "done": "marked as solved",
        "wrote": "My money is not back after two weeks. How long does the refund take?",
        "more": "The order was LJ-2024-118.",
    },
    "zh-CN": {
        "no": "没有解决",
        "reason": "内容不完整",
        "give": "提交",
        "thanks_not": "我们会尽快改进",
        "ask": "给我们留言",
        "name": "您的称呼",
        "email": "您的邮箱",
        "text": "您的问题",
        "next": "下一步",
        "proposed": "这些内容可能解决您的问题",
        "anyway": "没有解决，继续提交",
        "thanks": "我们已收到",
        "follow": re.compile("用同一邮箱登录"),
        "link": "发送登录链接",
        "sent": "请查收邮件",
        "enter": "确认登录",
        "tickets": "我的工单",
        "message": "留言内容",
        "send": "发送",
        "arrived": "您的留言已",
        "solved": "已解决",
        "done": "工单已标记为已解决",
        "wrote": "两个星期了退款还没有到账，退款要多久？",
        "more": "订单号 LJ-2024-118。",
    },
}


async def stock(served: Served) -> None:
    """The demo's articles, and a help centre with a portal."""
    form = await served.channel("form", "Contact")

    async def fill(tx: Transaction) -> None:
        await make_knowledge(tx, SYSTEM, now=utc_now())
        look = Look(name=InBoth("Lanjia help", "澜家帮助中心"), time_zone="Asia/Shanghai")
        patch = PortalSitePatch(version=0, is_on=True, has_portal=True, form_channel_id=form.id, look=look)
        await change_site(tx, 1, patch, served.url, by=SYSTEM, now=utc_now())

    await served.do(fill)
    while await index_missed(served.database):
        pass


async def search(page: Page, served: Served, locale: str, question: str) -> str:
    """Ask, and give the path of what is first."""
    await page.goto(f"{served.url}/help/{locale}")
    await page.get_by_role("combobox").fill(question)
    await page.locator("[role=search] button").click()
    await page.wait_for_url("**/search?*")
    return str(await page.locator("main ol.list a").first.get_attribute("href", timeout=10_000))


async def clean(screen: Screen) -> None:
    """Nothing for axe to find, and nothing that the policy of the page refused."""
    assert await problems_of(screen.page) == []
    assert screen.complaints == []


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
async def test_newcomer_goes_from_question_to_solved(
    served: Served, browser: Browser, world: Outside, locale: str
) -> None:
    words, address = WORDS[locale], f"newcomer-{locale.lower()}@customer.example"
    if not await served.values("select 1 from channel where kind = 'email'"):
        await served.channel("email", "Mail", address="care@desk.example", smtp=world.smtp_settings())
    _, screen = await open_window(browser, locale=locale)
    page = screen.page

    # A question in other words than the article's is found by meaning, which the worker adds.
    async def has_meaning() -> bool:
        return (await served.do(count_passages)).without_vector == 0

    await until(has_meaning, 90)
    for question, slug in QUESTIONS[locale]:
        assert await search(page, served, locale, question) == f"/help/{locale}/articles/{slug}", question
    await clean(screen)
    await screen.picture(f"help-search-{locale}")
    await page.goto(f"{served.url}/help/{locale}")
    await clean(screen)
    await screen.picture(f"help-home-{locale}")
    await not_helped(screen, served, locale)
    ticket = await write_to_us(screen, words, address, served)
    await follow(screen, served, world, words, address, ticket)


async def not_helped(screen: Screen, served: Served, locale: str) -> None:
    """Read the article, and say that it did not help."""
    page, words = screen.page, WORDS[locale]
    await page.goto(f"{served.url}/help/{locale}/articles/refund-times")
    await clean(screen)
    await screen.picture(f"help-article-{locale}")
    await page.locator(".helped summary").click()
    await page.get_by_label(words["reason"]).check()
    await page.locator(".helped details").get_by_role("button", name=words["give"]).click()
    await screen.sees(page.get_by_text(words["thanks_not"]))
    sql = "select 1 from article_feedback where not helped and reason = 'incomplete' and locale = %(locale)s"
    assert await served.values(sql, locale=locale)
    await page.get_by_role("link", name=words["ask"]).click()


async def write_to_us(screen: Screen, words: dict[str, Any], address: str, served: Served) -> int:
    """Fill in the form, pass by what is proposed, and give the ticket."""
    page, shown = screen.page, time.monotonic()
    await page.get_by_label(words["name"]).fill("Rosa")
    await page.get_by_label(words["email"]).fill(address)
    await page.get_by_label(words["text"]).fill(words["wrote"])
    await page.get_by_role("button", name=words["next"]).click()
    await screen.sees(page.get_by_role("heading", name=words["proposed"]))
    await expect(page.locator("main ul.list a").first).to_have_attribute("href", re.compile("refund-times"))
    await clean(screen)

    # A form that comes back within two seconds is a machine's.
    async def is_human() -> bool:
        return time.monotonic() - shown > 2.5

    await until(is_human)
    await page.get_by_role("button", name=words["anyway"]).click()
    await screen.sees(page.get_by_role("heading", name=words["thanks"]))
    sql = "select t.id from ticket t join customer c on c.id = t.customer_id where c.email = %(address)s"
    await until(lambda: served.values(sql, address=address))
    ticket = int((await served.values(sql, address=address))[0])
    note = NoteIn(SECRET, f"note-{ticket}")
    await served.do(lambda tx: add_note(tx, ticket, note, by=SYSTEM, now=utc_now()))
    return ticket


async def follow(
    screen: Screen, served: Served, world: Outside, words: dict[str, Any], address: str, ticket: int
) -> None:
    """Sign in by the mailed link, write, and say that it is solved."""
    page = screen.page
    await page.get_by_role("link", name=words["follow"]).click()
    await page.get_by_label(words["email"]).fill(address)
    await page.get_by_role("button", name=words["link"]).click()
    await screen.sees(page.get_by_role("heading", name=words["sent"]))

    async def mailed() -> bool:
        return any(address in str(one["to"]) for one in world.mails)

    await until(mailed, 30)
    letter = next(one for one in world.mails if address in str(one["to"]))
    body = letter.get_body()
    assert body is not None
    link = re.search(r"http\S+/portal/enter/\S+", body.get_content())
    assert link is not None
    await page.goto(link[0])
    await page.get_by_role("button", name=words["enter"]).click()
    await screen.sees(page.get_by_role("heading", name=words["tickets"]))
    await clean(screen)
    await page.locator(f"a[href$='/tickets/{ticket}']").click()
    await screen.sees(page.locator(".said", has_text=words["wrote"]))
    await page.get_by_label(words["message"]).fill(words["more"])
    await page.get_by_role("button", name=words["send"], exact=True).click()
    await screen.sees(page.get_by_role("status").filter(has_text=words["arrived"]))
    is_kept = "select 1 from public_entry where ticket_id = %(id)s and text = %(text)s"
    await until(lambda: served.values(is_kept, id=ticket, text=words["more"]))
    await page.reload()
    await screen.sees(page.locator(".said", has_text=words["more"]))
    assert SECRET not in await page.content()
    await clean(screen)
    await screen.picture(f"portal-ticket-{ticket}")
    await page.get_by_role("button", name=words["solved"]).click()
    await screen.sees(page.get_by_role("status").filter(has_text=words["done"]))
    assert await served.values("select category from ticket where id = %(id)s", id=ticket) == ["solved"]
