"""Rules by the API: kept in versions, refused where they cannot be, tried before they are saved."""

import asyncio
from typing import Any, get_args

import pytest

from ombud.automation.rules.schemas import ExampleKey
from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.automation.rules.conftest import NOTHING, Rules
from tests.site import Site

OPENED = {"kind": "events", "events": ["ticket_opened"]}


def spec(actions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name_en": "A rule", "when": OPENED, "condition": NOTHING, "actions": actions} | more


async def test_rules_are_kept_by_administrators_only(site: Site, rules: Rules, agent: Browser) -> None:
    rule = await rules.add({"priority": 4})
    for answer in (
        await agent.get("/rules"),
        await agent.post("/rules", {"spec": spec({"priority": 3})}),
        await agent.patch(f"/rules/{rule['id']}", {"is_on": False}),
        await agent.post("/rules/dry-run", {"spec": spec({"priority": 3})}),
        await agent.delete(f"/rules/{rule['id']}"),
    ):
        assert answer.status_code == 403
    assert (await site.stranger().get("/rules")).status_code == 401


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"name_en": " "}, "invalid"),
        ({"actions": {}}, "invalid"),
        ({"condition": {"field": "moon", "op": "is", "value": 1}}, "bad_condition"),
        ({"condition": {"field": "assignee", "op": "is", "value": "me"}}, "bad_condition"),
        ({"condition": {"field": "unread", "op": "is", "value": True}}, "bad_condition"),
        ({"actions": {"assignee": "me"}}, "invalid"),
        ({"actions": {"team_id": 99}}, "invalid"),
        ({"actions": {"macro_id": 99}}, "invalid"),
        ({"actions": {"reply": "Dear {{customer.moon}}"}}, "invalid"),
        ({"actions": {"fields": {"moon": 1}}}, "bad_fields"),
        ({"actions": {"mail": {"address": "nobody", "subject": "S", "text": "T"}}}, "unprocessable"),
        ({"when": {"kind": "time", "since": "created", "after": "0h"}}, "invalid"),
    ],
)
async def test_saving_refuses_what_cannot_be(rules: Rules, boss: Browser, bad: dict[str, Any], code: str) -> None:
    answer = await boss.post("/rules", {"spec": spec({"priority": 3}) | bad})
    assert answer.status_code in {400, 422}, answer.text
    assert answer.json()["code"] == code
    assert rules.boss is boss


async def test_saving_refuses_a_rule_that_wakes_itself(rules: Rules) -> None:
    answer = await rules.try_to_add({"note": "Again"}, "note_added")
    assert (answer.status_code, answer.json()["code"]) == (409, "rule_wakes_itself")
    assert answer.json()["fields"] == {"when": "note_added"}
    guarded = {"field": "priority", "op": "is_not", "value": 4}
    assert (await rules.try_to_add({"priority": 4}, "ticket_changed")).status_code == 409
    assert (await rules.try_to_add({"priority": 4}, "ticket_changed", condition=guarded)).status_code == 201


async def test_saving_refuses_two_rules_that_would_go_round(rules: Rules, boss: Browser) -> None:
    first = await rules.add(
        {"priority": 4}, "ticket_changed", condition={"field": "priority", "op": "is_not", "value": 4}
    )
    down: dict[str, Any] = {"condition": {"field": "priority", "op": "is", "value": 4}}
    answer = await rules.try_to_add({"priority": 1}, "ticket_changed", **down)
    assert (answer.status_code, answer.json()["code"]) == (409, "rules_contradict")
    assert answer.json()["fields"] == {"field": "priority", "rule": str(first["id"])}
    off = await rules.add({"priority": 1}, "ticket_changed", is_on=False, **down)
    assert (await boss.patch(f"/rules/{off['id']}", {"is_on": True})).json()["code"] == "rules_contradict"


async def test_list_warns_of_a_rule_that_another_overrules(rules: Rules, boss: Browser) -> None:
    first, second = await rules.add({"priority": 4}, "ticket_opened"), await rules.add({"priority": 1}, "ticket_opened")
    listed = (await boss.get("/rules")).json()["items"]
    assert listed[0]["warnings"] == [{"code": "overruled", "rule_id": second["id"], "field": "priority"}]
    assert (listed[0]["id"], listed[1]["warnings"]) == (first["id"], [])


