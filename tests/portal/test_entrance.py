"""Signing in: by a mailed link or the shop's own token, each once, for minutes, and without telling whom we know."""

import time
from datetime import timedelta
from typing import Any

import jwt
import pytest

from ombud.portal.services import rotate_secret
from ombud.shared.actor import SYSTEM
from tests.portal.conftest import Centre, csrf_in

ROSA, JUNE = "rosa@example.com", "june@example.com"


async def test_link_signs_in_once(centre: Centre) -> None:
    await centre.ticket(ROSA)
    link = await centre.link_for(ROSA)
    assert link is not None
    first, second = centre.browser(), centre.browser()
    assert (await first.post(link)).status_code == 303
    assert "Machine" in (await first.get("/portal")).text
    assert (await second.post(link)).status_code == 410
    assert (await second.get("/portal")).status_code == 303


async def test_opening_a_link_uses_nothing_up(centre: Centre) -> None:
    await centre.ticket(ROSA)
    link = await centre.link_for(ROSA)
    assert link is not None
    for _ in range(3):
        page = await centre.get(link)
        assert page.status_code == 200
        assert ROSA in page.text
        assert page.headers["referrer-policy"] == "no-referrer"
    assert (await centre.client.post(link)).status_code == 303


async def test_link_is_worth_nothing_after_half_an_hour(centre: Centre) -> None:
    await centre.ticket(ROSA)
    link = await centre.link_for(ROSA)
    assert link is not None
    await centre.desk.execute("update portal_link set expires_at = expires_at - interval '31 minutes'")
    assert (await centre.client.post(link)).status_code == 410


async def test_unknown_address_gets_the_same_page_and_no_mail(centre: Centre) -> None:
    await centre.ticket(ROSA)
    known = await centre.client.post("/portal/sign-in", data={"email": ROSA, "locale": "en"})
    centre.mails.clear()
    unknown = await centre.client.post("/portal/sign-in", data={"email": JUNE, "locale": "en"})
    assert not centre.mails
    assert known.text.replace(ROSA, JUNE) == unknown.text
    assert known.status_code == unknown.status_code == 200


async def test_mails_to_one_address_end_after_some_and_nobody_hears_of_it(centre: Centre) -> None:
    await centre.ticket(ROSA)
    answers = [await centre.client.post("/portal/sign-in", data={"email": ROSA, "locale": "en"}) for _ in range(6)]
    assert len(centre.mails) == 3
    assert len({one.text for one in answers}) == 1


async def test_one_client_asks_so_often_and_no_more(centre: Centre) -> None:
    codes = [
        (await centre.client.post("/portal/sign-in", data={"email": f"a{n}@example.com"})).status_code
        for n in range(18)
    ]
    assert codes[:15] == [200] * 15
    assert codes[-1] == 429


async def test_blocked_customer_gets_no_link_and_loses_the_session(centre: Centre) -> None:
    await centre.ticket(ROSA)
    browser = await centre.sign_in(ROSA)
    await centre.desk.execute("update customer set is_blocked = true")
    assert (await browser.get("/portal")).status_code == 303
    assert await centre.link_for(ROSA) is None


async def test_cookie_is_out_of_reach_of_scripts_and_other_sites(centre: Centre) -> None:
    await centre.ticket(ROSA)
    link = await centre.link_for(ROSA)
    assert link is not None
    cookie = (await centre.client.post(link)).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "domain" not in cookie


async def test_sign_in_from_another_site_is_refused(centre: Centre) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = await centre.client.post("/portal/sign-in", data={"email": ROSA}, headers=headers)
    assert answer.status_code == 403


async def test_sign_out_everywhere_ends_all_sessions(centre: Centre) -> None:
    await centre.ticket(ROSA)
    here, there = await centre.sign_in(ROSA), await centre.sign_in(ROSA)
    word = csrf_in((await here.get("/portal/account")).text)
    await here.post("/portal/sign-out", data={"csrf": word, "everywhere": "1"})
    assert (await there.get("/portal")).status_code == 303


async def test_portal_that_is_off_lets_nobody_in(centre: Centre) -> None:
    await centre.ticket(ROSA)
    browser = await centre.sign_in(ROSA)
    await centre.set_up(has_portal=False)
    assert (await browser.get("/portal")).status_code == 404
    assert (await browser.get("/portal/sign-in")).status_code == 404


