"""People: changed, deactivated, signed out."""

import asyncio

import pytest

from tests.accounts.conftest import People
from tests.accounts.desk import ADMIN, AGENT, OTHER, Browser, Desk


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "bo.li@example.com"),
        ("name", "Bo Li"),
        ("display_name", "Bo"),
        ("staff_number", "17"),
        ("sees_all_teams", True),
        ("capacity_points", 0),
        ("team_ids", []),
    ],
)
async def test_change_person_keeps_each_field(
    desk: Desk, admin: Browser, people: People, field: str, value: object
) -> None:
    answer = await admin.patch(f"/people/{people.agent}", {field: value})
    assert answer.status_code == 200
    assert answer.json()[field] == value
    (event,) = await desk.events("person_changed")
    assert event.data == {"person_id": people.agent, "fields": [field]}


async def test_change_person_leaves_others_alone(desk: Desk, admin: Browser, people: People) -> None:
    before = await desk.look("select * from person where id <> %(id)s order by id", id=people.agent)
    await admin.patch(f"/people/{people.agent}", {"name": "X", "role": "supervisor", "team_ids": []})
    assert await desk.look("select * from person where id <> %(id)s order by id", id=people.agent) == before


async def test_change_person_without_difference_announces_nothing(desk: Desk, admin: Browser, people: People) -> None:
    body = {"name": "Bo", "email": AGENT, "role": "agent", "is_active": True, "team_ids": [1], "capacity_points": 12}
    assert (await admin.patch(f"/people/{people.agent}", body)).status_code == 200
    assert await desk.kinds() == ["person_signed_in"]


async def test_change_teams_announces_each_changed_team(desk: Desk, admin: Browser, people: People) -> None:
    night = (await admin.post("/teams", {"name": "Night"})).json()["id"]
    await desk.no_events()
    await admin.patch(f"/people/{people.agent}", {"team_ids": [night]})
    assert [event.team_id for event in await desk.events("team_changed")] == [1, night]


async def test_change_role_takes_effect_within_two_seconds(
    desk: Desk, admin: Browser, agent: Browser, people: People
) -> None:
    await admin.patch(f"/people/{people.agent}", {"role": "administrator"})
    desk.pass_time(seconds=2)
    assert (await agent.get("/people")).status_code == 200
    (event,) = await desk.events("role_changed")
    assert event.data == {"person_id": people.agent, "from_role": "agent", "to_role": "administrator"}


@pytest.mark.parametrize(
    "body",
    [
        {"email": AGENT.replace("bo", "b o")},
        {"name": "\t"},
        {"role": None},
        {"capacity_points": -1},
        {"capacity_points": 1001},
        {"capacity_points": 1.5},
        {"team_ids": [999]},
        {"is_active": None},
        {"password": "x"},
        "text",
    ],
)
async def test_change_person_with_bad_input_is_invalid(admin: Browser, people: People, body: object) -> None:
    assert (await admin.patch(f"/people/{people.agent}", body)).status_code == 400


async def test_change_email_to_a_taken_one_is_a_conflict(admin: Browser, people: People) -> None:
    answer = await admin.patch(f"/people/{people.agent}", {"email": OTHER.upper()})
    assert answer.status_code == 409
    assert answer.json()["code"] == "email_taken"


async def test_change_email_to_other_case_of_own_is_possible(admin: Browser, people: People) -> None:
    assert (await admin.patch(f"/people/{people.agent}", {"email": "Bo@example.com"})).status_code == 200


async def test_change_email_makes_links_to_the_old_one_worthless(desk: Desk, admin: Browser) -> None:
    body = {"email": "erin@example.com", "name": "Erin", "role": "agent"}
    person_id = (await admin.post("/people", body)).json()["id"]
    await admin.patch(f"/people/{person_id}", {"email": "right@example.com"})
    answer = await desk.browser().post("/one-time-links/inspection", {"token": desk.outbox.token()})
    assert answer.status_code == 404


