"""Plans over the API: written down, put in force, ended; everything as it was."""

import asyncio
from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.routing.surge.conftest import LOW, Control
from tests.site import Site

# Everything that a plan could have changed and must not.
SETTINGS = (
    *("team", "membership", "agent_routing", "team_routing", "team_overflow", "requirement_rule", "channel"),
    *("break_rule", "warning_level", "score_weights", "surge_parked_now", "ticket"),
)


async def picture(control: Control) -> dict[str, Any]:
    """All settings and tickets, to the byte."""
    found = {}
    for table in SETTINGS:
        name = "surge_parked where ended_at is null" if table == "surge_parked_now" else table
        rows = f"(select * from {name}) t"
        sql = f"select coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text), '[]')::text from {rows}"
        found[table] = await control.desk.sql(sql)
    return found


async def test_plan_is_written_down_and_changed_as_a_new_version(control: Control) -> None:
    plan = await control.plan()
    changed = await control.chief.put(f"/surge/plans/{plan}", {"spec": control.spec(minutes=30)})
    assert (changed.json()["version"], changed.json()["spec"]["minutes"]) == (2, 30)
    same = await control.chief.put(f"/surge/plans/{plan}", {"spec": control.spec(minutes=30)})
    assert same.json()["version"] == 2
    assert [one["id"] for one in (await control.board())["plans"]] == [plan]


@pytest.mark.parametrize(
    "bad",
    [
        {"measures": {}},
        # no end, or one too far away
        {"minutes": None},
        {"minutes": 0},
        {"minutes": 5_000},
        {"team_ids": [999]},
        {"measures": {"more_at_a_time": 1, "channel_ids": [999]}},
        {"measures": {"more_at_a_time": 9}},
        {"measures": {"park_condition": {"field": "nothing", "op": "is", "value": 1}}},
    ],
)
async def test_plan_that_cannot_be_is_refused(control: Control, bad: dict[str, Any]) -> None:
    answer = await control.chief.post("/surge/plans", {"spec": control.spec(**bad)})
    assert answer.status_code == 400, answer.text


async def test_plan_without_an_end_is_refused(control: Control) -> None:
    spec = control.spec()
    del spec["minutes"]
    assert (await control.chief.post("/surge/plans", {"spec": spec})).status_code == 400


async def test_switch_pressed_twice_at_once_starts_one_run(control: Control) -> None:
    plan = await control.plan()
    first, second = await asyncio.gather(control.switch(plan), control.switch(plan))
    assert first["run_id"] == second["run_id"]
    assert len((await control.board())["running"]) == 1
    await control.switch(plan, on=False)
    again = await control.switch(plan, on=False)
    assert again["run_id"] is None
    assert len(await control.desk.events("surge_changed")) == 2


async def test_plan_in_force_is_neither_changed_nor_archived(control: Control) -> None:
    plan = await control.plan()
    await control.switch(plan)
    changed = await control.chief.put(f"/surge/plans/{plan}", {"spec": control.spec(minutes=30)})
    archived = await control.chief.delete(f"/surge/plans/{plan}")
    assert (changed.status_code, changed.json()["code"]) == (409, "plan_in_force")
    assert archived.status_code == 409
    await control.switch(plan, on=False)
    assert (await control.chief.delete(f"/surge/plans/{plan}")).status_code == 204
    assert (await control.board())["plans"] == []
    assert len((await control.board())["past"]) == 1


async def test_everything_after_a_plan_is_as_it_was_to_the_byte(control: Control) -> None:
    reserve = await control.desk.person("Ruo", team := await control.desk.team("Back office"))
    await control.desk.run("insert into agent_routing (person_id, is_reserve) values (%(id)s, true)", id=reserve.id)
    tickets = await control.arrive(3)
    await control.desk.run("update ticket set tags = '{survey}' where id = %(id)s", id=tickets[0])
    channel = int(await control.desk.sql("select id from channel order by id limit 1"))
    before = await picture(control)
    every = {
        "calls_reserve": True,
        "reserve_words": {"en": "Please come", "zh": "请上线支援"},
        "more_at_a_time": 2,
        "step_times": 0.5,
        "priority_points": 50,
        "priority_tiers": ["VIP"],
        "park_condition": LOW,
        "announcement": {"en": "Long waits today", "zh": "今天排队较长"},
        "channel_ids": [channel],
        "opens_overflow": True,
        "blocks_breaks": True,
    }
    plan = await control.plan(measures=every, team_ids=[1])
    run = (await control.switch(plan))["run_id"]
    page = await control.site.browser(reserve)
    assert (await page.put(f"/me/surge-calls/{run}", {"answer": "accepted"})).status_code == 204
    during = await picture(control)
    assert during["membership"] != before["membership"]
    assert during["surge_parked_now"] != before["surge_parked_now"]
    assert {key for key in SETTINGS if during[key] != before[key]} == {"membership", "surge_parked_now"}
    await control.watch()
    await control.switch(plan, on=False)
    assert await picture(control) == before
    assert team


async def test_run_ends_by_itself_when_its_time_is_over(control: Control) -> None:
    plan = await control.plan(minutes=30)
    run = (await control.switch(plan))["run_id"]
    await control.watch(minutes=29)
    assert (await control.run(run))["run"]["ended_at"] is None
    await control.watch(minutes=2)
    found = await control.run(run)
    assert found["run"]["end_cause"] == "time"
    assert found["run"]["report"]["minutes"] == 31
    assert all(one["ended_at"] for one in found["effects"])


async def test_two_plans_at_once_end_one_by_one(control: Control) -> None:
    first, second = await control.plan(), await control.plan(measures={"more_at_a_time": 3})
    await control.switch(first)
    await control.switch(second)
    assert len((await control.board())["running"]) == 2
    await control.switch(first, on=False)
    left = await control.desk.sql("select value ->> 'more' from surge_effect where ended_at is null")
    assert left == "3"


async def test_an_agent_neither_sees_nor_switches_plans(control: Control, site: Site) -> None:
    plan = await control.plan()
    agent = await site.browser(await site.desk.person("Lin"))
    assert (await agent.get("/surge")).status_code == 403
    assert (await agent.put(f"/surge/plans/{plan}/switch", {"is_on": True})).status_code == 403
    assert (await agent.get("/simulations")).status_code == 403


async def test_unknown_plan_or_run_is_not_found(control: Control) -> None:
    chief: Browser = control.chief
    assert (await chief.put("/surge/plans/999/switch", {"is_on": True})).status_code == 404
    assert (await chief.put("/surge/plans/999/switch", {"is_on": False})).status_code == 404
    assert (await chief.get("/surge/runs/999")).status_code == 404
    assert (await chief.delete("/surge/plans/999")).status_code == 404
