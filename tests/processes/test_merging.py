"""A merge stops what runs on the ticket that goes, and takes tasks along; taken back, everything is as it was."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.processes.desk import HOUR, Flow, flow_on, stage
from tests.site import Site, reply_of
from tests.teamwork.desk import HOURS_8
from tests.tickets.test_merge_properties import ROWS, TELLING

WORK = {
    table: f"select to_jsonb(r) from {table} r where ticket_id = any(%(ids)s) order by id"
    for table in (
        *("dispatch", "task", "supervision", "process_run", "stage_visit", "solution_tried", "clock", "urge"),
        *("extension", "confirmation", "confirmation_link"),
    )
}
STEPS = (
    "dispatch",
    "accept",
    "task",
    "task_done",
    "supervise",
    "type",
    "advance",
    "try",
    "fail",
    "urge",
    "deadline",
    "later",
)
happenings = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 1)), max_size=14)
few = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
TASK = {"title": "查批次", "span": HOURS_8}


async def state(flow: Flow, *ids: int) -> dict[str, Any]:
    """All rows of some tickets."""
    found = {}
    for table, sql in {**ROWS, **WORK}.items():
        whole = f"select coalesce(jsonb_agg(x.*), '[]') from ({sql}) x"
        found[table] = await flow.site.desk.sql(whole, ids=list(ids), telling=TELLING)
    return found


async def act(flow: Flow, ticket: int, step: str) -> None:
    """Let one thing happen; what a ticket does not take just does not happen."""
    wu, path = flow.floor.wu, f"/tickets/{ticket}"
    posts: dict[str, tuple[str, dict[str, Any]]] = {
        "dispatch": ("dispatches", {"team_id": flow.floor.technical, "span": HOURS_8, "note": ""}),
        "task": ("tasks", TASK | {"team_id": flow.floor.logistics}),
        "supervise": ("supervision", {"span": HOURS_8, "note": "盯"}),
        "advance": ("process/advance", {}),
        "try": ("solutions", {"text": "重置", "force": True}),
        "urge": ("urges", {"words": "快点"}),
        "deadline": ("deadlines", {"label": "法院", "due_at": "2026-12-24T02:00:00Z"}),
    }
    if step in posts:
        await wu.post(f"{path}/{posts[step][0]}", posts[step][1])
    elif step == "accept":
        await flow.floor.tan.put(f"{path}/dispatch/acceptance", {})
    elif step == "type":
        await wu.patch(path, {"type_id": flow.type_id})
    elif step == "later":
        flow.site.desk.later(minutes=50)
    else:
        await end(flow, ticket, step)
    await flow.follow()


async def end(flow: Flow, ticket: int, step: str) -> None:
    """End the first task, or say that the first solution failed."""
    if step == "fail":
        for one in (await flow.floor.wu.get(f"/tickets/{ticket}/process")).json()["solutions"][:1]:
            await flow.floor.wu.put(f"/tickets/{ticket}/solutions/{one['id']}/outcome", {"outcome": "failed"})
    for one in (await flow.floor.view(ticket))["tasks"][:1] if step == "task_done" else ():
        await flow.floor.partner.put(f"/tasks/{one['id']}/result", {"result": "好了"})


async def merge(flow: Flow, target: int, source: int) -> None:
    """Let one go into the other."""
    answer = await flow.floor.wu.post(f"/tickets/{target}/merge", {"source_ids": [source], "confirmed": True})
    assert answer.status_code == 200, answer.text
    await flow.follow()


async def unmerge(flow: Flow, target: int, source: int) -> None:
    """Take that back."""
    answer = await flow.floor.wu.post(f"/tickets/{target}/unmerge", {"source_id": source})
    assert answer.status_code == 200, answer.text
    await flow.follow()


async def two(flow: Flow) -> tuple[int, int]:
    """Two tickets of the first line."""
    return await flow.floor.ticket(), await flow.floor.ticket()


@few
@given(steps=happenings)
async def test_unmerge_gives_back_all_the_work_as_it_was(site: Site, steps: list[tuple[str, int]]) -> None:
    flow = await made(site)
    both = await two(flow)
    for step, which in steps:
        await act(flow, both[which], step)
    before = await state(flow, *both)
    await merge(flow, *both)
    running = await flow.site.desk.sql(
        "select count(*) from clock where ticket_id = %(id)s and state <> 'ended'", id=both[1]
    )
    assert running == 0
    await unmerge(flow, *both)
    assert await state(flow, *both) == before


_flows: dict[int, Flow] = {}


async def made(site: Site) -> Flow:
    """The floor with its process, once for all examples."""
    if id(site) not in _flows:
        flow = await flow_on(site)
        await flow.make(stage("work", span=HOUR, update_every=HOUR), stage("up", span=HOUR), fails_to="up")
        _flows[id(site)] = flow
    return _flows[id(site)]


async def test_task_goes_along_and_its_result_comes_to_the_ticket_that_goes_on(flow: Flow) -> None:
    target, source = await two(flow)
    await act(flow, source, "task")
    await merge(flow, target, source)
    [task] = (await flow.floor.view(target))["tasks"]
    done = await flow.floor.partner.put(f"/tasks/{task['id']}/result", {"result": "批次 0915"})
    assert done.status_code == 200, done.text
    assert "task_done" in await flow.floor.lines(target)
    await unmerge(flow, target, source)
    assert [one["state"] for one in (await flow.floor.view(source))["tasks"]] == ["done"]


async def test_what_is_due_while_merged_fires_after_unmerging_and_not_before(flow: Flow) -> None:
    await flow.make(stage("work", span=HOUR), stage("up"))
    target, source = await two(flow)
    await act(flow, source, "type")
    await merge(flow, target, source)
    flow.site.desk.later(hours=2)
    await flow.follow()
    assert "late" not in [*await flow.lines(target), *await flow.lines(source)]
    await unmerge(flow, target, source)
    await flow.follow()
    assert (await flow.lines(source)).count("late") == 1


async def test_tried_solution_is_warned_of_on_the_ticket_that_goes_on(flow: Flow) -> None:
    target, source = await two(flow)
    await act(flow, source, "try")
    await act(flow, source, "fail")
    await merge(flow, target, source)
    refused = await flow.floor.wu.post(f"/tickets/{target}/solutions", {"text": "重置"})
    assert refused.json()["code"] == "solution_tried"


async def test_link_of_a_merged_ticket_takes_no_answer_until_it_is_back(flow: Flow) -> None:
    await flow.make(stage("word", needs=["confirmation"]), stage("after"))
    target, source = await two(flow)
    await act(flow, source, "type")
    given = await flow.floor.wu.post(f"/tickets/{source}/process/confirmation-links", {"way": "given"})
    page = given.json()["url"].partition("://")[2].partition("/")[2]
    customer = flow.site.stranger().client
    await merge(flow, target, source)
    assert (await customer.post(f"/{page}", data={"answer": "solved"})).status_code == 410
    await unmerge(flow, target, source)
    assert (await customer.post(f"/{page}", data={"answer": "solved"})).status_code == 200
    assert await flow.at(source) == "after"


async def test_split_leaves_the_work_where_it_is(flow: Flow) -> None:
    await flow.make(stage("work", span=HOUR), stage("after"))
    ticket = await flow.ticket()
    for step in ("dispatch", "task", "try"):
        await act(flow, ticket, step)
    await flow.floor.wu.post(f"/tickets/{ticket}/replies", reply_of())
    await flow.follow()
    before = await state(flow, ticket)
    entries = [one.id for one in await flow.site.desk.timeline(ticket) if one.kind == "message"][:1]
    made_ = await flow.floor.wu.post(f"/tickets/{ticket}/split", {"entry_ids": entries, "subject": "另一件"})
    assert made_.status_code == 201, made_.text
    await flow.follow()
    after = await state(flow, ticket)
    assert {table: after[table] for table in WORK} == {table: before[table] for table in WORK}
    assert (await flow.run(made_.json()["id"])) is None


@pytest.mark.parametrize("times", [1, 2])
async def test_merged_twice_in_a_row_comes_back_each_time(flow: Flow, times: int) -> None:
    target, source = await two(flow)
    await act(flow, source, "dispatch")
    before = await state(flow, source)
    for _ in range(times):
        await merge(flow, target, source)
        await unmerge(flow, target, source)
    assert (await state(flow, source))["dispatch"] == before["dispatch"]


async def test_urges_count_on_the_other_ticket_and_come_back(site: Site) -> None:
    flow = await flow_on(site)
    target, source = await flow.floor.ticket(), await flow.floor.ticket()
    for ticket in (target, target, source):
        await act(flow, ticket, "urge")
    await merge(flow, target, source)
    view = await flow.floor.view(target)
    assert [one["number"] for one in view["urges"]] == [1, 2, 3]
    # three are due to be heard of: the next one is
    assert view["urges_to_escalate"] == 1
    await act(flow, target, "urge")
    assert [one["has_escalated"] for one in (await flow.floor.view(target))["urges"]] == [False, False, False, True]
    await unmerge(flow, target, source)
    assert [one["number"] for one in (await flow.floor.view(source))["urges"]] == [1]
    left = (await flow.floor.view(target))["urges"]
    assert [(one["number"], one["has_escalated"]) for one in left] == [(1, False), (2, False), (3, True)]
    await act(flow, target, "urge")
    assert [one["number"] for one in (await flow.floor.view(target))["urges"]] == [1, 2, 3, 4]
