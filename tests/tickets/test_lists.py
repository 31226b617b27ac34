"""Lists: the same number of queries for one row and three, keyset pages without gaps, search that finds."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site, note_of


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement that goes to the database."""
    seen: list[str] = []
    execute: Callable[..., Any] = psycopg.AsyncCursor.execute

    async def counted(self: Any, query: Any, *more: Any, **named: Any) -> Any:
        seen.append(str(query))
        return await execute(self, query, *more, **named)

    monkeypatch.setattr(psycopg.AsyncCursor, "execute", counted)
    yield seen
    monkeypatch.undo()


@pytest.fixture
async def lu(site: Site) -> Actor:
    return await site.desk.person("Lu")


@pytest.fixture
async def agent(site: Site, lu: Actor) -> Browser:
    return await site.browser(lu)


LISTS = [
    *(f"/tickets?view={view}" for view in ("mine", "unassigned", "open", "mentions", "snoozed", "all")),
    "/views",
    "/saved-views",
    "/search?q=leak&kind=messages",
    "/customers",
    "/customers?q=c",
    "/customers/1/tickets",
    "/notifications",
    "/canned-replies",
    "/statuses",
    "/tickets/{ticket}/timeline",
    "/people/brief",
    "/teams",
    "/channels",
]


async def test_lists_need_as_many_queries_for_three_rows_as_for_one(
    site: Site, agent: Browser, lu: Actor, queries: list[str]
) -> None:
    mo = await site.browser(await site.desk.person("Mo"))
    counts: list[dict[str, int]] = []
    for rows in (1, 2):
        for number in range(rows):
            ticket = await site.ticket("The pipe leaks", who=f"c{rows}{number}")
            await mo.post(f"/tickets/{ticket}/notes", note_of(mentions=[lu.id]))
            await mo.post("/canned-replies", {"title": f"t{rows}{number}", "text": "x"})
            await site.desk.team(f"T{rows}{number}")
            await agent.get("/session")
        found = {}
        for path in LISTS:
            queries.clear()
            answer = await agent.get(path.format(ticket=ticket))
            assert answer.status_code == 200, answer.text
            found[path] = len(queries)
        counts.append(found)
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 12


async def test_pages_of_every_view_hold_each_ticket_once_and_in_order(site: Site, agent: Browser, lu: Actor) -> None:
    for number in range(7):
        ticket = await site.ticket(who=f"c{number}")
        await site.desk.run("update ticket set assignee_id = %(lu)s where id = %(id)s", lu=lu.id, id=ticket)
        if number % 3:
            # Several tickets of one moment: only the number tells them apart.
            site.desk.later(minutes=1)
    whole = (await agent.get("/tickets?view=all")).json()["items"]
    for view in ("all", "open", "mine"):
        found, cursor = [], ""
        while True:
            page = (await agent.get(f"/tickets?view={view}&limit=2{cursor}")).json()
            found += page["items"]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert [one["id"] for one in found] == [one["id"] for one in whole], view
    assert [one["activity_at"] for one in whole] == sorted((one["activity_at"] for one in whole), reverse=True)


async def test_views_hold_what_they_say(site: Site, agent: Browser, lu: Actor) -> None:
    mine, free, asleep, done = [await site.ticket(who=f"c{number}") for number in range(4)]
    solved = await site.desk.sql("select id from status where category = 'solved' and is_default")
    await agent.put(f"/tickets/{mine}/assignment", {"assignee_id": lu.id})
    await agent.put(f"/tickets/{asleep}/snooze", {"until": "2026-12-24T10:00:00Z"})
    await agent.patch(f"/tickets/{done}", {"status_id": solved})
    expected = {"mine": [mine], "unassigned": [free], "open": [mine, free], "snoozed": [asleep]}
    expected |= {"mentions": [], "following": []}
    for view, ids in expected.items():
        found = (await agent.get(f"/tickets?view={view}")).json()["items"]
        assert sorted(one["id"] for one in found) == ids, view
    counts = {one["key"]: one["count"] for one in (await agent.get("/views")).json()["items"]}
    assert counts == {view: len(ids) for view, ids in expected.items()} | {"all": 4}
    by_status = (await agent.get(f"/tickets?view=all&status_id={solved}")).json()["items"]
    assert [one["id"] for one in by_status] == [done]


async def test_status_narrows_sleeping_and_mentioned_tickets_page_by_page(
    site: Site, agent: Browser, lu: Actor
) -> None:
    mo = await site.browser(await site.desk.person("Mo"))
    hold = await site.desk.sql("select id from status where category = 'on_hold'")
    tickets = [await site.ticket(who=f"c{number}") for number in range(4)]
    for ticket in tickets:
        await mo.post(f"/tickets/{ticket}/notes", note_of(mentions=[lu.id]))
        await agent.put(f"/tickets/{ticket}/snooze", {"until": "2026-12-24T10:00:00Z"})
    for ticket in tickets[::2]:
        await agent.patch(f"/tickets/{ticket}", {"status_id": hold})
    for view in ("snoozed", "mentions"):
        first = (await agent.get(f"/tickets?view={view}&status_id={hold}&limit=1")).json()
        rest = (await agent.get(f"/tickets?view={view}&status_id={hold}&limit=1&cursor={first['next']}")).json()
        assert sorted(one["id"] for one in first["items"] + rest["items"]) == tickets[::2], view
        assert rest["next"] is None
        assert (await agent.get(f"/tickets?view={view}&status_id=99999")).json()["items"] == []


@pytest.mark.parametrize("text", ["{id}", "%23{id}", "洗衣机", "漏水", "AB-2024-0931", "ab-2024", "LEAK", "rosa"])
async def test_search_finds_by_number_word_and_customer(site: Site, agent: Browser, text: str) -> None:
    ticket = await site.ticket("x", kind="email", subject="洗衣机漏水 leak AB-2024-0931")
    await site.ticket("y", who="other")
    await site.desk.index()
    found = (await agent.get(f"/search?q={text.format(id=ticket)}&kind=tickets&typing=true")).json()["items"]
    assert [one["id"] for one in found] == [ticket]


async def test_timeline_before_and_after_meet_without_a_gap(site: Site, agent: Browser) -> None:
    ticket = await site.ticket()
    for number in range(5):
        await agent.post(f"/tickets/{ticket}/notes", note_of(str(number)))
    path = f"/tickets/{ticket}/timeline"
    whole = [one["id"] for one in (await agent.get(path)).json()["items"]]
    newest = (await agent.get(f"{path}?limit=2")).json()
    assert (newest["older"], [one["id"] for one in newest["items"]]) == (True, whole[-2:])
    before = (await agent.get(f"{path}?before={whole[2]}")).json()
    after = (await agent.get(f"{path}?after={whole[1]}")).json()
    assert [one["id"] for one in before["items"] + after["items"]] == whole
    assert before["older"] is False
