"""Urge, supervise, extend, withdraw, first contacts and the closing rule."""

from typing import Any

import pytest

from tests.site import reply_of
from tests.teamwork.desk import HOURS_8, Floor

WORDS = {"words": "怎么还没人联系我?"}


async def test_urge_counts_on_the_same_ticket_and_no_clock_begins_anew(floor: Floor) -> None:
    ticket = await floor.accepted()
    due = (await floor.view(ticket))["dispatches"][0]["due_at"]
    floor.site.desk.later(minutes=30)
    answer = await floor.tan.post(f"/tickets/{ticket}/urges", WORDS)
    assert answer.status_code == 201, answer.text
    view = answer.json()
    assert [(one["number"], one["has_escalated"]) for one in view["urges"]] == [(1, False)]
    assert view["urges_to_escalate"] == 2
    assert view["dispatches"][0]["due_at"] == due
    assert await floor.site.desk.column(ticket, "priority") == 3
    assert await floor.site.desk.tickets() == [ticket]


async def test_third_urge_escalates_to_the_supervisors(floor: Floor) -> None:
    ticket = await floor.accepted()
    for _ in range(4):
        assert (await floor.tan.post(f"/tickets/{ticket}/urges", WORDS)).status_code == 201
    facts = await floor.site.desk.events("ticket_urged")
    assert [one.data["has_escalated"] for one in facts] == [False, False, True, False]
    assert await floor.site.desk.column(ticket, "priority") == 4
    assert (await floor.lines(ticket))[2:] == ["urged", "urged", "escalated", "urged"]
    assert await floor.told("wu") == ["dispatched", "escalated"]


async def test_urge_says_something_and_only_on_an_open_ticket(floor: Floor) -> None:
    ticket = await floor.ticket()
    assert (await floor.lin.post(f"/tickets/{ticket}/urges", {"words": " "})).status_code == 400
    solved = await floor.site.desk.sql("select id from status where category = 'solved'")
    await floor.lin.patch(f"/tickets/{ticket}", {"status_id": solved})
    refused = await floor.lin.post(f"/tickets/{ticket}/urges", WORDS)
    assert (refused.status_code, refused.json()["code"]) == (409, "ticket_done")


async def test_supervision_asks_for_a_report_in_each_span(floor: Floor) -> None:
    ticket = await floor.accepted()
    body = {"span": {"amount": 2, "unit": "natural_hours"}, "note": "每两小时汇报"}
    assert (await floor.tan.post(f"/tickets/{ticket}/supervision", body)).status_code == 403
    view = (await floor.wu.post(f"/tickets/{ticket}/supervision", body)).json()
    assert (view["supervision"]["person_id"], view["supervision"]["reports"]) == (floor.people["wu"].id, 0)
    again = await floor.wu.post(f"/tickets/{ticket}/supervision", body)
    assert again.json()["code"] == "supervised_already"
    report = await floor.tan.post(f"/tickets/{ticket}/supervision/reports", {"reason": "已复现"})
    assert report.json()["supervision"]["reports"] == 1
    assert (await floor.told("wu"))[-1] == "supervision_reported"
    await floor.follow()
    floor.site.desk.later(hours=2)
    await floor.follow()
    assert (await floor.told("wu"))[-1] == "late"
    ended = await floor.wu.put(f"/tickets/{ticket}/supervision/end", {})
    assert ended.json()["supervision"] is None
    assert (await floor.wu.put(f"/tickets/{ticket}/supervision/end", {})).json()["code"] == "not_supervised"


async def asked(floor: Floor, due_at: str = "2026-11-25T10:00:00Z") -> tuple[int, dict[str, Any]]:
    ticket = await floor.accepted()
    answer = await floor.tan.post(f"/tickets/{ticket}/extensions", {"reason": "等配件", "due_at": due_at})
    assert answer.status_code == 201, answer.text
    return ticket, answer.json()["extensions"][0]


