"""Conditions that cannot be used say so clearly; views on fields that are gone go on; shipped views are conditions."""

from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.site import Site, note_of
from tests.views.conftest import Finish

LEAF = {"field": "subject", "op": "contains", "value": "pump"}


WORDS = {"unknown_field", "unknown_op", "bad_value", "too_many", "too_deep", "not_readable"}


def nested(depth: int, inner: dict[str, Any] | None = None) -> dict[str, Any]:
    condition = inner or LEAF
    for level in range(depth):
        condition = {"all": [condition]} if level % 2 else {"any": [condition]}
    return condition


async def ask(agent: Browser, condition: Any, **more: Any) -> Any:
    return await agent.post("/tickets/query", {"condition": condition} | more)


async def listed(agent: Browser, condition: Any) -> list[int]:
    answer = await ask(agent, condition)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


@pytest.mark.parametrize(
    "condition",
    [
        nested(50),
        {"all": [LEAF] * 101},
        {"field": "subject", "op": "resembles", "value": "x"},
        {"field": "subject", "op": "less", "value": "x"},
        {"field": "priority", "op": "contains", "value": "x"},
        {"field": "nowhere", "op": "is", "value": "x"},
        {"field": "created", "op": "within_last", "value": "soon"},
        {"field": "created", "op": "between", "value": ["2026-01-01"]},
        {"field": "following", "op": "is", "value": "yes"},
        {"either": [LEAF]},
        {"all": [LEAF], "any": [LEAF]},
        {"all": LEAF},
        {"not": []},
        {},
    ],
)
async def test_condition_that_cannot_be_is_refused_in_words(agent: Browser, condition: Any) -> None:
    view = {"name_en": "x", "condition": condition}
    for answer in (await ask(agent, condition), await agent.post("/saved-views", view)):
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_condition")
        assert len(answer.json()["detail"]) > 10
        # what the page says in the reader's language, part by part
        assert set(answer.json()["fields"].values()) <= WORDS
        assert answer.json()["fields"]
    assert (await agent.get("/saved-views")).json()["items"] == []


async def test_condition_of_fifty_comparisons_is_used(site: Site, agent: Browser) -> None:
    ticket = await site.ticket("It leaks", subject="The pump leaks")
    others = [{"field": "subject", "op": "contains", "value": f"word {number}"} for number in range(49)]
    assert await listed(agent, {"any": [*others, LEAF]}) == [ticket]
    assert await listed(agent, nested(11)) == [ticket]
    assert await listed(agent, {"all": [LEAF, *({"not": one} for one in others)]}) == [ticket]


async def test_condition_on_ten_thousand_letters_finds_what_there_is(site: Site, agent: Browser) -> None:
    await site.ticket()
    assert await listed(agent, {"field": "subject", "op": "contains", "value": "水" * 10_000}) == []
    name = {"name_en": "x" * 10_000, "condition": LEAF}
    assert (await agent.post("/saved-views", name)).status_code == 400


@pytest.mark.parametrize("bad", [{"sort": "colour"}, {"limit": 100_000}, {"cursor": "x"}, {"columns": ["a"]}])
async def test_query_with_what_is_not_known_is_refused(agent: Browser, bad: dict[str, Any]) -> None:
    assert (await ask(agent, LEAF, **bad)).status_code == 400


async def saved(agent: Browser, condition: Any) -> int:
    made = await agent.post("/saved-views", {"name_en": "Mine", "condition": condition, "columns": ["fields.colour"]})
    assert made.status_code == 201, made.text
    return int(made.json()["id"])


async def problems(agent: Browser) -> list[tuple[str, str]]:
    [view] = (await agent.get("/saved-views")).json()["items"]
    return [(one["field"], one["code"]) for one in view["problems"]]


def options(*values: str, is_archived: bool = False) -> dict[str, Any]:
    named = [{"value": one, "name_en": one, "name_zh": one, "is_archived": is_archived} for one in values]
    return {"choices": named}


async def colour(boss: Browser) -> int:
    body: dict[str, Any] = {"key": "colour", "name_en": "Colour", "name_zh": "颜色", "kind": "choice"}
    body["options"] = options("red", "blue")
    return int((await boss.post("/fields", body)).json()["id"])


