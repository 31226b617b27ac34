"""No request takes a second connection while it holds one: a pool of a single connection serves them all.

Otherwise as many requests at once as there are connections wait for each other, and everybody else with them.
"""

from collections.abc import AsyncIterator

import pyotp
import pytest

from ombud.shared.database import Database
from tests.accounts.conftest import People
from tests.accounts.desk import AGENT, NEW_PASSWORD, PASSWORD, Browser, Desk


@pytest.fixture
async def narrow(database_url: str, people: People) -> AsyncIterator[Desk]:
    assert people.admin
    database = Database(database_url, max_connections=1)
    await database.open()
    yield Desk(database)
    await database.close()


@pytest.fixture
async def bo(narrow: Desk) -> Browser:
    return await narrow.signed_in(AGENT)


async def test_sign_in_needs_one_connection(narrow: Desk) -> None:
    assert (await narrow.browser().sign_in(AGENT)).status_code == 200
    assert (await narrow.browser().sign_in(AGENT, "wrong")).status_code == 401


async def test_links_need_one_connection(narrow: Desk) -> None:
    browser = narrow.browser()
    await browser.post("/password-resets", {"email": AGENT})
    token = narrow.outbox.token()
    assert (await browser.post("/one-time-links/inspection", {"token": token})).status_code == 200
    body = {"token": token, "password": NEW_PASSWORD}
    assert (await browser.post("/one-time-links/redemption", body)).status_code == 200


async def test_password_needs_one_connection(bo: Browser) -> None:
    assert (await bo.put("/me/password", {"current": PASSWORD, "new": NEW_PASSWORD})).status_code == 204


async def test_second_factor_needs_one_connection(narrow: Desk, bo: Browser) -> None:
    secret = (await bo.post("/me/second-factor")).json()["secret"]
    code = pyotp.TOTP(secret).at(narrow.now)
    assert (await bo.put("/me/second-factor", {"code": code})).status_code == 200
    narrow.pass_time(minutes=2)
    browser = narrow.browser()
    await browser.sign_in(AGENT)
    answer = await browser.post("/session/second-factor", {"code": pyotp.TOTP(secret).at(narrow.now)})
    assert answer.status_code == 200
    assert (await bo.delete("/me/second-factor", {"password": PASSWORD})).status_code == 204
