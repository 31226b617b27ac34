"""Somebody waits in a chat: nobody is there, then somebody is; told live and truly, called back as was promised."""

import re
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from ombud.shared.clock import utc_now
from tests.journeys.screen import sign_in
from tests.journeys.served import Served, until
from tests.journeys.shop import Shop, Visitor
from tests.journeys.spoken import BOTH, Speech

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]
NUMBER = "13800138000"
WIDGET: dict[str, dict[str, Any]] = {
    "en": {
        "nobody": "Nobody is here just now. We answer as soon as somebody is.",
        "next": "You are next · less than 5 min",
        "call": "Call me back",
        "number": "Your phone number",
        "ask": "Ask for it",
        "after": "I wait after all",
        "will": re.compile(f"We call you on {NUMBER} by .+"),
    },
    "zh-CN": {
        "nobody": "客服暂时不在，上线后会尽快回复您。",
        "next": "马上轮到您 · 不到 5 分钟",
        "call": "给我回电",
        "number": "您的电话号码",
        "ask": "提交",
        "after": "我继续等待",
        "will": re.compile(f"我们将在 .+ 前致电 {NUMBER}"),
    },
}


async def stock(served: Served) -> None:
    """Talks wait until somebody takes them by hand."""
    await served.do(lambda tx: tx.execute("update team set routing = 'manual'"))


async def measured(served: Served, ticket: int) -> None:
    """Twelve customers before were taken, one in two minutes."""
    sql = """
        insert into wait_estimate (ticket_id, team_id, waits_since, position, basis, told_at, ended_at, outcome)
        select t.id, t.team_id, %(now)s - interval '122 seconds', 1, 'few', %(now)s, %(now)s - interval '2 seconds',
            'answered' from ticket t, generate_series(1, 12) where t.id = %(id)s"""
    await served.do(lambda tx: tx.execute(sql, {"now": utc_now(), "id": ticket}))


async def come(served: Served, browser: Browser, shop: Shop, say: Speech) -> tuple[Visitor, int]:
    """A visitor who writes while nobody is there; gives the ticket."""
    made = await served.channel("chat", f"Chat {say.short}", offers_call=True)
    await served.do(lambda tx: tx.execute("update presence set state = 'offline'"))
    shop.desk, shop.key, shop.lang = served.url, made.public_key or "", say.locale
    visitor = await Visitor.enter(browser, shop, locale=say.browser)
    await visitor.introduce("Rosa")
    text = f"Hello {say.short}"
    await visitor.write(text)
    sql = "select id from ticket where subject = %(text)s"
    await until(lambda: served.values(sql, text=text))
    return visitor, (await served.values(sql, text=text))[0]


@BOTH
async def test_waiting_customer_is_told_the_truth_and_called_back(
    served: Served, browser: Browser, shop: Shop, say: Speech
) -> None:
    words = WIDGET[say.locale]
    visitor, ticket = await come(served, browser, shop, say)
    status, offers = visitor.widget.locator(".status"), visitor.widget.locator(".offers")
    await expect(status).to_have_text(words["nobody"], timeout=20_000)
    await measured(served, ticket)
    leader = await served.person(f"Wu{say.short}", role="supervisor", locale=say.locale)
    screen = await sign_in(browser, served, leader, locale=say.browser)
    # somebody is there now: told on the open line
    await expect(status).to_have_text(words["next"], timeout=20_000)
    await offers.get_by_role("button", name=words["call"]).click()
    await offers.get_by_label(words["number"]).fill(NUMBER)
    await offers.get_by_role("button", name=words["ask"]).click()
    await expect(offers).to_contain_text(words["will"])
    await expect(offers.get_by_role("button", name=words["after"])).to_be_visible()
    await visitor.screen.picture(f"waiting-widget-{say.short}-1440")
    await screen.page.goto(f"{served.url}/tickets/all/{ticket}")
    asked = say("promises.waiting.asked_call", contact="138****8000").partition("{due}")
    await screen.sees(screen.page.get_by_text(asked[0].strip() or asked[2].strip()).first)
    promise = "We will call you back" if say.locale == "en" else "我们会给您回电"
    await screen.sees(screen.page.locator("aside.context").get_by_text(promise).first)
    await screen.picture(f"waiting-ticket-{say.short}-1440")
    await screen.page.goto(f"{served.url}/waiting")
    await screen.sees(screen.page.get_by_role("row").nth(1))
    await screen.picture(f"waiting-figures-{say.short}-1440")
    # one's own strain is watched for whoever wants it
    await screen.page.goto(f"{served.url}/settings/strain")
    await screen.page.get_by_role("switch", name=say("strain.watch")).click()
    await screen.sees(say("strain.load", n=0))
    await screen.picture(f"strain-{say.short}-1440")
    # whoever takes the talk ends the wait; what was promised stays to be kept
    sql = "update ticket set assignee_id = (select id from person where email = %(who)s) where id = %(id)s"
    await served.do(lambda tx: tx.execute(sql, {"who": leader, "id": ticket}))
    ended = "select 1 from wait_estimate where ticket_id = %(id)s and first_low_seconds = 0 and outcome = 'answered'"
    await until(lambda: served.values(ended, id=ticket))
    assert await served.values("select status from promise where ticket_id = %(id)s", id=ticket) == ["open"]
    assert (screen.complaints, visitor.screen.complaints) == ([], [])
