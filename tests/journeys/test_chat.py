"""A visitor on a shop's page and an agent at the desk talk, over reloads, a lost line and a restart of the web."""

import asyncio
import signal
import time

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served, until
from tests.journeys.shop import Shop, Visitor
from tests.journeys.spoken import BOTH, Speech

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]
NOTE = "INTERN: offer a new door seal at most"


async def shop_with_widget(served: Served, shop: Shop) -> None:
    made = await served.channel("chat", "Shop chat", pre_chat={"name": True, "email": "optional"})
    shop.desk, shop.key = served.url, made.public_key or ""


async def begin_talk(served: Served, browser: Browser, shop: Shop, text: str) -> tuple[Screen, Visitor]:
    """An agent with the list open, and a visitor whose first message has opened a ticket."""
    await shop_with_widget(served, shop)
    name = f"Ada{len(await served.values('select id from person'))} Agent"
    agent = await sign_in(browser, served, await served.person(name))
    await agent.page.goto(f"{served.url}/tickets/all")
    await agent.page.locator("section.list h1").wait_for()
    await agent.page.evaluate("window.wasNotReloaded = true")
    visitor = await Visitor.enter(browser, shop)
    await visitor.introduce("Anna Wei")
    await visitor.write(text)
    print(f"\nfirst message -> row on the open page: {await agent.gets(text):.2f} s")
    await agent.row(text).click()
    await agent.sees(agent.entry(text))
    return agent, visitor


async def timeline(agent: Screen) -> list[str]:
    found: list[str] = await agent.page.locator("article.message .text").all_inner_texts()
    return found


async def says(agent: Screen, visitor: Visitor, text: str) -> float:
    """The agent answers; gives the seconds from the key press until the visitor sees it."""
    await agent.compose("r")
    await agent.page.keyboard.type(text[:6], delay=30)
    await expect(visitor.widget.get_by_text("is writing")).to_be_visible()
    await agent.type(text[6:])
    before = await visitor.texts()
    begin = time.monotonic()
    await agent.press("Control+Enter")
    await visitor.shows(*before, text)
    await agent.press("Escape")
    return time.monotonic() - begin


async def test_visitor_and_agent_talk_within_a_second_and_the_note_stays_inside(
    served: Served, browser: Browser, shop: Shop
) -> None:
    agent, visitor = await begin_talk(served, browser, shop, "My fridge is warm")
    await agent.write("n", NOTE)
    await agent.sees(agent.entry(NOTE))
    answered = await says(agent, visitor, "Since when is it warm?")

    line = visitor.widget.locator("textarea")
    await line.press_sequentially("Since", delay=20)
    await agent.sees("Anna Wei is typing")
    await line.fill("Since Monday, and it hums")
    await line.press("Enter")
    heard = await agent.sees(agent.entry("Since Monday, and it hums"))
    print(f"agent -> visitor: {answered:.2f} s; visitor -> agent: {heard:.2f} s")
    assert answered < 1
    assert heard < 1
    talk = ["My fridge is warm", "Since when is it warm?", "Since Monday, and it hums"]
    await agent.sees(agent.page.locator("article.out .delivery.read"))

    await visitor.screen.page.reload()
    await visitor.open()
    await visitor.shows(*talk)
    await agent.picture("chat-agent")
    await visitor.screen.picture("chat-visitor")
    assert await timeline(agent) == talk

    came = "".join(visitor.heard) + await visitor.screen.page.content() + str(await visitor.texts())
    assert "Since when is it warm?" in came
    assert "INTERN" not in came
    assert "door seal" not in came
    assert agent.complaints == visitor.screen.complaints == []


async def test_messages_written_without_a_line_are_sent_once_when_it_is_back(
    served: Served, browser: Browser, shop: Shop
) -> None:
    agent, visitor = await begin_talk(served, browser, shop, "The tumbler stops")
    await visitor.shows("The tumbler stops")
    context = visitor.screen.page.context
    await context.set_offline(True)
    await visitor.write("after ten minutes")
    await visitor.write("with error E4")
    await visitor.shows("The tumbler stops", "after ten minutes", "with error E4")
    await expect(visitor.widget.locator(".banner")).to_be_visible()
    await agent.write("r", "Which model is it?")
    await context.set_offline(False)
    whole = ["The tumbler stops", "Which model is it?", "after ten minutes", "with error E4"]
    print(f"line is back -> all there: {await visitor.shows(*whole):.2f} s")

    async def agrees() -> bool:
        return await timeline(agent) == whole

    await until(agrees)
    assert await agent.page.evaluate("window.wasNotReloaded") is True


