"""Fields and ticket types: defined by administrators, filled in by agents, asked for by solving; in both languages."""

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from ombud.demo.live import find_you
from ombud.demo.loader import load_demo
from ombud.shared.clock import utc_now
from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served, until
from tests.journeys.test_screens import problems_of

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]
WORDS: dict[str, dict[str, str]] = {
    "en": {
        "reply": "Reply to customer",
        "fault": "Fault",
        "choice": "Leaks current",
        "hurt": "Somebody was hurt",
        "ask": "Before solving, fill in: Fault",
        "history": "History: Fault",
        "zh_name": "Chinese name",
        "en_name": "English name",
        "kind": "Kind",
        "tree": "Choice in levels",
        "edit_text": "Edit as text",
        "take": "Take 3 choices",
        "add_field": "Add the field",
        "put": "Add a field to the form …",
        "add_rule": "Add a rule",
        "create": "Add the type",
    },
    "zh-CN": {
        "reply": "回复客户",
        "fault": "故障类型",
        "choice": "漏电",
        "hurt": "是否有人受伤",
        "ask": "办结前请先填写：故障类型",
        "history": "修改记录：故障类型",
        "zh_name": "中文名称",
        "en_name": "英文名称",
        "kind": "字段类型",
        "tree": "分级选项",
        "edit_text": "以文本编辑",
        "take": "采用这 3 个选项",
        "add_field": "添加字段",
        "put": "向表单添加字段……",
        "add_rule": "添加规则",
        "create": "添加类型",
    },
}
LOCALES = pytest.mark.parametrize("locale", ["zh-CN", "en"])


async def stock(served: Served) -> None:
    """A small demo desk."""
    await served.do(lambda tx: load_demo(tx, now=utc_now(), tickets=1_200))


async def you(served: Served, browser: Browser, locale: str, **shape: Any) -> Screen:
    person = await find_you(served.database)
    await served.values(
        "update person set locale = %(locale)s where id = %(id)s returning id", locale=locale, id=person
    )
    [email] = await served.values("select email from person where id = %(id)s", id=person)
    return await sign_in(browser, served, email, **shape)


async def open_repair(served: Served) -> int:
    """An open ticket of the type Repair whose fault is not known yet."""
    sql = """
        update ticket set fields = (fields - 'fault' - 'injured') || '{"in_warranty": true}' where id = (
            select t.id from ticket t join ticket_type y on y.id = t.type_id
            where y.name_en = 'Repair' and t.category not in ('solved', 'closed')
            order by t.id desc limit 1) returning id"""
    return int((await served.values(sql))[0])


def control(page: Page, key: str) -> Any:
    """The editor of a field in the panel."""
    return page.locator(f'.fields [data-field="{key}"] select, .fields [data-field="{key}"] input').first


@LOCALES
async def test_reply_that_may_not_solve_leads_to_what_is_missing_and_keeps_its_text(
    served: Served, browser: Browser, locale: str
) -> None:
    words, ticket = WORDS[locale], await open_repair(served)
    screen = await you(served, browser, locale)
    page = screen.page
    await page.goto(f"{served.url}/tickets/all/{ticket}")
    await page.locator(".fields").wait_for()
    assert await problems_of(page) == []
    await screen.field.fill("Done. 已处理。")
    await screen.field.press("Control+Shift+Enter")
    await screen.sees(words["ask"])
    await screen.holds("Done. 已处理。")
    await expect(control(page, "fault")).to_have_attribute("aria-invalid", "true")
    await screen.picture(f"fields-missing-{locale}")
    # A rule shows a field that must then be filled in before anything is saved.
    await control(page, "fault").select_option(label=words["choice"])
    await screen.sees(words["hurt"])
    await screen.picture(f"fields-rule-{locale}")
    fault = "select fields ->> 'fault' from ticket where id = %(id)s"
    assert await served.values(fault, id=ticket) == [None]
    await control(page, "injured").select_option(value="false")
    await until(lambda: _is(served, fault, ticket, "electric"))
    await screen.field.press("Control+Shift+Enter")
    await until(lambda: _is(served, "select category from ticket where id = %(id)s", ticket, "solved"))


async def _is(served: Served, sql: str, ticket: int, wanted: str) -> bool:
    return await served.values(sql, id=ticket) == [wanted]


