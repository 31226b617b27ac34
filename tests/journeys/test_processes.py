"""The complex technical complaint played to its end in Chinese: three departments, a missed stage, the last word."""

from typing import Any

import pytest
from playwright.async_api import Browser, Locator, expect

from ombud.shared.clock import utc_now
from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served, until
from tests.journeys.test_recipients import mail_in

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]
SETTINGS = {"undo_seconds": 0}
CHINESE = {"locale": "zh-CN", "viewport": {"width": 1280, "height": 800}}


async def stock(served: Served) -> None:
    """Three departments beside the first line."""
    for name in ("技术支持", "研发", "物流"):
        sql = "insert into team (name, routing, created_at) values (%s, 'manual', %s)"
        await served.do(lambda tx, name=name, sql=sql: tx.execute(sql, (name, utc_now())))  # type: ignore[misc]


async def partner(served: Served) -> str:
    """Somebody of logistics without a seat."""
    email = await served.person("Pei 裴经办", role="partner", locale="zh-CN")

    async def only_logistics(tx: Any) -> None:
        person = "(select id from person where email = %s)"
        await tx.execute(f"update person set sees_all_teams = false where id = {person}", (email,))
        await tx.execute(f"delete from membership where person_id = {person}", (email,))
        sql = f"insert into membership (team_id, person_id) select id, {person} from team where name = '物流'"
        await tx.execute(sql, (email,))

    await served.do(only_logistics)
    return email


async def call(screen: Screen, method: str, path: str, body: dict[str, Any]) -> int:
    """Ask the server as the page does."""
    script = """async ([method, path, body]) => {
        const session = await (await fetch('/api/v1/session')).json()
        const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': session.csrf }
        return (await fetch('/api/v1' + path, { method, headers, body: JSON.stringify(body) })).status
    }"""
    return int(await screen.page.evaluate(script, [method, path, body]))


def panel(screen: Screen) -> Locator:
    return screen.page.locator("section.process")


def field(screen: Screen, label: str) -> Locator:
    return panel(screen).get_by_label(label)


async def stage_is(screen: Screen, name: str) -> None:
    await expect(panel(screen).locator(".now b")).to_have_text(name, timeout=20_000)


async def fill(screen: Screen, answers: dict[str, str]) -> None:
    """Fill in the form of the stage and save it."""
    for label, given in answers.items():
        place = field(screen, label)
        if await place.evaluate("node => node.tagName") == "SELECT":
            await place.select_option(label=given)
        else:
            await place.fill(given)
    await panel(screen).get_by_role("button", name="保存").click()
    await expect(panel(screen).get_by_role("button", name="保存")).to_be_disabled()


async def go_on(screen: Screen, to: str) -> None:
    button = panel(screen).get_by_role("button", name="进入下一阶段")
    await expect(button).to_be_enabled(timeout=20_000)
    await button.click()
    if to:
        await stage_is(screen, to)


async def reply(screen: Screen, text: str) -> None:
    await screen.page.locator(".number").first.click()
    await screen.press("r")
    await expect(screen.page.locator(".composer [contenteditable], .composer textarea").first).to_be_focused()
    await screen.type(text)
    await screen.press("Control+Enter")
    await screen.sees(screen.entry(text))


async def take_over(screen: Screen, served: Served) -> int:
    """Take over the shipped process and give two of its stages their departments; gives its type."""
    await screen.page.goto(f"{served.url}/settings/processes")
    await screen.button("复杂技术投诉").click()
    await screen.page.wait_for_url("**/settings/processes/*")
    for stage, team in (("故障诊断", "技术支持"), ("研发分析", "研发")):
        card = screen.page.locator("details.card", has=screen.page.locator("summary", has_text=stage)).first
        await card.locator("summary").click()
        await card.get_by_label("负责团队").select_option(label=team)
    await screen.page.mouse.wheel(0, -10_000)
    await screen.picture("process-editor-zh-1280")
    await screen.button("保存为新版本").click()
    await until(lambda: served.values("select 1 from process_version having count(*) = 2"))
    return int((await served.values("select (spec ->> 'type_id')::int from process_version order by id desc"))[0])


