"""Field history, values that name a customer or a file, and what screens hear of definitions."""

from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.site import Site, client_key, note_of

CHOICES = [{"value": one, "name_en": one, "name_zh": one} for one in ("red", "blue")]
FIELDS: list[tuple[str, str, dict[str, Any]]] = [
    ("colour", "choice", {"choices": CHOICES}),
    ("payer", "customer", {}),
    ("photo", "file", {}),
]


@pytest.fixture
async def admin(site: Site) -> Browser:
    admin = await site.browser(await site.desk.person("Ada", role="administrator", everywhere=True))
    for key, kind, options in FIELDS:
        data = {"key": key, "name_en": key.title(), "name_zh": key, "kind": kind, "options": options}
        assert (await admin.post("/fields", data)).status_code == 201
    return admin


async def upload(browser: Browser, name: str = "leak.png") -> dict[str, Any]:

    answer = await browser.client.post("/api/v1/files", files={"file": (name, b"\x89PNG bytes")})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def put(browser: Browser, ticket: int, **fields: Any) -> Any:
    return await browser.patch(f"/tickets/{ticket}", {"fields": fields})


async def test_get_history_of_a_field_tells_who_when_from_and_to(site: Site, admin: Browser) -> None:
    ticket = await site.ticket()
    for colour in ("red", "blue", None):
        assert (await put(admin, ticket, colour=colour)).status_code == 200
    await admin.patch(f"/tickets/{ticket}", {"priority": 4})
    found = (await admin.get(f"/tickets/{ticket}/history?field=fields.colour")).json()
    steps = [(one["from_value"], one["to_value"]) for one in found["items"]]
    assert steps == [("blue", None), ("red", "blue"), (None, "red")]
    assert {one["author"]["name"] for one in found["items"]} == {"Ada"}
    assert found["next"] is None


async def test_get_history_of_all_fields_goes_by_pages(site: Site, admin: Browser) -> None:
    ticket = await site.ticket()
    await put(admin, ticket, colour="red")
    await admin.patch(f"/tickets/{ticket}", {"priority": 4})
    first = (await admin.get(f"/tickets/{ticket}/history?limit=1")).json()
    assert [one["field"] for one in first["items"]] == ["priority"]
    second = (await admin.get(f"/tickets/{ticket}/history?limit=1&cursor={first['next']}")).json()
    assert [one["field"] for one in second["items"]] == ["fields.colour"]
    assert (await admin.get(f"/tickets/{ticket}/history?cursor=nonsense")).status_code == 400


async def test_get_history_of_a_ticket_one_may_not_see_is_not_found(site: Site, admin: Browser) -> None:
    ticket = await site.ticket()
    assert (await admin.get(f"/tickets/{ticket}/history")).status_code == 200
    stranger = await site.browser(await site.desk.person("Eve", await site.desk.team("Far")))
    assert (await stranger.get(f"/tickets/{ticket}/history")).status_code == 404
    assert (await stranger.get(f"/tickets/{ticket}/field-files")).status_code == 404


async def test_patch_ticket_with_a_customer_that_is_out_of_sight_is_refused(site: Site, admin: Browser) -> None:
    other_team = await site.desk.team("Finance")
    hidden = await site.ticket(team=other_team, who="c9")
    payer = await site.desk.sql("select customer_id from ticket where id = %(id)s", id=hidden)
    ticket = await site.ticket()
    agent = await site.browser(await site.desk.person("Lu"))
    refused = await put(agent, ticket, payer=payer)
    assert (refused.status_code, refused.json()["code"]) == (422, "bad_fields")
    assert refused.json()["fields"] == {"payer": "unknown_customer"}
    assert (await put(admin, ticket, payer=999_999)).json()["fields"] == {"payer": "unknown_customer"}
    assert (await put(admin, ticket, payer=payer)).status_code == 200
    # What stands there already is nobody's claim: another change beside it passes.
    assert (await put(agent, ticket, payer=payer, colour="red")).status_code == 200


async def test_patch_ticket_with_anothers_upload_is_refused(site: Site, admin: Browser) -> None:
    ticket = await site.ticket()
    agent = await site.browser(await site.desk.person("Lu"))
    photo = (await upload(agent))["id"]
    assert (await put(admin, ticket, photo=photo)).json()["fields"] == {"photo": "unknown_file"}
    assert (await put(agent, ticket, photo=photo)).status_code == 200
    # It is a file of the ticket now.
    other = await site.ticket()
    assert (await put(admin, other, photo=photo)).status_code == 422
    assert (await put(admin, ticket, photo=None)).status_code == 200
    assert (await put(admin, ticket, photo=photo)).status_code == 200


async def test_get_file_of_a_field_obeys_the_visibility_of_its_ticket(site: Site, admin: Browser) -> None:
    ticket = await site.ticket()
    made = await upload(admin)
    await put(admin, ticket, photo=made["id"])
    agent = await site.browser(await site.desk.person("Lu"))
    [file] = (await agent.get(f"/tickets/{ticket}/field-files")).json()["items"]
    assert (file["id"], file["name"]) == (made["id"], "leak.png")
    path = file["url"].removeprefix("/api/v1")
    assert (await agent.get(path)).status_code == 200
    stranger = await site.browser(await site.desk.person("Eve", await site.desk.team("Far")))
    assert (await stranger.get(path)).status_code == 404


async def test_post_ticket_with_a_file_keeps_it_out_of_the_first_message(site: Site, admin: Browser) -> None:
    photo = (await upload(admin))["id"]
    data: dict[str, Any] = {"subject": "Drum", "text": "Hello", "team_id": 1, "customer": {"name": "Rosa"}}
    made = await admin.post("/tickets", data | {"fields": {"photo": photo}, "client_key": client_key()})
    assert made.status_code == 201, made.text
    entries = await site.desk.timeline(made.json()["id"])
    assert [one.kind for one in entries if one.attachments] == ["change"]
    assert (await admin.post(f"/tickets/{made.json()['id']}/notes", note_of())).status_code == 201


async def test_frames_of_definitions_tell_screens_to_load_them_again(site: Site, admin: Browser) -> None:
    kind = {"name_en": "Repair", "name_zh": "报修", "form": [{"key": "colour"}]}
    assert (await admin.post("/ticket-types", kind)).status_code == 201
    ada = await site.desk.person("Bo", role="administrator")
    told = [frame.data.what for frame in await site.frames(ada) if frame.event == "settings"]
    assert (told.count("fields"), told.count("ticket_types")) == (3, 1)


async def test_frames_of_tickets_carry_their_fields(site: Site, admin: Browser) -> None:
    ticket = await site.ticket()
    await put(admin, ticket, colour="blue")
    frames = await site.frames(await site.desk.person("Lu"))
    rows = [frame.data.ticket for frame in frames if frame.event == "ticket"]
    assert rows[-1].fields == {"colour": "blue"}
