"""Bulk changes over the API: done like by hand, reported, stopped, undone."""

from datetime import timedelta
from typing import Any

import pytest

from ombud.shared.actor import Actor
from ombud.views.jobs import JobRunner
from tests.accounts.desk import Browser
from tests.site import Site
from tests.views.conftest import Finish


def bulk(ids: list[int] | None = None, changes: dict[str, Any] | None = None, **selection: Any) -> dict[str, Any]:
    chosen = selection or {"ids": ids}
    return {"selection": chosen, "changes": changes or {"priority": 4}}


@pytest.fixture
async def tickets(site: Site) -> list[int]:
    return [await site.ticket(who=f"c{number}") for number in range(3)]


async def test_bulk_changes_all_like_by_hand(
    site: Site, agent: Browser, lu: Actor, tickets: list[int], finish: Finish
) -> None:
    until = (site.desk.now + timedelta(days=1)).isoformat()
    changes = {"priority": 4, "assignee_id": lu.id, "add_tags": ["vip", "退款"], "snooze_until": until}
    report = await finish(agent, await agent.post("/bulk", bulk(tickets, changes)))
    assert (report["state"], report["total"], report["done"], report["failed"]) == ("done", 3, 3, 0)
    for ticket in tickets:
        page = (await agent.get(f"/tickets/{ticket}")).json()
        assert (page["priority"], page["assignee_id"], page["tags"]) == (4, lu.id, ["vip", "退款"])
        assert page["snoozed_until"] is not None
        fields = [one.details.field for one in await site.desk.timeline(ticket) if one.kind == "change"]
        assert {"priority", "assignee", "tags", "snooze"} <= set(fields)
    kinds = {one.kind for one in await site.desk.events("ticket_changed", "ticket_assigned")}
    assert kinds == {"ticket_changed", "ticket_assigned"}


async def test_bulk_on_all_of_a_view_leaves_out_what_is_excepted(
    site: Site, agent: Browser, tickets: list[int], finish: Finish
) -> None:
    leaf = {"field": "priority", "op": "is", "value": 2}
    view_id = (await agent.post("/saved-views", {"name_en": "x", "condition": leaf})).json()["id"]
    job = await agent.post("/bulk", bulk(view=f"saved:{view_id}", except_ids=tickets[:1]))
    report = await finish(agent, job)
    assert report["done"] == 2
    assert [await site.desk.column(one, "priority") for one in tickets] == [2, 4, 4]
    report = await finish(agent, await agent.post("/bulk", bulk(view="unassigned", changes={"priority": 3})))
    assert report["done"] == 3


async def test_bulk_never_touches_what_is_not_seen(site: Site, agent: Browser, finish: Finish) -> None:
    hidden = await site.ticket(team=await site.desk.team("Repairs"))
    everything = await finish(agent, await agent.post("/bulk", bulk(condition={"all": []})))
    assert everything["total"] == 0
    named = await finish(agent, await agent.post("/bulk", bulk([hidden, 999])))
    assert [(one["code"], one["ticket_ids"]) for one in named["failures"]] == [("not_found", [hidden])]
    assert await site.desk.column(hidden, "priority") == 2


async def test_bulk_reports_what_the_form_refuses_and_changes_the_rest(
    agent: Browser, boss: Browser, tickets: list[int], finish: Finish
) -> None:
    field = {"key": "serial", "name_en": "Serial", "name_zh": "序列号", "kind": "text"}
    assert (await boss.post("/fields", field)).status_code == 201
    form = {"name_en": "Repair", "name_zh": "维修", "form": [{"key": "serial", "required_on": "solve"}]}
    kind = (await boss.post("/ticket-types", form)).json()["id"]
    await agent.patch(f"/tickets/{tickets[1]}", {"type_id": kind})
    solved = next(one for one in (await agent.get("/statuses")).json()["items"] if one["category"] == "solved")
    report = await finish(agent, await agent.post("/bulk", bulk(tickets, {"status_id": solved["id"]})))
    assert (report["done"], report["failed"]) == (3, 1)
    assert [(one["code"], one["ticket_ids"]) for one in report["failures"]] == [("fields_missing", [tickets[1]])]
    assert "Serial" in report["failures"][0]["detail"]
    states = [(await agent.get(f"/tickets/{one}")).json()["category"] for one in tickets]
    assert states == ["solved", "new", "solved"]


async def test_bulk_to_a_full_agent_says_so(site: Site, agent: Browser, tickets: list[int], finish: Finish) -> None:
    full = await site.desk.person("Mo", capacity=1)
    report = await finish(agent, await agent.post("/bulk", bulk(tickets, {"assignee_id": full.id})))
    assert [(one["code"], one["count"]) for one in report["failures"]] == [("agent_full", 2)]


async def test_bulk_move_keeps_the_holder_only_as_member(
    site: Site, agent: Browser, lu: Actor, tickets: list[int], finish: Finish
) -> None:
    team = await site.desk.team("Repairs")
    await finish(agent, await agent.post("/bulk", bulk(tickets, {"assignee_id": lu.id})))
    report = await finish(agent, await agent.post("/bulk", bulk(tickets, {"team_id": team})))
    assert report["failed"] == 0
    assert {await site.desk.column(one, "assignee_id") for one in tickets} == {None}
    assert {await site.desk.column(one, "team_id") for one in tickets} == {team}


