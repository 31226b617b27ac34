"""People: invited, changed, deactivated."""

import asyncio
from typing import Any

import pytest

from tests.accounts.conftest import People
from tests.accounts.desk import ADMIN, AGENT, NEW_PASSWORD, OTHER, Browser, Desk, token_in

ERIN: dict[str, Any] = {"email": "erin@example.com", "name": "Erin", "role": "agent", "team_ids": [1]}


async def test_brief_shows_colleagues_without_addresses(agent: Browser, people: People) -> None:
    items = (await agent.get("/people/brief")).json()["items"]
    assert [one["name"] for one in items] == ["Ada", "Bo", "Chen", "Dee"]
    bo = items[1]
    assert bo == {
        "id": people.agent,
        "name": "Bo",
        "display_name": "",
        "staff_number": "",
        "presence": "offline",
        "team_ids": [1],
        "is_active": True,
    }


async def test_brief_keeps_people_who_left(desk: Desk, agent: Browser, people: People) -> None:
    await desk.run("update person set deactivated_at = now() where id = %(id)s", id=people.other)
    items = (await agent.get("/people/brief")).json()["items"]
    assert [one["is_active"] for one in items] == [True, True, False, True]


@pytest.mark.parametrize(("silent_seconds", "presence"), [(0, "online"), (44, "online"), (45, "offline")])
async def test_brief_shows_silent_person_as_offline(
    desk: Desk, agent: Browser, people: People, silent_seconds: int, presence: str
) -> None:
    sql = "insert into presence (person_id, state, since, seen_at) values (%(id)s, 'online', %(now)s, %(now)s)"
    await desk.run(sql, id=people.other, now=desk.now)
    desk.pass_time(seconds=silent_seconds)
    items = (await agent.get("/people/brief")).json()["items"]
    assert items[2]["presence"] == presence


async def test_brief_for_key_without_tickets_is_forbidden(desk: Desk, admin: Browser) -> None:
    program = await desk.key(admin, "messages.write")
    assert (await program.get("/people/brief")).status_code == 403


async def test_people_shows_what_administrators_decide(admin: Browser, people: People) -> None:
    items = (await admin.get("/people")).json()["items"]
    bo = next(one for one in items if one["id"] == people.agent)
    assert bo["email"] == AGENT
    assert bo["role"] == "agent"
    assert bo["capacity_points"] == 12
    assert bo["invited"] is False
    assert bo["has_second_factor"] is False
    assert bo["load_points"] == 0


async def test_people_counts_points_of_tickets_in_work(desk: Desk, admin: Browser, people: People) -> None:
    await desk.run("insert into customer (created_at, updated_at) values (now(), now())")
    sql = """
        insert into ticket (subject, status_id, category, team_id, assignee_id, customer_id, brand_id, load_points,
            created_at, activity_at, snoozed_until)
        select 'x', 1, category, 1, %(id)s, 1, 1, points, now(), now(), until
        from (values ('new', 4, null::timestamptz), ('open', 2, null), ('open', 8, now()), ('waiting', 16, null),
            ('solved', 32, null)) as t (category, points, until)"""
    await desk.run(sql, id=people.agent)
    items = (await admin.get("/people")).json()["items"]
    assert {one["name"]: one["load_points"] for one in items}["Bo"] == 6


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/people"),
        ("POST", "/people"),
        ("PATCH", "/people/1"),
        ("POST", "/people/1/invitation"),
        ("DELETE", "/people/1/sessions"),
        ("DELETE", "/people/1/second-factor"),
    ],
)
async def test_people_are_the_administrators_alone(agent: Browser, stranger: Browser, method: str, path: str) -> None:
    assert (await agent.send(method, path, {})).status_code == 403
    assert (await stranger.send(method, path, {})).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/people/999"),
        ("POST", "/people/999/invitation"),
        ("DELETE", "/people/999/sessions"),
        ("DELETE", "/people/999/second-factor"),
    ],
)
async def test_person_who_does_not_exist_is_not_found(admin: Browser, method: str, path: str) -> None:
    answer = await admin.send(method, path, {})
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


