"""What people see and change of themselves."""

import pytest

from tests.accounts.conftest import People
from tests.accounts.desk import AGENT, NEW_PASSWORD, OTHER, PASSWORD, Browser, Desk


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "李波"),
        ("display_name", "小波"),
        ("staff_number", "A-017"),
        ("locale", "zh-CN"),
        ("time_zone", "Asia/Shanghai"),
        ("theme", "dark"),
        ("signature", "Best wishes\nBo"),
        ("preferences", {"list": {"width": 320}, "sound": False}),
    ],
)
async def test_change_me_keeps_each_field(desk: Desk, agent: Browser, field: str, value: object) -> None:
    answer = await agent.patch("/me", {field: value})
    assert answer.status_code == 200
    assert answer.json()[field] == value
    assert (await agent.get("/session")).json()["person"][field] == value
    (event,) = await desk.events("person_changed")
    assert event.data["fields"] == [field]


async def test_change_me_leaves_other_people_alone(desk: Desk, agent: Browser, people: People) -> None:
    await agent.patch("/me", {"display_name": "Somebody"})
    rows = await desk.look("select id from person where display_name = 'Somebody'")
    assert [one["id"] for one in rows] == [people.agent]


@pytest.mark.parametrize("body", [{}, {"name": "Bo"}, {"locale": "en", "theme": "system"}])
async def test_change_me_without_difference_announces_nothing(desk: Desk, agent: Browser, body: object) -> None:
    assert (await agent.patch("/me", body)).status_code == 200
    assert await desk.events("person_changed") == []


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "  "},
        {"name": "a\nb"},
        {"name": "x" * 201},
        {"name": None},
        {"locale": "fr"},
        {"theme": "pink"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": ""},
        {"signature": "x" * 10_001},
        {"preferences": {"x": "y" * 20_000}},
        {"preferences": []},
        {"preferences": {"x": "a\x00b"}},
        {"role": "administrator"},
        {"sees_all_teams": True},
        {"email": "new@example.com"},
        [],
    ],
)
async def test_change_me_with_bad_input_is_invalid(desk: Desk, agent: Browser, body: object) -> None:
    assert (await agent.patch("/me", body)).status_code == 400
    assert await desk.events("person_changed") == []


async def test_change_me_by_key_is_for_people_only(desk: Desk, admin: Browser) -> None:
    program = await desk.key(admin, "people.manage")
    assert (await program.patch("/me", {"name": "X"})).json()["code"] == "people_only"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/me"),
        ("PUT", "/me/password"),
        ("GET", "/me/sessions"),
        ("DELETE", "/me/sessions/1"),
        ("POST", "/me/second-factor"),
        ("PUT", "/me/second-factor"),
        ("DELETE", "/me/second-factor"),
    ],
)
async def test_me_without_session_is_refused(stranger: Browser, method: str, path: str) -> None:
    assert (await stranger.send(method, path, {})).status_code == 401


async def test_change_password_takes_the_new_one(desk: Desk, agent: Browser) -> None:
    answer = await agent.put("/me/password", {"current": PASSWORD, "new": NEW_PASSWORD})
    assert answer.status_code == 204
    assert (await desk.browser().sign_in(AGENT, NEW_PASSWORD)).status_code == 200
    assert (await desk.browser().sign_in(AGENT)).status_code == 401


async def test_change_password_ends_other_sessions_only(desk: Desk, agent: Browser) -> None:
    elsewhere, colleague = await desk.signed_in(AGENT), await desk.signed_in(OTHER)
    await agent.put("/me/password", {"current": PASSWORD, "new": NEW_PASSWORD})
    desk.pass_time(seconds=2)
    assert (await elsewhere.get("/session")).status_code == 401
    assert (await agent.get("/session")).status_code == 200
    assert (await colleague.get("/session")).status_code == 200


async def test_change_password_with_wrong_present_one_is_refused(desk: Desk, agent: Browser) -> None:
    answer = await agent.put("/me/password", {"current": "not this one", "new": NEW_PASSWORD})
    assert answer.status_code == 400
    assert answer.json()["code"] == "wrong_password"
    assert (await desk.browser().sign_in(AGENT)).status_code == 200


