"""Verbs on one ticket: fields, holders, teams, sleep, statuses, canned replies."""

import asyncio
from typing import Any

import pytest

from ombud.routing.engine.services import route
from ombud.shared.actor import Actor
from ombud.tickets.services.opening import wake_snoozed
from tests.accounts.desk import Browser
from tests.site import Site, client_key, note_of


@pytest.fixture
async def lu(site: Site) -> Actor:
    return await site.desk.person("Lu")


@pytest.fixture
async def agent(site: Site, lu: Actor) -> Browser:
    return await site.browser(lu)


@pytest.fixture
async def ticket(site: Site) -> int:
    return await site.ticket()


async def status(site: Site, category: str) -> int:
    sql = "select id from status where category = %(category)s and is_default"
    return int(await site.desk.sql(sql, category=category))


async def fields_changed(site: Site, ticket: int) -> list[str]:
    return [one.details.field for one in await site.desk.timeline(ticket) if one.kind == "change"]


async def test_change_ticket_writes_one_entry_a_field_and_one_event(site: Site, agent: Browser, ticket: int) -> None:
    data = {"subject": "Leak in the kitchen", "priority": 4, "tags": ["water", " water ", "vip"]}
    answer = await agent.patch(f"/tickets/{ticket}", data)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["subject"], shown["priority"], shown["tags"]) == ("Leak in the kitchen", 4, ["vip", "water"])
    assert sorted(await fields_changed(site, ticket)) == ["priority", "subject", "tags"]
    [event] = await site.desk.events("ticket_changed")
    assert event.data["fields"] == ["priority", "subject", "tags"]
    assert (await agent.get("/tags?prefix=wa")).json() == {"items": ["water"]}
    await site.desk.index()
    found = (await agent.get("/search?q=kitchen&kind=tickets")).json()["items"]
    assert [one["id"] for one in found] == [ticket]


async def test_change_ticket_to_what_it_is_emits_nothing(site: Site, agent: Browser, ticket: int) -> None:
    before = (await agent.get(f"/tickets/{ticket}")).json()
    same = {"subject": before["subject"], "priority": before["priority"], "status_id": before["status_id"], "tags": []}
    assert (await agent.patch(f"/tickets/{ticket}", same)).json() == before
    assert (await agent.patch(f"/tickets/{ticket}", {})).json() == before
    assert await site.desk.events("ticket_changed") == []


async def test_change_ticket_to_solved_and_back_keeps_the_times_right(site: Site, agent: Browser, ticket: int) -> None:
    site.desk.later(hours=1)
    solved = (await agent.patch(f"/tickets/{ticket}", {"status_id": await status(site, "solved")})).json()
    assert (solved["category"], solved["waiting_since"], solved["solved_at"]) == (
        "solved",
        None,
        "2026-11-23T10:00:00Z",
    )
    site.desk.later(hours=1)
    closed = (await agent.patch(f"/tickets/{ticket}", {"status_id": await status(site, "closed")})).json()
    assert (closed["solved_at"], closed["closed_at"]) == ("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z")
    opened = (await agent.patch(f"/tickets/{ticket}", {"status_id": await status(site, "open")})).json()
    assert (opened["solved_at"], opened["closed_at"]) == (None, None)
    assert len(await site.desk.events("ticket_solved")) == 1


@pytest.mark.parametrize("status_id", [0, -1, 10**12, 2**70])
async def test_change_ticket_to_unknown_status_is_refused(agent: Browser, ticket: int, status_id: int) -> None:
    assert (await agent.patch(f"/tickets/{ticket}", {"status_id": status_id})).status_code in {400, 422}


async def test_change_subject_is_kept_on_one_line(agent: Browser, ticket: int) -> None:
    answer = await agent.patch(f"/tickets/{ticket}", {"subject": " Leak\r\nBcc: all@x.y\u2028 \x07now "})
    assert answer.json()["subject"] == "Leak Bcc: all@x.y now"
    assert (await agent.patch(f"/tickets/{ticket}", {"subject": " \n "})).json()["fields"] == {"subject": "required"}