async def test_view_goes_on_while_its_field_is_renamed_and_archived(
    site: Site, agent: Browser, boss: Browser, finish: Finish
) -> None:
    ticket = await site.ticket()
    field = await colour(boss)
    await agent.patch(f"/tickets/{ticket}", {"fields": {"colour": "red"}})
    view = await saved(agent, {"field": "fields.colour", "op": "is", "value": "red"})

    async def shown() -> list[int]:
        page = (await agent.get(f"/tickets?view=saved:{view}")).json()
        return [one["id"] for one in page["items"]]

    renamed = {"name_en": "Paint", "name_zh": "油漆", "options": options("red", "blue")}
    assert (await boss.patch(f"/fields/{field}", renamed)).status_code == 200
    assert (await shown(), await problems(agent)) == ([ticket], [])
    assert (await boss.patch(f"/fields/{field}", renamed | {"is_archived": True})).status_code == 200
    assert (await shown(), await problems(agent)) == ([ticket], [("fields.colour", "archived_field")])
    # it can be renamed, changed in bulk and exported all the same
    assert (await agent.patch(f"/saved-views/{view}", {"name_en": "Red ones"})).status_code == 200
    body = {"selection": {"view": f"saved:{view}"}, "changes": {"priority": 4}}
    assert (await finish(agent, await agent.post("/bulk", body)))["done"] == 1
    export = {"selection": {"view": f"saved:{view}"}, "columns": ["number", "fields.colour", "fields.never"]}
    assert (await finish(agent, await agent.post("/exports", export)))["state"] == "done"


async def test_view_tells_of_choices_people_and_teams_that_are_gone(site: Site, agent: Browser, boss: Browser) -> None:
    field = await colour(boss)
    mo = await site.desk.person("Mo")
    leaves = [
        {"field": "fields.colour", "op": "any_of", "value": ["red", "blue"]},
        {"field": "assignee", "op": "is", "value": mo.id},
    ]
    await saved(agent, {"any": leaves})
    assert await problems(agent) == []
    gone = {"name_en": "Colour", "name_zh": "颜色", "options": options("red", "blue", is_archived=True)}
    assert (await boss.patch(f"/fields/{field}", gone)).status_code == 200
    await site.desk.run("update person set deactivated_at = now() where id = %(id)s", id=mo.id)
    found = set(await problems(agent))
    assert {("fields.colour", "archived_value"), ("assignee", "archived_value")} <= found


async def test_followed_and_mentioned_are_conditions_of_their_reader(
    site: Site, agent: Browser, boss: Browser, lu: Any
) -> None:
    followed, mentioned = await site.ticket(), await site.ticket("Another")
    await agent.put(f"/tickets/{followed}/followers/{lu.id}", {})
    await boss.post(f"/tickets/{mentioned}/notes", note_of("@Lu", mentions=[lu.id]))
    await agent.delete(f"/tickets/{mentioned}/followers/{lu.id}")
    following, named = ({"field": name, "op": "is", "value": True} for name in ("following", "mentioned"))
    assert (await listed(agent, following), await listed(agent, named)) == ([followed], [mentioned])
    assert (await listed(boss, following), await listed(boss, named)) == ([], [])
    assert await listed(agent, {"not": following}) == [mentioned]
    for view, ticket in (("following", followed), ("mentions", mentioned)):
        page = (await agent.get(f"/tickets?view={view}")).json()
        assert [one["id"] for one in page["items"]] == [ticket]


async def test_merged_ticket_stands_in_no_list(site: Site, agent: Browser) -> None:
    old, target = await site.ticket("One", subject="The pump"), await site.ticket("Two", subject="The pump")
    body = {"source_ids": [old], "confirmed": True}
    assert (await agent.post(f"/tickets/{target}/merge", body)).status_code == 200
    assert await listed(agent, LEAF) == [target]
    assert await listed(agent, {"field": "category", "op": "is", "value": "closed"}) == []


async def test_lists_name_customers_and_files_of_custom_fields(
    site: Site, agent: Browser, boss: Browser, finish: Finish
) -> None:
    ticket, other = await site.ticket(), await site.ticket("Another", who="payer")
    for key, kind in (("payer", "customer"), ("scan", "file")):
        await boss.post("/fields", {"key": key, "name_en": key, "name_zh": key, "kind": kind})
    payer = await site.desk.column(other, "customer_id")
    await site.desk.run("update customer set name = 'Rosa' where id = %(id)s", id=payer)
    file = (await agent.client.post("/api/v1/files", files={"file": ("a.txt", b"a", "text/plain")})).json()["id"]
    changed = await agent.patch(f"/tickets/{ticket}", {"fields": {"payer": payer, "scan": file}})
    assert changed.status_code == 200, changed.text
    page = (await ask(agent, {"field": "number", "op": "is", "value": ticket})).json()
    assert (page["customer_names"], page["file_names"]) == ({str(payer): "Rosa"}, {str(file): "a.txt"})
    hidden = await site.desk.team("Repairs")
    await site.desk.run("update ticket set team_id = %(team)s where id = %(id)s", team=hidden, id=other)
    page = (await ask(agent, {"field": "number", "op": "is", "value": ticket})).json()
    assert page["customer_names"] == {}
    columns = ["fields.payer", "fields.scan"]
    export = {"selection": {"ids": [ticket]}, "columns": columns, "format": "csv"}
    report = await finish(agent, await agent.post("/exports", export))
    text = (await agent.get(f"/exports/{report['id']}/file")).text
    assert text.strip().splitlines()[1] == f"#{payer},a.txt"