async def test_each_change_is_a_version_that_can_be_given_back(rules: Rules, boss: Browser) -> None:
    rule = await rules.add({"priority": 4})
    path = f"/rules/{rule['id']}"
    changed = await boss.patch(path, {"spec": rule["spec"] | {"actions": {"add_tags": ["x"]}, "hours": "open"}})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert (await boss.patch(path, {"spec": changed.json()["spec"]})).json()["version"] == 2
    listed = (await boss.get(f"{path}/versions")).json()["items"]
    parts = {one["path"]: (one["before"], one["after"]) for one in listed[0]["changes"]}
    assert parts == {"hours": ("any", "open"), "actions.priority": (4, None), "actions.add_tags": (None, ["x"])}
    back = (await boss.post(f"{path}/roll-back", {"version": 1})).json()
    assert (back["version"], back["spec"]["actions"]) == (3, {"priority": 4})
    assert (await boss.get(f"{path}/versions")).json()["items"][0]["restored"] == 1
    assert (await boss.post(f"{path}/roll-back", {"version": 9})).status_code == 404


async def test_two_who_change_a_rule_at_once_change_it_once(site: Site, rules: Rules, boss: Browser) -> None:
    made = await rules.add({"priority": 4})
    path = f"/rules/{made['id']}"
    async with site.desk.parts.database.transaction() as tx:
        await tx.execute("update rule set version = version where id = %(id)s", {"id": made["id"]})
        names = [{"spec": made["spec"] | {"name_en": name}} for name in ("One", "Two")]
        asking = [asyncio.create_task(boss.patch(path, body)) for body in names]
        waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%%from rule %%'"
        async with asyncio.timeout(20):
            while await site.desk.sql(waiting) < len(asking):  # noqa: ASYNC110 – the database tells nobody who waits
                await asyncio.sleep(0.02)
    answers = sorted([await one for one in asking], key=lambda one: one.status_code)
    assert [one.status_code for one in answers] == [200, 409]
    assert answers[1].json()["code"] == "rule_edited"
    assert len((await boss.get(f"{path}/versions")).json()["items"]) == 2


async def test_rule_that_is_off_or_archived_does_nothing(site: Site, rules: Rules, boss: Browser) -> None:
    off, gone = await rules.add({"add_tags": ["off"]}), await rules.add({"add_tags": ["gone"]})
    await boss.patch(f"/rules/{off['id']}", {"is_on": False})
    assert (await boss.delete(f"/rules/{gone['id']}")).status_code == 204
    ticket = await site.ticket("Hello")
    await rules.hear()
    assert await site.desk.column(ticket, "tags") == []
    assert (await boss.get(f"/rules/{gone['id']}")).status_code == 404
    assert [one["id"] for one in (await boss.get("/rules")).json()["items"]] == [off["id"]]


async def test_order_decides_who_is_tried_first(site: Site, rules: Rules, boss: Browser) -> None:
    first = await rules.add({"add_tags": ["first"]}, stops=True)
    second = await rules.add({"add_tags": ["second"]}, stops=True)
    answer = await boss.put("/rules/order", {"ids": [second["id"]]})
    assert [one["id"] for one in answer.json()["items"]] == [second["id"], first["id"]]
    ticket = await site.ticket("Hello")
    await rules.hear()
    assert await site.desk.column(ticket, "tags") == ["second"]


async def test_dry_run_says_what_would_be_and_does_nothing(site: Site, rules: Rules, boss: Browser) -> None:
    fits, other = await site.ticket("A refund, please"), await site.ticket("Hello")
    condition = {"field": "message", "op": "contains", "value": "refund"}
    tried = {"priority": 4, "reply": "Dear {{customer.name}}", "note": "By {{agent.name}}"}
    answer = await boss.post("/rules/dry-run", {"spec": spec(tried, condition=condition), "last": 50})
    found = answer.json()
    assert (answer.status_code, found["looked_at"], found["matched"]) == (200, 2, 1)
    (match,) = found["items"]
    assert (match["ticket_id"], match["because"], match["note"]) == (fits, [condition], "")
    assert match["changes"] == [{"field": "priority", "from_value": 2, "to_value": 4}]
    assert match["reply"].startswith("Dear ")
    assert [await site.desk.column(one, "priority") for one in (fits, other)] == [2, 2]
    assert (await rules.told(fits), await site.desk.sql("select count(*) from rule_run")) == ([], 0)