async def test_talk_survives_a_kill_of_the_web_process(served: Served, browser: Browser, shop: Shop) -> None:
    agent, visitor = await begin_talk(served, browser, shop, "message 0")
    whole = ["message 0", "before 1", "before 2", "while 1", "while 2", "after 1", "answer 1"]
    for text in whole[1:3]:
        await visitor.write(text)
    await served.end("web", by=signal.SIGKILL)
    await agent.compose("r")
    await agent.type("answer 1")
    for text in whole[3:5]:
        await visitor.write(text)
    await agent.sees("Connection lost")
    await asyncio.sleep(0.5)
    begin = time.monotonic()
    await served.start("web")
    print(f"killed -> answers again: {time.monotonic() - begin:.2f} s")
    await visitor.write("after 1")
    print(f"web is back -> visitor has all: {await visitor.shows(*whole[:6], seconds=40):.2f} s")
    await agent.sees(agent.entry("after 1"), 30)
    await expect(agent.page.get_by_role("textbox", name="Reply to customer")).to_have_value("answer 1")
    await agent.page.get_by_role("textbox", name="Reply to customer").focus()
    await agent.press("Control+Enter")
    await visitor.shows(*whole, seconds=30)

    async def agrees() -> bool:
        return await timeline(agent) == whole

    await until(agrees)
    ticket = await served.values("select max(id) from ticket")
    sql = "select text from entry where ticket_id = %(id)s and kind = 'message' order by id"
    assert await served.values(sql, id=ticket[0]) == whole
    assert await agent.page.evaluate("window.wasNotReloaded") is True


FIELD = """
    insert into field (subject, key, name_en, name_zh, kind, options, created_at)
    select 'ticket', k.key, k.en, k.zh, k.kind, k.options::jsonb, now() from (values
        ('order_no', 'Order number', '订单号', 'text', '{}'),
        ('device', 'Device', '设备', 'choice', '{"choices": [
            {"value": "fridge", "name_en": "Fridge", "name_zh": "冰箱"},
            {"value": "washer", "name_en": "Washer", "name_zh": "洗衣机"}]}'),
        ('signs', 'Signs', '现象', 'multi_choice', '{"choices": [
            {"value": "noise", "name_en": "Noise", "name_zh": "异响"},
            {"value": "smell", "name_en": "Smell", "name_zh": "异味"}]}'),
        ('paid', 'Paid', '支付金额', 'money', '{"currency": "CNY"}')) as k (key, en, zh, kind, options)
    on conflict do nothing"""


@BOTH
async def test_visitor_answers_questions_before_the_first_message(
    served: Served, browser: Browser, shop: Shop, say: Speech
) -> None:
    await served.do(lambda tx: tx.execute(FIELD))
    name = f"Asking {say.short}"
    made = await served.channel("chat", name, pre_chat={"name": True, "email": "off"})
    email = await served.person(f"Quinn{say.short} Admin", role="administrator", locale=say.locale)
    admin = await sign_in(browser, served, email, locale=say.browser)
    page = admin.page
    await page.goto(f"{served.url}/settings/widgets/{made.id}")
    for field in ("order_no", "device", "signs", "paid"):
        await page.get_by_label(say("settings.type.addField")).select_option(value=field)
    shown = "Order number" if say.locale == "en" else "订单号"
    demand = page.get_by_label(say("settings.type.requiredOf", name=shown))
    await demand.select_option(value="save")
    await demand.scroll_into_view_if_needed()
    await admin.picture(f"widget-questions-settings-{say.short}")
    await page.get_by_role("region", name=say("form.saveBar")).get_by_role("button").last.click()

    async def asks() -> bool:
        sql = "select jsonb_array_length(settings -> 'questions') = 4 from channel where id = %(id)s"
        return bool((await served.values(sql, id=made.id))[0])

    await until(asks)
    shop.desk, shop.key, shop.lang = served.url, made.public_key or "", say.locale
    visitor = await Visitor.enter(browser, shop)
    await visitor.introduce("Anna Wei")
    widget = visitor.widget
    text = f"My fridge hums {say.short}"
    await visitor.write(text)
    order = widget.locator("#ombud-q-order_no")
    await expect(order).to_be_focused()
    await visitor.screen.picture(f"widget-questions-missing-{say.short}")
    await order.fill("SO-77")
    await widget.locator("#ombud-q-device").select_option(value="fridge")
    await widget.get_by_label("Noise" if say.locale == "en" else "异响").check()
    await widget.locator("#ombud-q-paid").fill("12.5")
    for theme, width in (("light", 1280), ("dark", 1280), ("light", 390)):
        await visitor.screen.page.set_viewport_size({"width": width, "height": 844})
        await visitor.screen.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        await visitor.screen.picture(f"widget-questions-{say.short}-{width}-{theme}")
    await widget.locator(".composer textarea").press("Enter")
    await visitor.shows(text)
    await expect(order).to_be_hidden()
    kept = {"order_no": "SO-77", "device": "fridge", "signs": ["noise"]}
    kept |= {"paid": {"amount_cents": 1250, "currency": "CNY"}}  # type: ignore[dict-item]

    async def stands() -> bool:
        sql = """
            select t.fields from ticket t join entry e on e.ticket_id = t.id
            where e.text = %(text)s and e.kind = 'message'"""
        return await served.values(sql, text=text) == [kept]

    await until(stands)
    assert admin.complaints == visitor.screen.complaints == []
