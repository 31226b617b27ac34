"""Custom fields of every kind on tickets, customers and organisations, preferences, and a form's questions: in use."""

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from ombud.channels.forms.proof import QUICKEST
from ombud.customers.schemas import OrganisationIn, Sender
from ombud.customers.services.organisations import add_organisation
from ombud.fields.schemas import Choice, FieldIn, FieldKind, FieldOptions, Subject
from ombud.fields.services.definitions import define_field
from ombud.shared.actor import SYSTEM
from ombud.shared.clock import utc_now
from ombud.shared.database import Transaction
from ombud.tickets.forms import FormField
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, receive
from ombud.tickets.services.types import TicketTypeIn, add_type
from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served, until
from tests.journeys.test_screens import problems_of

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]
AGENTS = {"en": "lu@desk.example", "zh-CN": "wang@desk.example"}
BOSSES = {"en": "olga@desk.example", "zh-CN": "chen@desk.example"}
SUBJECTS: tuple[Subject, ...] = ("ticket", "customer", "organisation")
KINDS: dict[FieldKind, tuple[str, str]] = {
    "text": ("Member", "会员号"),
    "long_text": ("Story", "背景"),
    "number": ("People", "人数"),
    "date": ("Since", "起始日期"),
    "choice": ("Home", "住宅"),
    "tree": ("Area", "区域"),
    "multi_choice": ("Likes", "喜好"),
    "money": ("Credit", "余额"),
    "customer": ("Friend", "推荐人"),
    "file": ("Contract", "合同"),
    "yes_no": ("App", "用应用"),
}
TREE = (("east", "East", "华东"), ("east/shanghai", "Shanghai", "上海"))
FLAT = (("flat", "Flat", "公寓"), ("house", "House", "别墅"))
WORDS: dict[str, dict[str, str]] = {
    "en": {
        "friend": "Rosa",
        "at_least": "At least 1.",
        "history": "History: People",
        "changes": "Changes",
        "quiet_from": "Quiet from",
        "quiet_to": "Quiet until",
        "by": "Contact by",
        "now": "Quiet hours at the moment",
        "reply": "Reply to customer",
        "later": "Send when they end",
        "questions": "Questions",
        "put": "Add a field to the form …",
        "must": "Must be answered",
        "save": "Save",
        "send": "Send",
        "needed": "Please answer this.",
        "thanks": "Your reference is",
        "brands": "Sees some brands only",
    },
    "zh-CN": {
        "friend": "Rosa",
        "at_least": "不能小于 1。",
        "history": "修改记录：人数",
        "changes": "变更记录",
        "quiet_from": "免打扰开始",
        "quiet_to": "免打扰结束",
        "by": "首选渠道",
        "now": "当前为免打扰时段",
        "reply": "回复客户",
        "later": "时段结束后发送",
        "questions": "提问项",
        "put": "向表单添加字段……",
        "must": "必填",
        "save": "保存",
        "send": "提交",
        "needed": "请填写此项。",
        "thanks": "受理编号",
        "brands": "仅可见部分品牌",
    },
}
LOCALES = pytest.mark.parametrize("locale", ["en", "zh-CN"])


async def stock(served: Served) -> None:
    """Fields of every kind on everything that has some, two customers, a firm, a form, an agent in each language."""
    # One word each: axe takes two initials for text that a name must hold.
    for name, locale, role in (
        ("Lu", "en", "agent"),
        ("Wang", "zh-CN", "agent"),
        ("Olga", "en", "administrator"),
        ("Chen", "zh-CN", "administrator"),
    ):
        await served.person(name, locale=locale, role=role)  # type: ignore[arg-type]  # both are of the tuple above
    channel = await served.channel("email", "Service", address="help@desk.example")
    await served.channel("form", "Form")
    now = utc_now()
    arrivals = [
        Arrival(channel.id, mail, InboundMessage(Sender("email", mail, name=name, email=mail), "It leaks.", now))
        for name, mail in (("Rosa Meyer", "rosa@firm.example"), ("刘敏", "liumin@post.example"))
    ]
    await served.do(lambda tx: receive(tx, arrivals, now=now))
    await served.do(define)


