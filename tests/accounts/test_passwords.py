"""Passwords at rest."""

import time

import pytest

from ombud.accounts.passwords import ADVICE, NOBODY, WeakPassword, check_password, hash_password, is_password
from tests.accounts.desk import PASSWORD


async def test_hash_password_is_argon2id_and_salted() -> None:
    first, second = await hash_password(PASSWORD), await hash_password(PASSWORD)
    assert first.startswith("$argon2id$")
    assert first != second


async def test_is_password_knows_the_right_one(password_hash: str) -> None:
    assert await is_password(PASSWORD, password_hash)
    assert not await is_password(PASSWORD + " ", password_hash)
    assert not await is_password("", password_hash)


@pytest.mark.parametrize("stored", [None, "", "plain text", "$2b$12$no.such.hash", "$argon2id$broken"])
async def test_is_password_refuses_what_is_no_hash(stored: str | None) -> None:
    assert not await is_password(PASSWORD, stored)


async def test_nobodys_hash_costs_what_a_real_one_does(password_hash: str) -> None:
    # The cost stands in the text: algorithm, version, memory, rounds, lanes.
    assert NOBODY.split("$")[:4] == password_hash.split("$")[:4]
    assert len(NOBODY) == len(password_hash)


async def test_is_password_takes_time_for_unknown_people(password_hash: str) -> None:
    started = time.perf_counter()
    await is_password("wrong", password_hash)
    known = time.perf_counter() - started
    started = time.perf_counter()
    await is_password("wrong", None)
    unknown = time.perf_counter() - started
    assert unknown > known / 10


async def test_is_password_works_for_any_language() -> None:
    stored = await hash_password("四条大河一座青山 🚲")
    assert await is_password("四条大河一座青山 🚲", stored)


@pytest.mark.parametrize(("password", "reason"), [("short", "too_short"), ("password123", "too_common")])
def test_check_password_says_what_to_do(password: str, reason: str) -> None:
    with pytest.raises(WeakPassword) as caught:
        check_password(password, email="bo@example.com")
    assert caught.value.fields == {"password": reason}
    assert caught.value.detail == ADVICE[reason]


def test_check_password_lets_good_ones_pass() -> None:
    check_password(PASSWORD, email="bo@example.com")
