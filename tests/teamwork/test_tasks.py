"""Tasks for departments, and how little a partner sees of the ticket."""

from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.teamwork.desk import HOURS_8, Floor


async def upload(who: Browser, path: str, name: str, content: bytes) -> Any:
    return await who.client.post(f"/api/v1{path}", files={"file": (name, content)})


async def given(floor: Floor, **more: Any) -> tuple[int, dict[str, Any]]:
    ticket = await floor.ticket("秘密对话:我的卡号是 6222")
    body = {
        "team_id": floor.logistics,
        "title": "查快递 SF123",
        "text": "请确认签收人。",
        "span": HOURS_8,
        "items": ["联系网点", "取证"],
    }
    answer = await floor.lin.post(f"/tickets/{ticket}/tasks", body | more)
    assert answer.status_code == 201, answer.text
    return ticket, answer.json()


async def test_task_has_a_deadline_in_the_departments_hours_and_a_clock(floor: Floor) -> None:
    ticket, task = await given(floor)
    assert (task["state"], task["due_at"]) == ("asked", "2026-11-24T02:30:00Z")
    [clock] = (await floor.lin.get(f"/tickets/{ticket}/clocks")).json()["items"]
    assert (clock["metric"], clock["label"], clock["due_at"]) == ("task", "查快递 SF123", task["due_at"])
    # the ticket stays where it is
    assert await floor.site.desk.column(ticket, "team_id") == 1


async def test_partner_sees_the_task_and_nothing_of_the_ticket(floor: Floor) -> None:
    ticket, task = await given(floor)
    [shown] = (await floor.partner.get("/tasks")).json()["items"]
    assert shown["title"] == "查快递 SF123"
    whole = await floor.partner.get(f"/tasks/{task['id']}")
    assert "6222" not in whole.text
    paths = ["", "/timeline", "/teamwork", "/clocks", "/together"]
    codes = {(await floor.partner.get(f"/tickets/{ticket}{path}")).status_code for path in paths}
    codes |= {
        (await floor.partner.get(path)).status_code
        for path in ("/tickets", "/stream", "/search?q=6222", "/first-contacts")
    }
    assert codes == {403}


async def test_task_of_another_department_is_nobodys_business(floor: Floor) -> None:
    _, task = await given(floor, team_id=floor.technical)
    assert (await floor.partner.get(f"/tasks/{task['id']}")).status_code in {403, 404}
    assert (await floor.partner.put(f"/tasks/{task['id']}/acceptance", {})).status_code in {403, 404}
    assert (await floor.partner.get("/tasks")).json()["items"] == []
    # who sees the ticket sees its tasks, and works on none that are another department's
    assert (await floor.lin.get(f"/tasks/{task['id']}")).status_code == 200
    assert (await floor.lin.put(f"/tasks/{task['id']}/acceptance", {})).status_code == 403


async def test_partner_accepts_ticks_talks_and_reports(floor: Floor) -> None:
    ticket, task = await given(floor)
    path = f"/tasks/{task['id']}"
    accepted = (await floor.partner.put(f"{path}/acceptance", {})).json()
    assert (accepted["state"], accepted["assignee_name"]) == ("accepted", "Pei")
    item = task["items"][0]["id"]
    ticked = (await floor.partner.patch(f"{path}/items/{item}", {"is_done": True})).json()
    assert [one["done_by_name"] for one in ticked["items"]] == ["Pei", None]
    talked = (await floor.partner.post(f"{path}/words", {"text": "签收人是谁?"})).json()
    assert [one["person_name"] for one in talked["words"]] == ["Pei"]
    assert await floor.told("lin") == ["task_word"]
    done = (await floor.partner.put(f"{path}/result", {"result": "门卫签收"})).json()
    assert (done["state"], done["result"]) == ("done", "门卫签收")
    assert (await floor.told("lin"))[-1] == "task_done"
    assert await floor.lines(ticket) == ["task_given", "task_accepted", "task_word", "task_done"]
    [clock] = (await floor.lin.get(f"/tickets/{ticket}/clocks")).json()["items"]
    assert clock["outcome"] == "met"
    refused = await floor.partner.put(f"{path}/result", {"result": "again"})
    assert (refused.status_code, refused.json()["code"]) == (409, "task_ended")


