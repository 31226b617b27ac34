"""Views used in the browser, each thing in both languages: built, shared, sorted, columns, bulk, exports, a board."""

import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, expect

from ombud.customers.schemas import Sender
from ombud.shared.clock import utc_now
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, receive
from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served, until
from tests.journeys.spoken import BOTH, Speech

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]
MACHINES = ("Leaking washer", "Noisy dryer", "Broken kettle")


async def stock(served: Served) -> None:
    """Somebody who keeps the views that tests make."""
    await served.person("Root Ops", role="administrator")


async def arrive(served: Served, name: str, subjects: Sequence[str], *, who: str = "") -> list[int]:
    """Tickets by API of a customer each, or all of one; gives their numbers. Every test has its own."""
    if not await served.values("select 1 from channel"):
        await served.channel("api", "Shop")
    [shop] = await served.values("select min(id) from channel")
    made = [f"{subject} {name}" for subject in subjects]
    arrivals = [Arrival(int(shop), one, message(one, who or one)) for one in made]
    await served.do(lambda tx: receive(tx, arrivals, now=utc_now()))
    sql = "select id from ticket where subject = any(%(subjects)s) order by array_position(%(subjects)s, subject)"

    async def are_there() -> bool:
        return len(await served.values(sql, subjects=made)) == len(made)

    await until(are_there)
    return [int(one) for one in await served.values(sql, subjects=made)]


def message(subject: str, who: str) -> InboundMessage:
    sender = Sender("external", who, name=f"Customer {who}")
    return InboundMessage(sender=sender, text=f"{subject}, help.", subject=subject, at=utc_now(), conversation=subject)


async def view_of(served: Served, name: str, condition: Any, **more: Any) -> str:
    """A shared view, made behind the page; gives its address."""
    sql = """
        insert into saved_view (name_en, name_zh, scope, owner_id, condition, sort, layout, columns, created_at)
        select %(name)s, %(name)s, 'all', min(id), %(condition)s::jsonb, 'number_oldest', %(layout)s, %(columns)s, now()
        from person returning id"""
    params = {"layout": "table", "columns": []} | more
    [made] = await served.values(sql, name=name, condition=json.dumps(condition), **params)
    return f"{served.url}/views/saved:{made}"


def about(word: str) -> dict[str, Any]:
    return {"field": "subject", "op": "contains", "value": word}


async def begin(served: Served, browser: Browser, say: Speech, name: str, path: str = "") -> Screen:
    email = await served.person(f"{name}{say.short} Ops", role="administrator", locale=say.locale)
    screen = await sign_in(browser, served, email, locale=say.browser)
    if path:
        await screen.page.goto(path)
    return screen


async def pick(screen: Screen, button: str, option: str) -> None:
    """Choose from a menu of the bulk bar."""
    bar = screen.page.get_by_role("toolbar")
    await bar.get_by_role("button", name=button, exact=True).click()
    await screen.page.get_by_role("option", name=option, exact=True).click()


async def column(served: Served, tickets: Sequence[int], sql: str) -> list[Any]:
    found = f"select {sql} from ticket t where id = any(%(ids)s) order by array_position(%(ids)s, id)"
    return await served.values(found, ids=list(tickets))


def rows(screen: Screen) -> Locator:
    return screen.page.locator("tbody tr")


async def look(screen: Screen, name: str) -> None:
    """Keep pictures: 1280 light and dark, and a phone's width."""
    for width, theme in ((1280, "light"), (1280, "dark"), (390, "light")):
        await screen.page.set_viewport_size({"width": width, "height": 844})
        await screen.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        await screen.picture(f"views-{name}-{width}-{theme}")
    await screen.page.set_viewport_size({"width": 1440, "height": 900})
    await screen.page.emulate_media(color_scheme="light")


async def set_row(dialog: Locator, say: Speech, field: str, value: str) -> None:
    """Let the last comparison of the builder ask for a text."""
    await dialog.get_by_label(say("conditions.field"), exact=True).last.select_option(label=field)
    entry = dialog.get_by_label(say("conditions.value", name=field)).last
    await entry.fill(value)
    await entry.press("Tab")


