"""A department that an escalation chain calls in."""

import msgspec
import pytest

from ombud.service_levels.reactions import CLOCKS
from ombud.service_levels.schemas import PolicyIn
from ombud.service_levels.services.policies import make_policy
from ombud.shared.actor import SYSTEM
from ombud.shared.readers import read_batch, register_reader
from tests.teamwork.desk import HOURS_8, Floor


async def with_chain(floor: Floor) -> None:
    """A policy whose chain asks logistics for help half an hour after the ticket was opened."""
    desk = floor.site.desk
    calendar_id = await desk.sql("select id from calendar where is_default")
    step = {"minutes": 0, "task": {"team_id": floor.logistics, "title": "查件支援", "span": HOURS_8}}
    whole = {
        "calendar_id": calendar_id,
        "name_zh": "标准",
        "targets": [{"metric": "first_response", "span": {"amount": 30, "unit": "natural_minutes"}}],
        "steps": [step],
    }
    async with desk.parts.database.transaction() as tx:
        await register_reader(tx, CLOCKS)
        await make_policy(tx, msgspec.convert(whole, PolicyIn), by=SYSTEM, now=desk.now)


async def clocks_follow(floor: Floor) -> None:
    while (await read_batch(floor.site.desk.parts.database, CLOCKS, now=floor.site.desk.now)).passed:
        pass


async def test_call_in_gives_the_department_one_task_and_leaves_the_ticket(floor: Floor) -> None:
    await with_chain(floor)
    ticket = await floor.ticket()
    await floor.follow()
    await clocks_follow(floor)
    floor.site.desk.later(minutes=31)
    await floor.follow()
    await floor.follow()
    [task] = (await floor.view(ticket))["tasks"]
    assert (task["title"], task["team_id"], task["state"]) == ("查件支援", floor.logistics, "asked")
    assert [one["id"] for one in (await floor.partner.get("/tasks")).json()["items"]] == [task["id"]]
    assert await floor.site.desk.column(ticket, "team_id") == 1


async def test_call_in_of_a_department_that_is_gone_is_logged_and_nothing_is_lost(
    floor: Floor, caplog: pytest.LogCaptureFixture
) -> None:
    await with_chain(floor)
    ticket = await floor.ticket()
    await floor.follow()
    await clocks_follow(floor)
    await floor.site.desk.run("update team set archived_at = now() where id = %(id)s", id=floor.logistics)
    floor.site.desk.later(minutes=31)
    await floor.follow()
    assert (await floor.view(ticket))["tasks"] == []
    assert "There is no such department" in caplog.text
    assert len(await floor.site.desk.events("clock_escalated")) == 1
