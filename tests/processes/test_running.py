"""A ticket's way through its process: stages, conditions, deadlines, escalation, the customer's word, the draw."""

from typing import Any

import pytest

from tests.processes.desk import HOUR, Flow, question, stage
from tests.site import note_of, reply_of


async def test_type_starts_the_process_and_its_first_stage_has_a_clock(flow: Flow) -> None:
    await flow.make(stage("first", span=HOUR), stage("second"))
    ticket = await flow.ticket()
    run = await flow.run(ticket)
    [visit] = run["visits"]
    assert (visit["stage"], visit["entered_by"], visit["due_at"]) == ("first", "start", "2026-11-23T03:00:00Z")
    clocks = (await flow.floor.wu.get(f"/tickets/{ticket}/clocks")).json()["items"]
    assert [one["metric"] for one in clocks] == ["stage"]
    # heard twice, it begins once
    await flow.site.desk.run("update reader set seq = 0 where name = 'processes'")
    await flow.follow()
    assert len((await flow.run(ticket))["visits"]) == 1


async def test_stage_ends_only_when_its_questions_are_answered(flow: Flow) -> None:
    await flow.make(stage("first", questions=[question("cause"), question("note", is_required=False)]), stage("second"))
    ticket = await flow.ticket()
    refused = await flow.advance(ticket)
    assert (refused.status_code, refused.json()["fields"]) == (422, {"answers.cause": "required"})
    assert (await flow.answer(ticket, cause=3)).status_code == 400
    assert (await flow.answer(ticket, other="x")).status_code == 400
    answered = await flow.answer(ticket, cause="密封圈")
    assert answered.json()["run"]["problems"] == {}
    assert (await flow.advance(ticket)).status_code == 201
    assert await flow.at(ticket) == "second"
    assert (await flow.advance(ticket)).status_code == 201
    assert (await flow.run(ticket))["ended_at"] is not None
    assert (await flow.advance(ticket)).json()["code"] == "no_process"
    assert await flow.lines(ticket) == ["entered", "answered", "entered", "finished"]


async def test_second_press_leaves_no_second_stage(flow: Flow) -> None:
    await flow.make(stage("first"), stage("second"), stage("third"))
    ticket = await flow.ticket()
    [visit] = (await flow.run(ticket))["visits"]
    assert (await flow.advance(ticket, visit_id=visit["id"])).status_code == 201
    again = await flow.advance(ticket, visit_id=visit["id"])
    assert (again.status_code, again.json()["code"]) == (409, "stage_is_left")
    assert await flow.at(ticket) == "second"
    assert (await flow.advance(ticket)).status_code == 201


async def test_answers_choose_the_way_and_the_ticket_goes_to_the_stages_team(flow: Flow) -> None:
    needs_rd = {"field": "answers.rd", "op": "is", "value": True}
    await flow.make(
        stage("ask", questions=[question("rd", "yes_no")], ways=[{"to": "rd", "when": needs_rd}, {"to": "plan"}]),
        stage("rd", team_id=flow.floor.technical),
        stage("plan"),
    )
    plain, deep = await flow.ticket(), await flow.ticket()
    for ticket, wants, to in ((plain, False, "plan"), (deep, True, "rd")):
        await flow.answer(ticket, rd=wants)
        await flow.advance(ticket)
        assert await flow.at(ticket) == to
    assert await flow.site.desk.column(plain, "team_id") == 1
    assert await flow.site.desk.column(deep, "team_id") == flow.floor.technical


async def test_running_ticket_stays_on_its_version(flow: Flow) -> None:
    first = await flow.make(stage("one"), stage("two"))
    ticket = await flow.ticket()
    second = await flow.make(stage("one"), stage("three"))
    assert (second["versions"], second["runs"]) == (2, 1)
    run = await flow.run(ticket)
    assert (run["version_id"], run["is_newest"]) == (first["version_id"], False)
    await flow.advance(ticket)
    assert await flow.at(ticket) == "two"
    fresh = await flow.ticket()
    await flow.advance(fresh)
    assert await flow.at(fresh) == "three"
    versions = (await flow.floor.wu.get(f"/processes/{second['id']}/versions")).json()["items"]
    assert [one["id"] for one in versions] == [second["version_id"], first["version_id"]]


async def test_late_stage_is_told_once_and_moves_the_ticket_up(flow: Flow) -> None:
    await flow.make(
        stage("first", span=HOUR, late_to="up", raises_priority=True), stage("up", team_id=flow.floor.technical)
    )
    ticket = await flow.ticket()
    flow.site.desk.later(minutes=48)
    await flow.follow()
    await flow.follow()
    assert await flow.lines(ticket) == ["entered", "due_soon"]
    flow.site.desk.later(minutes=12)
    await flow.follow()
    await flow.follow()
    assert await flow.lines(ticket) == ["entered", "due_soon", "late", "entered"]
    assert await flow.site.desk.column(ticket, "team_id") == flow.floor.technical
    assert await flow.site.desk.column(ticket, "priority") == 3
    first, second = (await flow.run(ticket))["visits"]
    assert (first["is_late"], second["entered_by"]) == (True, "late")
    assert len(await flow.site.desk.events("stage_late")) == 1


