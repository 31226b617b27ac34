"""What agents and teams take, over the API."""

from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.routing.skills.conftest import Bench

PLAIN = {
    "capacity_points": 12,
    "limits": {},
    "accepts": None,
    "wrap_up_seconds": 0,
    "ramp_seconds": 0,
    "calendar_id": None,
    "is_reserve": False,
}
TEAM = {
    "routing": "push",
    "offer_seconds": 30,
    "offered_channels": [],
    "fairness_minutes": 60,
    "anyone_after_seconds": 120,
    "interruptible_channels": ["email", "form", "api"],
    "preferred_seconds": 0,
    "overflow": [],
}


async def test_an_agent_without_settings_has_the_defaults(bench: Bench) -> None:
    bo = await bench.desk.person("Bo")
    found = (await bench.chief.get(f"/agent-routing/{bo.id}")).json()
    assert (found["version"], found["settings"], found["excluded"]) == (0, PLAIN, [])


async def test_settings_of_an_agent_are_changed_once_and_told(bench: Bench) -> None:
    bo = await bench.desk.person("Bo")
    new = PLAIN | {"limits": {"chat": 3}, "accepts": ["chat"], "capacity_points": 20, "wrap_up_seconds": 45}
    first = await bench.chief.put(f"/agent-routing/{bo.id}", {"settings": new, "version": 0})
    assert (first.json()["settings"], first.json()["version"]) == (new, 1)
    again = await bench.chief.put(f"/agent-routing/{bo.id}", {"settings": new, "version": 1})
    assert again.json()["version"] == 1
    told = [set(one.data["fields"]) for one in await bench.desk.events("agent_routing_changed")]
    assert told == [{"limits", "accepts", "capacity_points", "wrap_up_seconds"}]
    assert await bench.desk.sql("select capacity_points from person where id = %(id)s", id=bo.id) == 20


async def test_the_second_editor_of_an_agent_is_told(bench: Bench) -> None:
    bo = await bench.desk.person("Bo")
    await bench.chief.put(f"/agent-routing/{bo.id}", {"settings": PLAIN | {"is_reserve": True}, "version": 0})
    late = await bench.chief.put(f"/agent-routing/{bo.id}", {"settings": PLAIN | {"ramp_seconds": 60}, "version": 0})
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")


@pytest.mark.parametrize(
    "bad",
    [
        {"calendar_id": 99},
        {"limits": {"pigeon": 1}},
        {"limits": {"chat": -1}},
        {"accepts": ["pigeon"]},
        {"wrap_up_seconds": -1},
        {"capacity_points": 5_000},
    ],
)
async def test_settings_of_an_agent_that_cannot_be_are_refused(bench: Bench, bad: dict[str, Any]) -> None:
    bo = await bench.desk.person("Bo")
    answer = await bench.chief.put(f"/agent-routing/{bo.id}", {"settings": PLAIN | bad, "version": 0})
    assert answer.status_code == 400
    assert await bench.desk.sql("select count(*) from agent_routing") == 0


async def test_somebody_who_is_given_no_work_has_no_settings(bench: Bench) -> None:
    reader = await bench.desk.person("Ro", role="read_only")
    assert (await bench.chief.get(f"/agent-routing/{reader.id}")).status_code == 404


async def test_agents_are_listed_in_pages(bench: Bench) -> None:
    team = await bench.desk.team("Repair")
    for name in ("Bo", "Chen", "Dee"):
        await bench.desk.person(name, team)
    first = (await bench.chief.get(f"/agent-routing?team_id={team}&limit=2")).json()
    assert [one["name"] for one in first["items"]] == ["Bo", "Chen"]
    rest = (await bench.chief.get(f"/agent-routing?team_id={team}&cursor={first['next']}")).json()
    assert [one["name"] for one in rest["items"]] == ["Dee"]


async def test_a_customer_is_kept_from_an_agent_and_given_back(bench: Bench) -> None:
    await bench.site.ticket(who="rosa")
    customer = await bench.desk.sql("select id from customer")
    bo = await bench.desk.person("Bo")
    path = f"/agent-routing/{bo.id}/exclusions/{customer}"
    made = (await bench.chief.put(path, {"reason": "Neighbours"})).json()
    assert [(one["customer_name"], one["reason"], one["by_name"]) for one in made["excluded"]] == [
        ("Rosa", "Neighbours", "Wu")
    ]
    await bench.chief.put(path, {"reason": "Neighbours"})
    await bench.chief.put(path, {"reason": "They are neighbours"})
    assert (await bench.chief.send("DELETE", path)).status_code == 204
    assert (await bench.chief.send("DELETE", path)).status_code == 404
    told = [one.data["change"] for one in await bench.desk.events("agent_exclusion_changed")]
    assert told == ["made", "changed", "removed"]


