"""Processes as they are written: checked, versioned, archived, taken over from the shipped ones."""

from typing import Any

import pytest

from ombud.processes.services.definitions import shipped
from tests.processes.desk import HOUR, Flow, question, stage


@pytest.mark.parametrize(
    ("stages", "field"),
    [
        ([stage("a", ways=[{"to": "a"}])], "stages.a"),
        ([stage("a", name_en="", name_zh="")], "stages.a"),
        ([stage("a", questions=[question("q", "choice")])], "stages.a"),
        ([stage("a", questions=[question("q", name_en=" ", name_zh="")])], "stages.a"),
        ([stage("a", span={"amount": 90_000, "unit": "working_days"})], "span"),
        ([stage("a", team_id=987)], "987"),
    ],
)
async def test_process_that_cannot_be_is_refused_with_the_stage(
    flow: Flow, stages: list[dict[str, Any]], field: str
) -> None:
    answer = await flow.floor.wu.post("/processes", flow.spec(*stages))
    assert answer.status_code == 400, answer.text
    assert field in answer.json()["fields"]


async def test_condition_on_what_is_not_there_is_refused(flow: Flow) -> None:
    ghost = {"field": "answers.ghost", "op": "is", "value": True}
    answer = await flow.floor.wu.post("/processes", flow.spec(stage("a", enters_when=ghost)))
    assert answer.status_code == 400


async def test_one_type_has_one_process(flow: Flow) -> None:
    await flow.make(stage("a"))
    taken = await flow.floor.wu.post("/processes", flow.spec(stage("a")))
    assert (taken.status_code, taken.json()["code"]) == (409, "process_type_taken")
    body = flow.spec(stage("a")) | {"is_archived": True}
    assert (await flow.floor.wu.patch(f"/processes/{flow.process['id']}", body)).json()["is_archived"] is True
    assert (await flow.floor.wu.post("/processes", flow.spec(stage("a")))).status_code == 201


async def test_saving_the_same_makes_no_version(flow: Flow) -> None:
    await flow.make(stage("a", span=HOUR))
    assert (await flow.make(stage("a", span=HOUR)))["versions"] == 1
    assert len(await flow.site.desk.events("process_changed")) == 1


async def test_agents_change_no_process(flow: Flow) -> None:
    await flow.make(stage("a"))
    body = flow.spec(stage("b"))
    assert (await flow.floor.lin.post("/processes", body)).status_code == 403
    assert (await flow.floor.lin.patch(f"/processes/{flow.process['id']}", body)).status_code == 403
    assert (await flow.floor.lin.get("/processes")).status_code == 200
    assert (await flow.floor.wu.patch("/processes/987", body)).status_code == 404


@pytest.mark.parametrize("key", [one.key for one in shipped()])
async def test_shipped_process_is_taken_over_with_a_type_of_its_own(flow: Flow, key: str) -> None:
    answer = await flow.floor.wu.post(f"/process-examples/{key}")
    assert answer.status_code == 201, answer.text
    made = answer.json()
    kinds = (await flow.floor.wu.get("/ticket-types")).json()["items"]
    [kind] = [one for one in kinds if one["id"] == made["spec"]["type_id"]]
    assert (kind["name_zh"], kind["needs_closing"]) == (made["spec"]["name_zh"], True)
    ticket = await flow.floor.ticket()
    await flow.floor.wu.patch(f"/tickets/{ticket}", {"type_id": kind["id"]})
    await flow.follow()
    assert await flow.at(ticket) == made["spec"]["stages"][0]["key"]


async def test_shipped_processes_are_listed_for_those_who_manage_them(flow: Flow) -> None:
    assert len((await flow.floor.wu.get("/process-examples")).json()["items"]) == 4
    assert (await flow.floor.lin.get("/process-examples")).status_code == 403
    assert (await flow.floor.wu.post("/process-examples/nonsense")).status_code == 404


async def test_team_that_a_process_or_a_task_names_is_not_archived(flow: Flow) -> None:
    await flow.make(stage("a"), stage("b", team_id=flow.floor.technical))
    refused = await flow.admin.put(f"/teams/{flow.floor.technical}/archive", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "team_in_process")
    assert "Complaint" in refused.json()["detail"]
    ticket = await flow.floor.ticket()
    task = {"team_id": flow.floor.logistics, "title": "查快递", "span": HOUR}
    await flow.floor.lin.post(f"/tickets/{ticket}/tasks", task)
    refused = await flow.admin.put(f"/teams/{flow.floor.logistics}/archive", {})
    assert "查快递" in refused.json()["detail"]
