"""Archiving a team: what hangs on it is said, nothing is lost, and it can come back."""

from typing import Any

import pytest

from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site


@pytest.fixture
async def boss(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Olga", role="administrator", everywhere=True))


@pytest.fixture
async def repairs(site: Site) -> int:
    return await site.desk.team("Repairs")


@pytest.fixture
async def ri(site: Site, repairs: int) -> Actor:
    return await site.desk.person("Ri", repairs)


async def ticket_of(site: Site, team: int, *, holder: Actor | None = None) -> int:
    """An open ticket of a team whose channel is gone since."""
    ticket = await site.ticket(team=team)
    await site.desk.run("update channel set deleted_at = now() where team_id = %(team)s", team=team)
    if holder:
        await site.desk.run("update ticket set assignee_id = %(id)s where id = %(t)s", id=holder.id, t=ticket)
    return ticket


async def archive(boss: Browser, team: int, **data: Any) -> Any:
    return await boss.put(f"/teams/{team}/archive", data)


async def names(boss: Browser, query: str = "") -> list[str]:
    return [one["name"] for one in (await boss.get(f"/teams{query}")).json()["items"]]


@pytest.mark.usefixtures("ri")
async def test_ties_count_open_tickets_channels_and_members(site: Site, boss: Browser, repairs: int) -> None:
    await site.ticket(team=repairs)
    asleep = await site.ticket(team=repairs)
    await site.desk.run("update ticket set snoozed_until = '2030-01-01' where id = %(id)s", id=asleep)
    ties = (await boss.get(f"/teams/{repairs}/ties")).json()
    assert (ties["open_tickets"], ties["members"]) == (2, 1)
    assert [one["kind"] for one in ties["channels"]] == ["api", "api"]
    assert (await boss.get("/teams/999/ties")).status_code == 404


async def test_archive_empty_team_takes_it_out_of_every_choice(site: Site, boss: Browser, repairs: int) -> None:
    answer = await archive(boss, repairs)
    assert answer.json()["is_archived"] is True
    assert await names(boss) == ["Support"]
    assert await names(boss, "?archived=true") == ["Support", "Repairs"]
    ticket = await site.ticket()
    moved = await boss.put(f"/tickets/{ticket}/assignment", {"assignee_id": None, "team_id": repairs})
    assert moved.status_code == 400
    opened = {"customer": {"name": "A"}, "subject": "s", "text": "t", "team_id": repairs, "client_key": "k1234567"}
    assert (await boss.post("/tickets", opened)).json()["fields"] == {"team_id": "unknown"}
    channel = {"kind": "api", "name": "n", "brand_id": 1, "team_id": repairs}
    assert (await boss.post("/channels", channel)).status_code == 400
    assert (await boss.patch(f"/teams/{repairs}", {"name": "x"})).status_code == 404


async def test_archive_with_a_channel_is_refused_and_names_it(site: Site, boss: Browser, repairs: int) -> None:
    channel = await site.desk.channel("form", repairs)
    await site.desk.run("update channel set name = 'Repair form', is_active = false where id = %(id)s", id=channel)
    refused = (await archive(boss, repairs)).json()
    assert refused["code"] == "team_in_use"
    assert "Repair form" in refused["detail"]
    assert "Repairs" in await names(boss)
    assert await site.desk.events("team_changed") == []


async def test_archive_with_open_tickets_asks_where_they_go(site: Site, boss: Browser, repairs: int) -> None:
    await ticket_of(site, repairs)
    assert (await archive(boss, repairs)).json()["code"] == "team_has_tickets"
    for nowhere in (repairs, 999):
        assert (await archive(boss, repairs, open_tickets_to=nowhere)).json()["fields"] == {
            "open_tickets_to": "unknown"
        }
    assert "Repairs" in await names(boss)


async def test_archive_moves_open_tickets_and_keeps_holders_who_belong_there(
    site: Site, boss: Browser, repairs: int, ri: Actor
) -> None:
    both = await site.desk.person("Bo", 1, repairs)
    free, kept, lost, done = [await ticket_of(site, repairs, holder=one) for one in (None, both, ri, ri)]
    solved = await site.desk.sql("select id from status where category = 'solved'")
    await boss.patch(f"/tickets/{done}", {"status_id": solved})
    assert (await archive(boss, repairs, open_tickets_to=1)).is_success
    places = [
        (await site.desk.column(one, "team_id"), await site.desk.column(one, "assignee_id"))
        for one in (free, kept, lost, done)
    ]
    assert places == [(1, None), (1, both.id), (1, None), (repairs, ri.id)]
    details = [one.details for one in await site.desk.timeline(lost) if one.kind == "change"][-2:]
    assert [(one.field, one.from_value, one.to_value) for one in details] == [
        ("team", repairs, 1),
        ("assignee", ri.id, None),
    ]
    assert [one.ticket_id for one in await site.desk.events("ticket_moved")] == [free, kept, lost]
    assert [one.ticket_id for one in await site.desk.events("ticket_assigned")][-1:] == [lost]


async def test_archived_team_keeps_showing_its_solved_tickets_to_its_members(
    site: Site, boss: Browser, repairs: int, ri: Actor
) -> None:
    ticket = await ticket_of(site, repairs)
    solved = await site.desk.sql("select id from status where category = 'solved'")
    await boss.patch(f"/tickets/{ticket}", {"status_id": solved})
    await archive(boss, repairs)
    agent = await site.browser(ri)
    assert (await agent.get(f"/tickets/{ticket}")).is_success
    assert (await agent.get("/session")).json()["person"]["teams"] == []


async def test_restore_brings_the_team_back_with_its_members(boss: Browser, repairs: int, ri: Actor) -> None:
    await archive(boss, repairs)
    person = next(one for one in (await boss.get("/people")).json()["items"] if one["id"] == ri.id)
    changed = await boss.patch(f"/people/{ri.id}", {"team_ids": [*person["team_ids"], 1]})
    assert changed.is_success, changed.text
    back = await boss.delete(f"/teams/{repairs}/archive")
    assert back.json() == {
        "id": repairs,
        "name": "Repairs",
        "routing": "push",
        "member_ids": [ri.id],
        "is_archived": False,
    }
    assert await names(boss) == ["Repairs", "Support"]


async def test_archive_and_restore_twice_announce_once(site: Site, boss: Browser, repairs: int) -> None:
    for _ in range(2):
        assert (await archive(boss, repairs)).is_success
    for _ in range(2):
        assert (await boss.delete(f"/teams/{repairs}/archive")).is_success
    fields = [one.data["fields"] for one in await site.desk.events("team_changed")]
    assert fields == [["is_archived"], ["is_archived"]]


async def test_archive_last_team_is_refused(boss: Browser) -> None:
    assert (await archive(boss, 1)).json()["code"] == "last_team"
    assert (await archive(boss, 999)).status_code == 404
    assert (await boss.delete("/teams/999/archive")).status_code == 404


async def test_archive_is_for_administrators(site: Site, repairs: int) -> None:
    agent = await site.browser(await site.desk.person("Lu"))
    assert (await agent.get(f"/teams/{repairs}/ties")).status_code == 403
    assert (await archive(agent, repairs)).status_code == 403
    assert (await agent.delete(f"/teams/{repairs}/archive")).status_code == 403
