"""Sign in, sign out, who am I."""

import asyncio

import pytest

from tests.accounts.conftest import People
from tests.accounts.desk import ADMIN, AGENT, PASSWORD, Browser, Desk


async def test_sign_in_with_right_password_begins_session(stranger: Browser) -> None:
    answer = await stranger.sign_in(AGENT)
    assert answer.status_code == 200
    assert answer.json() == {"state": "signed_in"}
    assert (await stranger.get("/session")).json()["person"]["email"] == AGENT


async def test_sign_in_sets_cookie_that_scripts_cannot_read(stranger: Browser) -> None:
    cookie = (await stranger.sign_in(AGENT)).headers["set-cookie"]
    assert cookie.startswith("ombud_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie


async def test_sign_in_on_https_sets_host_cookie(desk: Desk, stranger: Browser) -> None:
    desk.settings.address = "https://desk.example"
    cookie = (await stranger.post("/session", {"email": AGENT, "password": PASSWORD})).headers["set-cookie"]
    assert cookie.startswith("__Host-ombud_session=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


async def test_sign_in_ignores_case_and_spaces_of_address(stranger: Browser) -> None:
    assert (await stranger.sign_in("  BO@Example.COM ")).status_code == 200


async def test_sign_in_stores_only_digest_of_token(desk: Desk, stranger: Browser) -> None:
    await stranger.sign_in(AGENT)
    (row,) = await desk.look("select token_hash, ip, user_agent from session")
    assert stranger.token.encode() not in row["token_hash"]
    assert len(row["token_hash"]) == 32


async def test_sign_in_announces_person(desk: Desk, stranger: Browser, people: People) -> None:
    await stranger.sign_in(AGENT)
    (event,) = await desk.events("person_signed_in")
    assert event.actor_id == people.agent
    assert event.data["way"] == "password"


@pytest.mark.parametrize(
    ("email", "password"),
    [(AGENT, "not the password"), ("nobody@example.com", PASSWORD), ("", PASSWORD), (AGENT, "")],
)
async def test_sign_in_with_wrong_credentials_is_refused(stranger: Browser, email: str, password: str) -> None:
    answer = await stranger.post("/session", {"email": email or "x", "password": password})
    assert answer.status_code == 401
    assert answer.json()["code"] == "wrong_credentials"
    assert "set-cookie" not in answer.headers


async def test_sign_in_refused_announces_no_address(desk: Desk, stranger: Browser) -> None:
    await stranger.sign_in("nobody@example.com")
    (event,) = await desk.events("sign_in_failed")
    assert event.data == {"person_id": None, "step": "password"}
    assert event.actor_kind == "system"


async def test_sign_in_refused_for_known_address_names_person(desk: Desk, stranger: Browser, people: People) -> None:
    await stranger.sign_in(AGENT, "not the password")
    (event,) = await desk.events("sign_in_failed")
    assert event.data["person_id"] == people.agent


async def test_sign_in_answers_alike_for_known_and_unknown(stranger: Browser) -> None:
    known = await stranger.sign_in(AGENT, "not the password")
    unknown = await stranger.sign_in("nobody@example.com", "not the password")
    assert known.json() == unknown.json()


async def test_sign_in_of_deactivated_person_is_refused(desk: Desk, stranger: Browser, people: People) -> None:
    await desk.run("update person set deactivated_at = now() where id = %(id)s", id=people.agent)
    assert (await stranger.sign_in(AGENT)).json()["code"] == "wrong_credentials"


async def test_sign_in_of_person_without_password_is_refused(desk: Desk, stranger: Browser, people: People) -> None:
    await desk.run("update person set password_hash = null where id = %(id)s", id=people.agent)
    assert (await stranger.sign_in(AGENT, "")).json()["code"] == "wrong_credentials"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": AGENT},
        {"email": AGENT, "password": PASSWORD, "remember": True},
        {"email": AGENT, "password": "x" * 300},
        {"email": 7, "password": PASSWORD},
        {"email": "a\x00b@example.com", "password": PASSWORD},
        [],
    ],
)
async def test_sign_in_with_bad_input_is_invalid(stranger: Browser, body: object) -> None:
    answer = await stranger.post("/session", body)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
async def test_sign_in_from_another_site_is_refused(stranger: Browser, headers: dict[str, str]) -> None:
    answer = await stranger.send("POST", "/session", {"email": AGENT, "password": PASSWORD}, **headers)
    assert answer.status_code == 403
    assert answer.json()["code"] == "foreign_request"


