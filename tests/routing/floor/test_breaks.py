"""Breaks on a real desk: bounds, the queue and its places, approval, warning levels, and what is never refused."""

import asyncio
from typing import Any

import pytest

from ombud.routing.floor.services.breaks import move_queue
from ombud.routing.floor.services.rules import set_level
from ombud.shared.actor import SYSTEM, Actor
from tests.desk import Desk
from tests.site import Site


async def rule(desk: Desk, team: int = 1, **more: Any) -> None:
    columns = {"minutes_per_shift": None, "times_per_shift": None, "at_most_at_once": None} | more
    names, places = ", ".join(columns), ", ".join(f"%({one})s" for one in columns)
    await desk.run(f"insert into break_rule (team_id, {names}) values (%(team)s, {places})", team=team, **columns)


async def seat(site: Site, *names: str) -> list[Actor]:
    """People who are ready."""
    people = [await site.desk.person(one) for one in names]
    await site.desk.online(*people)
    return people


async def ask(site: Site, who: Actor, reason: str = "rest", **more: Any) -> Any:
    return await (await site.browser(who)).post("/me/break", {"reason": reason, **more})


async def own(site: Site, who: Actor) -> Any:
    return (await (await site.browser(who)).get("/me/state")).json()


async def move(desk: Desk) -> int:
    async with desk.parts.database.transaction() as tx:
        return await move_queue(tx, now=desk.now)


async def test_ask_break_without_rules_begins_at_once(site: Site) -> None:
    [lu] = await seat(site, "Lu")
    answer = await ask(site, lu, "meal")
    assert answer.status_code == 201
    assert (answer.json()["state"], answer.json()["reason"], answer.json()["limit_at"]) == (
        "break",
        "meal",
        "2026-11-23T09:45:00Z",
    )
    assert [one.data["change"] for one in await site.desk.events("break_changed")] == ["waiting", "granted", "taken"]


async def test_ask_break_beyond_the_bound_waits_with_its_place_and_is_called(site: Site) -> None:
    desk = site.desk
    await rule(desk, at_most_at_once=1)
    lu, mo, na = await seat(site, "Lu", "Mo", "Na")
    await ask(site, lu)
    for place, one in enumerate((mo, na), 1):
        desk.later(seconds=1)
        waits = (await ask(site, one)).json()["asked_break"]
        assert (waits["state"], waits["place"], waits["waits_for"]) == ("waiting", place, "place")
    await (await site.browser(lu)).put("/me/presence", {"state": "online"})
    await move(desk)
    assert (await own(site, mo))["asked_break"]["waits_for"] == "start"
    assert (await own(site, na))["asked_break"]["place"] == 1
    started = await (await site.browser(mo)).put("/me/break/start", None)
    assert (started.json()["state"], started.json()["asked_break"]) == ("break", None)


async def test_move_queue_call_that_is_not_taken_goes_to_the_next(site: Site) -> None:
    desk = site.desk
    await rule(desk, at_most_at_once=1)
    lu, mo, na = await seat(site, "Lu", "Mo", "Na")
    for one in (lu, mo, na):
        await ask(site, one)
        desk.later(seconds=1)
    await (await site.browser(lu)).put("/me/presence", {"state": "online"})
    await move(desk)
    desk.later(seconds=181)
    await move(desk)
    assert (await own(site, mo))["asked_break"] is None
    assert (await own(site, na))["asked_break"]["waits_for"] == "start"
    assert (await (await site.browser(mo)).put("/me/break/start", None)).status_code == 404


async def test_move_queue_who_went_home_holds_nobody_up(site: Site) -> None:
    desk = site.desk
    await rule(desk, at_most_at_once=1)
    lu, mo, na = await seat(site, "Lu", "Mo", "Na")
    for one in (lu, mo, na):
        await ask(site, one)
        desk.later(seconds=1)
    await (await site.browser(mo)).put("/me/presence", {"state": "offline"})
    await move(desk)
    assert (await own(site, na))["asked_break"]["place"] == 1


async def test_withdraw_break_frees_the_place(site: Site) -> None:
    await rule(site.desk, at_most_at_once=1)
    lu, mo = await seat(site, "Lu", "Mo")
    await ask(site, lu)
    await ask(site, mo)
    answer = await (await site.browser(mo)).put("/me/break/withdrawal", None)
    assert answer.json()["asked_break"] is None
    assert (await ask(site, mo)).status_code == 201


@pytest.mark.parametrize("reason", ["restroom", "nursing"])
async def test_ask_break_toilet_and_nursing_are_never_refused(site: Site, reason: str) -> None:
    await rule(site.desk, at_most_at_once=1, times_per_shift=0, minutes_per_shift=0, needs_approval=True)
    await site.desk.run("update break_rule set blocked_from = 'blue'")
    await site.desk.run("insert into warning_level values (1, 'red', now())")
    lu, mo = await seat(site, "Lu", "Mo")
    for one in (lu, mo):
        answer = await ask(site, one, reason)
        assert (answer.json()["state"], answer.json()["used"]["times"]) == ("break", 0)


