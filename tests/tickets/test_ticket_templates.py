"""Templates of new tickets: for whom they are, what they fill in, and what never leaves unfilled."""

from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.site import Site, client_key


@pytest.fixture
async def agent(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Lu"))


@pytest.fixture
async def lead(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Ada", role="supervisor"))


def template(title: str = "Return", **more: Any) -> dict[str, Any]:
    return {"title": title, "ticket": {"subject": "Return"}, "scope": "own"} | more


async def made(browser: Browser, **more: Any) -> Any:
    answer = await browser.post("/ticket-templates", template(**more))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def titles(browser: Browser) -> list[str]:
    return [one["title"] for one in (await browser.get("/ticket-templates")).json()["items"]]


def ticket_of(**more: Any) -> dict[str, Any]:
    body = {"subject": "Return", "text": "Sent back", "team_id": 1, "client_key": client_key()}
    return body | {"customer": {"name": "Rosa", "email": "rosa@example.com", "phone": ""}} | more


async def test_template_keeps_what_new_tickets_begin_with(agent: Browser) -> None:
    ticket = {"subject": "Return", "text": "Dear", "write_as": "reply", "tags": ["return"], "team_id": 1, "priority": 3}
    one = await made(agent, ticket=ticket)
    assert (one["ticket"], one["uses"], one["scope"]) == (ticket, 0, "own")
    changed = await agent.patch(f"/ticket-templates/{one['id']}", template("Back", ticket={"text": "x"}))
    assert (changed.json()["title"], changed.json()["ticket"]) == ("Back", {"text": "x"})
    assert (await agent.delete(f"/ticket-templates/{one['id']}")).status_code == 204
    assert await titles(agent) == []


async def test_template_is_seen_by_those_whom_it_is_for(site: Site, agent: Browser, lead: Browser) -> None:
    far = await site.desk.team("Far")
    boss = await site.browser(await site.desk.person("Bo", far, role="supervisor"))
    await made(agent, title="mine")
    await made(lead, title="ours", scope="team", team_id=1)
    await made(lead, title="everybody's", scope="all")
    await made(boss, title="theirs", scope="team", team_id=far)
    assert sorted(await titles(agent)) == ["everybody's", "mine", "ours"]
    assert sorted(await titles(boss)) == ["everybody's", "theirs"]


async def test_shared_template_is_changed_by_those_who_may(agent: Browser, lead: Browser) -> None:
    one = await made(lead, scope="all")
    path = f"/ticket-templates/{one['id']}"
    assert (await agent.post("/ticket-templates", template(scope="all"))).status_code == 403
    assert (await agent.patch(path, template())).status_code == 403
    assert (await agent.delete(path)).status_code == 403


async def test_template_of_somebody_else_is_not_found(agent: Browser, lead: Browser) -> None:
    one = await made(lead)
    assert (await agent.patch(f"/ticket-templates/{one['id']}", template())).status_code == 404
    assert (await agent.delete(f"/ticket-templates/{one['id']}")).status_code == 404
    refused = await agent.post("/tickets", ticket_of(template_id=one["id"]))
    assert refused.status_code == 404


@pytest.mark.parametrize(
    "bad",
    [
        {"ticket": {}},
        {"title": ""},
        {"ticket": {"type_id": 999}},
        {"ticket": {"team_id": 999}},
        {"ticket": {"fields": {"no_such": 1}}},
        {"ticket": {"priority": 9}},
        {"scope": "team", "team_id": None},
    ],
)
async def test_template_with_bad_input_is_invalid(lead: Browser, bad: dict[str, Any]) -> None:
    # 422: well formed, but there is no such field.
    assert (await lead.post("/ticket-templates", template() | bad)).status_code in {400, 422}


async def test_program_has_no_template_of_its_own(site: Site) -> None:
    admin = await site.desk.person("Ada", role="administrator")
    program = await site.program(admin, "tickets.reply", "tickets.read")
    assert (await program.post("/ticket-templates", template())).json()["fields"] == {"scope": "people_only"}


async def test_ticket_from_a_template_has_its_placeholders_filled(site: Site, agent: Browser) -> None:
    one = await made(agent)
    body = ticket_of(subject="{{customer.name}}: return", text="By {{agent.name}} for #{{ticket.id}}")
    ticket = (await agent.post("/tickets", body | {"template_id": one["id"]})).json()
    assert ticket["subject"] == "Rosa: return"
    (note,) = [entry for entry in await site.desk.timeline(ticket["id"]) if entry.kind == "note"]
    assert note.text == f"By Lu for #{ticket['id']}"
    assert (await agent.get("/ticket-templates")).json()["items"][0]["uses"] == 1


@pytest.mark.parametrize("place", ["subject", "text"])
async def test_ticket_with_an_empty_placeholder_is_not_made(site: Site, agent: Browser, place: str) -> None:
    one = await made(agent)
    await site.desk.run("update person set display_name = ''")
    refused = await agent.post("/tickets", ticket_of(template_id=one["id"]) | {place: "Yours, {{agent.name}}"})
    assert (refused.status_code, refused.json()["missing"]) == (422, ["agent.name"])
    assert await site.desk.sql("select count(*) from ticket") == 0
    assert (await agent.get("/ticket-templates")).json()["items"][0]["uses"] == 0


async def test_ticket_without_a_template_keeps_braces_as_they_are(agent: Browser) -> None:
    ticket = (await agent.post("/tickets", ticket_of(subject="About {{customer.name}}"))).json()
    assert ticket["subject"] == "About {{customer.name}}"


async def test_template_text_cannot_bring_marks(site: Site, agent: Browser) -> None:
    one = await made(agent, ticket={"text": "<script>x()</script>"})
    body = ticket_of(text=one["ticket"]["text"], template_id=one["id"])
    ticket = (await agent.post("/tickets", body)).json()
    (note,) = [entry for entry in await site.desk.timeline(ticket["id"]) if entry.kind == "note"]
    assert (note.text, note.html) == ("<script>x()</script>", None)


async def test_templates_and_macros_are_found_by_pinyin(agent: Browser) -> None:
    await made(agent, title="退款登记")
    await agent.post("/macros", {"title": "退款", "scope": "own", "text": "x"})
    for kind, title in (("ticket_templates", "退款登记"), ("macros", "退款")):
        found = (await agent.get(f"/search/suggest?kind={kind}&q=tk")).json()["items"]
        assert [one["label"] for one in found] == [title]


async def test_templates_of_others_are_not_suggested(lead: Browser, agent: Browser) -> None:
    await made(lead, title="secret")
    assert (await agent.get("/search/suggest?kind=ticket_templates&q=secret")).json()["items"] == []


async def test_changed_template_is_announced(site: Site, agent: Browser) -> None:
    one = await made(agent)
    await agent.patch(f"/ticket-templates/{one['id']}", template("Back"))
    await agent.delete(f"/ticket-templates/{one['id']}")
    events = await site.desk.events("ticket_template_changed")
    assert [event.data["change"] for event in events] == ["made", "changed", "removed"]
