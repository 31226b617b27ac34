"""Ticket types: their forms, what the forms ask for, and what a ticket's values become."""

from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.site import Site, client_key

PRODUCTS = [{"value": one, "name_en": one, "name_zh": one} for one in ("washer", "washer/drum", "dryer")]
FAULTS = [{"value": one, "name_en": one, "name_zh": one} for one in ("leaks", "noise", "fire")]
FIELDS: list[tuple[str, str, dict[str, Any]]] = [
    ("product", "tree", {"choices": PRODUCTS}),
    ("fault", "choice", {"choices": FAULTS}),
    ("serial", "text", {}),
    ("injured", "yes_no", {}),
]
RULES = [
    {
        "when": {"field": "fields.fault", "op": "is", "value": "fire"},
        "show": ["injured"],
        "require": {"injured": "save"},
    },
    {"when": {"field": "fields.product", "op": "is", "value": "dryer"}, "limit": {"fault": ["noise", "fire"]}},
]
FORM = [{"key": "product", "required_on": "save"}, {"key": "fault"}, {"key": "injured"}]
REPAIR = {
    "name_en": "Repair",
    "name_zh": "报修",
    "form": [*FORM, {"key": "serial", "required_on": "solve"}],
    "rules": RULES,
}


@pytest.fixture
async def admin(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Ada", role="administrator"))


@pytest.fixture
async def repair(admin: Browser) -> int:
    for key, kind, options in FIELDS:
        data = {"key": key, "name_en": key.title(), "name_zh": key, "kind": kind, "options": options}
        assert (await admin.post("/fields", data)).status_code == 201
    made = await admin.post("/ticket-types", REPAIR)
    assert made.status_code == 201, made.text
    return int(made.json()["id"])


async def solved(site: Site) -> int:
    return int(await site.desk.sql("select id from status where category = 'solved' and is_default"))


async def test_patch_ticket_fields_are_checked_kept_and_told(site: Site, admin: Browser, repair: int) -> None:
    ticket = await site.ticket()
    answer = await admin.patch(f"/tickets/{ticket}", {"type_id": repair, "fields": {"product": "washer/drum"}})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["type_id"], answer.json()["fields"]) == (repair, {"product": "washer/drum"})
    [event] = await site.desk.events("ticket_changed")
    assert event.data["fields"] == ["fields.product", "type_id"]
    changes = [one.details for one in await site.desk.timeline(ticket) if one.kind == "change"]
    assert {(one.field, one.from_value, one.to_value) for one in changes} >= {
        ("type", None, repair),
        ("fields.product", None, "washer/drum"),
    }
    facets = await site.desk.sql("select facets from ticket_facet where ticket_id = %(id)s", id=ticket)
    assert facets == ["f:product=washer", "f:product=washer/drum", f"type:{repair}"]


async def test_patch_ticket_what_the_form_requires_must_be_there(site: Site, admin: Browser, repair: int) -> None:
    ticket = await site.ticket()
    refused = await admin.patch(f"/tickets/{ticket}", {"type_id": repair})
    assert (refused.status_code, refused.json()["code"]) == (422, "fields_missing")
    assert refused.json()["fields"] == {"product": "required"}
    fire = {"type_id": repair, "fields": {"product": "washer", "fault": "fire"}}
    refused = await admin.patch(f"/tickets/{ticket}", fire)
    assert refused.json()["fields"] == {"injured": "required"}
    fire["fields"] = {"product": "washer", "fault": "fire", "injured": False}
    assert (await admin.patch(f"/tickets/{ticket}", fire)).status_code == 200


async def test_patch_ticket_a_rule_limits_what_may_be_chosen(site: Site, admin: Browser, repair: int) -> None:
    ticket = await site.ticket()
    leaks = {"type_id": repair, "fields": {"product": "washer", "fault": "leaks"}}
    assert (await admin.patch(f"/tickets/{ticket}", leaks)).status_code == 200
    # The old choice stays when the rule comes to hold; a new one must be allowed.
    assert (await admin.patch(f"/tickets/{ticket}", {"fields": {"product": "dryer"}})).status_code == 200
    assert (await admin.patch(f"/tickets/{ticket}", {"fields": {"fault": "noise"}})).status_code == 200
    refused = await admin.patch(f"/tickets/{ticket}", {"fields": {"fault": "leaks"}})
    assert (refused.status_code, refused.json()["fields"]) == (422, {"fault": "not_allowed"})


async def test_solving_asks_for_what_the_form_requires_by_patch_and_by_reply(
    site: Site, admin: Browser, repair: int
) -> None:
    ticket = await site.ticket()
    await admin.patch(f"/tickets/{ticket}", {"type_id": repair, "fields": {"product": "washer"}})
    refused = await admin.patch(f"/tickets/{ticket}", {"status_id": await solved(site)})
    assert refused.json()["fields"] == {"serial": "required"}
    reply = {"text": "Done.", "client_key": client_key(), "solve": True, "force": True}
    refused = await admin.post(f"/tickets/{ticket}/replies", reply)
    assert (refused.status_code, refused.json()["fields"]) == (422, {"serial": "required"})
    both = {"status_id": await solved(site), "fields": {"serial": "LJ-1"}}
    assert (await admin.patch(f"/tickets/{ticket}", both)).json()["category"] == "solved"


