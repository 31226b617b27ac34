"""States with reason, start and limit on a real desk: what stands in the log, and what ends by itself."""

from datetime import timedelta
from typing import Any

import pytest

from ombud.routing.floor.reactions import FLOOR
from ombud.routing.floor.schemas import PresenceIn
from ombud.routing.floor.services.limits import end_wrap_ups
from ombud.routing.floor.services.presence import choose_state, note_heartbeat, note_silence
from ombud.shared.actor import Actor
from ombud.shared.readers import read_batch, register_reader
from tests.desk import START, Desk
from tests.site import Site, reply_of


async def choose(desk: Desk, by: Actor, state: Any, **more: Any) -> None:
    async with desk.parts.database.transaction() as tx:
        await choose_state(tx, PresenceIn(state=state, **more), by=by, now=desk.now)


async def stretches(desk: Desk, of: Actor) -> list[tuple[str, str, int, int | None]]:
    """Each stretch of the log: state, reason, begin and end in seconds after the start."""
    sql = """
        select jsonb_agg(jsonb_build_array(state, reason, extract(epoch from from_at - %(start)s)::int,
            extract(epoch from to_at - %(start)s)::int) order by id) from state_log where person_id = %(id)s"""
    return [tuple(one) for one in await desk.sql(sql, id=of.id, start=START) or []]


async def test_choose_state_writes_each_stretch_with_its_reason(desk: Desk) -> None:
    lu = await desk.person("Lu")
    await choose(desk, lu, "online")
    desk.later(seconds=10)
    await choose(desk, lu, "busy", reason="ticket_work", note="Three letters")
    desk.later(seconds=20)
    await choose(desk, lu, "busy", reason="system_fault")
    assert await stretches(desk, lu) == [
        ("online", "", 0, 10),
        ("busy", "ticket_work", 10, 30),
        ("busy", "system_fault", 30, None),
    ]


async def test_choose_state_same_again_keeps_its_start(desk: Desk) -> None:
    lu = await desk.person("Lu")
    await choose(desk, lu, "online")
    since = await desk.sql("select online_since from presence")
    desk.later(minutes=5)
    await choose(desk, lu, "online")
    assert await desk.sql("select online_since from presence") == since
    assert await stretches(desk, lu) == [("online", "", 0, None)]


async def test_silence_counts_as_offline_and_coming_back_begins_anew(desk: Desk) -> None:
    lu = await desk.person("Lu")
    await choose(desk, lu, "busy", reason="arranged")
    desk.later(seconds=70)
    async with desk.parts.database.transaction() as tx:
        await note_silence(tx, now=desk.now)
    desk.later(seconds=30)
    async with desk.parts.database.transaction() as tx:
        await note_heartbeat(tx, [lu.person_id], now=desk.now)
    assert await stretches(desk, lu) == [
        ("busy", "arranged", 0, 70),
        ("offline", "silent", 70, 100),
        ("busy", "arranged", 100, None),
    ]


async def test_state_log_clock_going_backwards_ends_no_stretch_before_it_began(desk: Desk) -> None:
    lu = await desk.person("Lu")
    await choose(desk, lu, "online")
    desk.later(seconds=-30)
    await choose(desk, lu, "away")
    assert await stretches(desk, lu) == [("online", "", 0, 0), ("away", "", -30, None)]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"state": "busy", "reason": "ticket_work"}, 204),
        ({"state": "wrap_up"}, 204),
        ({"state": "busy"}, 400),
        ({"state": "online", "reason": "ticket_work"}, 400),
        ({"state": "busy", "reason": "missed"}, 400),
        ({"state": "break"}, 400),
    ],
)
async def test_put_presence_takes_what_a_person_may_choose(site: Site, data: dict[str, str], status: int) -> None:
    browser = await site.browser(await site.desk.person("Lu"))
    assert (await browser.put("/me/presence", data)).status_code == status


async def test_my_state_tells_reason_start_and_limit(site: Site) -> None:
    browser = await site.browser(await site.desk.person("Lu"))
    await browser.put("/me/presence", {"state": "busy", "reason": "ticket_work", "note": "Letters", "minutes": 20})
    own = (await browser.get("/me/state")).json()
    assert (own["state"], own["reason"], own["note"]) == ("busy", "ticket_work", "Letters")
    assert own["since"] == START.isoformat().replace("+00:00", "Z")
    assert own["limit_at"] == (START + timedelta(minutes=20)).isoformat().replace("+00:00", "Z")


async def end(desk: Desk) -> int:
    async with desk.parts.database.transaction() as tx:
        return await end_wrap_ups(tx, now=desk.now)


async def test_wrap_up_over_its_limit_makes_ready(desk: Desk) -> None:
    lu = await desk.person("Lu")
    await choose(desk, lu, "wrap_up")
    desk.later(seconds=59)
    assert await end(desk) == 0
    desk.later(seconds=1)
    assert await end(desk) == 1
    assert [one[0] for one in await stretches(desk, lu)] == ["wrap_up", "online"]


async def test_wrap_up_of_team_that_would_be_told_stays(desk: Desk) -> None:
    lu = await desk.person("Lu")
    await desk.run("insert into break_rule (team_id, wrap_up_ends_by) values (1, 'alarm')")
    await choose(desk, lu, "wrap_up")
    desk.later(seconds=90)
    assert await end(desk) == 0


@pytest.mark.parametrize(
    ("kind", "seconds", "state"), [("chat", 45, "wrap_up"), ("chat", 0, "online"), ("api", 45, "online")]
)
async def test_solving_a_chat_begins_the_wrap_up_one_has(site: Site, kind: str, seconds: int, state: str) -> None:
    desk = site.desk
    lu = await desk.person("Lu")
    await desk.online(lu)
    await desk.run("insert into agent_routing (person_id, wrap_up_seconds) values (%(id)s, %(s)s)", id=lu.id, s=seconds)
    ticket = await site.ticket(kind=kind)
    async with desk.parts.database.transaction() as tx:
        await register_reader(tx, FLOOR)
    browser = await site.browser(lu)
    await browser.put(f"/tickets/{ticket}/assignment", {"assignee_id": lu.id})
    await browser.post(f"/tickets/{ticket}/replies", reply_of(solve=True))
    await desk.events()
    await read_batch(desk.parts.database, FLOOR, now=desk.now)
    assert await desk.sql("select state from presence") == state


async def test_states_of_somebody_are_for_them_and_whoever_leads_them(site: Site) -> None:
    desk = site.desk
    other = await desk.team("Other")
    lu, lead = await desk.person("Lu"), await desk.person("Lead", role="supervisor")
    stranger = await desk.person("Far", other, role="supervisor")
    colleague = await desk.person("Co")
    await choose(desk, lu, "online")
    path = f"/live/agents/{lu.id}/states?since=2026-11-23T00:00:00Z&until=2026-11-24T00:00:00Z"
    answers = [await (await site.browser(one)).get(path) for one in (lu, lead, stranger, colleague)]
    assert [one.status_code for one in answers] == [200, 200, 404, 403]
    assert [one["state"] for one in answers[1].json()["items"]] == ["online"]
