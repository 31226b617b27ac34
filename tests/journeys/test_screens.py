"""Every main screen of the demo desk in both languages and themes: pictures, axe, no missing word, no sideways scroll.

The run takes two corners of the matrix; OMBUD_ALL_SCREENS=1 takes all of it, three sizes × two themes × two languages.
"""

import json
import os
import re
from itertools import product
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from ombud.accounts.permissions import ROLES
from ombud.demo.asides import make_asides
from ombud.demo.floor import make_floor
from ombud.demo.knowledge import make_knowledge
from ombud.demo.live import find_you
from ombud.demo.loader import load_demo
from ombud.demo.rules import make_rules
from ombud.demo.skills import make_skills
from ombud.demo.work.scenes import show_work
from ombud.shared.actor import Actor
from ombud.shared.clock import utc_now
from ombud.shared.database import Transaction
from ombud.shared.files import FileStore
from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served
from tests.journeys.shop import Shop, Visitor
from tools.launch import WEB

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600)]
SIZES = {"1440": (1440, 900), "1280": (1280, 800), "390": (390, 844)}
CORNERS = [("1440", "light", "zh-CN"), ("390", "dark", "en")]
ALL = list(product(SIZES, ("light", "dark"), ("zh-CN", "en")))
LOOKS = ALL if os.environ.get("OMBUD_ALL_SCREENS") else CORNERS
WORKSPACE = ["mine", "unassigned", "open", "mentions", "following", "snoozed", "all"]
SETTINGS_PAGES = [
    "profile",
    "strain",
    "personal-data",
    "security",
    "mailboxes",
    "mailboxes/new",
    "widgets",
    "widgets/first",
    "forms",
    "forms/first",
    "api-channels",
    "webhooks",
    "webhooks/new",
    "models",
    "model-exchanges",
    "set-aside",
    "people",
    "teams",
    "brands",
    "statuses",
    "canned-replies",
    "macros",
    "fields",
    "ticket-types",
    "ticket-types/new",
    "checklists",
    "customer-data",
    "help-centre",
    "help-centre/1",
    "answering",
    "classification",
    "risks",
    "rules",
    "ticket-templates",
    "calendars",
    "calendars/new",
    "calendars/1",
    "service-policies",
    "service-policies/new",
    "service-policies/1",
    "automation",
    "automation/new",
    "automation/1",
    "team-routing",
    "skills",
    "skill-levels",
    "agent-limits",
    "requirements",
    "requirements/new",
    "requirements/2",
    "ranked-by-hand",
    "priority-score",
    "processes",
    "processes/new",
    "processes/1",
    "api-keys",
]
# A key of the word files that slipped through, as settings.nav.profile; domains, files and placeholders are none.
KEYS = re.compile(
    r"(?<![\w@/.{-])(?:answering|app|automation|care|classification|clocks|errors|floor|form|guidance|helpCentre|knowledge|notifications"
    r"|processes|ranking|session|simulation|skills"
    r"|settings|state|surge|teamwork|tickets|views|visitor)\.[a-z]\w*(?:\.\w+)*"
)
# What stands below a page moves the whole desk as soon as it gets the focus; and a page of settings scrolls down only.
IS_LOOSE = """() => [
  ...[document.documentElement].filter(one => document.querySelector('.shell') && one.scrollHeight > innerHeight + 1)
    .map(one => `the desk is ${one.scrollHeight} px high`),
  ...[...document.querySelectorAll('.settings main')].filter(one => one.scrollWidth > one.clientWidth + 1)
    .map(one => `settings scroll sideways: ${one.scrollWidth} > ${one.clientWidth}`)]"""
AXE_RUN = """() => axe.run(document, {resultTypes: ['violations']}).then(found => found.violations
  .filter(one => ['serious', 'critical'].includes(one.impact))
  .map(one => [one.id, one.nodes.slice(0, 3).map(node => [node.target.join(' '), node.failureSummary])]))"""
