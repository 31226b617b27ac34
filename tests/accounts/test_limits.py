"""How often proofs may be tried."""

import asyncio
from datetime import timedelta

import pytest

from ombud.accounts import limits
from ombud.shared.database import Database, Transaction, value
from ombud.shared.errors import LimitReached
from ombud.shared.throttle import Limit, forget_full, give_back, take, take_all
from tests.accounts.desk import START

THREE = Limit("three", 3, 60)
ONE = Limit("one", 1, 60)


async def wait_of(tx: Transaction, email: str, ip: str, seconds: float) -> int:
    """How long an attempt has to wait; 0 for one that may be made."""
    try:
        await limits.count_try(tx, limits.sign_in_tries(email, ip), now=START + timedelta(seconds=seconds))
    except LimitReached as reached:
        return reached.retry_after_seconds
    return 0


async def test_take_lets_a_burst_pass_and_then_says_when(tx: Transaction) -> None:
    for _ in range(3):
        await take(tx, THREE, "a", now=START)
    with pytest.raises(LimitReached) as caught:
        await take(tx, THREE, "a", now=START)
    assert caught.value.retry_after_seconds == 20


async def test_take_when_refused_costs_nothing(tx: Transaction) -> None:
    for _ in range(3):
        await take(tx, THREE, "a", now=START)
    for _ in range(5):
        with pytest.raises(LimitReached):
            await take(tx, THREE, "a", now=START + timedelta(seconds=19))
    await take(tx, THREE, "a", now=START + timedelta(seconds=20))


async def test_take_never_holds_more_than_the_burst(tx: Transaction) -> None:
    await take(tx, THREE, "a", now=START)
    for _ in range(3):
        await take(tx, THREE, "a", now=START + timedelta(days=1))
    with pytest.raises(LimitReached):
        await take(tx, THREE, "a", now=START + timedelta(days=1))


async def test_take_counts_keys_apart(tx: Transaction) -> None:
    for key in ("a", "b", "c", "d"):
        await take(tx, THREE, key, now=START)


async def test_take_by_a_clock_that_lags_takes_nothing_away(tx: Transaction) -> None:
    await take(tx, THREE, "a", now=START)
    await take(tx, THREE, "a", now=START - timedelta(hours=1))
    await take(tx, THREE, "a", now=START)


async def test_take_at_once_on_a_new_key_counts_everybody(database: Database) -> None:
    async def one() -> bool:
        try:
            async with database.transaction() as tx:
                await take(tx, THREE, "a", now=START)
        except LimitReached:
            return False
        return True

    assert sum(await asyncio.gather(*(one() for _ in range(12)))) == 3


async def test_give_back_lets_one_more_pass(tx: Transaction) -> None:
    for _ in range(3):
        await take(tx, THREE, "a", now=START)
    await give_back(tx, THREE, "a")
    await take(tx, THREE, "a", now=START)
    with pytest.raises(LimitReached):
        await take(tx, THREE, "a", now=START)


async def test_give_back_never_fills_over_the_burst(tx: Transaction) -> None:
    await take(tx, THREE, "a", now=START)
    for _ in range(5):
        await give_back(tx, THREE, "a")
    for _ in range(3):
        await take(tx, THREE, "a", now=START)
    with pytest.raises(LimitReached):
        await take(tx, THREE, "a", now=START)


async def test_give_back_of_nothing_is_harmless(tx: Transaction) -> None:
    await give_back(tx, THREE, "never taken")
    assert await value(tx, int, "select count(*) from throttle") == 0


async def test_forget_full_drops_old_rows_only(tx: Transaction) -> None:
    await take(tx, THREE, "old", now=START - timedelta(days=3))
    await take(tx, THREE, "new", now=START)
    assert await forget_full(tx, now=START) == 1
    assert await value(tx, str, "select key from throttle") == "three:new"


async def test_sign_in_waits_grow_with_the_tries(tx: Transaction) -> None:
    waits: list[int] = []
    seconds = 0.0
    for _ in range(45):
        wait = await wait_of(tx, "bo@example.com", "192.0.2.7", seconds)
        waits.append(wait)
        seconds += wait
    waited = [wait for wait in waits if wait]
    assert max(waited[:3]) <= 12
    assert max(waited) >= 2_000


async def test_sign_in_of_one_address_is_limited_over_accounts(tx: Transaction) -> None:
    waits = [await wait_of(tx, f"{number}@example.com", "192.0.2.7", 0) for number in range(101)]
    assert waits[:100] == [0] * 100
    assert waits[100] > 0


async def test_sign_in_of_one_account_is_limited_over_addresses(tx: Transaction) -> None:
    waits = [await wait_of(tx, "bo@example.com", f"192.0.2.{number}", 0) for number in range(61)]
    assert waits[:60] == [0] * 60
    assert waits[60] > 0


async def test_sign_in_counts_spellings_of_an_account_as_one(tx: Transaction) -> None:
    spellings = ["bo@example.com", "BO@example.com", " bo@example.com", "Bo@Example.Com ", "bo@EXAMPLE.com"]
    assert [await wait_of(tx, email, "192.0.2.7", 0) for email in spellings] == [0] * 5
    assert await wait_of(tx, "bo@example.com", "192.0.2.7", 0) > 0


async def test_sign_in_counts_a_v6_subscriber_as_one(tx: Transaction) -> None:
    waits = [await wait_of(tx, "bo@example.com", f"2001:db8::{number}", 0) for number in range(6)]
    assert [wait > 0 for wait in waits] == [False] * 5 + [True]


async def test_forgiven_tries_count_for_nothing(tx: Transaction) -> None:
    tries = limits.sign_in_tries("bo@example.com", "192.0.2.7")
    for _ in range(50):
        await limits.count_try(tx, tries, now=START)
        await limits.forgive_try(tx, tries)


async def test_count_try_for_good_stays_when_the_attempt_fails(database: Database) -> None:
    tries = limits.sign_in_tries("bo@example.com", "192.0.2.7")
    for _ in range(5):
        await limits.count_try_for_good(database, tries, now=START)
    with pytest.raises(LimitReached):
        await limits.count_try_for_good(database, tries, now=START)


async def test_take_all_of_new_and_known_keys_uses_one_of_each(database: Database) -> None:
    async with database.statements() as tx:
        await take(tx, THREE, "known", now=START)
        for _ in range(2):
            await take_all(tx, [(THREE, "known"), (THREE, "new")], now=START)
        with pytest.raises(LimitReached):
            await take(tx, THREE, "known", now=START)
        await take(tx, THREE, "new", now=START)


async def test_take_all_when_one_is_used_up_takes_nothing_of_the_others(database: Database) -> None:
    async with database.statements() as tx:
        await take_all(tx, [(THREE, "visitor"), (ONE, "address")], now=START)
        for _ in range(5):
            with pytest.raises(LimitReached) as caught:
                await take_all(tx, [(THREE, "visitor"), (ONE, "address")], now=START)
            assert caught.value.retry_after_seconds == 60
        for _ in range(2):
            await take(tx, THREE, "visitor", now=START)


async def test_take_all_at_once_counts_everybody(database: Database) -> None:
    async def one() -> bool:
        try:
            async with database.statements() as tx:
                await take_all(tx, [(THREE, "a"), (THREE, "b")], now=START)
        except LimitReached:
            return False
        return True

    assert sum(await asyncio.gather(*(one() for _ in range(12)))) == 3
