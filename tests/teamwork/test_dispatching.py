"""Work orders to departments: dispatch, accept, return, and what the clock says meanwhile."""

import pytest

from tests.teamwork.desk import HOURS_8, Floor


async def test_dispatch_moves_the_ticket_and_starts_the_hour_to_accept(floor: Floor) -> None:
    ticket = await floor.dispatched()
    assert await floor.site.desk.column(ticket, "team_id") == floor.technical
    view = await floor.view(ticket)
    [one] = view["dispatches"]
    assert (one["team_id"], one["note"], one["accepted_at"]) == (floor.technical, "请检测", None)
    assert one["accept_due_at"] == "2026-11-23T03:00:00Z"
    assert view["first_contact_id"] == floor.people["lin"].id
    assert await floor.told("tan") == ["dispatched"]
    [fact] = await floor.site.desk.events("ticket_dispatched")
    assert (fact.team_id, fact.data["from_team_id"]) == (floor.technical, 1)


async def test_dispatch_late_in_the_day_gives_the_hour_of_the_next_morning(floor: Floor) -> None:
    floor.site.desk.later(hours=7, minutes=45)  # 17:45
    view = await floor.view(await floor.dispatched())
    assert view["dispatches"][0]["accept_due_at"] == "2026-11-24T01:45:00Z"


async def test_accept_gives_the_ticket_and_starts_the_departments_clock(floor: Floor) -> None:
    ticket = await floor.accepted()
    assert await floor.site.desk.column(ticket, "assignee_id") == floor.people["tan"].id
    [one] = (await floor.view(ticket))["dispatches"]
    # 10:00 to 12:00, 13:30 to 18:00, and an hour and a half on Tuesday
    assert one["due_at"] == "2026-11-24T02:30:00Z"
    clocks = (await floor.tan.get(f"/tickets/{ticket}/clocks")).json()["items"]
    assert [(k["metric"], k["state"], k["outcome"]) for k in clocks] == [
        ("department", "running", None),
        ("department", "ended", "met"),
    ]
    assert await floor.site.desk.column(ticket, "due_metric") == "department"
    [fact] = await floor.site.desk.events("dispatch_accepted")
    assert fact.data["is_late"] is False
    again = await floor.tan.put(f"/tickets/{ticket}/dispatch/acceptance", {})
    assert (again.status_code, again.json()["code"]) == (409, "dispatch_accepted")


async def test_return_with_reason_goes_back_and_the_third_is_refused(floor: Floor) -> None:
    ticket = await floor.dispatched()
    for number in (1, 2):
        answer = await floor.tan.put(f"/tickets/{ticket}/dispatch/return", {"reason": "不属于我们"})
        assert answer.status_code == 200, answer.text
        assert await floor.site.desk.column(ticket, "team_id") == 1
        assert (await floor.view(ticket))["returns_left"] == 2 - number
        body = {"team_id": floor.technical, "span": HOURS_8}
        assert (await floor.lin.post(f"/tickets/{ticket}/dispatches", body)).status_code == 201
    refused = await floor.tan.put(f"/tickets/{ticket}/dispatch/return", {"reason": "again"})
    assert (refused.status_code, refused.json()["code"]) == (409, "returns_used_up")
    assert [one.data["number"] for one in await floor.site.desk.events("dispatch_returned")] == [1, 2]
    assert await floor.told("lin") == ["returned", "returned"]


@pytest.mark.parametrize(("after", "reason", "code"), [(61, "no", "return_too_late"), (5, "  ", "invalid")])
async def test_return_too_late_or_without_reason_is_refused(floor: Floor, after: int, reason: str, code: str) -> None:
    ticket = await floor.dispatched()
    floor.site.desk.later(minutes=after)
    refused = await floor.tan.put(f"/tickets/{ticket}/dispatch/return", {"reason": reason})
    assert refused.json()["code"] == code
    assert await floor.site.desk.column(ticket, "team_id") == floor.technical


