"""A surge: planned, rehearsed, switched on, a reserve comes, customers are told and answered, ended, reported.

And the page of simulated days, where a scenario is played and compared.
"""

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served, until
from tests.journeys.shop import Shop, Visitor
from tests.journeys.spoken import Speech
from tests.routing.simulation.test_api import SMALL

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]
ZH, EN = Speech("zh-CN"), Speech("en")
WIDE = {"width": 1366, "height": 900}
QUESTION, ANSWER = "包裹到哪了？", "物流延迟两天，预计周五送达。"
FIRST = "当前咨询人数较多，我们会尽快回复您。"
NEWS = "受天气影响，部分订单延迟。"


async def stock(served: Served) -> None:
    """Talks wait until somebody takes them by hand."""
    await served.do(lambda tx: tx.execute("update team set routing = 'manual'"))


async def visitor_in(served: Served, browser: Browser, shop: Shop, key: str) -> Visitor:
    """A visitor with an open chat, on a page that was loaded just now."""
    shop.desk, shop.key, shop.lang = served.url, key, "zh-CN"
    return await Visitor.enter(browser, shop, locale="zh-CN")


async def write_plan(chief: Screen) -> None:
    """Write a plan down, with what customers are told."""
    await chief.button(ZH("surge.newPlan")).click()
    form = chief.page.locator("form.card").filter(has_text=ZH("surge.measures"))
    for label, text in (("nameEn", "Storm"), ("nameZh", "暴雨"), ("endsAfter", "60")):
        await form.get_by_label(ZH(f"surge.{label}"), exact=True).fill(text)
    await form.get_by_label(ZH("surge.measure.reserve")).check()
    await form.get_by_label(ZH("surge.field.announceZh")).fill(NEWS)
    await form.get_by_role("button", name=ZH("surge.prepared.add")).click()
    await form.get_by_label(ZH("surge.prepared.question.zh")).fill(QUESTION)
    await form.get_by_label(ZH("surge.prepared.answer.zh")).fill(ANSWER)
    await form.get_by_label(ZH("surge.field.firstZh")).fill(FIRST)
    await chief.picture("surge-form-zh")
    await form.get_by_role("button", name=ZH("surge.save"), exact=True).click()
    await expect(form).to_have_count(0)


async def rehearse(plan: Locator) -> None:
    """Play it against the last 24 hours: a dry run that touches no ticket."""
    await plan.get_by_role("button", name=ZH("surge.rehearse"), exact=True).click()
    await plan.get_by_label(ZH("surge.against")).select_option("today")
    await plan.get_by_role("button", name=ZH("surge.play"), exact=True).click()
    await expect(plan).to_contain_text("最近 24 小时", timeout=90_000)


async def helped(visitor: Visitor) -> Visitor:
    """A customer finds an answer before asking, and gets a first answer when they write all the same."""
    await expect(visitor.widget.locator(".news")).to_have_text(NEWS)
    prepared = visitor.widget.locator(".prepared")
    await prepared.get_by_role("button", name=QUESTION).click()
    await expect(prepared).to_contain_text(ANSWER)
    await visitor.screen.picture("surge-widget-zh")
    await prepared.get_by_role("button", name="是", exact=True).click()
    await expect(prepared).to_contain_text("感谢您的反馈")
    await visitor.introduce("Lin")
    await visitor.write("我的包裹呢")
    await expect(visitor.widget.locator(".list")).to_contain_text(FIRST, timeout=20_000)
    await visitor.screen.picture("surge-first-answer-zh")
    return visitor


