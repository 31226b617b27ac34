"""Scratch."""

import json
import os

import pytest
from playwright.async_api import Browser

from ombud.accounts.permissions import ROLES
from ombud.demo.loader import load_demo
from ombud.demo.skills import make_skills
from ombud.demo.work.scenes import show_work
from ombud.shared.actor import Actor
from ombud.shared.clock import utc_now
from ombud.shared.database import Transaction
from ombud.shared.files import FileStore
from tests.journeys.screen import sign_in
from tests.journeys.served import Served
from tests.journeys.test_screens import Tour, dress, email_of_you

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600)]
PAGES = os.environ.get("SHOTS", "team-routing skills skill-levels agent-limits requirements requirements/new requirements/2 priority-score").split()


async def stock(served: Served) -> None:
    files = FileStore(served.settings.files)

    async def fill(tx: Transaction) -> None:
        loaded = await load_demo(tx, now=utc_now(), keep_file=files.put, tickets=1_200)
        you = Actor("person", loaded.administrator_id, "林知夏", ROLES["administrator"], None)
        await make_skills(tx, you, now=utc_now())
        await show_work(tx, you, now=utc_now())

    await served.do(fill)


@pytest.mark.parametrize(("theme", "locale"), [("light", "zh-CN"), ("dark", "en")])
async def test_shots(served: Served, browser: Browser, theme: str, locale: str) -> None:
    email = await email_of_you(served)
    await dress(served, email, theme, locale)
    screen = await sign_in(browser, served, email, viewport={"width": 1366, "height": 900}, locale=locale, color_scheme=theme)
    tour = Tour(screen, served, f"{theme}-{locale}")
    for path in PAGES:
        await tour.see(f"settings-{path.replace('/', '-')}", f"/settings/{path}")
        if path == "skill-levels":
            await screen.page.locator(".cell").nth(3).click()
            await tour.see("levels-cell")
            await screen.press("Escape")
            await screen.page.locator("tbody input[type=checkbox]").first.check()
            await tour.see("levels-bulk")
        if path == "agent-limits":
            await screen.page.locator("button.name").first.click()
            await tour.see("agent-drawer")
        if path == "team-routing":
            await screen.page.locator("button.name").nth(1).click()
            await tour.see("team-drawer")
        if path == "requirements/2":
            await screen.page.locator(".side button").first.click()
            await screen.page.wait_for_selector(".found")
            await tour.see("rule-trial")
        if path == "priority-score":
            await screen.page.locator("#part-customer").fill("100")
            await screen.page.locator(".side button").first.click()
            await screen.page.wait_for_selector(".found")
            await tour.see("score-preview")
    print(json.dumps(tour.problems, indent=1, ensure_ascii=False)[:6000])