async def test_files_go_with_the_task_both_ways_and_no_further(floor: Floor) -> None:
    ticket = await floor.ticket()
    sent = (await upload(floor.lin, "/files", "面单.txt", b"SF123")).json()
    body = {"team_id": floor.logistics, "title": "查", "span": HOURS_8, "file_ids": [sent["id"]]}
    task = (await floor.lin.post(f"/tickets/{ticket}/tasks", body)).json()
    [file] = task["files"]
    read = await floor.partner.get(file["url"].removeprefix("/api/v1"))
    assert read.content == b"SF123"
    assert (await floor.partner.get(sent["url"].removeprefix("/api/v1"))).status_code == 403
    back = (await upload(floor.partner, f"/tasks/{task['id']}/files", "签收.txt", b"signed")).json()
    result = {"result": "见附件", "file_ids": [back["id"]]}
    done = (await floor.partner.put(f"/tasks/{task['id']}/result", result)).json()
    assert [(one["name"], one["is_answer"]) for one in done["files"]] == [("面单.txt", False), ("签收.txt", True)]
    answer = await floor.lin.get(done["files"][1]["url"].removeprefix("/api/v1"))
    assert answer.content == b"signed"
    stolen = await floor.partner.put(f"/tasks/{task['id']}/result", {"result": "x", "file_ids": [sent["id"]]})
    assert stolen.status_code in {400, 409}


async def test_partner_names_no_file_that_is_not_theirs(floor: Floor) -> None:
    ticket, task = await given(floor)
    del ticket
    sent = (await upload(floor.lin, "/files", "secret.txt", b"secret")).json()
    stolen = await floor.partner.put(f"/tasks/{task['id']}/result", {"result": "x", "file_ids": [sent["id"]]})
    assert stolen.status_code == 400


async def test_task_is_returned_or_taken_back(floor: Floor) -> None:
    _, first = await given(floor)
    back = (await floor.partner.put(f"/tasks/{first['id']}/return", {"reason": "不是我们的件"})).json()
    assert (back["state"], back["result"]) == ("returned", "不是我们的件")
    _, second = await given(floor)
    assert (await floor.partner.put(f"/tasks/{second['id']}/withdrawal", {})).status_code == 403
    assert (await floor.lin.put(f"/tasks/{second['id']}/withdrawal", {})).json()["state"] == "withdrawn"
    ended = (await floor.partner.get("/tasks?ended=true")).json()["items"]
    assert {one["state"] for one in ended} == {"returned", "withdrawn"}


@pytest.mark.parametrize(
    ("more", "field"),
    [({"team_id": 987}, "team_id"), ({"title": "  "}, "title"), ({"file_ids": [987]}, "file_ids")],
)
async def test_task_that_cannot_be_given_is_refused(floor: Floor, more: dict[str, Any], field: str) -> None:
    ticket = await floor.ticket()
    body = {"team_id": floor.logistics, "title": "查", "span": HOURS_8} | more
    answer = await floor.lin.post(f"/tickets/{ticket}/tasks", body)
    assert answer.status_code == 400
    assert field in answer.json()["fields"]
    assert (await floor.view(ticket))["tasks"] == []


async def test_task_for_somebody_outside_the_department_is_refused(floor: Floor) -> None:
    ticket = await floor.ticket()
    body = {"team_id": floor.logistics, "title": "查", "span": HOURS_8, "assignee_id": floor.people["lin"].id}
    assert (await floor.lin.post(f"/tickets/{ticket}/tasks", body)).json()["code"] == "not_in_department"


