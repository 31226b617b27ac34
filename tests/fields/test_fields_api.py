"""Definitions of custom fields over the API."""

import pytest

from tests.accounts.desk import Browser
from tests.site import Site

COLOUR = {
    "key": "colour",
    "name_en": "Colour",
    "name_zh": "颜色",
    "kind": "choice",
    "options": {"choices": [{"value": "red", "name_en": "Red", "name_zh": "红"}]},
}
PATCH = {one: COLOUR[one] for one in ("name_en", "name_zh", "options")}


@pytest.fixture
async def admin(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Ada", role="administrator"))


async def test_post_field_defines_it_for_its_subject_only(site: Site, admin: Browser) -> None:
    made = await admin.post("/fields?subject=customer", COLOUR)
    assert made.status_code == 201, made.text
    assert made.json()["subject"] == "customer"
    assert [one["key"] for one in (await admin.get("/fields?subject=customer")).json()["items"]] == ["colour"]
    assert (await admin.get("/fields")).json()["items"] == []
    [event] = await site.desk.events("field_changed")
    assert event.data == {"field_id": made.json()["id"], "subject": "customer", "change": "made"}


async def test_post_field_with_a_key_that_is_taken_is_refused(admin: Browser) -> None:
    await admin.post("/fields", COLOUR)
    again = await admin.post("/fields", COLOUR)
    assert (again.status_code, again.json()["code"]) == (409, "field_key_taken")


@pytest.mark.parametrize("bad", [{"key": "Colour"}, {"key": ""}, {"kind": "colour"}, {"options": {}}, {"extra": 1}])
async def test_post_field_that_cannot_be_is_refused(admin: Browser, bad: dict[str, object]) -> None:
    assert (await admin.post("/fields", COLOUR | bad)).status_code == 400


async def test_patch_field_archives_it_and_keeps_its_place(site: Site, admin: Browser) -> None:
    field_id = (await admin.post("/fields", COLOUR)).json()["id"]
    changed = await admin.patch(f"/fields/{field_id}", PATCH | {"name_en": "Paint", "is_archived": True})
    assert (changed.json()["name_en"], changed.json()["is_archived"]) == ("Paint", True)
    back = await admin.patch(f"/fields/{field_id}", PATCH)
    assert back.json()["is_archived"] is False
    assert [one.data["change"] for one in await site.desk.events("field_changed")] == ["made", "archived", "changed"]
    assert (await admin.patch("/fields/999", PATCH)).status_code == 404


async def test_fields_are_defined_by_administrators_and_read_by_all(site: Site, admin: Browser) -> None:
    field_id = (await admin.post("/fields", COLOUR)).json()["id"]
    agent = await site.browser(await site.desk.person("Lu"))
    assert (await agent.post("/fields", COLOUR)).status_code == 403
    assert (await agent.patch(f"/fields/{field_id}", PATCH)).status_code == 403
    assert len((await agent.get("/fields")).json()["items"]) == 1
    assert (await site.stranger().get("/fields")).status_code == 401