async def test_assign_ticket_tells_the_new_holder_once(site: Site, agent: Browser, ticket: int, lu: Actor) -> None:
    mo = await site.desk.person("Mo")
    for _ in range(2):
        answer = await agent.put(f"/tickets/{ticket}/assignment", {"assignee_id": mo.id})
        assert answer.json()["assignee_id"] == mo.id
    assert answer.json()["routing"]["reason"] == "by_hand"
    assert len(await site.desk.events("ticket_assigned")) == 1
    assert [one["kind"] for one in (await (await site.browser(mo)).get("/notifications")).json()["items"]] == [
        "assigned"
    ]
    await agent.put(f"/tickets/{ticket}/assignment", {"assignee_id": lu.id})
    assert (await agent.get("/notifications")).json()["items"] == []


async def test_assign_ticket_to_somebody_who_cannot_hold_it_is_refused(site: Site, agent: Browser, ticket: int) -> None:
    elsewhere = await site.desk.person("Els", await site.desk.team("Elsewhere"))
    reader = await site.desk.person("Rea", role="read_only")
    gone = await site.desk.person("Gone")
    await site.desk.run("update person set deactivated_at = now() where id = %(id)s", id=gone.id)
    for person in (elsewhere.id, reader.id, gone.id, 10**12, 2**70):
        answer = await agent.put(f"/tickets/{ticket}/assignment", {"assignee_id": person})
        assert (answer.status_code, answer.json()["code"]) == (422, "not_in_team"), person
    assert await site.desk.column(ticket, "assignee_id") is None


async def test_assign_ticket_to_full_agent_needs_force(site: Site, agent: Browser, ticket: int) -> None:
    full = await site.desk.person("Full", capacity=1)
    other = await site.ticket("Another", who="c2")
    assert (await agent.put(f"/tickets/{ticket}/assignment", {"assignee_id": full.id})).status_code == 200
    answer = await agent.put(f"/tickets/{other}/assignment", {"assignee_id": full.id})
    assert (answer.status_code, answer.json()["code"]) == (409, "agent_full")
    assert "1 of 1" in answer.json()["detail"]
    forced = await agent.put(f"/tickets/{other}/assignment", {"assignee_id": full.id, "force": True})
    assert forced.json()["assignee_id"] == full.id


async def test_assign_ten_tickets_at_once_never_passes_capacity(site: Site, agent: Browser) -> None:
    mo = await site.desk.person("Mo", capacity=4)
    tickets = [await site.ticket(who=f"c{number}") for number in range(7)]
    wanted = {"assignee_id": mo.id}
    answers = await asyncio.gather(*(agent.put(f"/tickets/{one}/assignment", wanted) for one in tickets))
    assert sorted(one.status_code for one in answers) == [200] * 4 + [409] * 3


async def test_assign_two_agents_at_once_end_with_one_holder_and_a_chain(
    site: Site, agent: Browser, ticket: int
) -> None:
    people = [await site.desk.person(f"P{number}") for number in range(4)]
    await asyncio.gather(*(agent.put(f"/tickets/{ticket}/assignment", {"assignee_id": one.id}) for one in people))
    events = await site.desk.events("ticket_assigned")
    assert [one.data["from_id"] for one in events] == [None, *(one.data["to_id"] for one in events[:-1])]
    assert await site.desk.column(ticket, "assignee_id") == events[-1].data["to_id"]


async def test_assign_while_the_router_works_leaves_one_holder(site: Site, agent: Browser, lu: Actor) -> None:
    mo = await site.desk.person("Mo", capacity=50)
    await site.desk.online(mo)
    tickets = [await site.ticket(who=f"c{number}") for number in range(8)]

    async def keep_routing() -> None:
        for _ in range(6):
            async with site.desk.parts.database.transaction() as tx:
                await route(tx, now=site.desk.now, limit=2)

    takes = (agent.put(f"/tickets/{one}/assignment", {"assignee_id": lu.id, "force": True}) for one in tickets)
    answers = await asyncio.gather(keep_routing(), *takes)
    assert all(one.status_code == 200 for one in answers[1:])
    for one in tickets:
        # The person asked last or first: either way they hold it, and the router took nothing away from them.
        assert await site.desk.column(one, "assignee_id") == lu.id
    assert [one for one in await site.desk.events("ticket_assigned") if one.data["from_id"] == lu.id] == []