async def test_deactivate_ends_sessions_and_announces(
    desk: Desk, admin: Browser, agent: Browser, people: People
) -> None:
    await desk.no_events()
    answer = await admin.patch(f"/people/{people.agent}", {"is_active": False})
    assert answer.json()["is_active"] is False
    assert await desk.kinds() == ["person_deactivated", "session_revoked"]
    desk.pass_time(seconds=2)
    assert (await agent.get("/session")).status_code == 401
    assert (await desk.browser().sign_in(AGENT)).status_code == 401


async def test_reactivate_lets_sign_in_again(desk: Desk, admin: Browser, agent: Browser, people: People) -> None:
    await admin.patch(f"/people/{people.agent}", {"is_active": False})
    await admin.patch(f"/people/{people.agent}", {"is_active": True})
    assert (await desk.browser().sign_in(AGENT)).status_code == 200
    desk.pass_time(seconds=2)
    assert (await agent.get("/session")).status_code == 401
    assert len(await desk.events("person_reactivated")) == 1


@pytest.mark.parametrize("body", [{"is_active": False}, {"role": "agent"}, {"role": "supervisor", "name": "X"}])
async def test_last_administrator_stays(desk: Desk, admin: Browser, people: People, body: object) -> None:
    answer = await admin.patch(f"/people/{people.admin}", body)
    assert answer.status_code == 409
    assert answer.json()["code"] == "last_administrator"
    (row,) = await desk.look("select role, name from person where id = %(id)s", id=people.admin)
    assert row == {"role": "administrator", "name": "Ada"}


async def test_last_administrator_may_change_otherwise(admin: Browser, people: People) -> None:
    body = {"role": "administrator", "is_active": True, "name": "Ada L"}
    assert (await admin.patch(f"/people/{people.admin}", body)).status_code == 200


async def test_deactivated_administrator_does_not_count(admin: Browser, people: People) -> None:
    await admin.patch(f"/people/{people.agent}", {"role": "administrator"})
    await admin.patch(f"/people/{people.agent}", {"is_active": False})
    assert (await admin.patch(f"/people/{people.admin}", {"role": "agent"})).status_code == 409


async def test_one_of_two_administrators_may_go(admin: Browser, people: People) -> None:
    await admin.patch(f"/people/{people.agent}", {"role": "administrator"})
    assert (await admin.patch(f"/people/{people.admin}", {"role": "agent"})).status_code == 200


async def test_two_administrators_who_remove_each_other_leave_one(desk: Desk, admin: Browser, people: People) -> None:
    await admin.patch(f"/people/{people.agent}", {"role": "administrator"})
    desk.pass_time(seconds=2)
    second = await desk.signed_in(AGENT)
    answers = await asyncio.gather(
        admin.patch(f"/people/{people.agent}", {"role": "agent"}),
        second.patch(f"/people/{people.admin}", {"role": "agent"}),
    )
    assert sorted(one.status_code for one in answers) == [200, 409]
    left = await desk.look("select email from person where role = 'administrator'")
    assert len(left) == 1


async def test_sign_out_person_ends_all_their_sessions(
    desk: Desk, admin: Browser, agent: Browser, people: People
) -> None:
    elsewhere = await desk.signed_in(AGENT)
    assert (await admin.delete(f"/people/{people.agent}/sessions")).status_code == 204
    desk.pass_time(seconds=2)
    for browser in (agent, elsewhere):
        assert (await browser.get("/session")).status_code == 401
    assert (await admin.get("/session")).json()["person"]["email"] == ADMIN
    (event,) = await desk.events("session_revoked")
    assert len(event.data["session_ids"]) == 2


async def test_sign_out_person_without_sessions_announces_nothing(desk: Desk, admin: Browser, people: People) -> None:
    assert (await admin.delete(f"/people/{people.agent}/sessions")).status_code == 204
    assert await desk.events("session_revoked") == []


@pytest.mark.parametrize("role", ["supervisor", "agent", "read_only"])
async def test_role_without_people_manage_sees_no_people(desk: Desk, agent: Browser, role: str) -> None:
    await desk.run("update person set role = %(role)s where email = %(email)s", role=role, email=AGENT)
    desk.pass_time(seconds=2)
    assert (await agent.get("/people")).status_code == 403
    assert (await agent.get("/people/brief")).status_code == 200
