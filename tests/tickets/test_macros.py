"""Macros: said before, done whole or not at all, by the same rights as the verbs one by one."""

from typing import Any

import pytest

from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site


@pytest.fixture
async def lu(site: Site) -> Actor:
    return await site.desk.person("Lu")


@pytest.fixture
async def agent(site: Site, lu: Actor) -> Browser:
    return await site.browser(lu)


@pytest.fixture
async def lead(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Ada", role="supervisor"))


async def made(browser: Browser, **more: Any) -> int:
    answer = await browser.post("/macros", {"title": "Refund", "scope": "own"} | more)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def use(browser: Browser, ticket: int, macro: int, verb: str = "apply") -> Any:
    answer = await browser.post(f"/tickets/{ticket}/macros/{macro}/{verb}", {})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def solved(site: Site) -> int:
    return int(await site.desk.sql("select id from status where category = 'solved' and is_default"))


async def test_macro_does_several_things_at_once(site: Site, agent: Browser, lu: Actor) -> None:
    ticket = await site.ticket()
    await agent.patch(f"/tickets/{ticket}", {"tags": ["old", "vip"]})
    actions = {"priority": 4, "assignee": "me", "add_tags": ["refund"], "remove_tags": ["OLD"], "snooze_minutes": 60}
    macro = await made(agent, actions=actions, text="Dear {{customer.name}}", note="Paid by {{agent.name}}")
    done = await use(agent, ticket, macro)
    assert (done["text"], done["note"], done["missing"]) == ("Dear C1", "Paid by Lu", [])
    now = (await agent.get(f"/tickets/{ticket}")).json()
    assert (now["priority"], now["assignee_id"], now["tags"]) == (4, lu.id, ["refund", "vip"])
    assert now["snoozed_until"] == "2026-11-23T10:00:00Z"
    kinds = [one.kind for one in await site.desk.timeline(ticket)]
    assert kinds.count("note") == 1
    assert "message" not in kinds[1:]


async def test_preview_says_what_apply_does_and_changes_nothing(site: Site, agent: Browser, lu: Actor) -> None:
    ticket = await site.ticket()
    macro = await made(agent, actions={"status_id": await solved(site), "assignee": "me", "add_tags": ["x"]})
    version = await site.desk.column(ticket, "version")
    shown = await use(agent, ticket, macro, "preview")
    assert [one["field"] for one in shown["changes"]] == ["status", "tags", "assignee"]
    assert shown["changes"][2] == {"field": "assignee", "from_value": None, "to_value": lu.id}
    assert await site.desk.column(ticket, "version") == version
    done = await use(agent, ticket, macro)
    assert done["changes"] == shown["changes"]
    assert (await use(agent, ticket, macro, "preview"))["changes"] == []


async def test_macro_that_a_form_refuses_leaves_nothing_behind(site: Site, agent: Browser) -> None:
    ticket = await site.ticket()
    admin = await site.browser(await site.desk.person("Root", role="administrator"))
    names = {"name_en": "Serial", "name_zh": "序列号"}
    await admin.post("/fields", {"key": "serial", "kind": "text"} | names)
    form = [{"key": "serial", "required_on": "solve"}]
    kind = await admin.post("/ticket-types", {"name_en": "Repair", "name_zh": "维修", "form": form})
    assert kind.status_code == 201, kind.text
    actions = {"type_id": kind.json()["id"], "status_id": await solved(site), "add_tags": ["x"]}
    macro = await made(agent, actions=actions, note="Closed")
    answer = await agent.post(f"/tickets/{ticket}/macros/{macro}/apply", {})
    assert (answer.status_code, answer.json()["code"]) == (422, "fields_missing")
    assert await site.desk.column(ticket, "tags") == []
    assert await site.desk.sql("select count(*) from entry where kind = 'note'") == 0
    assert await site.desk.sql("select uses from macro") == 0
    filled = await made(agent, actions=actions | {"fields": {"serial": "AB-1"}})
    await use(agent, ticket, filled)
    assert await site.desk.column(ticket, "category") == "solved"


async def test_note_with_an_empty_placeholder_is_refused(site: Site, agent: Browser) -> None:
    ticket = await site.ticket()
    await site.desk.run("update customer set name = ' '")
    macro = await made(agent, note="For {{customer.name}}", actions={"priority": 3})
    shown = await use(agent, ticket, macro, "preview")
    assert shown["missing"] == ["customer.name"]
    answer = await agent.post(f"/tickets/{ticket}/macros/{macro}/apply", {})
    assert (answer.status_code, answer.json()["missing"]) == (422, ["customer.name"])
    assert await site.desk.column(ticket, "priority") == 2


async def test_macro_to_a_team_takes_a_holder_who_is_no_member_away(site: Site, agent: Browser) -> None:
    other = await site.desk.team("Repair")
    ticket = await site.ticket()
    await use(agent, ticket, await made(agent, actions={"assignee": "me"}))
    await use(agent, ticket, await made(agent, actions={"team_id": other, "add_tags": ["moved"]}))
    assert await site.desk.column(ticket, "team_id") == other
    assert await site.desk.column(ticket, "assignee_id") is None
    assert await site.desk.column(ticket, "tags") == ["moved"]
    macro = await made(agent, actions={"priority": 3})
    assert (await agent.post(f"/tickets/{ticket}/macros/{macro}/apply", {})).status_code == 404


async def test_reader_may_look_and_not_do(site: Site) -> None:
    ticket = await site.ticket()
    lead = await site.browser(await site.desk.person("Ada", role="supervisor"))
    macro = await made(lead, scope="all", actions={"priority": 4})
    reader = await site.browser(await site.desk.person("Ro", role="read_only"))
    assert len((await use(reader, ticket, macro, "preview"))["changes"]) == 1
    assert (await reader.post(f"/tickets/{ticket}/macros/{macro}/apply", {})).status_code == 403
    assert (await reader.post("/macros", {"title": "x", "text": "y"})).status_code == 403


async def test_macros_of_each_scope_are_for_whom_they_say(site: Site, agent: Browser, lead: Browser) -> None:
    other = await site.desk.team("Repair")
    stranger = await site.browser(await site.desk.person("Mo", other))
    await made(lead, title="All", scope="all", text="x")
    await made(lead, title="Team", scope="team", team_id=1, text="x")
    mine = await made(agent, title="Own", text="x")

    async def titles(browser: Browser) -> list[str]:
        return sorted(one["title"] for one in (await browser.get("/macros")).json()["items"])

    assert await titles(agent) == ["All", "Own", "Team"]
    assert await titles(lead) == ["All", "Team"]
    assert await titles(stranger) == ["All"]
    assert (await agent.post("/macros", {"title": "x", "text": "y", "scope": "all"})).status_code == 403
    assert (await lead.delete(f"/macros/{mine}")).status_code == 404


async def test_macro_that_does_nothing_is_refused(agent: Browser) -> None:
    answer = await agent.post("/macros", {"title": "Nothing", "text": "  "})
    assert (answer.status_code, answer.json()["fields"]) == (400, {"actions": "required"})
    assert (await agent.post("/macros", {"title": "x", "actions": {"prioritty": 1}})).status_code == 400


async def test_use_is_counted_and_the_most_used_come_first(site: Site, agent: Browser) -> None:
    ticket = await site.ticket()
    await made(agent, title="A", text="a")
    second = await made(agent, title="B", text="b")
    await use(agent, ticket, second)
    found = (await agent.get("/macros")).json()["items"]
    assert [(one["title"], one["uses"]) for one in found] == [("B", 1), ("A", 0)]


async def test_change_and_removal_are_told(site: Site, agent: Browser) -> None:
    macro = await made(agent, text="x")
    changed = await agent.patch(f"/macros/{macro}", {"title": "New", "actions": {"assignee": "nobody"}})
    assert (changed.json()["title"], changed.json()["actions"]) == ("New", {"assignee": "nobody"})
    assert (await agent.delete(f"/macros/{macro}")).status_code == 204
    assert [one.data["change"] for one in await site.desk.events("macro_changed")] == ["made", "changed", "removed"]
    assert (await agent.get("/macros")).json()["items"] == []


async def test_reply_with_an_unfilled_placeholder_is_refused(site: Site, agent: Browser) -> None:
    ticket = await site.ticket()
    body = {"text": "Dear {{ customer.name }}", "client_key": "key-12345", "force": True}
    answer = await agent.post(f"/tickets/{ticket}/replies", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "placeholder_unfilled")
    assert answer.json()["missing"] == ["customer.name"]
    theirs = await agent.post(f"/tickets/{ticket}/replies", body | {"text": "Use {{ user.name }} there."})
    assert theirs.status_code == 201


async def test_canned_replies_are_found_by_each_word(agent: Browser) -> None:
    await agent.post("/canned-replies", {"title": "Refund of a parcel", "text": "We pay 退款 back", "shortcut": "rf"})
    await agent.post("/canned-replies", {"title": "Refund", "text": "x"})
    for words in ("parcel refund", "BACK 退款", "/rf"):
        found = (await agent.get(f"/canned-replies?q={words}")).json()["items"]
        assert [one["title"] for one in found] == ["Refund of a parcel"], words
