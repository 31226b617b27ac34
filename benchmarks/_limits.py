"""What this machine can do at best: the same rows written by plain COPY, as durably and in batches as large as ours."""

import bisect
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from ombud.config.parts import Parts
from ombud.shared.database import Database, Transaction, value, values

# Tables that a threaded message touches, in the order in which their rows may be written.
THREADED = ("customer", "identity", "ticket", "conversation", "entry", "event_new")
KEYS = {
    "customer": "id",
    "identity": "customer_id",
    "ticket": "id",
    "conversation": "ticket_id",
}
THREAD_BATCH = 500
COLUMNS = """
    select column_name::text from information_schema.columns
    where table_schema = 'public' and table_name = %(table)s and is_generated = 'NEVER' order by ordinal_position"""


async def copy_inbox(database: Database, channel_id: int, messages: Sequence[msgspec.Struct], batch: int) -> float:
    """Rows/s of plain COPY into the inbox, a durable commit for each batch; the rows are removed again."""
    now = "2026-01-01T00:00:00Z"
    rows = [(channel_id, str(uuid.uuid4()), now, msgspec.json.encode(one).decode(), "done") for one in messages]
    sql = "copy inbox (channel_id, key, received_at, message, state) from stdin"
    started = time.perf_counter()
    for start in range(0, len(rows), batch):
        async with database.transaction() as tx, tx.cursor() as cursor, cursor.copy(sql) as copy:
            for row in rows[start : start + batch]:
                await copy.write_row(row)
    rate = len(rows) / (time.perf_counter() - started)
    async with database.transaction() as tx:
        await tx.execute("delete from inbox where state = 'done' and ticket_id is null")
    return rate


@dataclass
class Mark:
    """How far the tables were before a measurement."""

    ids: dict[str, int]


async def mark(parts: Parts) -> Mark:
    """Remember the newest ids."""
    async with parts.database.transaction() as tx:
        tables = [table for table in THREADED if table != "conversation"]
        return Mark({one: await value(tx, int, f"select coalesce(max(id), 0) from {one}") or 0 for one in tables})


def _condition(table: str, before: Mark) -> str:
    if table in before.ids:
        return f"id > {before.ids[table]}"
    return f"ticket_id > {before.ids['ticket']}"


async def copy_again(parts: Parts, before: Mark, count: int) -> float:
    """Messages/s when the rows that were written since a mark are removed and written anew by COPY."""
    async with parts.database.transaction() as tx:
        written = {table: await _dump(tx, table, _condition(table, before)) for table in THREADED}
        await tx.execute("set local session_replication_role = replica")
        for table in reversed(THREADED):
            await tx.execute(f"delete from {table} where {_condition(table, before)}")
    batches = _batches(written, count)
    started = time.perf_counter()
    for batch in batches:
        async with parts.database.transaction() as tx:
            for table, data in batch.items():
                await _load(tx, table, written[table].columns, data)
    return count / (time.perf_counter() - started)


@dataclass
class Written:
    """Rows of one table as COPY writes them, in the order in which they may come again."""

    columns: list[str]
    keys: list[int]
    lines: list[bytes]
    taken: int = 0

    def until(self, bound: int) -> bytes:
        """The rows with keys up to a bound that were not taken before."""
        end = bisect.bisect_right(self.keys, bound)
        start, self.taken = self.taken, max(end, self.taken)
        return b"".join(self.lines[start : self.taken])


def _batches(written: dict[str, Written], count: int) -> list[dict[str, bytes]]:
    """Whole batches: each entry comes with or after its ticket, each ticket with or after its customer."""
    found, number = [], -(-count // THREAD_BATCH)
    entries, tickets = written["entry"], written["ticket"]
    ticket_of, customer_of = entries.columns.index("ticket_id"), tickets.columns.index("customer_id")
    owners = [int(line.split(b"\t")[customer_of]) for line in tickets.lines]
    for place in range(number):
        lines = _share(entries.lines, place, number)
        newest = max((int(line.split(b"\t")[ticket_of]) for line in lines), default=0)
        owner = max(owners[: bisect.bisect_right(tickets.keys, newest)], default=0)
        bounds = {"customer": owner, "identity": owner}
        batch = {one: written[one].until(bounds.get(one, newest)) for one in KEYS}
        found.append({**batch, "entry": b"".join(lines), "event_new": _joined(written["event_new"], place, number)})
    return found


def _joined(rows: Written, place: int, number: int) -> bytes:
    return b"".join(_share(rows.lines, place, number))


def _share(lines: Sequence[bytes], place: int, number: int) -> Sequence[bytes]:
    size = -(-len(lines) // number)
    return lines[place * size : (place + 1) * size]


async def _dump(tx: Transaction, table: str, condition: str) -> Written:
    columns = await values(tx, str, COLUMNS, {"table": table})
    key = KEYS.get(table, "id")
    sql = f"copy (select {', '.join(columns)} from {table} where {condition} order by {key}) to stdout"
    async with tx.cursor() as cursor, cursor.copy(sql) as copy:
        data = b"".join([bytes(chunk) async for chunk in copy])
    lines = data.splitlines(keepends=True)
    place = columns.index(key)
    return Written(columns, [int(line.split(b"\t")[place]) for line in lines], lines)


async def _load(tx: Transaction, table: str, columns: Sequence[str], data: bytes) -> None:
    async with tx.cursor() as cursor, cursor.copy(f"copy {table} ({', '.join(columns)}) from stdin") as copy:
        await copy.write(data)
