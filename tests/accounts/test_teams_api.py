"""Teams and brands."""

import pytest

from tests.accounts.conftest import People
from tests.accounts.desk import Browser, Desk


async def test_teams_are_shown_to_everybody_signed_in(reader: Browser, people: People) -> None:
    items = (await reader.get("/teams")).json()["items"]
    seats = [people.agent]
    assert items == [{"id": 1, "name": "Support", "routing": "push", "member_ids": seats, "is_archived": False}]


async def test_add_team_with_members_answers_with_it(admin: Browser, people: People) -> None:
    body = {"name": "夜班组", "routing": "manual", "member_ids": [people.other, people.agent]}
    answer = await admin.post("/teams", body)
    assert answer.status_code == 201
    assert answer.json() == {**body, "id": 2, "member_ids": [people.agent, people.other], "is_archived": False}
    assert len((await admin.get("/teams")).json()["items"]) == 2


async def test_add_team_announces_team_and_members(desk: Desk, admin: Browser, people: People) -> None:
    await desk.no_events()
    await admin.post("/teams", {"name": "Night", "member_ids": [people.other]})
    assert await desk.kinds() == ["person_changed", "team_changed"]
    (event,) = await desk.events("team_changed")
    assert event.team_id == 2


async def test_member_sees_new_team_within_two_seconds(desk: Desk, admin: Browser, agent: Browser) -> None:
    assert agent.token
    members = (await admin.get("/teams")).json()["items"][0]["member_ids"]
    await admin.post("/teams", {"name": "Night", "member_ids": members})
    desk.pass_time(seconds=2)
    assert [one["name"] for one in (await agent.get("/session")).json()["person"]["teams"]] == ["Night", "Support"]


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"name": "First line"}, ["name"]),
        ({"routing": "manual"}, ["routing"]),
        ({"member_ids": []}, ["member_ids"]),
        ({"name": "First line", "routing": "manual", "member_ids": []}, ["name", "routing", "member_ids"]),
    ],
)
async def test_change_team_keeps_and_announces_what_differs(
    desk: Desk, admin: Browser, change: dict[str, object], fields: list[str]
) -> None:
    answer = await admin.patch("/teams/1", change)
    assert answer.status_code == 200
    assert change.items() <= answer.json().items()
    (event,) = await desk.events("team_changed")
    assert event.data["fields"] == fields


async def test_change_team_without_difference_announces_nothing(desk: Desk, admin: Browser, people: People) -> None:
    body = {"name": "Support ", "routing": "push", "member_ids": [people.agent, people.agent]}
    assert (await admin.patch("/teams/1", body)).status_code == 200
    assert await desk.events("team_changed") == []
    assert await desk.events("person_changed") == []


async def test_change_members_announces_who_came_and_left(desk: Desk, admin: Browser, people: People) -> None:
    await admin.patch("/teams/1", {"member_ids": [people.other]})
    changed = {event.data["person_id"] for event in await desk.events("person_changed")}
    assert changed == {people.agent, people.other}


@pytest.mark.parametrize("path", ["/teams", "/brands"])
async def test_taken_name_is_a_conflict(admin: Browser, path: str) -> None:
    first = (await admin.post(path, {"name": "Night"})).json()
    for answer in (
        await admin.post(path, {"name": "Night"}),
        await admin.post(path, {"name": " Night "}),
        await admin.patch(f"{path}/1", {"name": "Night"}),
    ):
        assert answer.status_code == 409
        assert answer.json()["code"] == "name_taken"
    assert (await admin.patch(f"{path}/{first['id']}", {"name": "Night"})).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": " "},
        {"name": "a\x00b"},
        {"name": "x" * 201},
        {"name": "Night", "routing": "random"},
        {"name": "Night", "member_ids": [999]},
        {"name": "Night", "member_ids": ["x"]},
        {"name": "Night", "colour": "red"},
    ],
)
async def test_add_team_with_bad_input_is_invalid(desk: Desk, admin: Browser, body: object) -> None:
    assert (await admin.post("/teams", body)).status_code == 400
    assert len(await desk.look("select id from team")) == 1


@pytest.mark.parametrize("body", [{"name": None}, {"routing": ""}, {"member_ids": [999]}, {"id": 2}, [1]])
async def test_change_team_with_bad_input_is_invalid(desk: Desk, admin: Browser, body: object) -> None:
    assert (await admin.patch("/teams/1", body)).status_code == 400
    assert await desk.events("team_changed") == []


@pytest.mark.parametrize(("method", "path"), [("POST", "/teams"), ("PATCH", "/teams/1")])
async def test_teams_are_changed_by_administrators_alone(
    agent: Browser, stranger: Browser, method: str, path: str
) -> None:
    assert (await agent.send(method, path, {"name": "Mine"})).status_code == 403
    assert (await stranger.send(method, path, {"name": "Mine"})).status_code == 401


@pytest.mark.parametrize("path", ["/teams/999", "/brands/999", "/teams/-1"])
async def test_change_of_what_does_not_exist_is_not_found(admin: Browser, path: str) -> None:
    assert (await admin.patch(path, {"name": "X"})).status_code == 404


async def test_archived_team_is_gone(desk: Desk, admin: Browser) -> None:
    await desk.run("update team set archived_at = now()")
    assert (await admin.get("/teams")).json()["items"] == []
    assert (await admin.patch("/teams/1", {"name": "X"})).status_code == 404


async def test_brands_are_shown_to_everybody_signed_in(reader: Browser) -> None:
    assert (await reader.get("/brands")).json() == {
        "items": [{"id": 1, "name": "Ombud", "signature": ""}],
        "next": None,
    }


async def test_add_brand_announces_it(desk: Desk, admin: Browser) -> None:
    answer = await admin.post("/brands", {"name": "海尔之家"})
    assert answer.status_code == 201
    assert answer.json()["name"] == "海尔之家"
    (event,) = await desk.events("brand_changed")
    assert event.data == {"brand_id": answer.json()["id"]}


async def test_rename_brand_announces_only_a_difference(desk: Desk, admin: Browser) -> None:
    assert (await admin.patch("/brands/1", {"name": "Ombud"})).status_code == 200
    assert await desk.events("brand_changed") == []
    assert (await admin.patch("/brands/1", {"name": "Desk"})).json() == {"id": 1, "name": "Desk", "signature": ""}
    assert len(await desk.events("brand_changed")) == 1


async def test_brand_signature_stays_until_another_is_given(desk: Desk, admin: Browser) -> None:
    signed = await admin.patch("/brands/1", {"name": "Desk", "signature": "{{agent.name}}\nDesk"})
    assert signed.json()["signature"] == "{{agent.name}}\nDesk"
    assert (await admin.patch("/brands/1", {"name": "Shop"})).json()["signature"] == "{{agent.name}}\nDesk"
    assert (await admin.patch("/brands/1", {"name": "Shop", "signature": ""})).json()["signature"] == ""
    assert len(await desk.events("brand_changed")) == 3


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": 1}, {"name": "X", "id": 2}])
async def test_brand_with_bad_input_is_invalid(admin: Browser, body: object) -> None:
    assert (await admin.post("/brands", body)).status_code == 400
    assert (await admin.patch("/brands/1", body)).status_code == 400


async def test_brands_are_changed_by_administrators_alone(agent: Browser) -> None:
    assert (await agent.post("/brands", {"name": "X"})).status_code == 403
    assert (await agent.patch("/brands/1", {"name": "X"})).status_code == 403
