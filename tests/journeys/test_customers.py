"""Customers in the browser: the panel beside a ticket, their page, checks, merging and its undo, in both languages."""

import re

import pytest
from playwright.async_api import Browser, expect

from ombud.customers.schemas import Sender
from ombud.shared.clock import utc_now
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, receive
from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served, until

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]
AGENT, BOSS, CHINESE = "lu@desk.example", "olga@desk.example", "wang@desk.example"
CHINESE_BOSS = "chen@desk.example"
SHAPES = {"1280": (1280, 800), "1440": (1440, 900), "390": (390, 844)}


async def stock(served: Served) -> None:
    """An agent in each language, a supervisor, and two customers who typed one number."""
    await served.person("Lu Lin")
    await served.person("Wang Fang", locale="zh-CN")
    await served.person("Olga Ops", role="supervisor")
    await served.person("Chen Jie", role="supervisor", locale="zh-CN")
    channel = await served.channel("email", "Service", address="help@desk.example")
    now = utc_now()
    arrivals = [
        Arrival(
            channel.id,
            f"k-{name}",
            InboundMessage(Sender("email", mail, name=name, email=mail, phone=phone), text, now),
        )
        for name, mail, phone, text in (
            ("Rosa Meyer", "rosa@firm.example", "13812345678", "The washer leaks."),
            ("R. Meyer", "rosa.meyer@post.example", "138 1234 5678", "My washer still leaks!"),
            ("刘敏", "liumin@post.example", "13900002222", "说明书第4步印错了。"),
            ("孙悦", "sunyue@post.example", "13700003333", "净水器漏水。"),
            ("孙女士", "sunyue@work.example", "137 0000 3333", "漏水还没人处理。"),
        )
    ]
    await served.do(lambda tx: receive(tx, arrivals, now=now))


async def number_of(served: Served, mail: str) -> int:
    sql = "select customer_id from identity where value = %(value)s"
    await until(lambda: served.values(sql, value=mail))
    return int((await served.values(sql, value=mail))[0])


async def open_customer(screen: Screen, served: Served, mail: str) -> int:
    number = await number_of(served, mail)
    await screen.page.goto(f"{served.url}/customers/{number}")
    await screen.page.locator("h1").wait_for()
    return number


async def record_check(screen: Screen, way: str, submit: str) -> None:
    dialog = screen.page.get_by_role("dialog", name=re.compile("Make sure who this is|核验客户身份"))
    await dialog.get_by_label(way).check()
    await dialog.get_by_role("button", name=submit).click()
    await expect(dialog).to_be_hidden()


async def test_customer_is_checked_furnished_merged_and_undone(served: Served, browser: Browser) -> None:
    screen = await sign_in(browser, served, AGENT)
    await screen.press("g", "c")
    await screen.sees("Rosa Meyer")
    await screen.sees("rosa@firm.example · 138****5678")
    await screen.page.get_by_role("link", name=re.compile("Rosa Meyer")).click()
    await screen.sees("Some data is hidden until you make sure who this is.")
    await screen.sees("138****5678")
    await screen.button(re.compile("Not checked")).click()
    await record_check(screen, "Knows an order or serial number", "Record check")
    await screen.sees("13812345678")

    products = screen.page.get_by_role("region", name="Products owned")
    await products.get_by_role("button", name="Add").click()
    await screen.page.get_by_label("Model").fill("WM-9")
    await screen.page.get_by_label("Serial number").fill("SN20240917")
    await screen.page.get_by_label("Batch").fill("M-0915")
    await screen.page.get_by_role("dialog").get_by_role("button", name="Save").click()
    await screen.sees("SN20240917 · M-0915")
    await screen.page.get_by_role("textbox", name="Add note").fill("Has a dog: ring twice.")
    await screen.button("Add note").click()
    await screen.sees("Has a dog: ring twice.")

    await screen.sees("R. Meyer may be the same person: same phone")
    await screen.button("Compare").click()
    await screen.page.get_by_role("dialog").get_by_label("Name: R. Meyer").check()
    await screen.page.get_by_label("Why are they one person?").fill("Same washer")
    await screen.picture("customer-merge-en")
    await screen.page.get_by_role("dialog").get_by_role("button", name="Merge").click()
    # The other one was never checked: the merge waits for that and goes on by itself.
    await record_check(screen, "Called back on the number on file", "Record check")
    await screen.sees("R. Meyer was merged")
    absorbed = await served.values("select absorbed_id from customer_merge where undone_at is null")
    await screen.page.goto(f"{served.url}/customers/{absorbed[0]}")
    await screen.sees(f"Number {absorbed[0]} was merged into this customer.")
    await screen.sees("My washer still leaks!")
    await screen.page.get_by_role("tab", name="Merges").click()
    await screen.button("Undo merge").click()
    await screen.sees("Two customers again")
    assert await served.values("select count(*) from customer where merged_into_id is not null") == [0]
    assert screen.complaints == []


