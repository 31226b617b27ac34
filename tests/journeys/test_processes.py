"""Processes played to their end: the complex technical complaint in Chinese, a refund in English."""

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.process_desk import (
    CHINESE,
    answer_link,
    call,
    close_status,
    due_now,
    fill,
    go_on,
    line_comes,
    link_of,
    open_ticket,
    panel,
    partner,
    say_the_closing,
    scan,
    stage_is,
    teams,
    told_in_order,
    try_solution,
    write,
)
from tests.journeys.screen import Screen, open_window, sign_in
from tests.journeys.served import Served, until
from tests.journeys.test_recipients import mail_in

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]
SETTINGS = {"undo_seconds": 0}


async def stock(served: Served) -> None:
    """Departments beside the first line."""
    await teams(served, "技术支持", "研发", "物流", "Finance")


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
    await screen.picture("process-editor-zh-1440")
    await screen.button("保存为新版本").click()
    await until(lambda: served.values("select 1 from process_version having count(*) = 2"))
    return int((await served.values("select (spec ->> 'type_id')::int from process_version order by id desc"))[0])


async def urge(screen: Screen, ticket: int) -> None:
    """The customer asks again three times; the third time it escalates."""
    await screen.button("协作操作").click()
    await screen.page.get_by_text("催办", exact=True).last.click()
    await screen.page.get_by_label("客户原话").last.fill("今天必须解决!")
    await screen.page.get_by_role("dialog").get_by_role("button", name="催办").click()
    await screen.sees("已催办 1 次")
    for words in ("怎么还没人来", "再不来我就投诉到12315"):
        assert await call(screen, "POST", f"/tickets/{ticket}/urges", {"words": words}) == 201
    await screen.sees("已催办 3 次")


async def ask_logistics(screen: Screen, served: Served, browser: Browser) -> None:
    """Give logistics a task; its partner sees that alone, accepts it and reports."""
    await screen.button("协作操作").click()
    await screen.page.get_by_text("发起协办", exact=True).last.click()
    dialog = screen.page.get_by_role("dialog")
    await dialog.get_by_label("部门").select_option(label="物流")
    await dialog.get_by_label("协办事项").fill("调拨控制板一块")
    await dialog.get_by_label("检查清单，每行一项").fill("查库存\n发顺丰")
    await screen.picture("teamwork-task-dialog-zh-1440")
    await dialog.get_by_role("button", name="发起协办").click()
    await expect(dialog).to_have_count(0)
    _, light = await open_window(browser, **CHINESE)
    await light.page.goto(await served.link(await partner(served, "Pei 裴经办", "物流")))
    await light.page.locator("button[type=submit]").click()
    await light.page.wait_for_url("**/tasks")
    await light.page.get_by_text("调拨控制板一块").first.click()
    await light.button("签收").click()
    await light.page.get_by_label("查库存").check()
    await light.page.get_by_label("处理结果").fill("已发出，单号 SF100")
    await light.picture("tasks-partner-zh-1440")
    await light.page.set_viewport_size({"width": 390, "height": 844})
    await light.picture("tasks-partner-zh-390")
    await light.button("办结").click()
    await light.sees("已完成")
    await expect(light.page.locator("nav a[href='/tickets/mine']")).to_have_count(0)
    assert light.complaints == []


async def try_again(screen: Screen) -> None:
    """What failed is tried again: the page warns of it."""
    await try_solution(screen, "重置传感器", "无效")
    await expect(screen.page.locator(".solutions li.failed")).to_have_count(1)
    await try_solution(screen, "重置 传感器。")
    await expect(screen.page.locator(".solutions .warning")).to_contain_text("王主管")
    await screen.picture("process-ticket-zh-1440")


async def confirm_by_link(screen: Screen, served: Served, browser: Browser, ticket: int) -> None:
    """The link came by itself; a scanner that opens it confirms nothing, the customer does, once."""
    url = await link_of(served, ticket)
    await expect(panel(screen)).to_contain_text("确认链接已发送")
    await scan(url)
    await panel(screen).get_by_role("button", name="复制确认链接").click()
    await expect(panel(screen).get_by_role("group", name="复制确认链接")).to_contain_text("/confirm/")
    await expect(panel(screen)).to_contain_text("确认链接已提供")
    await expect(panel(screen).get_by_role("group", name="复制确认链接")).to_be_visible()
    await expect(panel(screen).get_by_role("button", name="进入下一阶段")).to_be_disabled()
    await screen.picture("process-confirmation-zh-1440")
    customer = await answer_link(browser, url, "已解决", "提交", locale="zh-CN")
    await customer.sees("感谢您的确认")
    await customer.page.goto(url)
    await customer.sees("该链接已失效")
    await stage_is(screen, "回访")


