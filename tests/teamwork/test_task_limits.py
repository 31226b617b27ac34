"""Tasks at their limits: outsiders, two at once, what has ended, what is not there, programs, and too many."""

import asyncio
from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.teamwork.desk import HOURS_8, Floor

VERBS: list[tuple[str, str, dict[str, Any]]] = [
    ("put", "acceptance", {}),
    ("put", "result", {"result": "好了"}),
    ("put", "return", {"reason": "不是我们"}),
    ("post", "words", {"text": "请问?"}),
    ("put", "read", {}),
]


async def given(floor: Floor, **more: Any) -> tuple[int, str, dict[str, Any]]:
    """A ticket, its task's address, and the task."""
    ticket = await floor.ticket()
    body = {"team_id": floor.logistics, "title": "查快递", "span": HOURS_8, "items": ["联系网点"]} | more
    answer = await floor.lin.post(f"/tickets/{ticket}/tasks", body)
    assert answer.status_code == 201, answer.text
    return ticket, f"/tasks/{answer.json()['id']}", answer.json()


async def call(who: Browser, method: str, path: str, body: dict[str, Any]) -> tuple[int, str]:
    """The status of an answer, and its code if it refuses."""
    answer = await getattr(who, method)(path, body)
    return answer.status_code, answer.json()["code"] if answer.status_code >= 400 else ""


async def changes(floor: Floor) -> list[str]:
    """What was announced of tasks, in order."""
    return [one.data["change"] for one in await floor.site.desk.events("task_changed")]


async def test_partner_learns_of_no_task_of_others_not_even_that_there_is_one(floor: Floor) -> None:
    _, path, task = await given(floor, team_id=floor.technical)
    item = task["items"][0]["id"]
    nothing = f"/tasks/{task['id'] + 1_000}"
    calls = [*VERBS, ("patch", f"items/{item}", {"is_done": True})]
    for method, verb, body in calls:
        here = await call(floor.partner, method, f"{path}/{verb}", body)
        assert here == await call(floor.partner, method, f"{nothing}/{verb}", body)
        assert here[0] == 404
    assert (await floor.partner.get(path)).text == (await floor.partner.get(nothing)).text
    assert await changes(floor) == ["given"]


async def test_stranger_reaches_no_task(floor: Floor) -> None:
    _, path, _ = await given(floor)
    for method, verb, body in VERBS:
        answer = await getattr(floor.site.stranger(), method)(f"{path}/{verb}", body)
        assert answer.status_code in {401, 403}
    assert (await floor.site.stranger().get("/tasks")).status_code == 401
    assert await changes(floor) == ["given"]


async def test_reader_without_work_sees_no_list_of_tasks(floor: Floor) -> None:
    reader = await floor.site.browser(await floor.site.desk.person("Ro", floor.logistics, role="read_only"))
    assert (await reader.get("/tasks")).status_code == 403


@pytest.mark.parametrize("end", [("put", "result", {"result": "好了"}), ("put", "return", {"reason": "不是我们"})])
async def test_task_that_has_ended_takes_nothing_more(floor: Floor, end: tuple[str, str, dict[str, Any]]) -> None:
    _, path, task = await given(floor)
    assert (await call(floor.partner, end[0], f"{path}/{end[1]}", end[2]))[0] == 200
    before = await changes(floor)
    item = task["items"][0]["id"]
    refused = [await call(floor.partner, method, f"{path}/{verb}", body) for method, verb, body in VERBS[:4]]
    refused.append(await call(floor.partner, "patch", f"{path}/items/{item}", {"is_done": True}))
    refused.append(await call(floor.lin, "put", f"{path}/withdrawal", {}))
    assert set(refused) == {(409, "task_ended")}
    assert await changes(floor) == before


async def test_two_who_finish_at_once_finish_once(floor: Floor) -> None:
    _, path, _ = await given(floor)
    other = await floor.site.browser(await floor.site.desk.person("Quan", floor.logistics, role="partner"))
    both = await asyncio.gather(
        floor.partner.put(f"{path}/result", {"result": "Pei"}), other.put(f"{path}/result", {"result": "Quan"})
    )
    assert sorted(one.status_code for one in both) == [200, 409]
    assert await changes(floor) == ["given", "done"]


async def test_finished_and_withdrawn_at_once_it_is_one_of_both(floor: Floor) -> None:
    ticket, path, _ = await given(floor)
    both = await asyncio.gather(
        floor.partner.put(f"{path}/result", {"result": "好了"}), floor.lin.put(f"{path}/withdrawal", {})
    )
    assert sorted(one.status_code for one in both) == [200, 409]
    [task] = (await floor.view(ticket))["tasks"]
    assert (await changes(floor))[1:] == [task["state"]]


async def test_accept_by_a_second_person_leaves_it_with_the_first(floor: Floor) -> None:
    _, path, _ = await given(floor)
    other = await floor.site.browser(await floor.site.desk.person("Quan", floor.logistics, role="partner"))
    assert (await floor.partner.put(f"{path}/acceptance", {})).json()["assignee_name"] == "Pei"
    assert (await other.put(f"{path}/acceptance", {})).json()["assignee_name"] == "Pei"
    assert await changes(floor) == ["given", "accepted"]


