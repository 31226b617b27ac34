"""PostgreSQL: one pool, one transaction a verb, rows straight into typed structs."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec
from psycopg import AsyncConnection, DataError, OperationalError, adapters
from psycopg.pq import PipelineStatus
from psycopg.rows import dict_row, scalar_row
from psycopg.types.array import ListDumper
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool

# What a verb works in. Committed or rolled back by whoever opened it, never by the verb.
Transaction = AsyncConnection[Any]
T = TypeVar("T")
PATIENCE_SECONDS = 10.0
AGAIN_SECONDS = 0.1

set_json_dumps(msgspec.json.encode)
set_json_loads(msgspec.json.decode)


class _QuickListDumper(ListDumper):
    """Lists of texts and of numbers in a few passes over the whole.

    psycopg escapes item by item with regular expressions: that was half of the time of a batch of intake.
    """

    def dump(self, obj: list[Any]) -> Any:
        kinds = set(map(type, obj))
        if kinds == {str}:
            return _text_array(obj)
        if kinds == {int}:
            return f"{{{','.join(map(str, obj))}}}".encode()
        return super().dump(obj)


def _text_array(texts: list[str]) -> bytes:
    # NUL cannot be in a text of PostgreSQL: it parts the items until each is escaped.
    joined = "\0".join(texts)
    if joined.count("\0") >= len(texts):
        raise DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    escaped = joined.replace("\\", "\\\\").replace('"', '\\"').replace("\0", '","')
    return f'{{"{escaped}"}}'.encode()


adapters.register_dumper(list, _QuickListDumper)


async def rows(tx: Transaction, shape: type[T], sql: str, params: Mapping[str, object] | None = None) -> list[T]:
    """Rows of a statement as structs of one shape; columns are matched by name."""
    async with tx.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(sql, params)
        found = await cursor.fetchall()
    return msgspec.convert(found, list[shape])  # type: ignore[valid-type]  # the shape is a value here


async def many_rows(tx: Transaction, shape: type[T], sql: str, params: Mapping[str, object] | None = None) -> list[T]:
    """Rows of a statement that finds hundreds: as one text, for reading their values one by one costs more."""
    text = await value(tx, str, f"select coalesce(json_agg(x), '[]')::text from ({sql}) x", params)
    return msgspec.json.decode(text or "[]", type=list[shape])  # type: ignore[valid-type]  # the shape is a value here


async def row(tx: Transaction, shape: type[T], sql: str, params: Mapping[str, object] | None = None) -> T | None:
    """The first row as a struct, or None."""
    async with tx.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(sql, params)
        found = await cursor.fetchone()
    return None if found is None else msgspec.convert(found, shape)


async def values(tx: Transaction, shape: type[T], sql: str, params: Mapping[str, object] | None = None) -> list[T]:
    """The first column of every row."""
    async with tx.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(sql, params)
        found = await cursor.fetchall()
    return [msgspec.convert(one, shape) for one in found]


async def value(tx: Transaction, shape: type[T], sql: str, params: Mapping[str, object] | None = None) -> T | None:
    """The first column of the first row, or None where there is no row or it is null."""
    async with tx.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(sql, params)
        found = await cursor.fetchone()
    return None if found is None else msgspec.convert(found, shape)


async def hold(tx: Transaction, what: str, name: str) -> None:
    """Let nobody else hold a name until the end of the transaction: who wants the same of ``what`` waits."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended(%(name)s, 0))", {"name": f"{what} {name}"})


async def execute(tx: Transaction, sql: str, params: Mapping[str, object] | None = None) -> int:
    """Run a statement; how many rows it touched."""
    cursor = await tx.execute(sql, params)
    if tx.info.pipeline_status != PipelineStatus.OFF:
        # Sent ahead: the end of an inner pipeline waits for what was sent, so that the count is known.
        async with tx.pipeline():
            pass
    return cursor.rowcount


async def draw_ids(tx: Transaction, table: str, count: int) -> list[int]:
    """Ids for rows that a set-based statement will insert, in rising order.

    ``table`` is a name of ours, never input.
    """
    sql = "select nextval(pg_get_serial_sequence(%(table)s, 'id')) from generate_series(1, %(count)s)"
    return sorted(await values(tx, int, sql, {"table": table, "count": count}))


class _PatientConnection(AsyncConnection[Any]):
    """A connection that waits for a server which is just starting again.

    The pool alone would pause for 1, 2, 4 … s between its attempts: a restart of the database cost twice its time.
    """

    @classmethod
    async def connect(cls, conninfo: str = "", **options: Any) -> "_PatientConnection":
        """Connect, trying again for some seconds."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return await super().connect(conninfo, **options)
            except OperationalError:
                if time.monotonic() > end:
                    raise
            await asyncio.sleep(AGAIN_SECONDS)


class Database:
    """The pool of connections of one process."""

    def __init__(self, url: str, *, max_connections: int = 20) -> None:
        self.url = url
        self._pool = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=max_connections,
            connection_class=_PatientConnection,
            open=False,
            timeout=15,
            configure=_configure,
        )

    async def open(self) -> None:
        """Connect; raises PoolTimeout when the server does not answer."""
        await self._pool.open(wait=True, timeout=30)

    async def close(self) -> None:
        """Give all connections back."""
        await self._pool.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """One transaction: committed at the end, rolled back by any error."""
        async with self._pool.connection() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def statements(self) -> AsyncIterator[Transaction]:
        """A connection without a transaction: each statement commits by itself, and costs no begin and no commit.

        For reads, which would see what others commit between them in a transaction, too, and for single writes.
        """
        async with self._pool.connection() as connection:
            yield connection

    @asynccontextmanager
    async def hot_transaction(self) -> AsyncIterator[Transaction]:
        """A transaction whose statements are sent without waiting for one another, as far as no result is asked for.

        For loops that run all the time: fewer waits for each other. It cannot COPY, and an error may be raised by a
        later statement than the one that caused it.
        """
        async with self._pool.connection() as connection, connection.pipeline(), connection.transaction():
            yield connection

    async def connect(self) -> Transaction:
        """A connection of one's own in autocommit, for LISTEN; the caller closes it."""
        connection = await AsyncConnection.connect(self.url, autocommit=True)
        await _configure(connection)
        return connection


async def _configure(connection: Transaction) -> None:
    await connection.set_autocommit(True)
    await connection.execute("set time zone 'UTC'")