async def test_sign_in_twice_makes_two_sessions(desk: Desk) -> None:
    first, second = desk.browser(), desk.browser()
    await first.sign_in(AGENT)
    await second.sign_in(AGENT)
    assert first.token != second.token
    assert (await first.get("/session")).status_code == 200


async def test_sign_in_by_wrong_password_holds_back_after_five(stranger: Browser) -> None:
    answers = [await stranger.sign_in(AGENT, "not the password") for _ in range(6)]
    assert [one.status_code for one in answers] == [401] * 5 + [429]
    assert answers[-1].json()["code"] == "limit_reached"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 12
    assert (await stranger.sign_in(AGENT)).status_code == 429


async def test_sign_in_at_once_counts_every_try(stranger: Browser) -> None:
    tries = [stranger.sign_in(AGENT, "not the password") for _ in range(12)]
    codes = [one.status_code for one in await asyncio.gather(*tries)]
    assert codes.count(401) == 5
    assert codes.count(429) == 7


async def test_sign_in_waits_longer_the_more_tries(desk: Desk, stranger: Browser) -> None:
    waits = []
    for _ in range(4):
        wait = 0
        while not wait:
            answer = await stranger.sign_in("nobody@example.com", "x")
            wait = int(answer.headers.get("retry-after", 0))
        waits.append(wait)
        desk.pass_time(minutes=1)
    assert waits[0] <= 12
    assert waits[-1] >= 60


async def test_sign_in_after_the_wait_is_possible(desk: Desk, stranger: Browser) -> None:
    for _ in range(6):
        answer = await stranger.sign_in(AGENT, "not the password")
    desk.pass_time(seconds=int(answer.headers["retry-after"]))
    assert (await stranger.sign_in(AGENT)).status_code == 200


async def test_sign_in_held_back_leaves_other_accounts_alone(stranger: Browser) -> None:
    for _ in range(6):
        await stranger.sign_in(AGENT, "not the password")
    assert (await stranger.sign_in(ADMIN)).status_code == 200


async def test_sign_in_held_back_leaves_the_owner_elsewhere_alone(desk: Desk, stranger: Browser) -> None:
    thief = desk.browser(ip="203.0.113.9")
    for _ in range(6):
        await thief.sign_in(AGENT, "not the password")
    assert (await stranger.sign_in(AGENT)).status_code == 200


async def test_sign_in_with_right_passwords_is_never_held_back(desk: Desk) -> None:
    codes = [(await desk.browser().sign_in(AGENT)).status_code for _ in range(8)]
    assert codes == [200] * 8


async def test_get_session_shows_person_word_and_permissions(agent: Browser, people: People) -> None:
    session = (await agent.get("/session")).json()
    assert session["person"]["id"] == people.agent
    assert session["person"]["teams"] == [{"id": 1, "name": "Support"}]
    assert session["person"]["presence"] == "offline"
    assert session["person"]["has_password"] is True
    assert "tickets.reply" in session["permissions"]
    assert "people.manage" not in session["permissions"]
    assert len(session["csrf"]) == 32


async def test_get_session_is_never_stored_by_caches(agent: Browser) -> None:
    assert (await agent.get("/session")).headers["cache-control"] == "no-store"


async def test_get_session_without_cookie_is_refused(stranger: Browser) -> None:
    answer = await stranger.get("/session")
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_signed_in"


@pytest.mark.parametrize("token", ["", "x", "omb_x", "é", "a" * 5000])
async def test_get_session_with_made_up_cookie_is_refused(stranger: Browser, token: str) -> None:
    answer = await stranger.send("GET", "/session", Cookie=f"ombud_session={token}".encode("latin-1"))
    assert answer.status_code == 401


async def test_get_session_by_api_key_is_for_people_only(desk: Desk, admin: Browser) -> None:
    program = await desk.key(admin, "tickets.read")
    answer = await program.get("/session")
    assert answer.status_code == 403
    assert answer.json()["code"] == "people_only"


async def test_sign_out_ends_session_and_takes_cookie(desk: Desk, agent: Browser) -> None:
    token = agent.token
    answer = await agent.delete("/session")
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]
    desk.pass_time(seconds=2)
    agent.token = token
    assert (await agent.get("/session")).status_code == 401


async def test_sign_out_announces_once(desk: Desk, agent: Browser, people: People) -> None:
    await agent.delete("/session")
    (event,) = await desk.events("session_revoked")
    assert event.data["person_id"] == people.agent
    assert event.data["reason"] == "signed_out"


async def test_sign_out_without_session_is_refused(stranger: Browser) -> None:
    assert (await stranger.delete("/session")).status_code == 401
