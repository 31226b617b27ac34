"""A browser window at the desk, the way a person uses it, and all that went wrong in it."""

import os
import re
import time
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.journeys.served import Served

# Chromium says this of every answer that is no success; what matters of them a journey looks at itself.
EXPECTED = re.compile(r"Failed to load resource|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE")


FOLDER = os.environ.get("OMBUD_SCREENSHOTS") or Path(__file__).parents[2] / "screenshots"


class Screen:
    """One window."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, message: Any) -> None:
        if message.type in {"error", "warning"} and not EXPECTED.search(message.text):
            self.complaints.append(message.text)

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            await self.page.keyboard.press(key)

    async def type(self, text: str) -> None:
        """Type into what has the focus."""
        await self.page.keyboard.insert_text(text)

    def row(self, text: str) -> Locator:
        """A row of the ticket list."""
        return self.page.locator("section.list a.row", has_text=text)

    def entry(self, text: str) -> Locator:
        """An entry of the timeline."""
        return self.page.locator("article", has_text=text)

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """A button by its name."""
        return self.page.get_by_role("button", name=name)

    async def sees(self, what: Locator | str, seconds: float = 20) -> float:
        """Wait until it is visible; gives the seconds it took."""
        begin = time.monotonic()
        found = self.page.get_by_text(what).first if isinstance(what, str) else what.first
        await expect(found).to_be_visible(timeout=seconds * 1_000)
        return time.monotonic() - begin

    async def gets(self, text: str) -> float:
        """Wait until a ticket comes to the open list, behind the pill that keeps it calm; gives the seconds it took."""
        begin = time.monotonic()
        news = self.page.get_by_role("button", name=re.compile(r"^\d+ new$"))
        await expect(self.row(text).or_(news).first).to_be_visible()
        seconds = time.monotonic() - begin
        if not await self.row(text).count():
            await self.press("g", "n")
        await self.sees(self.row(text))
        return seconds

    @property
    def field(self) -> Locator:
        """The field of the composer, for plain or for formatted text."""
        return self.page.locator(".composer :is(textarea, .written)")

    async def holds(self, text: str, field: Locator | None = None) -> None:
        """Wait until a field, or the composer's, holds a text."""
        found = field or self.field
        await expect(found).to_be_visible()
        is_plain = await found.evaluate("one => 'value' in one")
        await (expect(found).to_have_value(text) if is_plain else expect(found).to_have_text(text))

    async def compose(self, kind: str) -> Locator:
        """Begin a reply (r) or a note (n) by its key; gives the field."""
        await self.page.locator(".composer").wait_for()
        await self.press(kind)
        field = self.page.get_by_role("textbox", name={"r": "Reply to customer", "n": "Internal note"}[kind])
        await expect(field).to_be_focused()
        return field

    async def write(self, kind: str, text: str) -> None:
        """Write a reply (r) or a note (n) by keyboard, send it off and leave the composer."""
        await self.compose(kind)
        await self.type(text)
        await self.press("Control+Enter", "Escape")

    async def picture(self, name: str) -> None:
        """Keep a screenshot in ``screenshots/``, or in the folder that OMBUD_SCREENSHOTS names."""
        await self.page.screenshot(path=f"{FOLDER}/{name}.png", animations="disabled")


async def open_window(browser: Browser, **context: Any) -> tuple[BrowserContext, Screen]:
    """A window of its own profile."""
    shape = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", "timezone_id": "Asia/Shanghai"}
    made = await browser.new_context(**{**shape, **context})
    return made, Screen(await made.new_page())


async def sign_in(browser: Browser, served: Served, email: str, **context: Any) -> Screen:
    """A window in which somebody has signed in by the link of the terminal."""
    _, screen = await open_window(browser, **context)
    await screen.page.goto(await served.link(email))
    await screen.page.locator("button[type=submit]").click()
    await screen.page.wait_for_url("**/tickets/mine")
    await screen.page.locator("section.list h1").wait_for()
    return screen
