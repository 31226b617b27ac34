"""What screens hear of the floor: each frame for whom it concerns, and for nobody else."""

from typing import Any

import pytest

from ombud.realtime.schemas import Frame
from ombud.realtime.stream import Stream
from ombud.routing.floor.services.alarms import watch_floor
from ombud.shared.actor import Actor
from tests.site import Site


async def _nowhere(_: Any) -> None:
    """Where frames go that a test only asks about."""


async def told(site: Site, who: Actor, *, after: int = 0) -> list[tuple[str, int | None]]:
    """What a person is told to load again, with the team where there is one."""
    frames = await site.frames(who, after=after)
    return [(one.data.what, one.data.team_id) for one in frames if one.event == "floor"]


@pytest.mark.parametrize(
    ("needs", "team", "brands", "hears"),
    [
        ("floor.lead", 1, None, True),
        ("floor.lead", 2, None, False),
        # Figures of a team name no ticket: a limit to brands takes nothing away.
        ("floor.lead", 1, frozenset({7}), True),
        ("people.manage", 1, None, False),
        (None, 1, None, True),
    ],
)
def test_frame_of_a_team_is_for_who_holds_what_it_needs(
    needs: str | None, team: int, brands: frozenset[int] | None, *, hears: bool
) -> None:
    lead = Actor("person", 5, "Lead", frozenset({"floor.lead"}), frozenset({1}), brand_ids=brands)
    frame = Frame("floor", {}, team_id=team, brand_id=None if needs else 1, needs=needs)
    assert Stream(_nowhere, actor=lead).hears(frame) is hears


async def test_change_of_state_is_told_to_oneself_and_the_reason_to_nobody(site: Site) -> None:
    lu, co = await site.desk.person("Lu"), await site.desk.person("Co")
    browser = await site.browser(lu)
    await browser.put("/me/presence", {"state": "busy", "reason": "system_fault", "note": "The printer burns"})
    assert await told(site, lu) == [("me", None)]
    assert await told(site, co) == []
    heard = [one for one in await site.frames(co) if one.event == "presence"]
    assert [(one.data.person_id, one.data.state) for one in heard] == [(lu.id, "busy")]
    assert "printer" not in repr(heard)
    [event] = await site.desk.events("presence_changed")
    assert set(event.data) == {"person_id", "state", "by_silence"}


async def test_alarm_is_told_to_who_leads_its_team(site: Site) -> None:
    desk = site.desk
    other = await desk.team("Other")
    lead, agent = await desk.person("Lead", role="supervisor"), await desk.person("Lu")
    far, boss = await desk.person("Far", other, role="supervisor"), await desk.person("Boss", role="supervisor")
    await desk.run("""insert into alarm_rule values (1, '{"waiting": 1}')""")
    await site.ticket()
    async with desk.parts.database.transaction() as tx:
        await watch_floor(tx, now=desk.now)
    heard = [await told(site, one) for one in (lead, boss, agent, far)]
    assert heard == [[("alarms", 1)], [("alarms", 1)], [], []]


async def test_many_changes_of_one_list_are_one_frame(site: Site) -> None:
    lead = await site.desk.person("Lead", role="supervisor")
    browser = await site.browser(lead)
    for number in range(4):
        note = {"team_id": 1, "kind": "note", "text": f"Note {number}"}
        assert (await browser.post("/duty/notes", note)).status_code == 201
    assert await told(site, lead) == [("duty", 1)]


async def test_rules_of_a_team_are_told_to_its_leaders_and_to_those_who_wait(site: Site) -> None:
    desk = site.desk
    lead, lu = await desk.person("Lead", role="supervisor"), await desk.person("Lu")
    await desk.online(lu)
    await desk.run("insert into break_rule (team_id, needs_approval) values (1, true)")
    await (await site.browser(lu)).post("/me/break", {"reason": "rest"})
    before = (await desk.events())[-1].seq
    await (await site.browser(lead)).put("/floor-rules/1/level", {"level": "blue"})
    assert set(await told(site, lead, after=before)) == {("breaks", 1), ("rules", 1)}
    assert await told(site, lu, after=before) == [("me", None)]