async def test_extension_granted_moves_the_clock_keeps_both_dates_and_tells_the_customer(floor: Floor) -> None:
    ticket, one = await asked(floor)
    path = f"/tickets/{ticket}/extensions/{one['id']}/decision"
    assert (await floor.tan.put(path, {"is_granted": True})).status_code == 403
    silent = await floor.wu.put(path, {"is_granted": True})
    assert silent.json()["fields"] == {"message": "required"}
    granted = await floor.wu.put(path, {"is_granted": True, "message": "配件周三到货,届时完成。"})
    assert granted.status_code == 200, granted.text
    [dispatch] = granted.json()["dispatches"]
    assert (dispatch["first_due_at"], dispatch["due_at"]) == ("2026-11-24T02:30:00Z", "2026-11-25T10:00:00Z")
    assert granted.json()["extensions"][0]["told"] == "message"
    said = [e.text for e in await floor.site.desk.timeline(ticket) if e.kind == "message" and e.direction == "out"]
    assert said == ["配件周三到货,届时完成。"]
    clocks = (await floor.tan.get(f"/tickets/{ticket}/clocks")).json()["items"]
    assert clocks[0]["due_at"] == "2026-11-25T10:00:00Z"
    assert (await floor.wu.put(path, {"is_granted": False})).json()["code"] == "extension_decided"
    assert (await floor.told("tan"))[-1] == "extension_granted"


async def test_extension_refused_leaves_the_deadline(floor: Floor) -> None:
    ticket, one = await asked(floor)
    answer = await floor.wu.put(f"/tickets/{ticket}/extensions/{one['id']}/decision", {"is_granted": False})
    assert answer.json()["dispatches"][0]["due_at"] == "2026-11-24T02:30:00Z"
    assert answer.json()["extensions"][0]["state"] == "refused"


async def test_extension_is_asked_before_the_deadline_once_and_for_later(floor: Floor) -> None:
    ticket, _ = await asked(floor)
    path = f"/tickets/{ticket}/extensions"
    late = {"reason": "等", "due_at": "2026-11-26T10:00:00Z"}
    assert (await floor.tan.post(path, late)).json()["code"] == "extension_asked"
    assert (await floor.tan.post(path, late | {"due_at": "2026-11-23T10:00:00Z"})).status_code == 400
    floor.site.desk.later(days=2)
    assert (await floor.tan.post(path, late)).json()["code"] == "extension_too_late"


async def test_withdrawal_closes_the_ticket_and_stops_everybody(floor: Floor) -> None:
    ticket = await floor.accepted()
    task = {"team_id": floor.logistics, "title": "查快递", "span": HOURS_8}
    assert (await floor.wu.post(f"/tickets/{ticket}/tasks", task)).status_code == 201
    kind = {"name_en": "Complaint", "name_zh": "投诉", "needs_closing": True}
    admin = await floor.site.browser(await floor.site.desk.person("Ada", role="administrator"))
    type_id = (await admin.post("/ticket-types", kind)).json()["id"]
    await floor.tan.patch(f"/tickets/{ticket}", {"type_id": type_id})
    answer = await floor.tan.put(f"/tickets/{ticket}/withdrawal", {"reason": "客户已自行解决"})
    assert answer.status_code == 200, answer.text
    view = answer.json()
    assert view["is_withdrawn"] is True
    assert view["dispatches"][0]["outcome"] == "withdrawn"
    assert view["tasks"][0]["state"] == "withdrawn"
    assert await floor.site.desk.column(ticket, "category") == "closed"
    running = "select count(*) from clock where ticket_id = %(id)s and state <> 'ended'"
    assert await floor.site.desk.sql(running, id=ticket) == 0


async def test_first_contact_stays_with_who_answered_first(floor: Floor) -> None:
    ticket = await floor.ticket()
    await floor.lin.post(f"/tickets/{ticket}/replies", reply_of("您好,马上为您处理。"))
    await floor.follow()
    await floor.wu.post(f"/tickets/{ticket}/dispatches", {"team_id": floor.technical, "span": HOURS_8})
    await floor.tan.put(f"/tickets/{ticket}/dispatch/acceptance", {})
    await floor.tan.post(f"/tickets/{ticket}/replies", reply_of("我是技术支持。"))
    await floor.follow()
    [mine] = (await floor.lin.get("/first-contacts")).json()["items"]
    assert (mine["ticket_id"], mine["team_name"], mine["is_visible"]) == (ticket, "技术支持", False)
    assert (await floor.tan.get("/first-contacts")).json()["items"] == []
    # somebody who sees no more of it than that it is theirs reaches nothing else
    assert (await floor.lin.get(f"/tickets/{ticket}")).status_code == 404


