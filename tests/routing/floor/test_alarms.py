"""Alarms: each matter once for as long as it lasts, by the team's thresholds, acknowledged by one."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from ombud.routing.floor.schemas import Thresholds
from ombud.routing.floor.services.alarms import watch_floor
from ombud.routing.floor.services.keeping import keep_floor
from tests.desk import Desk
from tests.site import Site

OFF = dict.fromkeys(Thresholds.__struct_fields__)


async def watch(desk: Desk) -> int:
    async with desk.parts.database.transaction() as tx:
        return await watch_floor(tx, now=desk.now)


async def thresholds(desk: Desk, **some: int) -> None:
    text = msgspec.json.encode(OFF | some).decode()
    await desk.run("insert into alarm_rule values (1, %(t)s::jsonb)", t=text)


async def raised(desk: Desk) -> list[tuple[Any, ...]]:
    sql = """
        select jsonb_agg(jsonb_build_array(kind, person_id, ticket_id, measured, threshold) order by id)
        from floor_alarm where ended_at is null"""
    return [tuple(one) for one in await desk.sql(sql) or []]


async def arrive(site: Site, count: int, kind: str = "api") -> list[int]:
    return [await site.ticket(kind=kind, who=f"c{number}") for number in range(count)]


async def test_watch_floor_alarms_once_and_ends_with_its_cause(site: Site) -> None:
    desk = site.desk
    await thresholds(desk, waiting=2)
    tickets = await arrive(site, 2)
    assert [await watch(desk), await watch(desk)] == [1, 0]
    assert await raised(desk) == [("waiting", None, None, 2, 2)]
    await desk.run("update ticket set category = 'solved' where id = %(id)s", id=tickets[0])
    assert await watch(desk) == 1
    assert await raised(desk) == []
    await arrive(site, 1)
    assert await watch(desk) == 1
    kinds = [one.kind for one in await desk.events("alarm_raised", "alarm_changed")]
    assert kinds == ["alarm_raised", "alarm_changed", "alarm_raised"]


async def test_watch_floor_oldest_beyond_the_limit(site: Site) -> None:
    await thresholds(site.desk, oldest_seconds=600)
    await arrive(site, 1)
    site.desk.later(seconds=599)
    assert await watch(site.desk) == 0
    site.desk.later(seconds=1)
    await watch(site.desk)
    assert await raised(site.desk) == [("oldest", None, None, 600, 600)]


@pytest.mark.parametrize(
    ("state", "reason", "limit_minutes", "kind"),
    [
        ("break", "meal", 45, "overtime"),
        ("busy", "ticket_work", 30, "overtime"),
        ("wrap_up", "", 1, "wrap_up"),
        ("busy", "system_fault", None, "idle"),
        ("away", "", None, "idle"),
    ],
)
async def test_watch_floor_states_that_last_too_long(
    desk: Desk, state: str, reason: str, limit_minutes: int | None, kind: str
) -> None:
    await thresholds(desk, overtime_seconds=60, idle_seconds=3_600)
    lu = await desk.person("Lu")
    await desk.online(lu)
    limit = None if limit_minutes is None else desk.now + timedelta(minutes=limit_minutes)
    sql = "update presence set state = %(s)s, reason = %(r)s, limit_at = %(l)s"
    await desk.run(sql, s=state, r=reason, l=limit)
    assert await watch(desk) == 0
    desk.later(minutes=60)
    await desk.run("update presence set seen_at = %(now)s", now=desk.now)
    await watch(desk)
    assert [(one[0], one[1]) for one in await raised(desk)] == [(kind, lu.id)]


async def test_watch_floor_two_missed_offers_within_an_hour(desk: Desk) -> None:
    await thresholds(desk, missed_offers=2)
    lu = await desk.person("Lu")
    await desk.online(lu)
    sql = """
        insert into state_log (person_id, state, reason, from_at, to_at)
        values (%(id)s, 'busy', 'missed', %(at)s, %(at)s)"""
    await desk.run(sql, id=lu.id, at=desk.now - timedelta(minutes=50))
    assert await watch(desk) == 0
    await desk.run(sql, id=lu.id, at=desk.now)
    await watch(desk)
    assert await raised(desk) == [("missed", lu.id, None, 2, 2)]


async def test_watch_floor_chat_unanswered(site: Site) -> None:
    desk = site.desk
    await thresholds(desk, unanswered_seconds=60)
    lu = await desk.person("Lu")
    ticket = await site.ticket(kind="chat")
    await (await site.browser(lu)).put(f"/tickets/{ticket}/assignment", {"assignee_id": lu.id})
    desk.later(seconds=75)
    await watch(desk)
    assert await raised(desk) == [("unanswered", lu.id, ticket, 75, 60)]


async def test_watch_floor_service_level_of_this_half_hour(site: Site) -> None:
    desk = site.desk
    await thresholds(desk, service_level_percent=80)
    tickets = await arrive(site, 5)
    sql = """
        with p as (insert into service_policy (position, created_at) values (1, now()) returning id)
        insert into service_policy_version (policy_id, spec, created_at) select id, '{}', now() from p returning id"""
    policy = await desk.sql(sql)
    sql = """
        insert into clock (ticket_id, metric, state, outcome, started_at, ended_at, due_at, breached_at,
            policy_version_id)
        select t, 'first_response', 'ended', 'met', %(now)s, %(now)s, %(now)s,
            case when p <= 2 then %(now)s::timestamptz end, %(policy)s
        from unnest(%(ids)s::bigint[]) with ordinality as u (t, p)"""
    await desk.run(sql, now=desk.now, ids=tickets, policy=policy)
    desk.later(minutes=1)
    await watch(desk)
    assert await raised(desk) == [("service_level", None, None, 60, 80)]
    desk.later(minutes=30)
    await watch(desk)
    assert await raised(desk) == []


async def test_watch_floor_hand_that_nobody_answers(site: Site) -> None:
    await thresholds(site.desk, hand_seconds=120)
    lu = await site.desk.person("Lu")
    await (await site.browser(lu)).post("/hands", {})
    site.desk.later(seconds=120)
    await watch(site.desk)
    assert await raised(site.desk) == [("hand", lu.id, None, 120, 120)]


async def test_watch_floor_team_that_wants_none_has_none(site: Site) -> None:
    await thresholds(site.desk)
    await arrive(site, 3)
    site.desk.later(hours=3)
    assert await watch(site.desk) == 0


async def test_acknowledge_alarm_is_for_its_team_and_once(site: Site) -> None:
    desk = site.desk
    await thresholds(desk, waiting=1)
    await arrive(site, 1)
    await watch(desk)
    lead = await site.browser(await desk.person("Lead", role="supervisor"))
    second = await site.browser(await desk.person("Second", role="supervisor"))
    far = await site.browser(await desk.person("Far", await desk.team("Other"), role="supervisor"))
    [alarm] = (await lead.get("/live/alarms")).json()["items"]
    assert (await far.get("/live/alarms")).json()["items"] == []
    path = f"/live/alarms/{alarm['id']}/acknowledgement"
    assert (await far.put(path, None)).status_code == 404
    first = (await lead.put(path, None)).json()
    assert (await second.put(path, None)).json()["acknowledged_by"] == first["acknowledged_by"]
    assert [one.data["change"] for one in await desk.events("alarm_changed")] == ["acknowledged"]


async def test_thresholds_of_a_team_are_set_by_who_leads_it(site: Site) -> None:
    desk = site.desk
    other = await desk.team("Other")
    lead = await site.browser(await desk.person("Lead", role="supervisor"))
    rules = (await lead.get("/floor-rules")).json()["items"]
    assert [one["team_id"] for one in rules] == [1]
    wanted = rules[0]["thresholds"] | {"waiting": 5, "idle_seconds": None}
    assert (await lead.put("/floor-rules/1/thresholds", wanted)).status_code == 204
    assert (await lead.put("/floor-rules/1/breaks", {"at_most_at_once": 2})).status_code == 204
    assert (await lead.put("/floor-rules/1/level", {"level": "yellow"})).status_code == 204
    for path, data in (("thresholds", wanted), ("breaks", {}), ("level", {"level": "red"})):
        assert (await lead.put(f"/floor-rules/{other}/{path}", data)).status_code == 404
    [after] = (await lead.get("/floor-rules")).json()["items"]
    assert (after["thresholds"], after["breaks"]["at_most_at_once"], after["level"]) == (wanted, 2, "yellow")


async def test_keep_floor_does_all_that_time_brings(desk: Desk) -> None:
    lu = await desk.person("Lu")
    await desk.online(lu)
    desk.later(seconds=61)
    async with desk.parts.database.transaction() as tx:
        assert await keep_floor(tx, now=desk.now) == 1
