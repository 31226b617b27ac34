"""Raised hands at their edges: two at once, twice, when it is over, and over tickets that a helper may not see."""

import asyncio

import pytest

from tests.routing.floor.test_hands import listed, put_up, skilled
from tests.site import Site


async def changes(site: Site) -> list[str]:
    return [one.data["change"] for one in await site.desk.events("hand_changed")]


async def test_two_helpers_at_once_one_comes(site: Site) -> None:
    lu = await site.desk.person("Lu")
    leads = [await site.desk.person(one, role="supervisor") for one in "ABC"]
    hand = await put_up(site, lu)
    browsers = [await site.browser(one) for one in leads]
    answers = await asyncio.gather(*(one.put(f"/hands/{hand['id']}/taking", None) for one in browsers))
    assert sorted(one.status_code for one in answers) == [200, 409, 409]
    assert await changes(site) == ["taken"]
    winner = next(one.json()["taken_by"] for one in answers if one.status_code == 200)
    again = await browsers[[one.id for one in leads].index(winner)].put(f"/hands/{hand['id']}/taking", None)
    assert again.json()["taken_by"] == winner
    assert await changes(site) == ["taken"]


async def test_one_hand_raised_twice_at_once_is_one(site: Site) -> None:
    lu = await site.desk.person("Lu")
    browser = await site.browser(lu)
    answers = await asyncio.gather(*(browser.post("/hands", {"question": str(number)}) for number in range(4)))
    assert {one.status_code for one in answers} == {201}
    assert len({one.json()["id"] for one in answers}) == 1
    assert await site.desk.sql("select count(*) from raised_hand") == 1


async def test_hand_lowered_by_both_at_once_ends_once_with_one_note(site: Site) -> None:
    lu, lead = await site.desk.person("Lu"), await site.desk.person("Lead", role="supervisor")
    ticket = await site.ticket()
    hand = await put_up(site, lu, ticket_id=ticket, question="Refund?")
    asker, helper = await site.browser(lu), await site.browser(lead)
    await helper.post(f"/hands/{hand['id']}/words", {"text": "Yes"})
    answers = await asyncio.gather(*(one.put(f"/hands/{hand['id']}/end", None) for one in (asker, helper)))
    assert sorted(one.status_code for one in answers) == [200, 409]
    notes = [one for one in await site.desk.timeline(ticket) if one.kind == "note"]
    assert [one.text for one in notes] == ["Lu: Refund?\nLead: Yes"]


async def test_hand_that_is_down_takes_nothing_more(site: Site) -> None:
    lu, lead = await site.desk.person("Lu"), await site.desk.person("Lead", role="supervisor")
    hand = await put_up(site, lu)
    path = f"/hands/{hand['id']}"
    asker, helper = await site.browser(lu), await site.browser(lead)
    await asker.put(f"{path}/end", None)
    for answer in (
        await helper.put(f"{path}/taking", None),
        await helper.post(f"{path}/words", {"text": "Late"}),
        await asker.post(f"{path}/words", {"text": "Late"}),
        await helper.put(f"{path}/end", None),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "hand_is_down")
    second = await put_up(site, lu)
    assert second["id"] != hand["id"]
    assert await listed(site, lu) == [second["id"]]


@pytest.mark.parametrize("text", ["", " \n\t", "x" * 2_001])
async def test_word_of_nothing_or_too_much_is_refused(site: Site, text: str) -> None:
    lu, lead = await site.desk.person("Lu"), await site.desk.person("Lead", role="supervisor")
    hand = await put_up(site, lu)
    answer = await (await site.browser(lead)).post(f"/hands/{hand['id']}/words", {"text": text})
    assert answer.status_code == 400
    assert await site.desk.sql("select taken_by from raised_hand") is None


async def test_stranger_reaches_no_hand_and_cannot_tell_it_from_none(site: Site) -> None:
    lu, co = await site.desk.person("Lu"), await site.desk.person("Co")
    hand = await put_up(site, lu, question="SECRET")
    browser = await site.browser(co)
    for number in (hand["id"], 10**9):
        path = f"/hands/{number}"
        for answer in (
            await browser.put(f"{path}/taking", None),
            await browser.post(f"{path}/words", {"text": "x"}),
            await browser.put(f"{path}/end", None),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
            assert "SECRET" not in answer.text


async def test_first_word_of_a_helper_takes_the_hand_and_is_measured_once(site: Site) -> None:
    lu, lead = await site.desk.person("Lu"), await site.desk.person("Lead", role="supervisor")
    hand = await put_up(site, lu, question="Hm?")
    helper = await site.browser(lead)
    site.desk.later(seconds=20)
    said = (await helper.post(f"/hands/{hand['id']}/words", {"text": "Yes 😀 好"})).json()
    assert (said["taken_by"], said["answered_at"]) == (lead.id, "2026-11-23T09:00:20Z")
    site.desk.later(seconds=20)
    again = (await helper.post(f"/hands/{hand['id']}/words", {"text": "Really"})).json()
    assert again["answered_at"] == said["answered_at"]
    assert [one["text"] for one in again["words"]] == ["Yes 😀 好", "Really"]


async def test_helper_who_may_not_see_the_ticket_learns_nothing_of_it_and_can_end_the_hand(site: Site) -> None:
    desk = site.desk
    other = await desk.brand("Other")
    lu = await desk.person("Lu")
    expert = await desk.person("Ex", brands=[other])
    await skilled(desk, expert, 5)
    ticket = await site.ticket("SECRET words of the customer")
    hand = await put_up(site, lu, ticket_id=ticket, wants="expert", question="How?")
    browser = await site.browser(expert)
    shown = await browser.get("/hands")
    assert "SECRET" not in shown.text
    assert [one["ticket_id"] for one in shown.json()["items"]] == [None]
    await browser.post(f"/hands/{hand['id']}/words", {"text": "So."})
    ended = await browser.put(f"/hands/{hand['id']}/end", None)
    assert ended.status_code == 200, ended.text
    assert "SECRET" not in ended.text
