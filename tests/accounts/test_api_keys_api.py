"""API keys."""

import pytest

from ombud.accounts.permissions import SCOPES
from tests.accounts.conftest import People
from tests.accounts.desk import Browser, Desk

SHOP = {"name": "Shop", "scopes": ["messages.write", "outgoing.read"], "team_ids": [1]}


async def test_create_shows_the_key_once(admin: Browser) -> None:
    made = (await admin.post("/api-keys", SHOP)).json()
    assert made["key"].startswith("omb_")
    assert made["key"].startswith(made["prefix"])
    assert len(made["key"]) == 36
    (listed,) = (await admin.get("/api-keys")).json()["items"]
    assert "key" not in listed
    assert made["key"] not in str(listed)


async def test_create_keeps_only_a_digest(desk: Desk, admin: Browser) -> None:
    key = (await admin.post("/api-keys", SHOP)).json()["key"]
    (row,) = await desk.look("select * from api_key")
    assert key not in str(row)
    assert len(row["key_hash"]) == 32


async def test_create_keeps_scopes_teams_and_maker(admin: Browser, people: People) -> None:
    made = (
        await admin.post("/api-keys", {**SHOP, "scopes": ["outgoing.read", "messages.write", "outgoing.read"]})
    ).json()
    assert made["scopes"] == ["messages.write", "outgoing.read"]
    assert made["team_ids"] == [1]
    assert made["created_by"] == people.admin
    assert made["last_used_at"] is None


async def test_create_for_every_team_has_no_list(admin: Browser) -> None:
    assert (await admin.post("/api-keys", {**SHOP, "team_ids": None})).json()["team_ids"] is None


async def test_create_announces_scopes_but_no_key(desk: Desk, admin: Browser) -> None:
    made = (await admin.post("/api-keys", SHOP)).json()
    (event,) = await desk.events("api_key_created")
    assert event.data == {"api_key_id": made["id"], "scopes": made["scopes"]}


@pytest.mark.parametrize("scope", sorted(SCOPES))
async def test_every_scope_can_be_given(admin: Browser, scope: str) -> None:
    assert (await admin.post("/api-keys", {**SHOP, "scopes": [scope]})).status_code == 201


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"scopes": ["presence.own"]},
        {"scopes": "messages.write"},
        {"team_ids": [999]},
        {"team_ids": "all"},
        {"expires": 1},
    ],
)
async def test_create_with_bad_input_is_invalid(desk: Desk, admin: Browser, change: dict[str, object]) -> None:
    assert (await admin.post("/api-keys", {**SHOP, **change})).status_code == 400
    assert await desk.look("select id from api_key") == []


async def test_create_without_word_on_teams_is_invalid(admin: Browser) -> None:
    assert (await admin.post("/api-keys", {"name": "Shop", "scopes": ["messages.write"]})).status_code == 400


async def test_key_cannot_make_keys(desk: Desk, admin: Browser) -> None:
    program = await desk.key(admin, "api_keys.manage")
    answer = await program.post("/api-keys", SHOP)
    assert answer.status_code == 403
    assert answer.json()["code"] == "people_only"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_keys_are_the_administrators_alone(agent: Browser, stranger: Browser, method: str) -> None:
    assert (await agent.send(method, "/api-keys", SHOP)).status_code == 403
    assert (await stranger.send(method, "/api-keys", SHOP)).status_code == 401
    assert (await agent.delete("/api-keys/1")).status_code == 403


async def test_revoke_ends_the_key(desk: Desk, admin: Browser) -> None:
    made = (await admin.post("/api-keys", {**SHOP, "scopes": ["tickets.read"]})).json()
    program = desk.browser(Authorization=f"Bearer {made['key']}")
    assert (await program.get("/teams")).status_code == 200
    assert (await admin.delete(f"/api-keys/{made['id']}")).status_code == 204
    desk.pass_time(seconds=2)
    assert (await program.get("/teams")).status_code == 401
    assert (await admin.get("/api-keys")).json()["items"] == []
    (event,) = await desk.events("api_key_revoked")
    assert event.data == {"api_key_id": made["id"]}


async def test_revoke_twice_is_not_found(desk: Desk, admin: Browser) -> None:
    made = (await admin.post("/api-keys", SHOP)).json()
    await admin.delete(f"/api-keys/{made['id']}")
    assert (await admin.delete(f"/api-keys/{made['id']}")).status_code == 404
    assert len(await desk.events("api_key_revoked")) == 1


async def test_key_outlives_its_maker_role(desk: Desk, admin: Browser, people: People) -> None:
    program = await desk.key(admin, "tickets.read")
    await desk.run("update person set deactivated_at = now() where id = %(id)s", id=people.admin)
    assert (await program.get("/teams")).status_code == 200


async def test_keys_are_listed_newest_first(admin: Browser) -> None:
    for name in ("one", "two", "three"):
        await admin.post("/api-keys", {**SHOP, "name": name})
    assert [one["name"] for one in (await admin.get("/api-keys")).json()["items"]] == ["three", "two", "one"]
