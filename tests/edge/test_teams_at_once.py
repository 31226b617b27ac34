"""Teams and brands where two change them at once: one name is one team's, and a desk always keeps a team."""

import asyncio
from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.site import Site


@pytest.fixture
async def bosses(site: Site) -> list[Browser]:
    people = [await site.desk.person(name, role="administrator", everywhere=True) for name in ("Ada", "Eva")]
    return [await site.browser(one) for one in people]


async def codes(*asked: Any) -> list[int]:
    return sorted(one.status_code for one in await asyncio.gather(*asked))


@pytest.mark.parametrize("path", ["/teams", "/brands"])
async def test_name_taken_by_two_at_once_is_the_first_ones(site: Site, bosses: list[Browser], path: str) -> None:
    assert await codes(*(one.post(path, {"name": " Repairs "}) for one in bosses)) == [201, 409]
    table = path.strip("/s")
    assert await site.desk.sql(f"select count(*) from {table} where name = 'Repairs'") == 1


@pytest.mark.parametrize("path", ["/teams", "/brands"])
async def test_two_renamed_to_one_name_at_once_leave_two_names(site: Site, bosses: list[Browser], path: str) -> None:
    ids = [(await bosses[0].post(path, {"name": name})).json()["id"] for name in ("One", "Two")]
    asked = (boss.patch(f"{path}/{number}", {"name": "Same"}) for boss, number in zip(bosses, ids, strict=True))
    assert await codes(*asked) == [200, 409]
    names = await site.desk.sql(f"select array_agg(name order by name) from {path.strip('/s')} where id > 1")
    assert names in (["One", "Same"], ["Same", "Two"])


async def test_last_two_teams_archived_at_once_leave_one(site: Site, bosses: list[Browser]) -> None:
    other = await site.desk.team("Other")
    assert await codes(bosses[0].put("/teams/1/archive", {}), bosses[1].put(f"/teams/{other}/archive", {})) == [
        200,
        409,
    ]
    assert await site.desk.sql("select count(*) from team where archived_at is null") == 1
    last = await site.desk.sql("select id from team where archived_at is null")
    refused = await bosses[0].put(f"/teams/{last}/archive", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "last_team")


async def test_one_team_archived_by_both_at_once_is_told_once(site: Site, bosses: list[Browser]) -> None:
    other = await site.desk.team("Other")
    assert await codes(*(one.put(f"/teams/{other}/archive", {}) for one in bosses)) == [200, 200]
    told = [one.data["fields"] for one in await site.desk.events("team_changed")]
    assert told == [["is_archived"]]


async def test_name_of_an_archived_team_stays_its_own(site: Site, bosses: list[Browser]) -> None:
    other = await site.desk.team("Other")
    await bosses[0].put(f"/teams/{other}/archive", {})
    for answer in (
        await bosses[0].post("/teams", {"name": "Other"}),
        await bosses[0].patch("/teams/1", {"name": "Other"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")
    assert (await bosses[0].delete(f"/teams/{other}/archive")).json()["name"] == "Other"


async def test_members_given_at_once_are_those_of_one_of_both(site: Site, bosses: list[Browser]) -> None:
    team = await site.desk.team("Other")
    lu, mo = await site.desk.person("Lu"), await site.desk.person("Mo")
    lists = ([lu.id], [mo.id, lu.id])
    asked = (boss.patch(f"/teams/{team}", {"member_ids": one}) for boss, one in zip(bosses, lists, strict=True))
    assert await codes(*asked) == [200, 200]
    sql = "select array_agg(person_id order by person_id) from membership where team_id = %(team)s"
    assert await site.desk.sql(sql, team=team) in ([lu.id], sorted([lu.id or 0, mo.id or 0]))


async def test_somebody_taken_out_of_a_team_sees_its_tickets_no_more(site: Site, bosses: list[Browser]) -> None:
    team = await site.desk.team("Other")
    lu = await site.desk.person("Lu", team)
    ticket = await site.ticket(team=team)
    browser = await site.browser(lu)
    assert (await browser.get(f"/tickets/{ticket}")).status_code == 200
    await bosses[0].patch(f"/teams/{team}", {"member_ids": []})
    # what a process has read counts for two seconds at most
    site.desk.later(seconds=3)
    assert (await browser.get(f"/tickets/{ticket}")).status_code == 404


@pytest.mark.parametrize("name", ["😀 维修", "x" * 80, "Ünïcödé & <b>", "مرحبا"])
async def test_team_of_any_script_is_named_as_it_was_written(bosses: list[Browser], name: str) -> None:
    made = await bosses[0].post("/teams", {"name": f"  {name} "})
    assert made.status_code == 201, made.text
    assert made.json()["name"] == name


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\x00b", "\u2028", "x" * 1_000])
async def test_team_of_no_name_or_of_two_lines_is_refused(site: Site, bosses: list[Browser], name: str) -> None:
    before = await site.desk.sql("select count(*) from team")
    assert (await bosses[0].post("/teams", {"name": name})).status_code == 400
    assert (await bosses[0].patch("/teams/1", {"name": name})).status_code == 400
    assert await site.desk.sql("select count(*) from team") == before