async def test_move_ticket_takes_it_from_a_holder_who_is_no_member(
    site: Site, agent: Browser, lu: Actor, ticket: int
) -> None:
    other = await site.desk.team("Other")
    both = await site.desk.person("Both", 1, other)
    await agent.put(f"/tickets/{ticket}/assignment", {"assignee_id": lu.id})
    moved = await agent.put(f"/tickets/{ticket}/assignment", {"assignee_id": None, "team_id": other})
    assert moved.json() is None
    assert await site.desk.column(ticket, "assignee_id") is None
    browser = await site.browser(both)
    kept = await browser.put(f"/tickets/{ticket}/assignment", {"assignee_id": both.id, "team_id": 1})
    assert (kept.json()["team_id"], kept.json()["assignee_id"]) == (1, both.id)
    assert [one.data["from_team_id"] for one in await site.desk.events("ticket_moved")] == [1, other]


@pytest.mark.parametrize("team_id", [0, 999, 2**70])
async def test_move_ticket_to_unknown_team_is_refused_whole(
    site: Site, agent: Browser, ticket: int, team_id: int
) -> None:
    answer = await agent.put(f"/tickets/{ticket}/assignment", {"assignee_id": None, "team_id": team_id})
    assert (answer.status_code, answer.json()["fields"]) == (400, {"team_id": "unknown"})
    assert await fields_changed(site, ticket) == []


async def test_move_ticket_to_archived_team_is_refused(site: Site, agent: Browser, ticket: int) -> None:
    old = await site.desk.team("Old")
    await site.desk.run("update team set archived_at = now() where id = %(id)s", id=old)
    assert (await agent.put(f"/tickets/{ticket}/assignment", {"assignee_id": None, "team_id": old})).status_code == 400


async def test_snooze_until_due_then_wakes_and_tells_the_holder(
    site: Site, agent: Browser, lu: Actor, ticket: int
) -> None:
    await agent.put(f"/tickets/{ticket}/assignment", {"assignee_id": lu.id})
    slept = await agent.put(f"/tickets/{ticket}/snooze", {"until": "2026-11-23T12:00:00+01:00"})
    assert slept.json()["snoozed_until"] == "2026-11-23T11:00:00Z"
    assert [one["id"] for one in (await agent.get("/tickets?view=snoozed")).json()["items"]] == [ticket]
    assert (await agent.get("/tickets?view=mine")).json()["items"] == []
    async with site.desk.parts.database.transaction() as tx:
        assert await wake_snoozed(tx, now=site.desk.later(hours=1)) == 0
    async with site.desk.parts.database.transaction() as tx:
        assert await wake_snoozed(tx, now=site.desk.later(hours=1)) == 1
    assert [one["id"] for one in (await agent.get("/tickets?view=mine")).json()["items"]] == [ticket]
    assert (await agent.get("/notifications")).json()["items"][0]["kind"] == "snooze_over"


async def test_snooze_ends_when_the_customer_writes(site: Site, agent: Browser, ticket: int) -> None:
    await agent.put(f"/tickets/{ticket}/snooze", {"until": "2026-12-24T10:00:00Z"})
    await site.desk.deliver(await site.desk.column(ticket, "channel_id"), site.desk.message("Hello?"))
    assert await site.desk.column(ticket, "snoozed_until") is None


@pytest.mark.parametrize(
    "until", ["2026-11-23T08:59:59Z", "2026-11-24T10:00:00", "tomorrow", 17, "9999-99-99T00:00:00Z"]
)
async def test_snooze_until_what_is_no_future_moment_is_refused(agent: Browser, ticket: int, until: Any) -> None:
    assert (await agent.put(f"/tickets/{ticket}/snooze", {"until": until})).status_code == 400


async def test_snooze_of_solved_ticket_is_refused_and_solving_wakes(site: Site, agent: Browser, ticket: int) -> None:
    await agent.put(f"/tickets/{ticket}/snooze", {"until": "2026-12-24T10:00:00Z"})
    solved = await agent.patch(f"/tickets/{ticket}", {"status_id": await status(site, "solved")})
    assert solved.json()["snoozed_until"] is None
    answer = await agent.put(f"/tickets/{ticket}/snooze", {"until": "2026-12-24T10:00:00Z"})
    assert answer.json()["fields"] == {"until": "solved"}