async def miss_the_stage(served: Served, ticket: int) -> None:
    """Let the time of the present stage be over."""
    sql = """
        update clock set due_at = %(now)s, next_at = %(now)s
        where ticket_id = %(id)s and metric = 'stage' and state <> 'ended'"""
    await served.do(lambda tx: tx.execute(sql, {"now": utc_now(), "id": ticket}))


async def ask_logistics(screen: Screen, served: Served, browser: Browser) -> None:
    """Give logistics a task; its partner sees that alone, accepts it and reports."""
    await screen.button("协作操作").click()
    await screen.page.get_by_text("发起协办", exact=True).last.click()
    dialog = screen.page.get_by_role("dialog")
    await dialog.get_by_label("部门").select_option(label="物流")
    await dialog.get_by_label("协办事项").fill("调拨控制板一块")
    await dialog.get_by_label("检查清单，每行一项").fill("查库存\n发顺丰")
    await screen.picture("teamwork-task-dialog-zh-1280")
    await dialog.get_by_role("button", name="发起协办").click()
    await expect(dialog).to_have_count(0)
    window = await browser.new_context(**CHINESE)  # type: ignore[arg-type]
    light = Screen(await window.new_page())
    await light.page.goto(await served.link(await partner(served)))
    await light.page.locator("button[type=submit]").click()
    await light.page.wait_for_url("**/tasks")
    await light.page.get_by_text("调拨控制板一块").first.click()
    await light.button("签收").click()
    await light.page.get_by_label("查库存").check()
    await light.page.get_by_label("处理结果").fill("已发出，单号 SF100")
    await light.picture("tasks-partner-zh-1280")
    await light.page.set_viewport_size({"width": 390, "height": 844})
    await light.picture("tasks-partner-zh-390")
    await light.button("办结").click()
    await light.sees("已完成")
    await expect(light.page.locator("nav a[href='/tickets/mine']")).to_have_count(0)
    assert light.complaints == []


async def say_the_closing(screen: Screen) -> None:
    """Fill in what a complaint is closed with."""
    await screen.page.locator("section.teamwork").get_by_role("button", name="填写").click()
    dialog = screen.page.get_by_role("dialog")
    await dialog.get_by_label("处理结果").fill("更换控制板")
    await dialog.get_by_label("原因").fill("控制板批次缺陷")
    await dialog.get_by_label("或外部责任方").fill("供应商")
    await dialog.get_by_label("责任判定").select_option(label="有责")
    await dialog.get_by_label("补偿").select_option(label="无")
    await dialog.get_by_label("回访结果").select_option(label="满意")
    await dialog.get_by_role("button", name="保存").click()
    await expect(dialog).to_have_count(0)
    await screen.sees("已填写完整")


async def try_twice(screen: Screen) -> None:
    """What failed is tried again: the page warns of it."""
    tried = screen.page.get_by_label("尝试的方案")
    await tried.fill("重置传感器")
    await tried.press("Enter")
    await screen.page.locator(".solutions").get_by_role("button", name="无效").click()
    await expect(screen.page.locator(".solutions li.failed")).to_have_count(1)
    await tried.fill("重置 传感器。")
    await tried.press("Enter")
    await expect(screen.page.locator(".solutions .warning")).to_contain_text("王主管")
    await screen.picture("process-ticket-zh-1280")


