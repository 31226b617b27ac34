"""Saved views over the API: who may do what, what they find, and what happens when a part of one is gone."""

from typing import Any

import pytest

from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site

URGENT = {"field": "priority", "op": "is", "value": 4}


def view(**more: Any) -> dict[str, Any]:
    return {"name_en": "Urgent", "name_zh": "紧急", "condition": {"all": [URGENT]}} | more


def numbers(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


async def test_post_view_is_listed_and_finds_its_tickets(site: Site, agent: Browser) -> None:
    calm, urgent = await site.ticket(), await site.ticket(who="c2")
    await agent.patch(f"/tickets/{urgent}", {"priority": 4})
    made = await agent.post("/saved-views", view(columns=["number", "priority"], layout="table"))
    assert made.status_code == 201, made.text
    [listed] = (await agent.get("/saved-views")).json()["items"]
    assert listed == made.json()
    assert (listed["can_change"], listed["problems"], listed["layout"]) == (True, [], "table")
    assert numbers(await agent.get(f"/tickets?view=saved:{listed['id']}")) == [urgent]
    assert calm not in numbers(await agent.get(f"/tickets?view=saved:{listed['id']}"))


async def test_own_view_is_seen_by_its_owner_only(site: Site, agent: Browser, boss: Browser) -> None:
    view_id = (await agent.post("/saved-views", view())).json()["id"]
    assert (await boss.get("/saved-views")).json()["items"] == []
    assert (await boss.get(f"/tickets?view=saved:{view_id}")).status_code == 404
    assert (await boss.patch(f"/saved-views/{view_id}", {"name_en": "x"})).status_code == 404
    assert (await boss.delete(f"/saved-views/{view_id}")).status_code == 404
    assert await site.desk.events("saved_view_changed") == []


async def test_shared_view_needs_its_permission_and_is_seen_by_all(site: Site, agent: Browser, boss: Browser) -> None:
    refused = await agent.post("/saved-views", view(scope="all"))
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    view_id = (await boss.post("/saved-views", view(scope="all"))).json()["id"]
    [seen] = (await agent.get("/saved-views")).json()["items"]
    assert (seen["id"], seen["can_change"]) == (view_id, False)
    assert (await agent.patch(f"/saved-views/{view_id}", {"name_en": "x"})).status_code == 403
    assert (await agent.delete(f"/saved-views/{view_id}")).status_code == 403
    assert (await boss.delete(f"/saved-views/{view_id}")).status_code == 204
    assert [one.data["change"] for one in await site.desk.events("saved_view_changed")] == ["made", "removed"]


async def test_team_view_is_seen_by_who_sees_the_team(site: Site, agent: Browser) -> None:
    team = await site.desk.team("Repairs")
    lead = await site.browser(await site.desk.person("Mo", team, role="supervisor"))
    made = await lead.post("/saved-views", view(scope="team", team_id=team))
    assert made.status_code == 201, made.text
    assert (await agent.get("/saved-views")).json()["items"] == []
    assert (await agent.get(f"/tickets?view=saved:{made.json()['id']}")).status_code == 404
    assert (await lead.post("/saved-views", view(scope="team", team_id=1))).status_code == 400
    assert (await lead.post("/saved-views", view(scope="team"))).status_code == 400


async def test_patch_view_changes_what_is_given_and_shares_it(site: Site, boss: Browser, agent: Browser) -> None:
    view_id = (await boss.post("/saved-views", view())).json()["id"]
    changed = await boss.patch(f"/saved-views/{view_id}", {"name_en": "Hot", "sort": "waiting", "scope": "all"})
    assert (changed.json()["name_en"], changed.json()["sort"], changed.json()["name_zh"]) == ("Hot", "waiting", "紧急")
    assert len((await agent.get("/saved-views")).json()["items"]) == 1
    assert (await boss.patch(f"/saved-views/{view_id}", {"scope": "own"})).status_code == 200
    assert (await agent.get("/saved-views")).json()["items"] == []
    assert [one.data["change"] for one in await site.desk.events("saved_view_changed")] == ["changed", "removed"]


async def test_put_order_is_kept_and_leaves_what_others_keep(agent: Browser, boss: Browser) -> None:
    shared = (await boss.post("/saved-views", view(scope="all"))).json()["id"]
    ids = [(await agent.post("/saved-views", view(name_en=str(one)))).json()["id"] for one in range(3)]
    answer = await agent.put("/saved-views/order", {"ids": [shared, *reversed(ids)]})
    assert numbers(answer) == [shared, *reversed(ids)]
    assert numbers(await agent.get("/saved-views")) == [shared, *reversed(ids)]


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"field": "colour", "op": "is", "value": "x"}, "colour"),
        ({"field": "priority", "op": "contains", "value": "x"}, "priority"),
        ({"field": "created", "op": "after", "value": "yesterday"}, "created"),
        ({"field": "number", "op": "more", "value": 10**30}, "number"),
    ],
)
async def test_post_view_with_a_condition_that_cannot_be_names_the_field(
    agent: Browser, bad: dict[str, Any], field: str
) -> None:
    answer = await agent.post("/saved-views", view(condition={"all": [bad]}))
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_condition")
    assert field in answer.json()["fields"]