async def test_status_rules_keep_one_default_a_category(site: Site, agent: Browser, ticket: int) -> None:
    boss = await site.browser(await site.desk.person("Ada", role="administrator"))
    new = {"category": "open", "name_en": "Wait for part", "name_zh": "待配件"}
    made = (await boss.post("/statuses", new)).json()
    assert made["is_default"] is False
    default = await status(site, "open")
    for change in ({"is_default": False}, {"is_archived": True, "is_default": True}, {"category": "waiting"}):
        answer = await boss.patch(f"/statuses/{default}", new | {"is_default": True} | change)
        assert (answer.status_code, answer.json()["code"]) == (409, "default_status"), change
    await boss.patch(f"/statuses/{made['id']}", new | {"is_default": True})
    assert await status(site, "open") == made["id"]
    await agent.patch(f"/tickets/{ticket}", {"status_id": default})
    moved = await boss.patch(f"/statuses/{default}", new | {"category": "closed"})
    assert (moved.status_code, moved.json()["code"]) == (409, "status_in_use")
    archived = await boss.patch(f"/statuses/{default}", new | {"is_archived": True})
    assert archived.json()["is_archived"] is True
    assert (await agent.patch(f"/tickets/{await site.ticket(who='c9')}", {"status_id": default})).status_code == 422
    assert (await boss.patch("/statuses/999999", new)).status_code == 404
    assert (await agent.post("/statuses", new)).status_code == 403


async def test_canned_replies_of_each_scope_are_for_whom_they_say(site: Site, agent: Browser) -> None:
    team = await site.desk.team("Other")
    boss = await site.browser(await site.desk.person("Su", 1, team, role="supervisor"))
    for scope, extra in (("all", {}), ("team", {"team_id": team}), ("own", {})):
        answer = await boss.post("/canned-replies", {"title": scope, "text": "x", "scope": scope} | extra)
        assert answer.status_code == 201, answer.text
    assert {one["title"] for one in (await boss.get("/canned-replies")).json()["items"]} == {"all", "team", "own"}
    seen = (await agent.get("/canned-replies")).json()["items"]
    assert [one["title"] for one in seen] == ["all"]
    shared = f"/canned-replies/{seen[0]['id']}"
    assert (await agent.patch(shared, {"title": "t", "text": "x"})).status_code == 403
    assert (await agent.delete(shared)).status_code == 403
    own = await agent.post("/canned-replies", {"title": "mine", "text": "x"})
    for change in ({"scope": "all"}, {"scope": "team", "team_id": 1}):
        raised = await agent.patch(f"/canned-replies/{own.json()['id']}", {"title": "t", "text": "x"} | change)
        assert raised.status_code == 403
    assert (await boss.delete(f"/canned-replies/{own.json()['id']}")).status_code == 404
    wrong = {"title": "t", "text": "x", "scope": "team"}
    assert (await boss.post("/canned-replies", wrong)).status_code == 400
    assert (await boss.post("/canned-replies", wrong | {"team_id": 999})).status_code == 400


async def test_canned_reply_of_unknown_team_by_one_who_sees_all_is_a_clear_error(site: Site) -> None:
    boss = await site.browser(await site.desk.person("Al", role="administrator", everywhere=True))
    answer = await boss.post("/canned-replies", {"title": "t", "text": "x", "scope": "team", "team_id": 10**6})
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_reference")
    opened = {"subject": "s", "text": "t", "team_id": 10**6, "client_key": client_key(), "customer": {"name": "n"}}
    assert (await boss.post("/tickets", opened)).status_code == 400


