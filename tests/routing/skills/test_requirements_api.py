"""Requirement rules over the API: steps, order, versions, and which waiting work they would count for."""

from typing import Any

import pytest

from ombud.intelligence.risk.services import find_risks
from ombud.quality.risks.queries import Written
from ombud.quality.risks.services import alert
from ombud.routing.skills.schemas import Required
from ombud.routing.skills.services.fitting import required_by
from ombud.shared.actor import SYSTEM
from ombud.tickets.queries.tickets import lock_visible_ticket
from tests.accounts.desk import Browser
from tests.routing.skills.conftest import Bench

CHAT = {"field": "channel", "op": "is", "value": "chat"}
URGENT = {"field": "priority", "op": "is", "value": 4}


def step(skill: int, level: int = 3, seconds: int = 60) -> dict[str, Any]:
    return {"seconds": seconds, "all": [{"skill_id": skill, "level": level}]}


async def required(bench: Bench, *tickets: int) -> dict[int, Required]:
    async with bench.desk.parts.database.transaction() as tx:
        return await required_by(tx, tickets, now=bench.desk.now)


async def test_a_rule_is_made_changed_switched_and_archived(bench: Bench) -> None:
    skill = await bench.skill("Washer")
    rule = await bench.rule(step(skill), is_on=False)
    path = f"/requirement-rules/{rule['id']}"
    spec = rule["spec"] | {"steps": [step(skill, 5), step(skill, 3, 120)]}
    changed = await bench.chief.patch(path, {"spec": spec, "is_on": False, "version": 1})
    assert (changed.json()["version"], len(changed.json()["spec"]["steps"])) == (2, 2)
    on = await bench.chief.patch(path, {"spec": spec, "is_on": True, "version": 2})
    assert (on.json()["is_on"], on.json()["version"]) == (True, 2)
    assert (await bench.chief.send("DELETE", path)).status_code == 204
    assert (await bench.chief.get(path)).status_code == 404
    told = [one.data["change"] for one in await bench.desk.events("requirement_rule_changed")]
    assert told == ["made", "changed", "switched", "archived"]


async def test_an_earlier_version_holds_again_as_a_new_one(bench: Bench) -> None:
    skill = await bench.skill("Washer")
    rule = await bench.rule(step(skill, 2))
    path = f"/requirement-rules/{rule['id']}"
    other = rule["spec"] | {"steps": [step(skill, 5)]}
    await bench.chief.patch(path, {"spec": other, "is_on": True, "version": 1})
    back = await bench.chief.post(f"{path}/roll-back", {"to": 1, "version": 2})
    assert (back.json()["version"], back.json()["spec"]["steps"]) == (3, rule["spec"]["steps"])
    versions = (await bench.chief.get(f"{path}/versions")).json()["items"]
    assert [(one["version"], one["restored"], one["person_name"]) for one in versions] == [
        (3, 1, "Wu"),
        (2, None, "Wu"),
        (1, None, "Wu"),
    ]
    assert (await bench.chief.post(f"{path}/roll-back", {"to": 9, "version": 3})).status_code == 404


async def test_the_second_editor_of_a_rule_is_told(bench: Bench) -> None:
    skill = await bench.skill("Washer")
    rule = await bench.rule(step(skill))
    path = f"/requirement-rules/{rule['id']}"
    first, second = (rule["spec"] | {"name_en": name} for name in ("First", "Second"))
    await bench.chief.patch(path, {"spec": first, "is_on": True, "version": 1})
    late = await bench.chief.patch(path, {"spec": second, "is_on": True, "version": 1})
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    assert (await bench.chief.patch(path, {"spec": second, "is_on": True})).status_code == 400


@pytest.mark.parametrize(
    ("spec", "fields"),
    [
        ({"name_en": " "}, {"name": "required"}),
        ({"steps": [{"seconds": 60}]}, {"steps.0": "one_of"}),
        ({"steps": [{"seconds": 60, "all": [{"level": 2}]}]}, {"steps.0": "nothing"}),
        ({"steps": [{"seconds": 60, "any": [{"skill_id": 99}]}]}, {"steps": "unknown_skill"}),
        ({"condition": {"field": "moon", "op": "is", "value": "full"}}, {"moon": "unknown_field"}),
        ({"condition": {"field": "assignee", "op": "is", "value": "me"}}, {"condition": "people_only"}),
    ],
)
async def test_a_rule_that_cannot_be_is_refused(bench: Bench, spec: dict[str, Any], fields: dict[str, str]) -> None:
    body = {"spec": {"name_en": "A rule", "steps": []} | spec}
    answer = await bench.chief.post("/requirement-rules", body)
    assert (answer.status_code, answer.json()["fields"]) == (400, fields)


async def test_the_first_rule_that_fits_counts_and_order_is_theirs(bench: Bench) -> None:
    skill = await bench.skill("Washer")
    wide = await bench.rule(step(skill, 1))
    chats = await bench.rule(step(skill, 4), condition=CHAT)
    chat, api = await bench.site.ticket(kind="chat"), await bench.site.ticket()
    before = await required(bench, chat, api)
    assert {ticket: one.rule_id for ticket, one in before.items()} == {chat: wide["id"], api: wide["id"]}
    ordered = await bench.chief.put("/requirement-rules/order", {"ids": [chats["id"]]})
    assert [one["id"] for one in ordered.json()["items"]] == [chats["id"], wide["id"]]
    after = await required(bench, chat, api)
    assert {ticket: one.rule_id for ticket, one in after.items()} == {chat: chats["id"], api: wide["id"]}