async def test_hand_is_told_to_the_team_and_to_who_asked(site: Site) -> None:
    desk = site.desk
    lu, lead = await desk.person("Lu"), await desk.person("Lead", role="supervisor")
    hand = (await (await site.browser(lu)).post("/hands", {})).json()
    before = (await desk.events())[-1].seq
    await (await site.browser(lead)).put(f"/hands/{hand['id']}/taking", None)
    assert ("hands", None) in await told(site, lu, after=before)
    assert ("hands", 1) in await told(site, lead, after=before)


async def test_rule_that_changes_nothing_is_told_to_nobody(site: Site) -> None:
    lead = await site.desk.person("Lead", role="supervisor")
    browser = await site.browser(lead)
    for _ in range(2):
        assert (await browser.put("/floor-rules/1/breaks", {"at_most_at_once": 3})).status_code == 204
        assert (await browser.put("/floor-rules/1/thresholds", {"waiting": 3})).status_code == 204
    events = await site.desk.events("floor_rules_changed")
    assert [one.data["what"] for one in events] == ["breaks", "thresholds"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("breaks", {"at_most_at_once": 0}),
        ("breaks", {"blocked_from": "pink"}),
        ("breaks", {"unknown": 1}),
        ("thresholds", {"service_level_percent": 101}),
        ("thresholds", {"oldest_seconds": 1}),
        ("level", {"level": "purple"}),
    ],
)
async def test_rules_that_make_no_sense_are_refused(site: Site, path: str, body: dict[str, Any]) -> None:
    lead = await site.browser(await site.desk.person("Lead", role="supervisor"))
    assert (await lead.put(f"/floor-rules/1/{path}", body)).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/me/break", {"reason": "party"}),
        ("POST", "/me/break", {"reason": "rest", "minutes": 0}),
        ("POST", "/me/break", {"reason": "rest", "minutes": 481}),
        ("POST", "/hands", {"wants": "magic"}),
        ("POST", "/duty/notes", {"team_id": 1, "kind": "gossip", "text": "x"}),
        ("POST", "/duty/notes", {"team_id": 1, "kind": "note", "text": "   "}),
        ("POST", "/duty/handovers", {"team_id": 1, "items": [{"kind": "open", "text": ""}]}),
        ("GET", "/duty?since=yesterday&until=2026-11-24T00:00:00Z", None),
        ("GET", "/live/agents/1/states?since=2026-11-24T00:00:00Z&until=2026-11-22T00:00:00Z", None),
    ],
)
async def test_input_that_makes_no_sense_is_refused(site: Site, method: str, path: str, body: Any) -> None:
    lead = await site.browser(await site.desk.person("Lead", role="supervisor"))
    assert (await lead.send(method, path, body)).status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/live"),
        ("PUT", "/live/watching"),
        ("GET", "/live/breaks"),
        ("GET", "/live/alarms"),
        ("GET", "/floor-rules"),
        ("GET", "/duty/proposal?team_id=1"),
        ("PUT", "/live/breaks/1/decision"),
        ("PUT", "/live/agents/1/capacity"),
        ("PUT", "/live/agents/1/suspension"),
        ("GET", "/live/agents/1/skills"),
        ("GET", "/live/queues/1/conversations"),
        ("POST", "/duty/handovers"),
    ],
)
async def test_leading_is_for_who_leads(site: Site, method: str, path: str) -> None:
    agent = await site.browser(await site.desk.person("Lu"))
    answer = await agent.send(method, path, {})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


@pytest.mark.parametrize("role", ["read_only", "partner"])
async def test_states_are_for_who_takes_work(site: Site, role: str) -> None:
    browser = await site.browser(await site.desk.person("Ro", role=role))
    for method, path in (("GET", "/me/state"), ("POST", "/me/break"), ("POST", "/hands"), ("GET", "/hands")):
        assert (await browser.send(method, path, {"reason": "rest"})).status_code == 403
