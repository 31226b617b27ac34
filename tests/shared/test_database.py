"""The pool, and lists of texts and numbers on their way to the database."""

import pytest
from psycopg import DataError
from psycopg.errors import DivisionByZero, UniqueViolation

from ombud.shared.database import Database, Transaction, execute, row, value, values

TEXTS = [
    "",
    "plain",
    'a "quoted" one',
    "back\\slash",
    "{1,2}",
    "null",
    "NULL",
    " blank ",
    "漏水了",
    "two\nlines",
    "a,b",
]


async def test_list_of_texts_comes_back_as_it_was(tx: Transaction) -> None:
    assert await values(tx, str, "select unnest(%(texts)s::text[])", {"texts": TEXTS}) == TEXTS


@pytest.mark.parametrize("texts", [[], ["one"], ["one", None, 'tw"o'], [None]])
async def test_list_with_nulls_and_empty_list_keep_their_length(tx: Transaction, texts: list[str | None]) -> None:
    assert await value(tx, int, "select cardinality(%(texts)s::text[])", {"texts": texts}) == len(texts)


async def test_list_of_numbers_comes_back_as_it_was(tx: Transaction) -> None:
    numbers = [0, -1, 2**40, 7]
    assert await values(tx, int, "select unnest(%(numbers)s::bigint[])", {"numbers": numbers}) == numbers


@pytest.mark.parametrize("texts", [["a\0b"], ["a", "\0"]])
async def test_list_of_texts_with_null_character_is_refused(tx: Transaction, texts: list[str]) -> None:
    with pytest.raises(DataError):
        await values(tx, str, "select unnest(%(texts)s::text[])", {"texts": texts})


async def test_hot_transaction_execute_counts_rows(database: Database) -> None:
    async with database.hot_transaction() as tx:
        assert (
            await execute(tx, "insert into tag (name, created_at) select n, now() from unnest('{a,b}'::text[]) n") == 2
        )
        assert await execute(tx, "delete from tag where name = 'a'") == 1
    async with database.transaction() as tx:
        assert await values(tx, str, "select name from tag") == ["b"]


async def test_hot_transaction_that_fails_changes_nothing(database: Database) -> None:
    async def insert_twice() -> None:
        async with database.hot_transaction() as tx:
            for _ in range(2):
                await tx.execute("insert into tag (name, created_at) values ('a', now())")

    with pytest.raises(UniqueViolation):
        await insert_twice()
    async with database.transaction() as tx:
        assert await row(tx, dict, "select * from tag") is None


async def test_statements_commit_one_by_one(database: Database) -> None:
    async with database.statements() as tx:
        await execute(tx, "create temp table kept (n int)")
        await execute(tx, "insert into kept values (1)")
        with pytest.raises(DivisionByZero):
            await execute(tx, "insert into kept select 1 / 0")
        assert await values(tx, int, "select n from kept") == [1]
