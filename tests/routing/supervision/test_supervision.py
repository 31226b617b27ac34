"""The live page's data: the own teams only, everything that a leader does in the log, suspension at once."""

from datetime import timedelta
from typing import Any

import pytest

from ombud.shared.actor import Actor
from ombud.tickets.services.planned import send_planned
from tests.site import Site, reply_of


async def lead_of(site: Site, *teams: int, **more: Any) -> Any:
    return await site.browser(await site.desk.person("Lead", *teams, role="supervisor", **more))


async def given(site: Site, holder: Actor, kind: str = "chat", **more: Any) -> int:
    """A ticket that somebody works on."""
    ticket = await site.ticket(kind=kind, **more)
    answer = await (await site.browser(holder)).put(f"/tickets/{ticket}/assignment", {"assignee_id": holder.id})
    assert answer.status_code == 200, answer.text
    return ticket


async def test_live_shows_queues_and_agents_of_own_teams(site: Site) -> None:
    desk = site.desk
    other = await desk.team("Other")
    lu = await desk.person("Lu")
    await desk.person("Far", other)
    await desk.online(lu)
    await given(site, lu)
    await site.ticket(who="c9")
    await site.ticket(team=other, who="c8")
    live = (await (await lead_of(site)).get("/live")).json()
    [queue] = live["queues"]
    assert (queue["waiting"], queue["in_work"], queue["oldest_at"]) == (1, 1, "2026-11-23T09:00:00Z")
    assert (queue["today"], queue["level"]) == ({"n": 0, "in_time": 0}, None)
    agents = {one["person_id"]: one for one in live["agents"]}
    assert set(agents) == {lu.id, max(agents)}
    one = agents[lu.id]
    assert (one["state"], one["load_points"], one["chats"], one["others"]) == ("online", 2, 1, 0)
    everything = (await (await lead_of(site, everywhere=True)).get("/live")).json()
    assert (len(everything["queues"]), len(everything["agents"])) == (2, 4)


async def test_live_service_level_counts_answers_of_today(site: Site) -> None:
    desk = site.desk
    tickets = [await site.ticket(who=f"c{number}") for number in range(4)]
    sql = """
        with p as (insert into service_policy (position, created_at) values (1, now()) returning id)
        insert into service_policy_version (policy_id, spec, created_at) select id, '{}', now() from p returning id"""
    policy = await desk.sql(sql)
    sql = """
        insert into clock (ticket_id, metric, state, outcome, started_at, ended_at, breached_at,
            policy_version_id)
        values (%(t)s, 'first_response', 'ended', 'met', %(at)s, %(at)s,
            case when %(late)s then %(at)s::timestamptz end, %(policy)s)"""
    for ticket, hours, late in zip(tickets, (1, 1, 0, 12), (False, True, False, True), strict=True):
        at = desk.now.replace(hour=desk.now.hour - hours) if hours < 9 else desk.now.replace(day=22)
        await desk.run(sql, t=ticket, at=at, late=late, policy=policy)
    [queue] = (await (await lead_of(site)).get("/live")).json()["queues"]
    assert queue["today"] == {"n": 3, "in_time": 2}
    assert queue["half_hour"] == {"n": 1, "in_time": 1}


async def test_live_is_for_who_leads(site: Site) -> None:
    agent = await site.browser(await site.desk.person("Lu"))
    assert (await agent.get("/live")).status_code == 403


async def test_conversations_of_agent_and_queue_are_those_one_may_see(site: Site) -> None:
    desk = site.desk
    other = await desk.team("Other")
    lu = await desk.person("Lu", 1, other)
    mine = await given(site, lu)
    await given(site, lu, team=other, who="c5")
    waits = await site.ticket(who="c9")
    lead = await lead_of(site)
    found = (await lead.get(f"/live/agents/{lu.id}/conversations")).json()["items"]
    assert [(one["id"], one["channel"], one["customer"]) for one in found] == [(mine, "chat", "C1")]
    assert [one["id"] for one in (await lead.get("/live/queues/1/conversations")).json()["items"]] == [waits]
    assert (await lead.get(f"/live/queues/{other}/conversations")).status_code == 404
    far = await desk.person("Far", other)
    assert (await lead.get(f"/live/agents/{far.id}/conversations")).status_code == 404


async def test_listening_in_stands_in_the_log_and_shows_what_is_written(site: Site) -> None:
    desk = site.desk
    lu = await desk.person("Lu")
    ticket = await given(site, lu)
    await (await site.browser(lu)).put(f"/tickets/{ticket}/drafts/reply", {"text": "Dear Mrs"})
    lead = await desk.person("Lead", role="supervisor")
    browser = await site.browser(lead)
    assert (await browser.post(f"/tickets/{ticket}/listening", None)).status_code == 204
    [event] = await desk.events("conversation_listened")
    assert (event.actor_id, event.data, event.ticket_id) == (
        lead.id,
        {"about_ticket_id": ticket, "holder_id": lu.id},
        None,
    )
    [writes] = (await browser.get(f"/tickets/{ticket}/writing")).json()["items"]
    assert (writes["person_id"], writes["text"]) == (lu.id, "Dear Mrs")
    desk.later(minutes=20)
    assert (await browser.get(f"/tickets/{ticket}/writing")).json()["items"] == []
    assert (await (await site.browser(lu)).get(f"/tickets/{ticket}/writing")).status_code == 403