async def define(tx: Transaction) -> None:
    now = utc_now()
    for subject in SUBJECTS:
        for kind, (english, chinese) in KINDS.items():
            offered = TREE if kind == "tree" else FLAT if kind in {"choice", "multi_choice"} else ()
            options = FieldOptions(choices=[Choice(*one) for one in offered], minimum=1 if kind == "number" else None)
            data = FieldIn(kind, english, chinese, kind, options)
            await define_field(tx, subject, data, by=SYSTEM, now=now)
    form = [FormField(kind) for kind in KINDS]
    await add_type(tx, TicketTypeIn("Repair", "报修", form), by=SYSTEM, now=now)
    await add_organisation(tx, OrganisationIn("Firm Ltd"), by=SYSTEM, now=now)


async def customer_of(served: Served, mail: str) -> int:
    sql = "select customer_id from identity where value = %(value)s and exists (select from ticket)"
    await until(lambda: served.values(sql, value=mail))
    return int((await served.values(sql, value=mail))[0])


class Card:
    """The fields of one record on the screen."""

    def __init__(self, screen: Screen, words: dict[str, str]) -> None:
        self.screen, self.page, self.words = screen, screen.page, words

    def row(self, key: str) -> Locator:
        """A field with its name, its editor and what is wrong with it."""
        return self.page.locator(f'[data-field="{key}"]:has(label)').first

    async def type(self, key: str, text: str) -> None:
        """Enter a text and leave the field."""
        field = self.row(key).locator("input, textarea").first
        await field.fill(text)
        await field.press("Tab")

    async def fill(self) -> None:
        """Give every field a value, by its own editor."""
        await self.type("text", "M-7788")
        await self.type("long_text", "Moved in May.")
        await self.type("number", "3")
        await self.type("date", "2026-05-17")
        await self.type("money", "1,299.50")
        await self.row("choice").locator("select").select_option("house")
        await self.row("yes_no").locator("select").select_option("true")
        await self.row("tree").locator("select").first.select_option("east")
        await self.row("tree").locator("select").nth(1).select_option("east/shanghai")
        await self.row("multi_choice").locator(".n-base-selection").click()
        await self.page.locator(".n-base-select-option").first.click()
        await self.page.keyboard.press("Escape")
        await self.row("customer").locator("button.pick").click()
        await self.page.keyboard.type(self.words["friend"])
        await self.page.get_by_role("option", name=re.compile(self.words["friend"])).first.click()
        upload: Any = {"name": "contract.txt", "mimeType": "text/plain", "buffer": b"We agree."}
        await self.row("file").locator("input[type=file]").set_input_files(upload)
        await self.screen.sees(self.row("file").get_by_role("link", name="contract.txt"))


def kept(rosa: int, values: dict[str, Any]) -> bool:
    """Whether the record has what was entered."""
    wanted = {
        "text": "M-7788",
        "long_text": "Moved in May.",
        "number": 3,
        "date": "2026-05-17",
        "money": {"amount_cents": 129950, "currency": "CNY"},
        "choice": "house",
        "yes_no": True,
        "tree": "east/shanghai",
        "multi_choice": ["flat"],
        "customer": rosa,
    }
    return values.items() >= wanted.items() and isinstance(values.get("file"), int)


async def open_record(served: Served, page: Page, subject: str, mail: str) -> tuple[str, int]:
    """Show a record of a subject; its table and number."""
    number = await customer_of(served, mail)
    if subject == "organisation":
        number = (await served.values("select max(id) from organisation"))[0]
    if subject == "ticket":
        number = (await served.values("select id from ticket where customer_id = %(id)s", id=number))[0]
        await page.goto(f"{served.url}/tickets/all/{number}")
        await page.locator(".fields select").first.select_option(index=1)
        typed = "select 1 from ticket where id = %(id)s and type_id is not null"
        await until(lambda: served.values(typed, id=number))
    else:
        await page.goto(f"{served.url}/{subject}s/{number}")
    return subject, int(number)


