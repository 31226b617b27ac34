"""Limits: exactly as many as allowed, refilled evenly, whatever comes at once and however the clock goes."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from ombud.shared.database import Database
from ombud.shared.errors import LimitReached
from ombud.shared.throttle import Limit, forget_full, give_back, take, take_all

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
# one every ten seconds, three at once
SMALL, OTHER = Limit("small", 3, 30), Limit("other", 1, 60)


async def taken(database: Database, *, at: float = 0, key: str = "k", cost: float = 1, limit: Limit = SMALL) -> int:
    """0 where it was allowed, else the seconds to wait."""
    try:
        async with database.transaction() as tx:
            await take(tx, limit, key, now=NOW + timedelta(seconds=at), cost=cost)
    except LimitReached as reached:
        return reached.retry_after_seconds
    return 0


async def test_take_allows_the_burst_and_says_when_to_come_back(database: Database) -> None:
    assert [await taken(database) for _ in range(5)] == [0, 0, 0, 10, 10]
    assert await taken(database, at=9.5) == 1
    assert await taken(database, at=10) == 0
    assert await taken(database, at=10) == 10


async def test_take_after_a_long_pause_allows_no_more_than_the_burst(database: Database) -> None:
    assert await taken(database) == 0
    assert [await taken(database, at=86_400) for _ in range(4)] == [0, 0, 0, 10]


async def test_take_with_a_clock_that_goes_back_gives_nothing_for_it(database: Database) -> None:
    assert [await taken(database, at=100) for _ in range(3)] == [0, 0, 0]
    assert await taken(database, at=-5_000) == 10
    # nor is the time counted twice when the clock is right again
    assert await taken(database, at=100) == 10
    assert await taken(database, at=110) == 0


async def test_take_counts_each_key_and_each_limit_by_itself(database: Database) -> None:
    assert [await taken(database, key="a") for _ in range(4)] == [0, 0, 0, 10]
    assert await taken(database, key="b") == 0
    assert await taken(database, key="a", limit=OTHER) == 0
    assert await taken(database, key="a", limit=OTHER) == 60


async def test_take_by_a_crowd_at_once_allows_exactly_the_burst(database: Database) -> None:
    answers = await asyncio.gather(*(taken(database) for _ in range(12)))
    assert sorted(answers)[:4] == [0, 0, 0, 10]


@pytest.mark.parametrize(("cost", "after"), [(3, 10), (2.5, 5), (0, 0)])
async def test_take_of_some_cost_uses_up_as_much(database: Database, cost: float, after: int) -> None:
    assert await taken(database, cost=cost) == 0
    left = [await taken(database) for _ in range(2)]
    assert left[0 if cost > 2 else 1] == after


@pytest.mark.parametrize("is_known", [False, True])
async def test_take_of_more_than_the_limit_holds_is_never_allowed(database: Database, *, is_known: bool) -> None:
    if is_known:
        assert await taken(database, at=-3_600) == 0
    assert await taken(database, cost=4) > 0
    assert await taken(database, cost=3) == 0


async def test_take_that_was_rolled_back_has_cost_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 – raised within the transaction
        async with database.transaction() as tx:
            await take(tx, OTHER, "k", now=NOW)
            raise ZeroDivisionError
    assert await taken(database, limit=OTHER) == 0


async def test_take_all_takes_all_or_none(database: Database) -> None:
    async with database.transaction() as tx:
        await take_all(tx, [(SMALL, "k"), (OTHER, "k")], now=NOW)
    for _ in range(5):
        async with database.transaction() as tx:
            with pytest.raises(LimitReached):
                await take_all(tx, [(SMALL, "k"), (OTHER, "k")], now=NOW)
    # the five refusals took nothing from the one that had some left
    assert [await taken(database) for _ in range(3)] == [0, 0, 10]


async def test_give_back_never_fills_over_the_burst(database: Database) -> None:
    assert await taken(database) == 0
    for _ in range(5):
        async with database.transaction() as tx:
            await give_back(tx, SMALL, "k")
            await give_back(tx, SMALL, "nobody")
    assert [await taken(database) for _ in range(4)] == [0, 0, 0, 10]


async def test_forget_full_drops_what_is_full_again_and_nothing_that_still_counts(database: Database) -> None:
    for _ in range(3):
        await taken(database, at=-3 * 86_400, key="old")
        await taken(database, key="new")
    async with database.transaction() as tx:
        assert await forget_full(tx, now=NOW) == 1
    assert await taken(database, key="new") == 10
    assert await taken(database, key="old") == 0