IS_WIDE = """() => [document.documentElement, ...document.querySelectorAll('[role=dialog], [role=dialog] *')]
  .filter(one => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 200
    && (one === document.documentElement || ['auto', 'scroll'].includes(getComputedStyle(one).overflowX)))
  .map(one => 'scrolls sideways: ' + one.tagName + '.' + one.className)"""
GO = """path => {
  const state = { back: null, current: path, forward: null, position: history.length, replaced: false, scroll: null }
  history.pushState(state, '', path)
  dispatchEvent(new PopStateEvent('popstate', { state }))
}"""
SETTLED = "() => !document.querySelector('.ghost, .skeleton, [aria-busy=true]')"


async def stock(served: Served) -> None:
    """A small demo desk with people at work."""
    files = FileStore(served.settings.files)

    async def fill(tx: Transaction) -> None:
        loaded = await load_demo(tx, now=utc_now(), keep_file=files.put, tickets=1_200)
        you = Actor("person", loaded.administrator_id, "林知夏", ROLES["administrator"], None)
        await make_rules(tx, you, now=utc_now())
        await make_asides(tx, you, now=utc_now())
        await make_skills(tx, you, now=utc_now())
        await make_floor(tx, you, now=utc_now())
        await make_knowledge(tx, you, now=utc_now())
        await show_work(tx, you, now=utc_now())

    await served.do(fill)


async def email_of_you(served: Served) -> str:
    you = await find_you(served.database)
    return str((await served.values("select email from person where id = %(id)s", id=you))[0])


async def problems_of(page: Page) -> list[Any]:
    """What is wrong with a screen as it stands."""
    found: list[Any] = []
    words = await page.locator("body").inner_text()
    found += [f"a word is missing: {key}" for key in KEYS.findall(words)]
    found += await page.evaluate(IS_WIDE)
    found += await page.evaluate(IS_LOOSE)
    # By the debugger's door: the page's policy lets no foreign script in.
    if not await page.evaluate("!!window.axe"):
        await page.evaluate((WEB / "node_modules/axe-core/axe.min.js").read_text())
    return found + list(await page.evaluate(AXE_RUN))


class Tour:
    """One look at the desk: a size, a theme and a language."""

    def __init__(self, screen: Screen, served: Served, look: str) -> None:
        self.screen, self.served, self.look = screen, served, look
        self.problems: dict[str, list[Any]] = {}

    async def see(self, name: str, path: str = "") -> None:
        """Look at a screen: keep its picture and what is wrong with it."""
        page = self.screen.page
        if path and self.screen.page.url.startswith(self.served.url):
            await page.evaluate(GO, path)
        elif path:
            await page.goto(f"{self.served.url}{path}")
        await page.wait_for_timeout(100)
        await page.wait_for_function(SETTLED)
        await page.wait_for_timeout(100)
        await self.screen.picture(f"{self.look}-{name}")
        wrong = await problems_of(page) + self.screen.complaints
        self.screen.complaints.clear()
        if wrong:
            self.problems[name] = wrong


async def dress(served: Served, email: str, theme: str, locale: str) -> None:
    sql = "update person set theme = %(theme)s, locale = %(locale)s where email = %(email)s"
    await served.do(lambda tx: tx.execute(sql, {"theme": theme, "locale": locale, "email": email}))


async def first_of(served: Served, kind: str) -> int:
    return int((await served.values("select id from channel where kind = %(kind)s order by id limit 1", kind=kind))[0])


async def see_knowledge(tour: Tour) -> None:
    """The knowledge base: its list, articles with tables and out of date, its parts, imports, a script's wordings."""
    for name in ("", "book-an-installation", "price-protection", "frame", "imports"):
        await tour.see(f"knowledge-{name or 'list'}", f"/knowledge/{name}".rstrip("/"))
    for part in ("wordings", "places"):
        await tour.see(f"knowledge-{part}", f"/knowledge/script-calming?part={part}")


