"""A visitor on a shop's page with a strict policy, an agent at the API, and a desk that is killed between them."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from ombud.channels.chat.assets import FOLDER
from ombud.channels.schemas import ChannelIn
from ombud.channels.services import add_channel
from ombud.shared.actor import SYSTEM
from ombud.shared.clock import utc_now
from ombud.shared.crypto import KeyRing, hash_token
from ombud.shared.database import Database, execute

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
KEY = "omb_journey_0123456789012345678901234567"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Desk:
    """The desk as a process of its own, and an agent at its API."""

    url: str
    environment: dict[str, str]
    public_key: str
    process: Any = None
    client: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(timeout=10))

    async def start(self) -> None:
        command = [sys.executable, "-m", "ombud", "serve"]
        self.process = await asyncio.create_subprocess_exec(*command, env=self.environment)
        end = time.monotonic() + 30
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if (await self.client.get(f"{self.url}/widget/v1/{self.public_key}/config")).status_code == 200:
                    return
            assert time.monotonic() < end, "the desk did not start"
            await asyncio.sleep(0.1)

    async def kill(self) -> None:
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
            await self.process.wait()

    async def ask(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {KEY}"}
        answer = await self.client.request(method, f"{self.url}/api/v1{path}", headers=headers, **more)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def tickets(self) -> list[Any]:
        found = await self.ask("GET", "/tickets?view=all")
        items: list[Any] = found["items"]
        return items

    async def texts(self, ticket_id: int) -> list[str]:
        timeline = await self.ask("GET", f"/tickets/{ticket_id}/timeline?limit=100")
        return [one["text"] for one in timeline["items"] if one["kind"] == "message"]

    async def answer(self, ticket_id: int, text: str) -> Any:
        body = {"text": text, "client_key": f"answer-{time.monotonic_ns()}", "force": True}
        return await self.ask("POST", f"/tickets/{ticket_id}/replies", json=body)

    async def note(self, ticket_id: int, text: str) -> Any:
        body = {"text": text, "client_key": f"note-{time.monotonic_ns()}"}
        return await self.ask("POST", f"/tickets/{ticket_id}/notes", json=body)


async def until(check: Any, seconds: float = 20) -> float:
    """Wait until something holds; gives the seconds it took."""
    begin = time.monotonic()
    while not await check():
        assert time.monotonic() - begin < seconds, "it did not come to pass"
        await asyncio.sleep(0.02)
    return time.monotonic() - begin


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    if not (FOLDER / "widget.js").is_file():
        if os.environ.get("CI") == "true":
            pytest.fail("the widget is not built")
        pytest.skip("the widget is not built: npm run build in web/")
    database = Database(database_url)
    await database.open()
    async with database.transaction() as tx:
        wanted = ChannelIn("chat", "shop", 1, 1, {"pre_chat": {"name": True, "email": "optional"}})
        made = await add_channel(tx, wanted, keys=KeyRing.load(tmp_path / "key"), by=SYSTEM, now=utc_now())
        sql = "insert into person (email, name, role, created_at) values ('a@x', 'A', 'administrator', now())"
        await execute(tx, sql)
        sql = """
            insert into api_key (name, prefix, key_hash, scopes, created_by, created_at)
            select 'journey', 'omb_j', %(hash)s, '{tickets.read,tickets.reply,tickets.note}', id, now() from person"""
        await execute(tx, sql, {"hash": hash_token(KEY)})
    await database.close()
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "OMBUD_DATA": str(tmp_path),
        "OMBUD_PORT": str(port),
        "OMBUD_HOST": "127.0.0.1",
    }
    desk = Desk(f"http://127.0.0.1:{port}", environment, made.public_key or "")
    await desk.start()
    yield desk
    await desk.kill()
    await desk.client.aclose()


@pytest.fixture
def shop(desk: Desk) -> Iterator[str]:
    """A page of another origin whose policy lets the desk in and nothing else."""
    policy = f"default-src 'none'; script-src {desk.url}; connect-src {desk.url}; img-src {desk.url}"
    script = f'<script async src="{desk.url}/widget.js" data-key="{desk.public_key}"></script>'
    body = f'<!doctype html><html lang="en"><title>Shop</title><h1>Fridges</h1><a href="#x">A link</a>{script}</html>'

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/fridges"
    server.shutdown()
    server.server_close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        found = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=sandbox)
        yield found
        await found.close()


class Visit:
    """A visitor's tab."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._note(message.text))

    def _note(self, text: str) -> None:
        if "Content Security Policy" in text or "Uncaught" in text:
            self.complaints.append(text)

    @classmethod
    async def begin(cls, context: BrowserContext, shop: str) -> "Visit":
        visit = cls(await context.new_page())
        await visit.page.goto(shop)
        await visit.open()
        return visit

    async def open(self) -> None:
        await self.page.locator("ombud-chat .launcher").click()
        await self.page.locator("ombud-chat .panel").wait_for(state="visible")

    async def write(self, text: str) -> None:
        line = self.page.locator("ombud-chat textarea")
        await line.fill(text)
        await line.press("Enter")

    async def texts(self) -> list[str]:
        return await self.page.locator("ombud-chat .bubble").all_inner_texts()

    async def shows(self, *texts: str, seconds: float = 20) -> float:
        async def is_shown() -> bool:
            return await self.texts() == list(texts)

        try:
            return await until(is_shown, seconds)
        except AssertionError:
            raise AssertionError(f"shown: {await self.texts()}, wanted: {list(texts)}") from None


