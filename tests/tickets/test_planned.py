"""Answers for later: they wait, go out once, and are held as soon as they might not fit any more."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ombud.shared.actor import Actor
from ombud.tickets.services.planned import send_planned
from tests.accounts.desk import Browser
from tests.site import Site, reply_of


@pytest.fixture
async def lu(site: Site) -> Actor:
    return await site.desk.person("Lu")


@pytest.fixture
async def agent(site: Site, lu: Actor) -> Browser:
    return await site.browser(lu)


async def plan(site: Site, agent: Browser, ticket: int, text: str = "Tomorrow.", **more: Any) -> Any:
    at = site.desk.now + timedelta(hours=1)
    body = {"send_at": at.isoformat(), "reply": reply_of(text, force=False, last_seen_entry_id=10**9) | more}
    answer = await agent.post(f"/tickets/{ticket}/planned-replies", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def tick(site: Site, **delta: float) -> int:
    site.desk.later(**delta)
    return await send_planned(site.desk.parts.database, site.desk.parts.clock)


async def listed(agent: Browser, ticket: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await agent.get(f"/tickets/{ticket}/planned-replies")).json()["items"]
    return found


async def write_again(site: Site, ticket: int, text: str = "Still leaking") -> None:
    channel = await site.desk.column(ticket, "channel_id")
    await site.desk.deliver(channel, site.desk.message(text))


@pytest.mark.parametrize("kind", ["chat", "api", "email"])
async def test_planned_reply_changes_nothing_until_it_leaves(site: Site, agent: Browser, kind: str) -> None:
    ticket = await site.ticket(kind=kind)
    before = await site.desk.column(ticket, "to_jsonb(ticket)")
    await plan(site, agent, ticket, solve=True)
    assert await site.desk.column(ticket, "to_jsonb(ticket)") == before
    assert await site.desk.sql("select count(*) from outbox") == 0
    assert await tick(site, minutes=59) == 0
    assert await tick(site, minutes=2) == 1
    assert await tick(site, minutes=2) == 0
    assert [one.text for one in await site.desk.timeline(ticket) if one.kind == "message"][1:] == ["Tomorrow."]
    assert await site.desk.column(ticket, "category") == "solved"
    state, not_before = ("sent" if kind == "chat" else "queued"), site.desk.now - timedelta(minutes=2)
    assert await site.desk.sql("select state from outbox") == state
    assert await site.desk.sql("select not_before from outbox") == not_before
    assert await listed(agent, ticket) == []


async def test_message_of_the_customer_holds_it_and_tells_the_writer(site: Site, agent: Browser) -> None:
    ticket = await site.ticket()
    made = await plan(site, agent, ticket)
    await write_again(site, ticket)
    [held] = await listed(agent, ticket)
    assert (held["state"], held["problem"]) == ("held", "customer_wrote")
    assert await tick(site, hours=2) == 0
    assert "reply_held" in [one["kind"] for one in (await agent.get("/notifications")).json()["items"]]
    changes = [one.data["change"] for one in await site.desk.events("planned_reply_changed")]
    assert changes == ["planned", "held"]
    sent = await agent.post(f"/tickets/{ticket}/planned-replies/{made['id']}/sending", {})
    assert (sent.status_code, sent.json()["text"]) == (201, "Tomorrow.")
    assert (await agent.post(f"/tickets/{ticket}/planned-replies/{made['id']}/sending", {})).status_code == 404


async def test_answer_of_a_colleague_holds_it_when_it_is_due(site: Site, agent: Browser) -> None:
    ticket = await site.ticket()
    await plan(site, agent, ticket)
    other = await site.browser(await site.desk.person("Mo"))
    await other.post(f"/tickets/{ticket}/replies", reply_of("Come today!"))
    await tick(site, hours=1)
    [held] = await listed(agent, ticket)
    assert (held["state"], held["problem"]) == ("held", "stale_reply")
    assert [one.text for one in await site.desk.timeline(ticket) if one.direction == "out"] == ["Come today!"]


async def test_held_one_goes_out_at_its_new_time(site: Site, agent: Browser) -> None:
    ticket = await site.ticket()
    made = await plan(site, agent, ticket)
    await write_again(site, ticket)
    at = (site.desk.now + timedelta(hours=3)).isoformat()
    moved = await agent.patch(f"/tickets/{ticket}/planned-replies/{made['id']}", {"send_at": at})
    assert (moved.json()["state"], moved.json()["problem"]) == ("planned", None)
    assert await tick(site, hours=2) == 0
    assert await tick(site, hours=2) == 1
    assert await listed(agent, ticket) == []


async def test_cancelled_one_comes_back_whole(site: Site, agent: Browser) -> None:
    ticket = await site.ticket(kind="email")
    file = (await agent.client.post("/api/v1/files", files={"file": ("a.txt", b"a")})).json()
    people: dict[str, Any] = {"to": [{"address": "rosa@example.com"}], "bcc": [{"address": "boss@desk.example"}]}
    made = await plan(site, agent, ticket, attachment_ids=[file["id"]], html="<p>Tomorrow.</p>", **people)
    back = await agent.delete(f"/tickets/{ticket}/planned-replies/{made['id']}")
    assert (back.json()["text"], back.json()["html"]) == ("Tomorrow.", "<p>Tomorrow.</p>")
    assert back.json()["details"]["bcc"][0]["address"] == "boss@desk.example"
    assert [one["id"] for one in back.json()["attachments"]] == [file["id"]]
    assert await tick(site, hours=2) == 0
    assert (await agent.delete(f"/tickets/{ticket}/planned-replies/{made['id']}")).status_code == 404


async def test_cancel_and_time_at_once_send_it_or_give_it_back_never_both(site: Site, agent: Browser) -> None:
    for _ in range(4):
        ticket = await site.ticket()
        made = await plan(site, agent, ticket)
        site.desk.later(hours=2)
        due = send_planned(site.desk.parts.database, site.desk.parts.clock)
        back, _ = await asyncio.gather(agent.delete(f"/tickets/{ticket}/planned-replies/{made['id']}"), due)
        out = [one for one in await site.desk.timeline(ticket) if one.direction == "out"]
        assert (back.status_code, len(out)) in {(200, 0), (404, 1)}


async def test_two_workers_send_it_once(site: Site, agent: Browser) -> None:
    ticket = await site.ticket()
    await plan(site, agent, ticket)
    site.desk.later(hours=2)
    await asyncio.gather(*(send_planned(site.desk.parts.database, site.desk.parts.clock) for _ in range(3)))
    assert await site.desk.sql("select count(*) from outbox") == 1
    assert await listed(agent, ticket) == []


async def test_writer_who_left_holds_it(site: Site, agent: Browser, lu: Actor) -> None:
    ticket = await site.ticket()
    await plan(site, agent, ticket)
    await site.desk.run("update person set deactivated_at = now() where id = %(id)s", id=lu.id)
    await tick(site, hours=2)
    assert await site.desk.sql("select state from planned_reply") == "held"
    assert await site.desk.sql("select count(*) from outbox") == 0


async def test_same_key_plans_one_and_drops_the_draft(site: Site, agent: Browser) -> None:
    ticket = await site.ticket()
    await agent.put(f"/tickets/{ticket}/drafts/reply", {"text": "Tomo"})
    first = await plan(site, agent, ticket, client_key="same-key-1")
    again = await plan(site, agent, ticket, client_key="same-key-1")
    assert first["id"] == again["id"]
    assert (await agent.get(f"/tickets/{ticket}/drafts/reply")).json() is None


@pytest.mark.parametrize(
    ("hours", "more", "status"),
    [(-1, {}, 400), (9_000, {}, 400), (1, {"text": "{{ticket.id}}"}, 422), (1, {"bcc": [{"address": "x"}]}, 422)],
)
async def test_plan_that_could_not_be_sent_is_refused(
    site: Site, agent: Browser, hours: int, more: dict[str, Any], status: int
) -> None:
    ticket = await site.ticket()
    at = (site.desk.now + timedelta(hours=hours)).isoformat()
    answer = await agent.post(f"/tickets/{ticket}/planned-replies", {"send_at": at, "reply": reply_of() | more})
    assert answer.status_code == status, answer.text


async def test_somebody_elses_team_sees_and_cancels_nothing(site: Site, agent: Browser) -> None:
    ticket = await site.ticket()
    made = await plan(site, agent, ticket)
    other = await site.browser(await site.desk.person("Mo", await site.desk.team("Repair")))
    place = f"/tickets/{ticket}/planned-replies"
    assert (await other.get(place)).status_code == 404
    assert (await other.delete(f"{place}/{made['id']}")).status_code == 404
    assert (await other.post(f"{place}/{made['id']}/sending", {})).status_code == 404
    elsewhere = await site.ticket("Another", who="c9")
    assert (await agent.delete(f"/tickets/{elsewhere}/planned-replies/{made['id']}")).status_code == 404


async def test_visitor_reads_no_planned_answer(site: Site, agent: Browser) -> None:
    ticket = await site.ticket(kind="chat")
    await plan(site, agent, ticket, "zz-later-zz")
    found = await site.desk.sql("select count(*) from public_entry where text like '%%zz-later%%'")
    assert found == 0


async def quiet(site: Site, ticket: int, *, hours: int) -> None:
    """The customer has quiet hours from now on, in their own clock."""
    now = site.desk.now.astimezone(ZoneInfo("Asia/Shanghai"))
    minute = now.hour * 60 + now.minute
    sql = """
        update customer set time_zone = 'Asia/Shanghai', preferences = jsonb_build_object('quiet_hours',
            jsonb_build_object('start', %(start)s::int, 'end', %(end)s::int))
        where id = (select customer_id from ticket where id = %(id)s)"""
    await site.desk.run(sql, start=minute, end=(minute + hours * 60) % 1440, id=ticket)


async def test_planned_reply_waits_for_the_end_of_quiet_hours(site: Site, agent: Browser) -> None:
    ticket = await site.ticket()
    await plan(site, agent, ticket)
    await quiet(site, ticket, hours=5)
    began = site.desk.now
    await tick(site, hours=1, minutes=1)
    [waiting] = await listed(agent, ticket)
    assert (waiting["state"], waiting["problem"]) == ("planned", "quiet_hours")
    assert datetime.fromisoformat(waiting["send_at"]) == began.replace(second=0, microsecond=0) + timedelta(hours=5)
    assert await tick(site, hours=2) == 0
    assert await tick(site, hours=2) == 1
    assert await listed(agent, ticket) == []
    assert [one.text for one in await site.desk.timeline(ticket) if one.kind == "message"][1:] == ["Tomorrow."]


async def test_plan_reply_to_whom_must_not_be_contacted_is_refused_at_once(site: Site, agent: Browser) -> None:
    ticket = await site.ticket(kind="email")
    customer = await site.desk.column(ticket, "customer_id")
    await agent.put(f"/customers/{customer}/contact-bars/email", {"reason": "Lawyer's letter"})
    reply = reply_of()
    body = {"send_at": (site.desk.now + timedelta(hours=1)).isoformat(), "reply": reply}
    refused = await agent.post(f"/tickets/{ticket}/planned-replies", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "do_not_contact")
    reply["contact_reason"] = "They asked for it"
    assert (await agent.post(f"/tickets/{ticket}/planned-replies", body)).status_code == 201
    assert await tick(site, hours=2) == 1
    assert await site.desk.sql("select count(*) from outbox") == 1


async def test_plan_reply_barred_meanwhile_is_held(site: Site, agent: Browser) -> None:
    ticket = await site.ticket(kind="email")
    await plan(site, agent, ticket)
    customer = await site.desk.column(ticket, "customer_id")
    await agent.put(f"/customers/{customer}/contact-bars/email", {})
    await tick(site, hours=2)
    assert [(one["state"], one["problem"]) for one in await listed(agent, ticket)] == [("held", "do_not_contact")]
    assert await site.desk.sql("select count(*) from outbox") == 0
