"""What people keep beside a ticket goes along in a merge, and comes back as it was or as it has become since."""

from datetime import timedelta
from typing import Any

import pytest

from ombud.shared.actor import Actor
from ombud.tickets.services.planned import send_planned
from tests.accounts.desk import Browser
from tests.site import Site, client_key, reply_of


@pytest.fixture
async def lu(site: Site) -> Actor:
    return await site.desk.person("Lu")


@pytest.fixture
async def agent(site: Site, lu: Actor) -> Browser:
    return await site.browser(lu)


async def two(site: Site) -> tuple[int, int]:
    """Two tickets of one customer by mail: the source and the target."""
    box = await site.desk.channel("email", address="help@desk.example")
    for text in ("One", "Two"):
        await site.desk.deliver(box, site.desk.mail(text, subject=text))
    old, target = (await site.desk.tickets())[-2:]
    return old, target


async def merge(agent: Browser, old: int, target: int) -> None:
    answer = await agent.post(f"/tickets/{target}/merge", {"source_ids": [old]})
    assert answer.status_code == 200, answer.text


async def unmerge(agent: Browser, old: int, target: int) -> None:
    answer = await agent.post(f"/tickets/{target}/unmerge", {"source_id": old})
    assert answer.status_code == 200, answer.text


async def beside(agent: Browser, ticket: int) -> dict[str, Any]:
    found: dict[str, Any] = (await agent.get(f"/tickets/{ticket}/together")).json()
    return found


async def plan(site: Site, agent: Browser, ticket: int, hours: int = 5) -> int:
    at = (site.desk.now + timedelta(hours=hours)).isoformat()
    made = await agent.post(f"/tickets/{ticket}/planned-replies", {"send_at": at, "reply": reply_of("Later.")})
    return int(made.json()["id"])


async def test_merge_takes_followers_along_who_see_the_target(site: Site, agent: Browser, lu: Actor) -> None:
    old, target = await two(site)
    mo, stranger = await site.desk.person("Mo"), await site.desk.person("Su")
    for person in (lu, mo, stranger):
        await agent.put(f"/tickets/{old}/followers/{person.id}", {})
    await agent.put(f"/tickets/{target}/followers/{lu.id}", {})
    await site.desk.run("delete from membership where person_id = %(id)s", id=stranger.id)
    await merge(agent, old, target)
    assert {one["person_id"] for one in (await beside(agent, target))["followers"]} == {lu.id, mo.id}
    await unmerge(agent, old, target)
    assert {one["person_id"] for one in (await beside(agent, target))["followers"]} == {lu.id}
    assert len((await beside(agent, old))["followers"]) == 3


async def test_merge_puts_checklists_together_and_the_old_number_shows_them(site: Site, agent: Browser) -> None:
    old, target = await two(site)
    for ticket, texts in ((target, ("a", "b")), (old, ("c", "d"))):
        for text in texts:
            await agent.post(f"/tickets/{ticket}/checklist", {"text": text})
    await merge(agent, old, target)
    assert [one["text"] for one in (await beside(agent, old))["checklist"]] == ["a", "b", "c", "d"]
    items = (await beside(agent, target))["checklist"]
    await agent.patch(f"/tickets/{target}/checklist/{items[2]['id']}", {"is_done": True})
    await agent.delete(f"/tickets/{target}/checklist/{items[3]['id']}")
    await unmerge(agent, old, target)
    back = (await beside(agent, old))["checklist"]
    assert [(one["text"], one["done_at"] is not None) for one in back] == [("c", True)]
    assert [one["text"] for one in (await beside(agent, target))["checklist"]] == ["a", "b"]


async def test_merge_adds_time_up_even_under_one_key(site: Site, agent: Browser) -> None:
    old, target = await two(site)
    for ticket, seconds in ((old, 60), (target, 90)):
        await agent.post(f"/tickets/{ticket}/time", {"seconds": seconds, "client_key": "one-and-the-same"})
    await merge(agent, old, target)
    assert (await beside(agent, target))["total_seconds"] == 150
    await unmerge(agent, old, target)
    assert [(await beside(agent, one))["total_seconds"] for one in (old, target)] == [60, 90]
    keys = "select count(*) from time_spent where client_key = 'one-and-the-same'"
    assert await site.desk.sql(keys) == 2


@pytest.mark.parametrize("has_own", [True, False])
async def test_merge_keeps_both_shared_drafts(site: Site, agent: Browser, has_own: bool) -> None:
    old, target = await two(site)
    await agent.put(f"/tickets/{old}/shared-draft", {"text": "Dear Rosa, from the old one"})
    if has_own:
        await agent.put(f"/tickets/{target}/shared-draft", {"text": "Dear Rosa,"})
    await merge(agent, old, target)
    both = f"Dear Rosa,\n\n— #{old} —\nDear Rosa, from the old one"
    kept = (await agent.get(f"/tickets/{target}/shared-draft")).json()
    assert kept["text"] == (both if has_own else "Dear Rosa, from the old one")
    await unmerge(agent, old, target)
    back = (await agent.get(f"/tickets/{target}/shared-draft")).json()
    assert (back and back["text"]) == ("Dear Rosa," if has_own else None)
    assert (await agent.get(f"/tickets/{old}/shared-draft")).json()["text"] == "Dear Rosa, from the old one"