@pytest.mark.parametrize(
    ("locale", "subject", "mail"),
    [
        ("en", "ticket", "rosa@firm.example"),
        ("zh-CN", "ticket", "liumin@post.example"),
        ("en", "customer", "rosa@firm.example"),
        ("zh-CN", "customer", "liumin@post.example"),
        ("zh-CN", "organisation", ""),
        ("en", "organisation", ""),
    ],
)
async def test_field_of_every_kind_is_filled_in_and_its_history_told(
    served: Served, browser: Browser, locale: str, subject: str, mail: str
) -> None:
    words = WORDS[locale]
    screen = await sign_in(browser, served, AGENTS[locale])
    page, card = screen.page, Card(screen, words)
    rosa = await customer_of(served, "rosa@firm.example")
    table, number = await open_record(served, page, subject, mail or "rosa@firm.example")
    await screen.sees(card.row("text"))
    # The organisation is filled in twice, once in each language.
    await served.values(f"update {table} set fields = '{{}}' where id = %(id)s returning id", id=number)
    await page.reload()
    await screen.sees(card.row("text"))
    await card.fill()
    sql = f"select fields from {table} where id = %(id)s"

    async def is_kept() -> bool:
        return kept(rosa, (await served.values(sql, id=number))[0])

    try:
        await until(is_kept, seconds=40)
    except AssertionError:
        assert (await served.values(sql, id=number))[0] == {}, "not all was kept"
    await card.type("number", "0")
    await screen.sees(card.row("number").get_by_text(words["at_least"]))
    await card.type("number", "5")
    await expect(card.row("number").get_by_text(words["at_least"])).to_have_count(0)
    await until(lambda: served.values(f"{sql} and fields ->> 'number' = '5'", id=number))
    await page.get_by_role("button", name=words["history"]).click()
    story = page.get_by_role("dialog", name=words["history"])
    await expect(story.locator("li").first).to_contain_text("5")
    await expect(story.locator("li").first).to_contain_text("3")
    await screen.picture(f"records-{subject}-{locale}")
    await page.keyboard.press("Escape")
    assert await problems_of(page) == []
    assert screen.complaints == []


@LOCALES
async def test_all_changes_of_a_customer_are_listed_with_who_and_when(
    served: Served, browser: Browser, locale: str
) -> None:
    words, agent = WORDS[locale], "Lu" if locale == "en" else "Wang"
    number = await customer_of(served, "rosa@firm.example")
    screen = await sign_in(browser, served, AGENTS[locale])
    await screen.page.goto(f"{served.url}/customers/{number}")
    level = f"Gold {locale}"
    field = screen.page.get_by_role("button", name=re.compile(r"(Good to know|须知)"))
    await field.click()
    await screen.page.get_by_role("textbox", name=re.compile("Good to know|须知")).fill(level)
    await screen.page.get_by_role("tab", name=words["changes"]).click()
    row = screen.page.locator("ol li", has_text=level).first
    await expect(row).to_contain_text(agent, timeout=15_000)
    await screen.picture(f"records-changes-{locale}")


@LOCALES
async def test_quiet_hours_are_set_warned_of_and_waited_for(served: Served, browser: Browser, locale: str) -> None:
    words, mail = WORDS[locale], {"en": "rosa@firm.example", "zh-CN": "liumin@post.example"}[locale]
    number = await customer_of(served, mail)
    screen = await sign_in(browser, served, AGENTS[locale])
    page = screen.page
    await page.goto(f"{served.url}/customers/{number}")
    await page.get_by_label(words["by"], exact=True).select_option("phone")
    await page.get_by_label(words["quiet_from"]).fill("00:00")
    await page.get_by_label(words["quiet_to"]).fill("23:59")
    await page.get_by_label(words["quiet_to"]).press("Tab")
    if await served.values("select localtime > time '23:58:30'") == [False]:
        await screen.sees(words["now"])
    await screen.picture(f"records-preferences-{locale}")
    sql = "select preferences from customer where id = %(id)s"
    wanted = {"channel": "phone", "quiet_hours": {"start": 0, "end": 1439}}

    async def is_kept() -> bool:
        return bool(await served.values(sql, id=number) == [wanted])

    await until(is_kept)
    [ticket] = await served.values("select id from ticket where customer_id = %(id)s", id=number)
    await page.goto(f"{served.url}/tickets/all/{ticket}")
    await page.locator(".composer").wait_for()
    await screen.press("r")
    await screen.type("We call you. 我们会致电。")
    await screen.picture(f"records-quiet-{locale}")
    await screen.button(words["later"]).click()
    planned = "select count(*) from planned_reply where ticket_id = %(id)s"

    async def is_planned() -> bool:
        return bool(await served.values(planned, id=ticket) == [1])

    await until(is_planned)
    assert screen.complaints == []


