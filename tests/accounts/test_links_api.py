"""One-time links: invitations, lost passwords, the terminal's links."""

import asyncio
from typing import Any

import pytest

from ombud.accounts.schemas import LinkKind
from ombud.accounts.services.links import make_link, make_sign_in_link
from ombud.shared.actor import SYSTEM
from ombud.shared.errors import NotFound
from tests.accounts.conftest import People
from tests.accounts.desk import ADDRESS, AGENT, NEW_PASSWORD, OTHER, PASSWORD, Browser, Desk, token_in
from tests.accounts.test_second_factor_api import enrol


async def link(desk: Desk, person_id: int, kind: LinkKind = "sign_in") -> str:
    async with desk.database.transaction() as tx:
        return await make_link(tx, person_id=person_id, kind=kind, by=SYSTEM, now=desk.now)


async def redeem(browser: Browser, token: str, **more: Any) -> Any:
    return await browser.post("/one-time-links/redemption", {"token": token, **more})


async def test_inspection_tells_whom_a_link_is_for(desk: Desk, stranger: Browser, people: People) -> None:
    token = await link(desk, people.agent, "invitation")
    answer = await stranger.post("/one-time-links/inspection", {"token": token})
    assert answer.status_code == 200
    assert answer.json() == {"kind": "invitation", "email": AGENT, "name": "Bo"}


async def test_inspection_does_not_use_the_link_up(desk: Desk, stranger: Browser, people: People) -> None:
    token = await link(desk, people.agent)
    for _ in range(3):
        assert (await stranger.post("/one-time-links/inspection", {"token": token})).status_code == 200
    assert (await redeem(stranger, token)).status_code == 200


@pytest.mark.parametrize("path", ["inspection", "redemption"])
async def test_made_up_link_is_not_valid(stranger: Browser, path: str) -> None:
    answer = await stranger.post(f"/one-time-links/{path}", {"token": "made-up"})
    assert answer.status_code == 404
    assert answer.json()["code"] == "link_not_valid"


@pytest.mark.parametrize("path", ["inspection", "redemption"])
@pytest.mark.parametrize("body", [{}, {"token": ""}, {"token": "x" * 200}, {"token": 7}, {"token": "x", "more": 1}])
async def test_link_with_bad_input_is_invalid(stranger: Browser, path: str, body: object) -> None:
    assert (await stranger.post(f"/one-time-links/{path}", body)).status_code == 400


async def test_links_are_tried_twenty_times_a_minute(stranger: Browser) -> None:
    codes = [(await redeem(stranger, f"guess-{number}")).status_code for number in range(21)]
    assert codes == [404] * 20 + [429]


async def test_right_links_of_a_whole_office_at_one_address_are_no_tries(
    desk: Desk, stranger: Browser, people: People
) -> None:
    for _ in range(21):
        token = await link(desk, people.agent)
        assert (await stranger.post("/one-time-links/inspection", {"token": token})).status_code == 200
        assert (await redeem(stranger, token)).status_code == 200


@pytest.mark.parametrize(("kind", "hours"), [("sign_in", 24), ("invitation", 7 * 24), ("password_reset", 1)])
async def test_link_ends_with_its_time(
    desk: Desk, stranger: Browser, people: People, kind: LinkKind, hours: int
) -> None:
    token = await link(desk, people.agent, kind)
    desk.pass_time(hours=hours, seconds=-1)
    assert (await stranger.post("/one-time-links/inspection", {"token": token})).status_code == 200
    desk.pass_time(seconds=1)
    assert (await redeem(stranger, token, password=NEW_PASSWORD)).status_code == 404


async def test_link_is_stored_as_digest_only(desk: Desk, people: People) -> None:
    token = await link(desk, people.agent)
    (row,) = await desk.look("select token_hash from one_time_link")
    assert token.encode() not in row["token_hash"]


async def test_new_link_makes_the_old_one_worthless(desk: Desk, stranger: Browser, people: People) -> None:
    old, new = await link(desk, people.agent), await link(desk, people.agent)
    assert (await redeem(stranger, old)).status_code == 404
    assert (await redeem(stranger, new)).status_code == 200


