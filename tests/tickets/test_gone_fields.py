"""A field is renamed, archived or lost while much of the desk names it: nothing breaks, and each says so."""

from datetime import timedelta
from typing import Any

import pytest

from ombud.tickets.services.planned import send_planned
from tests.accounts.desk import Browser
from tests.site import Site, client_key, reply_of


def options(*values: str, gone: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"choices": [{"value": one, "name_en": one, "name_zh": one, "is_archived": one in gone} for one in values]}


FAULT: dict[str, Any] = {"name_en": "Fault", "name_zh": "故障", "options": options("fire", "noise")}
SET_FIRE = {"fields": {"fault": "fire"}}


@pytest.fixture
async def boss(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Bo", role="administrator"))


@pytest.fixture
async def fault(boss: Browser) -> int:
    made = await boss.post("/fields", FAULT | {"key": "fault", "kind": "choice"})
    assert made.status_code == 201, made.text
    return int(made.json()["id"])


async def archive(boss: Browser, fault: int, **more: Any) -> None:
    done = await boss.patch(f"/fields/{fault}", FAULT | {"is_archived": True} | more)
    assert done.status_code == 200, done.text


async def made(boss: Browser, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await boss.post(path, body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def problems(boss: Browser, path: str) -> list[tuple[str, str, Any]]:
    [one] = (await boss.get(path)).json()["items"]
    return [(part["place"], part["code"], part["value"]) for part in one["problems"]]


MACRO = {"title": "Burns", "scope": "own", "actions": SET_FIRE, "text": "We come at once."}
TEMPLATE = {"title": "Fire", "scope": "own", "ticket": SET_FIRE | {"subject": "Fire"}}
KEPT = [("/macros", MACRO), ("/ticket-templates", TEMPLATE)]


@pytest.mark.parametrize(("path", "body"), KEPT)
async def test_macro_and_template_say_which_field_or_choice_is_gone(
    boss: Browser, fault: int, path: str, body: dict[str, Any]
) -> None:
    assert (await made(boss, path, body))["problems"] == []
    renamed = {"name_en": "Trouble", "name_zh": "问题"}
    await archive(boss, fault, is_archived=False, **renamed)
    assert await problems(boss, path) == []
    await archive(boss, fault, is_archived=False, options=options("fire", "noise", gone=("fire",)))
    assert await problems(boss, path) == [("fields.fault", "archived_value", "fire")]
    await archive(boss, fault, is_archived=False, options=options("noise"))
    assert await problems(boss, path) == [("fields.fault", "gone_value", "fire")]
    await archive(boss, fault)
    assert await problems(boss, path) == [("fields.fault", "archived_field", None)]


@pytest.mark.parametrize(("path", "body"), KEPT)
async def test_macro_and_template_that_name_what_is_gone_can_still_be_renamed(
    boss: Browser, fault: int, path: str, body: dict[str, Any]
) -> None:
    kept = (await made(boss, path, body))["id"]
    await archive(boss, fault)
    changed = await boss.patch(f"{path}/{kept}", body | {"title": "Other"})
    assert (changed.status_code, changed.json()["title"]) == (200, "Other")
    assert [one["code"] for one in changed.json()["problems"]] == ["archived_field"]


async def test_macro_and_template_name_types_teams_and_people_that_are_gone(site: Site, boss: Browser) -> None:
    mo, far = await site.desk.person("Mo"), await site.desk.team("Far")
    kind = (await made(boss, "/ticket-types", {"name_en": "Repair", "name_zh": "报修"}))["id"]
    await made(boss, "/macros", MACRO | {"actions": {"assignee": mo.id, "team_id": far, "type_id": kind}})
    await made(boss, "/ticket-templates", TEMPLATE | {"ticket": {"team_id": far, "type_id": kind, "text": "x"}})
    for table, at in (("team", far), ("ticket_type", kind)):
        await site.desk.run(f"update {table} set archived_at = now() where id = %(id)s", id=at)
    await site.desk.run("update person set deactivated_at = now() where id = %(id)s", id=mo.id)
    both = [("type_id", "archived_value", kind), ("team_id", "archived_value", far)]
    assert await problems(boss, "/ticket-templates") == both
    assert await problems(boss, "/macros") == [*both, ("assignee", "archived_value", mo.id)]


async def test_macro_with_an_archived_field_is_refused_whole_and_names_it(
    site: Site, boss: Browser, fault: int
) -> None:
    ticket = await site.ticket()
    macro = (await made(boss, "/macros", MACRO | {"actions": SET_FIRE | {"priority": 4}}))["id"]
    await archive(boss, fault)
    for verb in ("preview", "apply"):
        told = await boss.post(f"/tickets/{ticket}/macros/{macro}/{verb}", {})
        assert (told.status_code, told.json()["code"], told.json()["fields"]) == (
            422,
            "bad_fields",
            {"fault": "archived"},
        )
    assert await site.desk.column(ticket, "priority") == 2


async def test_ticket_from_a_template_with_an_archived_field_is_refused_and_opens_without_it(
    site: Site, boss: Browser, fault: int
) -> None:
    template = (await made(boss, "/ticket-templates", TEMPLATE))["id"]
    await archive(boss, fault)
    who = {"customer": {"name": "Rosa", "email": "rosa@example.com", "phone": ""}, "team_id": 1, "text": "It burns"}
    body = who | {"subject": "Fire", "client_key": client_key(), "template_id": template}
    told = await boss.post("/tickets", body | SET_FIRE)
    assert (told.status_code, told.json()["fields"]) == (422, {"fault": "archived"})
    assert await site.desk.tickets() == []
    assert (await boss.post("/tickets", body)).status_code == 201


async def test_value_in_an_archived_field_stays_through_changes_of_others(
    site: Site, boss: Browser, fault: int
) -> None:
    ticket = await site.ticket()
    await boss.patch(f"/tickets/{ticket}", SET_FIRE)
    await archive(boss, fault)
    assert (await boss.patch(f"/tickets/{ticket}", {"priority": 3, "tags": ["x"]})).status_code == 200
    # the form sends what it holds: the same value is no change
    assert (await boss.patch(f"/tickets/{ticket}", SET_FIRE)).status_code == 200
    assert await site.desk.column(ticket, "fields") == {"fault": "fire"}
    refused = await boss.patch(f"/tickets/{ticket}", {"fields": {"fault": "noise"}})
    assert (refused.status_code, refused.json()["fields"]) == (422, {"fault": "archived"})


async def test_form_that_requires_an_archived_field_asks_for_it_no_more(site: Site, boss: Browser, fault: int) -> None:
    form = {"form": [{"key": "fault", "required_on": "solve"}], "name_en": "Repair", "name_zh": "报修"}
    kind = (await made(boss, "/ticket-types", form))["id"]
    ticket, solved = await site.ticket(), await site.desk.sql("select id from status where category = 'solved' limit 1")
    assert (await boss.patch(f"/tickets/{ticket}", {"type_id": kind})).status_code == 200
    refused = await boss.patch(f"/tickets/{ticket}", {"status_id": solved})
    assert (refused.status_code, refused.json()["code"]) == (422, "fields_missing")
    await archive(boss, fault)
    assert (await boss.patch(f"/tickets/{ticket}", {"status_id": solved})).status_code == 200
    # the form still names it and can be changed otherwise
    assert (await boss.patch(f"/ticket-types/{kind}", form | {"name_en": "Mending"})).status_code == 200


async def plan(site: Site, boss: Browser, ticket: int) -> None:
    at = (site.desk.now + timedelta(hours=1)).isoformat()
    reply = reply_of("Done.", force=False, last_seen_entry_id=10**9, solve=True)
    await made(boss, f"/tickets/{ticket}/planned-replies", {"send_at": at, "reply": reply})


async def test_planned_reply_that_solves_is_held_by_a_field_that_became_required(
    site: Site, boss: Browser, fault: int
) -> None:
    names = {"name_en": "Repair", "name_zh": "报修"}
    kind = (await made(boss, "/ticket-types", names))["id"]
    ticket = await site.ticket()
    await boss.patch(f"/tickets/{ticket}", {"type_id": kind})
    await plan(site, boss, ticket)
    form = names | {"form": [{"key": "fault", "required_on": "solve"}]}
    assert (await boss.patch(f"/ticket-types/{kind}", form)).status_code == 200
    site.desk.later(hours=2)
    await send_planned(site.desk.parts.database, site.desk.parts.clock)
    [held] = (await boss.get(f"/tickets/{ticket}/planned-replies")).json()["items"]
    assert (held["state"], held["problem"], held["text"]) == ("held", "fields_missing", "Done.")


async def test_planned_reply_and_draft_outlive_the_field_of_their_ticket(site: Site, boss: Browser, fault: int) -> None:
    ticket = await site.ticket()
    await boss.patch(f"/tickets/{ticket}", SET_FIRE)
    await plan(site, boss, ticket)
    kept = await boss.put(f"/tickets/{ticket}/drafts/note", {"text": "Ask about the fire"})
    assert kept.status_code == 200, kept.text
    await archive(boss, fault)
    site.desk.later(hours=2)
    assert await send_planned(site.desk.parts.database, site.desk.parts.clock) == 1
    assert await site.desk.column(ticket, "category") == "solved"
    assert (await boss.get(f"/tickets/{ticket}/drafts/note")).json()["text"] == "Ask about the fire"
