"""What a careless hand breaks: it is refused, or handled, and said in words."""

from typing import Any

import pytest

from tests.processes.desk import HOUR, Flow, stage
from tests.teamwork.desk import HOURS_8

TOO_LONG = {"amount": 1_001, "unit": "working_days"}
NEVER = {"time_zone": "Asia/Shanghai", "week": {}}


async def policy(flow: Flow, **step: Any) -> Any:
    """A policy with one step."""
    calendar = await flow.site.desk.sql("select min(id) from calendar")
    body = {
        "name_en": "Standard",
        "calendar_id": calendar,
        "targets": [{"metric": "resolution", "span": HOUR}],
        "steps": [{"minutes": 0} | step],
    }
    return await flow.admin.post("/service-policies", body)


async def test_stage_without_an_exit_is_refused_with_its_name(flow: Flow) -> None:
    round_ = [stage("one", ways=[{"to": "two"}]), stage("two", ways=[{"to": "one"}]), stage("end")]
    refused = await flow.admin.post("/processes", flow.spec(*round_))
    assert refused.status_code == 400
    assert refused.json()["fields"]["stages.one"] == refused.json()["fields"]["stages.two"] == "no_exit"
    assert "never be done" in refused.json()["detail"]


@pytest.mark.parametrize("calls_in", [False, True], ids=["moved to", "called in"])
async def test_department_that_an_escalation_names_is_not_archived(flow: Flow, *, calls_in: bool) -> None:
    task = {"team_id": flow.floor.technical, "title": "查", "span": HOUR}
    made = await policy(flow, **({"task": task} if calls_in else {"team_id": flow.floor.technical}))
    assert made.status_code == 201, made.text
    refused = await flow.admin.put(f"/teams/{flow.floor.technical}/archive", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "team_in_process")
    assert "Standard" in refused.json()["detail"]


async def test_department_with_a_dispatch_goes_and_its_tickets_with_it(flow: Flow) -> None:
    ticket = await flow.floor.accepted()
    refused = await flow.admin.put(f"/teams/{flow.floor.technical}/archive", {})
    assert refused.json()["code"] == "team_has_tickets"
    gone = await flow.admin.put(f"/teams/{flow.floor.technical}/archive", {"open_tickets_to": 1})
    assert gone.status_code == 200, gone.text
    await flow.follow()
    [dispatch] = (await flow.floor.view(ticket))["dispatches"]
    assert dispatch["outcome"] == "moved_on"
    running = "select count(*) from clock where ticket_id = %(id)s and metric = 'department' and state <> 'ended'"
    assert await flow.site.desk.sql(running, id=ticket) == 0


async def test_ticket_is_not_returned_to_a_department_that_is_gone(flow: Flow) -> None:
    ticket = await flow.floor.dispatched()
    await flow.site.desk.run("update team set archived_at = now() where id = 1")
    refused = await flow.floor.tan.put(f"/tickets/{ticket}/dispatch/return", {"reason": "不是我们的"})
    assert refused.status_code in {400, 422}, refused.text
    assert refused.json()["code"] != "error"
    assert (await flow.floor.view(ticket, flow.floor.tan))["dispatches"][0]["ended_at"] is None


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("dispatches", {"span": TOO_LONG}),
        ("tasks", {"span": TOO_LONG, "title": "查"}),
        ("supervision", {"span": TOO_LONG, "note": ""}),
    ],
)
async def test_work_of_ten_years_is_refused(flow: Flow, path: str, body: dict[str, Any]) -> None:
    ticket = await flow.floor.ticket()
    team = {} if path == "supervision" else {"team_id": flow.floor.technical}
    refused = await flow.floor.wu.post(f"/tickets/{ticket}/{path}", body | team)
    assert (refused.status_code, refused.json()["fields"]) == (400, {"span": "too_long"})


async def test_extension_until_2099_is_refused(flow: Flow) -> None:
    ticket = await flow.floor.accepted()
    body = {"reason": "等配件", "due_at": "2099-01-01T00:00:00Z"}
    refused = await flow.floor.tan.post(f"/tickets/{ticket}/extensions", body)
    assert (refused.status_code, refused.json()["fields"]) == (400, {"due_at": "too_far"})


async def test_stage_of_ten_years_is_refused(flow: Flow) -> None:
    refused = await flow.admin.post("/processes", flow.spec(stage("one", span=TOO_LONG)))
    assert (refused.status_code, refused.json()["fields"]) == (400, {"span": "too_long"})


async def test_calendar_without_an_open_hour_is_refused(flow: Flow) -> None:
    refused = await flow.admin.post("/calendars", {"spec": NEVER, "name_en": "Never"})
    assert (refused.status_code, refused.json()["code"]) == (400, "calendar_closed_always")


@pytest.mark.parametrize(("path", "body"), [("tasks", {"title": "查"}), ("supervision", {"note": ""})])
async def test_work_in_hours_that_never_come_is_refused(flow: Flow, path: str, body: dict[str, Any]) -> None:
    ticket = await flow.floor.ticket()
    spec = '{"time_zone": "Asia/Shanghai", "week": {}}'
    await flow.site.desk.run("update calendar_version set spec = %(spec)s::jsonb", spec=spec)
    team = {} if path == "supervision" else {"team_id": flow.floor.technical}
    refused = await flow.floor.wu.post(f"/tickets/{ticket}/{path}", body | team | {"span": HOURS_8})
    assert (refused.status_code, refused.json()["code"]) == (422, "calendar_never_open")
