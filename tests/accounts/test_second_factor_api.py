"""The second factor: set up, asked for, lost."""

import asyncio

import pyotp
import pytest

from tests.accounts.conftest import People
from tests.accounts.desk import AGENT, PASSWORD, Browser, Desk


def code_of(secret: str, desk: Desk, *, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(desk.now, counter_offset=steps)


async def enrol(desk: Desk, browser: Browser) -> tuple[str, list[str]]:
    secret = (await browser.post("/me/second-factor")).json()["secret"]
    answer = await browser.put("/me/second-factor", {"code": code_of(secret, desk)})
    desk.pass_time(minutes=2)
    return secret, answer.json()["recovery_codes"]


@pytest.fixture
async def enrolled(desk: Desk, agent: Browser) -> tuple[str, list[str]]:
    return await enrol(desk, agent)


async def half_way(desk: Desk) -> Browser:
    browser = desk.browser()
    assert (await browser.sign_in(AGENT)).json() == {"state": "second_factor"}
    return browser


async def test_begin_gives_secret_address_and_picture(agent: Browser) -> None:
    enrolment = (await agent.post("/me/second-factor")).json()
    assert len(enrolment["secret"]) == 32
    assert enrolment["uri"].startswith("otpauth://totp/Ombud:bo%40example.com?secret=")
    assert "<svg" in enrolment["qr_svg"]


async def test_begin_keeps_secret_sealed(desk: Desk, agent: Browser) -> None:
    secret = (await agent.post("/me/second-factor")).json()["secret"]
    rows = await desk.look("select totp_secret from person where totp_secret is not null")
    assert secret.encode() not in rows[0]["totp_secret"]


async def test_begin_alone_asks_nobody_for_codes(desk: Desk, agent: Browser) -> None:
    await agent.post("/me/second-factor")
    assert (await desk.browser().sign_in(AGENT)).json() == {"state": "signed_in"}


async def test_begin_twice_makes_the_first_secret_worthless(desk: Desk, agent: Browser) -> None:
    first = (await agent.post("/me/second-factor")).json()["secret"]
    await agent.post("/me/second-factor")
    assert (await agent.put("/me/second-factor", {"code": code_of(first, desk)})).status_code == 400


async def test_begin_when_on_is_a_conflict(agent: Browser, enrolled: object) -> None:
    assert enrolled
    answer = await agent.post("/me/second-factor")
    assert answer.status_code == 409
    assert answer.json()["code"] == "second_factor_on"


async def test_confirm_gives_ten_different_recovery_codes(desk: Desk, agent: Browser) -> None:
    _, codes = await enrol(desk, agent)
    assert len(set(codes)) == 10
    assert all(len(code) == 19 for code in codes)
    stored = await desk.look("select code_hash from recovery_code")
    assert all(len(one["code_hash"]) == 32 for one in stored)


async def test_confirm_with_wrong_code_is_invalid(agent: Browser) -> None:
    await agent.post("/me/second-factor")
    answer = await agent.put("/me/second-factor", {"code": "000000"})
    assert answer.status_code == 400
    assert answer.json()["code"] == "wrong_code"


async def test_confirm_without_beginning_is_a_conflict(agent: Browser) -> None:
    answer = await agent.put("/me/second-factor", {"code": "000000"})
    assert answer.json()["code"] == "second_factor_not_begun"


async def test_confirm_announces_once(desk: Desk, agent: Browser, people: People) -> None:
    await enrol(desk, agent)
    (event,) = await desk.events("second_factor_changed")
    assert event.data == {"person_id": people.agent, "is_on": True}


async def test_confirm_holds_back_after_five_tries(agent: Browser) -> None:
    await agent.post("/me/second-factor")
    codes = [(await agent.put("/me/second-factor", {"code": "000000"})).status_code for _ in range(6)]
    assert codes == [400] * 5 + [429]


async def test_sign_in_half_way_sees_nothing(desk: Desk, enrolled: object) -> None:
    assert enrolled
    browser = await half_way(desk)
    answer = await browser.get("/session")
    assert answer.status_code == 401
    assert answer.json()["code"] == "second_factor_needed"
    assert (await browser.patch("/me", {"name": "X"})).status_code == 401


async def test_code_completes_sign_in(desk: Desk, enrolled: tuple[str, list[str]]) -> None:
    browser = await half_way(desk)
    answer = await browser.post("/session/second-factor", {"code": code_of(enrolled[0], desk)})
    assert answer.json() == {"state": "signed_in"}
    assert (await browser.get("/session")).json()["person"]["has_second_factor"] is True


async def test_code_changes_the_token(desk: Desk, enrolled: tuple[str, list[str]]) -> None:
    browser = await half_way(desk)
    before = browser.token
    await browser.post("/session/second-factor", {"code": code_of(enrolled[0], desk)})
    assert browser.token != before
    browser.token = before
    assert (await browser.get("/session")).status_code == 401


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
async def test_code_is_good_one_step_around(
    desk: Desk, enrolled: tuple[str, list[str]], steps: int, status: int
) -> None:
    browser = await half_way(desk)
    answer = await browser.post("/session/second-factor", {"code": code_of(enrolled[0], desk, steps=steps)})
    assert answer.status_code == status


async def test_code_is_taken_once(desk: Desk, enrolled: tuple[str, list[str]]) -> None:
    code = code_of(enrolled[0], desk)
    first, second = await half_way(desk), await half_way(desk)
    assert (await first.post("/session/second-factor", {"code": code})).status_code == 200
    answer = await second.post("/session/second-factor", {"code": code})
    assert answer.status_code == 401
    assert answer.json()["code"] == "wrong_code"


async def test_code_given_at_once_is_taken_once(desk: Desk, enrolled: tuple[str, list[str]]) -> None:
    code = code_of(enrolled[0], desk)
    browsers = [await half_way(desk) for _ in range(4)]
    answers = await asyncio.gather(*(one.post("/session/second-factor", {"code": code}) for one in browsers))
    assert sorted(one.status_code for one in answers) == [200, 401, 401, 401]


async def test_code_older_than_the_last_used_is_refused(desk: Desk, enrolled: tuple[str, list[str]]) -> None:
    first, second = await half_way(desk), await half_way(desk)
    await first.post("/session/second-factor", {"code": code_of(enrolled[0], desk)})
    older = code_of(enrolled[0], desk, steps=-1)
    assert (await second.post("/session/second-factor", {"code": older})).status_code == 401


async def test_code_with_spaces_is_read(desk: Desk, enrolled: tuple[str, list[str]]) -> None:
    code = code_of(enrolled[0], desk)
    browser = await half_way(desk)
    answer = await browser.post("/session/second-factor", {"code": f"{code[:3]} {code[3:]}"})
    assert answer.status_code == 200


async def test_code_of_confirmation_cannot_sign_in(desk: Desk, agent: Browser) -> None:
    secret = (await agent.post("/me/second-factor")).json()["secret"]
    code = code_of(secret, desk)
    await agent.put("/me/second-factor", {"code": code})
    browser = await half_way(desk)
    assert (await browser.post("/session/second-factor", {"code": code})).status_code == 401


async def test_recovery_code_signs_in_once(desk: Desk, enrolled: tuple[str, list[str]]) -> None:
    code = enrolled[1][0]
    first, second = await half_way(desk), await half_way(desk)
    assert (await first.post("/session/second-factor", {"code": code.upper().replace("-", " ")})).status_code == 200
    assert (await second.post("/session/second-factor", {"code": code})).status_code == 401
    event = (await desk.events("person_signed_in"))[-1]
    assert event.data["way"] == "recovery_code"


async def test_recovery_code_of_somebody_else_is_refused(
    desk: Desk, admin: Browser, enrolled: tuple[str, list[str]]
) -> None:
    assert enrolled
    _, codes = await enrol(desk, admin)
    browser = await half_way(desk)
    assert (await browser.post("/session/second-factor", {"code": codes[0]})).status_code == 401


async def test_wrong_codes_are_held_back_after_five(desk: Desk, enrolled: tuple[str, list[str]]) -> None:
    browser = await half_way(desk)
    codes = [(await browser.post("/session/second-factor", {"code": "000000"})).status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]
    right = await browser.post("/session/second-factor", {"code": code_of(enrolled[0], desk)})
    assert right.status_code == 429


async def test_wrong_codes_are_held_back_over_new_sign_ins(desk: Desk, enrolled: object) -> None:
    assert enrolled
    for _ in range(5):
        await (await half_way(desk)).post("/session/second-factor", {"code": "000000"})
    answer = await (await half_way(desk)).post("/session/second-factor", {"code": "000000"})
    assert answer.status_code == 429


async def test_wrong_code_is_announced(desk: Desk, enrolled: object, people: People) -> None:
    assert enrolled
    await (await half_way(desk)).post("/session/second-factor", {"code": "000000"})
    (event,) = await desk.events("sign_in_failed")
    assert event.data == {"person_id": people.agent, "step": "second_factor"}


async def test_second_step_is_too_late_after_ten_minutes(desk: Desk, enrolled: tuple[str, list[str]]) -> None:
    browser = await half_way(desk)
    desk.pass_time(minutes=10)
    answer = await browser.post("/session/second-factor", {"code": code_of(enrolled[0], desk)})
    assert answer.json()["code"] == "not_signed_in"


async def test_second_step_without_first_is_refused(stranger: Browser) -> None:
    assert (await stranger.post("/session/second-factor", {"code": "000000"})).status_code == 401


async def test_second_step_when_signed_in_is_refused(agent: Browser) -> None:
    assert (await agent.post("/session/second-factor", {"code": "000000"})).status_code == 401


@pytest.mark.parametrize("body", [{}, {"code": ""}, {"code": "1" * 50}, {"code": 123456}, {"code": "1", "x": 1}])
async def test_second_step_with_bad_input_is_invalid(stranger: Browser, body: object) -> None:
    assert (await stranger.post("/session/second-factor", body)).status_code == 400


async def test_remove_with_password_switches_off(desk: Desk, agent: Browser, enrolled: object) -> None:
    assert enrolled
    assert (await agent.delete("/me/second-factor", {"password": PASSWORD})).status_code == 204
    assert (await desk.browser().sign_in(AGENT)).json() == {"state": "signed_in"}
    assert await desk.look("select * from recovery_code") == []


async def test_remove_with_wrong_password_leaves_it_on(desk: Desk, agent: Browser, enrolled: object) -> None:
    assert enrolled
    answer = await agent.delete("/me/second-factor", {"password": "not mine at all"})
    assert answer.status_code == 400
    assert answer.json()["code"] == "wrong_password"
    assert (await desk.browser().sign_in(AGENT)).json() == {"state": "second_factor"}


async def test_remove_when_off_announces_nothing(desk: Desk, agent: Browser) -> None:
    assert (await agent.delete("/me/second-factor", {"password": PASSWORD})).status_code == 204
    assert await desk.events("second_factor_changed") == []


async def test_administrator_takes_second_factor_away(
    desk: Desk, admin: Browser, people: People, enrolled: object
) -> None:
    assert enrolled
    assert (await admin.delete(f"/people/{people.agent}/second-factor")).status_code == 204
    assert (await desk.browser().sign_in(AGENT)).json() == {"state": "signed_in"}
    event = (await desk.events("second_factor_changed"))[-1]
    assert event.actor_id == people.admin
    assert event.data["is_on"] is False


async def test_agent_cannot_take_second_factor_of_others_away(agent: Browser, people: People) -> None:
    assert (await agent.delete(f"/people/{people.other}/second-factor")).status_code == 403