async def test_fifty_nested_conditions_are_refused_in_words(agent: Browser) -> None:
    deep: dict[str, Any] = URGENT
    for _ in range(50):
        deep = {"not": deep}
    for answer in (
        await agent.post("/saved-views", view(condition=deep)),
        await agent.post("/tickets/query", {"condition": deep}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_condition")
        assert "12 levels" in answer.json()["detail"]
    many = await agent.post("/tickets/query", {"condition": {"any": [URGENT] * 101}})
    assert "100 comparisons" in many.json()["detail"]
    assert (await agent.post("/tickets/query", {"condition": {"any": [URGENT] * 100}})).status_code == 200


async def test_view_on_an_archived_field_says_so_works_and_stays_editable(agent: Browser, boss: Browser) -> None:
    choices = [{"value": "red", "name_en": "Red", "name_zh": "红"}, {"value": "tan", "name_en": "Tan", "name_zh": "棕"}]
    names = {"name_en": "Colour", "name_zh": "颜色"}
    field = {"key": "colour", "kind": "choice", "options": {"choices": choices}} | names
    field_id = (await boss.post("/fields", field)).json()["id"]
    leaf = {"field": "fields.colour", "op": "any_of", "value": ["red", "tan"]}
    view_id = (await agent.post("/saved-views", view(condition={"any": [leaf]}))).json()["id"]
    await boss.patch(f"/fields/{field_id}", names | {"options": {"choices": choices[:1]}})
    [seen] = (await agent.get("/saved-views")).json()["items"]
    assert seen["problems"] == [{"field": "fields.colour", "code": "gone_value", "value": "tan"}]
    await boss.patch(f"/fields/{field_id}", names | {"options": {"choices": choices}, "is_archived": True})
    [seen] = (await agent.get("/saved-views")).json()["items"]
    assert [one["code"] for one in seen["problems"]] == ["archived_field"]
    assert numbers(await agent.get(f"/tickets?view=saved:{view_id}")) == []
    renamed = await agent.patch(f"/saved-views/{view_id}", {"name_en": "Old colours"})
    assert (renamed.status_code, renamed.json()["name_en"]) == (200, "Old colours")


async def test_view_on_a_person_who_left_says_so(site: Site, agent: Browser, lu: Actor) -> None:
    mo = await site.desk.person("Mo")
    team = await site.desk.team("Old")
    gone = [{"field": "assignee", "op": "is", "value": mo.id}, {"field": "team", "op": "any_of", "value": [team, 999]}]
    mine = {"field": "assignee", "op": "any_of", "value": ["me", lu.id]}
    await agent.post("/saved-views", view(condition={"any": [*gone, mine]}))
    await site.desk.run("update person set deactivated_at = now() where id = %(id)s", id=mo.id)
    await site.desk.run("update team set archived_at = now() where id = %(id)s", id=team)
    [seen] = (await agent.get("/saved-views")).json()["items"]
    assert [(one["field"], one["code"], one["value"]) for one in seen["problems"]] == [
        ("assignee", "archived_value", mo.id),
        ("team", "gone_value", 999),
        ("team", "archived_value", team),
    ]


async def test_programs_share_views_but_have_none_of_their_own(site: Site, agent: Browser) -> None:
    admin = await site.desk.person("Ada", role="administrator")
    program = await site.program(admin, "tickets.read", "views.manage")
    assert (await program.post("/saved-views", view())).status_code == 403
    person = await site.browser(admin)
    assert (await person.post("/saved-views", view(scope="all"))).status_code == 201
    assert numbers(await program.get("/saved-views")) == numbers(await agent.get("/saved-views"))