async def test_change_capacity_counts_at_once_and_stands_in_the_log(site: Site) -> None:
    lu = await site.desk.person("Lu", capacity=4)
    lead = await lead_of(site)
    path = f"/live/agents/{lu.id}/capacity"
    for _ in range(2):
        assert (await lead.put(path, {"capacity_points": 9})).status_code == 204
    [event] = await site.desk.events("capacity_changed")
    assert (event.data["from_points"], event.data["to_points"]) == (4, 9)
    far = await lead_of(site, await site.desk.team("Other"))
    assert (await far.put(path, {"capacity_points": 1})).status_code == 404
    assert await site.desk.sql("select capacity_points from person where id = %(id)s", id=lu.id) == 9


async def test_change_skill_of_own_people_counts_at_once(site: Site) -> None:
    desk = site.desk
    lu = await desk.person("Lu")
    skill = await desk.sql(
        "insert into skill (kind, name_en, created_at) values ('product', 'Mills', now()) returning id"
    )
    lead = await lead_of(site)
    path = f"/live/agents/{lu.id}/skills"
    assert (await lead.put(f"{path}/{skill}", {"level": 4, "before": 0})).status_code == 204
    [held] = (await lead.get(path)).json()["items"]
    assert (held["skill_id"], held["level"]) == (skill, 4)
    assert (await lead.put(f"{path}/{skill}", {"level": 5, "before": 1})).json()["code"] == "level_changed"
    far = await lead_of(site, await desk.team("Other"))
    assert (await far.put(f"{path}/{skill}", {"level": 1})).status_code == 404
    assert (await far.get(path)).status_code == 404


async def test_suspend_agent_gives_work_back_and_keeps_them_from_customers(site: Site) -> None:
    desk = site.desk
    lu = await desk.person("Lu")
    await desk.online(lu)
    tickets = [await given(site, lu), await given(site, lu, kind="api", who="c7")]
    lead = await lead_of(site)
    path = f"/live/agents/{lu.id}/suspension"
    answer = await lead.put(path, {"reason": "Let us talk about the call of this morning."})
    assert (answer.status_code, answer.json()["given_back"]) == (200, 2)
    assert [await desk.column(one, "assignee_id") for one in tickets] == [None, None]
    # Who asks is remembered for two seconds.
    desk.later(seconds=3)
    agent = await site.browser(lu)
    refused = await agent.post(f"/tickets/{tickets[0]}/replies", reply_of())
    assert refused.status_code == 403
    assert (await agent.put(f"/tickets/{tickets[0]}/assignment", {"assignee_id": lu.id})).status_code == 403
    own = (await agent.get("/me/state")).json()["suspension"]
    assert own["reason"] == "Let us talk about the call of this morning."
    assert [one.data.what for one in await site.frames(lu) if one.event == "floor"][-1] == "me"
    assert (await lead.put(f"{path}/end", None)).status_code == 204
    desk.later(seconds=3)
    assert (await agent.post(f"/tickets/{tickets[0]}/replies", reply_of())).status_code == 201
    assert [one.kind for one in await desk.events("agent_suspended", "suspension_lifted")] == [
        "agent_suspended",
        "suspension_lifted",
    ]


async def test_suspend_agent_holds_what_they_planned_and_tells_the_leader(site: Site) -> None:
    desk = site.desk
    lu = await desk.person("Lu")
    await desk.online(lu)
    ticket = await given(site, lu)
    planned = {"send_at": (desk.now + timedelta(hours=1)).isoformat(), "reply": reply_of("You owe us money.")}
    agent, lead = await site.browser(lu), await lead_of(site)
    assert (await agent.post(f"/tickets/{ticket}/planned-replies", planned)).status_code == 201
    answer = await lead.put(f"/live/agents/{lu.id}/suspension", {"reason": "A talk first"})
    assert answer.json() == {"given_back": 1, "held": 1}
    desk.later(hours=2)
    await send_planned(desk.parts.database, desk.parts.clock)
    assert [one.text for one in await desk.timeline(ticket) if one.direction == "out" and one.author.id == lu.id] == []
    [kept] = (await lead.get(f"/tickets/{ticket}/planned-replies")).json()["items"]
    assert (kept["state"], kept["problem"]) == ("held", "writer_suspended")
    assert [one["kind"] for one in (await lead.get("/notifications")).json()["items"]] == ["others_reply_held"]
    assert "reply_held" in [one["kind"] for one in (await agent.get("/notifications")).json()["items"]]


async def test_suspend_agent_takes_back_what_the_leader_cannot_see(site: Site) -> None:
    other = await site.desk.team("Other")
    lu = await site.desk.person("Lu", 1, other)
    unseen = await given(site, lu, team=other)
    await (await lead_of(site)).put(f"/live/agents/{lu.id}/suspension", {"reason": "A talk first"})
    assert await site.desk.column(unseen, "assignee_id") is None


@pytest.mark.parametrize("path", ["suspension", "suspension/end"])
async def test_suspension_of_oneself_or_of_a_stranger_is_refused(site: Site, path: str) -> None:
    desk = site.desk
    lead = await desk.person("Lead", role="supervisor")
    far = await desk.person("Far", await desk.team("Other"))
    browser = await site.browser(lead)
    body = {"reason": "x"}
    assert (await browser.put(f"/live/agents/{lead.id}/{path}", body)).status_code == 409
    assert (await browser.put(f"/live/agents/{far.id}/{path}", body)).status_code == 404
