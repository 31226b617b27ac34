"""Cookies, keys, and what must come with unsafe requests."""

import pytest

from ombud.accounts import queries, rules
from ombud.accounts.authentication import csrf_of
from tests.accounts.conftest import People
from tests.accounts.desk import AGENT, KEYS, OTHER, Browser, Desk

UNSAFE = {"display_name": "Bo"}


async def test_change_without_word_is_foreign(agent: Browser) -> None:
    del agent.client.headers["X-CSRF-Token"]
    answer = await agent.patch("/me", UNSAFE)
    assert answer.status_code == 403
    assert answer.json()["code"] == "foreign_request"


async def test_change_with_another_sessions_word_is_foreign(desk: Desk, agent: Browser) -> None:
    other = await desk.signed_in(OTHER)
    agent.client.headers["X-CSRF-Token"] = other.client.headers["X-CSRF-Token"]
    assert (await agent.patch("/me", UNSAFE)).status_code == 403


@pytest.mark.parametrize("word", ["", "é", "A" * 32])
async def test_change_with_wrong_word_is_foreign(agent: Browser, word: str) -> None:
    answer = await agent.send("PATCH", "/me", UNSAFE, **{"X-CSRF-Token": word.encode("latin-1")})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://testserver.local"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://testserver.local.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:5173"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver.local"}, 403),
    ],
)
async def test_change_is_taken_from_our_own_pages_only(agent: Browser, headers: dict[str, str], status: int) -> None:
    assert (await agent.send("PATCH", "/me", UNSAFE, **headers)).status_code == status


async def test_change_from_public_address_behind_proxy_is_taken(desk: Desk, agent: Browser) -> None:
    desk.settings.address = "http://desk.example"
    assert (await agent.send("PATCH", "/me", UNSAFE, Origin="http://desk.example")).status_code == 200


async def test_look_needs_no_word(agent: Browser) -> None:
    del agent.client.headers["X-CSRF-Token"]
    assert (await agent.send("GET", "/session", **{"Sec-Fetch-Site": "cross-site"})).status_code == 200


def test_csrf_differs_between_sessions_and_hides_the_token() -> None:
    assert csrf_of("one", KEYS) != csrf_of("two", KEYS)
    assert csrf_of("one", KEYS) == csrf_of("one", KEYS)


async def test_revoked_session_ends_within_two_seconds(desk: Desk, agent: Browser) -> None:
    await desk.run("update session set revoked_at = now()")
    desk.pass_time(seconds=2)
    assert (await agent.get("/session")).status_code == 401


async def test_deactivated_person_ends_within_two_seconds(desk: Desk, agent: Browser, people: People) -> None:
    await desk.run("update person set deactivated_at = now() where id = %(id)s", id=people.agent)
    desk.pass_time(seconds=2)
    assert (await agent.get("/session")).status_code == 401


async def test_lost_role_ends_within_two_seconds(desk: Desk, admin: Browser, people: People) -> None:
    await desk.run("update person set role = 'agent' where id = %(id)s", id=people.admin)
    desk.pass_time(seconds=2)
    assert (await admin.get("/people")).status_code == 403


async def test_hot_call_asks_the_database_nothing(desk: Desk, agent: Browser) -> None:
    await desk.database.close()
    request = agent.client.build_request("GET", "/")
    assert request.headers["cookie"]
    (known,) = desk.authenticator._known.values()
    assert known.actor.visible_teams() == [1]
    assert (await agent.get("/api-keys")).status_code == 403


async def test_idle_session_ends(desk: Desk, agent: Browser) -> None:
    desk.pass_time(days=rules.SESSION_IDLE.days, seconds=1)
    assert (await agent.get("/session")).status_code == 401


async def test_used_session_lives_on_until_its_end(desk: Desk, agent: Browser) -> None:
    for _ in range(29):
        desk.pass_time(days=1)
        assert (await agent.get("/session")).status_code == 200
    desk.pass_time(days=1)
    assert (await agent.get("/session")).status_code == 401


async def test_seen_at_is_written_once_a_minute(desk: Desk, agent: Browser) -> None:
    start = desk.now
    desk.pass_time(seconds=30)
    await agent.get("/session")
    assert (await desk.look("select seen_at from session"))[0]["seen_at"] == start
    desk.pass_time(seconds=30)
    await agent.get("/session")
    assert (await desk.look("select seen_at from session"))[0]["seen_at"] == desk.now


