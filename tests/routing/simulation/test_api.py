"""Simulated days over the API, played in a process of their own; rehearsals of plans."""

from typing import Any

import pytest

from ombud.routing.simulation.jobs import SimulationHand
from ombud.routing.surge.services.rehearsing import note_rehearsal
from tests.accounts.desk import Browser
from tests.site import Site

# A quarter of an hour of one kind: played in a moment.
SMALL = """
name = { en = "Small", zh = "小" }
about = { en = "A quarter of an hour", zh = "一刻钟" }
opens = "09:00"
closes = "09:15"
[profiles]
flat = [1]
[kinds.a]
name = { en = "A", zh = "甲" }
channel = "chat"
per_day = 30
profile = "flat"
handling = { mean_seconds = 30 }
[groups.g]
name = { en = "G", zh = "组" }
count = 2
skills = {}
starts = "09:00"
ends = "10:00"
"""


@pytest.fixture
async def chief(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Wu", role="supervisor", everywhere=True))


async def ask(chief: Browser, **given: Any) -> dict[str, Any]:
    answer = await chief.post("/simulations", {"text": SMALL, "replications": 2} | given)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def hand(site: Site) -> SimulationHand:
    return SimulationHand(site.desk.parts.database, site.desk.parts.clock, [note_rehearsal])


async def test_simulation_is_played_in_the_background(chief: Browser, site: Site) -> None:
    asked = await ask(chief)
    assert (asked["state"], asked["done"], asked["total"]) == ("waiting", 0, 6)
    assert await hand(site).step() == 1
    done = (await chief.get(f"/simulations/{asked['id']}")).json()
    assert (done["state"], done["done"]) == ("done", 6)
    assert [one["policy"] for one in done["result"]["sides"]] == ["skills", "longest_idle", "round_robin"]
    assert done["kinds"] == {"a": {"en": "A", "zh": "甲"}}
    assert (await chief.get("/simulations")).json()["items"][0]["name_zh"] == "小"
    assert await hand(site).step() == 0


async def test_simulation_that_was_stopped_is_not_played(chief: Browser, site: Site) -> None:
    asked = await ask(chief)
    assert (await chief.delete(f"/simulations/{asked['id']}")).json()["state"] == "stopped"
    assert await hand(site).step() == 0


async def test_simulation_whose_process_fell_silent_is_taken_over(chief: Browser, site: Site) -> None:
    asked = await ask(chief, policies=["skills"], replications=1)
    sql = "update simulation_run set state = 'running', seen_at = %(at)s"
    await site.desk.run(sql, at=site.desk.now)
    assert await hand(site).step() == 0
    site.desk.later(seconds=90)
    assert await hand(site).step() == 1
    assert (await chief.get(f"/simulations/{asked['id']}")).json()["state"] == "done"


@pytest.mark.parametrize(
    "bad",
    [
        {"text": "no toml"},
        {"text": "", "scenario": "nowhere"},
        {"policies": []},
        {"policies": ["best"]},
        {"replications": 0},
        {"replications": 500},
    ],
)
async def test_simulation_that_cannot_be_is_refused(chief: Browser, bad: dict[str, Any]) -> None:
    answer = await chief.post("/simulations", {"text": SMALL} | bad)
    assert answer.status_code == 400, answer.text


async def test_sixth_simulation_waits_for_one_of_the_others(chief: Browser) -> None:
    for _ in range(5):
        await ask(chief)
    answer = await chief.post("/simulations", {"text": SMALL})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_simulations")


async def test_simulation_that_is_not_there_is_not_found(chief: Browser) -> None:
    assert (await chief.get("/simulations/999")).status_code == 404
    assert (await chief.delete("/simulations/999")).status_code == 404


async def test_scenarios_that_ship_are_offered_with_their_text(chief: Browser) -> None:
    items = (await chief.get("/simulation-scenarios")).json()["items"]
    assert [one["key"] for one in items] == ["normal_day", "surge", "fewer_people", "missing_skill", "outage"]
    assert all(one["name"]["zh"] and "name" in one["text"] for one in items)


async def test_rehearsal_against_today_is_noted_at_its_plan(chief: Browser, site: Site) -> None:
    spec = {"name_en": "Flood", "name_zh": "激增", "minutes": 60, "measures": {"more_at_a_time": 1}}
    plan = (await chief.post("/surge/plans", {"spec": spec})).json()["id"]
    empty = await chief.post(f"/surge/plans/{plan}/rehearsals", {"scenario": "today"})
    assert (empty.status_code, empty.json()["code"]) == (400, "wrong_scenario")
    await site.desk.online(await site.desk.person("Lin"))
    channel = await site.desk.channel("chat")
    await site.desk.deliver(channel, *(site.desk.message(who=f"c{number}") for number in range(5)))
    site.desk.later(minutes=40)
    asked = await chief.post(f"/surge/plans/{plan}/rehearsals", {"scenario": "today", "note": "Before the sale"})
    assert asked.status_code == 201, asked.text
    assert await hand(site).step() == 1
    [found] = (await chief.get(f"/surge/plans/{plan}/rehearsals")).json()["items"]
    assert (found["note"], found["scenario_en"], found["scenario_zh"]) == (
        "Before the sale",
        "The last 24 hours",
        "最近 24 小时",
    )
    assert set(found["result"]) == {"without", "with_plan", "urgent_without", "urgent_with_plan", "left", "minutes"}
    assert (await chief.get("/surge")).json()["plans"][0]["rehearsal"]["id"] == found["id"]


async def test_rehearsal_against_nothing_known_is_refused(chief: Browser) -> None:
    assert (await chief.post("/surge/plans/999/rehearsals", {})).status_code == 404
    spec = {"name_en": "Flood", "name_zh": "激增", "minutes": 60, "measures": {"more_at_a_time": 1}}
    plan = (await chief.post("/surge/plans", {"spec": spec})).json()["id"]
    answer = await chief.post(f"/surge/plans/{plan}/rehearsals", {"scenario": "nowhere"})
    assert answer.json()["code"] == "wrong_scenario"