async def test_tick_is_told_once_and_taken_back(floor: Floor) -> None:
    _, path, task = await given(floor)
    item = f"{path}/items/{task['items'][0]['id']}"
    for is_done, name in ((True, "Pei"), (True, "Pei"), (False, None), (False, None)):
        [one] = (await floor.partner.patch(item, {"is_done": is_done})).json()["items"]
        assert (one["done_by_name"], one["done_at"] is not None) == (name, is_done)
    assert await changes(floor) == ["given", "item", "item"]


async def test_tick_of_what_is_not_on_the_list_is_not_found(floor: Floor) -> None:
    _, path, _ = await given(floor)
    _, _, other = await given(floor)
    for item in (other["items"][0]["id"], 987, 0):
        refused = await floor.partner.patch(f"{path}/items/{item}", {"is_done": True})
        assert refused.status_code == 404
    assert (await floor.partner.get(f"/tasks/{other['id']}")).json()["items"][0]["done_at"] is None


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("result", {"result": " \n"}),
        ("result", {"result": ""}),
        ("result", {"result": "x" * 10_001}),
        ("result", {"result": "a\x00b"}),
        ("result", {"result": "x", "file_ids": [2**70]}),
        ("return", {"reason": "\u3000"}),
        ("return", {}),
    ],
)
async def test_end_that_says_nothing_is_refused(floor: Floor, verb: str, body: dict[str, Any]) -> None:
    _, path, _ = await given(floor)
    assert (await floor.partner.put(f"{path}/{verb}", body)).status_code == 400
    assert (await floor.partner.get(path)).json()["state"] == "asked"


async def test_blank_points_of_a_list_are_left_out(floor: Floor) -> None:
    _, _, task = await given(floor, items=["  ", "联系\n网点", "\u3000", "取证"])
    assert [one["text"] for one in task["items"]] == ["联系 网点", "取证"]


async def test_fifty_open_tasks_are_enough_until_one_ends(floor: Floor) -> None:
    ticket, path, _ = await given(floor)
    sql = """
        insert into task (ticket_id, team_id, title, title_en, title_zh, text, span, made_at, due_at)
        select ticket_id, team_id, title, '', '', '', span, made_at, due_at from task, generate_series(1, 49) n"""
    await floor.site.desk.run(sql)
    body = {"team_id": floor.logistics, "title": "又一个", "span": HOURS_8}
    assert await call(floor.lin, "post", f"/tickets/{ticket}/tasks", body) == (409, "too_many_tasks")
    await floor.partner.put(f"{path}/return", {"reason": "不是我们"})
    assert (await call(floor.lin, "post", f"/tickets/{ticket}/tasks", body))[0] == 201


async def test_withdrawn_ticket_takes_all_of_its_tasks_back(floor: Floor) -> None:
    ticket, path, _ = await given(floor)
    body = {"team_id": floor.technical, "title": "检测", "span": HOURS_8}
    await floor.lin.post(f"/tickets/{ticket}/tasks", body)
    await floor.partner.put(f"{path}/acceptance", {})
    assert (await floor.lin.put(f"/tickets/{ticket}/withdrawal", {"reason": "客户撤回"})).status_code == 200
    assert {one["state"] for one in (await floor.view(ticket))["tasks"]} == {"withdrawn"}
    assert (await floor.partner.get("/tasks")).json()["items"] == []
    again = await call(floor.lin, "put", f"/tickets/{ticket}/withdrawal", {"reason": "再撤"})
    assert again == (409, "ticket_done")


async def test_program_finishes_a_task_in_nobodys_name(floor: Floor) -> None:
    _, path, _ = await given(floor)
    ada = await floor.site.desk.person("Ada", role="administrator", everywhere=True)
    program = await floor.site.program(ada, "tasks.work", teams=[floor.logistics])
    taken = (await program.put(f"{path}/acceptance", {})).json()
    assert (taken["state"], taken["assignee_id"]) == ("accepted", None)
    assert await call(program, "post", f"{path}/words", {"text": "Hi"}) == (400, "invalid")
    assert (await program.put(f"{path}/result", {"result": "Delivered"})).json()["state"] == "done"
    assert (await floor.told("lin"))[-1] == "task_done"


async def test_file_of_one_task_is_not_read_through_another(floor: Floor) -> None:
    _, first, _ = await given(floor)
    _, second, _ = await given(floor)
    files = {"file": ("签收.txt", b"signed")}
    sent = (await floor.partner.client.post(f"/api/v1{first}/files", files=files)).json()
    assert (await floor.partner.get(f"{first}/files/{sent['id']}")).status_code == 404
    await floor.partner.put(f"{first}/result", {"result": "见附件", "file_ids": [sent["id"]]})
    assert (await floor.partner.get(f"{first}/files/{sent['id']}")).content == b"signed"
    assert (await floor.partner.get(f"{second}/files/{sent['id']}")).status_code == 404
    assert (await floor.partner.client.post(f"/api/v1{second}/files", files={})).status_code == 400