async def test_complex_technical_complaint_is_played_to_its_end(served: Served, browser: Browser) -> None:
    screen = await sign_in(
        browser, served, await served.person("Wang 王主管", role="supervisor", locale="zh-CN"), **CHINESE
    )
    type_id = await take_over(screen, served)
    ticket = await mail_in(served, "净水机又报漏水,重装两次了")
    await screen.page.goto(f"{served.url}/tickets/all/{ticket}")
    await screen.page.locator(".composer [contenteditable], .composer textarea").first.wait_for()
    if await screen.page.locator("aside.context").count() == 0:
        await screen.press("]")
    assert await call(screen, "PATCH", f"/tickets/{ticket}", {"type_id": type_id}) == 200
    await stage_is(screen, "首次人工响应")
    await fill(screen, {"客户反映的问题": "漏水，重装两次", "严重程度": "重要"})
    await reply(screen, "我是您这次问题的专属负责人，之后都由我跟您联系。")
    await go_on(screen, "故障诊断")

    await try_twice(screen)
    await miss_the_stage(served, ticket)
    await stage_is(screen, "研发分析")
    await screen.button("协作操作").click()
    await screen.page.get_by_text("催办", exact=True).last.click()
    await screen.page.get_by_label("客户原话").last.fill("今天必须解决!")
    await screen.page.get_by_role("dialog").get_by_role("button", name="催办").click()
    await screen.sees("已催办 1 次")
    await ask_logistics(screen, served, browser)
    await screen.page.reload()
    await fill(screen, {"分析结论": "控制板批次缺陷"})
    await go_on(screen, "解决方案")

    await fill(screen, {"方案": "更换控制板，明天上门"})
    await screen.page.get_by_label("尝试的方案").fill("更换控制板")
    await screen.press("Enter")
    await screen.page.locator(".solutions").get_by_role("button", name="有效").click()
    await reply(screen, "方案：更换控制板，明天上门。")
    await go_on(screen, "客户确认")
    await expect(panel(screen).get_by_role("button", name="进入下一阶段")).to_be_disabled()
    await panel(screen).get_by_role("button", name="已解决").click()
    await go_on(screen, "回访")
    await fill(screen, {"回访结果": "满意"})
    await go_on(screen, "结案分析")
    closed = (await served.values("select id from status where category = 'closed' and is_default"))[0]
    assert await call(screen, "PATCH", f"/tickets/{ticket}", {"status_id": closed}) == 422
    await fill(screen, {"原因": "批次缺陷", "责任归属": "供应商", "改进措施": "来料抽检"})
    await go_on(screen, "")
    await expect(panel(screen)).to_contain_text("流程已完成")
    assert await call(screen, "PATCH", f"/tickets/{ticket}", {"status_id": closed}) == 422
    await say_the_closing(screen)
    assert await call(screen, "PATCH", f"/tickets/{ticket}", {"status_id": closed}) == 200
    await tells_the_story(screen)
    assert screen.complaints == []


async def tells_the_story(screen: Screen) -> None:
    """The timeline holds everything in its order."""
    await screen.page.reload()
    await screen.page.locator(".composer [contenteditable], .composer textarea").first.wait_for()
    story = (
        "进入阶段：首次人工响应",
        "进入阶段：故障诊断",
        "尝试方案：重置传感器",
        "方案无效：重置传感器",
        "阶段已超时：故障诊断",
        "超时升级，进入阶段：研发分析",
        "客户催办（第1次）：今天必须解决!",
        "发起协办：调拨控制板一块",
        "物流完成协办“调拨控制板一块”：已发出，单号 SF100",
        "进入阶段：解决方案",
        "方案有效：更换控制板",
        "进入阶段：客户确认",
        "客户确认已解决（电话）",
        "进入阶段：回访",
        "进入阶段：结案分析",
        "流程已完成",
        "填写了结案信息",
    )
    talk = screen.page.locator("main.talk")
    # changes that follow each other are folded
    folded = talk.get_by_role("button", name="项变更")
    await folded.first.wait_for()
    for _ in range(await folded.count()):
        await folded.first.click()
    for words in (story[0], story[-1]):
        await expect(talk).to_contain_text(words, timeout=15_000)
    whole = await talk.inner_text()
    places = [whole.find(words) for words in story]
    missing = [words for words, place in zip(story, places, strict=True) if place < 0]
    assert missing == []
    assert places == sorted(places)
    await screen.picture("process-story-zh-1280")
    await screen.page.emulate_media(color_scheme="dark")
    await screen.picture("process-story-zh-dark")
    await screen.page.emulate_media(color_scheme="light")
    await screen.page.set_viewport_size({"width": 390, "height": 844})
    await screen.picture("process-story-zh-390")