# ── the shop's own token ─────────────────────────────────────────────────────────────────────────────────────


async def secret(centre: Centre) -> str:
    keys = centre.desk.parts.key_ring
    made = await centre.desk.write(lambda tx: rotate_secret(tx, 1, keys=keys, by=SYSTEM, now=centre.desk.now))
    await centre.fresh()
    return str(made)


def claims(**more: Any) -> dict[str, Any]:
    known = {"sub": "u-7", "jti": "t-1", "exp": int(time.time()) + 120, "aud": "ombud-portal:default", "name": "Rosa"}
    return {name: value for name, value in (known | more).items() if value is not None}


async def audience(centre: Centre) -> str:
    return "ombud-portal:" + str(await centre.desk.sql(str, "select key from portal_site where brand_id = 1"))


async def test_token_of_the_shop_signs_in_once(centre: Centre) -> None:
    key, aud = await secret(centre), await audience(centre)
    token = jwt.encode(claims(aud=aud), key, algorithm="HS256")
    first, second = centre.browser(), centre.browser()
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert (await first.post("/portal/token", data={"token": token}, headers=headers)).status_code == 303
    assert "Rosa" in (await first.get("/portal")).text
    assert (await second.post("/portal/token", data={"token": token})).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        # moments as seconds from now: the hour of the collection is in no test's name
        {"exp": -60},
        {"exp": 86_400},
        {"exp": None},
        {"aud": "ombud-portal:other"},
        {"aud": None},
        {"jti": None},
        {"sub": " "},
        {"sub": None},
        {"nbf": 600},
    ],
    ids=str,
)
async def test_token_that_says_too_little_or_too_much_is_refused(centre: Centre, change: dict[str, Any]) -> None:
    key, aud = await secret(centre), await audience(centre)
    moments = {name: int(time.time()) + one for name, one in change.items() if isinstance(one, int)}
    token = jwt.encode(claims(**({"aud": aud} | change | moments)), key, algorithm="HS256")
    assert (await centre.client.post("/portal/token", data={"token": token})).status_code == 401


async def test_token_of_another_key_or_algorithm_is_refused(centre: Centre) -> None:
    key, aud = await secret(centre), await audience(centre)
    wrong = jwt.encode(claims(aud=aud), "x" * 40, algorithm="HS256")
    other = jwt.encode(claims(aud=aud), key, algorithm="HS384")
    none = jwt.encode(claims(aud=aud), "", algorithm="none")
    for token in (wrong, other, none, "", "a.b.c"):
        assert (await centre.client.post("/portal/token", data={"token": token})).status_code == 401


async def test_address_that_the_shop_verified_opens_the_tickets_of_its_customer(centre: Centre) -> None:
    await centre.ticket(ROSA, subject="Her fridge")
    key, aud = await secret(centre), await audience(centre)
    for jti, verified in (("a", False), ("b", True)):
        browser = centre.browser()
        said = claims(aud=aud, jti=jti, sub=f"u-{jti}", email=ROSA, email_verified=verified)
        await browser.post("/portal/token", data={"token": jwt.encode(said, key, algorithm="HS256")})
        assert ("Her fridge" in (await browser.get("/portal")).text) is verified


async def test_new_secret_makes_the_old_one_worthless(centre: Centre) -> None:
    old, aud = await secret(centre), await audience(centre)
    await secret(centre)
    token = jwt.encode(claims(aud=aud), old, algorithm="HS256")
    assert (await centre.client.post("/portal/token", data={"token": token})).status_code == 401


async def test_data_is_given_only_shortly_after_signing_in(centre: Centre) -> None:
    mine = await centre.ticket(ROSA)
    await centre.desk.note(mine, "SECRET-NOTE")
    browser = await centre.sign_in(ROSA)
    word = csrf_in((await browser.get("/portal/account")).text)
    document = await browser.post("/portal/account/export", data={"csrf": word})
    assert document.status_code == 200
    assert document.json()["tickets"][0]["messages"][0]["text"] == "It leaks"
    assert "SECRET" not in document.text
    await centre.desk.execute("update portal_session set created_at = created_at - %(old)s", old=timedelta(hours=1))
    assert (await browser.post("/portal/account/export", data={"csrf": word})).status_code == 403