async def test_key_acts_with_its_scopes_and_needs_no_word(desk: Desk, admin: Browser) -> None:
    program = await desk.key(admin, "tickets.read", "teams.manage")
    assert (await program.get("/teams")).status_code == 200
    assert (await program.post("/teams", {"name": "Night"})).status_code == 201
    assert (await program.get("/people")).status_code == 403


async def test_key_is_used_in_place_of_cookie(desk: Desk, admin: Browser) -> None:
    program = await desk.key(admin, "tickets.read")
    program.token = admin.token
    assert (await program.get("/people")).status_code == 403


@pytest.mark.parametrize("value", ["Bearer omb_wrong", "Bearer", "Bearer x", "bearer omb_", "Bearer é"])
async def test_wrong_key_is_refused_even_with_cookie(agent: Browser, value: str) -> None:
    answer = await agent.send("GET", "/session", Authorization=value.encode("latin-1"))
    assert answer.status_code == 401


async def test_other_scheme_leaves_the_cookie_in_force(agent: Browser) -> None:
    assert (await agent.send("GET", "/session", Authorization="Basic eDp5")).status_code == 200


async def test_revoked_key_ends_within_two_seconds(desk: Desk, admin: Browser) -> None:
    program = await desk.key(admin, "tickets.read")
    assert (await program.get("/teams")).status_code == 200
    await desk.run("update api_key set revoked_at = now()")
    desk.pass_time(seconds=2)
    assert (await program.get("/teams")).status_code == 401


async def test_key_use_is_noted_once_a_minute(desk: Desk, admin: Browser) -> None:
    program = await desk.key(admin, "tickets.read")
    await program.get("/teams")
    first = desk.now
    desk.pass_time(seconds=40)
    await program.get("/teams")
    assert (await desk.look("select last_used_at from api_key"))[0]["last_used_at"] == first
    desk.pass_time(seconds=40)
    await program.get("/teams")
    assert (await desk.look("select last_used_at from api_key"))[0]["last_used_at"] == desk.now


async def test_alive_sessions_tells_the_living_from_the_ended(desk: Desk, agent: Browser, admin: Browser) -> None:
    assert agent.token
    assert admin.token
    agent_id, admin_id = [one["id"] for one in await desk.look("select id from session order by id")]
    await desk.run("update session set revoked_at = now() where id = %(id)s", id=admin_id)
    async with desk.database.transaction() as tx:
        assert await queries.alive_sessions(tx, [agent_id, admin_id, 99], now=desk.now) == {agent_id}
        assert await queries.alive_sessions(tx, [], now=desk.now) == set()


async def test_alive_sessions_leaves_half_signed_in_ones_out(desk: Desk, agent: Browser) -> None:
    assert agent.token
    await desk.run("update session set is_complete = false")
    ids = [one["id"] for one in await desk.look("select id from session")]
    async with desk.database.transaction() as tx:
        assert await queries.alive_sessions(tx, ids, now=desk.now) == set()


async def test_session_actors_shows_present_rights(desk: Desk, agent: Browser, people: People) -> None:
    assert agent.token
    await desk.run("insert into team (name, created_at) values ('Night', now())")
    await desk.run("insert into membership select 2, id from person where email = %(email)s", email=AGENT)
    (session_id,) = [one["id"] for one in await desk.look("select id from session")]
    async with desk.database.transaction() as tx:
        actors = await queries.session_actors(tx, [session_id, 77], now=desk.now)
    assert list(actors) == [session_id]
    assert actors[session_id].id == people.agent
    assert actors[session_id].visible_teams() == [1, 2]
    assert actors[session_id].may("tickets.reply")


async def test_session_actor_who_sees_all_teams_has_no_list(desk: Desk, agent: Browser) -> None:
    assert agent.token
    await desk.run("update person set sees_all_teams = true")
    (session_id,) = [one["id"] for one in await desk.look("select id from session")]
    async with desk.database.transaction() as tx:
        actors = await queries.session_actors(tx, [session_id], now=desk.now)
    assert actors[session_id].team_ids is None


async def test_key_for_some_teams_sees_only_those(desk: Desk, admin: Browser) -> None:
    program = await desk.key(admin, "tickets.read", team_ids=[1])
    await program.get("/teams")
    actor = next(known.actor for known in desk.authenticator._known.values() if known.actor.kind == "api_key")
    assert actor.sees_team(1)
    assert not actor.sees_team(2)