async def test_invite_mails_a_link_that_works(desk: Desk, admin: Browser) -> None:
    answer = await admin.post("/people", ERIN)
    assert answer.status_code == 201
    assert answer.json()["invited"] is True
    assert answer.json()["link"] is None
    assert answer.json()["team_ids"] == [1]
    assert "Ada" in desk.outbox.mails[0]["text"]
    browser = desk.browser()
    token = desk.outbox.token()
    await browser.post("/one-time-links/redemption", {"token": token, "password": NEW_PASSWORD})
    assert (await browser.get("/session")).json()["person"]["email"] == "erin@example.com"
    items = (await admin.get("/people")).json()["items"]
    assert not any(one["invited"] for one in items)


async def test_invite_in_chinese_mails_in_chinese(desk: Desk, admin: Browser) -> None:
    await admin.post("/people", {**ERIN, "locale": "zh-CN"})
    assert "邀请您" in desk.outbox.mails[0]["text"]


async def test_invite_without_mailbox_answers_with_the_link(desk: Desk, admin: Browser) -> None:
    desk.outbox.can_send = False
    link = (await admin.post("/people", ERIN)).json()["link"]
    answer = await desk.browser().post(
        "/one-time-links/redemption", {"token": token_in(link), "password": NEW_PASSWORD}
    )
    assert answer.json() == {"state": "signed_in"}


async def test_invite_announces_person_and_team(desk: Desk, admin: Browser, people: People) -> None:
    await desk.no_events()
    person_id = (await admin.post("/people", ERIN)).json()["id"]
    assert await desk.kinds() == ["person_invited", "team_changed", "one_time_link_made"]
    (event,) = await desk.events("person_invited")
    assert event.data == {"person_id": person_id}
    assert event.actor_id == people.admin


@pytest.mark.parametrize("email", [AGENT, AGENT.upper()])
async def test_invite_known_address_is_a_conflict(desk: Desk, admin: Browser, email: str) -> None:
    answer = await admin.post("/people", {**ERIN, "email": email})
    assert answer.status_code == 409
    assert answer.json()["code"] == "email_taken"
    assert desk.outbox.mails == []


@pytest.mark.parametrize(
    "change",
    [
        {"email": "no address"},
        {"email": "a@b\r\nBcc: c@d"},
        {"email": "<a@b.c>"},
        {"email": "a@b,c@d"},
        {"email": "x" * 250 + "@b.cd"},
        {"name": ""},
        {"name": "Erin\r\nBcc: x@y.z"},
        {"role": "owner"},
        {"team_ids": [1, 999]},
        {"team_ids": [0]},
        {"team_ids": "1"},
        {"team_ids": [2**70]},
        {"sees_all_teams": "yes"},
        {"password": NEW_PASSWORD},
        {"locale": "de"},
    ],
)
async def test_invite_with_bad_input_is_invalid(desk: Desk, admin: Browser, change: dict[str, object]) -> None:
    answer = await admin.post("/people", {**ERIN, **change})
    assert answer.status_code == 400
    assert await desk.look("select * from person where name = 'Erin'") == []
    assert desk.outbox.mails == []


async def test_invitation_again_replaces_the_first_link(desk: Desk, admin: Browser) -> None:
    person_id = (await admin.post("/people", ERIN)).json()["id"]
    first = desk.outbox.token()
    assert (await admin.post(f"/people/{person_id}/invitation")).status_code == 200
    second = desk.outbox.token()
    inspect = "/one-time-links/inspection"
    assert (await desk.browser().post(inspect, {"token": first})).status_code == 404
    assert (await desk.browser().post(inspect, {"token": second})).json()["kind"] == "invitation"


async def test_invitation_of_person_with_password_resets_it(desk: Desk, admin: Browser, people: People) -> None:
    await admin.post(f"/people/{people.agent}/invitation")
    answer = await desk.browser().post("/one-time-links/inspection", {"token": desk.outbox.token()})
    assert answer.json()["kind"] == "password_reset"


async def test_invitation_of_person_who_left_is_a_conflict(desk: Desk, admin: Browser, people: People) -> None:
    await admin.patch(f"/people/{people.agent}", {"is_active": False})
    answer = await admin.post(f"/people/{people.agent}/invitation")
    assert answer.status_code == 409
    assert answer.json()["code"] == "person_deactivated"


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
    person_id = (await admin.post("/people", ERIN)).json()["id"]
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
