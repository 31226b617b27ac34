"""Who looks at a ticket."""

from typing import Any

import pytest

from ombud.tickets.services.together.looking import forget_lookers
from tests.accounts.desk import Browser
from tests.site import Site

TAB = "window-one"


def published(site: Site, topic: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    site.desk.parts.bus.listen(topic, lambda signal: found.append(dict(signal.payload)))
    return found


async def looks(browser: Browser, ticket: int, doing: str = "looking", tab: str = TAB) -> list[tuple[str, str]]:
    answer = await browser.put(f"/tickets/{ticket}/looking", {"tab": tab, "doing": doing})
    assert answer.status_code == 200, answer.text
    return [(one["name"], one["doing"]) for one in answer.json()["items"]]


async def test_look_shows_each_person_once_with_the_most_they_do(
    site: Site, lus: Browser, mos: Browser, ticket: int
) -> None:
    frames = published(site, "looking")
    await looks(lus, ticket)
    await looks(lus, ticket, "note", tab="window-two")
    assert await looks(mos, ticket, "reply") == [("Lu", "note"), ("Mo", "reply")]
    assert [len(one["lookers"]) for one in frames] == [1, 1, 2]
    assert await looks(mos, ticket, "reply") == [("Lu", "note"), ("Mo", "reply")]
    assert len(frames) == 3, "a beat that says nothing new is not told to everybody"


async def test_look_away_leaves_the_other_window(site: Site, lus: Browser, mos: Browser, ticket: int) -> None:
    await looks(lus, ticket)
    await looks(lus, ticket, tab="window-two")
    for tab, left in ((TAB, ["Lu"]), ("window-two", [])):
        assert (await lus.delete(f"/tickets/{ticket}/looking?tab={tab}")).status_code == 204
        assert [one["name"] for one in (await mos.get(f"/tickets/{ticket}/lookers")).json()["items"]] == left
    frames = published(site, "looking")
    await lus.delete(f"/tickets/{ticket}/looking?tab={TAB}")
    assert frames == []


async def test_look_of_a_killed_browser_ends_by_itself(site: Site, lus: Browser, mos: Browser, ticket: int) -> None:
    await looks(lus, ticket)
    site.desk.later(seconds=21)
    assert await looks(mos, ticket) == [("Mo", "looking")]
    async with site.desk.parts.database.transaction() as tx:
        await forget_lookers(tx, now=site.desk.now)
    assert await site.desk.sql("select count(*) from looker") == 1


@pytest.mark.parametrize("wrong", [{"tab": "short"}, {"tab": TAB, "doing": "sleeping"}, {}])
async def test_look_with_bad_input_is_refused(lus: Browser, ticket: int, wrong: dict[str, Any]) -> None:
    assert (await lus.put(f"/tickets/{ticket}/looking", wrong)).status_code == 400