@BOTH
async def test_view_is_built_with_nested_conditions_and_shared(served: Served, browser: Browser, say: Speech) -> None:
    name = f"built{say.short}"
    tickets = await arrive(served, name, MACHINES)
    screen = await begin(served, browser, say, "Olga")
    page = screen.page
    await page.get_by_role("button", name=say("views.builder.new")).click()
    dialog = page.get_by_role("dialog")
    scope = "all" if say.locale == "en" else "team"
    await dialog.get_by_label(say("views.builder.scope")).select_option(label=say(f"views.scope.{scope}"))
    await dialog.get_by_label(say("views.builder.nameEn")).fill(f"Machines {name}")
    await dialog.get_by_label(say("views.builder.nameZh")).fill(f"机器 {name}")
    subject = say("views.field.subject")
    # either of two words, and none of a third one: groups within the whole
    await dialog.get_by_role("button", name=say("conditions.addGroup")).click()
    await set_row(dialog, say, subject, f"washer {name}")
    await dialog.get_by_role("button", name=say("conditions.add"), exact=True).first.click()
    await set_row(dialog, say, subject, f"DRYER {name}")
    await dialog.get_by_role("button", name=say("conditions.addGroup")).last.click()
    await dialog.get_by_label(say("conditions.mode")).last.select_option(label=say("conditions.modes.none"))
    await set_row(dialog, say, subject, "kettle")
    await screen.sees(say("views.builder.count", 2, n=2))
    await dialog.get_by_label(say("views.builder.layout")).select_option(label=say("views.layout.table"))
    await dialog.get_by_label(say("views.builder.sort")).select_option(label=say("views.sort.number"))
    # by the keyboard alone: the number goes behind the subject
    place = say("views.columns.place", name=say("views.field.number"), at=1, count=8)
    await dialog.get_by_role("button", name=place).focus()
    await screen.press("Alt+ArrowRight")
    await look(screen, f"builder-{say.short}")
    await dialog.get_by_role("button", name=say("views.save"), exact=True).click()
    await page.wait_for_url("**/views/saved:*")
    await expect(rows(screen)).to_have_count(2)
    await expect(rows(screen).first).to_contain_text("dryer")
    assert (await page.locator("thead th").all_inner_texts())[1:3] == [subject, say("views.field.number")]
    # how many it holds stands beside its name
    link = page.get_by_role("link", name=re.compile(name))
    await expect(link.locator(".count")).to_have_text("2")
    assert await served.values("select scope from saved_view where name_en like %(name)s", name=f"%{name}") == [scope]
    assert len(tickets) == len(MACHINES)
    assert screen.complaints == []


@BOTH
async def test_columns_are_chosen_dragged_and_exported(
    served: Served, browser: Browser, say: Speech, tmp_path: Path
) -> None:
    name = f"columns{say.short}"
    tickets = await arrive(served, name, MACHINES[:2])
    await served.do(lambda tx: tx.execute(SERIAL, (f"serial_{say.short}",)))
    sql = "update ticket set fields = jsonb_build_object(%s::text, 'SN-77') where id = %s"
    await served.do(lambda tx: tx.execute(sql, (f"serial_{say.short}", tickets[0])))
    columns = ["number", "subject", "status"]
    screen = await begin(served, browser, say, "Paul", await view_of(served, name, about(name), columns=columns))
    page = screen.page
    await expect(rows(screen)).to_have_count(2)
    await page.get_by_role("button", name=say("views.columns.title"), exact=True).click()
    await page.get_by_role("button", name=say("views.columns.add"), exact=True).click()
    await page.get_by_role("option", name=f"serial_{say.short}", exact=True).click()
    await expect(rows(screen).first).to_contain_text("SN-77")
    heads = page.locator("thead th")
    await heads.nth(3).drag_to(heads.nth(1))
    want = [say("views.field.status"), say("views.field.number"), say("views.field.subject"), f"serial_{say.short}"]
    await expect(heads).to_have_text(["", *want])
    await look(screen, f"columns-{say.short}")
    await pick(screen, say("views.bulk.export"), say("views.bulk.csv"))
    text = (await saved(screen, "csv", tmp_path)).read_text(encoding="utf-8")
    assert text.startswith("\ufeff" + ",".join(want))
    assert f"{MACHINES[0]} {name}" in text
    await pick(screen, say("views.bulk.export"), say("views.bulk.xlsx"))
    with zipfile.ZipFile(await saved(screen, "xlsx", tmp_path)) as book:
        assert "SN-77" in book.read("xl/worksheets/sheet1.xml").decode()
    # it stays so for this reader
    await page.reload()
    await expect(heads).to_have_text(["", *want])
    assert screen.complaints == []