async def test_only_a_message_to_the_customer_is_an_update(flow: Flow) -> None:
    await flow.make(stage("first", update_every={"amount": 2, "unit": "natural_hours"}), stage("second"))
    ticket = await flow.ticket()

    async def updates() -> list[tuple[str, str | None]]:
        clocks = (await flow.floor.wu.get(f"/tickets/{ticket}/clocks")).json()["items"]
        own = sorted((one for one in clocks if one["metric"] == "customer_update"), key=lambda one: one["round"])
        return [(one["state"], one["outcome"]) for one in own]

    flow.site.desk.later(minutes=100)
    await flow.floor.wu.post(f"/tickets/{ticket}/notes", note_of("研发还在查"))
    await flow.follow()
    assert (await flow.lines(ticket))[-1] == "update_soon"
    assert await updates() == [("running", None)]
    await flow.floor.wu.post(f"/tickets/{ticket}/replies", reply_of("今天还在复现。"))
    await flow.follow()
    assert await updates() == [("ended", "met"), ("running", None)]
    flow.site.desk.later(hours=2)
    await flow.follow()
    assert (await flow.lines(ticket))[-1] == "update_late"
    await flow.advance(ticket)
    assert (await updates())[-1] == ("ended", "dropped")


async def test_told_and_tasks_hold_a_stage_until_they_are_done(flow: Flow) -> None:
    task = {"title_en": "Check", "title_zh": "核查", "span": HOUR, "team_id": flow.floor.logistics}
    await flow.make(stage("first", needs=["told", "tasks"], tasks=[task]))
    ticket = await flow.ticket()
    assert (await flow.run(ticket))["problems"] == {"told": "required", "tasks": "open"}
    await flow.floor.wu.post(f"/tickets/{ticket}/replies", reply_of("您好"))
    [given] = (await flow.floor.partner.get("/tasks")).json()["items"]
    assert given["title"] == "核查 / Check"
    await flow.floor.partner.put(f"/tasks/{given['id']}/result", {"result": "无误"})
    assert (await flow.run(ticket))["problems"] == {}


async def test_same_solution_again_is_warned_of_and_two_failures_move_up(flow: Flow) -> None:
    await flow.make(stage("first"), stage("second"), fails_to="second")
    ticket = await flow.ticket()
    path = f"/tickets/{ticket}/solutions"

    async def fail(text: str, **more: Any) -> None:
        tried = (await flow.floor.wu.post(path, {"text": text} | more)).json()["solutions"][-1]["id"]
        answer = await flow.floor.wu.put(f"{path}/{tried}/outcome", {"outcome": "failed"})
        assert answer.status_code == 200, answer.text

    await fail("Reset the sensor")
    again = await flow.floor.wu.post(path, {"text": "reset the SENSOR."})
    assert (again.status_code, again.json()["code"]) == (409, "solution_tried")
    assert again.json()["person_id"] == flow.floor.people["wu"].id
    assert await flow.at(ticket) == "first"
    await fail("Replace the seal")
    assert await flow.at(ticket) == "second"
    assert (await flow.run(ticket))["visits"][-1]["entered_by"] == "failed"
    await fail("Reset the sensor", force=True)
    assert len((await flow.run(ticket))["visits"]) == 2


async def test_customers_word_is_needed_and_not_solved_leads_back(flow: Flow) -> None:
    await flow.make(stage("work"), stage("word", needs=["confirmation"], not_solved_to="work"))
    ticket = await flow.ticket()
    path = f"/tickets/{ticket}/process/confirmations"
    early = await flow.floor.wu.post(path, {"answer": "solved", "way": "phone"})
    assert early.status_code == 400
    await flow.advance(ticket)
    assert (await flow.advance(ticket)).json()["fields"] == {"confirmation": "required"}
    await flow.floor.wu.post(path, {"answer": "not_solved", "way": "phone", "words": "还漏"})
    assert await flow.at(ticket) == "work"
    await flow.advance(ticket)
    await flow.floor.wu.post(path, {"answer": "solved", "way": "message"})
    assert (await flow.advance(ticket)).status_code == 201
    run = await flow.run(ticket)
    assert [one["answer"] for one in run["confirmations"]] == ["not_solved", "solved"]
    assert run["ended_at"] is not None


