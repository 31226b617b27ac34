"""People who are limited to brands: what they see, hold and are told, in lists, counts, bulk, exports and routing."""

from datetime import timedelta
from typing import Any

import pytest

from ombud.accounts.permissions import SCOPES
from ombud.routing.engine.services import route
from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site, note_of


@pytest.fixture
async def brands(site: Site) -> dict[str, int]:
    """A ticket of the first brand and one of another, in the same team."""
    other = await site.desk.brand("Nordwind")
    own = await site.ticket("Ours leaks", who="anna")
    return {"brand": other, "own": own, "other": await site.ticket("Theirs leaks", who="bert", brand=other)}


@pytest.fixture
async def limited(site: Site) -> Actor:
    return await site.desk.person("Lim", brands=[1])


@pytest.fixture
async def agent(site: Site, limited: Actor) -> Browser:
    return await site.browser(limited)


async def ids(browser: Browser, path: str) -> list[int]:
    return [one["id"] for one in (await browser.get(path)).json()["items"]]


@pytest.mark.parametrize("view", ["unassigned", "open", "all"])
async def test_views_and_their_counts_hold_own_brands_only(brands: dict[str, int], agent: Browser, view: str) -> None:
    assert await ids(agent, f"/tickets?view={view}") == [brands["own"]]
    counts = {one["key"]: one["count"] for one in (await agent.get("/views")).json()["items"]}
    assert counts[view] == 1


async def test_saved_view_query_and_count_hold_own_brands_only(brands: dict[str, int], agent: Browser) -> None:
    condition = {"field": "subject", "op": "contains", "value": "leaks"}
    found = await agent.post("/tickets/query", {"condition": condition})
    assert [one["id"] for one in found.json()["items"]] == [brands["own"]]
    counted = await agent.post("/tickets/query/count", {"condition": condition})
    if counted.status_code != 404:
        assert counted.json()["count"] == 1


async def test_search_finds_own_brands_only(site: Site, brands: dict[str, int], agent: Browser) -> None:
    await site.desk.index()
    for kind in ("tickets", "messages"):
        hits = (await agent.get(f"/search?q=leaks&kind={kind}")).json()["items"]
        assert [one["ticket"]["id"] for one in hits] == [brands["own"]], kind


async def test_bulk_on_an_unseen_brand_changes_nothing(site: Site, brands: dict[str, int], agent: Browser) -> None:
    for path in (f"/tickets/{brands['other']}", f"/tickets/{brands['other']}/timeline"):
        assert (await agent.get(path)).status_code == 404
    assert (await agent.patch(f"/tickets/{brands['other']}", {"priority": 4})).status_code == 404
    assert await site.desk.column(brands["other"], "priority") != 4


async def test_merge_and_link_with_an_unseen_brand_is_not_found(brands: dict[str, int], agent: Browser) -> None:
    own, other = brands["own"], brands["other"]
    assert (await agent.post(f"/tickets/{own}/merge", {"source_ids": [other]})).status_code == 404
    answer = await agent.post(f"/tickets/{own}/links", {"other_id": other, "kind": "related"})
    assert answer.status_code == 404


async def test_customers_of_an_unseen_brand_are_not_found(site: Site, brands: dict[str, int], agent: Browser) -> None:
    customer = await site.desk.column(brands["other"], "customer_id")
    assert (await agent.get(f"/customers/{customer}")).status_code == 404
    assert [one["name"] for one in (await agent.get("/customers")).json()["items"]] == ["Anna"]
    assert (await agent.get("/customers?q=bert")).json()["items"] == []


async def test_stream_tells_of_own_brands_only(site: Site, brands: dict[str, int], limited: Actor) -> None:
    everybody = await site.desk.person("All")
    told = {one.data.ticket.id for one in await site.frames(limited) if one.event == "ticket"}
    assert told == {brands["own"]}
    assert {one.data.ticket.id for one in await site.frames(everybody) if one.event == "ticket"} == {
        brands["own"],
        brands["other"],
    }


async def test_ticket_of_an_unseen_brand_is_not_given_to_them(
    site: Site, brands: dict[str, int], limited: Actor
) -> None:
    boss = await site.browser(await site.desk.person("Boss", role="supervisor"))
    for ticket, status in ((brands["other"], 422), (brands["own"], 200)):
        answer = await boss.put(f"/tickets/{ticket}/assignment", {"assignee_id": limited.id})
        assert answer.status_code == status, answer.text


async def test_router_gives_them_own_brands_only(site: Site, brands: dict[str, int], limited: Actor) -> None:
    await site.desk.online(limited)
    async with site.desk.parts.database.transaction() as tx:
        assert await route(tx, now=site.desk.now) == 1
    assert await site.desk.column(brands["own"], "assignee_id") == limited.id
    assert await site.desk.column(brands["other"], "assignee_id") is None


