"""Processes as they are written, at their limits: versions, two at once, what cannot be, and who may look."""

import asyncio
from typing import Any

import pytest

from ombud.processes.services.definitions import shipped
from tests.processes.desk import HOUR, Flow, question, stage

NUMBERED = """
    with made as (insert into process (created_at) select now() from generate_series(1, %(n)s) returning id)
    insert into process_version (process_id, spec, created_at)
    select id, jsonb_build_object('type_id', 1000000 + id, 'name_en', 'P', 'name_zh', 'P',
        'stages', jsonb_build_array(jsonb_build_object('key', 'a', 'name_en', 'A', 'name_zh', 'A'))), now() from made"""


async def changes(flow: Flow) -> list[str]:
    """What was announced of processes, in order."""
    return [one.data["change"] for one in await flow.site.desk.events("process_changed")]


async def save(flow: Flow, *stages: dict[str, Any], is_archived: bool = False) -> Any:
    body = flow.spec(*stages) | {"is_archived": is_archived}
    return await flow.floor.wu.patch(f"/processes/{flow.process['id']}", body)


async def test_two_who_make_a_process_of_one_type_at_once_make_one(flow: Flow) -> None:
    both = await asyncio.gather(
        *[who.post("/processes", flow.spec(stage("a"))) for who in (flow.floor.wu, flow.admin, flow.floor.wu)]
    )
    assert sorted(one.status_code for one in both) == [201, 409, 409]
    assert await changes(flow) == ["made"]


async def test_two_who_save_at_once_make_two_versions_of_one_process(flow: Flow) -> None:
    await flow.make(stage("a"))
    path = f"/processes/{flow.process['id']}"
    both = await asyncio.gather(*[flow.floor.wu.patch(path, flow.spec(stage("a"), stage(key))) for key in ("b", "c")])
    assert {one.status_code for one in both} == {200}
    versions = (await flow.floor.lin.get(f"{path}/versions")).json()["items"]
    assert [len(one["spec"]["stages"]) for one in versions] == [2, 2, 1]
    assert {one["spec"]["stages"][-1]["key"] for one in versions} == {"a", "b", "c"}


async def test_versions_are_read_by_agents_newest_first_and_by_no_partner(flow: Flow) -> None:
    await flow.make(stage("a"))
    await flow.make(stage("a", span=HOUR))
    path = f"/processes/{flow.process['id']}/versions"
    versions = (await flow.floor.lin.get(path)).json()["items"]
    assert [one["spec"]["stages"][0]["span"] for one in versions] == [HOUR, None]
    assert {one["made_by"] for one in versions} == {flow.floor.people["wu"].id}
    assert (await flow.floor.partner.get(path)).status_code == 403
    assert (await flow.floor.partner.get("/processes")).status_code == 403
    assert (await flow.site.stranger().get("/processes")).status_code == 401


async def test_archived_process_comes_back_only_while_its_type_is_free(flow: Flow) -> None:
    await flow.make(stage("a"))
    await save(flow, stage("a"), is_archived=True)
    other = await flow.floor.wu.post("/processes", flow.spec(stage("b")))
    assert other.status_code == 201
    refused = await save(flow, stage("a"))
    assert (refused.status_code, refused.json()["code"]) == (409, "process_type_taken")
    await flow.floor.wu.patch(f"/processes/{other.json()['id']}", flow.spec(stage("b")) | {"is_archived": True})
    back = await save(flow, stage("a"))
    assert (back.status_code, back.json()["is_archived"], back.json()["versions"]) == (200, False, 1)
    assert await changes(flow) == ["made", "archived", "made", "archived", "changed"]


async def test_archive_twice_is_told_once(flow: Flow) -> None:
    await flow.make(stage("a"))
    for _ in range(2):
        assert (await save(flow, stage("a"), is_archived=True)).json()["is_archived"] is True
    assert await changes(flow) == ["made", "archived"]


async def test_archived_process_begins_on_no_ticket(flow: Flow) -> None:
    await flow.make(stage("a"))
    running = await flow.ticket()
    await save(flow, stage("a"), is_archived=True)
    assert (await flow.floor.wu.get(f"/tickets/{await flow.ticket()}/process")).json()["run"] is None
    # who is in it goes on to its end
    assert (await flow.advance(running)).status_code == 201
    assert await flow.at(running) == ""


async def test_hundred_processes_are_enough(flow: Flow) -> None:
    await flow.make(stage("a"))
    await save(flow, stage("a"), is_archived=True)
    await flow.site.desk.run(NUMBERED, n=100)
    refused = await flow.floor.wu.post("/processes", flow.spec(stage("b")))
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_processes")
    back = await save(flow, stage("a"))
    assert (back.status_code, back.json()["code"]) == (409, "too_many_processes")


@pytest.mark.parametrize(
    "stages",
    [
        [],
        [stage("A")],
        [stage("a"), stage("a")],
        [stage("a", ways=[{"to": "ghost"}])],
        [stage("a", late_to="ghost")],
        [stage("a", not_solved_to="ghost")],
        [stage("a", questions=[question("q"), question("q")])],
        [stage("a", questions=[question("q", "colour")])],
        [stage("a", questions=[question("q", choices=[{"value": "x", "name_en": "X", "name_zh": "X"}])])],
        [stage("a", needs=["luck"])],
        [stage("a", link_days=0)],
        [stage("a", inspect_one_in=0)],
        [stage("a", exit_when={"field": "answers.q", "op": "nonsense", "value": 1})],
        [stage("a", colour="red")],
        [stage(f"s{n}") for n in range(31)],
    ],
)
async def test_process_that_cannot_be_is_refused_and_none_is_made(flow: Flow, stages: list[dict[str, Any]]) -> None:
    answer = await flow.floor.wu.post("/processes", flow.spec(*stages))
    assert answer.status_code == 400, answer.text
    assert (await flow.floor.wu.get("/processes")).json()["items"] == []


async def test_process_without_a_name_or_with_a_type_that_is_gone_is_refused(flow: Flow) -> None:
    nameless = await flow.floor.wu.post("/processes", flow.spec(stage("a"), name_en=" ", name_zh=""))
    assert (nameless.status_code, list(nameless.json()["fields"])) == (400, ["name_en"])
    assert (await flow.floor.wu.post("/processes", flow.spec(stage("a"), type_id=987))).status_code == 404
    one_language = await flow.floor.wu.post("/processes", flow.spec(stage("a"), name_en="", name_zh="投诉"))
    assert one_language.status_code == 201


async def test_refused_save_leaves_the_version_in_force(flow: Flow) -> None:
    await flow.make(stage("a"))
    assert (await save(flow, stage("a", ways=[{"to": "a"}]))).status_code == 400
    [one] = (await flow.floor.wu.get("/processes")).json()["items"]
    assert (one["versions"], [each["key"] for each in one["spec"]["stages"]]) == (1, ["a"])
    assert await changes(flow) == ["made"]


async def test_example_taken_twice_makes_no_half_of_a_process(flow: Flow) -> None:
    key = shipped()[0].key
    assert (await flow.floor.wu.post(f"/process-examples/{key}")).status_code == 201
    again = await flow.floor.wu.post(f"/process-examples/{key}")
    made = (await flow.floor.wu.get("/processes")).json()["items"]
    types = [one["spec"]["type_id"] for one in made]
    assert (again.status_code == 201) == (len(made) == 2)
    assert len(set(types)) == len(types)