async def test_redispatch_ends_the_first_departments_part(floor: Floor) -> None:
    ticket = await floor.accepted()
    body = {"team_id": floor.logistics, "span": HOURS_8}
    assert (await floor.wu.post(f"/tickets/{ticket}/dispatches", body)).status_code == 201
    view = await floor.view(ticket)
    assert [one["outcome"] for one in view["dispatches"]] == ["moved_on", None]
    assert view["first_contact_id"] == floor.people["lin"].id
    [ended] = await floor.site.desk.events("dispatch_ended")
    assert ended.data["outcome"] == "moved_on"


async def test_dispatch_to_a_department_that_is_gone_or_the_same_is_refused(floor: Floor) -> None:
    ticket = await floor.ticket()
    await floor.site.desk.run("update team set archived_at = now() where id = %(id)s", id=floor.logistics)
    for team in (floor.logistics, 1, 987):
        answer = await floor.lin.post(f"/tickets/{ticket}/dispatches", {"team_id": team, "span": HOURS_8})
        assert answer.status_code == 400, answer.text
        assert "team_id" in answer.json()["fields"]


async def test_dispatch_to_a_department_that_never_opens_says_so(floor: Floor) -> None:
    spec = '{"time_zone": "Asia/Shanghai", "week": {}}'
    await floor.site.desk.run("update calendar_version set spec = %(spec)s::jsonb", spec=spec)
    ticket = await floor.ticket()
    answer = await floor.lin.post(f"/tickets/{ticket}/dispatches", {"team_id": floor.technical, "span": HOURS_8})
    assert (answer.status_code, answer.json()["code"]) == (422, "calendar_never_open")
    assert await floor.site.desk.column(ticket, "team_id") == 1


async def test_department_is_warned_once_and_late_once_to_the_second(floor: Floor) -> None:
    ticket = await floor.accepted()
    await floor.follow()
    due = (await floor.view(ticket))["dispatches"][0]["due_at"]
    floor.site.desk.later(hours=7, minutes=54)  # four fifths of eight working hours are gone at 17:54
    await floor.follow()
    await floor.follow()
    assert await floor.lines(ticket) == ["dispatched", "accepted", "due_soon"]
    floor.site.desk.later(hours=16, minutes=35, seconds=59)
    await floor.follow()
    assert await floor.lines(ticket) == ["dispatched", "accepted", "due_soon"]
    floor.site.desk.later(seconds=1)
    await floor.follow()
    assert floor.site.desk.now.isoformat().replace("+00:00", "Z") == due
    assert await floor.lines(ticket) == ["dispatched", "accepted", "due_soon", "late"]
    assert await floor.told("wu") == ["dispatched", "late"]


async def test_solving_ends_the_departments_part_in_time(floor: Floor) -> None:
    ticket = await floor.accepted()
    await floor.follow()
    solved = await floor.site.desk.sql("select id from status where category = 'solved'")
    assert (await floor.tan.patch(f"/tickets/{ticket}", {"status_id": solved})).status_code == 200
    await floor.follow()
    assert (await floor.view(ticket))["dispatches"][0]["outcome"] == "done"
    [ended] = await floor.site.desk.events("dispatch_ended")
    assert ended.data["is_late"] is False


async def test_moving_by_hand_ends_the_departments_part(floor: Floor) -> None:
    ticket = await floor.accepted()
    await floor.follow()
    body = {"assignee_id": None, "team_id": floor.logistics}
    assert (await floor.wu.put(f"/tickets/{ticket}/assignment", body)).status_code == 200
    await floor.follow()
    assert (await floor.view(ticket))["dispatches"][0]["outcome"] == "moved_on"


async def test_strangers_reach_no_verb(floor: Floor) -> None:
    ticket = await floor.dispatched()
    assert (await floor.lin.put(f"/tickets/{ticket}/dispatch/acceptance", {})).status_code == 404
    assert (await floor.lin.get(f"/tickets/{ticket}/teamwork")).status_code == 404
    assert (await floor.partner.get(f"/tickets/{ticket}/teamwork")).status_code == 403
    reader = await floor.site.browser(await floor.site.desk.person("Ro", floor.technical, role="read_only"))
    assert (await reader.put(f"/tickets/{ticket}/dispatch/acceptance", {})).status_code == 403