async def test_surge_is_planned_rehearsed_held_and_reported(served: Served, browser: Browser, shop: Shop) -> None:
    made = await served.channel("chat", "商城聊天")
    key = made.public_key or ""
    before = await visitor_in(served, browser, shop, key)
    await expect(before.widget.locator(".prepared")).to_be_hidden()
    await before.introduce("Rosa")
    await before.write("在吗")
    await until(lambda: served.values("select id from ticket"))
    reserve = await served.person("Ruo", locale="zh-CN")
    mark = "insert into agent_routing (person_id, is_reserve) select id, true from person where name = 'Ruo'"
    await served.do(lambda tx: tx.execute(mark))
    chief = await sign_in(
        browser,
        served,
        await served.person("Wu", role="supervisor", locale="zh-CN"),
        locale="zh-CN",
        viewport=WIDE,
    )
    await chief.page.goto(f"{served.url}/surge")
    await write_plan(chief)
    plan = chief.page.get_by_role("region", name="暴雨").filter(has_text=ZH("surge.rehearse"))
    await rehearse(plan)
    await chief.picture("surge-rehearsed-zh")

    await plan.get_by_role("button", name=ZH("surge.start"), exact=True).click()
    board = chief.page.get_by_role("region", name="暴雨").filter(has_text=ZH("surge.end"))
    await expect(board).to_contain_text(ZH("surge.called", n=1, yes=0))
    # the reserve sits at the screen and comes
    ruo = await sign_in(browser, served, reserve, locale="zh-CN")
    bar = ruo.page.get_by_role("status").filter(has_text="暴雨")
    await ruo.picture("surge-call-zh")
    await bar.get_by_role("button", name=ZH("state.call.yes"), exact=True).click()
    await expect(board).to_contain_text(ZH("surge.called", n=1, yes=1), timeout=20_000)

    visitor = await helped(await visitor_in(served, browser, shop, key))
    row = board.get_by_role("row").filter(has_text=QUESTION)
    await expect(row.get_by_role("cell")).to_have_text(["1", "1", "1", "0"], timeout=20_000)
    await chief.picture("surge-board-zh")

    # ended: told no more, nobody is called, and the report says what was done
    await board.get_by_role("button", name=ZH("surge.end"), exact=True).click()
    past = chief.page.get_by_role("region", name=ZH("surge.past"))
    await past.get_by_role("button", name=ZH("surge.report"), exact=True).click()
    await expect(past).to_contain_text(ZH("surge.prepared.firstCount", n=1))
    await expect(past).to_contain_text(ZH("surge.stage.worst"))
    await chief.picture("surge-report-zh")
    await expect(bar).to_have_count(0)
    after = await visitor_in(served, browser, shop, key)
    await expect(after.widget.locator(".news")).to_be_hidden()
    await expect(after.widget.locator(".prepared")).to_be_hidden()
    held = """
        select (select count(*) from surge_effect where ended_at is null)
            + (select count(*) from announcement where ended_at is null)
            + (select count(*) from prepared_answer where ended_at is null)"""
    assert await served.values(held) == [0]
    assert [one.complaints for one in (chief, ruo, visitor.screen, after.screen)] == [[], [], [], []]


async def test_scenario_is_played_and_compared_with_its_settings(served: Served, browser: Browser) -> None:
    link = await served.person("Chief", role="supervisor")
    screen = await sign_in(browser, served, link, viewport=WIDE)
    await screen.page.goto(f"{served.url}/simulation")
    # the shipped ones are offered
    scenario = screen.page.locator("form.card select")
    await expect(scenario.locator("option")).to_have_count(5)
    await screen.button(EN("surge.sim.write")).click()
    await screen.page.get_by_label(EN("surge.sim.own")).fill(SMALL)
    await screen.page.get_by_label(EN("surge.sim.replications")).fill("3")
    await screen.button(EN("surge.sim.play")).click()
    played = screen.page.get_by_role("region", name=EN("surge.sim.runs"))
    # the page showed an older day first: this one says its own number of replications
    await expect(played.get_by_role("combobox").first).to_contain_text("Small", timeout=20_000)
    await expect(played).to_contain_text("3 replications from seed", timeout=120_000)
    for side in ("skills", "longest_idle", "round_robin"):
        await expect(played).to_contain_text(EN(f"surge.sim.side.{side}"))
    for chart in ("levelChart", "waitingChart", "loadChart"):
        await screen.sees(played.get_by_label(EN(f"surge.sim.{chart}")))
    await screen.picture("simulation-en")
    assert screen.complaints == []
