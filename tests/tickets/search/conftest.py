"""A desk with a searcher who sees everything, and short ways to talk and to search."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site

Search = Callable[..., Awaitable[list[str]]]
Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def person(site: Site) -> Actor:
    return await site.desk.person("Lu Min", everywhere=True)


@pytest.fixture
async def browser(site: Site, person: Actor) -> Browser:
    return await site.browser(person)


@pytest.fixture
def ask(browser: Browser) -> Ask:
    async def asked(query: str, *, by: Browser = browser, status: int = 200, **more: object) -> dict[str, Any]:
        answer = await by.get(f"/search?{urlencode({'q': query, **more})}")
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return asked


@pytest.fixture
def texts(ask: Ask) -> Search:
    """The texts of the messages, or of another kind, that a query finds."""

    async def found(query: str, kind: str = "messages", **more: Any) -> list[str]:
        return [one["snippet"]["text"] for one in (await ask(query, kind=kind, **more))["items"]]

    return found


@pytest.fixture
def talk(site: Site) -> Callable[..., Awaitable[list[int]]]:
    async def said(*wanted: str, **more: Any) -> list[int]:
        """A ticket of its own for each text; their ids."""
        made = [await site.ticket(text, who=f"c{number}", **more) for number, text in enumerate(wanted)]
        await site.desk.index()
        return made

    return said