async def test_late_task_is_told_to_who_answers_for_the_ticket(floor: Floor) -> None:
    ticket, _ = await given(floor)
    await floor.lin.put(f"/tickets/{ticket}/assignment", {"assignee_id": floor.people["lin"].id})
    await floor.follow()
    floor.site.desk.later(hours=25)
    await floor.follow()
    assert (await floor.told("lin"))[-1] == "late"
    assert (await floor.lines(ticket))[-1] == "late"


async def test_partner_is_never_given_a_ticket_nor_mentioned(floor: Floor) -> None:
    ticket = await floor.ticket()
    person = floor.people["partner"].id
    body = {"assignee_id": person, "team_id": floor.logistics}
    assert (await floor.wu.put(f"/tickets/{ticket}/assignment", body)).json()["code"] == "not_in_team"


async def heard(who: Browser) -> list[tuple[str, str]]:
    """What somebody was told of tasks and has not read, newest first."""
    found = (await who.get("/notifications")).json()["items"]
    return [(one["kind"], one["subject"]) for one in found if one["task_id"] and one["read_at"] is None]


async def test_partner_hears_of_a_task_by_a_bell_that_names_no_ticket(floor: Floor) -> None:
    _, task = await given(floor)
    [told] = (await floor.partner.get("/notifications")).json()["items"]
    assert (told["kind"], told["subject"], told["task_id"]) == ("task_asked", "查快递 SF123", task["id"])
    assert (told["ticket_id"], told["entry_id"]) == (None, None)
    assert (await floor.partner.put(f"/tasks/{task['id']}/read", {})).status_code == 204
    assert await heard(floor.partner) == []


async def test_department_hears_of_words_deadlines_and_withdrawal_and_not_of_its_own_doing(floor: Floor) -> None:
    _, task = await given(floor)
    path = f"/tasks/{task['id']}"
    await floor.partner.put(f"{path}/read", {})
    await floor.partner.put(f"{path}/acceptance", {})
    await floor.partner.post(f"{path}/words", {"text": "哪个网点?"})
    assert await heard(floor.partner) == []
    await floor.lin.post(f"{path}/words", {"text": "上海浦东"})
    floor.site.desk.later(hours=23)
    await floor.follow()
    floor.site.desk.later(hours=2)
    await floor.follow()
    await floor.lin.put(f"{path}/withdrawal", {})
    kinds = [kind for kind, _ in await heard(floor.partner)]
    assert kinds == ["task_withdrawn", "task_overdue", "task_due_soon", "task_word"]


async def test_whoever_works_on_a_task_hears_of_it_alone(floor: Floor) -> None:
    other = await floor.site.browser(await floor.site.desk.person("Quan", floor.logistics, role="partner"))
    await given(floor, assignee_id=floor.people["partner"].id)
    assert [kind for kind, _ in await heard(floor.partner)] == ["task_asked"]
    assert await heard(other) == []


async def test_task_with_titles_in_both_languages_speaks_the_readers(floor: Floor) -> None:
    zh = await floor.site.desk.person("Quan", floor.logistics, role="partner")
    await floor.site.desk.run("update person set locale = 'zh-CN' where id = %(id)s", id=zh.id)
    titles = {"title": "查批次 / Check the batch", "title_en": "Check the batch", "title_zh": "查批次"}
    _, task = await given(floor, **titles)
    assert (task["title_en"], task["title_zh"]) == ("Check the batch", "查批次")
    assert await heard(await floor.site.browser(zh)) == [("task_asked", "查批次")]
    assert await heard(floor.partner) == [("task_asked", "Check the batch")]


async def test_reading_a_task_of_another_department_is_refused(floor: Floor) -> None:
    _, task = await given(floor, team_id=floor.technical)
    assert (await floor.partner.put(f"/tasks/{task['id']}/read", {})).status_code in {403, 404}