async def see_people(tour: Tour) -> None:
    """Customers and organisations: the lists, and of each the one with most to show; and what a search finds."""
    served = tour.served
    busiest = "select customer_id from ticket group by 1 order by count(*) desc, 1 limit 1"
    largest = """select organisation_id from customer where organisation_id is not null
        group by 1 order by count(*) desc, 1 limit 1"""
    await tour.see("customers", "/customers")
    await tour.see("customer", f"/customers/{(await served.values(busiest))[0]}")
    await tour.see("organisations", "/organisations")
    await tour.see("organisation", f"/organisations/{(await served.values(largest))[0]}")
    await tour.see("search", "/search?q=%E9%80%80%E6%AC%BE")
    await tour.see("search-nothing", "/search?q=%22no+such+words+anywhere%22")
    await tour.see("search-wrong", "/search?q=status%3Anonsense")


async def see_work(tour: Tour) -> None:
    """Tasks, first contacts, figures, time, and a ticket in each process with its panels."""
    served = tour.served
    task = (await served.values("select id from task where state = 'accepted' order by id limit 1"))[0]
    for name, path in (("tasks", "/tasks"), ("task", f"/tasks/{task}"), ("first-contacts", "/first-contacts")):
        await tour.see(name, path)
    for name, path in (("figures", "/teamwork"), ("waiting", "/waiting"), ("answers", "/answers")):
        await tour.see(name, path)
    await tour.see("time", "/time")
    sql = "select ticket_id from stage_visit where ended_at is null order by id"
    for number, ticket in enumerate(await served.values(sql)):
        await tour.see(f"process-{number}", f"/tickets/all/{ticket}")


async def see_teamwork(tour: Tour) -> None:
    """What is asked beside a ticket, what one is asked, and releases: one that is ready, one that is not."""
    served = tour.served
    for kind in ("app", "mail"):
        sql = """select '/tickets/all/' || s.ticket_id || '?side=' || s.id from side_conversation s
            where kind = %(kind)s and exists (select from entry where side_id = s.id and direction = 'in')"""
        await tour.see(f"side-{kind}", (await served.values(sql, kind=kind))[0])
    await tour.see("asked", "/asked")
    await tour.see("releases", "/releases")
    for note_id in await served.values("select id from release_note order by id limit 2"):
        await tour.see(f"release-{note_id}", f"/releases/{note_id}")


async def see_care(tour: Tour) -> None:
    """Notices and who has read them, what becomes of knowledge, guidance cards."""
    await tour.see("notices", "/notices")
    for notice_id in await tour.served.values("select id from notice order by id limit 1"):
        await tour.see("notice", f"/notices/{notice_id}")
    for tab in ("overview", "searches", "articles", "stale", "findings", "requests", "board"):
        await tour.see(f"care-{tab}", f"/knowledge-care/{tab}")
    await tour.see("guidance-cards", "/settings/guidance")
    for card_id in await tour.served.values("select id from guidance_card order by id limit 1"):
        await tour.see("guidance-card", f"/settings/guidance/{card_id}")


async def see_floor(tour: Tour) -> None:
    """The floor: live, with an agent beside it; the duty log, the rules, the wallboard; one's state, raised hands."""
    page = tour.screen.page
    await tour.see("live", "/live")
    await page.locator("section.card li button").first.click()
    await tour.see("live-agent")
    await tour.screen.press("Escape", "Escape", "b")
    await tour.see("state")
    await tour.screen.press("Escape", "h")
    await page.locator("article.card.own").wait_for()
    await tour.see("hands")
    await page.locator("article.card.own .verbs button").click()
    await tour.screen.press("Escape")
    await tour.see("duty", "/live/duty")
    await tour.see("floor-rules", "/live/rules")
    await tour.see("surge", "/surge")
    await tour.see("simulation", "/simulation")
    await tour.see("wallboard", "/wallboard")