async def test_undo_gives_back_what_nobody_has_changed_since(
    site: Site, agent: Browser, tickets: list[int], finish: Finish
) -> None:
    await agent.patch(f"/tickets/{tickets[0]}", {"tags": ["old"]})
    changes = {"priority": 4, "add_tags": ["new"], "remove_tags": ["OLD"]}
    done = await finish(agent, await agent.post("/bulk", bulk(tickets, changes)))
    assert done["can_undo"] is True
    await agent.patch(f"/tickets/{tickets[2]}", {"priority": 1})
    report = await finish(agent, await agent.post(f"/bulk/{done['id']}/undo"))
    assert (report["kind"], report["done"], report["failed"]) == ("undo", 3, 1)
    assert [(one["code"], one["ticket_ids"]) for one in report["failures"]] == [("changed_since", [tickets[2]])]
    assert "priority" in report["failures"][0]["detail"]
    assert [await site.desk.column(one, "priority") for one in tickets] == [2, 2, 1]
    assert [await site.desk.column(one, "tags") for one in tickets] == [["old"], [], []]
    again = await agent.post(f"/bulk/{done['id']}/undo")
    assert (again.status_code, again.json()["code"]) == (409, "not_undoable")


async def test_undo_gives_back_holder_team_status_and_fields(
    site: Site, agent: Browser, boss: Browser, lu: Actor, tickets: list[int], finish: Finish
) -> None:
    await boss.post("/fields", {"key": "note", "name_en": "Note", "name_zh": "备注", "kind": "text"})
    await agent.patch(f"/tickets/{tickets[0]}", {"fields": {"note": "before"}})
    columns = "array[status_id::text, assignee_id::text, fields::text, snoozed_until::text]"
    before = [await site.desk.column(one, columns) for one in tickets]
    solved = await site.desk.sql("select id from status where category = 'solved' limit 1")
    changes = {"assignee_id": lu.id, "status_id": solved, "fields": {"note": "after"}}
    done = await finish(agent, await agent.post("/bulk", bulk(tickets, changes)))
    assert [await site.desk.column(one, columns) for one in tickets] != before
    report = await finish(agent, await agent.post(f"/bulk/{done['id']}/undo"))
    assert report["failed"] == 0
    assert [await site.desk.column(one, columns) for one in tickets] == before


async def test_cancelled_job_stops_and_stays_told(agent: Browser, tickets: list[int], runner: JobRunner) -> None:
    job = (await agent.post("/bulk", bulk(tickets))).json()
    assert (await agent.post(f"/bulk/{job['id']}/cancel")).json()["is_cancelled"] is True
    await runner.change()
    report = (await agent.get(f"/bulk/{job['id']}")).json()
    assert (report["state"], report["done"]) == ("cancelled", 0)
    assert [one["id"] for one in (await agent.get("/bulk")).json()["items"]] == [job["id"]]


async def test_job_stops_when_its_person_is_gone(
    site: Site, agent: Browser, lu: Actor, tickets: list[int], runner: JobRunner
) -> None:
    job = (await agent.post("/bulk", bulk(tickets))).json()["id"]
    await site.desk.run("update person set deactivated_at = now() where id = %(id)s", id=lu.id)
    await runner.change()
    assert await site.desk.sql("select problem from job where id = %(id)s", id=job) == "person_gone"
    assert await site.desk.column(tickets[0], "priority") == 2


@pytest.mark.parametrize(
    "bad",
    [
        {"selection": {}, "changes": {"priority": 4}},
        {"selection": {"ids": [1], "view": "open"}, "changes": {"priority": 4}},
        {"selection": {"view": "nothing"}, "changes": {"priority": 4}},
        {"selection": {"view": "saved:x"}, "changes": {"priority": 4}},
        {"selection": {"ids": [1]}, "changes": {}},
        {"selection": {"ids": [1]}, "changes": {"priority": 9}},
        {"selection": {"condition": {"field": "x", "op": "is"}}, "changes": {"priority": 4}},
    ],
)
async def test_bulk_that_cannot_be_is_refused(agent: Browser, bad: dict[str, Any]) -> None:
    assert (await agent.post("/bulk", bad)).status_code == 400


async def test_bulk_needs_the_right_for_each_change(site: Site, agent: Browser, tickets: list[int]) -> None:
    reader = await site.browser(await site.desk.person("Ro", role="read_only"))
    for changes in ({"priority": 4}, {"assignee_id": None}):
        assert (await reader.post("/bulk", bulk(tickets, changes))).status_code == 403
    job = (await agent.post("/bulk", bulk(tickets))).json()["id"]
    for answer in (
        await reader.get(f"/bulk/{job}"),
        await reader.post(f"/bulk/{job}/cancel"),
        await reader.post(f"/bulk/{job}/undo"),
        await reader.get(f"/exports/{job}/file"),
    ):
        assert answer.status_code == 404


async def test_sixth_open_job_waits(agent: Browser, tickets: list[int]) -> None:
    answers = [(await agent.post("/bulk", bulk(tickets))).status_code for _ in range(6)]
    assert answers == [202] * 5 + [429]


async def test_progress_is_told_to_its_person(
    site: Site, agent: Browser, lu: Actor, tickets: list[int], finish: Finish
) -> None:
    heard: list[dict[str, object]] = []
    site.desk.parts.bus.listen("job", lambda signal: heard.append(signal.payload))
    await finish(agent, await agent.post("/bulk", bulk(tickets)))
    assert {one["person_id"] for one in heard} == {lu.id}
    assert (heard[-1]["state"], heard[-1]["done"], heard[-1]["total"]) == ("done", 3, 3)