async def test_mention_reaches_only_who_sees_the_brand(site: Site, brands: dict[str, int], limited: Actor) -> None:
    boss = await site.browser(await site.desk.person("Boss", role="supervisor"))
    for ticket in (brands["own"], brands["other"]):
        await boss.post(f"/tickets/{ticket}/notes", note_of("@Lim look", mentions=[limited.id]))
    browser = await site.browser(limited)
    told = (await browser.get("/notifications")).json()["items"]
    assert [one["ticket_id"] for one in told] == [brands["own"]]


async def test_tags_of_unseen_places_are_not_told(site: Site, brands: dict[str, int], agent: Browser) -> None:
    boss = await site.browser(await site.desk.person("Boss", role="supervisor", everywhere=True))
    repairs = await site.desk.team("Repairs")
    elsewhere = await site.ticket(team=repairs)
    for ticket, tag in ((brands["own"], "ours"), (brands["other"], "theirs"), (elsewhere, "far")):
        await boss.patch(f"/tickets/{ticket}", {"tags": [tag]})
    assert (await agent.get("/tags")).json()["items"] == ["ours"]
    assert (await boss.get("/tags")).json()["items"] == ["far", "ours", "theirs"]
    offered = (await agent.get("/search/suggest?q=tag:&kind=operators")).json()["items"]
    assert [one["label"] for one in offered] == ["ours"]
    # A ticket that comes to the team brings its tags along.
    await boss.put(f"/tickets/{elsewhere}/assignment", {"assignee_id": None, "team_id": 1})
    assert (await agent.get("/tags")).json()["items"] == ["far", "ours"]


async def test_ticket_opened_by_hand_is_of_a_brand_that_they_see(site: Site, brands: dict[str, int]) -> None:
    nord = await site.browser(await site.desk.person("Nora", brands=[brands["brand"]]))
    body = {"subject": "x", "text": "y", "team_id": 1, "client_key": "by-hand-1", "customer": {"name": "Cleo"}}
    made = await nord.post("/tickets", body)
    assert (made.status_code, made.json()["brand_id"]) == (201, brands["brand"])
    foreign = await site.desk.column(brands["own"], "channel_id")
    refused = await nord.post("/tickets", body | {"client_key": "by-hand-2", "channel_id": foreign})
    assert (refused.status_code, refused.json()["fields"]) == (400, {"channel_id": "unknown"})


async def test_administrator_limits_a_person_and_widens_it_again(site: Site, brands: dict[str, int]) -> None:
    admin = await site.browser(await site.desk.person("Ada", role="administrator"))
    lu = await site.desk.person("Lu")
    browser = await site.browser(lu)
    assert len(await ids(browser, "/tickets?view=all")) == 2
    changed = await admin.patch(f"/people/{lu.id}", {"brand_ids": [brands["brand"]]})
    assert changed.json()["brand_ids"] == [brands["brand"]]
    # Rights are remembered for two seconds.
    site.desk.later(seconds=3)
    assert await ids(browser, "/tickets?view=all") == [brands["other"]]
    assert (await admin.patch(f"/people/{lu.id}", {"brand_ids": [999]})).json()["fields"] == {"brand_ids": "unknown"}
    assert (await admin.patch(f"/people/{lu.id}", {"brand_ids": []})).status_code == 400
    await admin.patch(f"/people/{lu.id}", {"brand_ids": None})
    site.desk.later(seconds=3)
    assert len(await ids(browser, "/tickets?view=all")) == 2
    changes = [one.data["fields"] for one in await site.desk.events("person_changed")]
    assert changes == [["brand_ids"], ["brand_ids"]]


async def test_key_of_a_limited_person_sees_no_more_than_they_do(site: Site, brands: dict[str, int]) -> None:
    limited = await site.desk.person("Ada", role="administrator", brands=[1])
    program = await site.program(limited, *SCOPES)
    assert await ids(program, "/tickets?view=all") == [brands["own"]]
    admin = await site.browser(limited)
    body: dict[str, Any] = {
        "name": "Wide",
        "scopes": ["tickets.read"],
        "team_ids": None,
        "brand_ids": [brands["brand"]],
    }
    assert (await admin.post("/api-keys", body)).json()["fields"] == {"brand_ids": "unknown"}


async def test_webhooks_are_not_for_whoever_is_limited(site: Site) -> None:
    admin = await site.browser(await site.desk.person("Ada", role="administrator", everywhere=True))
    hook = {"name": "All", "url": "https://example.com/hook", "kinds": ["ticket_opened"]}
    made = await admin.post("/webhooks", hook)
    assert made.status_code == 201, made.text
    limited = await site.browser(await site.desk.person("Bo", role="administrator", brands=[1]))
    assert (await limited.get("/webhooks")).json()["items"] == []
    assert (await limited.post("/webhooks", hook)).status_code == 403


async def test_waking_and_sleeping_lists_hold_own_brands_only(
    site: Site, brands: dict[str, int], agent: Browser
) -> None:
    boss = await site.browser(await site.desk.person("Boss", role="supervisor"))
    until = (site.desk.now + timedelta(days=1)).isoformat()
    for ticket in (brands["own"], brands["other"]):
        await boss.put(f"/tickets/{ticket}/snooze", {"until": until})
    assert await ids(agent, "/tickets?view=snoozed") == [brands["own"]]