@LOCALES
async def test_history_of_a_field_tells_both_values_in_the_readers_language(
    served: Served, browser: Browser, locale: str
) -> None:
    words, ticket = WORDS[locale], await open_repair(served)
    screen = await you(served, browser, locale)
    page = screen.page
    await page.goto(f"{served.url}/tickets/all/{ticket}")
    await control(page, "fault").select_option(value="leak")
    await until(lambda: _is(served, "select fields ->> 'fault' from ticket where id = %(id)s", ticket, "leak"))
    await page.get_by_role("button", name=words["history"]).click()
    await page.locator(".history li").first.wait_for()
    told = await page.locator(".history").inner_text()
    assert {"en": "Leaks", "zh-CN": "漏水"}[locale] in told
    await screen.picture(f"fields-history-{locale}")


@LOCALES
async def test_administrator_defines_a_tree_and_a_type_with_a_rule(
    served: Served, browser: Browser, locale: str
) -> None:
    words = WORDS[locale]
    screen = await you(served, browser, locale)
    page = screen.page
    await page.goto(f"{served.url}/settings/fields")
    await page.locator("li.row").first.wait_for()
    assert await problems_of(page) == []
    await screen.picture(f"settings-fields-{locale}")
    await page.locator("header .actions button").click()
    name = f"Area {locale[:2]}"
    await page.get_by_label(words["zh_name"], exact=True).fill(f"区域{locale[:2]}")
    await page.get_by_label(words["en_name"], exact=True).fill(name)
    await page.get_by_label(words["kind"], exact=True).select_option(label=words["tree"])
    await page.get_by_role("button", name=words["edit_text"]).click()
    await page.locator("fieldset textarea").fill("华东 | East\n  上海 | Shanghai\n华北 | North")
    await page.get_by_role("button", name=words["take"]).click()
    await screen.picture(f"settings-field-{locale}")
    await page.locator("button[type=submit]", has_text=words["add_field"]).click()
    key = f"area_{locale[:2]}"
    options = "select options from field where key = %(key)s"
    await until(lambda: served.values(options, key=key))
    [kept] = await served.values(options, key=key)
    assert [one["value"] for one in kept["choices"]] == ["east", "east/shanghai", "north"]

    await page.goto(f"{served.url}/settings/ticket-types/new")
    await page.get_by_label(words["zh_name"], exact=True).fill("巡检")
    await page.get_by_label(words["en_name"], exact=True).fill("Inspection")
    for one in (key, "findings"):
        await page.get_by_label(words["put"]).select_option(value=one)
    await page.get_by_role("button", name=words["add_rule"]).click()
    rule = page.locator("section.rule")
    await rule.locator(".foot button").first.click()
    await rule.locator("select.field").select_option(value=f"fields.{key}")
    await rule.locator(".value").select_option(index=1)
    await rule.locator(".effects .n-base-selection").first.click()
    await page.keyboard.type({"en": "Findings", "zh-CN": "检测"}[locale])
    await page.keyboard.press("Enter")
    await page.get_by_label(words["zh_name"], exact=True).click()
    await expect(page.locator(".n-base-select-menu")).to_be_hidden()
    preview = page.locator(".preview")
    await expect(preview.locator('[data-field="findings"]')).to_have_count(0)
    await preview.locator("select").first.select_option(value="east")
    await expect(preview.locator('[data-field="findings"]')).to_be_visible()
    await preview.get_by_text({"en": "Chinese", "zh-CN": "英文"}[locale], exact=True).click()
    await expect(preview).to_contain_text({"en": "巡检", "zh-CN": "Inspection"}[locale])
    assert await problems_of(page) == []
    await screen.picture(f"settings-type-{locale}")
    await page.locator(".bar").get_by_role("button", name=re.compile(words["create"])).click()
    made = "select count(*) from ticket_type where rules @> %(rule)s::jsonb"
    wanted = f'[{{"show": ["findings"], "when": {{"all": [{{"field": "fields.{key}"}}]}}}}]'
    await until(lambda: _count(served, made, wanted))


async def _count(served: Served, sql: str, rule: str) -> bool:
    return await served.values(sql, rule=rule) == [1]


async def test_panel_on_a_telephone_in_the_dark_has_no_fault(served: Served, browser: Browser) -> None:
    ticket = await open_repair(served)
    shape = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
    screen = await you(served, browser, "zh-CN", **shape)
    await screen.page.goto(f"{served.url}/tickets/all/{ticket}")
    await screen.page.locator(".composer").wait_for()
    await screen.button("客户面板").first.click()
    await screen.page.locator(".fields").wait_for()
    assert await problems_of(screen.page) == []
    await screen.picture("fields-390-dark")
