"""Browsers of a desk with views, and a runner that works on jobs at once."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ombud.shared.actor import Actor
from ombud.views.jobs import JobRunner
from tests.accounts.desk import Browser
from tests.site import Site

Finish = Callable[[Browser, Any], Awaitable[dict[str, Any]]]


@pytest.fixture
async def lu(site: Site) -> Actor:
    return await site.desk.person("Lu", capacity=100)


@pytest.fixture
async def agent(site: Site, lu: Actor) -> Browser:
    return await site.browser(lu)


@pytest.fixture
async def boss(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Bo", role="administrator", capacity=100))


@pytest.fixture
def runner(site: Site) -> JobRunner:
    parts = site.desk.parts
    return JobRunner(parts.database, parts.bus, parts.clock, parts.files, undo_seconds=10)


@pytest.fixture
def finish(runner: JobRunner) -> Finish:
    """Works on all jobs and reads the report of the one that an answer tells of."""

    async def wait(browser: Browser, answer: Any) -> dict[str, Any]:
        assert answer.status_code == 202, answer.text
        while await runner.change() + await runner.export():
            pass
        report: dict[str, Any] = (await browser.get(f"/bulk/{answer.json()['id']}")).json()
        return report

    return wait