SERIAL = """
    insert into field (subject, key, name_en, name_zh, kind, created_at)
    select 'ticket', k.key, k.key, k.key, 'text', now() from (values (%s)) as k (key)"""


async def saved(screen: Screen, kind: str, folder: Path) -> Path:
    async with screen.page.expect_download() as download:
        await screen.page.get_by_role("link", name=re.compile(rf"^tickets-.+\.{kind}$")).last.click()
    path = folder / f"out.{kind}"
    await (await download.value).save_as(path)
    return path


@BOTH
async def test_chosen_tickets_are_changed_and_undone(served: Served, browser: Browser, say: Speech) -> None:
    name = f"bulk{say.short}"
    tickets = await arrive(served, name, MACHINES)
    screen = await begin(served, browser, say, "Quin", await view_of(served, name, about(name)))
    page = screen.page
    await expect(rows(screen)).to_have_count(3)
    await page.get_by_label(say("views.table.all")).check()
    await screen.sees(say("views.bulk.chosen", 3, n=3))
    await pick(screen, say("views.bulk.priority"), say("tickets.priority.4"))
    await screen.sees(say("views.job.done", done=3))
    assert await column(served, tickets, "priority") == [4, 4, 4]
    await page.get_by_role("button", name=say("views.job.undoIt")).first.click()

    async def is_undone() -> bool:
        return await column(served, tickets, "priority") == [2, 2, 2]

    await until(is_undone)
    assert screen.complaints == []


@BOTH
async def test_all_that_match_are_changed_page_after_page(served: Served, browser: Browser, say: Speech) -> None:
    name = f"mass{say.short}"
    [first] = await arrive(served, name, MACHINES[:1])
    await served.do(lambda tx: tx.execute(MASS, (first,)))
    screen = await begin(served, browser, say, "Rita", await view_of(served, name, about(name)))
    page = screen.page
    await expect(rows(screen)).to_have_count(100)
    await page.get_by_role("button", name=say("views.more"), exact=True).scroll_into_view_if_needed()
    await page.get_by_label(say("views.table.all")).check()
    await page.get_by_role("button", name=say("views.bulk.takeAll")).click()
    await screen.sees(say("views.bulk.all"))
    await pick(screen, say("views.bulk.priority"), say("tickets.priority.3"))
    await screen.sees(say("views.job.done", done=121), 40)
    assert await served.values("select distinct priority from ticket where subject like %(s)s", s=f"%{name}") == [3]
    await page.get_by_role("button", name=say("views.more"), exact=True).click()
    await expect(rows(screen)).to_have_count(121)
    assert screen.complaints == []


MASS = """
    insert into ticket (subject, status_id, category, priority, team_id, customer_id, channel_id, brand_id, load_points,
        created_at, activity_at)
    select t.subject, t.status_id, t.category, t.priority, t.team_id, t.customer_id, t.channel_id, t.brand_id,
        t.load_points, t.created_at, t.activity_at from ticket t, generate_series(1, 120) where t.id = %s"""