async def test_work_that_no_rule_fits_asks_for_nothing(bench: Bench) -> None:
    skill = await bench.skill("Washer")
    await bench.rule(step(skill), condition=URGENT)
    await bench.rule(step(skill), is_on=False)
    assert await required(bench, await bench.site.ticket()) == {}


async def test_a_trial_says_which_waiting_work_fits_and_who_could_take_it(bench: Bench) -> None:
    skill = await bench.skill("Washer")
    bo, chen = await bench.desk.person("Bo"), await bench.desk.person("Chen")
    await bench.give(bo.id, skill, 5)
    await bench.give(chen.id, skill, 2)
    await bench.desk.online(chen)
    chat = await bench.site.ticket(kind="chat")
    await bench.site.ticket()
    spec = {"name_en": "Chats", "steps": [step(skill, 4), step(skill, 2)], "condition": CHAT}
    found = (await bench.chief.post("/requirement-rules/trial", {"spec": spec})).json()
    assert (found["looked_at"], found["matched"]) == (2, 1)
    assert [one["ticket_id"] for one in found["items"]] == [chat]
    assert found["supply"] == [{"able": 1, "online": 0}, {"able": 2, "online": 1}]


async def test_a_trial_leaves_work_to_the_rules_before_it(bench: Bench) -> None:
    skill = await bench.skill("Washer")
    await bench.rule(step(skill), condition=CHAT)
    mine = await bench.rule(step(skill), is_on=False)
    await bench.site.ticket(kind="chat")
    api = await bench.site.ticket()
    trial = {"spec": mine["spec"], "rule_id": mine["id"]}
    found = (await bench.chief.post("/requirement-rules/trial", trial)).json()
    assert [one["ticket_id"] for one in found["items"]] == [api]


async def test_a_trial_names_no_ticket_of_a_team_that_is_not_seen(bench: Bench) -> None:
    skill = await bench.skill("Washer")
    await bench.site.ticket(team=await bench.desk.team("Elsewhere"))
    trial = {"spec": {"name_en": "All", "steps": [step(skill)]}}
    found = (await bench.chief.post("/requirement-rules/trial", trial)).json()
    assert (found["looked_at"], found["items"]) == (0, [])


async def test_a_rule_that_names_what_is_gone_says_so_and_stays_off(bench: Bench) -> None:
    skill, night = await bench.skill("Washer"), await bench.desk.team("Night")
    condition = {"field": "team", "op": "is", "value": night}
    rule = await bench.rule(step(skill), condition=condition, is_on=False)
    await bench.desk.run("update team set archived_at = now() where id = %(id)s", id=night)
    path = f"/requirement-rules/{rule['id']}"
    seen = (await bench.chief.get(path)).json()
    assert seen["problems"] == [{"place": "team", "code": "archived_value", "value": night}]
    answer = await bench.chief.patch(path, {"spec": rule["spec"], "is_on": True, "version": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "rule_names_gone")


async def test_language_and_stage_are_facts_that_rules_may_ask(bench: Bench) -> None:
    skill = await bench.skill("English", "language")
    await bench.rule(step(skill), condition={"field": "language", "op": "is", "value": "en"})
    ticket = await bench.site.ticket()
    assert await required(bench, ticket) == {}
    await bench.desk.run("update customer set locale = 'en'")
    assert list(await required(bench, ticket)) == [ticket]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/requirement-rules"),
        ("POST", "/requirement-rules"),
        ("PUT", "/requirement-rules/order"),
        ("POST", "/requirement-rules/trial"),
        ("GET", "/requirement-rules/1"),
        ("PATCH", "/requirement-rules/1"),
        ("DELETE", "/requirement-rules/1"),
        ("GET", "/requirement-rules/1/versions"),
        ("POST", "/requirement-rules/1/roll-back"),
    ],
)
async def test_an_agent_keeps_no_rules(agent: Browser, method: str, path: str) -> None:
    assert (await agent.send(method, path, {})).status_code == 403


async def test_rule_on_a_risk_counts_for_work_that_shows_it(bench: Bench) -> None:
    skill = await bench.skill("Complaints")
    await bench.rule(step(skill), condition={"field": "risk", "op": "any_of", "value": ["media_regulator"]})
    plain, risky = await bench.site.ticket("It drips."), await bench.site.ticket("再不退款我就打12315", who="c2")
    async with bench.desk.parts.database.transaction() as tx:
        ticket = await lock_visible_ticket(tx, risky, by=SYSTEM)
        [entry] = [one for one in await bench.desk.timeline(risky) if one.kind == "message"]
        said = Written(entry.id, risky, entry.text)
        assert await alert(tx, ticket, said, find_risks(said.text), now=bench.desk.now) == 1
    assert list(await required(bench, plain, risky)) == [risky]