async def test_a_customer_who_is_not_seen_is_not_named(bench: Bench) -> None:
    other = await bench.desk.team("Elsewhere")
    await bench.site.ticket(team=other)
    customer = await bench.desk.sql("select id from customer")
    bo = await bench.desk.person("Bo")
    answer = await bench.chief.put(f"/agent-routing/{bo.id}/exclusions/{customer}", {"reason": "x"})
    assert answer.status_code == 404


async def test_a_team_without_settings_has_the_defaults(bench: Bench) -> None:
    found = (await bench.chief.get("/team-routing")).json()["items"]
    assert [(one["team_id"], one["version"], one["settings"]) for one in found] == [(1, 0, TEAM)]


async def test_settings_of_a_team_are_changed_with_its_overflow(bench: Bench) -> None:
    night = await bench.desk.team("Night")
    helps = {"to_team_id": night, "after_seconds": 90, "min_waiting": 5, "min_free": 2, "is_outsourced": True}
    new = TEAM | {"routing": "pull", "offered_channels": ["chat", "email"], "overflow": [helps]}
    answer = await bench.chief.put("/team-routing/1", {"settings": new, "version": 0})
    assert (answer.json()["settings"], answer.json()["version"]) == (new, 1)
    assert await bench.desk.sql("select routing from team where id = 1") == "pull"
    without = await bench.chief.put("/team-routing/1", {"settings": new | {"overflow": []}, "version": 1})
    assert without.json()["settings"]["overflow"] == []
    told = [one.data["fields"] for one in await bench.desk.events("team_routing_changed")]
    assert told == [["routing", "offered_channels", "overflow"], ["overflow"]]


async def test_the_second_editor_of_a_team_is_told(bench: Bench) -> None:
    await bench.chief.put("/team-routing/1", {"settings": TEAM | {"offer_seconds": 20}, "version": 0})
    late = await bench.chief.put("/team-routing/1", {"settings": TEAM | {"offer_seconds": 40}, "version": 0})
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")


@pytest.mark.parametrize(("teams", "problem"), [([1], "itself"), ([2, 2], "twice"), ([99], "unknown")])
async def test_overflow_that_cannot_be_is_refused(bench: Bench, teams: list[int], problem: str) -> None:
    await bench.desk.team("Night")
    overflow = [{"to_team_id": one} for one in teams]
    answer = await bench.chief.put("/team-routing/1", {"settings": TEAM | {"overflow": overflow}, "version": 0})
    assert (answer.status_code, answer.json()["fields"]) == (400, {"overflow": problem})


async def test_an_archived_team_helps_no_more_and_again_when_it_is_back(bench: Bench) -> None:
    night = await bench.desk.team("Night")
    day = await bench.desk.team("Day")
    new = TEAM | {"overflow": [{"to_team_id": night}]}
    await bench.chief.put("/team-routing/1", {"settings": new, "version": 0})
    await bench.desk.run("update team set archived_at = now() where id = %(id)s", id=night)
    seen = (await bench.chief.get("/team-routing")).json()["items"]
    assert next(one["settings"]["overflow"] for one in seen if one["team_id"] == 1) == []
    await bench.chief.put("/team-routing/1", {"settings": TEAM | {"overflow": [{"to_team_id": day}]}, "version": 1})
    await bench.desk.run("update team set archived_at = null where id = %(id)s", id=night)
    seen = (await bench.chief.get("/team-routing")).json()["items"]
    mine = next(one["settings"]["overflow"] for one in seen if one["team_id"] == 1)
    assert [one["to_team_id"] for one in mine] == [night, day]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/agent-routing"),
        ("GET", "/agent-routing/1"),
        ("PUT", "/agent-routing/1"),
        ("PUT", "/agent-routing/1/exclusions/1"),
        ("DELETE", "/agent-routing/1/exclusions/1"),
        ("PUT", "/team-routing/1"),
    ],
)
async def test_an_agent_sets_nobody(agent: Browser, method: str, path: str) -> None:
    assert (await agent.send(method, path, {})).status_code == 403


async def test_an_unknown_team_is_not_found(bench: Bench) -> None:
    assert (await bench.chief.put("/team-routing/99", {"settings": TEAM, "version": 0})).status_code == 404