async def first_message(desk: Desk, visit: Visit, text: str) -> int:
    await visit.page.locator("ombud-chat #ombud-name").fill("Anna")
    await visit.write(text)

    async def has_ticket() -> bool:
        return bool(await desk.tickets())

    await until(has_ticket)
    return int((await desk.tickets())[0]["id"])


async def test_visitor_and_agent_talk_over_reload_and_lost_line(desk: Desk, shop: str, browser: Browser) -> None:
    context = await browser.new_context()
    visit = await Visit.begin(context, shop)
    ticket_id = await first_message(desk, visit, "My fridge is warm")
    await desk.note(ticket_id, "INTERNAL: a difficult one")
    await desk.answer(ticket_id, "Since when?")
    took = await visit.shows("My fridge is warm", "Since when?")
    assert took < 5

    await visit.page.reload()
    await visit.open()
    await visit.shows("My fridge is warm", "Since when?")

    await context.set_offline(True)
    await visit.write("Since Monday")
    await visit.write("It also hums")
    await visit.shows("My fridge is warm", "Since when?", "Since Monday", "It also hums")
    assert await visit.page.locator("ombud-chat .banner").is_visible()
    assert await desk.texts(ticket_id) == ["My fridge is warm", "Since when?"]
    await desk.answer(ticket_id, "Are you still there?")
    await context.set_offline(False)
    await visit.shows("My fridge is warm", "Since when?", "Are you still there?", "Since Monday", "It also hums")

    async def is_sent() -> bool:
        return await desk.texts(ticket_id) == await visit.texts()

    await until(is_sent)
    assert "INTERNAL" not in await visit.page.content() + str(await visit.texts())
    assert visit.complaints == []


async def test_messages_survive_kills_of_the_desk_once_and_in_order(desk: Desk, shop: str, browser: Browser) -> None:
    visit = await Visit.begin(await browser.new_context(), shop)
    ticket_id = await first_message(desk, visit, "message 0")
    written = ["message 0"]
    for turn in range(3):
        await visit.write(f"before {turn}")
        await desk.kill()
        await visit.write(f"while {turn}")
        written += [f"before {turn}", f"while {turn}"]
        if turn == 1:
            await visit.page.reload(wait_until="commit")
        await desk.start()
        if turn == 1:
            await visit.open()
        await visit.shows(*written, seconds=40)

    async def is_whole() -> bool:
        return await desk.texts(ticket_id) == written

    await until(is_whole, 40)
    await desk.answer(ticket_id, "We have them all")
    await visit.shows(*written, "We have them all")
    assert len(await desk.tickets()) == 1
    assert visit.complaints == []


async def test_two_tabs_of_one_visitor_agree(desk: Desk, shop: str, browser: Browser) -> None:
    context = await browser.new_context()
    one = await Visit.begin(context, shop)
    ticket_id = await first_message(desk, one, "from the first tab")
    other = await Visit.begin(context, shop)
    await other.shows("from the first tab")
    await other.write("from the second tab")
    await desk.texts(ticket_id)
    await one.shows("from the first tab", "from the second tab")
    await desk.answer(ticket_id, "to both")
    for tab in (one, other):
        await tab.shows("from the first tab", "from the second tab", "to both")
    assert await desk.texts(ticket_id) == await one.texts()
    assert one.complaints == other.complaints == []


async def test_another_browser_sees_nothing(desk: Desk, shop: str, browser: Browser) -> None:
    one = await Visit.begin(await browser.new_context(), shop)
    await first_message(desk, one, "this is private")
    other = await Visit.begin(await browser.new_context(), shop)
    await other.page.wait_for_timeout(500)
    assert await other.texts() == []


async def test_widget_is_used_by_keyboard_alone(shop: str, browser: Browser) -> None:
    page = await (await browser.new_context()).new_page()
    await page.goto(shop)
    await page.locator("ombud-chat .launcher").wait_for()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    focused = "document.querySelector('ombud-chat').shadowRoot.activeElement"
    assert await page.evaluate(f"{focused}.id") == "ombud-name"
    await page.keyboard.type("Anna")
    for _ in range(12):
        await page.keyboard.press("Tab")
        assert await page.evaluate(f"!!{focused}.closest('[role=dialog]')")
    await page.keyboard.press("Escape")
    assert await page.evaluate(f"{focused}.className") == "launcher"
