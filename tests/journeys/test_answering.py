"""A newcomer asks the demo shop's articles in its chat: right answers with their source, then a person who sees all."""

import re
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from ombud.accounts.permissions import ROLES
from ombud.assistance.answering.queries import find_rule
from ombud.assistance.answering.schemas import AnswerRuleIn
from ombud.assistance.answering.services.ruling import change_rule
from ombud.demo.knowledge import make_knowledge
from ombud.knowledge.retrieval.services import index_missed
from ombud.shared.actor import Actor
from ombud.shared.clock import utc_now
from ombud.shared.database import Transaction
from tests.journeys.screen import sign_in
from tests.journeys.served import Served, until
from tests.journeys.shop import Shop, Visitor
from tests.journeys.spoken import BOTH, Speech

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]
# Found by words alone: the journey needs no model.
SETTINGS = {"meaning": False}
WIDGET: dict[str, dict[str, Any]] = {
    "en": {
        "questions": (
            ("How do I get an invoice?", "My orders → Invoice", "How to get an invoice"),
            ("When does my order arrive?", "2–5", "How long delivery takes"),
            ("Can I change my delivery address?", "My orders → Change", "Can I still change the address"),
        ),
        "label": "word for word from our help",
        "person": "Talk to a person",
        "passed": "passing you on to a person",
    },
    "zh-CN": {
        "questions": (
            ("发票怎么开", "我的订单 → 申请发票", "怎么开发票"),
            ("会员积分怎么用", "积分商城", "积分怎么得、怎么用"),
            ("可以货到付款吗", "大家电不支持货到付款", "支持哪些付款方式"),
        ),
        "label": "由 AI 生成",
        "person": "转人工",
        "passed": "转接人工客服",
    },
}


async def stock(served: Served) -> None:
    """The demo shop's articles, ready to be found; tickets wait until somebody takes them by hand."""
    email = await served.person("Ada", role="administrator")
    [ada] = await served.values("select id from person where email = %(email)s", email=email)
    by = Actor("person", ada, "Ada", ROLES["administrator"], None)
    await served.do(lambda tx: make_knowledge(tx, by, now=utc_now()))
    await served.do(lambda tx: tx.execute("update team set routing = 'manual'"))
    while await index_missed(served.database):
        pass


async def come(served: Served, browser: Browser, shop: Shop, say: Speech) -> Visitor:
    """A visitor on a chat that answers by itself."""
    made = await served.channel("chat", f"Chat {say.short}", locale_default=say.locale)

    async def turn_on(tx: Transaction) -> None:
        assert await find_rule(tx, made.id)
        data = AnswerRuleIn(version=0, is_on=True, threshold=0.5, is_strict=False)
        await change_rule(tx, made.id, data, by=Actor("system"), now=utc_now())

    await served.do(turn_on)
    shop.desk, shop.key, shop.lang = served.url, made.public_key or "", say.locale
    visitor = await Visitor.enter(browser, shop, locale=say.browser)
    await visitor.introduce("Rosa")
    return visitor


@BOTH
async def test_newcomer_gets_answers_with_their_source_and_then_a_person(
    served: Served, browser: Browser, shop: Shop, say: Speech
) -> None:
    words = WIDGET[say.locale]
    visitor = await come(served, browser, shop, say)
    log = visitor.widget.locator(".list")
    for question, answer, source in words["questions"]:
        await visitor.write(question)
        await expect(log.locator("li.out").last).to_contain_text(answer, timeout=30_000)
        newest = log.locator("li.out").last
        await expect(newest).to_contain_text(words["label"])
        link = newest.locator("a.source")
        await expect(link).to_contain_text(source)
        await expect(link).to_have_attribute("href", re.compile(rf"^{served.url}/help/{say.locale}/articles/"))
        await expect(newest.get_by_role("button", name=words["person"])).to_be_visible()
    await visitor.screen.picture(f"answering-widget-{say.short}-1440")
    await visitor.widget.locator(".judge").get_by_role("button", name=words["person"]).click()
    await expect(log.locator("li.out").last).to_contain_text(words["passed"], timeout=30_000)
    await expect(visitor.widget.locator(".to-person")).to_be_hidden()
    first = words["questions"][0][0]
    sql = "select ticket_id from machine_answer where question = %(text)s"
    await until(lambda: served.values(sql, text=first))
    [ticket] = await served.values(sql, text=first)
    leader = await served.person(f"Wu{say.short}", role="supervisor", locale=say.locale)
    screen = await sign_in(browser, served, leader, locale=say.browser)
    await screen.page.goto(f"{served.url}/tickets/all/{ticket}")
    panel = screen.page.get_by_role("region", name=say("answering.title"))
    await screen.sees(panel.get_by_text(say("answering.state.handed_off", reason=say("answering.reason.asked"))))
    await screen.sees(panel.get_by_text(first))
    await screen.sees(screen.page.get_by_text(say("answering.mark.answer")).first)
    await screen.picture(f"answering-ticket-{say.short}-1440")
    await screen.page.goto(f"{served.url}/answers")
    await screen.sees(screen.page.get_by_role("row", name=re.compile(words["questions"][2][2])))
    await screen.picture(f"answering-figures-{say.short}-1440")
    await screen.page.goto(f"{served.url}/settings/answering")
    await screen.page.get_by_label(say("answering.settings.tryLabel")).fill(first)
    await screen.page.get_by_role("button", name=say("answering.settings.tryButton"), exact=True).click()
    await screen.sees(screen.page.locator("blockquote").get_by_text(words["questions"][0][1]))
    await screen.picture(f"answering-settings-{say.short}-1440")
    assert (screen.complaints, visitor.screen.complaints) == ([], [])