async def test_complex_technical_complaint_is_played_to_its_end(served: Served, browser: Browser) -> None:
    wang = await served.person("Wang 王主管", role="supervisor", locale="zh-CN")
    screen = await sign_in(browser, served, wang, **CHINESE)
    type_id = await take_over(screen, served)
    ticket = await mail_in(served, "净水机又报漏水,重装两次了")
    await open_ticket(screen, served, ticket)
    assert await call(screen, "PATCH", f"/tickets/{ticket}", {"type_id": type_id}) == 200
    await stage_is(screen, "首次人工响应")
    await fill(screen, {"客户反映的问题": "漏水，重装两次", "严重程度": "重要"})
    await write(screen, "r", "我是您这次问题的专属负责人，之后都由我跟您联系。")
    await go_on(screen, "故障诊断")

    await try_again(screen)
    await due_now(served, ticket, "stage")
    await stage_is(screen, "研发分析")
    await urge(screen, ticket)
    await ask_logistics(screen, served, browser)
    await fill(screen, {"分析结论": "控制板批次缺陷"})
    await go_on(screen, "解决方案")

    await fill(screen, {"方案": "更换控制板，明天上门"})
    await try_solution(screen, "更换控制板", "有效")
    await write(screen, "r", "方案：更换控制板，明天上门。")
    await go_on(screen, "客户确认")
    await confirm_by_link(screen, served, browser, ticket)
    await fill(screen, {"回访结果": "满意"})
    await go_on(screen, "结案分析")
    closed = {"status_id": await close_status(served)}
    assert await call(screen, "PATCH", f"/tickets/{ticket}", closed) == 422
    await fill(screen, {"原因": "批次缺陷", "责任归属": "供应商", "改进措施": "来料抽检"})
    await go_on(screen, "")
    await expect(panel(screen)).to_contain_text("流程已完成")
    assert await call(screen, "PATCH", f"/tickets/{ticket}", closed) == 422
    await say_the_closing(screen, "控制板批次缺陷", "供应商")
    assert await call(screen, "PATCH", f"/tickets/{ticket}", closed) == 200
    await told_in_order(screen, STORY)
    await screen.picture("process-story-zh-1440")
    await screen.page.emulate_media(color_scheme="dark")
    await screen.picture("process-story-zh-dark")
    assert screen.complaints == []


STORY = (
    "进入阶段：首次人工响应",
    "进入阶段：故障诊断",
    "尝试方案：重置传感器",
    "方案无效：重置传感器",
    "阶段已超时：故障诊断",
    "超时升级，进入阶段：研发分析",
    "客户催办（第1次）：今天必须解决!",
    "客户第3次催办，已升级处理",
    "发起协办：调拨控制板一块",
    "物流完成协办“调拨控制板一块”：已发出，单号 SF100",
    "进入阶段：解决方案",
    "方案有效：更换控制板",
    "进入阶段：客户确认",
    "已向客户发送确认链接",
    "客户确认已解决（链接）",
    "进入阶段：回访",
    "进入阶段：结案分析",
    "流程已完成",
    "填写了结案信息",
)
ENGLISH = ("Reply to customer", "Internal note")


async def test_refund_goes_its_way_in_english(served: Served, browser: Browser) -> None:
    screen = await sign_in(browser, served, await served.person("Ruth", role="supervisor"))
    await screen.page.goto(f"{served.url}/settings/processes")
    await screen.button("Refund or wrong charge").click()
    await screen.page.wait_for_url("**/settings/processes/*")
    for stage in ("Check by finance", "Refund is made"):
        card = screen.page.locator("details.card", has=screen.page.locator("summary", has_text=stage)).first
        await card.locator("summary").click()
        await card.get_by_label("Owner team").last.select_option(label="Finance")
    await screen.button("Save as a new version").click()
    await screen.sees("Saved.")
    type_id = (await served.values("select (spec ->> 'type_id')::int from process_version order by id desc"))[0]
    ticket = await mail_in(served, "Charged twice for one order")
    await open_ticket(screen, served, ticket)
    assert await call(screen, "PATCH", f"/tickets/{ticket}", {"type_id": type_id}) == 200
    await stage_is(screen, "Evidence")
    await fill_in(screen, {"Order or bill number": "LJ-7", "Amount": "129", "What proves it": "Two lines"})
    await write(screen, "r", "We look into the second charge at once.", ENGLISH)
    await go_on(screen, "Check by finance", "Next stage")
    await fill_in(screen, {"The money is due": "Yes", "Reason": "Charged twice"})
    await finish_task(screen, served, ticket)
    await go_on(screen, "Customer agrees", "Next stage")
    await write(screen, "r", "We pay 129 back. Do you agree?", ENGLISH)
    await refuse_then_agree(screen, served, browser, ticket)
    await go_on(screen, "Refund is made", "Next stage")
    assert await line_comes(served, ticket, "process.confirmed") == 2
    await screen.picture("process-refund-en-1440")
    assert screen.complaints == []


async def fill_in(screen: Screen, answers: dict[str, str]) -> None:
    """Fill in a form in English."""
    await fill(screen, answers, "Save answers")


async def finish_task(screen: Screen, served: Served, ticket: int) -> None:
    """Finance reports what it was asked for."""
    task = (await served.values("select id from task where ticket_id = %(id)s and ended_at is null", id=ticket))[0]
    assert await call(screen, "PUT", f"/tasks/{task}/result", {"result": "The second charge was an error."}) == 200


async def refuse_then_agree(screen: Screen, served: Served, browser: Browser, ticket: int) -> None:
    """The customer gets a link by hand and says no with words; on the phone they agree."""
    await panel(screen).get_by_role("button", name="Send a link").click()
    url = await link_of(served, ticket)
    customer = await answer_link(browser, url, "No, it is not solved", "Send the answer", "130, not 129")
    await customer.sees("We go on at once")
    await stage_is(screen, "Check by finance")
    await finish_task(screen, served, ticket)
    await go_on(screen, "Customer agrees", "Next stage")
    await write(screen, "r", "You are right: 130 it is.", ENGLISH)
    await panel(screen).get_by_role("button", name="Solved", exact=True).click()
