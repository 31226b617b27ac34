"""Jobs over many tickets where much happens at once, twice, or to nothing at all."""

import asyncio
from typing import Any

import pytest

from ombud.views.jobs import JobRunner
from tests.accounts.desk import Browser
from tests.site import Site
from tests.views.conftest import Finish
from tests.views.test_bulk_api import bulk


@pytest.fixture
async def tickets(site: Site) -> list[int]:
    return [await site.ticket(who=f"c{number}") for number in range(4)]


async def priorities(site: Site, tickets: list[int]) -> list[Any]:
    return [await site.desk.column(one, "priority") for one in tickets]


async def test_change_undone_three_times_at_once_is_undone_once(
    site: Site, agent: Browser, tickets: list[int], finish: Finish
) -> None:
    done = await finish(agent, await agent.post("/bulk", bulk(tickets)))
    answers = await asyncio.gather(*(agent.post(f"/bulk/{done['id']}/undo") for _ in range(3)))
    assert sorted(one.status_code for one in answers) == [202, 409, 409]
    assert await site.desk.sql("select count(*) from job where kind = 'undo'") == 1
    await finish(agent, next(one for one in answers if one.status_code == 202))
    assert await priorities(site, tickets) == [2, 2, 2, 2]


async def test_jobs_started_by_a_crowd_at_once_are_no_more_than_allowed(
    site: Site, agent: Browser, tickets: list[int]
) -> None:
    answers = await asyncio.gather(*(agent.post("/bulk", bulk(tickets)) for _ in range(8)))
    assert sorted(one.status_code for one in answers) == [202] * 5 + [429] * 3
    assert await site.desk.sql("select count(*) from job") == 5


async def test_two_runners_at_once_change_each_ticket_once(
    site: Site, agent: Browser, tickets: list[int], runner: JobRunner
) -> None:
    parts = site.desk.parts
    second = JobRunner(parts.database, parts.bus, parts.clock, parts.files, undo_seconds=10)
    jobs = [(await agent.post("/bulk", bulk(tickets, {"priority": number}))).json()["id"] for number in (3, 4)]
    while sum(await asyncio.gather(runner.change(), second.change())):
        pass
    for job in jobs:
        report = (await agent.get(f"/bulk/{job}")).json()
        assert (report["state"], report["done"], report["failed"]) == ("done", 4, 0)
    for ticket in tickets:
        told = [one for one in await site.desk.timeline(ticket) if one.details.field == "priority"]
        assert len(told) == 2


async def test_ticket_named_twice_is_changed_once_and_exceptions_hold_for_names(
    site: Site, agent: Browser, tickets: list[int], finish: Finish
) -> None:
    chosen = {"ids": [tickets[0], tickets[0], tickets[1], 10**15], "except_ids": [tickets[1]]}
    report = await finish(agent, await agent.post("/bulk", {"selection": chosen, "changes": {"priority": 4}}))
    assert (report["total"], report["done"]) == (1, 1)
    assert await priorities(site, tickets) == [4, 2, 2, 2]


async def test_job_about_nothing_ends_at_once(agent: Browser, finish: Finish) -> None:
    report = await finish(agent, await agent.post("/bulk", bulk(view="mine")))
    assert (report["state"], report["total"], report["can_undo"]) == ("done", 0, True)
    assert (await agent.post(f"/bulk/{report['id']}/cancel")).json()["is_cancelled"] is False


async def test_undo_of_an_undo_or_of_an_export_or_while_it_runs_is_refused(
    agent: Browser, tickets: list[int], finish: Finish
) -> None:
    waiting = (await agent.post("/bulk", bulk(tickets))).json()["id"]
    assert (await agent.post(f"/bulk/{waiting}/undo")).json()["code"] == "not_undoable"
    export = await finish(agent, await agent.post("/exports", {"selection": {"ids": tickets}}))
    undo = await finish(agent, await agent.post(f"/bulk/{waiting}/undo"))
    for job in (export["id"], undo["id"]):
        assert (await agent.post(f"/bulk/{job}/undo")).json()["code"] == "not_undoable"


async def test_job_that_was_cancelled_half_way_is_undone_for_what_was_done(
    site: Site, agent: Browser, tickets: list[int], runner: JobRunner, finish: Finish
) -> None:
    job = (await agent.post("/bulk", bulk(tickets))).json()["id"]
    sql = """
        update job_item set state = 'changed', before = '{"priority": 2}', after = '{"priority": 4}'
        where job_id = %(job)s and ticket_id = %(ticket)s"""
    await site.desk.run(sql, job=job, ticket=tickets[0])
    await site.desk.run("update ticket set priority = 4 where id = %(id)s", id=tickets[0])
    await agent.post(f"/bulk/{job}/cancel")
    await runner.change()
    report = await finish(agent, await agent.post(f"/bulk/{job}/undo"))
    assert report["total"] == 1
    assert await priorities(site, tickets) == [2, 2, 2, 2]


@pytest.mark.parametrize(
    "view", ["saved:", "saved:0", "saved:-1", "saved:99999999999999999999", "saved:１", "", "SAVED:1"]
)
async def test_view_that_is_none_is_refused_and_starts_nothing(site: Site, agent: Browser, view: str) -> None:
    answer = await agent.post("/bulk", bulk(view=view))
    assert answer.status_code in {400, 404}, answer.text
    assert await site.desk.sql("select count(*) from job") == 0
