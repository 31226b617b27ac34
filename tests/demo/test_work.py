"""The demo desk shows people at work together: processes on their way, dispatches of each kind, tasks of a partner."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ombud.accounts.permissions import ROLES
from ombud.demo.loader import load_demo
from ombud.demo.work.cast import PARTNER
from ombud.demo.work.scenes import KINDS, show_work
from ombud.shared.actor import Actor
from tests.desk import Desk


@pytest.fixture(params=[1, 14], ids=["at night", "in the afternoon"])
async def shown(desk: Desk, request: pytest.FixtureRequest) -> Desk:
    """A small demo desk, loaded at some hour of the day."""
    desk.now = datetime(2026, 11, 20, request.param, 30, tzinfo=UTC)
    await desk.run("delete from membership; delete from person where role <> 'administrator'")
    async with desk.parts.database.transaction() as tx:
        loaded = await load_demo(tx, now=desk.now, tickets=6_000)
        you = Actor("person", loaded.administrator_id, "You", ROLES["administrator"], None)
        await show_work(tx, you, now=desk.now)
    return desk


async def listed(desk: Desk, sql: str) -> list[Any]:
    found: list[Any] = await desk.sql(f"select coalesce(jsonb_agg(x.* order by 1), '[]') from ({sql}) x")
    return found


async def test_show_work_has_three_processes_on_their_way(shown: Desk) -> None:
    sql = "select stage from stage_visit where ended_at is null"
    stages = {one["stage"] for one in await listed(shown, sql)}
    assert stages == {"research", "finance", "task_force"}
    late = "select stage, is_late from stage_visit where is_late"
    assert {one["stage"] for one in await listed(shown, late)} == {"diagnosis"}
    why = "select entered_by from stage_visit where stage = 'research'"
    assert [one["entered_by"] for one in await listed(shown, why)] == ["late"]
    assert await shown.sql("select count(*) from supervision where ended_at is null") == 1


async def test_show_work_has_dispatches_of_each_kind_and_tasks_of_a_partner(shown: Desk) -> None:
    assert await shown.sql("select count(*) from dispatch") == len(KINDS)
    assert await shown.sql("select count(*) from dispatch where outcome = 'returned'") == 1
    assert await shown.sql("select count(*) from urge where has_escalated") == 1
    sql = """
        select k.state from task k join membership m on m.team_id = k.team_id
        join person p on p.id = m.person_id and p.role = 'partner'"""
    states = [one["state"] for one in await listed(shown, sql)]
    assert sorted(set(states)) == ["accepted", "asked"]
    assert await shown.sql("select email from person where role = 'partner'") == PARTNER


async def test_show_work_is_history_and_nothing_of_it_is_due_at_once(shown: Desk) -> None:
    assert await shown.sql("select count(*) from event_new") == 0
    assert await shown.sql("select count(*) from entry where at > %(now)s", now=shown.now) == 0
    # Research may have missed its day, too: that is the story of the one complaint.
    sql = """
        select count(*) from clock where policy_version_id is null and next_at <= %(now)s
            and ticket_id not in (select ticket_id from stage_visit where stage = 'research')"""
    assert await shown.sql(sql, now=shown.now) == 0
    queued = "select count(*) from outbox o join process_run r using (ticket_id) where o.state = 'queued'"
    assert await shown.sql(queued) == 0