SAID = {
    "solution": "更换控制板",
    "cause": "控制板批次问题",
    "responsible_other": "供应商",
    "verdict": "upheld",
    "has_compensation": False,
    "follow_up": "satisfied",
}


@pytest.fixture
async def complaint(floor: Floor) -> int:
    admin = await floor.site.browser(await floor.site.desk.person("Ada", role="administrator"))
    kind = {"name_en": "Complaint", "name_zh": "投诉", "needs_closing": True}
    type_id = (await admin.post("/ticket-types", kind)).json()["id"]
    ticket = await floor.ticket()
    await floor.lin.patch(f"/tickets/{ticket}", {"type_id": type_id})
    return ticket


async def close(floor: Floor, ticket: int) -> Any:
    closed = await floor.site.desk.sql("select id from status where category = 'closed'")
    return await floor.lin.patch(f"/tickets/{ticket}", {"status_id": closed})


async def test_complaint_is_not_closed_until_everything_is_said(floor: Floor, complaint: int) -> None:
    path = f"/tickets/{complaint}/closing"
    missing = ["solution", "cause", "responsible", "verdict", "compensation", "follow_up"]
    assert (await floor.view(complaint))["closing"]["missing"] == missing
    for name, word in SAID.items():
        refused = await close(floor, complaint)
        assert (refused.status_code, refused.json()["code"]) == (422, "closing_missing")
        assert list(refused.json()["fields"]) == missing
        answer = await floor.lin.patch(path, {name: word})
        assert answer.status_code == 200, answer.text
        missing = answer.json()["missing"]
    assert missing == []
    assert (await close(floor, complaint)).status_code == 200


async def test_closing_money_has_an_amount_and_nothing_is_said_twice(floor: Floor, complaint: int) -> None:
    path = f"/tickets/{complaint}/closing"
    assert "compensation" in (await floor.lin.patch(path, SAID | {"has_compensation": True})).json()["missing"]
    paid = await floor.lin.patch(path, {"compensation_cents": 20_000, "compensation_currency": "CNY"})
    assert paid.json()["missing"] == []
    await floor.lin.patch(path, {"compensation_cents": 20_000})
    assert len(await floor.site.desk.events("closing_changed")) == 2
    none = (await floor.lin.patch(path, {"has_compensation": False})).json()
    assert none["compensation_cents"] is None
    blank = (await floor.lin.patch(path, {"cause": "  "})).json()
    assert blank["missing"] == ["cause"]
    assert (await floor.lin.patch(path, {"responsible_team_id": 987})).status_code == 400


async def test_plain_ticket_closes_as_before(floor: Floor) -> None:
    assert (await close(floor, await floor.ticket())).status_code == 200


async def test_figures_are_recounted_from_what_happened(floor: Floor) -> None:
    await floor.accepted()
    second = await floor.dispatched()
    await floor.tan.put(f"/tickets/{second}/dispatch/return", {"reason": "不属于"})
    await floor.lin.post(f"/tickets/{second}/urges", WORDS)
    await floor.site.desk.sql("select 1")
    floor.site.desk.later(minutes=1)
    assert (await floor.tan.get("/teamwork/figures")).status_code == 403
    figures = (await floor.wu.get("/teamwork/figures")).json()
    assert (figures["tickets"], figures["urged"], figures["urges"], figures["escalated"]) == (2, 1, 1, 0)
    [technical] = figures["departments"]
    assert technical["team_name"] == "技术支持"
    counts = [technical[name] for name in ("dispatched", "accepted", "accepted_in_time", "returned", "done")]
    assert counts == [2, 1, 1, 1, 0]
    long = await floor.wu.get("/teamwork/figures?starts_at=2020-01-01T00:00:00Z")
    assert long.status_code == 400
