"""People: listed and invited."""

from typing import Any

import pytest

from tests.accounts.conftest import People
from tests.accounts.desk import AGENT, NEW_PASSWORD, Browser, Desk, token_in

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


@pytest.mark.parametrize(("silent_seconds", "presence"), [(0, "online"), (59, "online"), (60, "offline")])
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


async def test_invitation_of_person_who_left_is_a_conflict(admin: Browser, people: People) -> None:
    await admin.patch(f"/people/{people.agent}", {"is_active": False})
    answer = await admin.post(f"/people/{people.agent}/invitation")
    assert answer.status_code == 409
    assert answer.json()["code"] == "person_deactivated"