async def test_ask_break_used_up_bounds_are_refused_and_say_what_is_left(site: Site) -> None:
    await rule(site.desk, minutes_per_shift=20, times_per_shift=2)
    [lu] = await seat(site, "Lu")
    await ask(site, lu, minutes=10)
    site.desk.later(minutes=12)
    await (await site.browser(lu)).put("/me/presence", {"state": "online"})
    refused = await ask(site, lu, minutes=9)
    assert (refused.status_code, refused.json()["code"]) == (409, "break_quota_used_up")
    used = (await own(site, lu))["used"]
    assert (used["minutes"], used["times"], used["minutes_left"], used["times_left"]) == (12, 1, 8, 1)
    assert (await ask(site, lu, minutes=8)).status_code == 201


async def test_missed_busy_eats_no_break(site: Site) -> None:
    await rule(site.desk, minutes_per_shift=15, times_per_shift=1)
    [lu] = await seat(site, "Lu")
    await site.desk.run("update presence set state = 'busy', reason = 'missed'")
    await site.desk.run("update state_log set state = 'busy', reason = 'missed'")
    site.desk.later(minutes=40)
    assert (await ask(site, lu, minutes=15)).json()["state"] == "break"


async def test_ask_break_needing_approval_waits_for_whoever_leads(site: Site) -> None:
    desk = site.desk
    await rule(desk, needs_approval=True)
    [lu] = await seat(site, "Lu")
    lead = await desk.person("Lead", role="supervisor")
    far = await desk.person("Far", await desk.team("Other"), role="supervisor")
    asked = (await ask(site, lu)).json()["asked_break"]
    assert asked["waits_for"] == "approval"
    path = f"/live/breaks/{asked['id']}/decision"
    assert (await (await site.browser(lu)).put(path, {"is_granted": True})).status_code == 403
    assert (await (await site.browser(far)).put(path, {"is_granted": True})).status_code == 404
    assert (await (await site.browser(lead)).put(path, {"is_granted": True})).status_code == 200
    await (await site.browser(lu)).put("/me/break/start", None)
    assert (await own(site, lu))["approved_by"] == lead.id


async def test_decide_break_refused_tells_why(site: Site) -> None:
    await rule(site.desk, needs_approval=True)
    [lu] = await seat(site, "Lu")
    lead = await site.browser(await site.desk.person("Lead", role="supervisor"))
    [waits] = (await ask(site, lu)) and (await lead.get("/live/breaks")).json()["items"]
    await lead.put(f"/live/breaks/{waits['id']}/decision", {"is_granted": False, "refusal": "In ten minutes."})
    after = await own(site, lu)
    assert (after["asked_break"], after["refused_break"], after["state"]) == (None, "In ten minutes.", "online")


async def test_warning_level_blocks_breaks_until_it_falls(site: Site) -> None:
    desk = site.desk
    await rule(desk, blocked_from="orange")
    [lu] = await seat(site, "Lu")
    async with desk.parts.database.transaction() as tx:
        assert await set_level(tx, 1, "red", by=SYSTEM, now=desk.now)
        assert not await set_level(tx, 1, "red", by=SYSTEM, now=desk.now)
    waits = (await ask(site, lu)).json()
    assert (waits["asked_break"]["waits_for"], waits["level"]) == ("level", "red")
    async with desk.parts.database.transaction() as tx:
        assert await set_level(tx, 1, None, by=SYSTEM, now=desk.now)
    await move(desk)
    assert (await own(site, lu))["asked_break"]["waits_for"] == "start"


async def test_ask_break_two_at_once_never_both_get_the_last_place(site: Site) -> None:
    await rule(site.desk, at_most_at_once=1)
    people = await seat(site, "Lu", "Mo", "Na")
    browsers = [await site.browser(one) for one in people]
    answers = await asyncio.gather(*(one.post("/me/break", {"reason": "rest"}) for one in browsers))
    assert sorted(one.json()["state"] for one in answers) == ["break", "online", "online"]


async def test_ask_break_twice_is_one_break(site: Site) -> None:
    [lu] = await seat(site, "Lu")
    await ask(site, lu)
    assert (await ask(site, lu)).json()["code"] == "break_already_asked"


async def test_break_moves_are_told_to_all_who_wait_and_who_lead(site: Site) -> None:
    await rule(site.desk, at_most_at_once=1)
    lu, mo = await seat(site, "Lu", "Mo")
    lead = await site.desk.person("Lead", role="supervisor")
    await ask(site, lu)
    await ask(site, mo)
    told = [one.data.what for one in await site.frames(mo) if one.event == "floor"]
    assert set(told) == {"me"}
    assert {one.data.what for one in await site.frames(lead) if one.event == "floor"} == {"breaks"}