async def test_sign_in_link_signs_in_without_password(desk: Desk, stranger: Browser, people: People) -> None:
    assert (await redeem(stranger, await link(desk, people.agent))).json() == {"state": "signed_in"}
    assert (await stranger.get("/session")).json()["person"]["id"] == people.agent


async def test_link_works_once(desk: Desk, stranger: Browser, people: People) -> None:
    token = await link(desk, people.agent)
    await redeem(stranger, token)
    assert (await redeem(desk.browser(), token)).status_code == 404


async def test_link_used_at_once_works_once(desk: Desk, people: People) -> None:
    token = await link(desk, people.agent)
    answers = await asyncio.gather(*(redeem(desk.browser(), token) for _ in range(5)))
    assert sorted(one.status_code for one in answers) == [200, 404, 404, 404, 404]


async def test_link_of_deactivated_person_is_not_valid(desk: Desk, stranger: Browser, people: People) -> None:
    token = await link(desk, people.agent)
    await desk.run("update person set deactivated_at = now() where id = %(id)s", id=people.agent)
    assert (await redeem(stranger, token)).status_code == 404


async def test_link_from_another_site_is_refused(desk: Desk, stranger: Browser, people: People) -> None:
    body = {"token": await link(desk, people.agent)}
    answer = await stranger.send("POST", "/one-time-links/redemption", body, **{"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


async def test_invited_person_chooses_name_and_password(desk: Desk, stranger: Browser, people: People) -> None:
    await desk.run("update person set password_hash = null where id = %(id)s", id=people.agent)
    token = await link(desk, people.agent, "invitation")
    answer = await redeem(stranger, token, name="Bo Li", password=NEW_PASSWORD)
    assert answer.json() == {"state": "signed_in"}
    assert (await stranger.get("/session")).json()["person"]["name"] == "Bo Li"
    assert (await desk.browser().sign_in(AGENT, NEW_PASSWORD)).status_code == 200


@pytest.mark.parametrize("kind", ["invitation", "password_reset"])
async def test_link_for_password_needs_one(desk: Desk, stranger: Browser, people: People, kind: LinkKind) -> None:
    token = await link(desk, people.agent, kind)
    answer = await redeem(stranger, token)
    assert answer.status_code == 400
    assert answer.json()["fields"] == {"password": "required"}


@pytest.mark.parametrize(
    ("password", "reason"),
    [("short", "too_short"), ("password1234", "too_common"), (AGENT, "is_address"), ("1234567890", "too_common")],
)
async def test_weak_password_does_not_use_the_link_up(
    desk: Desk, stranger: Browser, people: People, password: str, reason: str
) -> None:
    token = await link(desk, people.agent, "password_reset")
    answer = await redeem(stranger, token, password=password)
    assert answer.status_code == 400
    assert answer.json()["code"] == "weak_password"
    assert answer.json()["fields"] == {"password": reason}
    assert (await redeem(stranger, token, password=NEW_PASSWORD)).status_code == 200


async def test_new_password_ends_all_other_sessions(desk: Desk, agent: Browser, people: People) -> None:
    token = await link(desk, people.agent, "password_reset")
    browser = desk.browser()
    await redeem(browser, token, password=NEW_PASSWORD)
    desk.pass_time(seconds=2)
    assert (await agent.get("/session")).status_code == 401
    assert (await browser.get("/session")).status_code == 200
    assert (await desk.browser().sign_in(AGENT)).status_code == 401


async def test_new_password_makes_other_links_worthless(desk: Desk, stranger: Browser, people: People) -> None:
    reset, sign_in = await link(desk, people.agent, "password_reset"), await link(desk, people.agent)
    await redeem(stranger, reset, password=NEW_PASSWORD)
    assert (await redeem(desk.browser(), sign_in)).status_code == 404


async def test_link_still_asks_for_second_factor(desk: Desk, agent: Browser, people: People) -> None:
    await enrol(desk, agent)
    token = await link(desk, people.agent, "password_reset")
    browser = desk.browser()
    assert (await redeem(browser, token, password=NEW_PASSWORD)).json() == {"state": "second_factor"}
    assert (await browser.get("/session")).json()["code"] == "second_factor_needed"


async def test_redemption_announces_what_happened(desk: Desk, stranger: Browser, people: People) -> None:
    token = await link(desk, people.agent, "password_reset")
    await desk.no_events()
    await redeem(stranger, token, password=NEW_PASSWORD, name="Bo Li")
    assert await desk.kinds() == ["password_changed", "person_changed", "person_signed_in"]


async def test_reset_mails_a_link_that_works(desk: Desk, stranger: Browser) -> None:
    answer = await stranger.post("/password-resets", {"email": AGENT})
    assert answer.status_code == 202
    assert desk.outbox.mails[0]["to"] == AGENT
    assert f"{ADDRESS}/#/link/" in desk.outbox.mails[0]["text"]
    assert (await redeem(stranger, desk.outbox.token(), password=NEW_PASSWORD)).status_code == 200
    assert (await desk.browser().sign_in(AGENT, NEW_PASSWORD)).status_code == 200


async def test_reset_writes_in_the_persons_language(desk: Desk, stranger: Browser) -> None:
    await stranger.post("/password-resets", {"email": OTHER})
    assert desk.outbox.mails[0]["subject"] == "重置 testserver.local 的密码"
    assert "Chen" in desk.outbox.mails[0]["text"]


@pytest.mark.parametrize("email", ["nobody@example.com", "x", "a\x07@example.com"])
async def test_reset_for_unknown_address_answers_alike(desk: Desk, stranger: Browser, email: str) -> None:
    answer = await stranger.post("/password-resets", {"email": email})
    known = await stranger.post("/password-resets", {"email": AGENT})
    assert (answer.status_code, answer.content) == (known.status_code, known.content) == (202, known.content)
    assert [mail["to"] for mail in desk.outbox.mails] == [AGENT]


async def test_reset_for_deactivated_person_mails_nothing(desk: Desk, stranger: Browser) -> None:
    await desk.run("update person set deactivated_at = now()")
    await stranger.post("/password-resets", {"email": AGENT})
    assert desk.outbox.mails == []


async def test_reset_mails_one_account_three_times_an_hour(desk: Desk, stranger: Browser) -> None:
    codes = [(await stranger.post("/password-resets", {"email": AGENT})).status_code for _ in range(5)]
    assert codes == [202] * 5
    assert len(desk.outbox.mails) == 3


async def test_reset_from_one_address_is_limited(stranger: Browser) -> None:
    codes = [
        (await stranger.post("/password-resets", {"email": f"{number}@example.com"})).status_code
        for number in range(21)
    ]
    assert codes == [202] * 20 + [429]


@pytest.mark.parametrize("body", [{}, {"email": ""}, {"email": "x" * 300}, {"email": AGENT, "x": 1}, "text"])
async def test_reset_with_bad_input_is_invalid(stranger: Browser, body: object) -> None:
    assert (await stranger.post("/password-resets", body)).status_code == 400


async def test_make_sign_in_link_for_unknown_address_is_not_found(desk: Desk) -> None:
    async with desk.database.transaction() as tx:
        with pytest.raises(NotFound, match=r"nobody@example\.com"):
            await make_sign_in_link(tx, email="nobody@example.com", address=ADDRESS, now=desk.now)


async def test_make_sign_in_link_gives_address_that_works(desk: Desk, stranger: Browser) -> None:
    async with desk.database.transaction() as tx:
        address = await make_sign_in_link(tx, email=AGENT.upper(), address=ADDRESS, now=desk.now)
    assert address.startswith(f"{ADDRESS}/#/link/")
    assert (await redeem(stranger, token_in(address))).status_code == 200
    assert (await desk.browser().sign_in(AGENT, PASSWORD)).status_code == 200