async def test_render_canned_reply_names_what_is_missing_and_fills_once(
    site: Site, agent: Browser, ticket: int
) -> None:
    await site.desk.run("update customer set name = '{{agent.name}}'")
    text = "Dear {{customer.name}}, #{{ ticket.id }} {{brand.name}} {{order.number}} {{ticket.subject}} {{Nope}}"
    made = (await agent.post("/canned-replies", {"title": "t", "text": text, "shortcut": "/hi"})).json()
    assert made["shortcut"] == "hi"
    shown = (await agent.post(f"/canned-replies/{made['id']}/rendering", {"ticket_id": ticket})).json()
    assert shown["text"] == (
        f"Dear {{{{agent.name}}}}, #{ticket} Ombud {{{{order.number}}}} The machine leaks. {{{{Nope}}}}"
    )
    assert shown["missing"] == ["order.number"]
    assert (await agent.get("/canned-replies?q=HI")).json()["items"][0]["uses"] == 1


async def test_render_canned_reply_never_tells_the_name_that_only_colleagues_see(
    site: Site, agent: Browser, lu: Actor, ticket: int
) -> None:
    made = (await agent.post("/canned-replies", {"title": "t", "text": "Yours, {{agent.name}}"})).json()
    address = f"/canned-replies/{made['id']}/rendering"
    await site.desk.run("update person set name = 'Lu Qing', display_name = 'Summer' where id = %(id)s", id=lu.id)
    assert (await agent.post(address, {"ticket_id": ticket})).json()["text"] == "Yours, Summer"
    await site.desk.run("update person set display_name = '' where id = %(id)s", id=lu.id)
    nameless = (await agent.post(address, {"ticket_id": ticket})).json()
    assert nameless == {"text": "Yours, {{agent.name}}", "missing": ["agent.name"]}


async def test_customer_change_is_found_by_its_new_words(site: Site, agent: Browser, ticket: int) -> None:
    customer = await site.desk.column(ticket, "customer_id")
    answer = await agent.patch(f"/customers/{customer}", {"name": "琳达", "phone": "+86 138", "tier": "vip"})
    assert answer.json()["tier"] == "vip"
    assert [one["id"] for one in (await agent.get("/search?q=琳达&kind=customers")).json()["items"]] == [customer]
    assert [one["id"] for one in (await agent.get("/customers?q=138")).json()["items"]] == [customer]
    assert (await agent.get("/customers?q=C1")).json()["items"] == []
    [event] = await site.desk.events("customer_changed")
    assert event.data == {"customer_id": customer, "fields": ["name", "phone", "tier"]}
    await agent.patch(f"/customers/{customer}", {"tier": "vip"})
    assert len(await site.desk.events("customer_changed")) == 1


async def test_read_mark_reads_mentions_and_never_goes_back(site: Site, agent: Browser, lu: Actor, ticket: int) -> None:
    mo = await site.browser(await site.desk.person("Mo"))
    note = (await mo.post(f"/tickets/{ticket}/notes", note_of(mentions=[lu.id]))).json()["id"]
    assert (await agent.get(f"/tickets/{ticket}")).json()["unread"] is True
    await agent.put(f"/tickets/{ticket}/read", {"entry_id": note})
    await agent.put(f"/tickets/{ticket}/read", {"entry_id": 1})
    assert (await agent.get(f"/tickets/{ticket}")).json()["unread"] is False
    assert (await agent.get("/notifications")).json()["items"][0]["read_at"] is not None
    counts = {one["key"]: one["count"] for one in (await agent.get("/views")).json()["items"]}
    assert counts["mentions"] == 0


@pytest.mark.parametrize("text", ["", "x" * 200_001])
async def test_note_of_wrong_size_is_refused(agent: Browser, ticket: int, text: str) -> None:
    assert (await agent.post(f"/tickets/{ticket}/notes", note_of(text))).status_code == 400


async def test_role_without_permission_is_not_allowed(site: Site, ticket: int) -> None:
    reader = await site.browser(await site.desk.person("Rea", role="read_only"))
    assert (await reader.get(f"/tickets/{ticket}")).status_code == 200
    for method, path, body in (
        ("PATCH", "", {"priority": 4}),
        ("POST", "/notes", note_of()),
        ("POST", "/replies", note_of()),
        ("PUT", "/assignment", {"assignee_id": None}),
        ("PUT", "/snooze", {"until": None}),
        ("PUT", "/drafts/reply", {"text": "x"}),
        ("POST", "/typing", None),
    ):
        answer = await reader.send(method, f"/tickets/{ticket}{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), path