async def test_dry_run_of_a_time_rule_counts_what_is_due(site: Site, rules: Rules, boss: Browser) -> None:
    await site.ticket("Hello")
    site.desk.later(hours=5)
    await site.ticket("Again")
    when = {"kind": "time", "since": "waiting", "after": "3h"}
    found = (await boss.post("/rules/dry-run", {"spec": spec({"priority": 3}, when=when)})).json()
    assert (found["looked_at"], found["matched"]) == (2, 1)
    assert rules.desk is site.desk


async def test_dry_run_shows_only_tickets_that_one_sees(site: Site, rules: Rules, boss: Browser) -> None:
    far = await site.desk.team("Far")
    await site.ticket("Secret", team=far)
    found = (await boss.post("/rules/dry-run", {"spec": spec({"priority": 3})})).json()
    assert (found["looked_at"], found["items"]) == (0, [])
    assert rules.desk is site.desk


async def test_runs_show_only_tickets_that_one_sees(site: Site, rules: Rules, boss: Browser) -> None:
    rule = await rules.add({"priority": 4}, "ticket_opened")
    await site.ticket("Secret", team=await site.desk.team("Far"))
    seen = await site.ticket("Hello")
    await rules.hear()
    assert [one["ticket_id"] for one in await rules.runs(rule)] == [seen]
    figures = (await boss.get(f"/rules/{rule['id']}")).json()["figures"]
    assert (figures["day"], figures["week"], figures["failed"]) == (2, 2, 0)


async def test_rule_that_names_something_gone_says_so_and_does_nothing(site: Site, rules: Rules, boss: Browser) -> None:
    team = await site.desk.team("Far")
    rule = await rules.add({"team_id": team, "priority": 4}, "ticket_opened")
    await site.desk.run("update team set archived_at = now() where id = %(id)s", id=team)
    ticket = await site.ticket("Hello")
    await rules.hear()
    assert (await site.desk.column(ticket, "team_id"), await site.desk.column(ticket, "priority")) == (1, 2)
    shown = (await boss.get(f"/rules/{rule['id']}")).json()
    assert shown["problems"] == [{"place": "team_id", "code": "archived_value", "value": team}]
    assert [one["problem"] for one in await rules.runs(rule)] == ["rule_names_gone"]
    assert await rules.told(ticket) == []
    await boss.patch(f"/rules/{rule['id']}", {"is_on": False})
    assert (await boss.patch(f"/rules/{rule['id']}", {"is_on": True})).json()["code"] == "rule_names_gone"


async def test_macro_that_is_removed_stops_its_rule(site: Site, rules: Rules, boss: Browser) -> None:
    macro = (await boss.post("/macros", {"title": "M", "scope": "all", "actions": {"priority": 4}})).json()
    rule = await rules.add({"macro_id": macro["id"]}, "ticket_opened")
    await boss.delete(f"/macros/{macro['id']}")
    await site.ticket("Hello")
    await rules.hear()
    assert [one["code"] for one in (await boss.get(f"/rules/{rule['id']}")).json()["problems"]] == ["gone_value"]
    assert [one["problem"] for one in await rules.runs(rule)] == ["rule_names_gone"]


@pytest.mark.parametrize("key", get_args(ExampleKey))
async def test_example_is_taken_up_once_and_off(rules: Rules, boss: Browser, key: str) -> None:
    made = await boss.post("/rules/examples", {"key": key})
    assert (made.status_code, made.json()["is_on"], made.json()["example"]) == (201, False, key)
    assert made.json()["spec"]["name_zh"]
    assert (await boss.post("/rules/examples", {"key": key})).json()["code"] == "example_there"
    assert (await boss.patch(f"/rules/{made.json()['id']}", {"is_on": True})).json()["is_on"] is True
    assert rules.boss is boss


async def test_changes_of_rules_are_told(site: Site, rules: Rules, boss: Browser, lu: Actor) -> None:
    rule = await rules.add({"priority": 4})
    await boss.patch(f"/rules/{rule['id']}", {"is_on": False})
    await boss.delete(f"/rules/{rule['id']}")
    told = [(one.data["rule_id"], one.data["change"]) for one in await site.desk.events("rule_changed")]
    assert told == [(rule["id"], change) for change in ("made", "switched", "archived")]
    assert lu.id


async def test_run_reaches_open_screens(site: Site, rules: Rules, lu: Actor) -> None:
    await rules.add({"priority": 4}, "ticket_opened")
    await site.ticket("Hello")
    await rules.hear()
    frames = [one.data for one in await site.frames(lu) if getattr(one.data, "kind", "") == "rule_ran"]
    assert [entry.details.field for frame in frames for entry in frame.entries] == ["rule"]