async def test_each_fifth_of_a_person_is_drawn_and_each_severe_one(flow: Flow) -> None:
    severe = {"field": "priority", "op": "is", "value": 4}
    await flow.make(stage("first", inspect_one_in=2, inspect_when=severe), stage("second"))
    drawn = []
    for number in range(3):
        ticket = await flow.ticket()
        if number == 2:
            await flow.floor.wu.patch(f"/tickets/{ticket}", {"priority": 4})
        await flow.advance(ticket)
        [mark] = (await flow.run(ticket))["marks"]
        drawn.append((mark["number"], mark["is_drawn"]))
    assert drawn == [(1, False), (2, True), (3, True)]
    facts = await flow.site.desk.events("inspection_drawn")
    assert [one.data["number"] for one in facts] == [2, 3]


async def test_stage_by_hand_is_for_those_who_lead_and_needs_a_reason(flow: Flow) -> None:
    await flow.make(stage("first", needs=["told"]), stage("second"))
    ticket = await flow.ticket()
    body = {"to": "second", "reason": "客户已当面沟通"}
    assert (await flow.floor.lin.post(f"/tickets/{ticket}/process/advance", body)).status_code == 403
    assert (await flow.advance(ticket, to="second")).status_code == 400
    assert (await flow.advance(ticket, to="nowhere", reason="x")).status_code == 400
    assert (await flow.advance(ticket, **body)).status_code == 201
    assert (await flow.run(ticket))["visits"][-1]["entered_by"] == "by_hand"


async def test_ticket_in_a_process_is_not_closed_and_withdrawn_it_is(flow: Flow) -> None:
    await flow.make(stage("first", span=HOUR, update_every=HOUR))
    ticket = await flow.ticket()
    closed = await flow.site.desk.sql("select id from status where category = 'closed'")
    refused = await flow.floor.wu.patch(f"/tickets/{ticket}", {"status_id": closed})
    assert (refused.status_code, refused.json()["code"]) == (422, "process_open")
    await flow.floor.wu.put(f"/tickets/{ticket}/withdrawal", {"reason": "不要了"})
    await flow.follow()
    assert (await flow.lines(ticket))[-1] == "dropped"
    running = "select count(*) from clock where ticket_id = %(id)s and state <> 'ended'"
    assert await flow.site.desk.sql(running, id=ticket) == 0


async def test_another_type_ends_the_process(flow: Flow) -> None:
    await flow.make(stage("first"))
    ticket = await flow.ticket()
    await flow.floor.wu.patch(f"/tickets/{ticket}", {"type_id": None})
    await flow.follow()
    assert [one.data["outcome"] for one in await flow.site.desk.events("process_ended")] == ["dropped"]


async def test_department_that_is_gone_leaves_the_ticket_and_says_so(flow: Flow) -> None:
    await flow.make(stage("first"), stage("second", team_id=flow.floor.technical))
    ticket = await flow.ticket()
    await flow.site.desk.run("update team set archived_at = now() where id = %(id)s", id=flow.floor.technical)
    assert (await flow.advance(ticket)).status_code == 201
    assert await flow.at(ticket) == "second"
    assert await flow.site.desk.column(ticket, "team_id") == 1
    assert (await flow.lines(ticket))[-1] == "team_gone"
    assert (await flow.floor.wu.get("/processes")).json()["items"][0]["lost_team_ids"] == [flow.floor.technical]


async def test_hours_that_never_come_leave_the_stage_without_a_clock(flow: Flow) -> None:
    await flow.make(stage("first"), stage("second", span=HOUR))
    ticket = await flow.ticket()
    spec = '{"time_zone": "Asia/Shanghai", "week": {}}'
    await flow.site.desk.run("update calendar_version set spec = %(spec)s::jsonb", spec=spec)
    assert (await flow.advance(ticket)).status_code == 201
    assert (await flow.run(ticket))["visits"][-1]["due_at"] is None
    assert (await flow.lines(ticket))[-1] == "no_hours"


async def test_stranger_sees_no_process_of_a_ticket(flow: Flow) -> None:
    await flow.make(stage("first"))
    ticket = await flow.ticket()
    for who, status in ((flow.floor.tan, 404), (flow.floor.partner, 403)):
        assert (await who.get(f"/tickets/{ticket}/process")).status_code == status
        body = {"text": "reset"}
        assert (await who.post(f"/tickets/{ticket}/solutions", body)).status_code == status


@pytest.mark.parametrize("outcome", ["worked", "failed"])
async def test_outcome_of_a_solution_is_said_once(flow: Flow, outcome: str) -> None:
    ticket = await flow.floor.ticket()
    path = f"/tickets/{ticket}/solutions"
    tried = (await flow.floor.wu.post(path, {"text": "reset"})).json()["solutions"][0]["id"]
    assert (await flow.floor.wu.put(f"{path}/{tried}/outcome", {"outcome": outcome})).status_code == 200
    again = await flow.floor.wu.put(f"{path}/{tried}/outcome", {"outcome": "worked"})
    assert again.json()["code"] == "solution_outcome_known"
    assert (await flow.floor.wu.put(f"{path}/987/outcome", {"outcome": "worked"})).status_code == 404
