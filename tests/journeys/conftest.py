"""What the journeys share: the pages built once, one browser and one desk a file."""

import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.journeys.served import Served, served_desk
from tests.journeys.shop import Shop, open_shop
from tests.mailserver import MailServer, Outside, dovecot, outside
from tools import launch

# A busy machine is slow, not wrong: what does not come at all fails all the same.
expect.set_options(timeout=20_000)
FLAGS = [
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def pages() -> Path:
    """The folder of the built front end of these sources."""
    home = Path(sys.prefix)
    with launch.only_one(launch.ROOT):
        try:
            launch.build_pages(home)
        except launch.NotPrepared as problem:
            pytest.fail(f"the pages are not built; run ./ombud build first. {problem}")
    return launch.pages_folder()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """One Chromium for the file."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), headless=True, args=[*FLAGS, *sandbox]
        )
        yield found
        await found.close()


@pytest_asyncio.fixture(loop_scope="module")
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """The file's Chromium; each window has a profile of its own and is closed with the test."""
    yield chromium
    for context in chromium.contexts:
        await context.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(
    pages: Path, module_database_url: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncIterator[Served]:
    """The file's desk, with its SETTINGS, filled by its ``stock`` before it runs; else as empty as a new one."""
    settings = getattr(request.module, "SETTINGS", {})
    async with served_desk(module_database_url, tmp_path_factory.mktemp("desk"), **settings) as desk:
        assert (pages / "agent" / "index.html").is_file()
        if stock := getattr(request.module, "stock", None):
            await stock(desk)
        await desk.start("web", "work", "background")
        yield desk


@pytest.fixture(scope="module")
def mailbox() -> Iterator[MailServer]:
    """A real Dovecot."""
    with dovecot() as running:
        yield running


@pytest.fixture(scope="module")
def world() -> Iterator[Outside]:
    """The SMTP server of the customers."""
    with outside() as running:
        yield running


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A shop's page of another origin under a strict policy; the test puts a widget on it."""
    with open_shop() as opened:
        yield opened