async def test_barred_customer_is_answered_only_with_a_reason(served: Served, browser: Browser) -> None:
    number = await number_of(served, "rosa.meyer@post.example")
    screen = await sign_in(browser, served, AGENT)
    await screen.page.goto(f"{served.url}/customers/{number}")
    await screen.button("Do not contact by …").click()
    await screen.page.get_by_role("combobox", name="Channel").first.select_option("email")
    await screen.page.get_by_label("Reason").fill("Lawyer's letter")
    await screen.page.get_by_role("region", name="Consent and contact").get_by_role("button", name="Save").click()
    await screen.sees("Do not contact: e-mail")
    ticket = (await served.values("select id from ticket where customer_id = %(id)s", id=number))[0]
    await screen.page.goto(f"{served.url}/tickets/all/{ticket}")
    await screen.sees("Do not contact: e-mail")
    await screen.write("r", "We are on it.")
    await screen.sees("The customer does not want to be contacted by e-mail.")
    await screen.picture("customer-barred-en")
    await screen.page.get_by_label("They asked for this answer, because …").fill("Called us today")
    await screen.button("Send anyway").click()
    await screen.sees(screen.entry("We are on it."))
    reasons = "select details ->> 'contact_reason' from entry where ticket_id = %(id)s and direction = 'out'"
    await until(lambda: served.values(reasons, id=ticket))
    assert await served.values(reasons, id=ticket) == ["Called us today"]
    assert screen.complaints == []


async def test_organisation_is_made_and_takes_who_writes_from_its_domain(served: Served, browser: Browser) -> None:
    screen = await sign_in(browser, served, AGENT)
    await screen.page.goto(f"{served.url}/organisations")
    await screen.button("New organisation").click()
    await screen.page.get_by_role("textbox", name="Name", exact=True).fill("Firm Ltd")
    await screen.page.get_by_label("Mail domains").fill("gmail.com")
    await screen.button("Save").click()
    await screen.sees("Something in the input is not right.")
    await screen.page.get_by_label("Mail domains").fill("firm-new.example")
    await screen.button("Save").click()
    await screen.sees(screen.page.locator("h1", has_text="Firm Ltd"))
    await screen.sees("firm-new.example")
    assert await served.values("select domain from organisation_domain") == ["firm-new.example"]


async def test_chinese_agent_checks_and_notes_in_chinese(served: Served, browser: Browser) -> None:
    screen = await sign_in(browser, served, CHINESE, locale="zh-CN")
    await open_customer(screen, served, "liumin@post.example")
    await screen.sees("部分信息已脱敏，核验身份后可查看。")
    await screen.button(re.compile("未核验")).click()
    await record_check(screen, "已回拨登记电话确认", "记录核验")
    await screen.sees("已核验 · 3 级")
    await screen.page.get_by_role("textbox", name="添加备注").fill("请用普通话沟通")
    await screen.button("添加备注").click()
    await screen.sees("请用普通话沟通")
    await screen.page.get_by_role("tab", name="身份核验记录").click()
    await screen.sees("有效")
    await screen.page.get_by_role("tab", name="时间线").click()
    await screen.sees("刘敏 来信")
    await screen.sees("Wang Fang 写了客户备注")
    await screen.picture("customer-zh")
    assert screen.complaints == []


async def test_chinese_supervisor_merges_undoes_bars_and_blocks(served: Served, browser: Browser) -> None:
    screen = await sign_in(browser, served, CHINESE_BOSS, locale="zh-CN")
    number, other = [await number_of(served, f"sunyue@{place}.example") for place in ("post", "work")]
    checked = """
        insert into identity_check (customer_id, level, method, by_kind, at, valid_until)
        select unnest(%(ids)s::bigint[]), 3, 'call_back', 'system', now(), now() + interval '1 hour' returning id"""
    await served.values(checked, ids=[number, other])
    await open_customer(screen, served, "sunyue@post.example")
    await screen.sees("孙女士 可能是同一人：电话相同")
    await screen.button("对比").click()
    await screen.page.get_by_label("为什么是同一人？").fill("同一台净水器")
    await screen.picture("customer-merge-zh")
    await screen.page.get_by_role("dialog").get_by_role("button", name="合并").click()
    await screen.sees("已并入 孙女士")
    await screen.page.get_by_role("tab", name="合并记录").click()
    await screen.button("撤销合并").click()
    await screen.sees("已恢复为两个客户")
    await open_customer(screen, served, "sunyue@post.example")
    consent = screen.page.get_by_role("region", name="同意与联系限制")
    await consent.get_by_role("button", name="同意", exact=True).first.click()
    await screen.sees(consent.get_by_text("已同意"))
    await screen.button("设置勿扰渠道").click()
    await screen.page.get_by_role("combobox", name="渠道", exact=True).first.select_option("phone")
    await screen.page.get_by_label("原因").fill("只用邮件联系")
    await consent.get_by_role("button", name="保存").click()
    await screen.sees("请勿联系：电话")
    products = screen.page.get_by_role("region", name="持有产品")
    await products.get_by_role("button", name="添加").click()
    await screen.page.get_by_label("型号").fill("JS-3")
    await screen.page.get_by_role("dialog").get_by_role("button", name="保存").click()
    await screen.sees(products.get_by_text("JS-3"))
    await screen.button("拉黑").click()
    await screen.sees("已拉黑：该客户的消息不会生成工单。")
    await screen.button("解除拉黑").click()
    await expect(screen.page.get_by_text("已拉黑：该客户的消息不会生成工单。")).to_be_hidden()
    assert screen.complaints == []


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_customer_page_fits_every_window(served: Served, browser: Browser, shape: str, theme: str) -> None:
    width, height = SHAPES[shape]
    look = {"viewport": {"width": width, "height": height}, "color_scheme": theme}
    screen = await sign_in(browser, served, BOSS, **look)
    await open_customer(screen, served, "rosa@firm.example")
    await screen.sees("Contacts, 30 days")
    await screen.sees("Rosa Meyer wrote")
    overflow = await screen.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    await screen.picture(f"customer-{shape}-{theme}")
    await screen.page.goto(f"{served.url}/customers")
    await screen.sees("rosa@firm.example · 13812345678")
    await screen.picture(f"customers-{shape}-{theme}")
    assert screen.complaints == []