async def test_change_password_is_held_back_after_five_tries(agent: Browser) -> None:
    body = {"current": "not this one", "new": NEW_PASSWORD}
    codes = [(await agent.put("/me/password", body)).status_code for _ in range(6)]
    assert codes == [400] * 5 + [429]


@pytest.mark.parametrize("new", ["short", AGENT, "aaaaaaaaaaaa", "password2026", "0123456789"])
async def test_change_password_to_weak_one_is_refused(desk: Desk, agent: Browser, new: str) -> None:
    answer = await agent.put("/me/password", {"current": PASSWORD, "new": new})
    assert answer.json()["code"] == "weak_password"
    assert (await desk.browser().sign_in(AGENT)).status_code == 200


async def test_change_password_of_person_without_one_needs_no_proof(desk: Desk, agent: Browser, people: People) -> None:
    await desk.run("update person set password_hash = null where id = %(id)s", id=people.agent)
    assert (await agent.put("/me/password", {"current": "", "new": NEW_PASSWORD})).status_code == 204
    assert (await desk.browser().sign_in(AGENT, NEW_PASSWORD)).status_code == 200


@pytest.mark.parametrize(
    "body", [{}, {"new": NEW_PASSWORD}, {"current": PASSWORD}, {"current": PASSWORD, "new": "x" * 300}]
)
async def test_change_password_with_bad_input_is_invalid(agent: Browser, body: object) -> None:
    assert (await agent.put("/me/password", body)).status_code == 400


async def test_sessions_show_device_address_and_the_present_one(desk: Desk, agent: Browser) -> None:
    desk.pass_time(minutes=5)
    phone = desk.browser(ip="198.51.100.4", **{"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Safari/605"})
    await phone.sign_in(AGENT)
    items = (await agent.get("/me/sessions")).json()["items"]
    found = {(one["device"], one["ip"], one["is_current"]) for one in items}
    assert found == {("Safari, iPhone", "198.51.100.4", False), ("Firefox, Linux", "192.0.2.7", True)}


async def test_sessions_of_others_are_not_shown(desk: Desk, agent: Browser) -> None:
    await desk.signed_in(OTHER)
    assert len((await agent.get("/me/sessions")).json()["items"]) == 1


async def test_sessions_leave_ended_ones_out(desk: Desk, agent: Browser) -> None:
    await desk.signed_in(AGENT)
    await desk.run("update session set expires_at = %(now)s where id = (select max(id) from session)", now=desk.now)
    assert len((await agent.get("/me/sessions")).json()["items"]) == 1


@pytest.mark.parametrize("count", [1, 3])
async def test_sessions_list_each(desk: Desk, agent: Browser, count: int) -> None:
    for _ in range(count - 1):
        await desk.session_token(AGENT)
    assert len((await agent.get("/me/sessions")).json()["items"]) == count


async def test_revoke_session_signs_that_browser_out(desk: Desk, agent: Browser) -> None:
    elsewhere = await desk.signed_in(AGENT)
    items = (await agent.get("/me/sessions")).json()["items"]
    other_id = next(one["id"] for one in items if not one["is_current"])
    assert (await agent.delete(f"/me/sessions/{other_id}")).status_code == 204
    desk.pass_time(seconds=2)
    assert (await elsewhere.get("/session")).status_code == 401
    assert (await agent.get("/session")).status_code == 200


async def test_revoke_session_of_somebody_else_is_not_found(desk: Desk, agent: Browser) -> None:
    colleague = await desk.signed_in(OTHER)
    theirs = (await colleague.get("/me/sessions")).json()["items"][0]["id"]
    assert (await agent.delete(f"/me/sessions/{theirs}")).status_code == 404
    desk.pass_time(seconds=2)
    assert (await colleague.get("/session")).status_code == 200


@pytest.mark.parametrize("session_id", ["999", "-1", "0"])
async def test_revoke_session_that_is_none_is_not_found(agent: Browser, session_id: str) -> None:
    assert (await agent.delete(f"/me/sessions/{session_id}")).status_code == 404


@pytest.mark.parametrize("session_id", ["99999999999999999999", "x", "1.5"])
async def test_revoke_session_by_no_number_is_an_error_of_theirs(agent: Browser, session_id: str) -> None:
    assert (await agent.delete(f"/me/sessions/{session_id}")).status_code in {400, 404}