async def test_patch_ticket_priority_of_an_incomplete_ticket_still_works(
    site: Site, admin: Browser, repair: int
) -> None:
    ticket = await site.ticket()
    await site.desk.run("update ticket set type_id = %(type)s where id = %(id)s", type=repair, id=ticket)
    assert (await admin.patch(f"/tickets/{ticket}", {"priority": 4})).status_code == 200
    assert (await admin.patch(f"/tickets/{ticket}", {"fields": {"fault": "noise"}})).status_code == 422


async def test_post_ticket_with_type_and_fields_opens_it_whole_or_not_at_all(
    site: Site, admin: Browser, repair: int
) -> None:
    data: dict[str, Any] = {"subject": "Drum", "text": "Came by phone.", "team_id": 1, "customer": {"name": "Rosa"}}
    data |= {"type_id": repair, "tags": ["vip"], "client_key": client_key()}
    refused = await admin.post("/tickets", data)
    assert refused.json()["fields"] == {"product": "required"}
    assert await site.desk.sql("select count(*) from ticket") == 0
    made = await admin.post("/tickets", data | {"fields": {"product": "dryer"}, "client_key": client_key()})
    assert made.status_code == 201, made.text
    assert (made.json()["type_id"], made.json()["tags"], made.json()["fields"]) == (
        repair,
        ["vip"],
        {"product": "dryer"},
    )


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ({"form": [{"key": "colour"}]}, "colour"),
        ({"form": [{"key": "product"}, {"key": "product"}]}, "form"),
        ({"rules": [{"when": {"field": "fields.colour", "op": "is_set"}}]}, "fields.colour"),
        ({"rules": [{"when": {"field": "fields.fault", "op": "more", "value": 1}}]}, "fields.fault"),
        ({"rules": [{"when": {"all": []}, "show": ["colour"]}]}, "colour"),
    ],
)
async def test_post_ticket_type_that_names_what_is_not_there_is_refused(
    admin: Browser, repair: int, bad: dict[str, Any], named: str
) -> None:
    refused = await admin.post("/ticket-types", REPAIR | bad)
    assert repair
    assert (refused.status_code, list(refused.json()["fields"])) == (400, [named])


async def test_patch_ticket_type_changes_what_new_changes_must_meet(site: Site, admin: Browser, repair: int) -> None:
    ticket = await site.ticket()
    await admin.patch(f"/tickets/{ticket}", {"type_id": repair, "fields": {"product": "washer"}})
    stricter = REPAIR | {"form": [*FORM, {"key": "serial", "required_on": "save"}]}
    assert (await admin.patch(f"/ticket-types/{repair}", stricter)).status_code == 200
    refused = await admin.patch(f"/tickets/{ticket}", {"fields": {"fault": "noise"}})
    assert refused.json()["fields"] == {"serial": "required"}
    archived = await admin.patch(f"/ticket-types/{repair}", REPAIR | {"is_archived": True})
    assert archived.json()["is_archived"] is True
    other = await site.ticket()
    taken = await admin.patch(f"/tickets/{other}", {"type_id": repair, "fields": {"product": "washer"}})
    assert (taken.status_code, taken.json()["fields"]) == (422, {"type_id": "unknown"})
    assert [one.data["change"] for one in await site.desk.events("ticket_type_changed")] == [
        "made",
        "changed",
        "changed",
    ]


async def test_an_archived_field_is_not_asked_for_and_takes_nothing_new(
    site: Site, admin: Browser, repair: int
) -> None:
    [product] = [one for one in (await admin.get("/fields")).json()["items"] if one["key"] == "product"]
    gone = {key: product[key] for key in ("name_en", "name_zh", "options")} | {"is_archived": True}
    await admin.patch(f"/fields/{product['id']}", gone)
    ticket = await site.ticket()
    assert (await admin.patch(f"/tickets/{ticket}", {"type_id": repair})).status_code == 200
    refused = await admin.patch(f"/tickets/{ticket}", {"fields": {"product": "dryer"}})
    assert (refused.status_code, refused.json()["fields"]) == (422, {"product": "archived"})


async def test_types_are_made_by_administrators_and_read_by_all(site: Site, repair: int) -> None:
    agent = await site.browser(await site.desk.person("Lu"))
    assert (await agent.post("/ticket-types", REPAIR)).status_code == 403
    assert (await agent.patch(f"/ticket-types/{repair}", REPAIR)).status_code == 403
    assert [one["id"] for one in (await agent.get("/ticket-types")).json()["items"]] == [repair]