@LOCALES
async def test_form_asks_fields_and_brings_them_to_the_ticket(served: Served, browser: Browser, locale: str) -> None:
    words, chinese = WORDS[locale], locale == "zh-CN"
    screen = await sign_in(browser, served, BOSSES[locale])
    page = screen.page
    [form] = await served.values("select id from channel where kind = 'form'")
    await served.values("update channel set settings = settings - 'questions' where id = %(id)s returning id", id=form)
    await page.goto(f"{served.url}/settings/forms/{form}")
    for key in ("text", "choice"):
        await page.get_by_label(words["put"]).select_option(value=key)
    name = KINDS["text"][1 if chinese else 0]
    await page.get_by_label(re.compile(name)).first.select_option(label=words["must"])
    await screen.picture(f"records-form-settings-{locale}")
    await page.locator(".bar").get_by_role("button", name=re.compile(words["save"])).click()
    questions = "select settings -> 'questions' from channel where id = %(id)s"

    async def is_kept() -> bool:
        found = (await served.values(questions, id=form))[0]
        return bool(found == [{"key": "text", "is_required": True}, {"key": "choice", "is_required": False}])

    await until(is_kept)
    [key] = await served.values("select public_key from channel where id = %(id)s", id=form)
    await page.goto(f"{served.url}/forms/{key}?lang={locale}")
    await page.locator("#name").fill("Cleo")
    await page.locator("#email").fill("cleo@post.example")
    await page.locator("#text").fill(f"Please help {locale}")
    await page.locator("#field_choice").select_option("house")
    await page.locator("#field_text").evaluate("one => one.removeAttribute('required')")
    await page.get_by_role("button", name=words["send"]).click()
    await screen.sees(words["needed"])
    await screen.picture(f"records-form-{locale}")
    await page.locator("#field_text").fill("M-1")
    # A form that is sent within a blink is a machine's; whoever reads takes longer.
    await page.wait_for_timeout(QUICKEST.total_seconds() * 1_500)
    await page.get_by_role("button", name=words["send"]).click()
    await screen.sees(words["thanks"])
    sql = "select fields from ticket where preview = %(text)s"
    await until(lambda: served.values(sql, text=f"Please help {locale}"))
    assert await served.values(sql, text=f"Please help {locale}") == [{"text": "M-1", "choice": "house"}]


@LOCALES
async def test_person_limited_to_a_brand_loses_sight_of_the_others(
    served: Served, browser: Browser, locale: str
) -> None:
    words, mail = WORDS[locale], await served.person(f"Bo{locale[:2]} Berg")
    made = "insert into brand (name, created_at) values (%(name)s, now()) returning id"
    [brand] = await served.values(made, name=f"Nordwind {locale}")
    screen = await sign_in(browser, served, BOSSES[locale])
    page = screen.page
    await page.goto(f"{served.url}/settings/people")
    await page.get_by_role("button", name=f"Bo{locale[:2]} Berg").click()
    await page.get_by_role("switch", name=words["brands"]).click()
    await page.get_by_label(f"Nordwind {locale}").check()
    await screen.picture(f"records-brands-{locale}")
    await page.get_by_role("dialog").get_by_role("button", name=re.compile(words["save"])).click()
    limits = "select brand_ids from person where email = %(mail)s"

    async def is_limited() -> bool:
        return bool(await served.values(limits, mail=mail) == [[brand]])

    await until(is_limited)
    theirs = await sign_in(browser, served, mail)
    await theirs.page.goto(f"{served.url}/tickets/all")
    await theirs.page.locator("section.list h1").wait_for()
    assert await theirs.page.locator("section.list a.row").count() == 0
    await theirs.page.goto(f"{served.url}/customers")
    await theirs.sees("Nobody found")