async def test_unmerge_leaves_a_shared_draft_that_was_written_on(site: Site, agent: Browser) -> None:
    old, target = await two(site)
    await agent.put(f"/tickets/{old}/shared-draft", {"text": "From the old one"})
    await merge(agent, old, target)
    version = (await agent.get(f"/tickets/{target}/shared-draft")).json()["version"]
    await agent.put(f"/tickets/{target}/shared-draft", {"text": "Written on", "version": version})
    await unmerge(agent, old, target)
    texts = [(await agent.get(f"/tickets/{one}/shared-draft")).json()["text"] for one in (old, target)]
    assert texts == ["From the old one", "Written on"]


async def test_merge_holds_planned_replies_and_tells_their_writers(site: Site, agent: Browser, lu: Actor) -> None:
    old, target = await two(site)
    await plan(site, agent, old)
    await merge(agent, old, target)
    [held] = (await agent.get(f"/tickets/{target}/planned-replies")).json()["items"]
    assert (held["ticket_id"], held["state"], held["problem"]) == (target, "held", "ticket_merged")
    told = "select kind from notification where person_id = %(id)s order by id desc limit 1"
    assert await site.desk.sql(told, id=lu.id) == "reply_held"
    site.desk.later(hours=6)
    assert await send_planned(site.desk.parts.database, site.desk.parts.clock) == 0
    assert await site.desk.sql("select count(*) from outbox") == 0


@pytest.mark.parametrize(("hours", "state"), [(1, "planned"), (6, "held")])
async def test_unmerge_gives_planned_replies_back_and_none_leaves_by_surprise(
    site: Site, agent: Browser, hours: int, state: str
) -> None:
    old, target = await two(site)
    await plan(site, agent, old)
    await merge(agent, old, target)
    site.desk.later(hours=hours)
    await unmerge(agent, old, target)
    [back] = (await agent.get(f"/tickets/{old}/planned-replies")).json()["items"]
    assert (back["ticket_id"], back["state"]) == (old, state)
    assert (await agent.get(f"/tickets/{target}/planned-replies")).json()["items"] == []
    assert await send_planned(site.desk.parts.database, site.desk.parts.clock) == 0


async def test_unmerge_leaves_a_planned_reply_that_was_sent_meanwhile(site: Site, agent: Browser) -> None:
    old, target = await two(site)
    planned = await plan(site, agent, old)
    await merge(agent, old, target)
    answer = await agent.post(f"/tickets/{target}/planned-replies/{planned}/sending")
    assert answer.status_code == 201
    await unmerge(agent, old, target)
    assert (await agent.get(f"/tickets/{old}/planned-replies")).json()["items"] == []
    assert [one.text for one in await site.desk.timeline(target) if one.direction == "out"] == ["Later."]


async def test_merge_of_merges_comes_back_step_by_step(site: Site, agent: Browser) -> None:
    old, middle = await two(site)
    target = await site.ticket("Three", kind="email")
    for ticket in (old, middle, target):
        await agent.post(f"/tickets/{ticket}/time", {"seconds": 60, "client_key": client_key()})
    await merge(agent, old, middle)
    answer = await agent.post(f"/tickets/{target}/merge", {"source_ids": [middle], "confirmed": True})
    assert answer.status_code == 200
    assert (await beside(agent, target))["total_seconds"] == 180
    await unmerge(agent, middle, target)
    assert [(await beside(agent, one))["total_seconds"] for one in (middle, target)] == [120, 60]
    await unmerge(agent, old, middle)
    assert [(await beside(agent, one))["total_seconds"] for one in (old, middle, target)] == [60, 60, 60]


async def test_merge_keeps_the_marks_of_shared_drafts(site: Site, agent: Browser) -> None:
    old, target = await two(site)
    await agent.put(f"/tickets/{old}/shared-draft", {"text": "old", "html": "<p><b>old</b></p>"})
    await agent.put(f"/tickets/{target}/shared-draft", {"text": "new"})
    await merge(agent, old, target)
    kept = (await agent.get(f"/tickets/{target}/shared-draft")).json()
    assert kept["html"] == f"<p>new</p><p>— #{old} —</p><p><b>old</b></p>"
    await unmerge(agent, old, target)
    assert (await agent.get(f"/tickets/{old}/shared-draft")).json()["html"] == "<p><b>old</b></p>"
    assert (await agent.get(f"/tickets/{target}/shared-draft")).json()["html"] == ""