async def walk(tour: Tour) -> None:
    served, screen = tour.served, tour.screen
    for view in WORKSPACE:
        await tour.see(view, f"/tickets/{view}")
    sql = """select ticket_id from entry join ticket t on t.id = ticket_id where entry.kind = 'note'
        and t.solved_at is null group by 1 having count(*) < 9 order by max(at) desc limit 1"""
    ticket = (await served.values(sql))[0]
    await tour.see("ticket", f"/tickets/open/{ticket}")
    await screen.press("n")
    await tour.see("note")
    await screen.press("Escape", "p")
    await tour.see("menu")
    await screen.press("Escape", "?")
    await tour.see("overlay")
    await screen.press("Escape", "Control+k")
    await tour.see("palette")
    await screen.press("Escape", "c")
    await tour.see("create")
    await screen.press("Escape")
    await see_people(tour)
    await see_knowledge(tour)
    await see_work(tour)
    await see_teamwork(tour)
    await see_care(tour)
    await see_floor(tour)
    for path in SETTINGS_PAGES:
        kind = "chat" if "widgets" in path else "form"
        place = path.replace("first", str(await first_of(served, kind))) if "first" in path else path
        await tour.see(f"settings-{path.replace('/', '-')}", f"/settings/{place}")


@pytest.mark.parametrize(("size", "theme", "locale"), LOOKS)
async def test_screens_of_the_demo_desk_are_whole(
    served: Served, browser: Browser, size: str, theme: str, locale: str
) -> None:
    email = await email_of_you(served)
    await dress(served, email, theme, locale)
    width, height = SIZES[size]
    viewport = {"width": width, "height": height}
    screen = await sign_in(browser, served, email, viewport=viewport, locale=locale, color_scheme=theme)
    tour = Tour(screen, served, f"{size}-{theme}-{locale}")
    await walk(tour)
    assert not tour.problems, json.dumps(tour.problems, indent=1, ensure_ascii=False)


@pytest.mark.parametrize(("size", "theme", "locale"), LOOKS)
async def test_screens_before_signing_in_are_whole(
    served: Served, browser: Browser, size: str, theme: str, locale: str
) -> None:
    width, height = SIZES[size]
    context: BrowserContext = await browser.new_context(
        viewport={"width": width, "height": height}, locale=locale, color_scheme="dark" if theme == "dark" else "light"
    )
    tour = Tour(Screen(await context.new_page()), served, f"{size}-{theme}-{locale}")
    for name, path in (("sign-in", "/sign-in"), ("forgot", "/forgot-password"), ("link-gone", "/#/link/abc")):
        await tour.see(name, path)
    assert not tour.problems, json.dumps(tour.problems, indent=1, ensure_ascii=False)


@pytest.mark.parametrize(("size", "locale"), [("1440", "zh-CN"), ("390", "en")])
async def test_widget_on_a_shop_page_is_whole(
    served: Served, browser: Browser, shop: Shop, size: str, locale: str
) -> None:
    key = await served.values("select public_key from channel where kind = 'chat' order by id limit 1")
    shop.desk, shop.key, shop.lang = served.url, key[0], locale
    width, height = SIZES[size]
    visitor = await Visitor.enter(browser, shop, viewport={"width": width, "height": height}, locale=locale)
    await visitor.screen.picture(f"{size}-{locale}-widget-open")
    await visitor.introduce("韦安娜" if locale == "zh-CN" else "Anna Wei")
    text = "你好，冰箱今天能送到吗？" if locale == "zh-CN" else "Hello, does the fridge arrive today?"
    await visitor.write(text)
    await visitor.shows(text)
    await visitor.screen.picture(f"{size}-{locale}-widget-talk")
    assert await problems_of(visitor.screen.page) == []
    assert visitor.screen.complaints == []
