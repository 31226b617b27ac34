"""What a search finds through the API, in both languages, and what it must not show."""

from urllib.parse import urlencode

import pytest

from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site

TEXTS = ["机器不工作了,请尽快退款", "The washing machine does not work", "员工作业时停机", "Order AB-2024-0931 is late"]


@pytest.fixture
async def person(site: Site) -> Actor:
    return await site.desk.person("Lu Min", everywhere=True)


@pytest.fixture
async def browser(site: Site, person: Actor) -> Browser:
    return await site.browser(person)


async def talk(site: Site, *texts: str) -> list[int]:
    """A ticket of its own for each text; their ids."""
    made = [await site.ticket(text, who=f"c{number}") for number, text in enumerate(texts)]
    await site.desk.index()
    return made


async def found(browser: Browser, query: str, kind: str = "messages", **more: str) -> list[str]:
    answer = await browser.get(f"/search?{urlencode({'q': query, 'kind': kind, **more})}")
    assert answer.status_code == 200, answer.text
    return [one["snippet"]["text"] for one in answer.json()["items"]]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("退款", [0]),
        ("不工作", [0]),
        ('"不工作"', [0]),
        ("工作", [2, 0]),
        ("machine washing", [1]),
        ("washed machines", [1]),
        ('"does not work"', [1]),
        ('"not does work"', []),
        ("AB-2024-0931", [3]),
        ("ab-2024", []),
        ("ab-2024*", [3]),
        ("0931", [3]),
        ("退款 OR late", [3, 0]),
        ("工作 -退款", [2]),
        ("机", [2, 0]),
        ("nothing", []),
    ],
)
async def test_search_finds_messages_by_words(site: Site, browser: Browser, query: str, numbers: list[int]) -> None:
    await talk(site, *TEXTS)
    assert await found(browser, query) == [TEXTS[number] for number in numbers]