@BOTH
async def test_field_and_macro_are_used_in_bulk_and_what_fails_is_told(
    served: Served, browser: Browser, say: Speech
) -> None:
    name = f"macro{say.short}"
    tickets = await arrive(served, name, MACHINES)
    await served.do(lambda tx: tx.execute(PRICE, (f"price_{say.short}",)))
    blank = "update customer set name = '' where id = (select customer_id from ticket where id = %s)"
    await served.do(lambda tx: tx.execute(blank, (tickets[2],)))
    await served.do(lambda tx: tx.execute(MACRO, (f"Tell all {say.short}",)))
    screen = await begin(served, browser, say, "Sven", await view_of(served, name, about(name)))
    page = screen.page
    await expect(rows(screen)).to_have_count(3)
    await page.get_by_label(say("views.table.all")).check()
    await page.get_by_role("toolbar").get_by_role("button", name=say("views.bulk.field"), exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label(say("views.bulk.field"), exact=True).select_option(f"price_{say.short}", timeout=5_000)
    await dialog.locator("#bulk-value").fill("19.90")
    await dialog.locator("#bulk-value").press("Tab")
    await look(screen, f"bulk-field-{say.short}")
    await dialog.locator("button[type=submit]").click()
    await screen.sees(say("views.job.done", done=3))
    [price] = await served.values(
        "select fields -> %(k)s from ticket where id = %(t)s", k=f"price_{say.short}", t=tickets[0]
    )
    assert price == {"amount_cents": 1990, "currency": "CNY"}

    await page.get_by_label(say("views.table.all")).check()
    await page.get_by_role("button", name=say("views.bulk.macro"), exact=True).click()
    await dialog.get_by_label(say("views.bulk.findMacro")).fill(f"all {say.short}")
    await dialog.get_by_text(f"Tell all {say.short}").click()
    await dialog.get_by_label(say("views.bulk.text.send")).check()
    await look(screen, f"bulk-macro-{say.short}")
    await dialog.locator("button[type=submit]").click()
    await screen.sees(say("views.job.partly", done=3, failed=1))
    await page.get_by_role("button", name=say("views.job.why")).first.click()
    await screen.sees(say("errors.placeholder_unfilled"))
    sql = "select text from public_entry where ticket_id = any(%(ids)s) and direction = 'out' order by id"
    wanted = [
        f"Dear Customer {machine} {name}, about {ticket}." for machine, ticket in zip(MACHINES, tickets, strict=True)
    ]
    assert await served.values(sql, ids=tickets) == wanted[:2]
    assert await column(served, tickets, "priority") == [4, 4, 2]
    await look(screen, f"bulk-report-{say.short}")
    assert screen.complaints == []


PRICE = """
    insert into field (subject, key, name_en, name_zh, kind, options, created_at)
    select 'ticket', k.key, k.key, k.key, 'money', '{"currency": "CNY"}', now()
    from (values (%s)) as k (key)"""
MACRO = """
    insert into macro (title, actions, text, created_at, updated_at)
    values (%s, '{"priority": 4}', 'Dear {{customer.name}}, about {{ticket.id}}.', now(), now())"""


@BOTH
async def test_several_tickets_are_merged_from_a_list(served: Served, browser: Browser, say: Speech) -> None:
    name = f"merge{say.short}"
    tickets = await arrive(served, name, MACHINES, who=name)
    screen = await begin(served, browser, say, "Tina", await view_of(served, name, about(name)))
    page = screen.page
    await expect(rows(screen)).to_have_count(3)
    await page.get_by_label(say("views.table.all")).check()
    await page.get_by_role("button", name=say("views.bulk.merge"), exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.locator("label", has_text=MACHINES[1]).click()
    await look(screen, f"merge-{say.short}")
    await dialog.get_by_role("button", name=say("tickets.merge.submit"), exact=True).click()
    await screen.sees(screen.entry(f"{MACHINES[0]} {name}, help."))
    await screen.sees(screen.entry(f"{MACHINES[2]} {name}, help."))
    target = tickets[1]
    assert await column(served, tickets, "merged_into_id") == [target, None, target]
    await page.goto(await view_of(served, f"{name} again", about(name)))
    await expect(rows(screen)).to_have_count(1)
    assert screen.complaints == []


@BOTH
async def test_board_moves_a_card_to_another_status(served: Served, browser: Browser, say: Speech) -> None:
    name = f"board{say.short}"
    [ticket, _] = await arrive(served, name, MACHINES[:2])
    screen = await begin(served, browser, say, "Uwe", await view_of(served, name, about(name)))
    page = screen.page
    before = await column(served, [ticket], "status_id")
    await page.get_by_role("button", name=say("views.layout.board")).click()
    await page.locator("a.card", has_text=MACHINES[0]).focus()
    await screen.press("Control+ArrowRight")

    async def is_moved() -> bool:
        return await column(served, [ticket], "status_id") != before

    await until(is_moved)
    await look(screen, f"board-{say.short}")
    assert screen.complaints == []


@BOTH
async def test_followed_tickets_are_a_table_with_the_time_they_took(
    served: Served, browser: Browser, say: Speech
) -> None:
    name = f"follow{say.short}"
    [ticket, _] = await arrive(served, name, MACHINES[:2])
    screen = await begin(served, browser, say, "Vera")
    page = screen.page
    await page.goto(f"{served.url}/tickets/all/{ticket}")
    await page.locator(".composer textarea").wait_for()
    await page.get_by_role("button", name=re.compile(f"^{say('together.followers.follow')}")).first.click()
    await until(lambda: served.values("select 1 from follower where ticket_id = %(id)s", id=ticket))
    await page.get_by_role("button", name=say("together.time.enter")).first.click()
    await page.locator(".together form input").first.fill("25")
    await page.locator(".together form input").first.press("Enter")
    await until(lambda: served.values("select 1 from time_spent where ticket_id = %(id)s", id=ticket))
    await screen.sees(say("together.time.minutes", n=25))
    await page.goto(f"{served.url}/views/following")
    await expect(rows(screen)).to_have_count(1)
    await page.get_by_role("button", name=say("views.columns.title"), exact=True).click()
    await page.get_by_role("button", name=say("views.columns.add"), exact=True).click()
    await page.get_by_role("option", name=say("views.field.time_spent"), exact=True).click()
    await expect(rows(screen).first).to_contain_text(say("together.time.minutes", n=25))
    await page.locator("header select").select_option(label=say("views.sort.number"))
    await look(screen, f"following-{say.short}")
    await page.get_by_role("link", name=say("views.time.title")).click()
    mine = rows(screen).filter(has_text=f"Vera{say.short}")
    await expect(mine).to_contain_text(say("together.time.minutes", n=25))
    await look(screen, f"time-{say.short}")
    async with page.expect_download() as download:
        await page.get_by_role("link", name=say("views.bulk.csv")).click()
    text = (await (await download.value).path()).read_text(encoding="utf-8")
    assert ",25.0," in text
    assert screen.complaints == []


async def test_view_on_a_field_that_is_gone_says_so_and_stays_changeable(served: Served, browser: Browser) -> None:
    say = Speech("zh-CN")
    name = "gone"
    await arrive(served, name, MACHINES[:1])
    condition = {"any": [about(name), {"field": "fields.never_there", "op": "is", "value": "x"}]}
    screen = await begin(served, browser, say, "Willi", await view_of(served, name, condition))
    page = screen.page
    await expect(rows(screen)).to_have_count(1)
    await screen.sees(say("views.problem.some"))
    await page.get_by_role("button", name=say("views.menu.label", name=name)).click()
    await page.get_by_role("option", name=say("views.menu.change"), exact=True).click()
    dialog = page.get_by_role("dialog")
    await screen.sees(dialog.get_by_text(say("views.problem.unknown_field")))
    await look(screen, "gone-field")
    await dialog.get_by_label(say("views.builder.nameZh")).fill("改名")
    await dialog.get_by_role("button", name=say("views.save"), exact=True).click()
    await until(lambda: served.values("select 1 from saved_view where name_zh = '改名'"))
    assert screen.complaints == []


RECORD_FIELDS = """
    insert into field (subject, key, name_en, name_zh, kind, options, created_at)
    values ('customer', %(key)s, %(key)s, %(key)s, 'choice',
        '{"choices": [{"value": "gold", "name_en": "Gold", "name_zh": "黄金"}]}', now())"""


@BOTH
async def test_view_asks_for_a_field_of_the_customer_and_says_what_cannot_be(
    served: Served, browser: Browser, say: Speech
) -> None:
    name, key = f"segment{say.short}", f"segment_{say.short}"
    tickets = await arrive(served, name, MACHINES[:2])
    await served.do(lambda tx: tx.execute(RECORD_FIELDS, {"key": key}))
    sql = """
        update customer set fields = jsonb_build_object(%s::text, 'gold')
        where id = (select customer_id from ticket where id = %s)"""
    await served.do(lambda tx: tx.execute(sql, (key, tickets[0])))
    screen = await begin(served, browser, say, "Gabi", await view_of(served, name, about(name)))
    page = screen.page
    await expect(rows(screen)).to_have_count(2)
    await page.get_by_role("button", name=say("views.menu.label", name=name)).click()
    await page.get_by_role("option", name=say("views.menu.change"), exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name=say("conditions.add"), exact=True).first.click()
    field = dialog.get_by_label(say("conditions.field"), exact=True).last
    await field.select_option(value=f"customer.fields.{key}")
    chosen = "Gold" if say.locale == "en" else "黄金"
    await dialog.get_by_label(say("conditions.value", name=key)).select_option(label=chosen)
    await screen.sees(dialog.get_by_text(say("views.builder.count", 1, n=1)))
    await look(screen, f"customer-field-{say.short}")
    # a number that no ticket can have: the page says so in its own words, and of which field
    await dialog.get_by_role("button", name=say("conditions.add"), exact=True).first.click()
    messages = say("views.field.messages")
    await dialog.get_by_label(say("conditions.field"), exact=True).last.select_option(label=messages)
    entry = dialog.get_by_label(say("conditions.value", name=messages))
    await entry.fill("1e30")
    await entry.press("Tab")
    problem = say("conditions.problemOf", name=messages, problem=say("conditions.problem.bad_value"))
    await screen.sees(dialog.get_by_role("status").get_by_text(problem))
    await look(screen, f"bad-value-{say.short}")
    await dialog.get_by_role("button", name=say("conditions.remove"), exact=True).last.click()
    await dialog.get_by_role("button", name=say("views.save"), exact=True).click()
    await expect(rows(screen)).to_have_count(1)
    assert [one for one in screen.complaints if "400" not in one] == []


@BOTH
async def test_view_of_fifty_nested_comparisons_opens_and_is_changed(
    served: Served, browser: Browser, say: Speech
) -> None:
    name = f"fifty{say.short}"
    await arrive(served, name, MACHINES[:1])
    condition: Any = about(name)
    for level in range(7):
        op = "is_not" if level % 2 else "is"
        words = [{"field": "subject", "op": op, "value": f"word {level} {place}"} for place in range(7)]
        condition = {"all": [*words, condition]} if level % 2 else {"all": [condition, {"not": {"any": words}}]}
    screen = await begin(served, browser, say, "Fee", await view_of(served, name, condition))
    page = screen.page
    await expect(rows(screen)).to_have_count(1)
    await page.get_by_role("button", name=say("views.menu.label", name=name)).click()
    await page.get_by_role("option", name=say("views.menu.change"), exact=True).click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_label(say("conditions.field"), exact=True)).to_have_count(50)
    await screen.sees(dialog.get_by_text(say("views.builder.count", 1, n=1)))
    await look(screen, f"fifty-{say.short}")
    await dialog.get_by_label(say("views.builder.nameZh")).fill(f"五十 {name}")
    await dialog.get_by_role("button", name=say("views.save"), exact=True).click()
    await until(lambda: served.values("select 1 from saved_view where name_zh = %(name)s", name=f"五十 {name}"))
    [kept] = await served.values("select condition from saved_view where name_zh = %(name)s", name=f"五十 {name}")
    assert kept == condition
    assert screen.complaints == []
